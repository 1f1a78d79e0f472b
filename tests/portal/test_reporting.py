"""Reporting a matter without an account and without a script, photos and duplicates included."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from liren.people.models import Person
from liren.records.actions import record_step, record_void
from liren.records.models import File, Record
from liren.records.storage import path_of
from tests.portal.conftest import Resident, event, photo

ADDRESS = "/p/report/grid_case.event/"


def test_a_report_gets_a_number_a_private_link_and_an_opener(resident, county):
    page = resident.report(phone="13800001234", details="连着三盏")
    record = Record.objects.get()
    assert page.status_code == 200
    assert re.fullmatch(r"/p/mine/[^/]+/", page.request["PATH_INFO"])
    assert record.number in page.content.decode()
    assert (record.kind, record.place, record.source, record.state) == (
        "grid_case.event", county.community, "resident", "reported",
    )  # fmt: skip
    assert record.opener is not None
    assert record.opener.name == "居民"
    assert "13800001234" not in page.content.decode() + str(record.data)
    assert page["Cache-Control"] == "no-store, private"
    assert "noindex" in page["X-Robots-Tag"]


def test_the_second_report_of_a_browser_is_the_same_persons(resident):
    resident.report()
    resident.report(title="另一件事")
    assert Record.objects.values("opener").distinct().count() == 1
    page = resident.get("/p/mine/").content.decode()
    assert "河边路灯不亮" in page
    assert "另一件事" in page


def test_sent_twice_it_is_one_report_with_one_photo(resident):
    said = resident.form(ADDRESS) | {"title": "坑", "category": "facility"}
    first = resident.post(ADDRESS, said | {"photos": [photo()]})
    second = resident.post(ADDRESS, said | {"photos": [photo()]})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert (Record.objects.count(), File.objects.count()) == (1, 1)


def test_sent_twice_from_two_browsers_at_once_the_link_is_the_openers(resident, neighbour):
    """A phone that lost the answer sends again before it has a cookie."""
    said = resident.form(ADDRESS) | {"title": "坑", "category": "facility"}
    first, second = Resident().settle(), Resident().settle()
    assert first.post(ADDRESS, said)["Location"] == second.post(ADDRESS, said)["Location"]


def test_a_photo_is_made_anew_and_tells_no_place(resident):
    resident.report(photos=[photo()])
    file = File.objects.get()
    content = path_of(file.sha256).read_bytes()
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.format == "JPEG"
        assert kept.size == (800, 1600), "turned as the phone meant it, at most 1600"
        assert not kept.getexif()
    assert b"SecretPhone" not in content
    assert (file.name, file.media_type, file.private) == ("照片1.jpg", "image/jpeg", False)
    shown = resident.get(f"/p/photo/{file.sha256}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert "sandbox" in shown["Content-Security-Policy"]
    small = resident.get(f"/p/photo/{file.sha256}/", {"small": "1"})
    assert len(small.content) < 20_000


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("evil.jpg", b"<script>alert(1)</script>")], "「evil.jpg」不是能用的照片"),
        ([("a.gif", b"GIF89a" + b"\0" * 40)], "「a.gif」不是能用的照片"),
        ([("cut.jpg", None)], "「cut.jpg」不是能用的照片"),
    ],
)
def test_what_is_no_photo_is_refused_by_name_and_nothing_is_filed(resident, files, words):
    sent = []
    for name, content in files:
        file = io.BytesIO(content if content is not None else photo().read()[:2000])
        file.name = name
        sent.append(file)
    page = resident.report(photos=sent)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert Record.objects.count() == 0


def test_too_many_and_too_large(resident, monkeypatch):
    page = resident.report(photos=[photo(200) for _ in range(4)])
    assert "照片最多 3 张" in page.content.decode()
    monkeypatch.setattr("liren.forms.photos.BYTES", 100)
    assert "超过 12 MB" in resident.report(photos=[photo(200)]).content.decode()
    monkeypatch.setattr("liren.forms.photos.BYTES", 10**8)
    monkeypatch.setattr("liren.forms.photos.PIXELS", 100)
    assert "尺寸太大" in resident.report(photos=[photo(200)]).content.decode()
    assert Record.objects.count() == 0


def test_png_and_webp_with_holes_come_out_on_white(resident):
    for form in ("PNG", "WEBP"):
        image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
        out = io.BytesIO()
        image.save(out, form)
        out.seek(0)
        out.name = f"图.{form.lower()}"
        resident.report(title=form, photos=[out])
    for file in File.objects.all():
        with Image.open(path_of(file.sha256)) as kept:
            assert kept.convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    assert File.objects.count() == 2


def test_a_fault_keeps_words_and_photos(resident):
    page = resident.report(title="", details="第三盏", photos=[photo()]).content.decode()
    assert "第三盏" in page
    assert "已收好 1 张" in page
    assert 'id="id_title_error"' in page
    assert Record.objects.count() == 0
    hidden = dict(re.findall(r'<input type="hidden" name="(key|drafts)" value="([^"]*)"', page))
    assert hidden["drafts"]
    resident.post(ADDRESS, hidden | {"title": "路灯", "category": "facility"})
    assert Record.objects.get().files.count() == 1


def test_drafts_of_others_cannot_be_named(resident):
    resident.report(drafts="abc:def:ghi")
    assert Record.objects.get().files.count() == 0


@pytest.mark.parametrize("words", ["找张三 13800001234", "身份证11010119900101123X"])
def test_private_numbers_do_not_get_into_public_words(resident, words):
    page = resident.report(title=words)
    assert "这一栏会公开" in page.content.decode()
    assert words in page.content.decode(), "what was typed stays"
    assert Record.objects.count() == 0


def test_a_choice_that_is_not_offered_is_refused_beside_it(resident):
    page = resident.report(category="nonsense")
    assert page.status_code == 422
    assert "box-wrong" in page.content.decode()
    assert Record.objects.count() == 0


def test_what_residents_cannot_know_is_not_asked_and_not_believed(resident):
    page = resident.get(ADDRESS).content.decode()
    for name in ("source", "place", "level", "outcome", "result", "handler"):
        assert f'name="{name}"' not in page
    resident.report(source="patrol", place="990009002001", level="urgent")
    record = Record.objects.get()
    assert (record.source, record.place_id, record.level) == ("resident", "990009001001", "normal")


def test_without_a_place_it_asks_for_one(county):
    browser = Resident()
    page = browser.get(ADDRESS).content.decode()
    assert "选地点" in page
    assert 'name="title"' not in page
    county_wide = Resident().settle("990009")
    sent = county_wide.post(ADDRESS, {"key": "x" * 32, "title": "坑", "category": "facility"})
    assert sent.status_code == 422
    assert "请选到街道" in sent.content.decode()
    assert Record.objects.count() == 0


def test_programs_fall_into_the_trap(resident):
    assert resident.report(website="http://spam").status_code == 422
    assert Record.objects.count() == 0


def test_nobody_files_without_end(resident, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"portal": "2/h/ip"}
    for n in range(3):
        page = resident.report(title=f"第{n}件")
    assert page.status_code == 422
    assert "提交得太多了" in page.content.decode()
    assert "第2件" in page.content.decode()
    assert Record.objects.count() == 2


@pytest.mark.parametrize(
    "kind", ["media_publish.item", "notice_public.objection", "nothing.here", "grid_case"]
)
def test_only_what_residents_may_open_in_public_is_offered(resident, kind):
    assert resident.get(f"/p/report/{kind}/").status_code == 404


def test_every_kind_residents_may_open_has_a_form(resident):
    page = resident.get("/p/report/").content.decode()
    kinds = re.findall(r'href="/p/report/([a-z_.]+)/"', page)
    assert kinds[0] == "grid_case.event"
    assert len(kinds) > 4
    for kind in kinds:
        assert 'name="key"' in resident.get(f"/p/report/{kind}/").content.decode(), kind


def test_what_is_open_nearby_stands_before_the_form(resident, county):
    record = event(county, details="桥头第三盏", title="路灯坏了")
    elsewhere = event(county, title="别处的灯", place=county.other_village)
    ended = event(county, title="早就好了")
    record_step(ended, "decline", {"result": "不属实"}, by=county.dispatcher)
    page = resident.get(ADDRESS).content.decode()
    assert record.title in page
    assert "桥头第三盏" in page
    assert page.index(record.title) < page.index('name="title"')
    assert elsewhere.title not in page
    assert ended.title not in page
    assert record.title not in resident.get(ADDRESS, {"near": "井盖"}).content.decode()
    assert record.title in resident.get(ADDRESS, {"near": "路灯"}).content.decode()


def test_reading_leaves_no_person(resident, county):
    before = Person.objects.count()
    for address in ("/p/", ADDRESS, "/p/matters/", "/p/mine/"):
        resident.get(address)
    assert Person.objects.count() == before


def test_going_back_and_sending_the_same_words_again_is_the_same_report(resident, neighbour, county):
    """The form a browser comes back to has a new key; the words are the same."""
    resident.report(title="河边路灯不亮")
    resident.report(title="河边路灯不亮", details="再说一遍")
    assert Record.objects.filter(title="河边路灯不亮").count() == 1
    neighbour.report(title="河边路灯不亮")
    resident.report(title="桥头路灯不亮")
    assert Record.objects.count() == 3


def test_what_was_settled_may_be_reported_again_in_the_same_words(resident, county):
    resident.report(title="河边路灯不亮")
    record_void(Record.objects.get(), by=county.dispatcher, note="误报")
    resident.report(title="河边路灯不亮")
    assert Record.objects.exclude(state="void").count() == 1
    assert Record.objects.count() == 2
