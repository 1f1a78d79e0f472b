"""What browsers are told with every answer, and how cookies travel over https."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from tests.cast import Cast
from tests.docs.pages import REPOSITORY
from tests.matters import accept, event
from tests.test_permissions import ROUTES, browser, filled

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Answered before all that, for machines that show nothing.
INLINE = r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|javascript:"
PROBES = ("/healthz", "/readyz", "/metrics")


def faults_of(answer) -> list[str]:
    policy = answer.get("Content-Security-Policy", "")
    found = [name for name, value in WANTED.items() if answer.get(name) != value]
    found += [part for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
                                "form-action 'self'", "script-src 'self'") if part not in policy]  # fmt: skip
    found += [word for word in ("unsafe", "*", "http:", "https:", "nonce") if word in policy]
    found += ["camera"] if "camera=()" not in answer.get("Permissions-Policy", "") else []
    found += ["CORS"] if answer.has_header("Access-Control-Allow-Origin") else []
    return found


def inline_in(answer) -> list[str]:
    """Scripts and styles that stand in the markup itself."""
    if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
        return []
    return re.findall(INLINE, answer.content.decode())


def test_every_answer_carries_the_policy(cast: Cast, settings):
    """Pages, files, refusals, redirects, data, styles; and no page holds a script or style of its own."""
    settings.LIREN_SECOND_FACTOR = "nobody"
    matter = accept(cast, event(cast))
    values = {"number": matter.number, "figure": "street.reported", "pack": "street", "kind": "street.event",
              "verb": "finish", "rows": "people", "place": cast.community.code, "code": cast.community.code}  # fmt: skip
    client, told = browser(cast, "dispatcher"), []
    for route in [*ROUTES, "static/liren/base.css", "nothing/here"]:
        address = filled(route, values)
        if address in PROBES or "logout" in address:
            continue
        answer = client.get(address)
        if found := [*faults_of(answer), *inline_in(answer)]:
            told.append(f"{address}: {found}")
    assert not told
    assert re.findall(INLINE, '<script>x</script><p style="a"><a onclick="x">'), (
        "what finds nothing would find no fault"
    )


#: A process with https, since settings are read once.
ASKING = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "liren.settings"
import django; django.setup()
from liren.database.migrating import migrate
migrate()
from django.test import Client
client = Client(headers={"host": "liren.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.5"})
page = client.get("/account/login/?lang=en&size=large&theme=dark")
portal = client.get("/p/?place=")
client.post("/account/phone/", {})
kept = {name: {key: str(one[key]) for key in ("secure", "httponly", "samesite", "path", "domain")}
        for answer in (page, portal) for name, one in answer.cookies.items()}
from django.conf import settings
plain = Client(headers={"host": "liren.example.org"}).get("/p/")
print(json.dumps({"cookies": kept, "hsts": page.get("Strict-Transport-Security"), "plain": [plain.status_code, plain.get("Location")],
                  "api": {path: [Client(headers={"host": "liren.example.org", "authorization": "Bearer liren_x"}).get(path).status_code,
                                 client.get(path).status_code] for path in ("/api/places", "/api/openapi.json", "/api/nothing")},
                  "session": settings.SESSION_COOKIE_NAME, "session_secure": settings.SESSION_COOKIE_SECURE,
                  "session_httponly": settings.SESSION_COOKIE_HTTPONLY, "samesite": settings.SESSION_COOKIE_SAMESITE,
                  "foreign": Client(headers={"host": "evil.example"}).get("/p/").status_code}))
"""


@pytest.fixture(scope="module")
def over_https(tmp_path_factory) -> dict:
    home = tmp_path_factory.mktemp("https")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DJANGO_"))
    }
    environment |= {"LIREN_HOME": str(home), "LIREN_HTTPS": "1", "LIREN_PROXY": "1", "LIREN_HOSTS": "liren.example.org",
                    "LIREN_URL": "https://liren.example.org", "PYTHONPATH": str(REPOSITORY / "src")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ASKING], env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_cookies_over_https(over_https):
    kept = over_https["cookies"]
    assert {f"__Host-liren_{one}" for one in ("csrf", "language", "size", "theme", "place")} <= kept.keys()
    for name, one in kept.items():
        assert name.startswith("__Host-")
        assert (one["secure"], one["httponly"], one["samesite"], one["path"], one["domain"]) == (
            "True",
            "True",
            "Lax",
            "/",
            "",
        ), name
    assert over_https["session"] == "__Host-liren_session"
    assert (over_https["session_secure"], over_https["session_httponly"], over_https["samesite"]) == (
        True,
        True,
        "Lax",
    )


def test_https_is_remembered_by_browsers(over_https):
    assert over_https["hsts"] == "max-age=31536000; includeSubDomains"
    assert over_https["plain"] == [301, "https://liren.example.org/p/"]


def test_a_program_is_not_led_on_to_https_but_refused(over_https):
    """Who is led on has sent its key in the clear, and never learns of it."""
    assert over_https["api"] == {
        "/api/places": [403, 200], "/api/openapi.json": [403, 200], "/api/nothing": [403, 404],
    }  # fmt: skip


def test_what_is_read_by_right_is_kept_by_no_browser(cast: Cast, settings):
    settings.LIREN_SECOND_FACTOR = "nobody"
    matter = accept(cast, event(cast))
    client = browser(cast, "dispatcher")
    for path in ("/lists/street.event/", f"/records/{matter.number}/", "/", "/lists/street.event/file.csv"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), path
        assert "no-store" not in Client().get("/about/")["Cache-Control"]


def test_another_name_is_none_of_ours(over_https):
    assert over_https["foreign"] == 400


def test_a_page_that_was_asked_for_by_trace_is_not_given(db):
    assert Client().trace("/p/").status_code == 405
