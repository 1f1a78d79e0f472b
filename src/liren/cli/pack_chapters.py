"""A chapter of the handbook for each pack: how its records move, what is counted, and its story to read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from liren.figures.counting import parsed
from liren.figures.sources import table as source_table
from liren.figures.wording import condition_text, definition_text
from liren.inforce import catalogue
from liren.packs.effects import parse_effect
from liren.packs.fields import COLUMNS, TYPES
from liren.packs.figure_language import VERBS
from liren.packs.folders import PackFolder
from liren.packs.language import SHAPES, ByField, Kind, Pack, State, Step
from liren.packs.linting import RELATIONS
from liren.places.limits import Limit
from liren.stories.reading import Line, read_story

from .markdown import MADE, cell, table

_VISIBLE = {"public": "任何人可看", "staff": "本地方、本单位的工作人员可看"}
_EVERY = {
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half": "每半年",
    "year": "每年",
    "once": "一次",
}
_SHELVES = {
    "disclosure": "公开", "articles": "文章", "notices": "公示", "activities": "活动", "venues": "场所",
    "praised": "红榜", "mending": "整改", "echoes": "回音壁",
}  # fmt: skip
_PERSONS = {"opener": "登记人", "subject": "当事人", "attendees": "到场的人"}
_CURRENCIES = {"points": "积分", "minutes": "分钟"}


def chapter_list(folders: Sequence[PackFolder]) -> str:
    """The page that leads to every chapter, and says what was built otherwise than the source asked."""
    packs = [folder.pack for folder in folders]
    rows = [
        (
            f"[{p.title}]({p.pack}.md)",
            _some(len(p.kinds)),
            _some(len(p.figures)),
            "改造" if p.reshaped else "",
        )
        for p in packs
    ]
    reshaped = [f"- **[{p.title}]({p.pack}.md)**：{p.reshaped}" for p in packs if p.reshaped]
    english = (
        f"*The {len(packs)} packs that ship with Liren: kinds of records, figures, and whether something was "
        "reshaped. Each chapter ends with the story that tests the pack.*\n"
    )
    kinds, figures = sum(len(p.kinds) for p in packs), sum(len(p.figures) for p in packs)
    chinese = (
        f"共 {len(packs)} 个包，{kinds} 类记录，{figures} 个指标。"
        "每一章末尾是这个包的故事：它既是例子，也是检验。\n"
    )
    return "\n".join([
        MADE,
        "# 随附的业务包\n",
        english,
        chinese,
        table(("包", "记录类型", "指标", ""), rows),
        "## 改造了的业务\n",
        "下面这些业务没有照原样建。这里写的是代替它的做法和理由。\n",
        *reshaped, "",
    ])  # fmt: skip


def _some(count: int) -> str:
    return str(count) if count else ""


def chapter(folder: PackFolder) -> str:
    """The chapter of one pack."""
    pack = folder.pack
    lines = [MADE, f"# {pack.title}\n"]
    if pack.about:
        lines.append(f"{pack.about}。\n".replace("。。", "。"))
    if pack.reshaped:
        lines.append(f"> **改造**　{pack.reshaped}\n")
    lines += _facts(pack)
    for key, kind in pack.kinds.items():
        lines += _kind(pack, key, kind)
    if pack.figures:
        lines += ["## 指标\n", table(("指标", "单位", "口径", "小数"), _figures(pack))]
    if pack.reports:
        lines += ["## 报告\n", table(("报告", "多久一次", "给谁", "正文", "引用的数"), _reports(pack))]
    story = folder.folder / "story.md"
    if story.is_file():
        lines += [
            "## 故事\n",
            f"`liren play packs/{pack.pack}/story.md` 会把下面的每一行演一遍。\n",
            *_story(story),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _facts(pack: Pack) -> list[str]:
    serves = "、".join(f"`{one}`" for one in pack.serves)
    roles = "、".join(f"{title} `{key}`" for key, title in pack.roles.items())
    norms = "；".join(pack.norms)
    facts = (("文件夹", f"`packs/{pack.pack}`"), ("承载的系统", serves), ("角色", roles), ("依据", norms))
    return [*(f"- {name}：{said}" for name, said in facts if said), ""]


# -- a kind of records ----------------------------------------------------------------------------------


def _kind(pack: Pack, key: str, kind: Kind) -> list[str]:
    lines = [f"## {kind.title} `{key}`\n", _about(key, kind) + "\n"]
    states = [_state(kind, i, state) for i, state in enumerate(kind.states.values())]
    lines.append(table(("状态", "时限", "过了时限"), states))
    steps = [_step(pack, key, kind, step) for step in kind.steps.values()]
    lines.append(table(("步骤", "谁", "从 → 到", "要填", "另外"), steps))
    fields = [_field(kind, name) for name in kind.fields]
    if fields:
        lines.append(table(("字段", "类型", "说明"), fields))
    return lines


def _about(key: str, kind: Kind) -> str:
    said = [
        f"{SHAPES[kind.shape]}，编号 `{kind.number_pattern(key)}`",
        f"由{_roles(kind.opened_by)}{kind.open_title or '登记'}",
        _VISIBLE.get(kind.visible) or f"只有{_roles(kind.seen_by)}可看",
    ]
    if kind.once:
        said.append(f"{_titles(kind, kind.once)}相同的只登记一次")
    if kind.shown:
        shelf, fields = _SHELVES.get(kind.shown.as_, kind.shown.as_), _titles(kind, kind.shown.fields)
        said.append(f"{_states(kind, kind.shown.in_)}时公开在门户的{shelf}栏，只说{fields}")
    if kind.attended_as:
        said.append(f"参加者：{'、'.join(kind.attended_as.values())}")
    if kind.sign_up:
        room = f"，名额按{_field_title(kind, kind.sign_up.places)}" if kind.sign_up.places else ""
        said.append(f"{_states(kind, kind.sign_up.in_)}时居民可以报名{room}")
    if kind.keep:
        said.append(f"私密内容保存{_kept(kind.keep)}")
    if kind.effects:
        said.append(f"登记时{_effects(kind.effects)}")
    return "；".join(said) + "。"


def _states(kind: Kind, states: Iterable[str]) -> str:
    return "、".join(kind.states[state].title for state in states)


def _titles(kind: Kind, names: Iterable[str]) -> str:
    return "、".join(_field_title(kind, name) for name in names)


def _kept(text: str) -> str:
    units = (("mo", "个月"), ("y", "年"), ("d", "天"))
    return next(text.removesuffix(unit) + word for unit, word in units if text.endswith(unit))


def _state(kind: Kind, index: int, state: State) -> tuple[str, str, str]:
    marks = [word for word, so in (("起点", index == 0), ("结束", state.end), ("等待", state.waits)) if so]
    title = f"{state.title}（{'、'.join(marks)}）" if marks else state.title
    return title, _limit(kind, state.within), _effects(state.late)


def _limit(kind: Kind, within) -> str:
    if within is None:
        return ""
    if isinstance(within, ByField):
        choices = kind.fields[within.by].choices
        limits = (f"{choices[key]} {Limit.parse(limit).label_zh}" for key, limit in within.limits.items())
        return f"按{_field_title(kind, within.by)}：{'，'.join(limits)}"
    return Limit.parse(within).label_zh


def _step(pack: Pack, key: str, kind: Kind, step: Step) -> tuple[str, ...]:
    from_ = "、".join(kind.states[s].title for s in step.from_)
    moves = f"{from_} → {kind.states[step.to].title}" if step.to else f"{from_}，状态不变"
    asked = "、".join(_field_title(kind, n) + ("（可空）" if n.endswith("?") else "") for n in step.ask)
    return step.title, _roles(step.by), moves, asked, "；".join(_conditions(pack, key, kind, step))


def _conditions(pack: Pack, key: str, kind: Kind, step: Step) -> Iterator[str]:
    if step.not_by:
        yield f"办过{'、'.join(_deed_title(kind, other) for other in step.not_by)}的人不能办"
    if step.not_before:
        yield f"进入该状态满 {_limit(kind, step.not_before)}之后"
    if step.when:
        yield f"要 {condition_text(parsed(step.when), source_table(key, pack.pack))}"
    if step.effects:
        yield _effects(step.effects)


def _deed_title(kind: Kind, name: str) -> str:
    return kind.steps[name].title if name in kind.steps else (kind.open_title or "登记")


def _field_title(kind: Kind, name: str) -> str:
    name = name.rstrip("?")
    return kind.fields[name].title if name in kind.fields else COLUMNS[name].title


def _field(kind: Kind, name: str) -> tuple[str, str, str]:
    spec = kind.fields[name]
    said = [
        word for word, so in (("必填", spec.required), ("私密：加密保存，列表里遮盖", spec.private)) if so
    ]
    if spec.choices:
        said.append(" / ".join(spec.choices.values()))
    if spec.default is not None:
        said.append(f"默认 {spec.choices.get(spec.default, spec.default)}")
    said += [one for one in (spec.unit and f"单位 {spec.unit}", spec.hint) if one]
    return f"{spec.title} `{name}`", TYPES[spec.type], "；".join(said)


def _roles(roles: Iterable[str]) -> str:
    known = catalogue().roles
    return "、".join(known.get(role) or RELATIONS.get(role, role) for role in roles)


def _effects(effects: Iterable[str]) -> str:
    return "；".join(_effect(text) for text in effects)


def _effect(text: str) -> str:
    effect = parse_effect(text)
    if effect.verb == "tell":
        return f"告知{_PERSONS.get(effect.whom) or catalogue().roles.get(effect.whom, effect.whom)}"
    if effect.verb == "open":
        found = [e.spec.title for e in catalogue().kinds.values() if effect.whom in (e.id, e.key)]
        return f"自动开立「{found[0] if found else effect.whom}」"
    whom, currency = _PERSONS[effect.whom], _CURRENCIES.get(effect.currency, effect.currency)
    amount = "确认的时长" if effect.amount == "minutes" else f" {effect.amount} {currency}"
    return f"给{whom}记{amount}" if effect.verb == "pay" else f"从{whom}兑换{amount}"


# -- figures and reports --------------------------------------------------------------------------------


def _figures(pack: Pack) -> Iterator[tuple[str, ...]]:
    for key, figure in pack.figures.items():
        entry = catalogue().figures[f"{pack.pack}.{key}"]
        said = [definition_text(entry)]
        if figure.target_of:
            target = catalogue().figures[catalogue().figure_id(figure.target_of, pack.pack)]
            said.append(f"是「{target.spec.title}」的计划数")
        said += [f"{v.from_} 起改口径：{v.note}" for v in figure.versions]
        if figure.reading:
            said.insert(0, VERBS["reading"])
        yield f"{figure.title} `{key}`", figure.unit, "；".join(said), _some(figure.decimals)


def _reports(pack: Pack) -> Iterator[tuple[str, ...]]:
    for key, report in pack.reports.items():
        cited = len(report.figures) or len(pack.figures)
        text = f"[{report.text}](../../../packs/{pack.pack}/{report.text})"
        yield f"{report.title} `{key}`", _EVERY[report.every], _roles(report.for_), text, f"{cited} 个"


# -- the story ------------------------------------------------------------------------------------------


def _story(path: Path) -> list[str]:
    """The story as prose: who is in it, day by day what they did, and what the figures then said."""
    told = _parts(path.read_text(encoding="utf-8"), path.name)
    lines: list[str] = []
    for sort, parts in groupby(told, key=lambda part: part[0]):
        here = [part for _, part in parts]
        lines += [*_SORTS[sort](here), ""] if sort in _SORTS else [f"**{sort}**", "", *here, ""]
    return lines


def _parts(text: str, file: str) -> Iterator[tuple[str, Any]]:
    """Each line with the sort it is of: heading, quote, cast, figures, or the day on which it happened."""
    day = ""
    for raw in text.splitlines():
        said = raw.strip()
        if said.startswith("#"):
            yield "heading", f"##{said}"
        elif said.startswith(">"):
            yield "quote", said
        elif line := next(read_story(said, file), None):
            if line.verb in ("do", "tick"):
                day = f"{line.at.year}年{line.at.month}月{line.at.day}日"
            sort = {"declare": "cast", "header": "figures", "figure": "figures"}.get(line.verb, day)
            yield sort, line if sort in _SORTS else f"- {_happened(line)}"


def _cast(lines: Sequence[Line]) -> list[str]:
    """Everybody with all they are: a person may hold two posts."""
    known: dict[str, list[str]] = {}
    for line in lines:
        home = f"，户 {line.label}" if line.label else ""
        where = f"（{line.rest}{home}）" if line.rest or home else ""
        known.setdefault(line.who, []).append(f"{line.word}{where}")
    return ["**出场**", "", *(f"- {name}：{'；'.join(posts)}" for name, posts in known.items())]


def _counted(lines: Sequence[Line]) -> list[str]:
    said: list[str] = []
    for line in lines:
        if line.verb == "header":
            said += [*([""] if said else []), f"**{_plain(line.rest)}，{line.word}**", ""]
        else:
            said.append(f"- {_plain(line.word)}：**{_plain(line.rest)}**")
    return said


_SORTS: dict[str, Callable[[list], list[str]]] = {
    "heading": list,
    "quote": list,
    "cast": _cast,
    "figures": _counted,
}


def _happened(line: Line) -> str:
    """One thing that happened, or that is so by then."""
    if line.verb == "state":
        return f"这时「{_plain(line.label)}」是**{line.word}**"
    if line.verb == "late":
        return f"这时「{_plain(line.label)}」逾期 **{line.word}** 次"
    if line.verb == "tick":
        return f"{line.at:%H:%M}　*到期检查*"
    verb, _, what = line.word.partition(" ")
    label = f"「{_plain(line.label)}」" if line.label else ""
    said = f"：{_plain(line.rest)}" if line.rest else ""
    deed = f"**{'不能' if line.refused else ''}{verb}**{f' {_plain(what)}' if what else ''}{label}{said}"
    again = "再提交一次：" if line.again else ""
    refused = f"（*{line.refused}*）" if line.refused else ""
    return f"{line.at:%H:%M}　{again}{line.who} {deed}{refused}"


def _plain(text: str) -> str:
    """Text in which Markdown finds nothing to do."""
    return cell(text).replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
