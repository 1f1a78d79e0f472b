"""What leaves the house as a file: attachments of records, and reports written as docx, md or html."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponseBase

from liren.people.visibility import Viewer
from liren.records.models import File
from liren.records.sheet_writing import open_table
from liren.records.storage import path_of
from liren.refusals import Refusal
from liren.reports import docx_writer, html_writer, markdown_writer
from liren.reports.document import Document

FORMS = {
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    "html": ("HTML", "text/html; charset=utf-8"),
}
#: Tables by the ending of their name.
TABLES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def stored(file: File) -> HttpResponseBase:
    """An attachment, streamed. Never shown in place: it was uploaded by somebody."""
    path = path_of(file.sha256)
    if not path.is_file():
        raise Refusal("not_found", what="附件", name=file.name, mend="记录还在，文件不在了；请从备份恢复。")
    return _handed(path.open("rb"), file.name, "application/octet-stream")


def written(document: Document, form: str, layout: str, *, to: Viewer) -> HttpResponseBase:
    """A report as a file, for staff: it holds every number in full. Raises Refusal (not_found)."""
    if form not in FORMS or not to.is_staff:
        raise Refusal("not_found", what="文件", name=form, mend="")
    if form == "docx":
        content = docx_writer.to_bytes(document, layout)
    else:
        content = (markdown_writer if form == "md" else html_writer).write(document).encode()
    return _handed(io.BytesIO(content), f"{clean_name(document.title)}.{form}", FORMS[form][1])


def table_handed(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A small table as a file, `.csv` or `.xlsx` by its name; texts that a spreadsheet would run are made harmless."""
    clean = clean_name(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(clean).suffix}"
        with open_table(path, titles) as out:
            for row in rows:
                out.write(row)
        content = path.read_bytes()
    return _handed(io.BytesIO(content), clean, TABLES[path.suffix])


def clean_name(name: str) -> str:
    """A name that every file system takes."""
    return "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|')


def _handed(content, name: str, media_type: str) -> HttpResponseBase:
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
