"""After signing in one goes where one wanted, and nowhere else."""

import pytest

from tests.signin.stage import PHONE, sign_in

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "http:///evil.example", "https:evil.example", "javascript:alert(1)", "data:text/html,x", "\t//evil.example",
    " //evil.example", "/\t/evil.example", "/%0d%0aSet-Cookie:x=1", "http://testserver.evil.example/",
    "http://testserver@evil.example/", "http://localhost/", "evil.example", "/\n/evil.example", "ftp://evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_link_leads_away_from_here(client, lilei, outbox, settings, target):
    settings.LIREN_DEMO = True
    away = [sign_in(client, next=target)]
    assert client.session.get("_auth_user_id")
    away.append(client.get("/account/login/", {"next": target}))  # signed in already: sent on
    away.append(client.post("/account/logout/", {"next": target}))
    client.post("/account/phone/", {"phone": PHONE, "next": target})
    away.append(client.post("/account/phone/code/", {"code": outbox.sent[-1][1], "next": target}))
    for response in away:
        assert response.status_code == 302
        assert "evil" not in response["Location"]
        assert response["Location"].startswith("/")
        assert not response["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_page_carries_such_a_link_on(client, outbox, target):
    for page in ("/account/login/", "/account/phone/"):
        assert (
            "evil"
            not in client.get(page, {"next": target}).content.decode().split("<main")[1].split("</main>")[0]
        )


@pytest.mark.parametrize("target", ["/account/sessions/", "/records/WG2024-00001?a=1&b=2", "/figures/#x"])
def test_a_place_of_ours_is_reached(client, lilei, target):
    assert sign_in(client, next=target)["Location"] == target


def test_what_needs_signing_in_comes_back_afterwards(client, lilei):
    asked = client.get("/account/sessions/")
    assert asked["Location"] == "/account/login/?next=/account/sessions/"
    page = client.get(asked["Location"])
    assert 'name="next" value="/account/sessions/"' in page.content.decode()
