"""Writes a report to files: .html, .docx, .md; and the list of figures of the demo."""

from dataclasses import replace
from pathlib import Path

from liren.figures.periods import Period
from liren.people.models import Person
from liren.places.models import Place, Unit

from . import docx_writer, html_writer, markdown_writer
from .actions import report_issue
from .binding import Bound, bind
from .document import Document


def write_report(
    name: str,
    *,
    place: Place,
    period: Period,
    out: Path,
    unit: Unit | None = None,
    issue: bool = False,
    by: Person | None = None,
) -> list[Path]:
    """Compute, optionally issue, and write ``PACK.html``, ``PACK.docx`` and ``PACK.md`` into ``out``."""
    bound, document = bind(name, place=place, period=period, unit=unit)
    if issue:
        issued = report_issue(bound, markdown_writer.write(document), by=by)
        document = replace(document, report_id=f"issue:{issued.pk}")
    return write_files(bound, document, out)


def write_files(bound: Bound, document: Document, out: Path) -> list[Path]:
    """The three files of a report. A file opened from disk leads to its annex, the annex to the site."""
    out.mkdir(parents=True, exist_ok=True)
    stem = out / bound.entry.pack.pack
    if len(bound.entry.pack.reports) > 1:
        stem = out / f"{bound.entry.pack.pack}-{bound.entry.key}"
    html, docx, markdown = (stem.with_suffix(suffix) for suffix in (".html", ".docx", ".md"))
    html.write_text(html_writer.write(document, link="annex"), encoding="utf-8")
    docx_writer.write(document, docx, layout=bound.entry.spec.layout)
    markdown.write_text(markdown_writer.write(document), encoding="utf-8")
    return [html, docx, markdown]
