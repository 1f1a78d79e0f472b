"""Without scripts, on a phone: the session ends in the middle of a form, somebody signs in again, and it is as it was."""

import pytest

from tests.browser.chromium import PHONE
from tests.browser.journeys import sign_in

pytestmark = pytest.mark.browser


def test_what_was_typed_is_there_after_signing_in_again(reader, own_site):
    somebody = reader(PHONE, at=own_site.url, person="cast-grid-member", scripts=False)
    page = somebody.open("/w/new/grid_case.event/")
    page.locator("input[name=category]").first.check(force=True)
    page.locator("input[name=title]").fill("写到一半的路灯")
    somebody.context.clear_cookies(name="liren_session")
    page.locator("form.work-form button[type=submit]").click()
    page.wait_for_load_state()
    assert "/account/login/" in page.url, "to the door, and nothing is lost"
    sign_in(page, "cast-grid-member")
    page = somebody.open("/w/new/grid_case.event/")
    assert page.locator("input[name=title]").input_value() == "写到一半的路灯"
    assert page.locator("input[name=category]").first.is_checked()
    somebody.click("form.work-form button[type=submit]")
    assert "/w/records/" in page.url
    assert "写到一半的路灯" in page.locator("h1").inner_text()
