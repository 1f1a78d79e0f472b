"""The settings: safe as they stand, keys that only their owner reads, refusals instead of guesses."""

import os
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

SHOW = """
import json, sys
from django.conf import settings
print(json.dumps({name: str(getattr(settings, name)) for name in sys.argv[1:]}))
"""


def read(*names, home, **env):
    """The named settings in a process of its own, or what it said when it refused."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LIREN_")}
    environment = {**clean, "DJANGO_SETTINGS_MODULE": "liren.settings", "LIREN_HOME": str(home), **env}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_a_new_home_answers_this_machine_only_and_shows_no_errors(tmp_path):
    shown = read("DEBUG", "ALLOWED_HOSTS", "DATABASES", home=tmp_path)
    assert '"DEBUG": "False"' in shown
    assert "localhost" in shown
    assert "*" not in shown
    assert str(tmp_path / "var" / "liren.sqlite3") in shown
    assert not (tmp_path / "var").exists(), "reading settings makes nothing"


def test_processes_that_start_at_once_agree_on_one_key_that_only_its_owner_reads(tmp_path):
    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(lambda _: read("SECRET_KEY", home=tmp_path), range(4)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "var" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_a_broken_key_is_refused_and_not_replaced(tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").write_text("short")
    assert "holds no key" in read("SECRET_KEY", home=tmp_path)
    assert (tmp_path / "var" / "secret.key").read_text() == "short"


@pytest.mark.parametrize("name", ["LIREN_HTTPS", "LIREN_PROXY", "LIREN_DEBUG"])
def test_a_switch_that_is_neither_on_nor_off_is_refused_by_name(name, tmp_path):
    assert f"{name}='maybe'" in read("DEBUG", home=tmp_path, **{name: "maybe"})


def test_https_brings_its_cookies_and_redirects(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert read(*names, home=tmp_path, LIREN_HTTPS="1").count("True") == 3
    assert read(*names, home=tmp_path).count("False") == 3


def test_no_test_reaches_the_network():
    """The guard of conftest.py itself: 192.0.2.1 belongs to nobody (RFC 5737)."""
    with socket.socket() as far, pytest.raises(AssertionError, match="over the network"):
        far.connect(("192.0.2.1", 80))


def test_the_command_runs_in_a_home_of_its_own(liren):
    done = liren("--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().count(".") == 2


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("smtp://host/", "names no sender"),
        ("http://host/?from=a@b.org", "is no smtp"),
        ("smtp://host/?from=a@b.org&tls=maybe", "tls=maybe"),
        ("smtp://u:secret@host:x/?from=a@b.org", "no number"),
    ],
)
def test_a_wrong_mail_address_is_refused_by_name_and_without_its_password(url, fault):
    from liren.notices.mailing import mail_settings

    with pytest.raises(ImproperlyConfigured, match=fault) as told:
        mail_settings(url)
    assert "LIREN_MAIL_URL" in str(told.value) and "secret" not in str(told.value)


def test_mail_leaves_by_what_is_set():
    from liren.notices.mailing import mail_settings

    said = mail_settings("smtp://u:p%40w@host:2525/?from=a@b.org&tls=none")
    assert (said["EMAIL_HOST"], said["EMAIL_PORT"], said["EMAIL_HOST_PASSWORD"]) == ("host", 2525, "p@w")
    assert said["LIREN_MAIL_FROM"] == "a@b.org"
    assert mail_settings("")["LIREN_MAIL_FROM"] == "", "nothing set: no mail"
