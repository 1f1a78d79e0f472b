"""Reading a report text: a Markdown subset whose figures stand in ``{placeholders}`` only.

A digit typed into a text has no proof, so it is refused. The typography of Chinese prose is kept:
line ends vanish between characters, bold works next to any punctuation, numbered lines stay prose.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from liren.reports.blocks import Block, Bullets, Heading, Number, Paragraph, Run, Table, Text


@dataclass(frozen=True, slots=True, order=True)
class BodyFault:
    """One fault of a report text: line (from 1), what is wrong, how to mend it."""

    line: int
    message: str
    mend: str = ""

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}" + (f"；{self.mend}" if self.mend else "")


class BodyRefused(ValueError):
    """A report text that cannot be read; ``faults`` carries all of them at once."""

    def __init__(self, faults: list[BodyFault]):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


_HOLE = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
# 1. 1) 1、 （1） at the start of a line, after an optional heading mark; never 1.5 or 3、4月.
_MARKER = re.compile(r"\s*(?:#{1,6}\s+)?(?:\d{1,2}[.)．、](?!\d)|[(（]\d{1,2}[)）](?!\d))")
_TYPED = re.compile(r"[\d%％‰﹪]+(?:[.,，．][\d%％‰]+)*")
# One character of the last private planes stands for one placeholder while Markdown is read:
# it is no letter, digit, space or mark of Markdown, so a `|` or `*` inside braces cannot interfere.
_FIRST_SLOT = 0xF0000
_SLOT = re.compile(r"[\U000F0000-\U0010FFFF]")


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """Figures typed by hand: (line from 1, the figure with some words around it).

    Looks for digits of any script and per cent signs outside ``{placeholders}``. Allowed are the
    markers of numbered lines (``1.`` ``1)`` ``（1）``); Chinese numerals are words and pass.
    """
    found = []
    for line_no, line in enumerate(text.splitlines(), 1):
        bare = _HOLE.sub(lambda m: m[0] if m["name"] is None else "\0" * len(m[0]), line)
        marker = _MARKER.match(bare)
        hits = [hit.span() for hit in _TYPED.finditer(bare, marker.end() if marker else 0)]
        # The words around one figure stop at its neighbours, so that each is told apart.
        befores = [0, *(end for _, end in hits)]
        afters = [*(start for start, _ in hits[1:]), len(line)]
        for (start, end), before, after in zip(hits, befores, afters, strict=False):
            found.append((line_no, line[max(before, start - 8) : min(after, end + 8)].strip()))
    return found


def parse_body(text: str, number: Callable[[str], Number], *, refuse_typed: bool = True) -> list[Block]:
    """Blocks of a report text: headings, paragraphs, bullets, numbered lines, tables, ``**bold**``.

    ``number`` is called once for each ``{placeholder}``, in reading order, with what stands between
    the braces; what it raises as LookupError or ValueError becomes a fault of that line. ``{{`` and
    ``}}`` are literal braces. A numbered line becomes a paragraph that keeps its marker.
    Raises BodyRefused with every fault; with ``refuse_typed`` a typed figure is one of them.
    """
    faults: list[BodyFault] = []
    if refuse_typed:
        mend = "数字不能手写在报告文本里，请改成 {指标} 占位符"
        faults += [BodyFault(line, f"手写数字“{excerpt}”", mend) for line, excerpt in typed_numbers(text)]
    filled, numbers = _fill(text, number, faults)
    blocks = _BodyReader(numbers, faults, filled.split("\n")).read(filled)
    if faults:
        raise BodyRefused(faults)
    return blocks


def _fill(text: str, number: Callable[[str], Number], faults: list[BodyFault]) -> tuple[str, list[Number]]:
    """The text with one slot character for each placeholder, and the numbers of the slots."""
    numbers: list[Number] = []

    def put(line_no: int, hit: re.Match[str]) -> str:
        if hit[0] in ("{{", "}}"):
            return hit[0][0]
        name = (hit["name"] or "").strip()
        if not name:
            mend = "占位符写作 {名称}，且不能跨行；大括号本身写作 {{ 或 }}"
            faults.append(BodyFault(line_no, f"孤立的“{hit[0]}”", mend))
            return ""
        try:
            numbers.append(number(name))
        except (LookupError, ValueError) as error:
            # str(KeyError) quotes its argument; the sentence itself is wanted.
            said = error.args[0] if error.args else type(error).__name__
            faults.append(BodyFault(line_no, f"占位符“{name}”：{said}"))
            numbers.append(Number("", ""))
        return chr(_FIRST_SLOT + len(numbers) - 1)

    lines = []
    for line_no, line in enumerate(text.splitlines(), 1):
        if _SLOT.search(line):
            faults.append(BodyFault(line_no, "含有私用区字符", "请换成标准汉字"))
        lines.append(_HOLE.sub(partial(put, line_no), _SLOT.sub("", line)))
    return "\n".join(lines), numbers


def _bold_rule(state: StateInline, silent: bool) -> bool:
    """``**…**`` wherever it stands.

    CommonMark lets ``**制度。**随后`` stay unread (a closing mark after punctuation and before a letter
    does not close), which is how most Chinese bold leads look; so two marks simply pair up.
    """
    start = state.pos
    if state.src[start] != "*":
        return False
    end = state.src.find("**", start + 2, state.posMax) if state.src.startswith("**", start) else -1
    if end <= start + 2:
        if not silent:
            state.push("stray", "", 0)
        state.pos += 1
        return True
    if not silent:
        outer = state.posMax
        state.push("strong_open", "strong", 1)
        state.pos, state.posMax = start + 2, end
        state.md.inline.tokenize(state)
        state.posMax = outer
        state.push("strong_close", "strong", -1)
    state.pos = end + 2
    return True


def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark").enable("table").disable("reference")
    reader.inline.ruler.at("emphasis", _bold_rule)
    return reader


_REFUSED = {
    "fence": "代码块",
    "code_block": "行首缩进四格以上的段落（会被当作代码）",
    "code_inline": "代码",
    "html_block": "HTML",
    "html_inline": "HTML",
    "blockquote": "引用块",
    "hr": "分隔线",
    "link": "链接",
    "image": "图片",
    "stray": "单独的 *（加粗写 **文字**，星号本身写 \\*）",
    "bullet_list": "列表中的列表",
    "ordered_list": "列表中的列表",
    "table": "列表中的表格",
    "heading": "列表中的标题",
}


class _BodyReader:
    """Turns the syntax tree of one text into blocks and collects faults."""

    def __init__(self, numbers: list[Number], faults: list[BodyFault], lines: list[str]):
        self.numbers, self.faults, self.lines = numbers, faults, lines

    def read(self, text: str) -> list[Block]:
        blocks: list[Block] = []
        for node in SyntaxTreeNode(_markdown().parse(text)).children:
            blocks += self._block(node)
        return blocks

    def _block(self, node: SyntaxTreeNode) -> list[Block]:
        match node.type:
            case "paragraph":
                return [Paragraph(self._runs(node))]
            case "heading":
                level = int(node.tag[1:])
                if level > 4:
                    self._fault(node, f"{level}级标题", "公文标题最多四级")
                return [Heading(min(level, 4), self._runs(node))]
            case "bullet_list":
                return [Bullets([self._item(item) for item in node.children])]
            case "ordered_list":
                return [
                    Paragraph(_merged([Text(item.info + item.markup), *self._item(item)]))
                    for item in node.children
                ]
            case "table":
                return [self._table(node)]
        self._refuse(node)
        return []

    def _item(self, item: SyntaxTreeNode) -> list[Run]:
        runs: list[Run] = []
        for at, child in enumerate(item.children):
            if child.type != "paragraph":
                self._refuse(child)
            elif at:
                self._fault(child, "一个列表项里有多个段落", "请拆成多个列表项")
            else:
                runs = self._runs(child)
        return runs

    def _table(self, node: SyntaxTreeNode) -> Table:
        head, *bodies = node.children
        header = [self._runs(cell) for cell in head.children[0].children]
        if any(isinstance(run, Number) for runs in header for run in runs):
            self._fault(head, "表头中有指标", "请把指标移到表格正文")
        rows = []
        for row in (row for body in bodies for row in body.children):
            rows.append([self._runs(cell) for cell in row.children])
            # Markdown silently drops the cells that a long row has too many.
            line = self.lines[self._line(row) - 1].strip()
            cells = len(re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|")))
            if cells != len(header):
                self._fault(row, f"表格此行有{cells}格，表头有{len(header)}格", "请补齐或删去多余的格")
        return Table(["".join(run.text for run in runs) for runs in header], rows)

    def _runs(self, node: SyntaxTreeNode, bold: bool = False) -> list[Run]:
        runs: list[Run] = []
        for child in node.children:
            match child.type:
                case "inline":
                    runs += self._runs(child, bold)
                case "strong":
                    runs += self._runs(child, bold=True)
                case "text":
                    runs += self._text(child.content, bold)
                case "softbreak" | "hardbreak":
                    runs.append(Text("\n", bold))
                case _:
                    self._refuse(child)
        return runs if node.type in ("inline", "strong") else _joined_lines(_merged(runs))

    def _text(self, text: str, bold: bool) -> Iterator[Run]:
        at = 0
        for slot in _SLOT.finditer(text):
            if slot.start() > at:
                yield Text(text[at : slot.start()], bold)
            shown = self.numbers[ord(slot[0]) - _FIRST_SLOT]
            yield Number(shown.text, shown.cite, bold or shown.bold)
            at = slot.end()
        if at < len(text):
            yield Text(text[at:], bold)

    def _refuse(self, node: SyntaxTreeNode) -> None:
        mend = "报告文本只用标题、段落、列表、表格和加粗"
        self._fault(node, f"不支持{_REFUSED.get(node.type, node.type)}", mend)

    def _fault(self, node: SyntaxTreeNode, message: str, mend: str) -> None:
        self.faults.append(BodyFault(self._line(node), message, mend))

    def _line(self, node: SyntaxTreeNode) -> int:
        at: SyntaxTreeNode | None = node
        while at is not None and not (at.type != "root" and at.map):
            at = at.parent
        return at.map[0] + 1 if at is not None and at.map else 1


def _merged(runs: list[Run]) -> list[Run]:
    """Neighbouring words of the same weight become one run."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if isinstance(run, Text) and isinstance(last, Text) and run.bold == last.bold:
            merged[-1] = Text(last.text + run.text, run.bold)
        else:
            merged.append(run)
    return merged


def _joined_lines(runs: list[Run]) -> list[Run]:
    """Line ends of the source become nothing between Chinese characters and a space between words."""
    whole = "".join(run.text for run in runs)
    joined: list[Run] = []
    at = 0

    def join(start: int, hit: re.Match[str]) -> str:
        before = whole[: start + hit.start()].rstrip()[-1:]
        after = whole[start + hit.end() :].lstrip()[:1]
        widths = {unicodedata.east_asian_width(c) for c in (before, after) if c}
        return "" if widths & {"W", "F"} or widths <= {"A"} else " "

    for run in runs:
        if isinstance(run, Text):
            text = re.sub(r"[ \t]*\n[ \t]*", partial(join, at), run.text)
            joined.append(Text(text, run.bold))
        else:
            joined.append(run)
        at += len(run.text)
    return joined
