"""Administration: each page for the administrator it fits and for nobody else; nothing typed is lost."""

from __future__ import annotations

import os
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liren.people.actions import person_add, post_take
from liren.people.models import Person, Post
from liren.places.models import CalendarDay, Place, Unit
from liren.places.queries import calendar_stamp, work_calendar
from liren.records.models import Act
from liren.signin.models import SecurityEvent
from liren.trail.actions import anchor_set
from tests.cast import LONG_AGO
from tests.console.markup import read
from tests.console.reading import row_heads, words

#: Page → the administrator it is for; "*": each of them.
PAGES = {
    "/admin/": "*",
    "/admin/people/": "system", "/admin/people/new/": "system", "/admin/people/import/": "system",
    "/admin/people/table.csv": "system", "/admin/units/": "system", "/admin/units/new/": "system",
    "/admin/places/": "system", "/admin/places/990009001/": "system", "/admin/places/990009001/merge/": "system",
    "/admin/calendar/": "system", "/admin/calendar/import/": "system",
    "/admin/posts/": "security", "/admin/posts/new/": "security", "/admin/posts/import/": "security",
    "/admin/trail/": "audit",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_calendar():
    work_calendar.cache_clear()
    yield
    work_calendar.cache_clear()


@pytest.fixture
def admins(town):
    """Three administrators of the county, one of each kind."""
    found = {}
    for key in ("system", "security", "audit"):
        found[key] = person_add(name=f"{key}管理", code=f"adm-{key}")
        post_take(person=found[key], role=f"{key}_admin", place=town.cast.county, starts=LONG_AGO)
    return found


@pytest.fixture
def system(admins, reader):
    return reader(admins["system"])


def shown(answer):
    page = read(answer.content.decode())
    assert not page.faults, page.faults
    assert len(set(page.ids)) == len(page.ids), sorted(page.ids)
    return page


def sheet(text: str, name: str = "表.csv"):
    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


# -- who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["system", "security", "audit"])
def test_each_administrator_finds_their_own_pages_and_no_others(admins, reader, who):
    client = reader(admins[who])
    for path, owner in PAGES.items():
        wanted = 200 if owner in ("*", who) else 404
        assert client.get(path).status_code == wanted, (who, path)
    assert client.post("/admin/trail/verify/").status_code == (200 if who == "audit" else 404)


@pytest.mark.parametrize(
    "who", ["grid_member", "dispatcher", "handler", "resident", "inspector", "leader", None]
)
def test_for_everybody_else_the_administration_is_not_there(town, admins, reader, who):
    client = reader(getattr(town.cast, who) if who else None)
    for path in [
        *PAGES,
        "/admin/posts/1/end/",
        "/admin/trail/verify/",
        f"/admin/people/{town.cast.resident.pk}/",
    ]:
        assert client.get(path).status_code in (404, 405), path
        assert client.post(path, {"name": "改"}).status_code in (404, 405), path
    assert not SecurityEvent.objects.filter(kind="list_changed").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_stand_whole_in_both_languages(town, admins, reader, lang):
    for path, owner in PAGES.items():
        if path.endswith(".csv"):
            continue
        answer = reader(admins["system" if owner == "*" else owner]).get(path, {"lang": lang})
        page = shown(answer)
        assert lang == "zh" or not page.chinese_outside(), (path, page.chinese_outside())
    post = Post.objects.filter(person=town.cast.handler).get()
    for path in (f"/admin/posts/{post.pk}/", f"/admin/posts/{post.pk}/end/"):
        page = shown(reader(admins["security"]).get(path, {"lang": lang}))
        assert lang == "zh" or not page.chinese_outside(), (path, page.chinese_outside())


def test_what_lies_elsewhere_is_another_administrators(town, reader):
    other = person_add(name="街道管理", code="adm-street")
    post_take(person=other, role="system_admin", place=town.cast.other_street, starts=LONG_AGO)
    client = reader(other)
    assert row_heads(shown(client.get("/admin/places/"))) == ["东风街道", "柳林村"]
    assert client.get("/admin/places/990009001/").status_code == 404
    assert client.get(f"/admin/units/{town.cast.housing.pk}/").status_code == 404
    answer = client.post(
        "/admin/units/new/", {"code": "X1", "name": "外单位", "kind": "team", "place": "990009001"}
    )
    assert answer.status_code == 422
    assert "不在您管的地点之内" in words(shown(answer))
    answer = client.post("/admin/places/990009002001/", {"name": "柳林新村", "kind": "village"})
    assert answer.status_code == 302


# -- forms ----------------------------------------------------------------------------------------------


def test_a_person_is_entered_found_changed_and_noted(system, admins):
    new = {"name": "田小禾", "code": "Z-77", "household": "H9", "place": "明月里"}
    assert system.post("/admin/people/new/", new).status_code == 302
    person = Person.objects.get(code="Z-77")
    assert (person.place_id, person.household) == ("990009001001", "H9")
    assert row_heads(shown(system.get("/admin/people/", {"q": "田小"}))) == ["田小禾"]
    changed = system.post(
        f"/admin/people/{person.pk}/", {"name": "田禾", "code": "", "household": "", "place": ""}
    )
    assert changed.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.code, person.household, person.place_id) == ("田禾", None, "", None)
    noted = SecurityEvent.objects.filter(kind="list_changed").order_by("pk")
    assert [(one.detail, one.subject) for one in noted] == [
        ("table_entered", "rows:1"), ("person_changed", f"person:{person.pk}"),
    ]  # fmt: skip
    assert {one.by for one in noted} == {Person.objects.get(code="adm-system").user_id}


@pytest.mark.parametrize(
    ("path", "said", "field", "reason"),
    [
        ("people", {"name": "", "code": "A1"}, "name", "必填"),
        ("people", {"name": "田", "code": "370902199001011234"}, "code", "身份证号"),
        ("people", {"name": "田", "place": "没有这里"}, "place", "没有找到"),
        ("units", {"code": "U9", "name": "新队", "kind": "team", "place": "青禾县", "parent": "没有"}, "parent", "没有找到"),
        ("places", {"code": "99000", "name": "短"}, "code", "区划代码"),
        ("places", {"code": "990009009001", "name": "飞村"}, "code", "没有上级地点"),
        ("places", {"code": "990009003", "name": "新街道", "valid_from": "2024-02-01", "valid_to": "2024-01-01"}, "valid_to", "不晚于"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(system, path, said, field, reason):
    answer = system.post(f"/admin/{path}/new/", said)
    assert answer.status_code == 422
    page = shown(answer)
    wrong = [one.attrs["name"] for one in page.all("input") if one.attrs.get("aria-invalid")]
    assert wrong == [field]
    assert reason in words(page)
    values = {one.attrs["name"]: one.attrs.get("value", "") for one in page.all("input")}
    assert {name: values[name] for name in said} == said


def test_a_row_that_is_there_is_refused_for_the_row(system):
    answer = system.post("/admin/places/new/", {"code": "990009001", "name": "清溪街道"})
    assert answer.status_code == 422
    assert "已经有了" in words(shown(answer))


def test_a_unit_is_never_above_itself(town, system):
    part = Unit.objects.create(
        code="P1", name="下队", kind="team", place=town.cast.county, parent=town.cast.housing
    )
    said = {"name": "住建局", "kind": "department", "place": "990009", "parent": "P1"}
    answer = system.post(f"/admin/units/{town.cast.housing.pk}/", said)
    assert answer.status_code == 422
    assert "成了环" in words(shown(answer))
    assert (
        system.post(f"/admin/units/{part.pk}/", said | {"name": "下队", "parent": "水务局"}).status_code
        == 302
    )
    part.refresh_from_db()
    assert part.parent == town.cast.water


def test_a_place_goes_into_another_and_both_say_so(town, system):
    answer = system.post("/admin/places/990009002/merge/", {"after": "明月里", "on": "昨天"})
    page = shown(answer)
    assert [one.attrs["name"] for one in page.all("input") if one.attrs.get("aria-invalid")] == [
        "after",
        "on",
    ]
    done = system.post("/admin/places/990009002/merge/", {"after": "990009001", "on": "2025-01-01"})
    assert done.status_code == 302
    assert Place.objects.get(pk="990009002").valid_to is not None
    assert "并入 清溪街道 990009001 2025-01-01" in words(shown(system.get("/admin/places/990009002/")))
    assert "并来 东风街道" in words(shown(system.get("/admin/places/990009001/")))
    again = system.post("/admin/places/990009002/merge/", {"after": "990009001", "on": "2025-01-01"})
    assert again.status_code == 422


# -- posts ----------------------------------------------------------------------------------------------


def test_posts_are_given_and_ended_but_not_ones_own_and_not_an_administrators(town, admins, reader):
    client = reader(admins["security"])
    new = {"person": "周平", "role": "网格员", "place": "990009001001", "starts": "2024-01-01"}
    assert client.post("/admin/posts/new/", new).status_code == 302
    post = Post.objects.get(person=town.cast.resident)
    assert (post.role, post.place_id) == ("grid_member", "990009001001")
    own = client.post("/admin/posts/new/", new | {"person": "adm-security"})
    assert own.status_code == 422
    assert "不能给自己任职" in words(shown(own))
    admin = client.post("/admin/posts/new/", new | {"role": "system_admin"})
    assert admin.status_code == 422
    for wrong in ("", "2023-12-31", "哪天"):
        assert client.post(f"/admin/posts/{post.pk}/end/", {"at": wrong}).status_code == 422, wrong
    assert client.post(f"/admin/posts/{post.pk}/end/", {"at": "2024-06-01"}).status_code == 302
    post.refresh_from_db()
    assert post.ends is not None
    assert client.post(f"/admin/posts/{post.pk}/end/", {"at": "2024-07-01"}).status_code == 422
    held = Post.objects.get(role="system_admin")
    assert client.post(f"/admin/posts/{held.pk}/end/", {"at": "2024-06-01"}).status_code == 422
    held.refresh_from_db()
    assert held.ends is None


# -- tables ---------------------------------------------------------------------------------------------


def test_a_table_names_each_bad_cell_and_is_entered_whole_or_not_at_all(system):
    bad = sheet("姓名,编号,地点\n田一,K1,明月里\n,K2,明月里\n田三,370902199001011234,没有这里\n")
    answer = system.post("/admin/people/import/", {"file": bad, "do": "enter"})
    assert answer.status_code == 422
    page = shown(answer)
    assert row_heads(page)[:3] == ["3", "4", "4"]
    assert "身份证号" in words(page)
    assert not Person.objects.filter(code="K1").exists()
    good = sheet("姓名,编号,地点\n田一,K1,明月里\n田二,K2,明月里\n")
    checked = system.post("/admin/people/import/", {"file": good, "do": "check"})
    assert checked.status_code == 200
    assert "新增 2" in words(shown(checked))
    assert not Person.objects.filter(code="K1").exists(), "a check writes nothing"
    (kept,) = [one.attrs["value"] for one in shown(checked).all("input") if one.attrs["name"] == "kept"]
    assert system.post("/admin/people/import/", {"kept": kept, "do": "enter"}).status_code == 302
    assert Person.objects.filter(code__in=["K1", "K2"]).count() == 2
    again = system.post("/admin/people/import/", {"kept": kept, "do": "enter"})
    assert again.status_code == 302
    assert Person.objects.filter(code__in=["K1", "K2"]).count() == 2


def test_a_table_that_was_tampered_with_or_is_none_is_refused(system):
    for said in ({"kept": "anything", "do": "enter"}, {"do": "check"}, {"file": sheet("x", "病毒.exe")}):
        answer = system.post("/admin/people/import/", said)
        assert answer.status_code == 422, said
        shown(answer)
    broken = SimpleUploadedFile("坏.xlsx", b"PK not a workbook")
    assert system.post("/admin/places/import/", {"file": broken}).status_code == 422


def test_rows_of_another_county_are_bad_cells(system):
    answer = system.post("/admin/places/import/", {"file": sheet("代码,名称\n990110,别县\n")})
    assert answer.status_code == 422
    assert "不在您管的地点之内" in words(shown(answer))


def test_a_list_goes_out_in_the_columns_that_come_in(system):
    for form in ("csv", "xlsx"):
        answer = system.get(f"/admin/units/table.{form}")
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content)
    assert content[:2] == b"PK"
    text = b"".join(system.get("/admin/units/table.csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("代码,名称,类型")
    back = system.post("/admin/units/import/", {"file": sheet(text), "do": "check"})
    assert "已有 3（不改动）" in words(shown(back))
    assert system.get("/admin/units/table.exe").status_code == 404


# -- the calendar ---------------------------------------------------------------------------------------


def test_a_year_is_looked_at_and_a_guess_says_so(system):
    page = shown(system.get("/admin/calendar/", {"year": "2024"}))
    assert "暂定" not in words(page)
    assert len(page.all("caption")) == 12
    assert "暂定" in words(shown(system.get("/admin/calendar/", {"year": "2099"})))
    for odd in ("1", "abcd", "99999"):
        assert system.get("/admin/calendar/", {"year": odd}).status_code == 200


def test_the_official_table_of_a_year_is_brought_in_with_its_source(system):
    table = "日期,工作,名称\n2099-01-01,否,元旦\n2099-01-03,是,元旦调休\n"
    without = system.post("/admin/calendar/import/", {"file": sheet(table), "do": "enter"})
    assert without.status_code == 422
    assert not CalendarDay.objects.exists()
    done = system.post("/admin/calendar/import/", {"file": sheet(table), "do": "enter", "source": "某通知"})
    assert done.status_code == 302
    assert CalendarDay.objects.get(date=date(2099, 1, 3)).working
    page = shown(system.get("/admin/calendar/", {"year": "2099"}))
    assert "元旦调休" in words(page)
    assert "暂定" not in words(page)


def test_what_another_process_imports_is_taken_up_before_the_next_request(system, town):
    system.get("/about/")
    CalendarDay.objects.create(date=date(2098, 1, 2), working=False, name="元旦", source="别处导入")
    calendar_stamp().parent.mkdir(parents=True, exist_ok=True)
    calendar_stamp().touch()
    os.utime(calendar_stamp(), ns=(1, 10**15))
    system.get("/about/")
    assert not work_calendar().is_workday(date(2098, 1, 2))


# -- the trail ------------------------------------------------------------------------------------------


def test_the_trail_is_searched_by_record_person_verb_and_day(town, admins, reader):
    client = reader(admins["audit"])

    def found(**said) -> list[str]:
        return row_heads(shown(client.get("/admin/trail/", said)))

    assert found()
    assert len(found(q="NB")) == Act.objects.filter(record__number__startswith="NB").count()
    assert found(who="韩梅", verb="finish", q="NB2024-0001")
    assert not found(who="王芳", verb="finish")
    assert found(since="2024-03-12", until="2024-03-12", verb="finish")
    assert not found(since="2024-03-13", verb="finish")
    assert "XS2024" not in words(shown(client.get("/admin/trail/"))), "what only inspectors see is not listed"
    wrong = client.get("/admin/trail/", {"who": "没有这人", "since": "哪天"})
    assert wrong.status_code == 422
    page = shown(wrong)
    assert {one.attrs["name"] for one in page.all("input") if one.attrs.get("aria-invalid")} == {
        "who",
        "since",
    }
    assert "没有这人" in [one.attrs.get("value") for one in page.all("input")]


def test_the_chain_is_verified_and_a_break_is_named(town, admins, reader):
    client = reader(admins["audit"])
    anchor_set(date(2024, 3, 31))
    whole = shown(client.post("/admin/trail/verify/"))
    assert "留痕链完整" in words(whole)
    last = Act.objects.order_by("-id").first()
    assert last.hash in words(whole)
    Act.objects.filter(pk=last.pk).update(note="改过")
    broken = shown(client.post("/admin/trail/verify/"))
    assert "内容或次序与链上的摘要不符" in words(broken)
    assert client.get("/admin/trail/verify/").status_code == 405


def test_the_latest_acts_are_verified_alone_when_the_chain_is_long(town, admins, reader, monkeypatch):
    monkeypatch.setattr("liren.console.administering.trail.LATEST", 3)
    client = reader(admins["audit"])
    assert "最近 3 笔都对得上" in words(shown(client.post("/admin/trail/verify/")))
    Act.objects.filter(pk=1).update(note="改过很早的一笔")
    assert "最近 3 笔都对得上" in words(shown(client.post("/admin/trail/verify/")))
    whole = shown(client.post("/admin/trail/verify/", {"all": "yes"}))
    assert "对不上" in words(whole)
    last = Act.objects.order_by("-id").first()
    Act.objects.filter(pk=last.pk - 1).delete()
    assert "不见了" in words(shown(client.post("/admin/trail/verify/")))


def test_no_list_grows_with_its_rows(system, town, django_assert_max_num_queries):
    for number in range(120):
        Person.objects.create(name=f"甲{number:03}", place=town.cast.community)
    with django_assert_max_num_queries(12):
        page = shown(system.get("/admin/people/", {"q": "甲"}))
    assert len(row_heads(page)) == 50
    assert len(row_heads(shown(system.get("/admin/people/", {"q": "甲", "page": "3"})))) == 20
