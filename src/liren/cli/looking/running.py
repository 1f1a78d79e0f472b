"""How the installation is run: tick, backup, the clock, who can reach it, who can read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from .sign import BAD, GOOD, WARN, Sign

#: Older than this, a backup is told; a tick is told after so long, and is a fault after a day.
BACKUP_OLD, TICK_OLD = timedelta(days=2), timedelta(minutes=10)
#: Minutes by which the newest act may lie ahead of the clock before it is told.
AHEAD = 1
#: What libpq calls a connection that is never in the clear.
ENCRYPTED = ("require", "verify-ca", "verify-full")
NEARBY = {"localhost", "127.0.0.1", "[::1]", "::1"}


def modes() -> Iterator[Sign]:
    """文件权限"""
    from django.conf import settings

    var = Path(settings.VAR)
    names = ("liren.sqlite3", "liren.sqlite3-wal", "signin.yaml", "notices.yaml", "backup.stamp")
    open_to_others = [name for name in names if (var / name).exists() and (var / name).stat().st_mode & 0o007]
    if not open_to_others:
        yield Sign("文件权限", GOOD, "数据库和设置文件没有对所有人开放")
    elif var.stat().st_mode & 0o007:
        yield Sign("文件权限", BAD, f"这台机器上谁都能读 {'、'.join(open_to_others)}", f"chmod 700 {var}")
    else:
        yield Sign("文件权限", GOOD, "数据文件夹只有属主能进")


def reached() -> Iterator[Sign]:
    """对外"""
    from django.conf import settings

    url = urlsplit(settings.LIREN_URL)
    hosts, outside = _reach(settings)
    faults = [*_open_doors(settings, hosts, outside), *_half_https(settings, url.scheme, outside)]
    for mark, found, mend in faults:
        yield Sign("对外", mark, found, mend)
    if not faults:
        said = f"{settings.LIREN_URL}，只走 https" if settings.HTTPS else "只有本机能访问"
        yield Sign("对外", GOOD, said)


def _reach(settings) -> tuple[set[str], bool]:
    """The names the site answers to, and whether others than this machine reach it."""
    hosts = {host.strip() for host in settings.ALLOWED_HOSTS}
    name = urlsplit(settings.LIREN_URL).hostname or ""
    return hosts, bool(hosts - NEARBY - {"testserver"}) or name not in NEARBY


def forwarded() -> Iterator[Sign]:
    """安全日志外送"""
    from django.conf import settings

    from liren.signin.chain import last_seal, sent_until

    if not settings.LIREN_LOG_TO:
        return
    last = last_seal()
    waits = max(0, (last.number if last else 0) - sent_until())
    if waits:
        mend = "看 tick 说了什么；对方起来后会自动补送"
        yield Sign("安全日志外送", WARN, f"还有 {waits} 行没有送到 {settings.LIREN_LOG_TO.host}", mend)
    else:
        yield Sign("安全日志外送", GOOD, f"都送到了 {settings.LIREN_LOG_TO.host}")


def breached() -> Iterator[Sign]:
    """泄露密码名单"""
    from django.conf import settings

    from liren.signin.breached import UnreadList, look_over

    file = settings.LIREN_BREACHED_PASSWORDS
    if not file:
        mark = WARN if _reach(settings)[1] else GOOD
        mend = "下载一份按 SHA-1 排好序的名单，写进 LIREN_BREACHED_PASSWORDS" if mark == WARN else ""
        yield Sign("泄露密码名单", mark, "没有；设密码时只查两万个最常见的", mend)
        return
    try:
        size = look_over(Path(file))
    except UnreadList as fault:
        yield Sign("泄露密码名单", BAD, f"{fault}；设密码都会被拒绝", "换成按 SHA-1 排好序的名单")
    else:
        yield Sign("泄露密码名单", GOOD, f"{file}，{size / 1e6:.1f} MB")


def encrypted(database: dict | None = None) -> Iterator[Sign]:
    """连接加密"""
    from django.conf import settings

    from liren.notices.channels import mail_sender

    said = database if database is not None else settings.DATABASES["default"]
    host, sslmode = said.get("HOST", ""), said.get("OPTIONS", {}).get("sslmode", "prefer")
    faults = []
    if not _is_near(host) and sslmode not in ENCRYPTED:
        mend = "数据库地址后面写 ?sslmode=verify-full&sslrootcert=证书文件"
        faults.append((f"连 {host} 的数据库可能是明文（sslmode={sslmode}）", mend))
    plain = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if mail_sender() and plain and not _is_near(settings.EMAIL_HOST):
        faults.append(
            (f"发往 {settings.EMAIL_HOST} 的邮件是明文", "LIREN_MAIL_URL 写 tls=starttls 或 tls=ssl")
        )
    yield from (Sign("连接加密", WARN, found, mend) for found, mend in faults)
    if not faults:
        yield Sign("连接加密", GOOD, "到数据库和邮件服务器的连接都加密，或只在本机")


def _is_near(host: str) -> bool:
    """Whether a connection to the host stays on this machine: none named, its own names, a socket's folder."""
    return not host or host in NEARBY or host.startswith("/")


def _open_doors(settings, hosts: set[str], outside: bool) -> Iterator[tuple[str, str, str]]:
    if "*" in hosts:
        yield BAD, "LIREN_HOSTS 是 *：谁冒充什么域名都认", "写上自己的域名"
    if outside and settings.DEBUG:
        yield BAD, "对外开放却开着 LIREN_DEBUG", "去掉 LIREN_DEBUG"
    if outside and settings.LIREN_DEMO:
        yield WARN, "LIREN_DEMO 开着：谁都能用督查员的眼睛看", "正式使用去掉 LIREN_DEMO"


def _half_https(settings, scheme: str, outside: bool) -> Iterator[tuple[str, str, str]]:
    if outside and not settings.HTTPS:
        yield (
            BAD,
            "对外却不走 https：密码和 Cookie 明文传送",
            "放在带证书的代理后面，设 LIREN_HTTPS=1 LIREN_PROXY=1",
        )
    if settings.HTTPS and scheme != "https":
        yield BAD, f"走 https，LIREN_URL 却是 {settings.LIREN_URL}", "LIREN_URL 也写 https://…"
    if settings.HTTPS and not settings.LIREN_PROXY:
        yield WARN, "没有设 LIREN_PROXY：前面有代理的话，会一直转来转去", "有代理就设 LIREN_PROXY=1"


def backup() -> Iterator[Sign]:
    """备份"""
    from liren.clock import now
    from liren.operating import marks

    last = marks.last(marks.BACKUP)
    if last is None:
        yield Sign("备份", WARN, "这里还没有备份过", "liren backup 文件；每天一份，见运维手册")
    elif now() - last > BACKUP_OLD:
        yield Sign("备份", WARN, f"最近一份在 {(now() - last).days} 天前", "看看定时备份为什么停了")
    else:
        yield Sign("备份", GOOD, f"最近一份在 {int((now() - last).total_seconds() // 3600)} 小时前")


def tick() -> Iterator[Sign]:
    """定时任务"""
    from liren.clock import now
    from liren.operating import marks

    seconds = marks.age(marks.TICK, now())
    mend = "让 liren tick --every 60（liren-tick.service）一直运行"
    if seconds is None:
        yield Sign("定时任务", WARN, "tick 还没有跑过", mend)
    elif seconds > TICK_OLD.total_seconds():
        mark = BAD if seconds > 86400 else WARN
        yield Sign("定时任务", mark, f"tick 最近一次在 {int(seconds // 60)} 分钟前", mend)
    else:
        yield Sign("定时任务", GOOD, f"tick {int(seconds)} 秒前跑过")


def clock_back() -> Iterator[Sign]:
    """时钟"""
    from liren.clock import now
    from liren.records.models import Act

    last = Act.objects.order_by("-pk").values_list("entered", flat=True).first()
    ahead = (last - now()).total_seconds() / 60 if last else 0
    if ahead > AHEAD:
        found = f"比最后一笔留痕早 {ahead:.0f} 分钟：时钟被拨回过，或者先前走快了"
        yield Sign("时钟", BAD, found, "用 timedatectl 对好时间；在那之前，时限和登录的时效会晚到这么久")
    else:
        yield Sign("时钟", GOOD, "不早于最后一笔留痕")
