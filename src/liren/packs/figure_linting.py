"""Lints figures, conditions and reports: sources, names, values, cycles, placeholders."""

import re

from .conditions import BadCondition, Test, parse, tests
from .fields import COLUMNS, BadValue, read_date, read_moment
from .figure_language import GROUPED, operands
from .findings import suggest
from .sources import HOUSE, MOMENTS, column_of, names_of, record_names

_PERIOD = re.compile(
    r"^(report|start|end|until|since:\d{4}-\d{2}-\d{2}|asof:\d{4}-\d{2}-\d{2}|ytd:\d{4}-\d{2}-\d{2}"
    r"|\d{4}(H[12]|Q[1-4]|W\d{2}|-\d{2}(-\d{2})?)?|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$"
)
PLACEHOLDER = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")
_NUMBERS = ("integer", "number", "money")
_MOMENTS = ("date", "datetime")


def names_for(kind) -> dict[str, str]:
    return record_names(kind)


def figures(check) -> None:
    """All figures of one pack."""
    for key, figure in check.pack.figures.items():
        path = f"figures.{key}"
        for version in (figure, *figure.versions):
            for name in operands(version.ratio) if version.ratio else ():
                _figure(check, f"{path}.ratio", name)
        if figure.source:
            _source(check, path, figure)
        if figure.listed:
            _listed(check, path, figure)
        if figure.target_of:
            _figure(check, f"{path}.target of", figure.target_of)
        if figure.over:
            _over(check, path, figure)


def _figure(check, path: str, name: str) -> bool:
    target = check.catalogue.figure_id(name, check.pack.pack)
    return check.name(path, target, check.catalogue.figures, "指标")


def _listed(check, path: str, figure) -> None:
    """What is listed must be grouped in the database: places or units, of figures that count rows."""
    if not _figure(check, f"{path}.listed", figure.listed):
        return
    for entry in _counted(check.catalogue, check.catalogue.figure_id(figure.listed, check.pack.pack), set()):
        if entry.spec.verb not in GROUPED:
            mend = f"改用 {'、'.join(GROUPED)} 或由它们相除的比率"
            check.at(f"{path}.listed", f"「{entry.id}」是 {entry.spec.verb}，不能按{figure.by}分开算", mend)
            continue
        source = check.catalogue.source(entry.spec.source, entry.pack.pack)
        kind = check.catalogue.kinds.get(source.kind)
        if source.kind is not None and kind is None:
            continue
        names = names_of(source, kind.spec if kind else None)
        fits = {"place"} | {name for name, type_ in names.items() if type_ in ("place", "unit")}
        check.name(f"{path}.by", figure.by, fits, "地点或单位")


def _counted(catalogue, figure: str, seen: set[str]):
    """The figure itself, or the figures a ratio is made of."""
    entry = catalogue.figures.get(figure)
    if entry is None or figure in seen:
        return
    seen.add(figure)
    if entry.spec.ratio:
        for name in operands(entry.spec.ratio):
            yield from _counted(catalogue, catalogue.figure_id(name, entry.pack.pack), seen)
    else:
        yield entry


def _source(check, path: str, figure) -> None:
    source = check.catalogue.source(figure.source, check.pack.pack)
    if source.kind is not None and source.kind not in check.catalogue.kinds:
        if source.kind not in check.catalogue.broken:
            known = set(check.catalogue.kinds) | set(check.pack.kinds) | set(HOUSE)
            where = "of" if figure.of else figure.verb
            check.at(f"{path}.{where}", f"没有记录类型「{figure.source}」", suggest(figure.source, known))
        return
    kind = check.catalogue.kinds[source.kind].spec if source.kind else None
    names = names_of(source, kind)
    for text in (figure.where, *(v.where for v in figure.versions)):
        if text:
            condition(check, f"{path}.where", text, names, kind)
    measured = figure.sum or figure.average or figure.maximum or figure.minimum
    known = measured and check.name(f"{path}.{figure.verb}", measured, names, "字段")
    if known and names[measured] not in _NUMBERS:
        check.at(f"{path}.{figure.verb}", f"「{measured}」不是数，不能{figure.verb}")
    if figure.distinct:
        extra = {"household", "id"} if "person" in names else set()
        check.name(f"{path}.distinct", figure.distinct, set(names) | extra | {"code"}, "字段")
    dated = {n for n, t in names.items() if t in _MOMENTS}
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
        if column_of(kind, name) is None and not kind.fields[name].private:
            fits = [c for c, column in COLUMNS.items() if kind.fields[name].type in column.types]
            free = [c for c in fits if c not in kind.fields and c not in _used(kind)]
            mend = f"给字段写 column: {free[0]}" if free else "没有合适的空共用列，可接受"
            check.at(path, f"指标读 data 里的「{name}」，数大时慢", mend, "warning")


def _used(kind) -> set[str]:
    return {f.column for f in kind.fields.values() if f.column}


def _over(check, path: str, figure) -> None:
    source = check.catalogue.source(figure.over, check.pack.pack)
    if source.kind is not None and source.kind not in check.catalogue.kinds:
        if source.kind not in check.catalogue.broken:
            check.at(f"{path}.over", f"没有名单「{figure.over}」", "写 place、unit 或一类台账")
        return
    kind = check.catalogue.kinds[source.kind].spec if source.kind else None
    check.name(f"{path}.by", figure.by, ("place", "unit", "person"), "对应方式")
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
        if check.name(path, test.name, names, "字段"):
            _values(check, path, test, names[test.name], _allowed(kind, test.name.removeprefix("record.")))


def _values(check, path: str, test: Test, type_: str, allowed: set[str]) -> None:
    """Values fit the type, choices and states stand by their key, only what has an order is ordered."""
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    given = [value for value in values if value is not None]
    if type_ == "choices" and given:
        check.at(path, f"{test.name} 是多选，条件里只能问 == None", "改成几个是否字段，或一个单选字段")
        return
    if test.op not in ("==", "!=", "in", "not in") and type_ not in (*_NUMBERS, *_MOMENTS):
        check.at(path, f"{test.name} 不分大小，不能用 {test.op}", "只有数和日期能比大小")
    for value in given:
        if fault := _misfit(test.name, type_, value):
            check.at(path, *fault)
        elif allowed and value not in allowed:
            check.at(path, f"{test.name} 没有值「{value}」", suggest(str(value), allowed))


def _misfit(name: str, type_: str, value) -> tuple[str, str] | None:
    is_text, is_flag = isinstance(value, str), isinstance(value, bool)
    if type_ in _NUMBERS:
        return (f"{name} 是数，不要加引号", "例：quantity > 3") if is_text or is_flag else None
    if type_ == "flag":
        return None if is_flag else (f"{name} 是是否", f"写 {name} 或 not {name}")
    if not is_text:
        return f"{name} 是文字，要加引号", f"例：{name} == '{value}'"
    try:
        if type_ == "datetime":
            read_moment(value)
        elif type_ == "date" and read_date(value) != value:
            return f"「{value}」不是规范的日期", f"写 {read_date(value)}"
    except BadValue as fault:
        return str(fault), ""
    return None


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
            _figure(check, f"{where}.figure", cited.figure)
            if not _PERIOD.match(cited.period):
                mend = "report、start、end、until、since:2021-01-01、2020、2020H1、2020-03…"
                check.at(f"{where}.period", f"不认识的时段「{cited.period}」", mend)
        _placeholders(check, path, report)


_ALWAYS = ("title", "place", "period", "issuer", "date")


def _placeholders(check, path: str, report) -> None:
    file = check.folder.folder / report.text
    if not file.is_file():
        check.at(f"{path}.text", f"没有文件「{report.text}」", "文件放在包的文件夹里")
        return
    where, named = (f"{path}.text", report.text) if report.body is None else (f"{path}.body", "正文")
    text = file.read_text(encoding="utf-8") if report.body is None else report.body
    broken = {part.rpartition(".")[2] for part in check.folder.broken}
    own = {*check.pack.figures, *report.figures, *_ALWAYS}
    for number, line in enumerate(text.splitlines(), start=1):
        for found in PLACEHOLDER.findall(line):
            name = found.split("|")[0].strip()
            if name not in own | broken and name not in check.catalogue.figures:
                check.at(where, f"{named} 第 {number} 行：没有指标「{name}」", suggest(name, own))
