"""``liren doctor`` on the server's clock: limits, sign-ins and the order of acts all hang on it."""

from collections.abc import Iterator

from .doctor import BAD, GOOD, Sign

#: Minutes by which the newest act may lie ahead of the clock before it is told.
AHEAD = 1


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
