"""Writing a report as Markdown: numbers are links to a list of citations at the end of the file."""

import re
from collections.abc import Iterator

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
    fraction,
    printed_date,
    value_with_unit,
    wording,
)

DIGEST_SHOWN = 12
_SPECIAL = re.compile(r"([\\`*_#\[\]<>|~]|&(?=[#\w]))")
# What would turn the beginning of a line into a heading, a list or a rule.
_OPENING = re.compile(r"^(\s*)([#+\-=>]|\d{1,9}(?=[.)](?:\s|$)))")
_BOLD = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)


def write(document: Document) -> str:
    """The document as CommonMark with tables. Raises DocumentRefused if it cannot be printed."""
    check(document)
    return "\n\n".join(_parts(document)) + "\n"


def _parts(document: Document) -> Iterator[str]:
    words = wording(document)
    citations = {citation.key: citation for citation in document.citations}
    yield f"# {_plain(document.title.replace(chr(10), ''))}"
    if document.number:
        yield _line(_plain(document.number))
    if document.addressee:
        yield _line(_plain(document.addressee.rstrip(":： ") + words.colon.rstrip()))
    for block in document.body:
        yield from _block(block, citations)
    names = [*document.attachments, *([words.annex] if document.citations else [])]
    if len(names) == 1:
        yield f"{words.attachment}{words.colon}{_plain(names[0])}"
    elif names:
        rows = "\n".join(f"{no}. {_plain(name)}" for no, name in enumerate(names, 1))
        yield f"{words.attachment}{words.colon}\n\n{rows}"
    yield _line(_plain(document.issuer))
    yield printed_date(document.date, document.lang)
    if document.citations:
        yield f"## {words.annex}"
        ordered = sorted(document.citations, key=lambda citation: citation.no)
        yield "\n".join(_citation(citation, document) for citation in ordered)
    if document.notes:
        rows = "\n".join(f"{no}. {_plain(note)}" for no, note in enumerate(document.notes, 1))
        yield f"{words.notes}{words.colon}\n\n{rows}"


def _block(block: Block, citations: dict[str, Citation]) -> Iterator[str]:
    match block:
        case Heading(level=level, runs=runs):
            yield f"{'#' * (level + 1)} {_runs(runs, citations)}"
        case Paragraph(runs=runs):
            yield _line(_runs(runs, citations))
        case Bullets(items=items):
            yield "\n".join(f"- {_line(_runs(item, citations))}" for item in items)
        case Table(header=header, rows=rows):
            lines = [[_plain(title) for title in header], ["---"] * len(header)]
            lines += [[_runs(cell, citations) for cell in row] for row in rows]
            yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _plain(text: str) -> str:
    """Words with every mark of Markdown escaped; line breaks become ``<br>``, which tables allow too."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "<br>")


def _line(text: str) -> str:
    return _OPENING.sub(lambda hit: hit[1] + (hit[2] + "\\" if hit[2].isdigit() else "\\" + hit[2]), text)


def _runs(runs: list[Run], citations: dict[str, Citation]) -> str:
    return "".join(_run(run, citations) for run in runs)


def _run(run: Run, citations: dict[str, Citation]) -> str:
    if isinstance(run, Number):
        words = f"**{_plain(run.text)}**" if run.bold else _plain(run.text)
        return f"[{words}](#cite-{citations[run.cite].no})"
    if not run.bold:
        return _plain(run.text)
    # CommonMark reads ** only beside a letter: 制度。** would stay as it stands, so the full stop of a
    # bold lead moves outside.
    before, core, after = _BOLD.match(run.text).groups()  # type: ignore[union-attr]
    return _plain(before) + (f"**{_plain(core)}**" if core else "") + _plain(after)


def _citation(citation: Citation, document: Document) -> str:
    words = wording(document)
    # `check` lets no space and no angle bracket into an address.
    value = f"[{_plain(value_with_unit(citation))}](<{citation.url}>)"
    if parts := fraction(citation):
        value += f"（{_plain(parts)}）"
    facts = (
        (words.definition, _plain(citation.definition)),
        (words.version, _plain(str(citation.version))),
        (words.place, _plain(citation.place)),
        (words.period, _plain(citation.period)),
        (words.evidence, f"{citation.evidence_count:,}"),
        (words.digest, f"`{citation.digest[:DIGEST_SHOWN]}`" if citation.digest else ""),
    )
    tail = "；".join(f"{name}{words.colon}{fact}" for name, fact in facts if fact)
    head = f'- <a id="cite-{citation.no}"></a>{citation.no}\\. **{_plain(citation.title)}**'
    return f"{head}{words.colon}{value}；{tail}"
