"""Reports: two taps, a title that writes itself, one after another on a walk."""

from liren.clock import at_time
from liren.records.models import File, Record
from tests.cast import Cast, moment
from tests.workbench.test_records import key_of, picture

KIND = "grid_case.event"
ADDRESS = f"/w/new/{KIND}/"


def test_kinds_stand_by_how_often_they_were_used(cast: Cast, signed):
    client = signed(cast.grid_member)
    client.post("/w/new/street.shop/", {"title": "面馆", "key": "a", "place": cast.grid.code})
    text = client.get("/w/new/").content.decode()
    assert text.index("沿街店铺") < text.index("网格事项")
    assert "考核" not in text, "only what the roles may open"


def test_a_category_and_send_is_enough(cast: Cast, signed):
    client = signed(cast.grid_member)
    page = client.get(ADDRESS).content.decode()
    assert page.count('name="category"') == 4
    assert f'<option value="{cast.grid.code}" selected>' in page
    answer = client.post(
        ADDRESS, {"category": "facility", "place": cast.grid.code, "level": "normal", "key": key_of(page)}
    )
    record = Record.objects.get()
    assert answer.url == f"/w/records/{record.number}/"
    assert record.title == "公共设施 · 第3网格"
    assert record.place == cast.grid
    assert record.data.get("spot") is None, "no location unless somebody pressed for it"


def test_a_title_that_was_written_stays(cast: Cast, signed):
    signed(cast.grid_member).post(
        ADDRESS, {"category": "safety", "title": "电线垂落", "key": "k", "place": cast.grid.code}
    )
    assert Record.objects.get().title == "电线垂落"


def test_a_missing_category_is_said_beside_its_buttons(cast: Cast, signed):
    answer = signed(cast.grid_member).post(ADDRESS, {"spot": "桥头", "key": "k", "place": cast.grid.code})
    text = answer.content.decode()
    assert answer.status_code == 422
    wall = text.partition('data-label="类别"')[2][:300]
    assert 'class="wrong"' in wall
    assert 'value="桥头"' in text
    assert not Record.objects.exists()


def test_a_double_tap_is_one_report_with_one_photo(cast: Cast, signed):
    client = signed(cast.grid_member)
    for _ in range(2):
        told = {"category": "facility", "key": "k", "place": cast.grid.code, "photo": picture()}
        assert client.post(ADDRESS, told).status_code == 302
    assert Record.objects.count() == 1
    assert File.objects.count() == 1


def test_what_is_no_photo_is_refused_and_nothing_is_filed(cast: Cast, signed):
    photo = picture()
    photo.write(b"not a picture at all, whatever it is called")
    photo.seek(0)
    photo.truncate(12)
    told = {"category": "facility", "key": "k", "place": cast.grid.code, "photo": photo}
    answer = signed(cast.grid_member).post(ADDRESS, told)
    assert answer.status_code == 422
    assert "照片" in answer.content.decode()
    assert not Record.objects.exists()


def test_a_photo_outlives_a_fault_elsewhere(cast: Cast, signed):
    """Browsers do not fill in a file a second time."""
    client = signed(cast.grid_member)
    page = client.post(ADDRESS, {"key": "k", "place": cast.grid.code, "photo": picture()}).content.decode()
    token = page.partition('name="photo_kept" value="')[2].partition('"')[0]
    assert token
    told = {"category": "facility", "key": "k", "place": cast.grid.code, "photo_kept": token}
    assert client.post(ADDRESS, told).status_code == 302
    assert File.objects.get().record == Record.objects.get()


def test_a_token_that_is_not_ours_brings_no_photo(cast: Cast, signed):
    told = {"category": "facility", "key": "k", "place": cast.grid.code, "photo_kept": "W1siYWIiLCJhIl1d:x:y"}
    assert signed(cast.grid_member).post(ADDRESS, told).status_code == 302
    assert not File.objects.exists()


def test_what_one_may_not_open_is_not_there(cast: Cast, signed):
    assert signed(cast.grid_member).get("/w/new/street.exam/").status_code == 404
    assert signed(cast.grid_member).post("/w/new/street.exam/", {"key": "k"}).status_code == 404
    assert signed(cast.resident).get(ADDRESS).status_code == 200, "what residents may report, anybody may"


def test_on_a_walk_the_next_report_stands_ready(cast: Cast, signed):
    client = signed(cast.grid_member)
    assert client.post("/w/walk/", {"kind": KIND}).url == ADDRESS
    for count in range(3):
        page = client.get(ADDRESS).content.decode()
        assert f"已报 {count} 件" in page
        told = {"category": "facility", "key": key_of(page), "place": cast.grid.code}
        assert client.post(ADDRESS, told).url == ADDRESS
    end = client.post("/w/walk/end/").content.decode()
    for record in Record.objects.all():
        assert record.number in end
    assert "共上报 3 件" in end
    assert "巡查中" not in client.get(ADDRESS).content.decode()
    told = {"category": "facility", "key": "after", "place": cast.grid.code}
    assert client.post(ADDRESS, told).url.startswith("/w/records/")


def test_a_forgotten_walk_ends_by_itself(cast: Cast, signed):
    client = signed(cast.grid_member)
    with at_time(moment("2024-03-04 08:00")):
        client.post("/w/walk/", {"kind": KIND})
        assert "巡查中" in client.get("/w/new/").content.decode()
    with at_time(moment("2024-03-04 21:00")):
        assert "巡查中" not in client.get("/w/new/").content.decode()


def test_a_walk_of_a_kind_one_may_not_open_does_not_begin(cast: Cast, signed):
    client = signed(cast.grid_member)
    assert client.post("/w/walk/", {"kind": "street.exam"}).status_code == 404
    assert client.post("/w/walk/end/").url == "/w/new/"


def test_one_level_below_the_post_may_be_chosen_and_nothing_else(cast: Cast, signed, hold):
    hold(cast.deputy, "grid_member", place=cast.community)
    client = signed(cast.deputy)
    page = client.get(ADDRESS).content.decode()
    assert f'value="{cast.community.code}" selected' in page
    assert f'value="{cast.grid.code}"' in page
    assert cast.other_village.code not in page
    told = {"category": "facility", "key": "k", "place": cast.other_village.code}
    assert client.post(ADDRESS, told).status_code == 422
    assert not Record.objects.exists()
