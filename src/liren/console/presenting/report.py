"""A report as the page takes it: blocks of text with numbers in them, and the citations that prove these."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.console.downloads import FORMS
from liren.figures.browsing import counted_rows
from liren.figures.scope import Result
from liren.look.asking import Asked
from liren.look.presenting.pickers import pickers
from liren.look.presenting.words import few, hidden, label, source_of
from liren.packs.catalogue import ReportEntry
from liren.people.visibility import Viewer
from liren.places.models import Place, Unit
from liren.reports.binding import Bound
from liren.reports.blocks import Block, Bullets, Heading, Number, Paragraph, Run, Table
from liren.reports.document import Document
from liren.reports.standing import may_issue, may_word

Part = dict[str, Any]


class Telling:
    """Tells the numbers of one bound report to one viewer; finds each place and unit once."""

    def __init__(self, bound: Bound, viewer: Viewer) -> None:
        self.bound, self.viewer = bound, viewer
        scopes = [result.scope for result in bound.results.values()]
        places = {scope.place for scope in scopes} - {bound.place.code}
        units = {scope.unit for scope in scopes if scope.unit} - {bound.unit.pk if bound.unit else None}
        self.places = {bound.place.code: bound.place} | {
            p.code: p for p in Place.objects.filter(pk__in=places)
        }
        self.units = {u.pk: u for u in Unit.objects.filter(pk__in=units)} if units else {}
        if bound.unit:
            self.units[bound.unit.pk] = bound.unit

    def asked(self, result: Result) -> Asked:
        """The scope of a number, as an address says it."""
        scope = result.scope
        return Asked(
            self.places[scope.place], scope.period, self.units.get(scope.unit) if scope.unit else None
        )

    def number(self, key: str, text: str) -> Part:
        """A number of the text as the link that opens its figure."""
        result = self.bound.results[key.partition("|")[0]]
        asked = self.asked(result)
        return {
            "text": few(result) if hidden(result, self.viewer) else text,
            "href": asked.figure(result.figure.id),
            "title": _("%(title)s（%(where)s，%(when)s）")
            % {"title": result.figure.spec.title, "where": asked.where, "when": label(asked.period)},
            "source": source_of(result),
        }

    def run(self, run: Run) -> Part:
        """One run of a text."""
        return (
            self.number(run.cite, run.text)
            if isinstance(run, Number)
            else {"text": run.text, "strong": run.bold}
        )

    def citation(self, citation) -> dict[str, Any]:
        """A row of the annex."""
        result = self.bound.results[citation.key.partition("|")[0]]
        shut, asked = hidden(result, self.viewer), self.asked(result)
        return self.number(citation.key, citation.value_text) | {
            "id": f"c{citation.no}",
            "title": citation.title,
            "definition": citation.definition,
            "version": citation.version,
            "about": f"{asked.where} · {label(asked.period)}",
            "evidence_count": None if shut else counted_rows(result),
            "evidence_href": asked.evidence(result.figure.id),
            "moved": None,
        }


def live(bound: Bound, document: Document, viewer: Viewer) -> dict[str, Any]:
    """The context of report.html for a report whose numbers are today's."""
    telling = Telling(bound, viewer)
    shown = blocks(document.body, telling.run)
    return {
        "report": {
            "title": bound.title,
            "body": bound.issuer,
            "place": bound.unit.name if bound.unit else bound.place.name,
            "period": label(bound.period),
            "issued": None,
        },
        "blocks": shown,
        "contents": contents(shown),
        "citations": [telling.citation(one) for one in document.citations],
        "notes": document.notes,
        "moved": [],
    }


def around(entry: ReportEntry, wanted: Asked, viewer: Viewer) -> dict[str, Any]:
    """What stands around a live report: pickers of place and period, and files for staff."""
    downloads = [
        {
            "title": title,
            "kind": form,
            "href": f"{reverse('console:report_file', args=[entry.id, form])}?{wanted.query()}",
        }
        for form, (title, _type) in FORMS.items()
        if viewer.is_staff
    ]
    studio = ""
    if may_issue(viewer, entry, wanted.place, wanted.unit, now()) or may_word(viewer, entry):
        studio = f"{reverse('console:studio_desk', args=[entry.id])}?{wanted.query()}"
    told = {"downloads": downloads, "studio": studio}
    return pickers(wanted, lambda **other: wanted.report(entry.id, **other)) | told


def blocks(body: list[Block], run) -> list[dict[str, Any]]:
    """The blocks of parts/blocks.html; `run` tells one run."""
    told = []
    for number, block in enumerate(body, start=1):
        match block:
            case Heading(level=level, runs=runs):
                parts = [run(one) for one in runs]
                told.append(
                    {"kind": "heading", "level": 2 if level == 1 else 3, "id": f"h{number}", "parts": parts}
                )
            case Paragraph(runs=runs):
                told.append({"kind": "paragraph", "parts": [run(one) for one in runs]})
            case Bullets(items=items):
                told.append(
                    {"kind": "list", "ordered": False, "entries": [[run(one) for one in i] for i in items]}
                )
            case Table():
                told.append(_table(block, run))
    return told


def _table(block: Table, run) -> dict[str, Any]:
    rows = [[{"parts": [run(one) for one in cell]} for cell in row] for row in block.rows]
    numeric = [
        bool(rows) and all(_is_number(row[at]["parts"]) for row in rows) for at in range(len(block.header))
    ]
    for row in rows:
        for cell, right in zip(row, numeric, strict=True):
            cell["numeric"] = right  # type: ignore[assignment]
    head = [{"title": title, "numeric": right} for title, right in zip(block.header, numeric, strict=True)]
    return {"kind": "table", "caption": "", "head": head, "rows": rows}


def _is_number(parts: list[Part]) -> bool:
    return bool(parts) and all(part.get("href") or not part["text"].strip() for part in parts)


def contents(shown: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The headings of the first level, for the side."""
    heads = [block for block in shown if block["kind"] == "heading" and block["level"] == 2]
    return [{"id": one["id"], "title": "".join(part["text"] for part in one["parts"])} for one in heads]
