"""An address of nobody's, and a form turned away, are answered in the frame of the face that was asked."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

#: What only the frame of a face has: the portal's place, the workbench's bar, the console's menu.
FRAMES = {"/p/": '<body class="portal"', "/w/": '<body class="work', "/": '<nav class="nav"'}


@pytest.mark.parametrize("start", FRAMES)
def test_who_is_lost_stays_in_the_face_they_were_in(start):
    answer = Client().get(f"{start}nowhere/")
    assert answer.status_code == 404
    _only(start, answer.content.decode(), "没有这一页")


@pytest.mark.parametrize("path", ["/p/mine/forget/", "/w/step/accept/X-1/", "/account/login/"])
def test_a_form_turned_away_is_answered_where_it_stood(path):
    answer = Client(enforce_csrf_checks=True).post(path, {"anything": "x"})
    assert answer.status_code == 403
    _only(path if path[:3] in FRAMES else "/", answer.content.decode(), "请退回上一页")


def _only(start: str, text: str, words: str) -> None:
    assert words in text
    mine = start[:3] if start[:3] in FRAMES else "/"
    assert [face for face, mark in FRAMES.items() if mark in text] == [mine]
