"""Writing a report as one HTML page: no script, no outside file, readable on a phone and in print.

The numbers of the text are links. In a page served by the site they open the figure (``site``); in
a file handed around they lead to the row of the list at its end (``annex``), which names the
definition and the evidence even where the site cannot be reached, and links to it where it can.
"""

from collections.abc import Iterator
from html import escape

from liren.reports.document import (
    Block,
    Bullets,
    Citation,
    Document,
    Heading,
    Number,
    Paragraph,
    Run,
    Table,
    check,
    cited_numbers,
    fraction,
    printed_date,
    value_with_unit,
    wording,
)
from liren.reports.templates_docx.page_style import STYLE

LINKS = ("site", "annex")
DIGEST_SHOWN = 12
_LANGUAGES = {"zh": "zh-CN", "en": "en"}


def write(document: Document, link: str = "annex") -> str:
    """The whole page. ``link`` says where a number leads: ``site`` (its figure) or ``annex`` (its row).

    Raises DocumentRefused for a document that cannot be printed.
    """
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{_language(document)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(document.title.replace(chr(10), ''))}</title>",
            f"<style>\n{STYLE}</style>",
            "</head>",
            "<body>",
            article(document, link),
            "</body>",
            "</html>",
            "",
        )
    )


def article(document: Document, link: str = "annex") -> str:
    """The ``<article class="report">`` of the page alone, for a page that brings its own style sheet."""
    if link not in LINKS:
        raise ValueError(f"数字不能链接到“{link}”；可用：{'、'.join(LINKS)}")
    check(document)
    return "\n".join(_Page(document, link).lines())


def _language(document: Document) -> str:
    return _LANGUAGES.get(document.lang, document.lang)


def _words(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


class _Page:
    """One document being written; ``lines`` yields the lines of the article in order."""

    def __init__(self, document: Document, link: str):
        self.document, self.link, self.wording = document, link, wording(document)
        self.citations = {citation.key: citation for citation in document.citations}
        self.mentioned: set[str] = set()

    def lines(self) -> Iterator[str]:
        document = self.document
        yield f'<article class="report" lang="{_language(document)}">'
        yield "<header>"
        yield f'<p class="issuer">{_words(document.issuer)}</p>'
        if document.number:
            yield f'<p class="docno">{_words(document.number)}</p>'
        yield f"<h1>{_words(document.title)}</h1>"
        yield "</header>"
        if document.addressee:
            addressee = document.addressee.rstrip(":： ") + self.wording.colon.rstrip()
            yield f'<p class="addressee">{_words(addressee)}</p>'
        for block in document.body:
            yield from self._block(block)
        yield from self._attachments()
        yield '<footer class="signature">'
        yield f"<p>{_words(document.issuer)}</p>"
        day = printed_date(document.date, document.lang)
        yield f'<p><time datetime="{document.date.isoformat()}">{day}</time></p>'
        yield "</footer>"
        if document.citations:
            yield from self._annex()
        yield "</article>"

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(level=level, runs=runs):
                yield f"<h{level + 1}>{self._runs(runs)}</h{level + 1}>"
            case Paragraph(runs=runs):
                yield f"<p>{self._runs(runs)}</p>"
            case Bullets(items=items):
                yield "<ul>"
                yield from (f"<li>{self._runs(item)}</li>" for item in items)
                yield "</ul>"
            case Table(header=header, rows=rows):
                yield '<div class="wide" tabindex="0"><table>'
                cells = "".join(f'<th scope="col">{_words(title)}</th>' for title in header)
                yield f"<thead><tr>{cells}</tr></thead>"
                yield "<tbody>"
                for row in rows:
                    yield "<tr>" + "".join(f"<td>{self._runs(cell)}</td>" for cell in row) + "</tr>"
                yield "</tbody></table></div>"

    def _runs(self, runs: list[Run]) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Run) -> str:
        words = self._number(run) if isinstance(run, Number) else _words(run.text)
        return f"<strong>{words}</strong>" if run.bold else words

    def _number(self, number: Number) -> str:
        citation = self.citations[number.cite]
        first = f' id="ref-{citation.no}"' if citation.key not in self.mentioned else ""
        self.mentioned.add(citation.key)
        # data-url keeps the way to the site beside the way to the annex, for pages that enhance links.
        if self.link == "site":
            target = f'href="{escape(citation.url)}"'
        else:
            target = f'href="#cite-{citation.no}" data-url="{escape(citation.url)}"'
        tip = f"{citation.title}（{citation.place}，{citation.period}）"
        return f'<a class="number"{first} {target} title="{escape(tip)}">{_words(number.text)}</a>'

    def _attachments(self) -> Iterator[str]:
        names = [_words(name) for name in self.document.attachments]
        if self.document.citations:
            names.append(f'<a href="#annex">{self.wording.annex}</a>')
        if len(names) == 1:
            yield f'<p class="attachments">{self.wording.attachment}{self.wording.colon}{names[0]}</p>'
        elif names:
            yield f'<div class="attachments"><p>{self.wording.attachment}{self.wording.colon}</p><ol>'
            yield from (f"<li>{name}</li>" for name in names)
            yield "</ol></div>"

    def _annex(self) -> Iterator[str]:
        cited = {number.cite for number in cited_numbers(self.document)}
        yield '<section id="annex" aria-labelledby="annex-title">'
        yield f'<h2 id="annex-title">{self.wording.annex}</h2>'
        yield '<table class="annex">'
        cells = "".join(f'<th scope="col">{title}</th>' for title in self.wording.columns)
        yield f"<thead><tr>{cells}</tr></thead>"
        yield "<tbody>"
        for citation in sorted(self.document.citations, key=lambda c: c.no):
            yield self._row(citation, back=citation.key in cited)
        yield "</tbody></table>"
        if self.document.notes:
            yield f'<div class="notes"><p>{self.wording.notes}{self.wording.colon}</p><ol>'
            yield from (f"<li>{_words(note)}</li>" for note in self.document.notes)
            yield "</ol></div>"
        yield "</section>"

    def _row(self, citation: Citation, back: bool) -> str:
        number = str(citation.no)
        if back:
            label = escape(f"{self.wording.back} {citation.no}")
            number = f'<a href="#ref-{citation.no}" aria-label="{label}" title="{label}">{number}</a>'
        value = f'<a href="{escape(citation.url)}">{_words(value_with_unit(citation))}</a>'
        if parts := fraction(citation):
            value += f"<small>{_words(parts)}</small>"
        definition = _words(citation.definition)
        if str(citation.version):
            definition += f"<small>{self.wording.version} {_words(str(citation.version))}</small>"
        digest = citation.digest
        cells = (
            _words(citation.title),
            value,
            definition,
            _words(citation.place),
            _words(citation.period),
            f"{citation.evidence_count:,}",
            f'<code title="{escape(digest)}">{_words(digest[:DIGEST_SHOWN])}</code>',
        )
        # The label stands beside its cell where the row is shown as a card, on a phone.
        titles = self.wording.columns[1:]
        row = "".join(f'<td data-label="{t}">{cell}</td>' for t, cell in zip(titles, cells, strict=True))
        return f'<tr id="cite-{citation.no}"><th scope="row">{number}</th>{row}</tr>'
