"""Every page of this room: sound markup, names for all fields, no inline script or style, both languages."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, override_settings
from django.urls import get_resolver

import liren
from liren.clock import now
from liren.people.actions import person_add, post_take
from liren.signin.actions import link_make
from tests.console.markup import Page, read
from tests.signin.stage import PASSWORD, PHONE, sign_in
from tests.signin.test_passkeys import HOST, Key, options

pytestmark = pytest.mark.django_db

ROOM = Path(liren.__file__).parent / "signin"
STYLES = [*(ROOM.parent / "look" / "static" / "liren").glob("*.css"), *(ROOM / "static").rglob("*.css")]
HOOKS: set[str] = set()


@pytest.fixture
def pages(lilei, cast, accounts, outbox, settings):
    """Every page by its template, in the language asked for: a walk through all that can be done here."""

    def walk(language: str) -> dict[str, str]:
        shown: dict[str, str] = {}
        keep = {"headers": {"host": HOST}, "wsgi_url_scheme": "https"}

        def note(response, name=""):
            templates = [one.name for one in response.templates if one.name]
            shown.setdefault(name or templates[0], response.content.decode())
            return response

        def browser():
            one = Client(**keep)
            one.cookies["liren_language"] = "en" if language == "en" else "zh-hans"
            return one

        post_take(person=cast.grid_member, role="audit_admin", place=cast.county, starts=now())
        settings.LIREN_SECOND_FACTOR = "nobody"
        person_add(name="督查员", code="cast-inspector")
        one = browser()
        for path in ("login/", "signup/", "inactive/", "password/reset/", "password/reset/sent/",
                     "password/link/1-abc-def/", "password/link/done/", "phone/", "providers/cancelled/", "providers/error/"):  # fmt: skip
            note(one.get(f"/account/{path}"))
        note(sign_in(one, password="x"), "login, wrong")
        note(one.post("/account/phone/", {"phone": "1"}), "phone, wrong")
        note(one.post("/account/phone/", {"phone": PHONE}, follow=True))
        note(one.post("/account/phone/code/", {"code": "x"}), "code, wrong")
        note(one.get(link_make(lilei, at=now()).removeprefix("http://127.0.0.1:8000"), follow=True), "link")
        with override_settings(LIREN_DEMO=True):
            note(browser().get("/account/demo/"))
        with override_settings(ACCOUNT_RATE_LIMITS={"login": "1/h/ip"}):
            sign_in(one, password="x")
            note(sign_in(one, password="x"))
        one = browser()
        sign_in(one)
        for path in (
            "",
            "logout/",
            "confirm/?next=/account/",
            "password/change/",
            "factors/",
            "sessions/",
            "providers/",
            "events/",
            "data/",
        ):
            note(one.get(f"/account/{path}"))
        note(
            one.post("/account/password/change/", {"oldpassword": "x", "password1": "a", "password2": "b"}),
            "password, wrong",
        )
        one.post("/account/confirm/", {"password": PASSWORD, "next": "/account/"})
        note(one.get("/account/keys/new/"))
        note(one.post("/account/keys/new/", {"name": "", "days": "x"}), "key, wrong")
        note(one.post("/account/keys/new/", {"name": "P1", "scopes": ["read", "write"], "days": "30"}))
        note(one.get("/account/keys/"))
        note(one.get("/account/factors/totp/activate/"))
        note(one.get("/account/factors/webauthn/"), "keys, none")
        key, adding = Key(), note(one.get("/account/factors/webauthn/add/"))
        told = {"name": "K1", "passwordless": "on", "credential": key.create(options(adding))}
        one.post("/account/factors/webauthn/add/", told)
        note(one.get("/account/factors/recovery-codes/"))
        TOTP.activate(lilei, generate_totp_secret())
        number = Authenticator.objects.get(type="webauthn").pk
        for path in ("recovery-codes/generate/", "totp/deactivate/", "webauthn/", f"webauthn/keys/{number}/edit/",
                     f"webauthn/keys/{number}/remove/", "reauthenticate/", "webauthn/reauthenticate/"):  # fmt: skip
            note(one.get(f"/account/factors/{path}"))
        note(one.get("/account/factors/"), "factors, all")
        other = browser()
        sign_in(other)
        note(other.get("/account/factors/authenticate/"))
        settings.LIREN_MAIL_FROM = "liren@example.org"
        note(one.get("/account/email/"))
        note(one.post("/account/email/", {"email": "x"}), "e-mail, wrong")
        _walk_accounts(cast, accounts, browser(), note)
        _walk_lost(cast, accounts, browser(), note, lilei)
        return shown

    return walk


def _walk_accounts(cast, accounts, keeper, note) -> None:
    """The pages on which the system administrator keeps accounts."""
    post_take(person=cast.deputy, role="system_admin", place=cast.county, starts=now())
    accounts("keeper", cast.deputy)
    sign_in(keeper, "keeper")
    note(keeper.get("/account/staff/"))
    note(keeper.get("/account/staff/new/"))
    note(keeper.post("/account/staff/new/", {"person": "nobody", "name": "x"}), "account, wrong")
    note(keeper.post("/account/staff/new/", {"person": "韩梅", "name": "hanmei"}))
    note(keeper.get(f"/account/staff/{accounts.made['keeper'].pk}/"), "account, an administrator's")
    cast.dispatcher.refresh_from_db()
    note(keeper.get(f"/account/staff/{cast.dispatcher.user_id}/"))


def _walk_lost(cast, accounts, guard, note, lilei) -> None:
    """The pages on which the security administrator takes lost proofs away."""
    post_take(person=cast.leader, role="security_admin", place=cast.county, starts=now())
    accounts("guard", cast.leader)
    sign_in(guard, "guard")
    note(guard.get("/account/lost/"))
    note(guard.get(f"/account/lost/{lilei.pk}/"))


@pytest.fixture(params=["zh", "en"])
def walked(request, pages):
    return request.param, pages(request.param)


def test_the_walk_reaches_every_template(pages):
    """A page that nobody walked to would be a page that nobody looked at."""
    reached = set(pages("zh"))
    there = {path.relative_to(ROOM / "templates").as_posix() for path in (ROOM / "templates").rglob("*.html")}
    frames = {
        "signin/base.html",
        "signin/entrance.html",
        "signin/manage.html",
        "account/base_reauthenticate.html",
    }
    with_providers = {"signin/leaving.html", "socialaccount/login.html"}  # see test_providers.py
    assert {name for name in there - frames - with_providers if "/parts/" not in name} <= reached


def test_markup_is_sound_and_every_field_has_its_name(walked):
    for name, html in walked[1].items():
        page = read(html)
        assert page.faults == [], name
        assert len(set(page.ids)) == len(page.ids), name
        levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3")]
        assert levels.count(1) == 1, name
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels)), name
        _named(name, page)


def _named(name: str, page: Page) -> None:
    for one in page.elements:
        for key in ("aria-labelledby", "for", "aria-describedby"):
            for id_ in one.attrs.get(key, "").split():
                assert id_ in page.ids, f"{name}: {key}={id_}"
        if one.tag in ("a", "button", "h1", "h2", "label"):
            assert one.text.strip() or one.attrs.get("aria-label"), f"{name}: {one}"
        if one.tag in ("input", "select", "textarea") and one.attrs.get("type") != "hidden":
            assert [label for label in page.all("label") if label.attrs.get("for") == one.attrs["id"]], (
                f"{name}: {one}"
            )
            assert "placeholder" not in one.attrs, f"{name}: a sample in the box is no name"
        if one.tag == "form" and one.attrs.get("method") == "post":
            assert 'name="csrfmiddlewaretoken"' in page_of(page, one), name


def page_of(page: Page, form) -> str:
    after = [one for one in page.elements if one.line >= form.line and one.tag == "input"]
    return f'name="{after[0].attrs.get("name")}"' if after else ""


def test_a_fault_stands_beside_its_field(walked):
    for name in ("phone, wrong", "code, wrong", "password, wrong"):
        page = read(walked[1][name])
        faulty = [one for one in page.all("input") if one.attrs.get("aria-invalid") == "true"]
        assert faulty, name
        for one in faulty:
            told = [
                each
                for each in page.elements
                if each.attrs.get("id") in one.attrs["aria-describedby"].split()
            ]
            assert any("wrong" in each.classes and each.text.strip() for each in told), name


def test_nothing_in_the_markup_needs_an_inline_script_or_style(walked):
    for name, html in walked[1].items():
        page = read(html)
        assert not page.all("style"), name
        for one in page.elements:
            assert "style" not in one.attrs, f"{name}: {one}"
            assert not [key for key in one.attrs if key.startswith("on")], f"{name}: {one}"
            if one.tag == "script":
                assert one.attrs.get("type") == "application/json" or one.attrs["src"].startswith(
                    "/static/"
                ), name


def test_scripts_are_there_to_be_fetched(client):
    for name in ("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "signin/passkeys.js", "signin/signin.css"):
        assert client.get(f"/static/{name}").status_code == 200, name


def test_english_pages_are_english(pages):
    left = {name: read(html).chinese_outside() for name, html in pages("en").items()}
    assert {name: said for name, said in left.items() if said} == {}


def test_chinese_pages_are_chinese(pages):
    """allauth and Django are translated; a word of theirs that is not would show here."""
    plain = re.compile(r"\b(?:password|username|email|code|sign|account|remember|your|the)\b", re.I)
    for name, html in pages("zh").items():
        for language, text in read(html).texts:
            if language.startswith("zh") and not text.startswith(("{", "http")):
                assert not plain.search(text), f"{name}: {text}"


def test_every_class_is_styled(pages):
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(path.read_text(encoding="utf-8") for path in STYLES)))
    used = {word for html in pages("zh").values() for one in read(html).elements for word in one.classes}
    assert {word for word in used - styled if not word.startswith("icon-")} <= HOOKS


def test_styles_use_the_tokens_of_the_house():
    tokens = (ROOM.parent / "look/static/liren/tokens.css").read_text(encoding="utf-8")
    known = set(re.findall(r"--([\w-]+):", tokens))
    text = (ROOM / "static/signin/signin.css").read_text(encoding="utf-8")
    assert set(re.findall(r"var\(--([\w-]+)", text)) <= known
    assert not re.search(r"url\(|@import|!important", text)


def test_pages_of_ones_own_are_kept_by_no_cache(client, lilei):
    sign_in(client)
    for path in ("", "sessions/", "factors/"):
        assert "private" in client.get(f"/account/{path}")["Cache-Control"]


OPEN = {
    "account_login", "account_login_turn", "account_logout", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_authenticate", "mfa_login_webauthn", "signin:phone", "signin:phone_code", "signin:phone_again", "signin:demo",
    "socialaccount_login_cancelled", "socialaccount_login_error",
}  # fmt: skip


def addresses():
    """Name of every address of this room → one that fits it, from the resolver."""
    found = get_resolver("liren.signin.urls").reverse_dict
    spaces = {"": get_resolver("liren.signin.urls")} | {
        f"{name}:": space for name, (_, space) in get_resolver("liren.signin.urls").namespace_dict.items()
    }
    for prefix, resolver in spaces.items():
        for name in resolver.reverse_dict:
            if isinstance(name, str):
                form, names = resolver.reverse_dict.getlist(name)[0][0][0]
                yield prefix + name, "/account/" + form % dict.fromkeys(names, 1)
    assert found


def test_every_other_address_asks_for_signing_in(client, db):
    asked = {name: path for name, path in addresses() if name not in OPEN}
    assert {name for name, _ in addresses()} >= OPEN
    assert len(asked) > 15
    for name, path in asked.items():
        for response in (client.get(path), client.post(path)):
            assert response.status_code == 302, name
            assert response["Location"].startswith("/account/login/"), name
