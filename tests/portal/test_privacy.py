"""What residents may know and ask about what is kept of them: notice, readers, erasure, their own data."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from liren import inforce
from liren.people.models import PrivateRead
from liren.people.private import unseal
from liren.privacy.actions import erasure_refuse, erasure_suspend, private_erase
from liren.privacy.lasting import answer_by, standing_of_erasure
from liren.privacy.notice import notices
from liren.records.models import Record
from liren.records.residents import token_for
from liren.records.revealing import record_reveal
from tests.cast import moment

PHONE = "13987654321"


@pytest.fixture
def filed(resident) -> Record:
    resident.report(phone=PHONE)
    return Record.objects.get()


def own_page(resident, record) -> str:
    return resident.get(f"/p/mine/{token_for(record, record.opener)}/").content.decode()


def officer(county):
    from liren.people.actions import person_add, post_take
    from tests.cast import LONG_AGO

    person = person_add(name="韩指挥")
    post_take(
        person=person,
        role="grid_dispatcher" if "grid_dispatcher" in inforce.catalogue().roles else "dispatcher",
        place=county.street,
        starts=LONG_AGO,
    )
    return person


def test_the_form_says_what_is_kept_why_how_long_and_who_sees_it(resident):
    page = resident.get("/p/report/grid_case.event/").content.decode()
    assert "个人信息告知" in page and "联系电话" in page and "谁能看" in page
    everything = resident.get("/p/privacy/").content.decode()
    for pack in inforce.catalogue().packs.values():
        for notice in notices(pack):
            assert f'id="{notice.kind}"' in everything


def test_the_person_sees_who_read_what_and_why(resident, filed, county):
    assert "还没有人看过" in own_page(resident, filed)
    record_reveal(filed, ["phone"], by=officer(county), purpose="回访", at=moment("2024-03-05 09:00"))
    page = own_page(resident, filed)
    assert "韩指挥" in page and "回访" in page and PHONE not in page
    assert "回访" in resident.get("/p/mine/").content.decode()
    others = resident.get(f"/p/record/{filed.number}/").content.decode()
    assert "回访" not in others and "您的个人信息" not in others


def test_erasure_is_asked_for_and_decided(resident, filed, county):
    token = token_for(filed, filed.opener)
    assert resident.post(f"/p/mine/{token}/erase/", {"note": "不用再联系"}).status_code == 302
    assert "您已请求删除" in own_page(resident, filed)
    assert resident.post(f"/p/mine/{token}/erase/").status_code == 409
    private_erase(filed, by=officer(county), note="准予")
    filed.refresh_from_db()
    assert unseal(filed.secret, filed.number) == {}
    page = own_page(resident, filed)
    assert "已经删除" in page and "请求删除我的个人信息" not in page


def test_a_request_is_answered_on_the_persons_own_page_alone(resident, filed, county):
    token = token_for(filed, filed.opener)
    resident.post(f"/p/mine/{token}/erase/", {"note": "不用再联系"})
    until = answer_by(standing_of_erasure(filed.pk).asked)
    assert f"经办单位在 {timezone.localtime(until):%Y-%m-%d} 前答复" in own_page(resident, filed)
    erasure_suspend(filed, by=officer(county), note="审计在查这一批")
    assert "暂停删除" in own_page(resident, filed)
    erasure_refuse(filed, by=officer(county), note="办理还要回访")
    page = own_page(resident, filed)
    assert "没有同意" in page and "办理还要回访" in page and "请求删除我的个人信息" in page
    for secret in ("办理还要回访", "审计在查这一批", "没有同意"):
        assert secret not in resident.get(f"/p/record/{filed.number}/").content.decode()


def test_a_neighbour_neither_asks_nor_takes(resident, neighbour, filed):
    assert neighbour.post(f"/p/mine/{token_for(filed, filed.opener)}x/erase/").status_code == 404
    assert neighbour.post("/p/mine/data/").status_code == 404


def test_ones_own_data_is_taken_away_whole_and_nobody_elses(resident, neighbour, filed):
    neighbour.report(title="另一处井盖", phone="13800000000")
    answer = resident.post("/p/mine/data/")
    assert answer["Cache-Control"] == "no-store, private"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("data.json"))
        page = packed.read("data.html").decode()
    assert [one["编号"] for one in told["记录"]] == [filed.number]
    assert told["记录"][0]["保密内容"] == {"联系电话": PHONE}
    assert PHONE in page and filed.number in page
    assert "13800000000" not in page + json.dumps(told)
    assert PrivateRead.objects.get(record_number=filed.number).purpose == "本人取走自己的数据"
