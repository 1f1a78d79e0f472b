"""What an operator is told when the database or the disk gives out under a command."""

import errno
import sqlite3

#: Code of the catalogue → what it is and how to mend it, for whoever keeps the machine.
MENDED = {
    "disk_full": "磁盘满了，什么都没有写；腾出空间再来，liren doctor 会说还剩多少",
    "read_only": "数据文件夹只能读；检查它的属主和权限，磁盘是不是只读挂载",
    "disk_fault": "磁盘读写出错，或者不能写；检查权限、只读挂载和硬盘，再运行 liren doctor",
    "database_away": "连不上数据库；检查它是否在运行，以及 LIREN_DATABASE_URL",
    "database_busy": "数据库太忙；过一会儿再来",
    "database_broken": "数据库坏了；停下网站和 tick，用 liren restore 恢复最近的备份",
}


def told(fault: BaseException) -> str:
    """A fault in plain words with what to do, then its own words; a refusal says itself."""
    from django.db import DatabaseError, InterfaceError

    from liren.database.faults import refusal_of

    full = isinstance(fault, OSError) and fault.errno == errno.ENOSPC
    ours = full or isinstance(fault, DatabaseError | InterfaceError | sqlite3.Error)
    said = refusal_of(fault) if ours else None
    return f"{MENDED[said.code]}（{str(fault).strip()}）" if said else str(fault)
