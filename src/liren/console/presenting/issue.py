"""An issued report as it went out, read back from the very text that was frozen, with what moved since.

The text is Markdown written by `liren.reports.markdown_writer`: numbers are links to the list of citations
at its end, and each item of that list links to the figure for its place and period.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from liren.console.presenting.report import contents
from liren.figures.periods import Period
from liren.figures.queries import read_period
from liren.inforce import catalogue
from liren.look.presenting.words import label
from liren.people.visibility import Viewer
from liren.refusals import Refusal
from liren.reports.checking import Difference
from liren.reports.checking import moved as moved_since
from liren.reports.models import Frozen, Issue

CITE = "#cite-"
_NUMBER = re.compile(r"^(\d+)\. ")


class Issued:
    """The frozen text taken apart: its blocks, and which frozen number each citation means."""

    def __init__(self, issue: Issue, viewer: Viewer, moved: list[Difference]) -> None:
        self.issue, self.viewer = issue, viewer
        self.numbers = list(issue.numbers.select_related("place", "unit").order_by("pk"))
        self.frozen = {_key(one): one for one in self.numbers}
        self.moved = {one.name: one for one in moved}
        reader = MarkdownIt("commonmark").enable("table")
        self.nodes = SyntaxTreeNode(reader.parse(issue.text)).children
        self.cited = dict(self._citations())

    def _citations(self):
        """(number of the citation, its frozen number, the words that were printed)."""
        for node in self.nodes:
            for item in node.children if node.type == "bullet_list" else ():
                links = [one for one in item.walk() if one.type == "link"]
                found = _NUMBER.match(_words(item).strip())
                address = urlsplit(str(links[0].attrs.get("href", ""))) if links else None
                if found and address and "/figures/" in address.path:
                    yield int(found[1]), self.frozen.get(_of(address.path, address.query))

    def body(self) -> list[dict[str, Any]]:
        """Blocks between the title and the list of citations."""
        told = []
        for number, node in enumerate(self.nodes):
            level = int(node.tag[1]) if node.type == "heading" else 0
            if level == 2 and self.cited and _is_annex(self.nodes[number:]):
                break
            if level != 1:
                told += self._block(node, level, number)
        return told

    def _block(self, node: SyntaxTreeNode, level: int, number: int) -> list[dict[str, Any]]:
        if level:
            kind = {"kind": "heading", "level": 2 if level == 2 else 3, "id": f"h{number}"}
            return [kind | {"parts": self._parts(node)}]
        if node.type == "paragraph":
            return [{"kind": "paragraph", "parts": self._parts(node)}]
        if node.type in ("bullet_list", "ordered_list"):
            entries = [self._parts(item) for item in node.children]
            return [{"kind": "list", "ordered": node.type == "ordered_list", "entries": entries}]
        if node.type == "table":
            head, *body = [row.children for section in node.children for row in section.children]
            titles = [{"title": _words(cell), "numeric": False} for cell in head]
            rows = [[{"parts": self._parts(cell), "numeric": False} for cell in row] for row in body]
            return [{"kind": "table", "caption": "", "head": titles, "rows": rows}]
        return []

    def _parts(self, node: SyntaxTreeNode, strong: bool = False) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        for one in node.children:
            href = str(one.attrs.get("href", "")) if one.type == "link" else ""
            if href.startswith(CITE):
                told.append(self.number(int(href.removeprefix(CITE)), _words(one)))
            elif one.type == "text":
                told.append({"text": one.content, "strong": strong})
            elif one.type in ("softbreak", "hardbreak") or one.content == "<br>":
                told.append({"text": "\n", "strong": strong})
            else:
                told += self._parts(one, strong or one.type == "strong")
        return told

    def number(self, no: int, text: str) -> dict[str, Any]:
        """A number as it was printed, marked where it has moved since."""
        frozen = self.cited.get(no)
        if frozen is None:
            return {"text": text}
        if _withheld(frozen, self.viewer):
            text = _("不公开")
        return _link(frozen) | {"text": text, "moved": self._change(frozen)}

    def _change(self, frozen: Frozen) -> dict[str, str] | None:
        found = self.moved.get(frozen.name)
        return (
            {"before": found.then, "now": found.now} if found and not _withheld(frozen, self.viewer) else None
        )

    def citations(self) -> list[dict[str, Any]]:
        """The annex, from what was frozen."""
        return [
            _link(one)
            | {
                "id": f"c-{one.name}",
                "text": _("不公开") if _withheld(one, self.viewer) else one.printed,
                "title": _title(one),
                "about": f"{(one.unit or one.place).name} · {label(_period(one))}",
                "definition": one.definition,
                "version": one.version,
                "evidence_count": None if _withheld(one, self.viewer) else one.evidence_count,
                "evidence_href": f"{reverse('console:evidence', args=[one.figure])}?{_query(one)}",
                "digest": "" if _withheld(one, self.viewer) else one.evidence_digest,
                "moved": self._change(one),
            }
            for one in self.numbers
            if one.figure in catalogue().figures
        ]


def changes(issue: Issue) -> tuple[list[Difference], list[str]]:
    """What moved since the issue, and a note where a figure of it is no longer in any pack."""
    try:
        return list(moved_since(issue)), []
    except Refusal as refusal:
        return [], [_("没有核对全部数字：%(why)s") % {"why": str(refusal)}]


def issued(issue: Issue, viewer: Viewer, live: str) -> dict[str, Any]:
    """The context of report.html for an issued report; `live` is the address of the same report today."""
    moved, notes = changes(issue)
    read = Issued(issue, viewer, moved)
    shown = read.body()
    told = [one for one in moved if not _withheld(_named(read, one.name), viewer)]
    return {
        "report": {
            "title": issue.title,
            "body": _issuer(issue),
            "place": (issue.unit or issue.place).name,
            "period": label(read_period(issue.period)),
            "issued": issue.at,
            "by": issue.by.name if issue.by else "",
            "digest": issue.digest,
            "intact": hashlib.sha256(issue.text.encode()).hexdigest() == issue.digest,
            "live": live,
        },
        "blocks": shown,
        "contents": contents(shown),
        "citations": read.citations(),
        "notes": notes,
        "moved": [
            {"id": f"c-{d.name}", "title": d.title, "before": d.then, "now": d.now, "why": d.why,
             "href": _link(_named(read, d.name))["href"]}
            for d in told
        ],
        "downloads": [],
    }  # fmt: skip


def _issuer(issue: Issue) -> str:
    entry = catalogue().reports.get(issue.report)
    return (entry.spec.issuer or "") if entry else ""


def _named(read: Issued, name: str) -> Frozen:
    return next(one for one in read.numbers if one.name == name)


def _withheld(frozen: Frozen, viewer: Viewer) -> bool:
    """Whether the printed number is too small to be public."""
    entry = catalogue().figures.get(frozen.figure)
    small = entry.spec.small if entry else 0
    return bool(small) and not viewer.is_staff and 0 < frozen.evidence_count < small


def _key(frozen: Frozen) -> tuple[str, str, str, str]:
    return frozen.figure, frozen.place_id, frozen.unit.code if frozen.unit else "", frozen.period


def _of(path: str, query: str) -> tuple[str, str, str, str]:
    """The same key from the address of a figure."""
    told = parse_qs(query)
    figure = path.rstrip("/").rpartition("/")[2]
    return figure, *(told.get(name, [""])[0] for name in ("place", "unit", "period"))  # type: ignore[return-value]


def _query(frozen: Frozen) -> str:
    unit = f"&unit={frozen.unit.code}" if frozen.unit else ""
    return f"place={frozen.place_id}&period={frozen.period}{unit}"


def _link(frozen: Frozen) -> dict[str, Any]:
    entry = catalogue().figures.get(frozen.figure)
    if entry is None:  # the pack has gone since; the printed number stays
        return {"href": "", "title": frozen.name, "source": "counted"}
    spec = entry.spec
    return {
        "href": f"{reverse('console:figure', args=[frozen.figure])}?{_query(frozen)}",
        "title": _("%(title)s（%(where)s，%(when)s）")
        % {"title": spec.title, "where": (frozen.unit or frozen.place).name, "when": label(_period(frozen))},
        "source": "external" if spec.verb == "reading" else "target" if spec.target_of else "counted",
    }


def _title(frozen: Frozen) -> str:
    return catalogue().figures[frozen.figure].spec.title


def _period(frozen: Frozen) -> Period:
    return read_period(frozen.period)


def _words(node: SyntaxTreeNode) -> str:
    return "".join(one.content for one in node.walk() if one.type in ("text", "code_inline"))


def _is_annex(nodes: list[SyntaxTreeNode]) -> bool:
    """The heading before the list whose items are citations: nothing of the text follows it."""
    rest = nodes[1:2]
    return (
        bool(rest)
        and rest[0].type == "bullet_list"
        and bool(_NUMBER.match(_words(rest[0].children[0]).strip()))
    )
