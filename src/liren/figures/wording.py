"""Puts a definition into words from the definition itself, in the language in force.

What is kept (a frozen figure, a generated page) is worded in Chinese: who keeps it says so (`translation.override`).
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.conditions import Both, Condition, Either, Not, Test
from liren.packs.fields import COLUMNS, KERNEL_COLUMNS
from liren.packs.figure_language import Figure, operands
from liren.packs.saying import joined

from .counting import parsed
from .sources import Table, table

_PART_WORDS = {
    "attendance": gettext_noop("「%(kind)s」的出勤"),
    "acts": gettext_noop("「%(kind)s」的办理留痕"),
    "attempts": gettext_noop("「%(kind)s」的答卷"),
    "editions": gettext_noop("「%(kind)s」的发布"),
    "postings": gettext_noop("「%(kind)s」的记账"),
}
_HOUSE_WORDS = {
    "place": gettext_noop("地点"),
    "unit": gettext_noop("单位"),
    "person": gettext_noop("人员"),
    "post": gettext_noop("任职"),
}
_NAMES = {
    "verb": gettext_noop("动作"),
    "from_state": gettext_noop("原状态"),
    "to_state": gettext_noop("新状态"),
    "at": gettext_noop("时间"),
    "present": gettext_noop("到场"),
    "expected": gettext_noop("应到"),
    "spoke": gettext_noop("发言"),
    "confirmed": gettext_noop("已由他人确认"),
    "minutes": gettext_noop("分钟"),
    "role": gettext_noop("身份"),
    "reason": gettext_noop("缺席原因"),
    "mark": gettext_noop("得分"),
    "passed": gettext_noop("通过"),
    "channel": gettext_noop("渠道"),
    "kind": gettext_noop("种类"),
    "level": gettext_noop("级别"),
    "name": gettext_noop("名称"),
    "amount": gettext_noop("数额"),
    "withdrawn": gettext_noop("撤下"),
    "household": gettext_noop("户"),
}
_OPS = {
    "==": gettext_noop("%(name)s为%(value)s"),
    "!=": gettext_noop("%(name)s不为%(value)s"),
    "<": gettext_noop("%(name)s小于%(value)s"),
    "<=": gettext_noop("%(name)s不超过%(value)s"),
    ">": gettext_noop("%(name)s大于%(value)s"),
    ">=": gettext_noop("%(name)s不少于%(value)s"),
}
_SPANS = {
    "average": gettext_noop("从%(first)s到%(last)s，平均%(unit)s"),
    "maximum": gettext_noop("从%(first)s到%(last)s，最长%(unit)s"),
    "minimum": gettext_noop("从%(first)s到%(last)s，最短%(unit)s"),
    "sum": gettext_noop("从%(first)s到%(last)s，合计%(unit)s"),
}
_MEASURED = {
    "days": gettext_noop("天"),
    "full_days": gettext_noop("天（首尾都算）"),
    "workdays": gettext_noop("个工作日"),
    "hours": gettext_noop("小时"),
}
#: What is counted in each slot of time: (each slot at all, each slot so often, the slots there are).
_SLOTS = {
    "day": (
        gettext_noop("每天有"),
        gettext_noop("每天至少 %(n)s 次"),
        gettext_noop("%(times)s的天数 ÷ 应有的天数"),
    ),
    "week": (
        gettext_noop("每周有"),
        gettext_noop("每周至少 %(n)s 次"),
        gettext_noop("%(times)s的周数 ÷ 应有的周数"),
    ),
    "month": (
        gettext_noop("每月有"),
        gettext_noop("每月至少 %(n)s 次"),
        gettext_noop("%(times)s的月数 ÷ 应有的月数"),
    ),
    "quarter": (
        gettext_noop("每季度有"),
        gettext_noop("每季度至少 %(n)s 次"),
        gettext_noop("%(times)s的季度数 ÷ 应有的季度数"),
    ),
    "half": (
        gettext_noop("每半年有"),
        gettext_noop("每半年至少 %(n)s 次"),
        gettext_noop("%(times)s的半年数 ÷ 应有的半年数"),
    ),
    "year": (
        gettext_noop("每年有"),
        gettext_noop("每年至少 %(n)s 次"),
        gettext_noop("%(times)s的年数 ÷ 应有的年数"),
    ),
}
_EXTREMES = {
    "average": gettext_noop("%(name)s的平均值"),
    "maximum": gettext_noop("%(name)s的最大值"),
    "minimum": gettext_noop("%(name)s的最小值"),
    "sum": gettext_noop("%(name)s的合计"),
}
_READ = {
    "last": gettext_noop("由外部来源填报，取最近一次"),
    "sum": gettext_noop("由外部来源填报，各对象合计"),
    "average": gettext_noop("由外部来源填报，平均"),
    "maximum": gettext_noop("由外部来源填报，最大"),
}


def definition_text(entry: FigureEntry, spec: Figure | None = None) -> str:
    """The definition in words: the pack's own when it gives one, else written from the verb."""
    spec = spec or entry.spec
    return spec.definition or _written(entry, spec)


def _written(entry: FigureEntry, spec: Figure) -> str:
    if spec.ratio:
        over, under = (_title(entry, name) for name in operands(spec.ratio))
        return f"{over} ÷ {under}"
    if spec.reading:
        return _(_READ[spec.reading])
    if spec.listed:
        return _listing(entry, spec)
    source = table(spec.reads, entry.pack.pack)
    return _rows(source, spec, _how(entry, source, spec))


def _listing(entry: FigureEntry, spec: Figure) -> str:
    told = {
        "by": _(COLUMNS[spec.by].title) if spec.by in COLUMNS else spec.by or "",
        "figure": _title(entry, spec.listed or ""),
        "top": spec.top,
        "limit": spec.below if spec.above is None else spec.above,
    }
    if spec.top:
        return _("按%(by)s列出%(figure)s前 %(top)s 名的") % told
    above = _("按%(by)s列出%(figure)s高于 %(limit)s的")
    return (_("按%(by)s列出%(figure)s低于 %(limit)s的") if spec.above is None else above) % told


def _title(entry: FigureEntry, name: str) -> str:
    return catalogue().figures[catalogue().figure_id(name, entry.pack.pack)].spec.title


def source_words(source: Table) -> str:
    """``「宣讲活动」的出勤``."""
    if source.source.kind is None:
        return _(_HOUSE_WORDS[source.source.part or ""])
    kind = catalogue().kind_entry(source.source.kind)
    words = _(_PART_WORDS[source.source.part]) if source.source.part else _("「%(kind)s」")
    return words % {"kind": kind.spec.title}


def _narrowed(words: str, where: str | None, source: Table) -> str:
    if not where:
        return words
    return _("%(rows)s中%(condition)s的") % {
        "rows": words,
        "condition": condition_text(parsed(where), source),
    }


def _rows(source: Table, spec: Figure, how: str) -> str:
    """Which rows, of which time, and how they are counted."""
    told = {"rows": _narrowed(source_words(source), spec.where, source), "how": how}
    if spec.stood or (source.always_stock and not spec.dated):
        return _("期末在册的%(rows)s，%(how)s") % told
    moment = spec.dated or (source.dated(None) or "").removeprefix("record__")
    return _("%(rows)s，按%(moment)s归入时段，%(how)s") % (told | {"moment": name_text(source, moment)})


def _how(entry: FigureEntry, source: Table, spec: Figure) -> str:
    if spec.count:
        return _("计条数")
    if spec.distinct:
        return _("按%(name)s去重计数") % {"name": name_text(source, spec.distinct)}
    if spec.between:
        first, last = (name_text(source, name) for name in spec.between)
        return _(_SPANS[spec.take]) % {"first": first, "last": last, "unit": _(_MEASURED[spec.measured])}
    if spec.covered:
        return _covering(entry, spec)
    return _(_EXTREMES[spec.verb]) % {"name": name_text(source, spec.measured_name or "")}


def _covering(entry: FigureEntry, spec: Figure) -> str:
    once, often, slots = _SLOTS.get(
        spec.each or "",
        (gettext_noop("有"), gettext_noop("至少 %(n)s 次"), gettext_noop("%(times)s的数 ÷ 应有的数")),
    )
    times = (_(often) if spec.at_least > 1 else _(once)) % {"n": spec.at_least}
    if not spec.over:
        return _(slots) % {"times": times}
    listing = table(spec.over, entry.pack.pack)
    who = _narrowed(source_words(listing), spec.over_where, listing)
    return _("应覆盖名单为%(who)s，%(times)s的 ÷ 应有的") % {"who": who, "times": times}


def name_text(source: Table, name: str) -> str:
    """The name of a field, column, step or part."""
    bare = name.removeprefix("record.")
    kind = source.kind
    if kind is not None and (not source.source.part or name.startswith("record.")):
        if bare in kind.fields:
            return kind.fields[bare].title
        if bare in kind.steps:
            return kind.steps[bare].title
        if bare == "open":
            return kind.open_title or _("登记")
    if bare in COLUMNS and (not source.source.part or name.startswith("record.") or bare not in _NAMES):
        return _(COLUMNS[bare].title)
    ours = KERNEL_COLUMNS.get(bare) or _NAMES.get(bare)
    return _(ours) if ours else bare


def condition_text(condition: Condition, source: Table) -> str:
    """A condition in words, with choices and states by their titles."""
    if isinstance(condition, Test):
        return _test_text(condition, source)
    if isinstance(condition, Not):
        return _("不是（%(part)s）") % {"part": condition_text(condition.part, source)}
    parts = [condition_text(part, source) for part in condition.parts]
    if not isinstance(condition, Both):
        return _("或").join(parts)
    either = [isinstance(part, Either) for part in condition.parts]
    return _("且").join(_("（%s）") % p if one else p for p, one in zip(parts, either, strict=True))


def _test_text(test: Test, source: Table) -> str:
    name = name_text(source, test.name)
    if isinstance(test.value, tuple):
        values = joined(value_text(source, test.name, v) for v in test.value)
        words = _("%(name)s为%(values)s之一") if test.op == "in" else _("%(name)s不为%(values)s之一")
        return words % {"name": name, "values": values}
    if test.value is None:
        return (_("%(name)s空缺") if test.op == "==" else _("%(name)s已填")) % {"name": name}
    if isinstance(test.value, bool):
        return name if test.value == (test.op == "==") else _("非%(name)s") % {"name": name}
    return _(_OPS[test.op]) % {"name": name, "value": value_text(source, test.name, test.value)}


def value_text(source: Table, name: str, value) -> str:
    """The title of a state, step or choice; other values as they are."""
    bare, kind = name.removeprefix("record."), source.kind
    if kind is None:
        return str(value)
    if bare in ("state", "from_state", "to_state") and value in kind.states:
        return kind.states[value].title
    if bare == "verb" and value in kind.steps:
        return kind.steps[value].title
    field = kind.fields.get(bare)
    return field.choices.get(value, str(value)) if field else str(value)
