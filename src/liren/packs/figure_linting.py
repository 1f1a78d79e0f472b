"""Lints figures, conditions and reports: sources, names, values, cycles, placeholders."""

import re

from .conditions import BadCondition, parse, tests
from .fields import COLUMNS
from .figure_language import operands
from .findings import suggest
from .sources import HOUSE, MOMENTS, column_of, names_of, record_names

_PERIOD = re.compile(
    r"^(report|start|end|until|since:\d{4}-\d{2}-\d{2}|asof:\d{4}-\d{2}-\d{2}|ytd:\d{4}-\d{2}-\d{2}"
    r"|\d{4}(H[12]|Q[1-4]|W\d{2}|-\d{2}(-\d{2})?)?|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$"
)
PLACEHOLDER = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")
_NUMBERS = ("integer", "number", "money")


def names_for(kind) -> dict[str, str]:
    return record_names(kind)


def figures(check) -> None:
    """All figures of one pack."""
    for key, figure in check.pack.figures.items():
        path = f"figures.{key}"
        if figure.ratio:
            _ratio(check, path, key, figure)
        if figure.source:
            _source(check, path, figure)
        if figure.listed:
            target = check.catalogue.figure_id(figure.listed, check.pack.pack)
            check.name(f"{path}.listed", target, check.catalogue.figures, "指标")
        if figure.target_of:
            target = check.catalogue.figure_id(figure.target_of, check.pack.pack)
            check.name(f"{path}.target of", target, check.catalogue.figures, "指标")
        if figure.over:
            _over(check, path, figure)


def _ratio(check, path: str, key: str, figure) -> None:
    for version in (figure, *figure.versions):
        for name in operands(version.ratio) if version.ratio else ():
            target = check.catalogue.figure_id(name, check.pack.pack)
            check.name(f"{path}.ratio", target, check.catalogue.figures, "指标")
    trail, target = {f"{check.pack.pack}.{key}"}, figure
    pack = check.pack.pack
    while target is not None and target.ratio:
        first = check.catalogue.figure_id(operands(target.ratio)[0], pack)
        if first in trail:
            check.at(f"{path}.ratio", "比率绕回自己", "分子分母改用计数类指标")
            return
        trail.add(first)
        entry = check.catalogue.figures.get(first)
        target, pack = (entry.spec, entry.pack.pack) if entry else (None, pack)


def _source(check, path: str, figure) -> None:
    source = check.catalogue.source(figure.source, check.pack.pack)
    if source.kind is not None and source.kind not in check.catalogue.kinds:
        known = set(check.catalogue.kinds) | set(check.pack.kinds) | set(HOUSE)
        check.at(f"{path}.{figure.verb}", f"没有记录类型「{figure.source}」", suggest(figure.source, known))
        return
    kind = check.catalogue.kinds[source.kind].spec if source.kind else None
    names = names_of(source, kind)
    for text in (figure.where, *(v.where for v in figure.versions)):
        if text:
            condition(check, f"{path}.where", text, names, kind)
    measured = figure.sum or figure.average or figure.maximum or figure.minimum
    if measured and check.name(f"{path}.{figure.verb}", measured, names, "字段"):
        if names[measured] not in _NUMBERS:
            check.at(f"{path}.{figure.verb}", f"「{measured}」不是数，不能{figure.verb}")
    if figure.distinct:
        extra = {"household", "id"} if "person" in names else set()
        check.name(f"{path}.distinct", figure.distinct, set(names) | extra | {"code"}, "字段")
    dated = {n for n, t in names.items() if t in ("date", "datetime")}
    kept = {n for n in dated if kind is None or n not in kind.fields or column_of(kind, n)}
    moments = kept | set(MOMENTS)
    if figure.dated:
        check.name(f"{path}.dated", figure.dated, moments | {"record." + m for m in MOMENTS}, "时刻")
    for moment in figure.between or ():
        steps = set(kind.steps) | {"open"} if kind else set()
        check.name(f"{path}.between", moment, moments | steps, "时刻或步骤")
    _reads_data(check, path, figure, source, kind)


def _reads_data(check, path: str, figure, source, kind) -> None:
    """Warn where a figure reads ``data``: a shared column answers hundreds of times sooner."""
    if kind is None or source.part:
        return
    read = {figure.sum, figure.average, figure.maximum, figure.minimum, figure.distinct}
    if figure.where:
        try:
            read |= {test.name for test in tests(parse(figure.where))}
        except BadCondition:
            return
    for name in sorted(n for n in read if n and n in kind.fields):
        if column_of(kind, name) is None:
            free = [c for c in COLUMNS if c not in kind.fields and c not in _used(kind)]
            mend = f"给字段写 column: {free[0]}" if free else "共用列已用完，可接受"
            check.at(path, f"指标读 data 里的「{name}」，数大时慢", mend, "warning")


def _used(kind) -> set[str]:
    return {f.column for f in kind.fields.values() if f.column}


def _over(check, path: str, figure) -> None:
    source = check.catalogue.source(figure.over, check.pack.pack)
    if source.kind is not None and source.kind not in check.catalogue.kinds:
        check.at(f"{path}.over", f"没有名单「{figure.over}」", "写 place、unit 或一类台账")
        return
    kind = check.catalogue.kinds[source.kind].spec if source.kind else None
    if figure.over_where:
        condition(check, f"{path}.over where", figure.over_where, names_of(source, kind), kind)


def condition(check, path: str, text: str, names: dict[str, str], kind) -> None:
    """A condition parses, its names exist, and its values fit (choices and states by key)."""
    try:
        parsed = parse(text)
    except BadCondition as fault:
        check.at(path, str(fault))
        return
    for test in tests(parsed):
        if not check.name(path, test.name, names, "字段"):
            continue
        allowed = _allowed(kind, test.name.removeprefix("record."))
        values = test.value if isinstance(test.value, tuple) else (test.value,)
        for value in values:
            if allowed and value is not None and value not in allowed:
                check.at(path, f"{test.name} 没有值「{value}」", suggest(str(value), allowed))
        wrong = names[test.name] in _NUMBERS and any(isinstance(v, str) for v in values)
        if wrong:
            check.at(path, f"{test.name} 是数，不要加引号")


def _allowed(kind, name: str) -> set[str]:
    if kind is None:
        return set()
    if name in ("state", "from_state", "to_state"):
        return set(kind.states)
    if name == "verb":
        return {*kind.steps, "open", "late", "void", "extend", "transfer", "merge", "edit", "attend"}
    field = kind.fields.get(name)
    return set(field.choices) if field else set()


def reports(check) -> None:
    """All reports of one pack: text file, cited figures, placeholders."""
    for key, report in check.pack.reports.items():
        path = f"reports.{key}"
        for role in report.for_:
            check.name(f"{path}.for", role, check.catalogue.roles, "角色")
        for name, cited in report.figures.items():
            where = f"{path}.figures.{name}"
            target = check.catalogue.figure_id(cited.figure, check.pack.pack)
            check.name(f"{where}.figure", target, check.catalogue.figures, "指标")
            if not _PERIOD.match(cited.period):
                mend = "report、start、end、until、since:2021-01-01、2020、2020H1、2020-03…"
                check.at(f"{where}.period", f"不认识的时段「{cited.period}」", mend)
        _placeholders(check, path, report)


def _placeholders(check, path: str, report) -> None:
    file = check.folder.folder / report.text
    if not file.is_file():
        check.at(f"{path}.text", f"没有文件「{report.text}」", "文件放在包的文件夹里")
        return
    own = {k for k in check.pack.figures} | set(report.figures) | {"title", "place", "period", "issuer", "date"}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        for found in PLACEHOLDER.findall(line):
            name = found.split("|")[0].strip()
            if name not in own and name not in check.catalogue.figures:
                check.at(f"{path}.text", f"{report.text} 第 {number} 行：没有指标「{name}」", suggest(name, own))


