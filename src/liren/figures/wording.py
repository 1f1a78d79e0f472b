"""Puts a definition into words, Chinese or English, from the definition itself."""

from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.conditions import Both, Condition, Not, Test
from liren.packs.fields import COLUMNS, KERNEL_COLUMNS
from liren.packs.figure_language import Figure, operands

from .counting import parsed
from .sources import Table, table

_PART_WORDS = {
    "attendance": "出勤",
    "acts": "办理留痕",
    "attempts": "答卷",
    "editions": "发布",
    "postings": "记账",
}
_HOUSE_WORDS = {"place": "地点", "unit": "单位", "person": "人员", "post": "任职"}
_NAMES = {
    "verb": "动作", "from_state": "原状态", "to_state": "新状态", "at": "时间", "present": "到场",
    "expected": "应到", "spoke": "发言", "confirmed": "已由他人确认", "minutes": "分钟", "role": "身份",
    "reason": "缺席原因", "mark": "得分", "passed": "通过", "channel": "渠道", "kind": "种类",
    "level": "级别", "name": "名称", "amount": "数额", "withdrawn": "撤下", "household": "户",
}  # fmt: skip
_BY = {"place": "地点", "unit": "单位"}
_OPS = {"==": "为", "!=": "不为", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
_TAKE = {"average": "平均", "maximum": "最长", "minimum": "最短", "sum": "合计"}
_MEASURED = {"days": "天", "full_days": "天（首尾都算）", "workdays": "个工作日", "hours": "小时"}
_SLOTS = {"day": "天", "week": "周", "month": "月", "quarter": "季度", "half": "半年", "year": "年"}
_EXTREMES = {"average": "平均值", "maximum": "最大值", "minimum": "最小值", "sum": "合计"}


def definition_text(entry: FigureEntry, spec: Figure | None = None) -> str:
    """The definition in Chinese words: the pack's own when it gives one, else written from the verb."""
    spec = spec or entry.spec
    return spec.definition or _written(entry, spec)


def _written(entry: FigureEntry, spec: Figure) -> str:
    if spec.ratio:
        over, under = (_title(entry, name) for name in operands(spec.ratio))
        return f"{over} ÷ {under}"
    if spec.reading:
        how = {"last": "取最近一次", "sum": "各对象合计", "average": "平均", "maximum": "最大"}[spec.reading]
        return f"由外部来源填报，{how}"
    if spec.listed:
        above = spec.above is not None
        limit = f"前 {spec.top} 名" if spec.top else f"高于 {spec.above}" if above else f"低于 {spec.below}"
        return f"按{_BY.get(spec.by or '', spec.by)}列出{_title(entry, spec.listed or '')}{limit}的"
    source = table(spec.reads, entry.pack.pack)
    return f"{_rows(source, spec)}{_how(entry, source, spec)}"


def _title(entry: FigureEntry, name: str) -> str:
    return catalogue().figures[catalogue().figure_id(name, entry.pack.pack)].spec.title


def source_words(source: Table) -> str:
    """``宣讲（宣讲活动）的出勤``."""
    if source.source.kind is None:
        return _HOUSE_WORDS[source.source.part or ""]
    kind = catalogue().kind_entry(source.source.kind)
    part = f"的{_PART_WORDS[source.source.part]}" if source.source.part else ""
    return f"「{kind.spec.title}」{part}"


def _rows(source: Table, spec: Figure) -> str:
    words = source_words(source)
    if spec.where:
        words += f"中{condition_text(parsed(spec.where), source)}的"
    if spec.stood or (source.always_stock and not spec.dated):
        return f"期末在册的{words}，"
    moment = spec.dated or (source.dated(None) or "").removeprefix("record__")
    return f"{words}，按{name_text(source, moment)}归入时段，"


def _how(entry: FigureEntry, source: Table, spec: Figure) -> str:
    if spec.count:
        return "计条数"
    if spec.distinct:
        return f"按{name_text(source, spec.distinct)}去重计数"
    if spec.between:
        first, last = (name_text(source, name) for name in spec.between)
        return f"从{first}到{last}，{_TAKE[spec.take]}{_MEASURED[spec.measured]}"
    if spec.covered:
        return _covering(entry, spec)
    return f"{name_text(source, spec.measured_name or '')}的{_EXTREMES[spec.verb]}"


def _covering(entry: FigureEntry, spec: Figure) -> str:
    times = f"至少 {spec.at_least} 次" if spec.at_least > 1 else "有"
    slot = f"每{_SLOTS[spec.each]}" if spec.each else ""
    if not spec.over:
        word = _SLOTS.get(spec.each or "", "")
        return f"{slot}{times}的{word}数 ÷ 应有的{word}数"
    listed = table(spec.over, entry.pack.pack)
    who = source_words(listed)
    if spec.over_where:
        who += f"中{condition_text(parsed(spec.over_where), listed)}的"
    return f"应覆盖名单为{who}，{slot}{times}的 ÷ 应有的"


def name_text(source: Table, name: str) -> str:
    """The Chinese name of a field, column, step or part name."""
    bare = name.removeprefix("record.")
    kind = source.kind
    if kind is not None and (not source.source.part or name.startswith("record.")):
        if bare in kind.fields:
            return kind.fields[bare].title
        if bare in kind.steps:
            return kind.steps[bare].title
        if bare == "open":
            return kind.open_title or "登记"
    if bare in COLUMNS and (not source.source.part or name.startswith("record.") or bare not in _NAMES):
        return COLUMNS[bare].title
    return KERNEL_COLUMNS.get(bare) or _NAMES.get(bare) or bare


def condition_text(condition: Condition, source: Table) -> str:
    """A condition in words, with choices and states by their titles."""
    if isinstance(condition, Test):
        return _test_text(condition, source)
    if isinstance(condition, Not):
        return f"不是（{condition_text(condition.part, source)}）"
    word = "且" if isinstance(condition, Both) else "或"
    parts = [condition_text(part, source) for part in condition.parts]
    return word.join(f"（{p}）" if word == "且" and "或" in p else p for p in parts)


def _test_text(test: Test, source: Table) -> str:
    name = name_text(source, test.name)
    if isinstance(test.value, tuple):
        values = "、".join(value_text(source, test.name, v) for v in test.value)
        return f"{name}{'为' if test.op == 'in' else '不为'}{values}之一"
    if test.value is None:
        return f"{name}{'空缺' if test.op == '==' else '已填'}"
    if isinstance(test.value, bool):
        return name if test.value == (test.op == "==") else f"非{name}"
    return f"{name}{_OPS[test.op]}{value_text(source, test.name, test.value)}"


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
