"""Photos that people send: judged by their content, made anew without metadata, kept while a form is mended.

A photo of a phone tells where it was taken; what we keep is drawn anew from the pixels and tells nothing. A form
that comes back with a fault has lost its files (browsers do not fill them in again), so they wait as drafts under
``var/drafts`` for a day, named by their digest; the form carries the signed names.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

#: How many photos a report may have, how many bytes each may bring, how many pixels are looked at.
MOST, BYTES, PIXELS = 3, 12_000_000, 60_000_000
#: The longer side of what is kept, and of the small picture in lists.
SIDE, SMALL = 1600, 320
FORMATS = ("JPEG", "PNG", "WEBP")
DRAFT_SECONDS = 24 * 3600
SALT = "liren.forms.draft"


class BadPhoto(Exception):
    """Why a photo is not taken, with its name and what to do, in the language of the page."""


@dataclass(frozen=True)
class Photo:
    """A photo as it will be kept."""

    name: str
    content: bytes
    media_type: str = "image/jpeg"


def read_photo(upload: UploadedFile, *, name: str = "") -> Photo:
    """The photo made anew: at most 1600 pixels, JPEG, nothing but pixels. Raises BadPhoto."""
    said = (upload.name or _("照片"))[:80]
    if (upload.size or 0) > BYTES:
        raise BadPhoto(_("「%(name)s」超过 12 MB，请换一张小些的") % {"name": said})
    try:
        with Image.open(upload, formats=FORMATS) as image:  # by content: the name says nothing
            if image.width * image.height > PIXELS:
                raise BadPhoto(_("「%(name)s」的尺寸太大，请换一张小些的") % {"name": said})
            image.draft("RGB", (SIDE, SIDE))
            drawn = ImageOps.exif_transpose(image)
            drawn.thumbnail((SIDE, SIDE))
            return Photo(name or said, _jpeg(drawn))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        reason = _("「%(name)s」不是能用的照片；请用手机拍的照片（JPEG、PNG 或 WebP）")
        raise BadPhoto(reason % {"name": said}) from None


def _jpeg(image: Image.Image, quality: int = 82) -> bytes:
    """Pixels alone, on white where there was nothing."""
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def small(path: Path) -> bytes:
    """The picture of a list, drawn once from a kept photo and remembered beside the drafts."""
    kept = _folder("thumbs") / path.name
    if not kept.is_file():
        with Image.open(path, formats=FORMATS) as image:
            image.draft("RGB", (SMALL, SMALL))
            image.thumbnail((SMALL, SMALL))
            _write(kept, _jpeg(image, 70))
    return kept.read_bytes()


def keep_drafts(photos: Sequence[Photo]) -> str:
    """Keep photos until the form is sent again; what the form carries to find them."""
    if not photos:
        return ""
    folder = _folder("drafts")
    _sweep(folder)
    names = []
    for photo in photos:
        digest = hashlib.sha256(photo.content).hexdigest()
        _write(folder / digest, photo.content)
        names.append([digest, photo.name])
    return signing.dumps(names, salt=SALT)


def drafts(token: str) -> list[Photo]:
    """The photos a form came back with; none where the token is not ours or too old."""
    if not token:
        return []
    try:
        names = signing.loads(token, salt=SALT, max_age=DRAFT_SECONDS)
    except (signing.BadSignature, ValueError):  # a ValueError: half a sign, which no form can send
        return []
    folder = _folder("drafts")
    return [
        Photo(name, (folder / digest).read_bytes()) for digest, name in names if (folder / digest).is_file()
    ]


def _folder(name: str) -> Path:
    folder = Path(settings.LIREN_HOME) / "var" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{time.monotonic_ns()}")
    draft.write_bytes(content)
    draft.replace(path)


def _sweep(folder: Path) -> None:
    """Drafts of forms that were never sent again are forgotten."""
    past = time.time() - DRAFT_SECONDS
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < past:
                path.unlink()
        except FileNotFoundError:  # another process was quicker
            continue
