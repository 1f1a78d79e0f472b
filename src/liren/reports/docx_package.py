"""Opening a docx that came from outside: limits first, then parts as syntax trees.

A docx is a zip of XML files, so a stranger's file may be anything: another format with the wrong
name, a zip bomb, XML with entities. Everything here ends in DocumentUnreadable or in a tree.
"""

import io
import os
import posixpath
import zipfile
import zlib
from pathlib import Path

from lxml import etree

# A report of 5 000 numbers is about 15 MB of XML; with pictures a file may be larger as a whole, but
# pictures are never unpacked here.
MAX_FILE = 64 * 1024 * 1024
MAX_PART = 16 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_ENTRIES = 5000

_RESAVE = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再试"
_BROKEN = "文件可能在传输中损坏，请重新取得一份"


class DocumentUnreadable(ValueError):
    """A file that is no readable docx: ``what`` is wrong and how to ``mend`` it."""

    def __init__(self, name: str, what: str, mend: str):
        self.name, self.what, self.mend = name, what, mend
        super().__init__(f"{name}：{what}；{mend}")


def load(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file within the size limit, or DocumentUnreadable."""
    name = Path(path).name or str(path)
    try:
        size = os.stat(path).st_size
        if size > MAX_FILE:
            raise DocumentUnreadable(
                name, f"文件有 {size >> 20} MB，超过 {MAX_FILE >> 20} MB", "请删去大图片后另存"
            )
        with open(path, "rb") as file:
            return file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise DocumentUnreadable(name, f"找不到文件 {path}", "请检查路径") from None
    except OSError as error:
        raise DocumentUnreadable(name, f"打不开：{error.strerror}", "请检查路径和读取权限") from error


class Package:
    """The parts of one docx. ``name`` is the file name used in refusals."""

    def __init__(self, blob: bytes, name: str):
        self.name = name
        self._refuse_other_formats(blob)
        self._refuse_long_directory(blob)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(blob))
            entries = self._zip.infolist()
        # zipfile lets some errors of broken directories through as they are.
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError) as error:
            raise self.unreadable("压缩包结构不完整", _BROKEN) from error
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise self.unreadable("解压后过大，像是压缩炸弹", "请确认文件来源；" + _RESAVE)
        self._names = {entry.filename for entry in entries}
        self.main = self._main_part()

    def unreadable(self, what: str, mend: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.name, what, mend)

    def _refuse_other_formats(self, blob: bytes) -> None:
        if not blob:
            raise self.unreadable("文件是空的", _BROKEN)
        if len(blob) > MAX_FILE:
            raise self.unreadable(f"文件超过 {MAX_FILE >> 20} MB", "请删去大图片后另存")
        if blob.startswith(b"\xd0\xcf\x11\xe0"):
            raise self.unreadable("是旧版 .doc/.wps 文件，或设了打开密码", "请去掉密码；" + _RESAVE)
        if blob.startswith(b"%PDF"):
            raise self.unreadable("是 PDF，不是 Word 文档", "请提供原来的 .docx 文件")
        if blob.startswith(b"{\\rtf"):
            raise self.unreadable("是 RTF 文件", _RESAVE)
        if not blob.startswith(b"PK"):
            raise self.unreadable("不是 docx 文件", _RESAVE)

    def _refuse_long_directory(self, blob: bytes) -> None:
        """zipfile makes an object of each entry before anyone can count them, so the size of the
        directory is read from the end record first (its bytes 12 to 16)."""
        end = blob.rfind(b"PK\x05\x06", max(0, len(blob) - 65_557))
        if end >= 0 and int.from_bytes(blob[end + 12 : end + 16], "little") > MAX_ENTRIES * 200:
            raise self.unreadable("压缩包目录过长，像是压缩炸弹", "请确认文件来源；" + _RESAVE)

    def _main_part(self) -> str:
        relations = self.relations("")
        for kind, target, _ in relations.values():
            if kind == "officeDocument" and target in self._names:
                return target
        if "mimetype" in self._names:
            raise self.unreadable("是 ODF（.odt）文件", _RESAVE)
        raise self.unreadable("是压缩包，但里面没有 Word 正文", _RESAVE)

    def tree(self, part: str) -> etree._Element | None:
        """The root of a part, or None when the package has no such part."""
        if part not in self._names:
            return None
        blob = self._bytes(part)
        # NULs are dropped so that UTF-16 hides nothing. No docx has a reason for a DTD.
        if b"<!DOCTYPE" in blob.replace(b"\0", b""):
            raise self.unreadable(f"部件 {part} 带有 DTD 声明，可能是恶意构造的文件", _RESAVE)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(blob, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.unreadable(f"部件 {part} 不是完好的 XML", _BROKEN) from error

    def _bytes(self, part: str) -> bytes:
        try:
            with self._zip.open(part) as stream:
                # The size in the directory may lie; what is really unpacked counts.
                blob = stream.read(MAX_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise self.unreadable(f"部件 {part} 解压失败（损坏或加密）", _BROKEN) from error
        if len(blob) > MAX_PART:
            raise self.unreadable(f"部件 {part} 解压后超过 {MAX_PART >> 20} MB", "请确认文件来源；" + _RESAVE)
        return blob

    def relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Relationships of a part ('' for the package): id → (kind, target, external)."""
        folder, base = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
        found = {}
        for row in root if root is not None else ():
            if not isinstance(row.tag, str):
                continue
            kind, target = row.get("Type", "").rpartition("/")[2], row.get("Target", "")
            external = row.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[row.get("Id", "")] = (kind, target, external)
        return found

    def by_kind(self, *kinds: str) -> etree._Element | None:
        """The first part the package points to by one of these kinds of relationship."""
        for kind, target, external in self.relations("").values():
            if kind in kinds and not external:
                return self.tree(target)
        return None
