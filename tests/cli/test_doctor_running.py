"""The doctor on how the house is run: tick, backup, https, file modes."""

from datetime import timedelta

import pytest

from liren.cli.looking import running as doctor
from liren.clock import at_time, now
from liren.operating import marks


def one(look) -> tuple[str, str]:
    (found,) = look()
    return found.mark, str(found)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir(mode=0o700)
    return settings.VAR


def test_the_tick(db):
    assert one(doctor.tick)[0] == "!"
    marks.ticked(now())
    assert one(doctor.tick)[0] == "✓"
    with at_time(now() + timedelta(hours=2)):
        assert one(doctor.tick)[0] == "!"
    with at_time(now() + timedelta(days=2)):
        assert one(doctor.tick)[0] == "✗"


def test_the_backup(var):
    assert one(doctor.backup)[0] == "!"
    marks.backed_up(now() - timedelta(hours=5))
    assert one(doctor.backup) == ("✓", "✓ 备份：最近一份在 5 小时前")
    marks.backed_up(now() - timedelta(days=4))
    assert one(doctor.backup)[0] == "!"


def test_files_that_everybody_reads(var):
    assert one(doctor.modes)[0] == "✓"
    (var / "signin.yaml").write_text("secret: x")
    (var / "signin.yaml").chmod(0o644)
    assert one(doctor.modes)[0] == "✓", "the folder keeps others out"
    var.chmod(0o755)
    mark, said = one(doctor.modes)
    assert mark == "✗"
    assert "signin.yaml" in said


@pytest.fixture
def house(settings):
    """A sound installation that others reach."""
    settings.ALLOWED_HOSTS, settings.LIREN_URL = ["liren.example.org"], "https://liren.example.org"
    settings.HTTPS = settings.LIREN_PROXY = True
    settings.DEBUG = settings.LIREN_DEMO = False
    return settings


def test_https_whole_or_not_at_all(house):
    assert one(doctor.reached)[0] == "✓"
    house.LIREN_URL = "http://liren.example.org"
    assert one(doctor.reached)[0] == "✗"
    house.HTTPS = False
    assert "明文" in one(doctor.reached)[1]


@pytest.mark.parametrize(("name", "value", "mark"), [("ALLOWED_HOSTS", ["*"], "✗"), ("DEBUG", True, "✗"),
                                                    ("LIREN_DEMO", True, "!"), ("LIREN_PROXY", False, "!")])  # fmt: skip
def test_doors_that_stand_open(house, name, value, mark):
    setattr(house, name, value)
    assert one(doctor.reached)[0] == mark


def test_a_house_of_ones_own_needs_no_https(settings):
    settings.ALLOWED_HOSTS, settings.LIREN_URL, settings.HTTPS = ["localhost"], "http://127.0.0.1:8000", False
    assert one(doctor.reached) == ("✓", "✓ 对外：只有本机能访问")


@pytest.mark.parametrize(
    ("database", "mail", "marks"),
    [
        ({}, {}, "✓"),
        ({"HOST": "127.0.0.1"}, {"EMAIL_HOST": "localhost"}, "✓"),
        ({"HOST": "/run/postgresql"}, {}, "✓"),
        ({"HOST": "db.example.org"}, {}, "!"),
        ({"HOST": "db.example.org", "OPTIONS": {"sslmode": "prefer"}}, {}, "!"),
        ({"HOST": "db.example.org", "OPTIONS": {"sslmode": "verify-full"}}, {}, "✓"),
        ({}, {"EMAIL_HOST": "mail.example.org"}, "!"),
        ({}, {"EMAIL_HOST": "mail.example.org", "EMAIL_USE_TLS": True}, "✓"),
        ({"HOST": "db.example.org"}, {"EMAIL_HOST": "mail.example.org"}, "!!"),
    ],
)
def test_what_goes_to_another_machine_in_the_clear_is_named(settings, database, mail, marks):
    plain = {
        "EMAIL_HOST": "localhost",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "LIREN_MAIL_FROM": "a@b.cn",
    }
    for name, value in (plain | mail).items():
        setattr(settings, name, value)
    engine = "liren.database.postgresql" if database else "liren.database.sqlite"
    found = list(doctor.encrypted({"ENGINE": engine} | database))
    assert "".join(one.mark for one in found) == marks
    assert all("example.org" in str(one) for one in found if one.mark == "!")
