"""What a pack says of the portal: which states and fields anybody finds, and for what residents sign up."""

import pytest

from liren.packs.language import SHELVES
from tests.packs.writing import SOUND, read, spoilt

KIND = "    opened by: clerk\n"
SHOWN = f"{KIND}    shown: {{as: articles, in: [done], fields: [category, note]}}\n"
MEETING = """
  meeting:
    title: 聚会
    shape: activity
    number: JH{year}-{seq}
    opened by: clerk
    attended as: {guest: 来宾}
    sign up: {in: [planned], places: room, as: guest}
    fields:
      room: {title: 名额, type: integer}
      name: {title: 名称, type: text}
    states: {planned: {title: 筹备}, held: {title: 已办, end: true}}
    steps: {hold: {title: 举办, by: clerk, from: planned, to: held}}
figures:"""


def errors(tmp_path, text: str) -> dict[str, str]:
    _, findings = read(tmp_path, text)
    return {found.path: found.message for found in findings if found.level == "error"}


def test_what_is_shown_and_signed_up_for(tmp_path):
    text = spoilt((KIND, SHOWN), ("figures:", MEETING.lstrip("\n")))
    catalogue, findings = read(tmp_path, text)
    assert [one for one in findings if one.level == "error"] == []
    item, meeting = (catalogue.kinds[f"sample.{key}"].spec for key in ("item", "meeting"))
    assert (item.shown.as_, item.shown.in_, item.shown.fields) == ("articles", ["done"], ["category", "note"])
    assert (meeting.sign_up.in_, meeting.sign_up.places, meeting.sign_up.as_) == (
        ["planned"],
        "room",
        "guest",
    )
    assert item.shown.as_ in SHELVES


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("in: [done]", "in: [gone]", "kinds.item.shown.in", "没有状态「gone」"),
        ("fields: [category, note]", "fields: [secret]", "kinds.item.shown.fields", "private"),
        ("fields: [category, note]", "fields: [nothing]", "kinds.item.shown.fields", "没有字段「nothing」"),
        ("as: articles", "as: attic", "kinds.item.shown.as", "attic"),
    ],
)
def test_a_mistake_in_what_is_shown(tmp_path, old, new, path, words):
    found = errors(tmp_path, SOUND.replace(KIND, SHOWN.replace(old, new), 1))
    assert list(found) == [path]
    assert words in found[path] or path.endswith(".as")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("in: [planned], places", "in: [gone], places", "kinds.meeting.sign up.in"),
        ("places: room", "places: name", "kinds.meeting.sign up.places"),
        ("places: room", "places: nothing", "kinds.meeting.sign up.places"),
        ("as: guest", "as: host", "kinds.meeting.sign up.as"),
        ("shape: activity", "shape: matter", "kinds.meeting.sign up"),
    ],
)
def test_a_mistake_in_signing_up(tmp_path, old, new, path):
    text = SOUND.replace("figures:", MEETING.lstrip("\n").replace(old, new), 1)
    assert list(errors(tmp_path, text)) == [path]
