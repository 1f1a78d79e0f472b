"""`liren move`: every row of a SQLite county arrives in PostgreSQL and is proved to; nothing is ever overwritten."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from liren.cli.move import _connected
from liren.database.moving import _READERS, Digest, Document
from liren.refusals import Refusal

PLACES = "代码,名称\n990150,清河县\n990150100,柳树镇\n"
PERSONS = "编号,姓名,地点\nG1,李雷,990150100\nG2,韩梅,990150100\n"
EVENTS = "标题,类别,联系电话,日期\n路灯不亮,公共设施,13800000000,2024-03-04\n井盖松动,安全隐患,,2024-03-05\n"

on_postgresql = pytest.mark.skipif(
    not os.environ.get("LIREN_DATABASE_URL", "").startswith("postgres"), reason="needs a PostgreSQL server"
)


def done(result):
    assert result.returncode == 0, result.stderr
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small county on SQLite, with a private value, made once by one process."""
    home = tmp_path_factory.mktemp("county")
    for name, text in (("p", PLACES), ("n", PERSONS), ("e", EVENTS)):
        (home / f"{name}.csv").write_text(text)
    code = (
        "from liren.cli.main import main\n"
        "assert not any((main(['import', 'place', 'p.csv']), main(['import', 'person', 'n.csv']),"
        " main(['import', 'grid_case.event', 'e.csv', '--place', '990150100'])))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    environment |= {"LIREN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "liren.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=home, env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(home / "var" / "liren.sqlite3")) as database:
        database.execute(
            "UPDATE sqlite_sequence SET seq = 41 WHERE name = 'records_record'"
        )  # one that is gone
        database.commit()
    return home


@pytest.fixture
def county(made, tmp_path):
    """The same county, to be spoilt."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def target():
    """An empty database beside the one the tests run on; its address."""
    url = os.environ["LIREN_DATABASE_URL"]
    name = f"liren_move_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@on_postgresql
def test_everything_arrives_and_goes_on(liren, county, target):
    done(liren("export", "grid_case.event", "before.csv"))
    told = json.loads(done(liren("move", "--to", target, "--json")).stdout)
    rows = {one["table"]: one["rows"] for one in told["tables"]}
    assert (rows["records_record"], rows["records_act"], rows["people_person"], told["trail"]) == (
        2,
        2,
        2,
        True,
    )
    there = {"LIREN_DATABASE_URL": target}
    done(liren("export", "grid_case.event", "after.csv", env=there))
    assert (county / "after.csv").read_bytes() == (county / "before.csv").read_bytes()
    assert "留痕链完整" in done(liren("trail", "verify", env=there)).stdout
    (county / "more.csv").write_text("标题,类别,日期\n树倒了,安全隐患,2024-03-06\n")
    done(liren("import", "grid_case.event", "more.csv", "--place", "990150100", env=there))
    with psycopg.connect(target) as database:
        assert database.execute("SELECT max(id) FROM records_record").fetchone() == (42,)
    assert "✗" not in done(liren("doctor", env=there)).stdout

    again = liren("move", "--to", target)
    assert (again.returncode, "已有数据" in again.stderr) == (1, True)


@on_postgresql
def test_a_row_that_cannot_be_kept_moves_nothing_and_the_mended_one_moves_all(liren, county, target):
    with closing(sqlite3.connect(county / "var" / "liren.sqlite3")) as database:
        database.execute("UPDATE records_record SET title = 'a' || char(0) || 'b' WHERE id = 1")
        database.commit()
    refused = liren("move", "--to", target)
    assert (refused.returncode, "records_record" in refused.stderr) == (1, True), refused.stderr
    with psycopg.connect(target) as database:
        assert database.execute("SELECT count(*) FROM people_person").fetchone() == (0,)
    with closing(sqlite3.connect(county / "var" / "liren.sqlite3")) as database:
        database.execute("UPDATE records_record SET title = '路灯不亮' WHERE id = 1")
        database.commit()
    assert "搬完" in done(liren("move", "--to", target)).stdout


@on_postgresql
def test_a_database_that_is_not_ours_or_in_use_is_left_alone(liren, county, target):
    with psycopg.connect(target, autocommit=True) as database:
        database.execute("CREATE TABLE theirs (n integer)")
        foreign = liren("move", "--to", target)
        assert (foreign.returncode, "别的表" in foreign.stderr) == (1, True)
        database.execute("DROP TABLE theirs")
    with closing(sqlite3.connect(county / "var" / "liren.sqlite3")) as site:
        site.execute("SELECT count(*) FROM records_record").fetchone()
        used = liren("move", "--to", target)
    assert (used.returncode, "先停下" in used.stderr) == (1, True)


def test_what_is_no_target_is_refused_with_what_to_write():
    for to, said in (("sqlite:///x", "postgresql://"), ("postgresql://u@127.0.0.1:1/x", "连不上")):
        with pytest.raises(Refusal, match=said), _connected(to):
            pass


def test_values_are_digested_alike_whatever_the_database_makes_of_them():
    lite, there = Digest(), Digest()
    lite.add(
        [_READERS["DateTimeField"]("2024-03-04 01:10:00"), Document('{"b": 1.50, "a": [true, null]}'), True]
    )
    moment = datetime(2024, 3, 4, 9, 10, tzinfo=timezone(timedelta(hours=8)))
    there.add([moment, {"a": [True, None], "b": Decimal("1.5")}, True])
    assert (str(lite), lite.rows) == (str(there), 1)
    there.add([moment, None, False])
    lite.add([moment, None, None])
    assert str(lite) != str(there)
