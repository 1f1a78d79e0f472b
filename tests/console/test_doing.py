"""Working on a record in the console: who is offered what, what is refused and kept, what is written once."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from liren.clock import at_time
from liren.people.models import Person, PrivateRead
from liren.records.actions import file_attach, record_step
from liren.records.models import Act, File, Link, Record
from liren.records.storage import path_of
from tests.console.markup import read
from tests.console.reading import hrefs, words
from tests.matters import accept, event


@pytest.fixture
def matter(town) -> Record:
    return accept(town.cast, event(town.cast, title="路灯不亮", phone="13912345678"))


def fields(body: bytes) -> dict[str, str]:
    """What a browser would send of the form on a page: hidden fields, boxes with their values, ticked choices."""
    page = read(body.decode())
    told = {}
    for one in page.all("input"):
        kind, name = one.attrs.get("type"), one.attrs.get("name")
        if "form" in one.path and name and (kind not in ("radio", "checkbox") or "checked" in one.attrs):
            told[name] = one.attrs.get("value", "")
    return told | {one.attrs["name"]: one.text.strip() for one in page.all("textarea")}


def form_of(client: Client, record: Record, deed: str) -> dict[str, str]:
    answer = client.get(f"/records/{record.number}/?do={deed}")
    assert answer.status_code == 200
    assert b'id="do"' in answer.content, "the form is on the page"
    return fields(answer.content)


def send(client: Client, record: Record, deed: str, said: dict):
    return client.post(f"/records/{record.number}/do/{deed}/", said)


def done(answer) -> bool:
    return answer.status_code == 302 and "/records/" in answer["Location"]


# -- who is offered what ------------------------------------------------------------------------------

OFFERED = {
    "dispatcher": {"step.note", "supervise", "transfer", "extend", "attach", "link", "merge", "void", "reveal"},
    "handler": {"step.finish", "step.note", "supervise", "transfer", "extend", "attach", "link", "merge", "void", "reveal"},
    "grid_member": {"supervise", "transfer", "extend", "attach", "link", "merge", "void", "reveal"},
    "leader": {"supervise"},
    "inspector": set(),
}  # fmt: skip


@pytest.mark.parametrize("who", OFFERED)
def test_each_is_offered_what_their_posts_allow(town, matter, opened, who):
    page = opened(f"/records/{matter.number}/", as_=getattr(town.cast, who))
    ways = [way for way in hrefs(page, "/records/") if "do=" in way]
    found = {re.search(r"do=([\w.]+)", way)[1] for way in ways}
    decides = {"erase", "suspend_erasure"} if who in ("dispatcher", "handler") else set()
    assert found - {"step.follow"} == OFFERED[who] | decides


@pytest.mark.parametrize("who", ["stranger", "resident"])
def test_who_does_not_see_a_record_does_nothing_to_it(town, matter, reader, who):
    client = reader(getattr(town.cast, who))
    assert send(client, matter, "void", {"key": "k", "note": "x"}).status_code == 404
    assert send(client, matter, "step.finish", {"key": "k"}).status_code == 404
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_a_deed_of_others_is_refused_in_words_and_changes_nothing(town, matter, reader):
    client = reader(town.cast.leader)
    answer = send(client, matter, "void", {"key": "k1", "note": "想作废", "_seen": ""})
    assert answer.status_code == 403
    assert "吴县不能作废" in words(read(answer.content.decode()))
    assert fields(answer.content)["note"] == "想作废"
    assert Act.objects.filter(verb="void").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "deed", ["step.note", "supervise", "transfer", "extend", "attach", "link", "merge", "void", "reveal"]
)
def test_every_form_stands_whole_in_both_languages(town, matter, opened, deed, lang):
    page = opened(f"/records/{matter.number}/?do={deed}", as_=town.cast.dispatcher, lang=lang)
    if lang == "en":
        assert page.chinese_outside() == []
    for one in page.all("input", "textarea", "select"):
        if one.attrs.get("type") != "hidden":
            assert one.attrs["id"] in [label.attrs.get("for") for label in page.all("label")], one


# -- steps --------------------------------------------------------------------------------------------


def test_a_step_is_taken_and_the_page_shows_it(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.finish") | {"result": "换了灯头", "cost": "35.5", "note": "当场修好"}
    answer = send(client, matter, "step.finish", said)
    assert done(answer)
    matter.refresh_from_db()
    assert (matter.state, matter.money, matter.data["result"]) == ("checking", 3550, "换了灯头")
    page = words(read(client.get(f"/records/{matter.number}/").content.decode()))
    assert "报告办结，已办" in page
    assert "当场修好" in page
    assert "已办。" not in words(read(client.get(f"/records/{matter.number}/").content.decode())), "told once"


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.finish") | {"result": "", "cost": "许多", "note": "写好的说明"}
    answer = send(client, matter, "step.finish", said)
    assert answer.status_code == 422
    page = read(answer.content.decode())
    wrong = {one.attrs["id"]: one.text for one in page.elements if "wrong" in one.classes}
    assert "id_result_error" in wrong
    kept = fields(answer.content)
    assert (kept["cost"], kept["note"], kept["key"]) == ("许多", "写好的说明", said["key"])
    answer = send(client, matter, "step.finish", kept | {"result": "换了"})
    assert answer.status_code == 422
    assert "id_cost_error" in {one.attrs.get("id") for one in read(answer.content.decode()).elements}
    assert done(send(client, matter, "step.finish", kept | {"result": "换了", "cost": "35"}))


def test_a_form_sent_twice_writes_once(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.note") | {"result": "已到现场"}
    assert done(send(client, matter, "step.note", said))
    assert done(send(client, matter, "step.note", said))
    assert Act.objects.filter(record=matter, verb="note").count() == 1


def test_the_second_of_two_clerks_is_told_what_the_first_did_and_keeps_what_they_typed(town, matter, reader):
    client = reader(town.cast.dispatcher)
    said = form_of(client, matter, "step.note") | {"result": "韩梅写的"}
    record_step(Record.objects.get(pk=matter.pk), "note", {"result": "林涛写的"}, by=town.cast.deputy)
    answer = send(client, matter, "step.note", said)
    assert answer.status_code == 409
    told = words(read(answer.content.decode()))
    assert "有人先办了这条记录" in told
    assert re.search(r"林涛 \d{4}-\d\d-\d\d \d\d:\d\d 补记", told)
    matter.refresh_from_db()
    assert matter.data["result"] == "林涛写的", "nothing was written over"
    again = fields(answer.content)
    assert again["result"] == "韩梅写的"
    assert done(send(client, matter, "step.note", again)), "having read it, they decide"
    matter.refresh_from_db()
    assert matter.data["result"] == "韩梅写的"


def test_a_step_that_somebody_else_has_taken_is_told_in_the_same_way(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.finish") | {"result": "我办的"}
    record_step(Record.objects.get(pk=matter.pk), "finish", {"result": "同事办的"}, by=town.cast.handler)
    answer = send(client, matter, "step.finish", said)
    assert answer.status_code == 409
    assert "现在是「待核查」" in words(read(answer.content.decode()))
    assert fields(answer.content)["result"] == "我办的"


def test_a_form_that_is_no_longer_possible_is_not_shown(town, matter, reader):
    page = words(
        read(reader(town.cast.dispatcher).get(f"/records/{matter.number}/?do=step.accept").content.decode())
    )
    assert "「受理交办」现在不能办" in page
    assert reader(town.cast.dispatcher).get(f"/records/{matter.number}/?do=nothing").status_code == 404


# -- deeds outside the flow ---------------------------------------------------------------------------


def test_the_deeds_of_a_department(town, matter, reader):
    client = reader(town.cast.dispatcher)
    other = event(town.cast, title="也是路灯")

    def does(deed: str, record: Record = matter, **said) -> None:
        answer = send(client, record, deed, form_of(client, record, deed) | said)
        assert done(answer), (deed, words(read(answer.content.decode())))
        record.refresh_from_db()

    does("supervise", note="今天办完")
    due = matter.due
    does("extend", due="2030-01-02T09:00", note="等材料")
    assert matter.due > due
    does("transfer", to="水务局", note="管网的事")
    assert matter.handler == town.cast.water
    does("link", other=other.number.lower(), kind="cites", note="同一处")
    assert Link.objects.filter(record=matter, other=other, kind="cites").exists()
    does("merge", other, into=matter.number)
    assert other.state == "void"
    does("void", note="误报")
    assert matter.state == "void"
    verbs = list(matter.acts.values_list("verb", flat=True))
    assert [verb for verb in verbs if verb != "late"] == [
        "open", "accept", "supervise", "extend", "transfer", "link", "void",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "said", "field"),
    [
        ("extend", {"due": "明天", "note": "x"}, "due"),
        ("extend", {"due": "2001-01-01T09:00", "note": "x"}, "due"),
        ("extend", {"due": "2030-01-01T09:00", "note": ""}, "note"),
        ("transfer", {"to": "没有局"}, "to"),
        ("merge", {"into": "SJ2099-00001"}, "into"),
        ("link", {"other": "SJ2099-00001", "kind": "cites"}, "other"),
        ("void", {"note": ""}, "note"),
        ("attach", {}, "files"),
        ("reveal", {"names": "phone", "purpose": ""}, "purpose"),
    ],
)
def test_a_deed_that_is_wrong_says_so_beside_its_field(town, matter, reader, deed, said, field):
    client = reader(town.cast.dispatcher)
    before = matter.acts.count()
    answer = send(client, matter, deed, form_of(client, matter, deed) | said)
    assert answer.status_code == 422
    wrong = [one.attrs["id"] for one in read(answer.content.decode()).elements if "wrong" in one.classes]
    assert wrong == [f"id_{field}_error"]
    kept = fields(answer.content)
    assert all(kept[name] == value for name, value in said.items() if name in ("due", "to", "into", "other"))
    assert matter.acts.count() == before


def test_a_record_one_may_not_see_is_no_other_record(town, matter, reader):
    client = reader(town.cast.dispatcher)
    said = form_of(client, matter, "link") | {"other": town.tip.number, "kind": "cites"}
    answer = send(client, matter, "link", said)
    assert answer.status_code == 422
    assert "钟楼线索" not in answer.content.decode()


# -- files --------------------------------------------------------------------------------------------


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    Image.new("RGB", (2400, 100), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("现场.png", photo(), "现场.jpg", "image/jpeg"),
        ("../../批复.PDF", b"%PDF-1.7 x", "批复.PDF", "application/pdf"),
        ("说明.txt", "已核实\r\n".encode("gb18030"), "说明.txt", "text/plain"),
        ("表.xlsx", packed("[Content_Types].xml", "xl/workbook.xml"), "表.xlsx", None),
        ("函.zip", packed("[Content_Types].xml", "word/document.xml"), "函.docx", None),
        ("文件.ofd", packed("OFD.xml"), "文件.ofd", "application/ofd"),
    ],
)
def test_files_are_known_by_what_is_in_them(town, matter, reader, name, content, kept, media_type):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "attach") | {"files": SimpleUploadedFile(name, content)}
    assert done(send(client, matter, "attach", said))
    file = File.objects.get(record=matter)
    assert file.name == kept
    assert media_type in (None, file.media_type)
    if file.media_type == "image/jpeg":
        image = Image.open(path_of(file.sha256))
        assert image.width == 1600
        assert not image.getexif(), "a photo tells nothing but its picture"
    answer = client.get(f"/files/{file.sha256}/{file.name}")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("木马.pdf", b"MZ\x90\x00program"),
        ("页.txt", b"<html><script>x()</script>"),
        ("脚本.txt", b"#!/bin/sh\nrm x"),
        ("宏.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("包.zip", packed("a.exe")),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("坏.jpg", b"\xff\xd8\xff\xe0 no picture"),
        ("空.txt", b""),
    ],
)
def test_what_may_carry_a_program_is_not_taken(town, matter, reader, name, content):
    client = reader(town.cast.handler)
    good = SimpleUploadedFile("好.txt", "好".encode())
    said = form_of(client, matter, "attach") | {"files": [good, SimpleUploadedFile(name, content)]}
    answer = send(client, matter, "attach", said)
    assert answer.status_code == 422
    assert name.partition(".")[0] in words(read(answer.content.decode()))
    assert not File.objects.filter(record=matter).exists(), "one bad file and none is attached"


# -- private values -----------------------------------------------------------------------------------


def test_a_private_value_is_opened_for_a_purpose_and_the_reading_is_noted(town, matter, reader):
    client = reader(town.cast.handler)
    assert "13912345678" not in client.get(f"/records/{matter.number}/").content.decode()
    said = form_of(client, matter, "reveal") | {"names": "phone", "purpose": "电话核实"}
    sent = send(client, matter, "reveal", said)
    assert sent.status_code == 302
    assert "13912345678" not in sent["Location"]
    for _again in range(2):  # loaded again it is the same reading
        answer = client.get(sent["Location"])
        assert "13912345678" in words(read(answer.content.decode()))
        assert "no-store" in answer["Cache-Control"]
    noted = PrivateRead.objects.get()
    assert (noted.by, noted.field, noted.purpose) == (town.cast.handler, "phone", "电话核实")
    assert "13912345678" not in client.get(f"/records/{matter.number}/").content.decode()
    own = words(read(reader(town.cast.grid_member).get(f"/records/{matter.number}/").content.decode()))
    assert "赵工 · 联系电话" in own, "whoever gave it reads who looked"
    assert "电话核实" not in words(
        read(reader(town.cast.leader).get(f"/records/{matter.number}/").content.decode())
    )


def test_what_was_opened_for_one_is_shown_to_nobody_else_and_not_for_long(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "reveal") | {"names": "phone", "purpose": "电话核实"}
    address = send(client, matter, "reveal", said)["Location"]
    for who in ("dispatcher", "leader", "inspector"):
        passed_on = reader(getattr(town.cast, who)).get(address)
        assert passed_on.status_code == 302
        assert passed_on["Location"].endswith("?do=reveal#do")
    with at_time(timezone.now() + timedelta(minutes=11)):
        assert client.get(address).status_code == 302
    assert PrivateRead.objects.count() == 1


def test_a_private_file_is_attached_and_opened_for_a_purpose(town, matter, reader):
    client = reader(town.cast.handler)
    upload = SimpleUploadedFile("张三病历.pdf", b"%PDF-1.7 x")
    said = form_of(client, matter, "attach") | {"files": upload, "private": "on"}
    assert done(send(client, matter, "attach", said))
    file = File.objects.get(record=matter)
    assert file.private
    for who in ("handler", "dispatcher", "leader"):
        text = reader(getattr(town.cast, who)).get(f"/records/{matter.number}/").content.decode()
        assert "张三病历" not in text, "its name may say as much as the file"
    client = reader(town.cast.handler)
    assert client.get(f"/files/{file.sha256}/{file.name}").status_code == 404
    told = form_of(client, matter, "open") | {"file": str(file.pk), "purpose": "核对伤情"}
    assert send(client, matter, "open", told | {"purpose": ""}).status_code == 422
    address = send(client, matter, "open", told)["Location"]
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")
    noted = PrivateRead.objects.get()
    assert (noted.by, noted.purpose) == (town.cast.handler, "核对伤情")
    assert reader(town.cast.leader).get(address).status_code == 404
    assert (
        "谁看过保密内容" in reader(town.cast.grid_member).get(f"/records/{matter.number}/").content.decode()
    )


def test_a_private_file_is_offered_to_nobody_whom_it_does_not_concern(town, matter, reader):
    told = {"name": "病历.pdf", "content": b"%PDF-1.7", "media_type": "application/pdf", "private": True}
    file_attach(matter, by=town.cast.handler, **told)
    client = reader(town.cast.inspector)
    assert "打开保密附件" not in client.get(f"/records/{matter.number}/").content.decode()
    file = File.objects.get(record=matter)
    refused = send(client, matter, "open", {"file": str(file.pk), "purpose": "好奇", "key": "k"})
    assert refused.status_code in (403, 404, 409, 422)
    assert not PrivateRead.objects.exists()


# -- opening ------------------------------------------------------------------------------------------


def test_a_record_is_opened_by_whoever_may(town, reader):
    client = reader(town.cast.dispatcher)
    assert "/lists/gazette.check/new/" in client.get("/lists/gazette.check/").content.decode()
    said = fields(client.get("/lists/gazette.check/new/").content) | {
        "title": "新检查",
        "category": "safe",
        "place": "",
    }
    first = client.post("/lists/gazette.check/new/", said)
    assert done(first)
    record = Record.objects.get(title="新检查")
    assert record.place == town.cast.street
    assert client.post("/lists/gazette.check/new/", said)["Location"] == first["Location"], (
        "sent twice, opened once"
    )
    assert Record.objects.filter(title="新检查").count() == 1
    for who in (town.cast.leader, town.cast.grid_member):
        assert reader(who).get("/lists/gazette.check/new/").status_code == 404
        assert "new/" not in " ".join(hrefs(read(reader(who).get("/lists/gazette.check/").content.decode())))


def test_an_opening_that_is_refused_keeps_what_was_typed(town, reader):
    client = reader(town.cast.dispatcher)
    said = fields(client.get("/lists/gazette.board/new/").content) | {
        "title": "新栏",
        "size": "很大",
        "place": "东风街道",
    }
    answer = client.post("/lists/gazette.board/new/", said)
    assert answer.status_code == 422
    kept = fields(answer.content)
    assert (kept["title"], kept["size"], kept["place"]) == ("新栏", "很大", "东风街道")
    assert "id_size_error" in {one.attrs.get("id") for one in read(answer.content.decode()).elements}


# -- a session that has run out -----------------------------------------------------------------------


def signed_in(client: Client, person: Person) -> None:
    user, _ = get_user_model().objects.get_or_create(username=f"u{person.pk}")
    Person.objects.filter(pk=person.pk).update(user=user)
    session = dict(client.session)
    client.force_login(user)
    later = client.session
    later.update({key: value for key, value in session.items() if not key.startswith("_auth")})
    later.save()


def test_what_was_typed_into_an_expired_session_is_there_after_signing_in(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.finish") | {"result": "换了灯头，量了电压", "note": "一大段"}
    client.cookies.pop("liren_session")
    answer = send(client, matter, "step.finish", said)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=")
    assert not Act.objects.filter(record=matter, verb="finish").exists()
    assert "换了灯头" not in str(dict(client.session)), "what waits is sealed"
    signed_in(client, town.cast.handler)
    back = client.get(f"/records/{matter.number}/?do=step.finish")
    kept = fields(back.content)
    assert (kept["result"], kept["note"], kept["key"]) == ("换了灯头，量了电压", "一大段", said["key"])
    assert "登录过期前填的内容都在" in words(read(back.content.decode()))
    assert done(send(client, matter, "step.finish", kept))
    assert Act.objects.filter(record=matter, verb="finish").count() == 1


def test_somebody_else_who_signs_in_on_the_same_machine_reads_nothing_of_it(town, matter, reader):
    client = reader(town.cast.handler)
    said = form_of(client, matter, "step.note") | {"result": "只有赵工写得出"}
    client.cookies.pop("liren_session")
    send(client, matter, "step.note", said)
    signed_in(client, town.cast.dispatcher)
    assert "只有赵工写得出" not in client.get(f"/records/{matter.number}/?do=step.note").content.decode()
    signed_in(client, town.cast.handler)
    assert "只有赵工写得出" not in client.get(f"/records/{matter.number}/?do=step.note").content.decode(), (
        "once"
    )


def test_an_opening_survives_an_expired_session_too(town, reader):
    client = reader(town.cast.dispatcher)
    said = fields(client.get("/lists/gazette.check/new/").content) | {"title": "写了一半"}
    client.cookies.pop("liren_session")
    assert client.post("/lists/gazette.check/new/", said)["Location"].endswith(
        "next=%2Flists%2Fgazette.check%2Fnew%2F"
    )
    signed_in(client, town.cast.dispatcher)
    assert fields(client.get("/lists/gazette.check/new/").content)["title"] == "写了一半"


def test_without_the_token_of_the_page_nothing_is_written(town, matter, reader):
    reader(town.cast.handler)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username=f"u{town.cast.handler.pk}"))
    assert send(strict, matter, "step.finish", {"result": "x", "key": "k"}).status_code == 403
    assert matter.acts.filter(at__gt=timezone.now()).count() == 0
    assert not Act.objects.filter(record=matter, verb="finish").exists()


def test_borrowed_eyes_write_nothing(town, matter, settings):
    settings.LIREN_DEMO = True
    Person.objects.filter(pk=town.cast.handler.pk).update(code="cast-inspector")
    client = Client()
    page = client.get(f"/records/{matter.number}/?do=step.finish")
    assert page.status_code == 200
    assert b'id="do"' not in page.content
    assert send(client, matter, "step.finish", {"result": "x", "key": "k"})["Location"].startswith(
        "/account/login/"
    )
    assert not Act.objects.filter(record=matter, verb="finish").exists()
