"""`liren user`: accounts from the command line, their one-time link, their end, and administrators."""

import json
import re

import pytest
from django.contrib.auth.models import User

from liren.cli.main import main
from liren.clock import now
from liren.people.models import Person, Post
from liren.refusals import Refusal
from liren.signin.actions import account_add
from tests.signin.stage import events, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(capsys, monkeypatch, cast):
    """`liren user …` in this process: status, what was said, what was complained about."""
    monkeypatch.setattr("liren.cli.main._set_up", lambda: None)

    def run(*words):
        status = main(["user", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_an_account_is_made_and_its_link_sets_the_password(command, cast, client):
    status, said, _ = command("add", "LiLei", "--person", "李雷", "--email", "Lilei@Example.org")
    assert status == 0
    user = User.objects.get(username="lilei")
    assert Person.objects.get(user=user) == cast.grid_member
    assert user.email == "lilei@example.org"
    assert not user.has_usable_password()
    link = re.search(r"http://127\.0\.0\.1:8000(/account/password/link/\S+)", said)[1]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "Qing-he-2026", "password2": "Qing-he-2026"})
    sign_in(client)
    assert signed_in(client) == str(user.pk)
    told = [event.kind for event in events() if event.account == user.pk]
    assert told == ["account_added", "link_made", "password_reset", "signed_in"]


def test_before_the_link_is_used_no_password_opens_the_account(command, client):
    command("add", "lilei", "--person", "李雷")
    for password in ("", " ", "!", "lilei", User.objects.get(username="lilei").password):
        sign_in(client, "lilei", password)
        assert not signed_in(client)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "lilei", "--person", "没有这个人"], "没有找到人员"),
        (["add", "a b", "--person", "李雷"], "账户名"),
        (["add", "", "--person", "李雷"], "账户名"),
        (["add", "x" * 151, "--person", "李雷"], "账户名"),
        (["link", "nobody"], "没有找到账户"),
        (["close", "nobody"], "没有找到账户"),
        (["appoint", "audit_admin", "--person", "李雷", "--place", "000000"], "没有找到"),
    ],
)
def test_what_cannot_be_is_refused_in_words(command, words, why):
    status, said, wrong = command(*words)
    assert (status, said) == (1, "")
    assert why in wrong
    assert not User.objects.exists()


def test_nobody_has_two_accounts_and_no_name_is_given_twice(cast):
    account_add(name="lilei", person=cast.grid_member, at=now())
    for name, person in [("other", cast.grid_member), ("LILEI", cast.dispatcher)]:
        with pytest.raises(Refusal) as refusal:
            account_add(name=name, person=person, at=now())
        assert refusal.value.code == "already"
    assert User.objects.count() == 1, "and a refused account leaves nothing behind"


def test_closing_opening_and_a_new_link(command, cast, accounts, client):
    accounts("lilei", cast.grid_member)
    sign_in(client)
    status, said, _ = command("close", "LILEI")
    assert (status, "1 处" in said) == (0, True)
    assert client.get("/account/").status_code == 302
    assert command("open", "lilei")[0] == 0
    sign_in(client)
    assert signed_in(client)
    status, said, _ = command("link", "lilei", "--json")
    assert json.loads(said)["link"].startswith("http://127.0.0.1:8000/account/password/link/")


def test_administrators_are_appointed_apart(command, cast):
    assert command("appoint", "audit_admin", "--person", "吴县", "--place", "990009")[0] == 0
    status, _, wrong = command("appoint", "system_admin", "--person", "吴县", "--place", "990009")
    assert (status, "不能任系统管理员" in wrong) == (1, True)
    assert list(Post.objects.filter(person=cast.leader, role__endswith="_admin").values_list("role")) == [
        ("audit_admin",)
    ]


def test_the_command_runs_as_an_operator_runs_it(liren):
    done = liren("user", "link", "nobody")
    assert done.returncode == 1
    assert "没有找到账户" in done.stderr
    assert "Traceback" not in done.stderr
