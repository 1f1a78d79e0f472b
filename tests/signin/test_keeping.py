"""Accounts kept on pages: by the system administrator alone, and no administrator's among them."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from liren.people.actions import person_add, post_take
from liren.people.models import Person
from tests.cast import LONG_AGO
from tests.signin.stage import PASSWORD, events, sign_in

pytestmark = pytest.mark.django_db

PAGES = ("/account/staff/", "/account/staff/new/")


@pytest.fixture(autouse=True)
def one_proof(settings):
    settings.LIREN_SECOND_FACTOR = "nobody"


@pytest.fixture
def keeper(cast, accounts) -> Client:
    """A browser of the county's system administrator."""
    person = person_add(name="系统管理", code="adm-system")
    post_take(person=person, role="system_admin", place=cast.county, starts=LONG_AGO)
    accounts("keeper", person)
    client = Client()
    sign_in(client, "keeper")
    return client


def account_of(person: Person):
    return get_user_model().objects.get(person=person)


def test_only_the_system_administrator_finds_the_accounts(cast, accounts, lilei):
    for number, role in enumerate(("security_admin", "audit_admin", "inspector")):
        person = person_add(name=f"别人{number}")
        post_take(person=person, role=role, place=cast.county, starts=LONG_AGO)
        accounts(f"other{number}", person)
    for name in ("lilei", "other0", "other1", "other2"):
        client = Client()
        sign_in(client, name)
        for path in (*PAGES, f"/account/staff/{lilei.pk}/"):
            assert client.get(path).status_code == 404, (name, path)
        for verb in ("link", "close", "open"):
            assert client.post(f"/account/staff/{lilei.pk}/{verb}/").status_code == 404, (name, verb)
    assert Client().get(PAGES[0]).status_code == 302
    assert account_of(lilei.person).is_active
    assert not events("link_made")


def test_an_account_is_made_and_its_owner_sets_the_password_by_the_link(cast, keeper):
    answer = keeper.post(
        "/account/staff/new/", {"person": "韩梅", "name": "HanMei", "email": "hm@example.org"}
    )
    assert answer.status_code == 200
    made = account_of(cast.dispatcher)
    assert (made.username, made.email, made.has_usable_password()) == ("hanmei", "hm@example.org", False)
    link = re.search(r"http://[^<\s]+/account/password/link/[^<\s]+", answer.content.decode())[0]
    owner = Client()
    page = owner.get(link.partition("8000")[2], follow=True)
    action = page.request["PATH_INFO"]
    owner.post(action, {"password1": PASSWORD, "password2": PASSWORD})
    made.refresh_from_db()
    assert made.check_password(PASSWORD)
    noted = events("account_added")[-1]
    assert (noted.account, noted.by) == (made.pk, get_user_model().objects.get(username="keeper").pk)


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"person": "没有这人", "name": "x1"}, "person", "没有找到"),
        ({"person": "李雷", "name": "x1"}, "person", "账户已经有了"),
        ({"person": "韩梅", "name": "lilei"}, "name", "已经有了"),
        ({"person": "韩梅", "name": "有 空格"}, "name", "账户名"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(keeper, lilei, said, field, reason):
    answer = keeper.post("/account/staff/new/", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="{field}-wrong"' in page
    assert reason in page
    assert f'value="{said["name"]}"' in page
    assert get_user_model().objects.count() == 2


def test_an_account_is_closed_with_its_sessions_and_opened_again(keeper, lilei):
    browser = Client()
    sign_in(browser)
    assert browser.get("/account/").status_code == 200
    assert keeper.post(f"/account/staff/{lilei.pk}/close/").status_code == 302
    assert browser.get("/account/").status_code == 302
    assert "已停用" in keeper.get(f"/account/staff/{lilei.pk}/").content.decode()
    assert keeper.post(f"/account/staff/{lilei.pk}/open/").status_code == 302
    lilei.refresh_from_db()
    assert lilei.is_active
    assert [one.by for one in events("account_closed")] == [
        get_user_model().objects.get(username="keeper").pk
    ]


def test_a_new_link_is_shown_once_and_is_on_record(keeper, lilei):
    answer = keeper.post(f"/account/staff/{lilei.pk}/link/")
    assert "/account/password/link/" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert keeper.get(f"/account/staff/{lilei.pk}/link/").status_code == 405
    assert "/account/password/link/" not in keeper.get(f"/account/staff/{lilei.pk}/").content.decode()
    assert events("link_made")[-1].account == lilei.pk


def test_an_administrators_account_is_kept_on_the_command_line_alone(cast, accounts, keeper):
    person = person_add(name="审计管理")
    post_take(person=person, role="audit_admin", place=cast.county, starts=LONG_AGO)
    user = accounts("auditor", person)
    own = get_user_model().objects.get(username="keeper")
    for number in (user.pk, own.pk):
        for verb in ("link", "close"):
            answer = keeper.post(f"/account/staff/{number}/{verb}/", follow=True)
            assert "只在命令行上办" in answer.content.decode()
            assert "/account/password/link/" not in answer.content.decode()
    assert get_user_model().objects.get(pk=user.pk).is_active
    assert get_user_model().objects.get(pk=own.pk).is_active


def test_accounts_are_found_and_residents_and_other_streets_are_not(cast, accounts, keeper, lilei):
    assert "lilei" in keeper.get("/account/staff/", {"q": "李雷"}).content.decode()
    assert "lilei" not in keeper.get("/account/staff/", {"q": "没有"}).content.decode()
    street = person_add(name="街道管理")
    post_take(person=street, role="system_admin", place=cast.other_street, starts=LONG_AGO)
    accounts("street", street)
    client = Client()
    sign_in(client, "street")
    assert "lilei" not in client.get("/account/staff/").content.decode()
    assert client.get(f"/account/staff/{lilei.pk}/").status_code == 404


def test_without_a_second_factor_an_administrator_gets_no_further(keeper, settings):
    settings.LIREN_SECOND_FACTOR = "admins"
    for path in (*PAGES, "/admin/"):
        assert keeper.get(path).status_code == 302, path
