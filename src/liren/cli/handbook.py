"""The generated pages of the handbook: command line, refusals, vocabulary, JSON Schema, a chapter a pack.

The same pages come out on every machine: nothing here follows the terminal, the clock, the Python
version, or what a county has changed for itself (``docs`` sees to the last).
"""

import argparse
import json
from collections.abc import Iterable, Iterator

from liren.inforce import catalogue, shipped_packs
from liren.packs.fields import COLUMNS, TYPES
from liren.packs.figure_language import VERBS
from liren.packs.language import SHAPES
from liren.packs.schema import schema_text
from liren.packs.sources import HOUSE, PARTS
from liren.refusals import WORDINGS
from liren.stories.playing import REASONS

from .markdown import MADE, table
from .pack_chapters import chapter, chapter_list


def pages() -> dict[str, str]:
    """Path below ``docs/`` → text of every generated page."""
    made = {
        "pack.schema.json": schema_text(),
        "openapi.json": _openapi(),
        "handbook/cli.md": _cli(),
        "handbook/refusals.md": _refusals(),
        "handbook/figures.md": _figures(),
    }
    root = shipped_packs().resolve()
    shipped = [f for f in catalogue().folders if f.folder.resolve().is_relative_to(root)]
    made["handbook/packs/README.md"] = chapter_list(shipped)
    made |= {f"handbook/packs/{folder.pack.pack}.md": chapter(folder) for folder in shipped}
    return made


# -- command line ---------------------------------------------------------------------------------------

#: What options mean wherever they occur, for commands that leave it unsaid.
_OPTIONS = {
    "--json": "结果以 JSON 输出",
    "--out": "写到哪个文件夹",
    "--port": "端口",
    "--place": "区划代码或地点名称",
    "--unit": "单位代码或名称",
    "--period": "时段，写法见本页末",
}
_POSITIONALS = {"DIR": "包的文件夹", "verify": "逐笔重算，与链上的摘要、锚点和各条记录核对"}
_PERIODS = (
    ("2020", "全年"), ("2020H1", "上半年"), ("2020Q1", "第 1 季度"), ("2020-03", "3 月"),
    ("2020W12", "第 12 周（ISO 8601）"), ("2020-01-05", "一天"), ("2020-01-01..2020-06-15", "首尾都算"),
    ("since:2021-01-01", "从那天起到今天"), ("asof:2023-06-30", "截至那天，存量用"), ("ytd:2023-06-30", "年初至那天"),
)  # fmt: skip


def _openapi() -> str:
    """The document of the API; it names no kind of record, so it is the same everywhere."""
    from liren.api.document import document

    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _cli() -> str:
    from liren.cli.main import parser

    lines = [
        MADE,
        "# 命令行\n",
        (
            "*Every command and option of `liren`. Exit status 0 only when all went well, 1 when something was "
            "refused or found wrong, 2 when the words themselves are off.*\n"
        ),
        "全部办妥才以 0 退出；被拒绝或查出问题是 1；命令写得不对是 2。出错时说清是什么、在哪里、怎么改。\n",
    ]
    words = parser()
    words.formatter_class = argparse.RawTextHelpFormatter
    commands = _subcommands(words)
    lines.append("、".join(f"[{name}](#liren-{name})" for name in commands) + "\n")
    for name, command in commands.items():
        lines += _command(f"liren {name}", command)
    lines += ["## 时段的写法\n", table(("写法", "含义"), ((f"`{form}`", says) for form, says in _PERIODS))]
    return "\n".join(lines)


def _subcommands(words: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [a for a in words._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def _command(name: str, command: argparse.ArgumentParser, about: str = "") -> list[str]:
    """Heading, synopsis and a table of what may be said; commands below a command follow."""
    actions = [
        a for a in command._actions if not isinstance(a, argparse._HelpAction | argparse._SubParsersAction)
    ]
    below = _subcommands(command)
    synopsis = " ".join([name, *(["…"] if below else []), *map(_usage, actions)])
    depth = "##" if name.count(" ") == 1 else "###"
    lines = [f"{depth} {name}\n", f"{about or command.description or ''}\n", f"```\n{synopsis}\n```\n"]
    if rows := [(f"`{_name(a)}`", _says(a)) for a in actions]:
        lines.append(table(("写法", "含义"), rows))
    subhelp = next((a for a in command._actions if isinstance(a, argparse._SubParsersAction)), None)
    abouts = {a.dest: a.help or "" for a in subhelp._choices_actions} if subhelp else {}
    for word, one in below.items():
        lines += _command(f"{name} {word}", one, abouts.get(word, ""))
    return lines


def _name(action: argparse.Action) -> str:
    """``--place CODE``, ``FILE``, ``make|check``."""
    value = _value(action)
    if not action.option_strings:
        return value
    return " ".join([action.option_strings[-1], value]) if value else action.option_strings[-1]


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _usage(action: argparse.Action) -> str:
    name = _name(action)
    if action.option_strings:
        return name if action.required else f"[{name}]"
    return {"?": f"[{name}]", "*": f"[{name}…]", "+": f"{name}…"}.get(str(action.nargs), name)


def _says(action: argparse.Action) -> str:
    option = action.option_strings[-1] if action.option_strings else ""
    said = action.help or _OPTIONS.get(option) or _POSITIONALS.get(_value(action)) or ""
    said = said or ("写其中一个" if action.choices else "")
    is_given = action.default in (None, False, "", argparse.SUPPRESS) or action.nargs == 0 or "默认" in said
    return said if is_given else f"{said}{'；' if said else ''}默认 `{action.default}`"


# -- refusals -------------------------------------------------------------------------------------------


def _refusals() -> str:
    in_stories = {code: word for word, code in REASONS.items()}
    rows = [
        (f"`{code}`", str(w.status), w.zh, w.en, in_stories.get(code, "")) for code, w in WORDINGS.items()
    ]
    english = (
        "*The one catalogue of refusals. Pages, commands and imports print these sentences and never invent "
        "their own; braces are filled from the facts of the case. The last column is the word a story uses "
        "after 因为.*\n"
    )
    chinese = (
        "凡被拒绝，都说清是什么、在哪里、怎么办，而且什么也没有写入。花括号里的词按当时的事实填上；"
        "最后一栏是故事里（因为 …）的写法。\n"
    )
    listed = table(("代号", "状态码", "中文", "English", "故事里"), rows)
    return "\n".join([MADE, "# 拒绝\n", english, chinese, listed])


# -- vocabulary -----------------------------------------------------------------------------------------

#: Every verb: what the number is, in Chinese and English, and how it is written.
_VERB_SAYS = {
    "count": ("有几条", "how many rows", "count: event"),
    "sum": ("一栏加起来", "a column added up", "sum: quantity, of: talk"),
    "average": ("一栏的平均", "the mean of a column", "average: quantity, of: reads"),
    "maximum": ("一栏最大的", "the largest", "maximum: quantity, of: reads"),
    "minimum": ("一栏最小的", "the smallest", "minimum: quantity, of: reads"),
    "distinct": ("有几个不同的", "how many different ones", "distinct: unit, of: visit"),
    "between": ("两个时刻之间多久", "the time between two moments", "between: [accept, finish], of: event"),
    "ratio": ("两个指标相除，两头都能点开", "one figure over another; both open", "ratio: closed_on_time / closed"),
    "covered": ("该做的里面做了多少", "how many of the expected did it, slot by slot", "covered: session, each: month"),
    "listed": ("点名列出的地点或单位", "places or units, by rank or threshold", "listed: closed, by: place, top: 3"),
    "reading": ("由外部给出，带来源", "given from outside, with its source", "reading: sum"),
}  # fmt: skip


def _figures() -> str:
    verbs = [(f"`{v}`", VERBS[v], zh, en, f"`{form}`") for v, (zh, en, form) in _verbs()]
    columns = [(f"`{name}`", c.title, "、".join(f"`{t}`" for t in c.types)) for name, c in COLUMNS.items()]
    parts = [(f"`KIND.{name}`", _names(names)) for name, names in PARTS.items()]
    house = [(f"`{name}`", _names(names)) for name, names in HOUSE.items()]
    english = (
        "*The vocabulary of the pack language: figure verbs, sources, field types, shared columns, shapes. "
        "How to write them: [pack-authors.md](pack-authors.md).*\n"
    )
    return "\n".join([
        MADE,
        "# 指标、字段与形状\n",
        english,
        "写法与例子见 [pack-authors.md](pack-authors.md)；每个包里的指标见[各包的章节](packs/README.md)。\n",
        "## 指标的动词\n",
        table(("动词", "名称", "数的是", "what it is", "写法"), verbs),
        "## 指标可以数什么\n",
        "一类记录（`event`、`grid_case.event`），记录的各部分，或者全县共用的名册。条件里能用的名称：\n",
        table(("来源", "名称"), [*parts, *house]),
        "记录的各部分另可写 `record.state`、`record.category` 这样的名称，问的是它所属的记录。\n",
        "## 字段类型\n",
        table(("类型", "名称"), ((f"`{name}`", title) for name, title in TYPES.items())),
        "## 共用列\n",
        table(("列", "名称", "可放"), columns),
        "## 记录的形状\n",
        table(("形状", "名称"), ((f"`{name}`", title) for name, title in SHAPES.items())),
    ])  # fmt: skip


def _verbs() -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Every verb of the language with its words; a verb without words is a KeyError here, not a gap there."""
    return ((verb, _VERB_SAYS[verb]) for verb in VERBS)


def _names(names: Iterable[str]) -> str:
    return "、".join(f"`{name}`" for name in names)
