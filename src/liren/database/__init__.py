"""Where the records are kept: reads LIREN_DATABASE_URL, and gives actions their one atomic write.

Two databases are served alike: SQLite (the embedded default) and PostgreSQL (docs/adr/0002).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db.transaction import atomic

__all__ = ["atomic", "from_url"]

SETTING = "LIREN_DATABASE_URL"
BUSY_SECONDS = 20
MMAP_BYTES = 1 << 28
CACHE_KIB = 32 << 10
#: Pages of 4 KiB in the log before they are put into the file: every write touches the same ends of the indexes, so
#: of four thousand far fewer are to be copied than of four times the usual thousand.
LOG_PAGES = 4000
#: Statements that a connection keeps ready; Python's 128 are fewer than a site asks.
STATEMENTS = 400
SYNCHRONOUS = ("full", "normal", "off")
POSTGRES_OPTIONS = (
    "application_name", "connect_timeout", "host", "options", "passfile", "service",
    "sslcert", "sslkey", "sslmode", "sslrootcert", "target_session_attrs",
)  # fmt: skip


def from_url(url: str, *, home: Path) -> dict[str, Any]:
    """One entry of Django's DATABASES for `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.

    A relative SQLite path counts from `home`. `?synchronous=off` (SQLite) gives up durability for
    throw-away databases; `?pool=N` (PostgreSQL) keeps a pool of up to N connections per process,
    `?pooler=transaction` says that a pooler in between lends a connection for one transaction only, and
    libpq's own words (sslmode, connect_timeout, …) pass through.

    Raises ImproperlyConfigured naming the setting and the part at fault; a password is never repeated.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme == "sqlite":
        return _sqlite(parts, options, home)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(parts, options)
    raise _refusal(
        f"begins with {parts.scheme + ':' if parts.scheme else 'no scheme'!r}",
        "write sqlite:///path/to/file or postgresql://user:password@host:5432/name",
    )


def _sqlite(parts: SplitResult, options: dict[str, str], home: Path) -> dict[str, Any]:
    path = unquote(parts.path)[1:]  # sqlite:///a is relative, sqlite:////a absolute
    if parts.netloc or not path:
        raise _refusal(
            f"names no file after sqlite:/// (read: host {parts.netloc!r}, path {path!r})",
            "write three slashes and a path: sqlite:///var/liren.sqlite3, sqlite:////srv/liren.sqlite3",
        )
    if path == ":memory:":
        raise _refusal("asks for a database in memory, which forgets everything", "name a file")
    synchronous = options.pop("synchronous", "full").lower()
    if synchronous not in SYNCHRONOUS:
        raise _refusal(f"has synchronous={synchronous}", f"one of: {', '.join(SYNCHRONOUS)}")
    _refuse_unknown(options, known=("synchronous",))
    return {
        "ENGINE": "liren.database.sqlite",
        "NAME": str(home / path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # DEFERRED, Django's default, fails at once when a reader turns writer: "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_SECONDS,
            "cached_statements": STATEMENTS,
            "init_command": (
                f"PRAGMA journal_mode=WAL;PRAGMA synchronous={synchronous.upper()};"
                f"PRAGMA mmap_size={MMAP_BYTES};PRAGMA cache_size=-{CACHE_KIB};PRAGMA foreign_keys=ON;"
                f"PRAGMA wal_autocheckpoint={LOG_PAGES}"
            ),
        },
    }


def _postgresql(parts: SplitResult, options: dict[str, str]) -> dict[str, Any]:
    name = unquote(parts.path).lstrip("/")
    try:
        port = parts.port
    except ValueError:
        raise _refusal("has a port that is no number from 0 to 65535", "write …@host:5432/name") from None
    if not name:
        raise _refusal("names no database", "write postgresql://user:password@host:5432/name")
    pool = options.pop("pool", "")
    if pool and not (pool.isascii() and pool.isdigit() and int(pool) > 0):
        raise _refusal(f"has pool={pool}", "a whole number of connections, for example pool=4")
    pooler = options.pop("pooler", "")
    if pooler not in ("", "transaction"):
        raise _refusal(f"has pooler={pooler}", "pooler=transaction, or nothing where it lends whole sessions")
    _refuse_unknown(options, known=("pool", "pooler", *POSTGRES_OPTIONS))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "liren.database.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 0 if pool else None,  # Django refuses a pool of persistent connections
        "CONN_HEALTH_CHECKS": True,
        # A cursor of the server outlives its transaction, the borrowed connection does not.
        "DISABLE_SERVER_SIDE_CURSORS": bool(pooler),
        "OPTIONS": {
            **options,
            **({"pool": {"min_size": 1, "max_size": int(pool)}} if pool else {}),
            # Asked a second time, a statement is kept ready by the server (ready_cursor); who borrows a connection
            # for one transaction would not find it there again.
            **({} if pooler else {"prepare_threshold": 1}),
        },
    }


def _refuse_unknown(options: dict[str, str], *, known: tuple[str, ...]) -> None:
    for option in options:
        if option not in known:
            raise _refusal(f"has the option {option!r}", f"known ones: {', '.join(known)}")


def _refusal(what: str, mend: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{SETTING} {what}. To mend: {mend}.")
