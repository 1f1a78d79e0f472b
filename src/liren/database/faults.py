"""What it means for whoever is waiting when the database or the disk gives out, as a refusal of the catalogue.

A full disk, a read-only file and a server that has gone are told apart by the codes of SQLite, PostgreSQL and the
operating system, never by their words. Nothing is half written then: the transaction is undone as a whole.
"""

from __future__ import annotations

import errno
import sqlite3

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from liren.refusals import Refusal

#: Primary result codes of SQLite (the low byte of an extended one), sqlite.org/rescode.html.
_SQLITE = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_IOERR: "disk_fault",
    sqlite3.SQLITE_CANTOPEN: "disk_fault",
    sqlite3.SQLITE_CORRUPT: "database_broken",
    sqlite3.SQLITE_NOTADB: "database_broken",
}
#: SQLSTATE of PostgreSQL (appendix A of its manual); two letters and digits stand for a whole class.
_POSTGRES = {
    "53100": "disk_full",
    "25006": "read_only",
    "40001": "database_busy",
    "40P01": "database_busy",
    "55P03": "database_busy",
    "53": "database_busy",
    "58": "disk_fault",
    "08": "database_away",
    "57": "database_away",
    "XX": "database_broken",
}
_SYSTEM = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.EIO: "disk_fault",
}


def refusal_of(fault: BaseException | None) -> Refusal | None:
    """The refusal that says what a fault means; None for a fault that is neither the database's nor the disk's."""
    while fault is not None:
        if code := _code(fault):
            return Refusal(code)
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return None


def _code(fault: BaseException) -> str | None:
    if isinstance(fault, sqlite3.Error):
        return _SQLITE.get(getattr(fault, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(fault, OSError) and not isinstance(fault, ConnectionError | TimeoutError):
        return _SYSTEM.get(fault.errno or 0)
    state = getattr(fault, "sqlstate", None)
    if state:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    # psycopg gives no state where there was no answer: refused, or broken off in the middle.
    if isinstance(fault, DatabaseError | InterfaceError) and fault.__cause__ is None:
        return None
    gone = isinstance(fault, OperationalError | InterfaceError) and connection.vendor == "postgresql"
    return "database_away" if gone and getattr(fault.__cause__, "sqlstate", None) is None else None
