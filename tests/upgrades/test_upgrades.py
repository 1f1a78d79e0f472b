"""A county of every release comes up under this code: its structure is updated, its trail holds, work goes on.

`tests/data/upgrades/` holds a backup of each release, made by its own code (make.py says how); a new release adds its
two files, and is tested from then on.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

BACKUPS = Path(__file__).resolve().parents[1] / "data" / "upgrades"
EVENTS = "标题,类别,日期\n树倒了,安全隐患,2024-03-10\n"
#: What an operator types, and what must be found afterwards: all in one process, since each costs a second.
AFTER = """
import sys
from liren.cli.main import main
from liren.people.private import unseal

def run(*words):
    print("$", *words, flush=True)
    print("→", main(list(words)), flush=True)

for words in {before}:
    run(*words)
run("tick"); run("doctor"); run("trail", "verify")
run("import", "grid_case.event", "e.csv", "--place", "990009001001")
run("trail", "verify")
from liren.records.models import Record
from liren.search.queries import search
from liren.people.visibility import PUBLIC
record = Record.objects.get(title="路灯不亮")
print(record.state, unseal(record.secret, record.number), len(search("路灯", to=PUBLIC).hits))
"""


def county(home: Path, database: str, before: list[tuple[str, ...]]) -> str:
    """What the commands print, one after the other, in a home that holds a county of an earlier release."""
    (home / "e.csv").write_text(EVENTS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    environment |= {
        "LIREN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "liren.settings", "COLUMNS": "200",
        "LIREN_DATABASE_URL": database,
    }  # fmt: skip
    code = AFTER.format(before=before)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def check(said: str) -> None:
    last = said.partition("$ tick")[2]
    assert "→ 1" not in last, said
    assert "✗" not in last.partition("$ trail")[0], said
    assert last.count("留痕链完整") == 2
    assert "closed {'phone': '13800001234'} 1" in last


@pytest.mark.parametrize("backup", sorted(BACKUPS.glob("*.sqlite.zip")), ids=lambda path: path.name)
def test_a_county_on_sqlite_is_updated_where_it_lies(backup, tmp_path):
    var = tmp_path / "var"
    with zipfile.ZipFile(backup) as packed:
        packed.extractall(var)
    (var / "database.sqlite3").rename(var / "liren.sqlite3")
    var.chmod(0o700)
    for key in (var / "keys").iterdir():
        key.rename(var / key.name).chmod(0o600)
    said = county(tmp_path, f"sqlite:///{var}/liren.sqlite3", [("doctor",)])
    behind = said.partition("$ tick")[0]
    assert "步更新" in behind or "数据库结构：最新" in behind  # the newest release may be as new as this code
    assert ("步更新" in behind) == ("→ 1" in behind), "doctor says that steps wait, and its exit status too"
    check(said)


@pytest.mark.parametrize("backup", sorted(BACKUPS.glob("*.postgresql.zip")), ids=lambda path: path.name)
def test_a_backup_from_postgresql_is_restored_and_updated(backup, tmp_path):
    url = os.environ.get("LIREN_DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("needs a PostgreSQL server")
    name = f"liren_upgrade_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            check(
                county(
                    tmp_path, urlunsplit(urlsplit(url)._replace(path=f"/{name}")), [("restore", str(backup))]
                )
            )
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
