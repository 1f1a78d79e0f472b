"""Files that people attach: judged by what is in them, never by their name; photos are made anew.

Only forms that an office needs and that carry no programs are taken: photos, PDF, OFD, the newer office files
without macros, plain text. What is kept is only ever handed out as a download, in no page and under no type that
a browser would run.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from .photos import BadPhoto, read_photo

#: How many files one form may bring, how many bytes each, and how many a packed one may unfold to.
MOST, BYTES, UNPACKED, PARTS = 8, 20_000_000, 300_000_000, 5_000
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MACROS = ("vbaproject.bin", "vbadata.xml")


class BadUpload(Exception):
    """Why a file is not taken, with its name and what to do, in the language of the page."""


@dataclass(frozen=True)
class Upload:
    """A file as it will be kept."""

    name: str
    content: bytes
    media_type: str


def read_upload(upload: UploadedFile) -> Upload:
    """The file with a name that says what it is. Raises BadUpload."""
    said = _name(upload.name or _("附件"))
    if (upload.size or 0) > BYTES:
        raise BadUpload(_("「%(name)s」超过 20 MB，请压缩或分开") % {"name": said})
    head = upload.read(16)
    upload.seek(0)
    if not head:
        raise BadUpload(_("「%(name)s」是空的") % {"name": said})
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    ):
        return _photo(upload, said)
    content = upload.read()
    for known in (_pdf, _packed, _text):
        if found := known(content, said):
            suffix, media_type = found
            return Upload(_suffixed(said, suffix), content, media_type)
    reason = _(
        "「%(name)s」不是能收的文件；请用照片、PDF、OFD、docx、xlsx、pptx 或文本（旧的 doc、xls 请另存）"
    )
    raise BadUpload(reason % {"name": said})


def _name(name: str) -> str:
    """The last part of a name without what no file system and no reader wants."""
    plain = PurePath(name.replace("\\", "/")).name
    plain = "".join(char for char in plain if char.isprintable() and char not in '/\\:*?"<>|').strip(". ")
    return plain[-120:] or _("附件")


def _suffixed(name: str, suffix: str) -> str:
    """The name under the suffix its content has; another one would mislead who opens it."""
    return name if name.lower().endswith(suffix) else f"{PurePath(name).stem[:110]}{suffix}"


def _photo(upload: UploadedFile, said: str) -> Upload:
    try:
        photo = read_photo(upload, name=_suffixed(said, ".jpg"))
    except BadPhoto as fault:
        raise BadUpload(str(fault)) from None
    return Upload(photo.name, photo.content, photo.media_type)


def _pdf(content: bytes, said: str) -> tuple[str, str] | None:  # noqa: ARG001
    return (".pdf", "application/pdf") if content.startswith(b"%PDF-") else None


def _packed(content: bytes, said: str) -> tuple[str, str] | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    names = {part.filename.lower() for part in parts}
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise BadUpload(_("「%(name)s」解开后太大，不收") % {"name": said})
    if any(name.endswith(_MACROS) for name in names):
        raise BadUpload(_("「%(name)s」里有宏，不收；请另存为不带宏的文件") % {"name": said})
    return next((told for holds, told in _PACKED if holds(names)), None)


def _has(part: str) -> Callable[[set[str]], bool]:
    return lambda names: part in names and "[content_types].xml" in names


_PACKED: tuple[tuple[Callable[[set[str]], bool], tuple[str, str]], ...] = (
    (_has("word/document.xml"), (".docx", f"{_OFFICE}.wordprocessingml.document")),
    (_has("xl/workbook.xml"), (".xlsx", f"{_OFFICE}.spreadsheetml.sheet")),
    (_has("ppt/presentation.xml"), (".pptx", f"{_OFFICE}.presentationml.presentation")),
    (lambda names: "ofd.xml" in names, (".ofd", "application/ofd")),
)


def _text(content: bytes, said: str) -> tuple[str, str] | None:
    """Plain text in an encoding of ours, that is no page, no script and no program."""
    if content.lstrip()[:1] == b"<" or content.startswith((b"#!", b"MZ", b"\x7fELF")) or b"\0" in content:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char.isprintable() or char in "\r\n\t\f\u3000\xa0\u200b" for char in text):
            table = said.lower().endswith(".csv")
            return (".csv", "text/csv") if table else (".txt", "text/plain")
    return None
