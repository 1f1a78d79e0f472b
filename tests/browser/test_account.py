"""Signing in, in a browser: one click in the demo, a wrong password, signing out."""

import pytest

from tests.browser.chromium import PHONE

pytestmark = pytest.mark.browser


def test_one_click_signs_in_and_one_signs_out(reader):
    somebody = reader(PHONE)
    page = somebody.open("/account/login/")
    somebody.click("a.button-main")
    somebody.click(page.locator("button[name=person]").first)
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
    somebody.click("form[action='/account/login/'] button[type=submit]")
    assert page.locator("input[name=login]").input_value() == "nobody-here"
    assert page.locator("input[name=password]").input_value() == ""
    assert page.locator(".notice-late, .wrong, [role=alert]").first.is_visible()


def test_a_passkey_opens_the_door_without_a_password(reader, site):
    """A key of the device, as Chromium itself pretends to have one; addresses with digits cannot have keys."""
    somebody = reader()
    page = somebody.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True}},
    )  # fmt: skip
    page.goto(site.url.replace("127.0.0.1", "localhost") + "/account/login/")
    assert page.locator("#passkey-button").is_visible()
