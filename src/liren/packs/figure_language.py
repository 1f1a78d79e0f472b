"""How a pack defines a figure: one verb (count, sum, distinct, …), what it reads, how it is dated.

House §5. Exactly one verb per figure. Values and evidence are both made from this one definition.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .saying import gettext_noop

#: The verbs, with the Chinese word used in printed definitions.
VERBS = {
    "count": gettext_noop("计数"),
    "sum": gettext_noop("合计"),
    "average": gettext_noop("平均"),
    "maximum": gettext_noop("最大"),
    "minimum": gettext_noop("最小"),
    "distinct": gettext_noop("去重计数"),
    "between": gettext_noop("历时"),
    "ratio": gettext_noop("比率"),
    "covered": gettext_noop("覆盖"),
    "listed": gettext_noop("列名"),
    "reading": gettext_noop("上报数"),
}
#: Verbs that the database can group by place or unit: these can be listed and drawn as a trend.
GROUPED = ("count", "sum", "average", "maximum", "minimum", "distinct")


def _whole(value):
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value


def _number(value):
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise ValueError(f"「{value}」不是数")
    return number


def _truth(value):
    return {"true": True, "是": True, "false": False, "否": False}.get(value, value)


Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Slot = Literal["day", "week", "month", "quarter", "half", "year"]


class Version(BaseModel):
    """A later wording of a definition, in force from a day on; earlier periods keep the earlier one."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)
    from_: date = Field(alias="from")
    where: str | None = None
    ratio: str | None = None
    note: str


class Figure(BaseModel):
    """A figure's definition.

    Sources: a kind (``talk``, or ``lecture_event.talk`` of another pack), its ``talk.attendance``,
    ``talk.acts``, ``talk.attempts``, ``talk.editions``, ``talk.postings``, or the house's own
    ``place``, ``unit``, ``person``, ``post``.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)
    title: str = Field(min_length=1, max_length=60)
    unit: str = Field(max_length=12)
    count: str | None = None
    sum: str | None = None
    average: str | None = None
    maximum: str | None = None
    minimum: str | None = None
    distinct: str | None = None
    between: list[str] | None = None
    ratio: str | None = None
    covered: str | None = None
    listed: str | None = None
    reading: Literal["last", "sum", "average", "maximum"] | None = None
    of: str | None = None
    where: str | None = None
    dated: str | None = None
    stood: Truth = False
    # between
    measured: Literal["days", "full_days", "workdays", "hours"] = "days"
    take: Literal["average", "maximum", "minimum", "sum"] = "average"
    # covered: every member of `over` in every slot of `each`
    each: Slot | None = None
    over: str | None = None
    over_where: str | None = Field(default=None, alias="over where")
    by: str | None = None
    at_least: Whole = Field(default=1, alias="at least")
    # listed
    top: Whole | None = None
    above: Number | None = None
    below: Number | None = None
    order: Literal["high", "low"] = "high"
    ties: Literal["shared", "dense", "cut"] = "shared"
    decimals: Whole = Field(default=0, ge=0, le=4)
    target_of: str | None = Field(default=None, alias="target of")
    small: Whole = 0
    definition: str | None = None
    versions: list[Version] = []

    @model_validator(mode="after")
    def _one_verb(self):
        verbs = self.verbs
        if len(verbs) != 1:
            said = "、".join(verbs) or "没有"
            raise ValueError(f"一个指标只能有一个动词（{'、'.join(VERBS)}），这里是：{said}")
        verb = verbs[0]
        if verb in ("sum", "average", "maximum", "minimum", "distinct", "between") and not self.of:
            raise ValueError(f"{verb} 要用 of 写明数哪一类，例：{{{verb}: quantity, of: talk}}")
        if verb == "between" and len(self.between or []) != 2:
            raise ValueError("between 写两个时刻，例：between: [starts, ends]")
        if self.ratio is not None:
            operands(self.ratio)
        self._versions_fit(verb)
        limits = (self.top, self.above, self.below)
        if verb == "listed" and not (self.by and any(limit is not None for limit in limits)):
            raise ValueError("listed 要写 by（place、unit…）以及 top、above 或 below 之一")
        if self.over and not self.by:
            raise ValueError("covered 写了 over（应覆盖名单）就要用 by 写明按 place、unit 或 person 对上")
        return self

    def _versions_fit(self, verb: str) -> None:
        days = [version.from_ for version in self.versions]
        if len(set(days)) != len(days):
            raise ValueError("两个版本从同一天起，分不出哪个算数")
        for version in self.versions:
            if version.ratio is not None:
                operands(version.ratio)
            if (version.ratio is not None) and verb != "ratio":
                raise ValueError(f"{verb} 指标的版本里不能写 ratio")
            if version.where is not None and not self.source:
                raise ValueError(f"{verb} 指标的版本里不能写 where；改分子或分母的条件")

    @property
    def verbs(self) -> list[str]:
        return [verb for verb in VERBS if getattr(self, verb) is not None]

    @property
    def verb(self) -> str:
        return self.verbs[0]

    @property
    def source(self) -> str | None:
        """The source the figure reads, or None where it reads other figures or readings."""
        return self.count or self.covered or self.of

    @property
    def reads(self) -> str:
        """As :attr:`source`, for verbs that have one."""
        assert self.source is not None, f"{self.verb} reads no rows of its own"
        return self.source

    @property
    def measured_name(self) -> str | None:
        """The field that is added up, averaged or told apart; None for count, between and the rest."""
        return self.distinct or self.sum or self.average or self.maximum or self.minimum

    def in_force(self, day: date | None) -> tuple["Figure", str]:
        """The wording in force on a day, and the name of that version (``1`` for the first)."""
        chosen, name = self, "1"
        for index, version in enumerate(sorted(self.versions, key=lambda v: v.from_), start=2):
            if day is None or version.from_ <= day:
                changes = {k: v for k in ("where", "ratio") if (v := getattr(version, k)) is not None}
                chosen, name = chosen.model_copy(update=changes), str(index)
        return chosen, name


def operands(ratio: str) -> tuple[str, str]:
    """``"closed / all"`` → its two figure names. Raises ValueError."""
    parts = [part.strip() for part in ratio.split("/")]
    if len(parts) != 2 or not all(parts):
        raise ValueError(f"比率「{ratio}」要写成 分子 / 分母，例：closed_on_time / closed")
    return parts[0], parts[1]
