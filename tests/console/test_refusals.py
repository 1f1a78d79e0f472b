"""What is refused: a page with its status that says what, where and how to mend it, never a traceback."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from liren.packs.findings import Finding, PackRefused
from liren.refusals import WORDINGS, Refusal
from tests.console.markup import read
from tests.console.reading import hrefs, words

FIGURE = "/figures/gazette.boards/"


@pytest.mark.parametrize(
    ("address", "status", "chinese", "english"),
    [
        (f"{FIGURE}?period=2020-13", 422, "13 应在 1 至 12 之间", "13 is not within 1-12"),
        (f"{FIGURE}?period=soon", 422, "「soon」不是时段", "'soon' is not a period"),
        (f"{FIGURE}?place=123456", 404, "没有找到地点「123456」", "No place “123456”"),
        (f"{FIGURE}?place=990009&unit=nobody", 404, "没有找到单位「nobody」", "No unit “nobody”"),
        ("/figures/gazette.bords/", 404, "没有找到指标「gazette.bords」", "No figure “gazette.bords”"),
        ("/records/NOPE/", 404, "没有找到记录「NOPE」", "No record “NOPE”"),
        ("/issues/999/", 404, "没有找到印发的报告「999」", "No issued report “999”"),
        ("/reports/nope/", 404, "没有找到报告「nope」", "No report “nope”"),
        ("/packs/nope/", 404, "没有找到业务「nope」", "No pack “nope”"),
        ("/files/00/x.txt", 404, "没有找到附件「x.txt」", "No file “x.txt”"),
        (f"{FIGURE}evidence/?place=990009&period=2024&slot=x", 422, "「x」不是时段", "is not a period"),
    ],
)
def test_every_wrong_address_says_what_and_how_to_mend_it(town, opened, address, status, chinese, english):
    said = words(opened(address, status=status))
    assert chinese in said
    assert str(status) in said
    page = opened(address, status=status, lang="en")
    assert english in words(page)
    assert "回到首页" in said
    assert "Traceback" not in said


def test_a_wrong_period_lists_the_forms_that_can_be_read(town, opened):
    said = words(opened(f"{FIGURE}?period=x", status=422))
    for form in (
        "2020Q1",
        "2020W12",
        "since:2021-01-01",
        "asof:2023-06-30",
        "2020年第1季度",
        "截至2023年6月30日",
    ):
        assert form in said
    assert "first half of 2020" in words(opened(f"{FIGURE}?period=x", status=422, lang="en"))


@pytest.mark.parametrize(
    "address",
    [
        "/nope/",
        "/figures/x\x00y/",
        "/records/%00/",
        "/?q=%00",
        "/figures/gazette.boards/?place=%00",
        "/issues/x/",
    ],
)
def test_what_is_no_address_of_ours_has_a_page_too(town, client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    page = read(answer.content.decode())
    assert not page.faults
    assert "里仁" in words(page)
    assert hrefs(page, "/")


@pytest.mark.parametrize(
    "odd", ["place=%F0%9F%98%80", "value=1e9", "value=99999999999999999999", "member=-1", "category=%27", "q=%25_",
            "state=void", "at=9", "page=-3", "page=99999999999999", "period=9999", "by=__class__", "part=x"],
)  # fmt: skip
def test_odd_words_in_an_address_break_nothing(town, reader, odd):
    client = reader(town.cast.dispatcher)
    for name in ("boards", "keepers", "kinds_there", "streets", "most", "fans", "done_rate", "check_days"):
        for tail in ("", "evidence/"):
            answer = client.get(f"/figures/gazette.{name}/{tail}?place=990009&period=2024&{odd}")
            assert answer.status_code in (200, 404, 422), (name, tail, odd)


def test_our_own_fault_is_told_in_plain_words_without_the_database(town, client, monkeypatch):
    from liren.console import views

    def broken(*_args, **_given):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(views.homes, "home", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    said = words(read(answer.content.decode()))
    assert "系统出了故障" in said
    assert "secret" not in said
    assert "RuntimeError" not in said


def test_faulty_packs_are_named_with_their_findings(rf, settings):
    from liren.look.refusing import RefusalMiddleware

    fault = PackRefused([Finding("pack.yaml", 3, "kinds.x", "没有这个键", "写 title")])
    answer = RefusalMiddleware(lambda request: HttpResponse()).process_exception(rf.get("/"), fault)
    assert answer.status_code == WORDINGS["pack_refused"].status
    assert "pack.yaml:3" in answer.content.decode()
    assert (
        RefusalMiddleware(lambda request: HttpResponse()).process_exception(rf.get("/"), ValueError()) is None
    )


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_every_refusal_of_the_house_has_a_page_with_its_status(rf, code):
    from collections import defaultdict

    from liren.look.refusing import RefusalMiddleware

    facts = dict.fromkeys(["what", "name", "mend", "among", "who", "roles", "where", "earlier", "number", "state", "allowed", "kind", "condition", "fields", "field", "reason", "at", "last", "until", "count", "balance", "amount", "file", "findings", "role", "held", "series", "place", "unit", "text", "days", "extra", "scope", "seconds", "key", "method"], "某")  # fmt: skip
    refusal = Refusal(code, **defaultdict(lambda: "某", facts))
    answer = RefusalMiddleware(lambda request: HttpResponse()).process_exception(rf.get("/"), refusal)
    assert answer.status_code == refusal.status
    page = read(answer.content.decode())
    assert not page.faults
    assert code in words(page)
