"""What only two packs together can get wrong: one name for two things, numbers that collide, rings."""

from collections.abc import Callable, Iterable, Iterator

from .effects import parse_effect
from .figure_language import operands
from .findings import Finding


def findings(catalogue) -> Iterator[Finding]:
    """Findings of the house as a whole."""
    yield from _pack_names(catalogue)
    yield from _role_titles(catalogue)
    yield from _numbers(catalogue)
    yield from _openings(catalogue)
    yield from _ratios(catalogue)


def _pack_names(catalogue) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for folder in catalogue.folders:
        name = folder.pack.pack
        if name in seen:
            yield folder.written.finding("pack", f"包名「{name}」已在 {seen[name]} 用过", "换一个名字")
        seen.setdefault(name, folder.file)


def _role_titles(catalogue) -> Iterator[Finding]:
    titles: dict[str, tuple[str, str]] = {}
    for folder in catalogue.folders:
        for role, title in folder.pack.roles.items():
            first, file = titles.setdefault(role, (title, folder.file))
            if first != title:
                message = f"角色 {role} 在 {file} 叫「{first}」，这里叫「{title}」"
                yield folder.written.finding(f"roles.{role}", message, "同一个键用同一个名称")


def _numbers(catalogue) -> Iterator[Finding]:
    """Two kinds with one prefix would sooner or later give two records one number."""
    seen: dict[str, str] = {}
    for folder in catalogue.folders:
        for key, kind in folder.pack.kinds.items():
            prefix = kind.number_pattern(key).partition("{")[0]
            first = seen.setdefault(prefix, f"{folder.pack.pack}.{key}")
            if first != f"{folder.pack.pack}.{key}":
                message = f"编号的字头「{prefix}」已由 {first} 使用"
                yield folder.written.finding(f"kinds.{key}.number", message, "换一个字头")


def _openings(catalogue) -> Iterator[Finding]:
    """A kind whose opening opens another whose opening opens the first would never come to an end."""

    def opened(kind: str) -> list[str]:
        entry = catalogue.kinds.get(kind)
        return [*_opened(entry)] if entry else []

    for folder in catalogue.folders:
        for key in folder.pack.kinds:
            if _returns(f"{folder.pack.pack}.{key}", opened):
                message = "登记时自动开立的记录绕回自己"
                yield folder.written.finding(f"kinds.{key}.effects", message, "去掉其中一个 open")


def _opened(entry) -> Iterator[str]:
    for text in entry.spec.effects:
        try:
            effect = parse_effect(text)
        except ValueError:
            continue
        if effect.verb == "open":
            yield effect.whom if "." in effect.whom else f"{entry.pack.pack}.{effect.whom}"


def _ratios(catalogue) -> Iterator[Finding]:
    """A ratio that leads back to itself, through a numerator, a denominator or a later version."""

    def parts(figure: str) -> list[str]:
        entry = catalogue.figures.get(figure)
        if entry is None:
            return []
        ratios = [v.ratio for v in (entry.spec, *entry.spec.versions) if v.ratio]
        return [catalogue.figure_id(name, entry.pack.pack) for ratio in ratios for name in operands(ratio)]

    for folder in catalogue.folders:
        for key in folder.pack.figures:
            if _returns(f"{folder.pack.pack}.{key}", parts):
                yield folder.written.finding(f"figures.{key}.ratio", "比率绕回自己", "分子分母改用计数类指标")


def _returns(start: str, following: Callable[[str], Iterable[str]]) -> bool:
    """Whether one can come back to ``start``."""
    seen: set[str] = set()
    waiting = [*following(start)]
    while waiting:
        here = waiting.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            waiting += following(here)
    return False
