"""Writes a table to a CSV or XLSX file, as it is streamed: a million rows need no more memory than ten.

The file appears whole or not at all. Texts that a spreadsheet program would take for a formula get a
``'`` before them (``sheets.tidy`` takes it away again).
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from .cells import Value
from .sheet_streaming import stream_csv, stream_workbook
from .sheets import refuse


def write_table(
    path: Path, titles: Sequence[str], rows: Iterable[Sequence[Value]], *, encoding: str = "bom"
) -> None:
    """Write a table to ``path``, which ends in ``.csv`` or ``.xlsx``. On any error the old file stays.

    Raises Refusal (bad_file).
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise refuse(path.name, _("只写 .csv 或 .xlsx；请改文件名"))
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=suffix)
    except OSError as fault:
        raise refuse(str(path), _("写不了：%(fault)s。请检查文件夹") % {"fault": fault.strerror}) from None
    csv = suffix == ".csv"
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in (
                stream_csv(titles, rows, encoding=encoding) if csv else stream_workbook(titles, rows)
            ):
                file.write(piece)
        os.chmod(draft, 0o600)  # names and places of persons: for the operator, not for the machine
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
