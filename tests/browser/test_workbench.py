"""The phone itself: a real Chromium, the server stopped in the middle, the browser closed and opened again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liren.activities.actions import attendance_take
from liren.exams.actions import paper_commit, paper_open, questions_add
from liren.exams.models import Attempt
from liren.records.actions import record_open, record_step
from liren.records.models import Act, File, Record
from tests.browser.chromium import MISSING, found
from tests.cast import Cast, make_cast
from tests.workbench import conftest as desk
from tests.workbench.browsing import PHONE, Site, browsers
from tests.workbench.test_records import picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(found() is None, reason=MISSING),
    pytest.mark.django_db(transaction=True),
]
desk_packs, read_packs, signed, hold = desk.desk_packs, desk.read_packs, desk.signed, desk.hold
KIND = "grid_case.event"
KEPT = (
    "async (address) => Boolean(await (await caches.open('liren-pages')).match(address, {ignoreVary: true}))"
)


@pytest.fixture
def cast(transactional_db, desk_packs, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Playwright runs a loop in this thread; the tests ask the database between two taps all the same.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    return make_cast()


@pytest.fixture
def site(cast: Cast) -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def phone(tmp_path: Path, site: Site, signed):
    """``phone(person)``: their phone; opened again it is the same one."""

    @contextmanager
    def take(person, **more):
        with browsers([profile(person, tmp_path, signed)], site, **more) as (context,):
            yield context

    return take


def profile(person, folder: Path, signed) -> tuple[Path, str]:
    """Where somebody's phone keeps what it keeps, and the cookie that signs them in."""
    return folder / f"phone-{person.pk}", signed(person).cookies["liren_session"].value


def until(page, question: str, *given, seconds: float = 15) -> None:
    """Wait until a question to the page is answered with yes. (Playwright's own way takes a promise for a yes.)"""
    end = time.monotonic() + seconds
    while not page.evaluate(question, *given):
        assert time.monotonic() < end, question
        page.wait_for_timeout(100)


def kept(page, address: str) -> None:
    """Wait until the phone keeps a page."""
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    until(page, KEPT, address)


def sent(page) -> None:
    """Wait until nothing waits on the phone."""
    until(page, "async () => (await Store.all()).length === 0", seconds=30)


def waiting(page, count: int) -> None:
    """Wait until the list of what waits has so many items."""
    until(page, "(count) => document.querySelectorAll('#queue > li').length === count", count)


def test_a_report_outlives_the_line_and_the_browser_and_is_sent_once(cast: Cast, site: Site, phone):
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/")
        kept(page, f"/w/new/{KIND}/")
        site.stop()
        page.goto(f"{site.url}/w/new/{KIND}/")
        assert "离线" in page.locator("#net").inner_text()
        page.get_by_text("公共设施").tap()
        assert page.locator("#id_title").input_value() == "公共设施 · 第3网格"
        page.get_by_role("button", name="上报", exact=True).tap()
        page.wait_for_url("**/w/queue/")
        page.locator("#queue").get_by_text("等待发出").wait_for()
        until(page, "document.querySelector('[data-count]').textContent === '1'")
    with phone(cast.grid_member) as context:  # the browser was closed; still no server
        page = context.new_page()
        page.goto(f"{site.url}/w/queue/")
        item = page.locator("#queue li")
        assert "公共设施 · 第3网格" in item.inner_text()
        item.get_by_role("button", name="修改").tap()
        item.get_by_label("标题").fill("井盖松动")
        item.get_by_role("button", name="改好了").tap()
        item.get_by_text("井盖松动").wait_for()
        assert not Record.objects.exists()
        site.start()
        page.evaluate("Promise.all([Work.flush(), Work.flush()])")
        sent(page)
        page.get_by_text("没有等着发出的内容").wait_for()
    record = Record.objects.get()
    assert (record.title, record.place, record.opener) == ("井盖松动", cast.grid, cast.grid_member)


def test_two_reports_from_one_kept_page_are_two(cast: Cast, site: Site, phone):
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/")
        kept(page, f"/w/new/{KIND}/")
        with site.down():
            for category in ("公共设施", "安全隐患"):
                page.goto(f"{site.url}/w/new/{KIND}/")
                page.get_by_text(category).tap()
                page.get_by_role("button", name="上报", exact=True).tap()
                page.wait_for_url("**/w/queue/")
            waiting(page, 2)
            page.locator("#queue li").first.get_by_role("button", name="删除").tap()
            page.get_by_role("button", name="删掉").tap()
            waiting(page, 1)
        page.evaluate("Work.flush()")
        sent(page)
    assert Record.objects.get().category == "safety", "the first was deleted and never sent"


def test_a_conflict_is_explained_and_nothing_is_lost(cast: Cast, site: Site, phone):
    record = record_open(
        KIND, {"title": "路灯", "category": "facility", "place": cast.grid}, by=cast.grid_member
    )
    with phone(cast.deputy) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/")
        page.goto(f"{site.url}/w/step/decline/{record.number}/")
        kept(page, f"/w/step/decline/{record.number}/")
        with site.down():
            page.goto(f"{site.url}/w/step/decline/{record.number}/")
            page.get_by_label("办理结果").fill("不属于本街道")
            page.get_by_role("button", name="不予受理").tap()
            page.wait_for_url("**/w/queue/")
            record_step(record, "accept", {"handler": cast.housing}, by=cast.dispatcher)
        page.evaluate("Work.flush()")
        page.get_by_text("没有被接受").wait_for()
        said = page.locator("#queue").inner_text()
        assert f"{record.number} 现在是「办理中」，不能不予受理" in said
        assert "不属于本街道" in said
    record.refresh_from_db()
    assert record.state == "handling"


def test_a_step_without_questions_is_confirmed_without_a_network(cast: Cast, site: Site, phone):
    record = record_open(
        KIND, {"title": "路灯", "category": "facility", "place": cast.grid}, by=cast.grid_member
    )
    record_step(record, "accept", {"handler": cast.housing}, by=cast.dispatcher)
    record_step(record, "finish", {"outcome": "fixed", "result": "换了灯"}, by=cast.handler)
    with phone(cast.dispatcher) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/")
        kept(page, "/w/")
        with site.down():
            page.goto(f"{site.url}/w/")
            assert "存下的页面" in page.locator("#net").inner_text()
            page.get_by_role("link", name="核查办结").tap()
            page.get_by_role("button", name="核查办结").tap()
            page.get_by_text("已存在手机上").wait_for()
        page.evaluate("Work.flush()")
        sent(page)
    record.refresh_from_db()
    assert record.state == "closed"
    assert Act.objects.filter(record=record, verb="confirm").count() == 1


def test_somebody_else_on_the_same_phone_sends_nothing_of_the_first(cast: Cast, site: Site, phone, signed):
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/")
        kept(page, f"/w/new/{KIND}/")
        with site.down():
            page.goto(f"{site.url}/w/new/{KIND}/")
            page.get_by_text("公共设施").tap()
            page.get_by_role("button", name="上报", exact=True).tap()
            page.wait_for_url("**/w/queue/")
            page.goto("about:blank")  # or the first would still send, before the second takes the phone
        other = signed(cast.deputy).cookies["liren_session"].value
        context.add_cookies([{"name": "liren_session", "value": other, "url": site.url}])
        page.goto(f"{site.url}/w/queue/")
        page.get_by_text("只有本人登录后才会发出").wait_for()
        assert not Record.objects.exists()
        until(page, f"async (address) => !(await ({KEPT})(address))", f"/w/new/{KIND}/")
        own = signed(cast.grid_member).cookies["liren_session"].value
        context.add_cookies([{"name": "liren_session", "value": own, "url": site.url}])
        page.goto(f"{site.url}/w/queue/")
        sent(page)
    assert Record.objects.get().opener == cast.grid_member


def test_a_session_that_ended_loses_nothing_that_was_typed(cast: Cast, site: Site, phone, signed):
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/new/{KIND}/")
        page.get_by_text("公共设施").tap()
        page.get_by_label("标题").fill("写了很久")
        context.clear_cookies(name="liren_session")
        page.get_by_role("button", name="上报", exact=True).tap()
        page.wait_for_url("**/account/login/**")
        assert not Record.objects.exists()
        own = signed(cast.grid_member).cookies["liren_session"].value
        context.add_cookies([{"name": "liren_session", "value": own, "url": site.url}])
        page.goto(f"{site.url}/w/")
        sent(page)
    assert Record.objects.get().title == "写了很久"


def test_two_workers_on_one_record_and_the_second_is_told(cast: Cast, site: Site, signed, tmp_path: Path):
    """Both have the same step open; whoever is second learns what became of it and loses no word."""
    values = {"title": "路灯", "category": "facility", "place": cast.grid}
    record = record_open(KIND, values, by=cast.grid_member)
    two = [profile(person, tmp_path, signed) for person in (cast.dispatcher, cast.deputy)]
    with browsers(two, site) as contexts:
        first, second = (context.new_page() for context in contexts)
        for page in (first, second):
            page.goto(f"{site.url}/w/step/decline/{record.number}/")
        first.get_by_label("办理结果").fill("不属于本街道")
        first.get_by_role("button", name="不予受理").tap()
        first.get_by_text("已发出").wait_for()
        second.get_by_label("办理结果").fill("重复反映，已并案")
        second.get_by_role("button", name="不予受理").tap()
        second.get_by_text("现在是「不予受理」").wait_for()
        assert second.get_by_label("办理结果").input_value() == "重复反映，已并案"
    assert Act.objects.filter(record=record, verb="decline").count() == 1


def test_a_form_reached_by_the_back_button_is_a_new_one(cast: Cast, site: Site, phone):
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/new/")
        page.goto(f"{site.url}/w/new/{KIND}/")
        for category in ("公共设施", "市容环境"):
            page.get_by_text(category).tap()
            page.get_by_role("button", name="上报", exact=True).tap()
            page.wait_for_url("**/w/records/**")
            page.go_back()
            page.wait_for_url(f"**/w/new/{KIND}/")
    assert set(Record.objects.values_list("category", flat=True)) == {"facility", "sanitation"}


def test_a_double_tap_is_one_report_and_a_walk_goes_on(cast: Cast, site: Site, phone):
    values = {"title": "路灯", "category": "facility", "place": cast.grid}
    record_open(KIND, values, by=cast.grid_member)  # what was reported before may be walked with
    with phone(cast.grid_member) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/new/")
        page.locator(f'form:has([name=kind][value="{KIND}"]) button').tap()
        page.wait_for_url(f"**/w/new/{KIND}/")
        for count, category in enumerate(("公共设施", "市容环境"), 1):
            page.get_by_text(category).tap()
            page.get_by_role("button", name="上报", exact=True).dblclick()
            page.get_by_text(f"巡查中，已报 {count} 件").wait_for()
    assert Record.objects.count() == 3


def test_photo_and_place_come_only_when_pressed_for(cast: Cast, site: Site, phone):
    place = {"geolocation": {"latitude": 35.12345, "longitude": 117.5}, "permissions": ["geolocation"]}
    with phone(cast.grid_member, **place) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/new/{KIND}/")
        page.get_by_text("公共设施").tap()
        assert page.get_by_label("具体位置").input_value() == ""
        page.get_by_label("具体位置").fill("桥头")
        page.get_by_role("button", name="填上我的位置").tap()
        until(page, "document.querySelector('#id_location').value === '117.500000,35.123450'")
        assert page.get_by_label("具体位置").input_value() == "桥头"
        page.locator("#photo").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
        )
        page.get_by_text("✓ a.jpg").wait_for()
        page.get_by_role("button", name="上报", exact=True).tap()
        page.wait_for_url("**/w/records/**")
    record = Record.objects.get()
    assert record.data["spot"] == "桥头"
    assert (record.longitude, record.latitude) == (117_500_000, 35_123_450)
    assert File.objects.get().record == record


def test_answers_of_an_exam_survive_a_broken_line_and_a_reload(cast: Cast, site: Site, phone, hold):
    rows = [
        {"text": f"第{n}题", "options": {"a": "右", "b": "左"}, "answer": ["a"], "marks": 10}
        for n in range(3)
    ]
    questions_add("民法典", rows)
    officer = hold(cast.deputy, "exam_officer", place=cast.county)
    exam = record_open(
        "law_exam.exam", {"title": "任前考试", "category": "staff", "place": cast.county}, by=officer
    )
    record_step(exam, "draw", {"bank": "民法典", "quantity": "3"}, by=officer)
    attendance_take(exam, [{"person": cast.resident, "reason": "待考"}], by=officer)
    paper_open(paper_commit(exam, bank="民法典", count=3, pass_marks=20, by=officer), by=officer)
    record_step(exam, "begin", by=hold(cast.leader, "exam_supervisor", place=cast.county))
    with phone(cast.resident) as context:
        page = context.new_page()
        page.goto(f"{site.url}/w/exams/{exam.number}/")
        page.get_by_role("button", name="开始答题").tap()
        page.locator(".questions").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.get_by_text("右").nth(0).tap()
        page.get_by_text("已保存").wait_for()
        with site.down():
            page.get_by_text("右").nth(1).tap()
            page.get_by_text("还没存上").wait_for()
        page.reload()
        page.get_by_text("已保存").wait_for()
        assert page.locator("input:checked").count() == 2
        page.get_by_role("button", name="交卷").tap()
        page.get_by_text("20 分").wait_for()
    assert Attempt.objects.get().passed is True


SIZES = """(least) => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary, label.tap')]
  .filter((one) => one.offsetParent && !one.closest('.banner, .skip, p:not(.row):not(.send):not(.task-steps), dd, .said')
    && !one.matches('.said, .skip') && !one.closest('label.tap') | one.matches('label.tap'))
  .map((one) => [one.outerHTML.slice(0, 80), (one.matches('.task-open') ? one.closest('.card') : one).getBoundingClientRect().height])
  .filter(([, height]) => height < least - 0.5)"""


@pytest.mark.parametrize(("size", "least"), [("normal", 44), ("large", 60)])
def test_nothing_is_smaller_than_a_thumb_or_wider_than_the_phone(
    cast: Cast, site: Site, phone, size: str, least: int
):
    record = record_open(
        KIND, {"title": "路灯", "category": "facility", "place": cast.grid}, by=cast.grid_member
    )
    record_open("street.meeting", {"title": "议事", "place": cast.street}, by=cast.dispatcher)
    with phone(cast.dispatcher, service_workers="block") as context:
        page = context.new_page()
        for address in (
            "",
            f"records/{record.number}/",
            f"step/accept/{record.number}/",
            "new/",
            f"new/{KIND}/",
            "mine/",
        ):
            page.goto(f"{site.url}/w/{address}?size={size}")
            for width in (390, 320):
                page.set_viewport_size({"width": width, "height": 844})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert page.evaluate(SIZES, least) == [], address


def test_no_page_breaks_its_own_policy(cast: Cast, site: Site, phone):
    record = record_open(
        KIND, {"title": "路灯", "category": "facility", "place": cast.grid}, by=cast.grid_member
    )
    said: list[str] = []
    with phone(cast.dispatcher) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: said.append(str(fault)))
        for address in ("", f"records/{record.number}/", f"step/accept/{record.number}/", "new/", f"new/{KIND}/",
                        "activities/", "queue/", "mine/", "offline/", "mine/certificates/"):  # fmt: skip
            page.goto(f"{site.url}/w/{address}", wait_until="networkidle")
    assert said == []
