"""PostgreSQL's own tools for backup and restore, found and called with the settings of the house."""

import os
import shutil
import subprocess
from pathlib import Path

from liren.refusals import Refusal

#: libpq's words for the options of LIREN_DATABASE_URL that are not host, port, user or name.
_NOT_LIBPQ = {"pool"}


def tool(name: str) -> str:
    """The path of ``pg_dump``, ``pg_restore`` or ``psql``: the newest installed one. Raises Refusal."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(installed, key=lambda path: _version(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        reason = f"没有找到 {name}。请安装 PostgreSQL 的客户端（Debian：apt-get install postgresql-client）"
        raise Refusal("setup", reason=reason)
    return found


def _version(name: str) -> int:
    return int(name) if name.isdigit() else 0


def call(name: str, *arguments: str, database: str | None = None) -> None:
    """Run a tool. The password goes through the environment, where other users cannot read it.

    ``database``: the option that names the database (``--dbname``), or None if the tool needs none.
    Raises Refusal with the tool's own last words.
    """
    from django.db import connection

    settings = connection.settings_dict
    said = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    said |= {"dbname": settings["NAME"]}
    said |= {k: str(v) for k, v in settings["OPTIONS"].items() if k not in _NOT_LIBPQ and isinstance(v, str)}
    words = [tool(name), *arguments]
    if database:
        words += [database, _conninfo({key: value for key, value in said.items() if value})]
    environment = os.environ | {"PGCLIENTENCODING": "UTF8"}
    if settings["PASSWORD"]:
        environment["PGPASSWORD"] = settings["PASSWORD"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        told = "；".join(done.stderr.strip().splitlines()[-3:])
        raise Refusal("setup", reason=f"{name} 没有做成：{told}")


def _conninfo(said: dict[str, str]) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(**said)


def dump(path: Path) -> None:
    """The whole database in pg_dump's custom format, consistent as of one moment."""
    call("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}", database="--dbname")


def restore(path: Path, script: Path) -> None:
    """Replace everything in the database by a dump, in one transaction: all of it or nothing.

    ``script`` is where the statements are written on the way. Tables that a newer version added are
    dropped too, since migrating would find them in its way.
    """
    from django.db import connection

    call("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path))
    first = script.with_suffix(".first.sql")
    with connection.cursor() as cursor:
        tables = [t.name for t in connection.introspection.get_table_list(cursor) if t.type in ("t", "p")]
    names = (connection.ops.quote_name(name) for name in tables)
    first.write_text("".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in names), encoding="utf-8")
    connection.close()
    psql = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    call("psql", *psql, f"--file={first}", f"--file={script}", database="--dbname")
