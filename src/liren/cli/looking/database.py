"""The database: is it there, sound, and up to date."""

from collections.abc import Iterator
from pathlib import Path

from .sign import BAD, GOOD, WARN, Sign


def database() -> Iterator[Sign]:
    """数据库"""
    from django.db import DatabaseError, connection

    where = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(where).exists():
        yield Sign(
            "数据库", BAD, f"没有 {where}", "运行任何写数据的命令（如 liren tick）会建立它；或检查 LIREN_HOME"
        )
        return
    try:
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            yield _sqlite(connection, where)
        else:
            version = ".".join(map(str, connection.get_database_version()))
            yield Sign("数据库", GOOD, f"PostgreSQL {version}，{where}")
        yield _migrated(connection)
    except DatabaseError as fault:
        mend = "检查 LIREN_DATABASE_URL；文件坏了就用 liren restore 恢复备份"
        yield Sign("数据库", BAD, f"用不了：{str(fault).strip()}", mend)


def _sqlite(connection, where: str) -> Sign:
    import sqlite3

    with connection.cursor() as cursor:
        sound = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if sound != "ok":
        return Sign("数据库", BAD, f"{where} 坏了：{sound}", "用 liren restore 恢复最近的备份")
    said = f"SQLite {sqlite3.sqlite_version}，{where}"
    if journal != "wal":
        return Sign("数据库", WARN, f"{said}，日志方式是 {journal}", "放在本机磁盘上（网络盘不支持 WAL）")
    return Sign("数据库", GOOD, said)


def _migrated(connection) -> Sign:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        mend = "先备份；再运行 liren tick，它会更新"
        return Sign("数据库结构", BAD, f"差 {len(plan)} 步更新，第一步 {plan[0][0]}", mend)
    return Sign("数据库结构", GOOD, "最新")
