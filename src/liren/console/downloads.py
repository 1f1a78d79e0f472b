"""What leaves the house as a file: attachments of records, reports as docx, md or html, lists as tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from liren.database.statements import unmapped
from liren.people.visibility import Viewer
from liren.records.models import File
from liren.records.storage import open_kept
from liren.refusals import Refusal
from liren.reports import docx_writer, html_writer, markdown_writer
from liren.reports.document import Document
from liren.tables.sheet_streaming import stream_csv, stream_workbook

FORMS = {
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    "html": ("HTML", "text/html; charset=utf-8"),
}
#: Tables by the ending of their name: what writes them, and their media type.
TABLES = {
    "xlsx": (stream_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (stream_csv, "text/csv; charset=utf-8"),
}


def stored(file: File) -> HttpResponseBase:
    """An attachment, streamed. Never shown in place: it was uploaded by somebody."""
    try:
        content = open_kept(file.sha256, private=file.private)
    except FileNotFoundError:
        raise Refusal(
            "not_found", what="附件", name=file.name, mend=_("记录还在，文件不在了；请从备份恢复。")
        ) from None
    answer = _handed(content, file.name, "application/octet-stream")
    answer["Content-Length"] = str(file.size)
    return answer


def written(document: Document, form: str, layout: str, *, to: Viewer) -> HttpResponseBase:
    """A report as a file, for staff: it holds every number in full. Raises Refusal (not_found)."""
    if form not in FORMS or not to.is_staff:
        raise Refusal("not_found", what="文件", name=form, mend="")
    if form == "docx":
        content = docx_writer.to_bytes(document, layout)
    else:
        content = (markdown_writer if form == "md" else html_writer).write(document).encode()
    return _handed(io.BytesIO(content), f"{_plain(document.title)}.{form}", FORMS[form][1])


def table(name: str, form: str, titles: Sequence[str], rows: Iterable) -> HttpResponseBase:
    """A table, written while it is read. Raises Refusal (not_found) for a form there is none of."""
    if form not in TABLES:
        raise Refusal("not_found", what="文件", name=form, mend="")
    writer, media_type = TABLES[form]
    answer = StreamingHttpResponse(_streamed(writer(titles, rows)), content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, f"{_plain(name)}.{form}")
    return _guarded(answer)


def _streamed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A million rows are read once: they need not stay in the server's memory."""
    with unmapped():
        yield from pieces


def _plain(title: str) -> str:
    """A title as the name of a file."""
    return "".join(char for char in title if char.isprintable() and char not in '/\\:*?"<>|')


def _handed(content, name: str, media_type: str) -> HttpResponseBase:
    return _guarded(FileResponse(content, as_attachment=True, filename=name, content_type=media_type))


def _guarded(answer: HttpResponseBase) -> HttpResponseBase:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
