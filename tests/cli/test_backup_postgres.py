"""Backup and restore on PostgreSQL, by its own tools: one transaction, or nothing."""

import json
import os
import zipfile
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from liren.cli import postgres
from liren.refusals import Refusal

PLACES = "代码,名称\n990150,清河县\n990150100,柳树镇\n"
EVENTS = "标题,类别,日期\n路灯不亮,公共设施,2024-03-04\n井盖松动,安全隐患,2024-03-05\n"

on_postgresql = pytest.mark.skipif(
    not os.environ.get("LIREN_DATABASE_URL", "").startswith("postgres"), reason="needs a PostgreSQL server"
)


@pytest.fixture
def databases():
    """Two empty databases beside the one the tests run on; their addresses."""
    parts = urlsplit(os.environ["LIREN_DATABASE_URL"])
    names = [f"liren_backup_{os.getpid()}_{n}" for n in (1, 2)]
    with psycopg.connect(os.environ["LIREN_DATABASE_URL"], autocommit=True) as server:
        for name in names:
            server.execute(f'CREATE DATABASE "{name}"')
        yield [urlunsplit(parts._replace(path=f"/{name}")) for name in names]
        for name in names:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def done(result):
    assert result.returncode == 0, result.stderr
    return result


@on_postgresql
def test_there_and_back(liren, tmp_path, databases):
    here, there = ({"LIREN_DATABASE_URL": url} for url in databases)
    (tmp_path / "p.csv").write_text(PLACES)
    (tmp_path / "e.csv").write_text(EVENTS)
    done(liren("import", "place", "p.csv", env=here))
    done(liren("import", "grid_case.event", "e.csv", "--place", "990150100", env=here))
    done(liren("export", "grid_case.event", "before.csv", env=here))
    told = json.loads(done(liren("backup", "b.zip", "--json", env=here)).stdout)
    assert told["acts"] == 2
    assert "database.pgdump" in zipfile.ZipFile(tmp_path / "b.zip").namelist()
    done(liren("restore", "b.zip", env=there))
    done(liren("export", "grid_case.event", "after.csv", env=there))
    assert (tmp_path / "after.csv").read_bytes() == (tmp_path / "before.csv").read_bytes()
    assert "留痕链完整" in done(liren("trail", "verify", env=there)).stdout

    refused = liren("restore", "b.zip", env=there)
    assert (refused.returncode, "记录 2，地点 2" in refused.stderr) == (1, True)
    (tmp_path / "e.csv").write_text(EVENTS + "树倒了,安全隐患,2024-03-06\n")
    done(liren("import", "grid_case.event", "e.csv", "--place", "990150100", env=there))
    done(liren("restore", "b.zip", "--force", env=there))
    done(liren("export", "grid_case.event", "after.csv", env=there))
    assert (tmp_path / "after.csv").read_bytes() == (tmp_path / "before.csv").read_bytes()
    assert done(liren("doctor", env=there)).returncode == 0


@on_postgresql
@pytest.mark.django_db
def test_statements_that_fail_change_nothing(tmp_path, monkeypatch, databases):
    """The tables are dropped and made in one transaction: a dump that breaks off leaves them as they were."""
    monkeypatch.setitem(connection.settings_dict, "NAME", urlsplit(databases[0]).path.lstrip("/"))
    with psycopg.connect(databases[0], autocommit=True) as database:
        database.execute("CREATE TABLE kept (n integer); INSERT INTO kept VALUES (1)")
        script = tmp_path / "broken.sql"
        script.write_text("CREATE TABLE half (n integer);\nSELECT nonsense;\n")
        words = ("--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--command=DROP TABLE kept")
        with pytest.raises(Refusal, match="nonsense"):
            postgres.call("psql", *words, f"--file={script}", database="--dbname")
        assert database.execute("SELECT n FROM kept").fetchone() == (1,)
        assert database.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_a_missing_tool_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(postgres.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(postgres.shutil, "which", lambda _: None)
    with pytest.raises(Refusal, match="postgresql-client"):
        postgres.tool("pg_dump")
