"""``liren doctor``: looks an installation over; each line says ✓, ! or ✗ and, if need be, how to mend it.

Nothing is changed, not even migrated. Exit status 1 when something is ✗.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

NO_DATABASE = {"doctor": True}
GOOD, WARN, BAD = "✓", "!", "✗"
#: Free space below which a warning, and below which a fault is told; in MB.
SPACE_WARN, SPACE_BAD = 2000, 200


@dataclass(frozen=True)
class Sign:
    """One thing looked at: ``mark`` ✓ ! or ✗, what was found, and how to mend it."""

    part: str
    mark: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.part}：{self.found}" + (f"；{self.mend}" if self.mend else "")


def doctor_words(command) -> None:
    command.add_argument("--json", action="store_true")


def doctor_run(args) -> int:
    import django

    django.setup()
    signs = list(examine())
    if args.json:
        print(json.dumps([sign.__dict__ for sign in signs], ensure_ascii=False, indent=1))
    else:
        for sign in signs:
            print(sign)
    return 1 if any(sign.mark == BAD for sign in signs) else 0


def examine() -> Iterator[Sign]:
    """Everything looked at, in order. What needs the database is left out when it cannot be used."""
    from liren.cli import doctor_running as running

    for look in (python, libraries, packs, keys, running.modes, running.reached, space, font, running.backup):
        yield from _safely(look)
    usable = True
    for sign in _safely(database):
        usable = usable and sign.mark != BAD
        yield sign
    if usable:
        from .doctor_clock import clock_back
        from .doctor_files import answers, files

        for look in (*DATABASE_LOOKS, files, answers, clock_back, running.tick):
            yield from _safely(look)


def _safely(look: Callable[[], Iterator[Sign]]) -> Iterator[Sign]:
    """A look that fails is a finding itself, and never keeps the others from being taken."""
    try:
        yield from look()
    except Exception as fault:
        yield Sign(look.__doc__ or look.__name__, BAD, f"查不了：{type(fault).__name__} {fault}".strip())


# -- without the database -----------------------------------------------------------------------------


def python() -> Iterator[Sign]:
    """Python"""
    import platform
    import sys

    mark = GOOD if sys.version_info >= (3, 11) else BAD
    yield Sign("Python", mark, platform.python_version(), "" if mark == GOOD else "要 3.11 或更新")


def libraries() -> Iterator[Sign]:
    """库"""
    from importlib.metadata import PackageNotFoundError, requires, version

    import liren

    found, missing = [f"liren {liren.__version__}"], []
    for line in requires("liren") or ():
        if "extra ==" in line:
            continue
        name = line.split(";")[0].split("[")[0].strip().split("~")[0].split(">")[0].split("=")[0].strip()
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Sign("库", GOOD, "，".join(found))
    if missing:
        yield Sign("库", BAD, f"缺少 {'、'.join(missing)}", "用 requirements.lock 重新安装")


def packs() -> Iterator[Sign]:
    """包"""
    from liren.inforce import changes_file, pack_roots
    from liren.packs.catalogue import read_all
    from liren.packs.changes import read_changes
    from liren.packs.findings import PackRefused

    changes, findings = read_changes(changes_file())
    try:
        catalogue, found = read_all(pack_roots(), changes)
    except PackRefused as refused:
        yield Sign("包", BAD, str(refused), "检查 LIREN_PACKS")
        return
    errors = [one for one in (*findings, *found) if one.level == "error"]
    warnings = len(findings) + len(found) - len(errors)
    if errors:
        yield Sign("包", BAD, f"{len(errors)} 处错误，例：{errors[0]}", "用 liren packs check 看全部")
    else:
        said = f"{len(catalogue.packs)} 个包，{len(changes)} 处本地改动"
        mend = f"{warnings} 处提醒，用 liren packs check 看" if warnings else ""
        yield Sign("包", WARN if warnings else GOOD, said, mend)


def keys() -> Iterator[Sign]:
    """密钥"""
    from django.conf import settings

    for title, path in (
        ("私密字段的密钥", settings.LIREN_KEY_FILE),
        ("会话密钥", settings.VAR / "secret.key"),
    ):
        path = Path(path)
        if not path.exists():
            yield Sign(title, GOOD, f"{path} 还没有，用到时生成")
        elif path.stat().st_mode & 0o077:
            mode = f"{path.stat().st_mode & 0o777:o}"
            yield Sign(title, BAD, f"{path} 别人也能读（权限 {mode}）", f"chmod 600 {path}")
        else:
            yield Sign(title, GOOD, f"{path}，只有属主能读")
    var = Path(settings.VAR)
    if var.exists() and var.stat().st_mode & 0o007:
        yield Sign("数据文件夹", WARN, f"{var} 这台机器上谁都能进", f"chmod 700 {var}")


def space() -> Iterator[Sign]:
    """磁盘"""
    import shutil

    from django.conf import settings

    folder = next(path for path in (Path(settings.VAR), *Path(settings.VAR).parents) if path.exists())
    free = shutil.disk_usage(folder).free >> 20
    mark = BAD if free < SPACE_BAD else WARN if free < SPACE_WARN else GOOD
    mend = "" if mark == GOOD else "腾出空间；备份要放得下一份数据库和全部附件"
    yield Sign("磁盘", mark, f"{folder} 还剩 {free / 1000:.1f} GB", mend)


#: Where fonts lie, and by which names Chinese ones are known when fontconfig is not there to ask.
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
CHINESE_FONTS = (
    "cjk",
    "wqy",
    "simsun",
    "simhei",
    "simfang",
    "fangsong",
    "kaiti",
    "sourcehan",
    "hans",
    "uming",
    "ukai",
)


def font() -> Iterator[Sign]:
    """中文字体"""
    import shutil
    import subprocess

    name = ""
    if asking := shutil.which("fc-list"):
        done = subprocess.run([asking, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        name = next((line.strip() for line in sorted(done.stdout.splitlines()) if line.strip()), "")
    else:
        name = next(_font_files(), "")
    if name:
        yield Sign("中文字体", GOOD, name)
    else:
        found = "没有找到；把报告转成 PDF 或图片时，文字连同数字都会丢失，而且不报错"
        yield Sign("中文字体", WARN, found, "Debian：apt-get install fonts-noto-cjk")


def _font_files() -> Iterator[str]:
    for folder in FONT_FOLDERS:
        for path in sorted(Path(folder).expanduser().glob("**/*.[to]t[fc]")):
            if any(word in path.name.lower().replace("-", "").replace("_", "") for word in CHINESE_FONTS):
                yield path.name


# -- with the database --------------------------------------------------------------------------------


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


def gone() -> Iterator[Sign]:
    """用到的包"""
    from liren.inforce import catalogue
    from liren.packs.findings import PackRefused
    from liren.records.queries import kinds_in_use, uses

    try:
        known = catalogue().kinds
    except PackRefused:
        return  # told already
    faults = []
    for kind, states in sorted(kinds_in_use().items()):
        if kind not in known:
            faults.append(f"类型 {kind}（{uses(kind)} 条记录）")
            continue
        lost = sorted(states - set(known[kind].spec.states))
        faults += [f"{kind} 的状态 {state}（{uses(kind, state)} 条记录）" for state in lost]
    faults += _names_gone()
    if faults:
        mend = "把去掉的包放回来（LIREN_PACKS），或撤回 var/changes.yaml 里的改动"
        yield Sign("用到的包", BAD, f"还有记录在用，包里却没有了：{'、'.join(faults)}", mend)
    else:
        yield Sign("用到的包", GOOD, "记录的类型和状态、任职的角色、填报的指标，包里都有")


def _names_gone() -> list[str]:
    """Roles of posts and figures of readings that no pack has any more."""
    from liren.figures.models import Reading
    from liren.inforce import catalogue
    from liren.packs.linting import RELATIONS
    from liren.people.apart import ADMINISTRATORS
    from liren.people.models import Post

    roles = set(Post.objects.order_by().values_list("role", flat=True).distinct())
    figures = set(Reading.objects.order_by().values_list("figure", flat=True).distinct())
    declared = catalogue().roles.keys() | RELATIONS.keys() | ADMINISTRATORS.keys()
    found = [f"角色 {role}" for role in sorted(roles - declared)]
    return found + [f"指标 {figure}" for figure in sorted(figures - catalogue().figures.keys())]


def private() -> Iterator[Sign]:
    """私密字段"""
    from django.conf import settings

    from liren.people.private import unseal
    from liren.records.models import Record
    from liren.refusals import Refusal

    row = Record.objects.exclude(secret="").order_by("-pk").values_list("number", "secret").first()
    if row is None:
        return
    path = Path(settings.LIREN_KEY_FILE)
    mend = f"把原来的密钥放到 {path}"
    if not path.exists():
        yield Sign("私密字段", BAD, "有私密字段，却没有密钥", mend)
        return
    try:
        unseal(row[1], row[0])
    except (Refusal, ValueError):
        yield Sign("私密字段", BAD, f"{row[0]} 的私密字段打不开，密钥不对", mend)
    else:
        yield Sign("私密字段", GOOD, f"打得开（查了 {row[0]}）")


def chain() -> Iterator[Sign]:
    """留痕链"""
    from liren.records.models import Act
    from liren.trail.chain import START, link
    from liren.trail.models import Head

    head = Head.objects.filter(pk=1).values_list("act", "hash").first() or (0, START)
    last = list(Act.objects.order_by("-pk")[:2])
    if (last[0].pk, last[0].hash) != head if last else head[0]:
        yield Sign(
            "留痕链", BAD, f"链尾记着第 {head[0]} 笔，留痕却到第 {last[0].pk if last else 0} 笔", _VERIFY
        )
    elif last and last[0].hash != link(last[1].hash if len(last) > 1 else START, last[0]):
        yield Sign("留痕链", BAD, f"第 {head[0]} 笔与它的摘要不符", _VERIFY)
    else:
        yield Sign("留痕链", GOOD, f"链尾第 {head[0]} 笔 {head[1][:12]}（全部验证用 liren trail verify）")


_VERIFY = "用 liren trail verify 找出全部；再用备份核对"


def calendar() -> Iterator[Sign]:
    """工作日历"""
    from liren.clock import today
    from liren.places.queries import work_calendar

    year, days = today().year, work_calendar()
    provisional = [y for y in (year, year + 1) if days.is_provisional_between(*_whole_year(y))]
    if provisional:
        years = "、".join(map(str, provisional))
        mend = "国务院的放假通知公布后，用 liren calendar 表.csv --source 通知 导入"
        yield Sign("工作日历", WARN, f"{years} 年还没有官方日历，时限暂按周一至周五算", mend)
    else:
        yield Sign("工作日历", GOOD, f"{year}、{year + 1} 年都是官方日历")


def _whole_year(year: int):
    from datetime import date

    return date(year, 1, 1), date(year, 1, 1)


def overdue() -> Iterator[Sign]:
    """到期检查"""
    from datetime import timedelta

    from liren.clock import now
    from liren.records.models import Record

    since = now() - timedelta(days=1)
    count = Record.objects.filter(due__lt=since, alarmed__isnull=True).count()
    if count:
        yield Sign("到期检查", WARN, f"{count} 件过期一天以上还没有记下", "让 liren tick --every 60 一直运行")
    else:
        yield Sign("到期检查", GOOD, "没有漏记的逾期")


def messages() -> Iterator[Sign]:
    """消息"""
    from liren.notices.queries import county_faults, dead_letters

    yield from (Sign("消息", BAD, f"var/notices.yaml：{one}", "改好这一处") for one in county_faults())
    if dead := dead_letters():
        yield Sign("消息", WARN, f"{len(dead)} 条没有送出：{dead[0].fault}", "检查邮件和机器人的设置")


DATABASE_LOOKS = (gone, private, chain, calendar, overdue, messages)
