"""The generated pages of the handbook: packs, command line, refusals, figure verbs, JSON Schema."""

import argparse
from pathlib import Path

from liren.figures.wording import definition_text
from liren.inforce import catalogue, shipped_packs
from liren.packs.fields import COLUMNS, TYPES
from liren.packs.figure_language import VERBS
from liren.packs.language import SHAPES, ByField
from liren.packs.schema import schema_text
from liren.refusals import WORDINGS

_MADE = "<!-- 由 liren docs make 生成，请勿手改 -->\n"


def pages() -> dict[str, str]:
    """Path below ``docs/`` → text of every generated page."""
    made = {
        "pack.schema.json": schema_text(),
        "handbook/cli.md": _cli(),
        "handbook/refusals.md": _refusals(),
        "handbook/figures.md": _figures(),
        "handbook/packs/README.md": _pack_list(),
    }
    root = shipped_packs().resolve()
    for folder in catalogue().folders:
        if folder.folder.resolve().is_relative_to(root):
            made[f"handbook/packs/{folder.pack.pack}.md"] = _pack(folder)
    return made


def _cli() -> str:
    from liren.cli.main import COMMANDS, parser

    lines = [_MADE, "# 命令行\n", "每个命令出错时说清哪里、为什么、怎么改；全部顺利才以 0 退出。\n"]
    subparsers = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name in COMMANDS:
        command = subparsers.choices[name]
        command.prog = f"liren {name}"
        # A fixed width: help must not follow the terminal it is made in.
        command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100)
        lines.append(f"## liren {name}\n\n```\n{command.format_help().strip()}\n```\n")
    return "\n".join(lines)


def _refusals() -> str:
    rows = [f"| `{code}` | {w.status} | {_cell(w.zh)} | {_cell(w.en)} |" for code, w in WORDINGS.items()]
    head = ["| 代号 | 状态码 | 中文 | English |", "|---|---|---|---|"]
    return "\n".join([_MADE, "# 拒绝\n", "凡被拒绝，都说清是什么、在哪里、怎么办。\n", *head, *rows, ""])


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


def _figures() -> str:
    verbs = [f"| `{verb}` | {title} |" for verb, title in VERBS.items()]
    types = [f"| `{name}` | {title} |" for name, title in TYPES.items()]
    columns = [f"| `{name}` | {c.title} | {'、'.join(c.types)} |" for name, c in COLUMNS.items()]
    shapes = [f"| `{name}` | {title} |" for name, title in SHAPES.items()]
    parts = [
        _MADE, "# 指标、字段与形状\n", "用法与例子见 [pack-authors.md](pack-authors.md)。\n",
        "## 指标的动词\n\n| 动词 | 名称 |\n|---|---|", *verbs,
        "\n## 字段类型\n\n| 类型 | 名称 |\n|---|---|", *types,
        "\n## 共用列\n\n| 列 | 名称 | 可放 |\n|---|---|---|", *columns,
        "\n## 记录的形状\n\n| 形状 | 名称 |\n|---|---|", *shapes, "",
    ]  # fmt: skip
    return "\n".join(parts)


def _pack_list() -> str:
    rows = [
        f"| [{p.title}]({p.pack}.md) | `{p.pack}` | {'、'.join(p.serves)} | {len(p.kinds)} | {len(p.figures)} |"
        for p in catalogue().packs.values()
    ]
    head = ["| 名称 | 文件夹 | 承载的系统 | 记录类型 | 指标 |", "|---|---|---|---|---|"]
    return "\n".join([_MADE, "# 随附的包\n", *head, *rows, ""])


def _pack(folder) -> str:
    pack = folder.pack
    lines = [_MADE, f"# {pack.title}\n", (pack.about or "") + "\n"]
    if pack.reshaped:
        lines.append(f"> 改造说明：{pack.reshaped}\n")
    for key, kind in pack.kinds.items():
        lines += _kind(key, kind)
    if pack.figures:
        lines.append("## 指标\n\n| 指标 | 单位 | 口径 |\n|---|---|---|")
        for key, figure in pack.figures.items():
            entry = catalogue().figures[f"{pack.pack}.{key}"]
            lines.append(f"| {figure.title} `{key}` | {figure.unit} | {_cell(definition_text(entry))} |")
        lines.append("")
    story = folder.folder / "story.md"
    if story.is_file():
        lines.append(f"## 故事\n\n{_story(story)}")
    return "\n".join(lines)


def _kind(key: str, kind) -> list[str]:
    lines = [f"## {kind.title} `{key}`\n", f"形状：{SHAPES[kind.shape]}；编号：{kind.number or '按类型自动'}\n"]
    if kind.fields:
        lines.append("| 字段 | 类型 | 必填 | 私密 |\n|---|---|---|---|")
        for name, field in kind.fields.items():
            marks = ("是" if field.required else "", "是" if field.private else "")
            lines.append(f"| {field.title} `{name}` | {TYPES[field.type]} | {marks[0]} | {marks[1]} |")
        lines.append("")
    lines.append("| 步骤 | 谁 | 从 | 到 |\n|---|---|---|---|")
    for step in kind.steps.values():
        who = "、".join(catalogue().roles.get(r, r) for r in step.by)
        from_ = "、".join(kind.states[s].title for s in step.from_)
        lines.append(f"| {step.title} | {who} | {from_} | {kind.states[step.to].title if step.to else '不变'} |")
    limits = [f"{s.title} {_limit(s.within)}" for s in kind.states.values() if s.within]
    if limits:
        lines.append(f"\n时限：{'；'.join(limits)}")
    return [*lines, ""]


def _limit(within) -> str:
    if isinstance(within, ByField):
        return "、".join(f"{choice} {limit}" for choice, limit in within.limits.items())
    return within


def _story(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(f"#{line}\n" if line.startswith("#") else f"{line}  " for line in lines).rstrip() + "\n"
