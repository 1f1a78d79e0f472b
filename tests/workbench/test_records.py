"""A record on the phone, and its steps: two taps, refusals beside their boxes, nothing typed is lost."""

import io

import pytest
from PIL import Image

from liren.records.models import Act, File, Record
from tests.cast import Cast
from tests.matters import accept, event, finish


def key_of(text: str) -> str:
    return text.partition('name="key" value="')[2].partition('"')[0]


def test_the_record_says_what_it_is_and_what_may_be_done(cast: Cast, signed):
    record = accept(cast, event(cast))
    text = signed(cast.handler).get(f"/w/records/{record.number}/").content.decode()
    assert "路灯不亮" in text
    assert "清溪街道/明月里/第3网格" in text
    assert f'href="/w/step/finish/{record.number}/"' in text
    assert "受理交办" in text, "what was done"
    watcher = signed(cast.inspector).get(f"/w/records/{record.number}/").content.decode()
    assert "/w/step/" not in watcher


def test_what_one_may_not_see_is_not_there(cast: Cast, signed):
    record = event(cast)
    for address in (f"/w/records/{record.number}/", f"/w/step/accept/{record.number}/", "/w/records/none/"):
        assert signed(cast.stranger).get(address).status_code == 404


def test_a_step_without_questions_is_a_tap_and_a_confirmation(cast: Cast, signed):
    record = finish(cast, accept(cast, event(cast)))
    client = signed(cast.dispatcher)
    page = client.get(f"/w/step/rework/{record.number}/").content.decode()
    assert "确定办理" in page
    answer = client.post(f"/w/step/rework/{record.number}/", {"key": key_of(page)})
    assert answer.status_code == 302
    assert "退回重办" in client.get("/w/").content.decode()
    record.refresh_from_db()
    assert record.state == "handling"


def test_a_double_tap_is_one_step(cast: Cast, signed):
    record = finish(cast, accept(cast, event(cast)))
    client = signed(cast.dispatcher)
    key = key_of(client.get(f"/w/step/rework/{record.number}/").content.decode())
    for _ in range(2):
        assert client.post(f"/w/step/rework/{record.number}/", {"key": key}).status_code == 302
    assert Act.objects.filter(verb="rework").count() == 1


def test_what_is_wrong_stands_beside_its_box_and_what_was_typed_stays(cast: Cast, signed):
    record = event(cast)
    client = signed(cast.dispatcher)
    page = client.post(
        f"/w/step/accept/{record.number}/",
        {"level": "urgent", "handler": "水晶局", "note": "尽快", "key": "k"},
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "水晶局" in text
    assert "尽快" in text
    assert 'value="urgent" id="id_level_2" checked' in text
    page = client.post(f"/w/step/accept/{record.number}/", {"level": "urgent", "handler": "", "key": "k"})
    box = page.content.decode().partition('data-label="承办"')[2][:400]
    assert 'class="wrong"' in box
    record.refresh_from_db()
    assert record.state == "reported"


def test_what_brings_a_record_on_stands_before_what_sends_it_back(cast: Cast, signed):
    record = finish(cast, accept(cast, event(cast)))
    client = signed(cast.dispatcher)
    assert "/w/step/confirm/" in client.get("/w/").content.decode(), (
        "on the card, where there is room for two"
    )
    text = client.get(f"/w/records/{record.number}/").content.decode()
    assert text.index("/w/step/confirm/") < text.index("/w/step/rework/")


def test_units_that_were_given_such_matters_before_can_be_tapped(cast: Cast, signed):
    record = event(cast)
    page = signed(cast.dispatcher).get(f"/w/step/accept/{record.number}/").content.decode()
    assert "data-fills" not in page, "nobody was given any yet"
    for unit in (cast.water, cast.housing, cast.housing):
        accept(cast, event(cast), handler=unit)
    page = signed(cast.dispatcher).get(f"/w/step/accept/{record.number}/").content.decode()
    row = page.partition('data-fills="id_handler"')[2].partition("</p>")[0]
    assert row.index("住建局") < row.index("水务局"), "the most frequent first"


def test_units_are_suggested_and_persons_are_not(cast: Cast, signed):
    record = event(cast)
    text = signed(cast.dispatcher).get(f"/w/step/accept/{record.number}/").content.decode()
    assert '<option value="住建局">' in text
    assert "赵工" not in text


def test_somebody_was_quicker(cast: Cast, signed):
    record = event(cast)
    accept(cast, record)
    page = signed(cast.deputy).post(
        f"/w/step/accept/{record.number}/", {"level": "normal", "handler": "住建局", "key": "k"}
    )
    assert page.status_code == 422
    assert "现在是「办理中」" in page.content.decode()


def test_a_step_of_another_kind_is_not_there(cast: Cast, signed):
    record = event(cast)
    assert signed(cast.dispatcher).get(f"/w/step/fly/{record.number}/").status_code == 404


def picture(**more) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", **more)
    out.seek(0)
    out.name = "IMG.jpg"
    return out


def test_a_photo_is_kept_without_where_it_was_taken(cast: Cast, signed):
    record = event(cast)
    exif = Image.Exif()
    exif[0x010E] = "secret-camera"
    client = signed(cast.grid_member)
    told = {"photo": picture(exif=exif), "key": "p1"}
    assert client.post(f"/w/attach/{record.number}/", told).status_code == 302
    assert client.post(f"/w/attach/{record.number}/", {"photo": picture(), "key": "p1"}).status_code == 302
    kept = File.objects.get(record=record)
    assert kept.media_type == "image/jpeg"
    from liren.records.storage import path_of

    assert b"secret-camera" not in path_of(kept.sha256).read_bytes()


@pytest.mark.parametrize("who", ["stranger", "other_handler"])
def test_only_who_is_concerned_attaches(cast: Cast, signed, who: str):
    record = accept(cast, event(cast))
    answer = signed(getattr(cast, who)).post(f"/w/attach/{record.number}/", {"photo": picture()})
    assert answer.status_code in (403, 404)
    assert not File.objects.exists()


def test_no_photo_says_so(cast: Cast, signed):
    record = event(cast)
    answer = signed(cast.grid_member).post(f"/w/attach/{record.number}/", {})
    assert answer.status_code == 422
    assert "照片" in answer.content.decode()
    assert Record.objects.count() == 1
