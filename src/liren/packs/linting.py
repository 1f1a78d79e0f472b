"""Lints all packs as a whole: every name must lead somewhere, all findings at once.

Here the kinds; figures and reports in :mod:`.figure_linting`, what only two packs together can get
wrong in :mod:`.house_linting`.
"""

from collections import Counter

from . import figure_linting, house_linting
from .effects import parse_effect
from .fields import COLUMNS, KERNEL_COLUMNS, POINT, BadValue, read_value
from .findings import Finding, suggest
from .language import ByField, FieldSpec, Kind
from .saying import gettext_noop
from .sources import HOUSE, PARTS

#: Words that stand for persons by their relation to a record, usable where a role is.
RELATIONS = {
    "resident": gettext_noop("居民（任何人）"),
    "opener": gettext_noop("登记人"),
    "subject": gettext_noop("当事人"),
    "system": gettext_noop("系统"),
}
#: Words of the kernel that a pack's own keys would hide or be taken for.
RESERVED_FIELDS = {*KERNEL_COLUMNS, "id", "household"}
RESERVED_STATES = {"void"}
RESERVED_STEPS = {
    "open", "late", "void", "extend", "transfer", "merge", "edit", "attend", "attach",
    "erase", "ask_erasure", "refuse_erasure", "suspend_erasure", "resume_erasure",
}  # fmt: skip
RESERVED_KINDS = {*HOUSE, *PARTS}
_NUMBER_LENGTH = 40  # as the column holds it
_REFERENCES = ("place", "unit", "person", "record")


class Lint:
    """Findings of one pack folder; ``at`` writes a finding at a dotted path."""

    def __init__(self, folder, catalogue):
        self.folder, self.catalogue = folder, catalogue
        self.pack = folder.pack
        self.found: list[Finding] = []

    def at(self, path: str, message: str, mend: str = "", level: str = "error") -> None:
        self.found.append(self.folder.written.finding(path, message, mend, level))

    def name(self, path: str, word: str, known, what: str) -> bool:
        """Complain unless ``word`` is among ``known``; a part left out as broken has its finding already."""
        if word in known:
            return True
        if word not in self.catalogue.broken:
            self.at(path, f"没有{what}「{word}」", suggest(word, known))
        return False

    def titles(self, path: str, parts: dict, what: str) -> None:
        """Stories, forms and tables find a part by its title: no two may share one."""
        seen: dict[str, str] = {}
        for key, part in parts.items():
            first = seen.setdefault(part.title, key)
            if first != key:
                self.at(f"{path}.{key}.title", f"{what} {first} 也叫「{part.title}」", "换一个名称")

    def reserved(self, path: str, keys, words: set[str]) -> None:
        for key in keys:
            if key in words:
                self.at(f"{path}.{key}", f"「{key}」是内核自用的词", "换一个键")


def lint(catalogue) -> list[Finding]:
    """All cross-reference findings of a catalogue."""
    found = list(house_linting.findings(catalogue))
    for folder in catalogue.folders:
        check = Lint(folder, catalogue)
        _folder(check)
        for key, kind in folder.pack.kinds.items():
            _kind(check, f"kinds.{key}", kind)
        figure_linting.figures(check)
        figure_linting.reports(check)
        found += check.found
    return found


def _folder(check: Lint) -> None:
    folder = check.folder.folder
    if folder.name != check.pack.pack:
        check.at("pack", f"包名与文件夹名「{folder.name}」不同", "两者写成一样")
    if not (folder / "story.md").is_file():
        check.at("pack", "缺少 story.md", "每个包都要有一段能演的故事", "warning")
    check.reserved("roles", check.pack.roles, set(RELATIONS))
    check.reserved("kinds", check.pack.kinds, RESERVED_KINDS)
    check.titles("kinds", check.pack.kinds, "记录类型")
    check.titles("figures", check.pack.figures, "指标")


def _kind(check: Lint, path: str, kind: Kind) -> None:
    roles = set(check.catalogue.roles) | set(RELATIONS)
    for role in kind.opened_by:
        check.name(f"{path}.opened by", role, roles, "角色")
    for role in kind.seen_by:
        check.name(f"{path}.seen by", role, roles, "角色")
    if (kind.visible == "roles") != bool(kind.seen_by):
        check.at(f"{path}.visible", "visible: roles 必须、其他不得写 seen by")
    _fields(check, f"{path}.fields", kind)
    _states(check, path, kind)
    _steps(check, f"{path}.steps", kind, roles)
    for name in kind.once:
        if check.name(f"{path}.once", name, _askable(kind), "字段") and _is_private(kind, name):
            check.at(
                f"{path}.once", f"「{name}」是 private，不能用来判断重复", "它会以明文留在库里；换一个字段"
            )
    _effects(check, f"{path}.effects", kind.effects)
    _shown(check, f"{path}.shown", kind)
    _sign_up(check, f"{path}.sign up", kind)
    _reachable(check, path, kind)
    longest = kind.number_pattern(path.rpartition(".")[2]).format(year=2024, seq=99_999_999)
    if len(longest) > _NUMBER_LENGTH:
        check.at(
            f"{path}.number", f"编号会长到 {len(longest)} 字", f"最多 {_NUMBER_LENGTH} 字；写短一些的 number"
        )


def _shown(check: Lint, path: str, kind: Kind) -> None:
    if kind.shown is None:
        return
    for state in kind.shown.in_:
        check.name(f"{path}.in", state, kind.states, "状态")
    for name in kind.shown.fields:
        if check.name(f"{path}.fields", name, _askable(kind), "字段") and _is_private(kind, name):
            check.at(f"{path}.fields", f"「{name}」是 private，不能公开", "去掉它")


def _sign_up(check: Lint, path: str, kind: Kind) -> None:
    told = kind.sign_up
    if told is None:
        return
    if kind.shape != "activity":
        check.at(path, "只有活动（activity）能报名", "去掉 sign up")
    for state in told.in_:
        check.name(f"{path}.in", state, kind.states, "状态")
    if told.as_:
        check.name(f"{path}.as", told.as_, kind.attended_as, "参加身份")
    known = told.places and check.name(f"{path}.places", told.places, kind.fields, "字段")
    if known and kind.fields[told.places or ""].type != "integer":
        check.at(f"{path}.places", f"「{told.places}」不是整数字段", "名额写成 type: integer")


def _askable(kind: Kind) -> set[str]:
    return set(kind.fields) | set(COLUMNS)


def _is_private(kind: Kind, name: str) -> bool:
    return name in kind.fields and kind.fields[name].private


def _fields(check: Lint, path: str, kind: Kind) -> None:
    check.reserved(path, kind.fields, RESERVED_FIELDS)
    check.titles(path, kind.fields, "字段")
    taken: dict[str, str] = {}
    for key, field in kind.fields.items():
        where = f"{path}.{key}"
        if field.type == POINT:
            _point(check, where, kind, field, taken.setdefault(POINT, key) != key)
            continue
        if field.column and not check.name(f"{where}.column", field.column, COLUMNS, "共用列"):
            continue
        column = field.column or (key if key in COLUMNS else None)
        if column:
            _column(check, where, column, field)
            if column in taken:
                check.at(where, f"共用列 {column} 已由字段 {taken[column]} 使用", "换一列或不写 column")
            taken.setdefault(column, key)
        _default(check, f"{where}.default", field)
        if field.kind:
            target = field.kind if "." in field.kind else f"{check.pack.pack}.{field.kind}"
            check.name(f"{where}.kind", target, check.catalogue.kinds, "记录类型")


def _point(check: Lint, where: str, kind: Kind, field: FieldSpec, second: bool) -> None:
    """A kind has one location, open to whoever sees the record; what is personal has none."""
    if second:
        check.at(where, "一类记录只能有一个位置", "去掉一个 type: point 的字段")
    if field.column or field.private or field.default or field.required:
        check.at(
            where, "位置不写 column、private、default、required", "按下才取，可不填；涉及个人的事不设位置"
        )
    if kind.visible == "roles":
        check.at(where, "只给少数角色看的事（visible: roles）不上地图", "去掉这个字段")


def _column(check: Lint, where: str, column: str, field: FieldSpec) -> None:
    if field.type not in COLUMNS[column].types:
        fits = "、".join(COLUMNS[column].types)
        check.at(f"{where}.type", f"共用列 {column} 只放 {fits}，这里是 {field.type}")
    if field.private:
        check.at(where, "共用列的字段不能 private", "换一个字段名，让它加密保存")


def _default(check: Lint, path: str, field: FieldSpec) -> None:
    """A default that cannot be read would refuse every record that leaves the field out."""
    if field.default is None:
        return
    if field.type in _REFERENCES:
        check.at(path, "地点、单位、人员、事项不能写默认值", "去掉 default")
    elif field.type == "choice":
        check.name(path, field.default, field.choices, "选项")
    else:
        try:
            read_value(field.type, field.default, field.choices)
        except BadValue as fault:
            check.at(path, f"默认值不合类型：{fault}")


def _states(check: Lint, path: str, kind: Kind) -> None:
    check.reserved(f"{path}.states", kind.states, RESERVED_STATES)
    check.titles(f"{path}.states", kind.states, "状态")
    if kind.shape in ("matter", "activity") and not any(s.end for s in kind.states.values()):
        check.at(f"{path}.states", "没有结束状态", "至少一个状态写 end: true")
    for key, state in kind.states.items():
        where = f"{path}.states.{key}"
        if isinstance(state.within, ByField):
            _limits(check, f"{where}.within", kind, state.within)
        if state.end and state.within:
            check.at(f"{where}.within", "结束状态不能有时限")
        if state.late and not state.within:
            check.at(f"{where}.late", "写了 late 却没有时限", "补上 within，例 5wd")
        _effects(check, f"{where}.late", state.late, late=True)


def _limits(check: Lint, path: str, kind: Kind, within: ByField) -> None:
    field = kind.fields.get(within.by)
    if field is None or field.type != "choice":
        choices = [name for name, spec in kind.fields.items() if spec.type == "choice"]
        check.at(path, f"「{within.by}」不是单选字段", suggest(within.by, choices))
        return
    for choice in sorted(set(field.choices) - set(within.limits)):
        check.at(path, f"选项 {choice} 没有时限", "补上，例 5wd")
    for choice in within.limits:
        check.name(f"{path}.{choice}", choice, field.choices, "选项")


def _steps(check: Lint, path: str, kind: Kind, roles) -> None:
    check.reserved(path, kind.steps, RESERVED_STEPS)
    named = Counter((step.title, state) for step in kind.steps.values() for state in step.from_)
    for key, step in kind.steps.items():
        _step(check, f"{path}.{key}", kind, step, roles)
        if any(named[step.title, state] > 1 for state in step.from_):
            check.at(f"{path}.{key}.title", f"同一状态下有两个步骤都叫「{step.title}」", "换一个名称")


def _step(check: Lint, path: str, kind: Kind, step, roles) -> None:
    for role in step.by:
        check.name(f"{path}.by", role, roles, "角色")
    for state in step.from_:
        check.name(f"{path}.from", state, kind.states, "状态")
    if step.to:
        check.name(f"{path}.to", step.to, kind.states, "状态")
    for name in step.ask:
        check.name(f"{path}.ask", name.rstrip("?"), _askable(kind), "字段")
    for other in step.not_by:
        check.name(f"{path}.not by", other, {*kind.steps, "open"}, "步骤")
    if isinstance(step.not_before, ByField):
        _limits(check, f"{path}.not before", kind, step.not_before)
    if step.when:
        figure_linting.condition(check, f"{path}.when", step.when, figure_linting.names_for(kind), kind)
    _effects(check, f"{path}.effects", step.effects)


def _effects(check: Lint, path: str, effects, late: bool = False) -> None:
    for text in effects:
        try:
            effect = parse_effect(text)
        except ValueError as fault:
            check.at(path, str(fault))
            continue
        if effect.verb == "tell":
            known = set(check.catalogue.roles) | {"opener", "subject"}
            check.name(path, effect.whom, known, "角色")
        elif effect.verb == "open":
            _opens(check, path, effect.whom)
        elif late and effect.verb == "charge":
            check.at(path, "过了时限不扣分", "积分只能换取，不作处罚；改用 tell")


def _opens(check: Lint, path: str, whom: str) -> None:
    """An effect gives title, place and unit: a kind that requires more could never be opened by it."""
    target = whom if "." in whom else f"{check.pack.pack}.{whom}"
    if not check.name(path, target, check.catalogue.kinds, "记录类型"):
        return
    fields = check.catalogue.kinds[target].spec.fields
    given = {"title", "place", "unit"}
    lacking = [f.title for k, f in fields.items() if f.required and f.default is None and k not in given]
    if lacking:
        message = f"自动开立「{target}」时没有{'、'.join(lacking)}，必定被拒"
        check.at(path, message, "去掉那几项的 required，或写 default")


def _reachable(check: Lint, path: str, kind: Kind) -> None:
    reached: set[str] = {kind.first_state}
    before: set[str] = set()
    while reached != before:
        before = set(reached)
        for step in kind.steps.values():
            if step.to and reached & set(step.from_):
                reached.add(step.to)
    for state in kind.states:
        if state not in reached:
            check.at(f"{path}.states.{state}", f"状态「{state}」到不了", "补一个通向它的步骤")
        leaves = any(state in step.from_ and step.to not in (None, state) for step in kind.steps.values())
        if not kind.states[state].end and not leaves:
            check.at(f"{path}.states.{state}", f"状态「{state}」出不去", "补一个步骤，或写 end: true")
