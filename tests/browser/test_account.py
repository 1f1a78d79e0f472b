"""Signing in, in a browser: one click in the demo, a wrong password, signing out."""

import pytest

from tests.browser.chromium import PHONE


def test_one_click_signs_in_and_one_signs_out(reader):
    somebody = reader(PHONE)
    page = somebody.open("/account/login/")
    somebody.click("a.button-main")
    somebody.click("button[name=person][value=cast-inspector]")
    page.goto("/account/")
    somebody.check()
    assert "督查员" in page.locator("main").inner_text()
    somebody.open("/account/logout/")
    somebody.click(page.locator("main form button[type=submit]"))
    page.goto("/account/")
    somebody.check()
    assert "/account/login/" in page.url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_password_says_so_and_keeps_the_name(reader, lang):
    somebody = reader(lang=lang)
    page = somebody.open("/account/login/")
    page.locator("input[name=login]").fill("nobody-here")
    page.locator("input[name=password]").fill("wrong-Password-9")
    with page.expect_navigation():  # a script asks for a seat first, and sends the form then
        page.locator("form[action='/account/login/'] button[type=submit]").click()
    somebody.check()
    assert page.locator("input[name=login]").input_value() == "nobody-here"
    assert page.locator("input[name=password]").input_value() == ""
    assert page.locator(".notice-late, .wrong, [role=alert]").first.is_visible()


def test_a_passkey_is_made_and_opens_the_door_without_a_password(reader, site):
    """A key of the device, as Chromium itself can pretend to have one; it needs a name, not a number, as address."""
    somebody = reader(at=site.url.replace("127.0.0.1", "localhost"), person="cast-leader-lanzhu")
    page = somebody.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": kind | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    somebody.open("/account/factors/webauthn/add/")
    page.locator("#passkey-button").click()
    page.wait_for_url(lambda address: "/add/" not in address)
    somebody.check()
    page.goto("/account/logout/")
    page.locator("main form button[type=submit]").click()
    somebody.open("/account/login/")
    page.locator("#passkey-button").click()
    page.wait_for_url(lambda address: "/login/" not in address)
    page.goto("/account/")
    assert "兰渚区领导" in page.locator("main").inner_text()
