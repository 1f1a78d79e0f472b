"""What readers do in every face, as one line each."""

from __future__ import annotations

from playwright.sync_api import Page


def sign_in(page: Page, person: str) -> None:
    """Sign in as one of the demo's cast, by the button on the page of the cast."""
    page.goto("/account/demo/")
    page.locator(f"button[name=person][value='{person}']").click()
    page.wait_for_load_state()
