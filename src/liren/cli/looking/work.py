"""The records: packs they hang on, private values, the chain, limits, messages."""

from collections.abc import Iterator
from pathlib import Path

from .sign import BAD, GOOD, WARN, Sign


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
        yield Sign(
            "消息",
            WARN,
            f"{len(dead)} 条没有送出：{dead[0].fault}",
            "改好邮件或机器人的设置，再运行 liren tick --again",
        )
