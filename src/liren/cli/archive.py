"""What a backup holds: one zip with the database, the files, the county's changes, and a manifest.

The manifest names every member with its SHA-256; nothing is restored before all of them have been
checked, and nothing that the manifest does not name is ever read.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from liren.refusals import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
CHANGES = "changes.yaml"
KEYS = {"keys/private.key", "keys/secret.key"}
_ATTACHMENT = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})(\.sealed)?")
_CHUNK = 1 << 20
#: The ways in which zipfile and zlib say that an archive is damaged.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
_MANIFEST_AT_MOST = 256 << 20


def refuse(file: Path, reason: str) -> Refusal:
    """The refusal of a backup file, to be raised."""
    return Refusal("bad_file", file=str(file), reason=reason)


def attachments() -> Iterator[Path]:
    """Every attachment kept, in the order of names; leftovers of interrupted writes are passed over."""
    from django.conf import settings

    root = Path(settings.LIREN_HOME) / "var" / "files"
    for path in sorted(root.glob("*/*")):
        if _ATTACHMENT.fullmatch(f"files/{path.parent.name}/{path.name}") and path.is_file():
            yield path


class Writing:
    """Adds members to a zip and remembers their digests for the manifest."""

    def __init__(self, packed: zipfile.ZipFile):
        self.packed, self.digests = packed, dict[str, str]()

    def add(self, name: str, path: Path) -> str:
        """Add a file; its SHA-256."""
        with path.open("rb") as source:
            about = zipfile.ZipInfo.from_file(path, name)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            with self.packed.open(about, "w", force_zip64=True) as out:
                self.digests[name] = copy(source, out)
        return self.digests[name]

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest: ``about`` and every digest."""
        manifest = about | {"format": FORMAT, "digests": self.digests}
        self.packed.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def copy(source: BinaryIO | Any, out: BinaryIO | Any) -> str:
    """Copy a stream; the SHA-256 of what went through."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


@dataclass(frozen=True)
class Archive:
    """A backup opened for reading; ``manifest`` is as written, ``sizes`` are unpacked sizes in bytes."""

    file: Path
    packed: zipfile.ZipFile
    manifest: dict[str, Any]
    sizes: dict[str, int]

    @property
    def digests(self) -> dict[str, str]:
        return self.manifest["digests"]

    @property
    def attachments(self) -> list[str]:
        return [name for name in self.digests if _ATTACHMENT.fullmatch(name)]

    def unpack(self, name: str, path: Path) -> None:
        """Unpack one member and compare its digest. Raises Refusal when they differ."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with self.packed.open(name) as source, path.open("xb") as out:
                found = copy(source, out)
        except DAMAGE as fault:
            raise refuse(self.file, f"{name} 解不开（{fault}）；备份坏了，请换一份") from None
        if found != self.digests[name]:
            raise refuse(self.file, f"{name} 与清单里的摘要不符；备份坏了或被改过，请换一份")
        path.chmod(0o600)


def open_archive(file: Path, packed: zipfile.ZipFile, engine: str) -> Archive:
    """Read the manifest and check that it and the members agree. Raises Refusal."""
    names = packed.namelist()
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > _MANIFEST_AT_MOST:
        raise refuse(file, "里面没有清单 manifest.json；不是 liren backup 做的备份")
    try:
        manifest = json.loads(packed.read(MANIFEST))
        digests = manifest["digests"]
        if manifest["format"] != FORMAT or not all(isinstance(one, str) for one in digests.values()):
            raise ValueError
    except (*DAMAGE, LookupError, TypeError, AttributeError):
        raise refuse(file, "清单 manifest.json 读不懂；备份坏了或被改过，请换一份") from None
    _check_engine(file, manifest.get("engine"), engine)
    if len(names) != len(set(names)) or set(names) != {MANIFEST, *digests}:
        odd = "、".join(sorted(set(names).symmetric_difference({MANIFEST, *digests}))[:3])
        raise refuse(file, f"里面的文件与清单对不上（{odd or '有重名'}）；备份坏了或被改过，请换一份")
    expected = {DATABASES[engine], CHANGES, *KEYS}
    for name in digests:
        if name not in expected and not _ATTACHMENT.fullmatch(name):
            raise refuse(file, f"里面有不该有的文件 {name}；没有恢复任何东西")
    if DATABASES[engine] not in digests:
        raise refuse(file, "里面没有数据库")
    return Archive(file, packed, manifest, {one.filename: one.file_size for one in packed.infolist()})


def _check_engine(file: Path, made_with: Any, here: str) -> None:
    if not isinstance(made_with, str) or made_with not in DATABASES:
        raise refuse(file, "清单里没有写明数据库的种类")
    if made_with != here:
        raise refuse(file, f"是 {made_with} 的备份，这里用的是 {here}；请按备份的种类设 LIREN_DATABASE_URL")
