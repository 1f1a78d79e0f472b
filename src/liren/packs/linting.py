"""Lints all packs as a whole: every name must lead somewhere, all findings at once."""

from collections.abc import Iterator

from . import figure_linting
from .effects import parse_effect
from .fields import COLUMNS
from .findings import Finding, suggest
from .language import ByField, Kind

#: Words that stand for persons by their relation to a record, usable where a role is.
RELATIONS = {
    "resident": "居民（任何人）",
    "opener": "登记人",
    "subject": "当事人",
    "system": "系统",
}


class Lint:
    """Findings of one pack folder; ``at`` writes a finding at a dotted path."""

    def __init__(self, folder, catalogue):
        self.folder, self.catalogue = folder, catalogue
        self.pack = folder.pack
        self.found: list[Finding] = []

    def at(self, path: str, message: str, mend: str = "", level: str = "error") -> None:
        line = self.folder.line(path)
        self.found.append(Finding(self.folder.file, line, path, message, mend, level))

    def name(self, path: str, word: str, known, what: str) -> bool:
        """Complain unless ``word`` is among ``known``."""
        if word in known:
            return True
        self.at(path, f"没有{what}「{word}」", suggest(word, known))
        return False


def lint(catalogue) -> list[Finding]:
    """All cross-reference findings of a catalogue."""
    found = list(_doubles(catalogue))
    for folder in catalogue.folders:
        check = Lint(folder, catalogue)
        _folder(check)
        for key, kind in folder.pack.kinds.items():
            _kind(check, f"kinds.{key}", kind)
        figure_linting.figures(check)
        figure_linting.reports(check)
        found += check.found
    return found


def _doubles(catalogue) -> Iterator[Finding]:
    """Two packs of one name, or one role under two titles."""
    seen: dict[str, str] = {}
    titles: dict[str, tuple[str, str]] = {}
    for folder in catalogue.folders:
        name = folder.pack.pack
        if name in seen:
            yield Finding(folder.file, 1, "pack", f"包名「{name}」已在 {seen[name]} 用过", "换一个名字")
        seen.setdefault(name, folder.file)
        for role, title in folder.pack.roles.items():
            first, file = titles.setdefault(role, (title, folder.file))
            if first != title:
                line = folder.line(f"roles.{role}")
                message = f"角色 {role} 在 {file} 叫「{first}」，这里叫「{title}」"
                yield Finding(folder.file, line, f"roles.{role}", message, "同一个键用同一个名称")


def _folder(check: Lint) -> None:
    if check.folder.folder.name != check.pack.pack:
        check.at("pack", f"包名与文件夹名「{check.folder.folder.name}」不同", "两者写成一样")
    if not (check.folder.folder / "story.md").is_file():
        check.at("pack", "缺少 story.md", "每个包都要有一段能演的故事", "warning")
    for key in check.pack.roles:
        if key in RELATIONS:
            check.at(f"roles.{key}", f"「{key}」是保留的词（{RELATIONS[key]}）", "换一个键")


def _kind(check: Lint, path: str, kind: Kind) -> None:
    roles = set(check.catalogue.roles) | set(RELATIONS)
    for role in (*kind.opened_by, *kind.seen_by):
        check.name(f"{path}.opened by", role, roles, "角色")
    if (kind.visible == "roles") != bool(kind.seen_by):
        check.at(f"{path}.visible", "visible: roles 必须、其他不得写 seen by")
    _fields(check, f"{path}.fields", kind)
    _states(check, path, kind)
    for key, step in kind.steps.items():
        _step(check, f"{path}.steps.{key}", kind, step, roles)
    for name in kind.once:
        check.name(f"{path}.once", name, _askable(kind), "字段")
    _effects(check, f"{path}.effects", kind.effects)
    _reachable(check, path, kind)


def _askable(kind: Kind) -> set[str]:
    return set(kind.fields) | set(COLUMNS)


def _fields(check: Lint, path: str, kind: Kind) -> None:
    taken: dict[str, str] = {}
    for key, field in kind.fields.items():
        column = field.column or (key if key in COLUMNS else None)
        where = f"{path}.{key}"
        if field.column and not check.name(f"{where}.column", field.column, COLUMNS, "共用列"):
            continue
        if column:
            if field.type not in COLUMNS[column].types:
                fits = "、".join(COLUMNS[column].types)
                check.at(f"{where}.type", f"共用列 {column} 只放 {fits}，这里是 {field.type}")
            if column in taken:
                check.at(where, f"共用列 {column} 已由字段 {taken[column]} 使用", "换一列或不写 column")
            taken[column] = key
            if field.private:
                check.at(where, "共用列的字段不能 private", "换一个字段名，让它加密保存")
        if field.type == "choice" and field.default and field.default not in field.choices:
            check.name(f"{where}.default", field.default, field.choices, "选项")
        if field.kind:
            target = field.kind if "." in field.kind else f"{check.pack.pack}.{field.kind}"
            check.name(f"{where}.kind", target, check.catalogue.kinds, "记录类型")


def _states(check: Lint, path: str, kind: Kind) -> None:
    if kind.shape in ("matter", "activity") and not any(s.end for s in kind.states.values()):
        check.at(f"{path}.states", "没有结束状态", "至少一个状态写 end: true")
    for key, state in kind.states.items():
        where = f"{path}.states.{key}"
        if isinstance(state.within, ByField):
            field = kind.fields.get(state.within.by)
            if field is None or field.type != "choice":
                check.at(f"{where}.within", f"「{state.within.by}」不是单选字段")
            else:
                for choice in set(field.choices) - set(state.within.limits):
                    check.at(f"{where}.within", f"选项 {choice} 没有时限", "补上，例 5wd")
                for choice in state.within.limits:
                    check.name(f"{where}.within.{choice}", choice, field.choices, "选项")
        if state.end and state.within:
            check.at(f"{where}.within", "结束状态不能有时限")
        _effects(check, f"{where}.late", state.late)


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
    if step.when:
        figure_linting.condition(check, f"{path}.when", step.when, figure_linting.names_for(kind), kind)
    _effects(check, f"{path}.effects", step.effects)


def _effects(check: Lint, path: str, effects) -> None:
    for text in effects:
        try:
            effect = parse_effect(text)
        except ValueError as fault:
            check.at(path, str(fault))
            continue
        if effect.verb == "tell":
            known = set(check.catalogue.roles) | {"opener", "subject"}
            check.name(path, effect.whom, known, "角色")
        if effect.verb == "open":
            target = effect.whom if "." in effect.whom else f"{check.pack.pack}.{effect.whom}"
            check.name(path, target, check.catalogue.kinds, "记录类型")


def _reachable(check: Lint, path: str, kind: Kind) -> None:
    reached, before = {kind.first_state}, set()
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
