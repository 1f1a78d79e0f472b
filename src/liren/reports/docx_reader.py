"""Reading a report back from Word: which cited numbers stand in it now, and in which words.

A number is known by its content control (tag ``liren:<key>``) and, where an office suite dropped the
tag, by the address of its hyperlink (``#cite=<key>``), kept as an element or as a HYPERLINK field.
Names are compared without namespaces, so "Strict Open XML" files read like the usual ones.
"""

import os
import re
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from liren.reports.docx_package import DocumentUnreadable, Package, load

__all__ = ["DocumentUnreadable", "ReadDocument", "ReadNumber", "read", "read_bytes"]

_TAG = "liren:"
_CITE = re.compile(r"(?:^|[#&])cite=([^&#\s\"]+)")
# HYPERLINK "address" \l "fragment": the address may be missing, other switches may follow.
_FIELD = re.compile(r'^\s*HYPERLINK\b(?:\s+"(?P<address>[^"]*)")?(?P<switches>.*)$', re.S)
_FRAGMENT = re.compile(r'\\l\s+"?([^"\s]+)')
# Words that are not there: deleted or moved away, or the second rendering of a shape.
_HIDING = frozenset({"del", "moveFrom", "Fallback"})
_WRAPPERS = frozenset({"p", "sdt", "hyperlink", "fldSimple"})
# A control around one number holds few elements; an instruction is an address and some switches.
_INLINE, _INSTRUCTION = 400, 8192
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A cited number as it stands in the file.

    ``text`` is what is printed now ('' when the number was deleted out of its control);
    ``paragraph_index`` counts all paragraphs of the body from 0, those of tables included.
    """

    key: str
    text: str
    paragraph_index: int
    paragraph_text: str


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What came back. ``report_id`` and ``citations_digest`` are '' when the file does not say;
    ``numbers`` is empty when the file holds no number written by this system."""

    report_id: str
    numbers: list[ReadNumber]
    title: str
    citations_digest: str = ""


def read(path: str | os.PathLike[str]) -> ReadDocument:
    """The cited numbers of a docx on disk, in reading order. Raises DocumentUnreadable."""
    return read_bytes(load(path), os.path.basename(path) or str(path))


def read_bytes(blob: bytes, name: str = "docx") -> ReadDocument:
    """Like ``read`` for a file in memory; ``name`` is used in refusals."""
    package = Package(blob, name)
    root = package.tree(package.main)
    if root is None or _local(root) != "document":
        mend = "请提供 .docx 文字文档"
        raise package.unreadable("不是文字文档（可能是表格或演示文稿）", mend)
    links = {
        ident: target
        for ident, (kind, target, external) in package.relations(package.main).items()
        if kind == "hyperlink" and external
    }
    walk = _Walk(links)
    walk.run(root)
    custom = _custom_properties(package)
    return ReadDocument(
        report_id=custom.get("LirenReport", ""),
        numbers=walk.numbers(),
        title=walk.title() or _core_title(package),
        citations_digest=custom.get("LirenCitations", ""),
    )


def _custom_properties(package: Package) -> dict[str, str]:
    root = package.by_kind("custom-properties", "customProperties")
    if root is None:
        return {}
    return {row.get("name", ""): "".join(row.itertext()).strip() for row in root if isinstance(row.tag, str)}


def _core_title(package: Package) -> str:
    root = package.by_kind("core-properties")
    for row in root if root is not None else ():
        if isinstance(row.tag, str) and _local(row) == "title":
            return (row.text or "").strip()
    return ""


def _local(element: etree._Element) -> str:
    """The name without namespace; '' for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: etree._Element, name: str) -> str:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def _cited(*addresses: str) -> str:
    """The citation key in the first address that carries one, or ''."""
    for address in addresses:
        if hit := _CITE.search(address.partition("#")[2] if "#" in address else address):
            return unquote(hit[1])
    return ""


def _field_key(instruction: str) -> str:
    hit = _FIELD.match(instruction)
    if not hit:
        return ""
    fragment = _FRAGMENT.search(hit["switches"])
    address = hit["address"] or ""
    return _cited(*([fragment[1]] if fragment else []), *([address] if "#" in address else []))


@dataclass(slots=True)
class _Found:
    """A number while it is being read."""

    key: str
    paragraph: int
    pieces: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """A complex field: its instruction, then the number its result shows (its own or the outer one)."""

    number: _Found | None
    instruction: str = ""


class _Walk:
    """One pass over the body, every step of the same small cost, whatever the nesting."""

    def __init__(self, links: dict[str, str]):
        self.links = links
        self.paragraphs: list[list[str]] = []
        self.styles: list[str] = []
        self.found: list[_Found] = []
        self.fields: list[_Field] = []
        # What surrounds the element in hand: paragraph, number, and how many wrappers hide it.
        self.paragraph: int | None = None
        self.owner: _Found | None = None
        self.hidden = 0
        self.outer: list[tuple[int | None, _Found | None]] = []

    def run(self, root: etree._Element) -> None:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            name = _local(element)
            if event == "start":
                self._enter(element, name)
            elif name in _WRAPPERS:
                self.paragraph, self.owner = self.outer.pop()
            if name in _HIDING or (name == "sdt" and _is_prompt(element)):
                self.hidden += 1 if event == "start" else -1

    def _enter(self, element: etree._Element, name: str) -> None:
        if name in _WRAPPERS:
            self.outer.append((self.paragraph, self.owner))
        match name:
            case "p":
                self.paragraph = len(self.paragraphs)
                self.paragraphs.append([])
                self.styles.append("")
            case "pStyle" if self.styles:
                self.styles[-1] = _value(element, "val")
            case "sdt":
                self._open(self._control_key(element))
            case "hyperlink":
                self._open(self._link_key(element))
            case "fldSimple":
                self._open(_field_key(_value(element, "instr")))
            case "fldChar":
                self._field_mark(_value(element, "fldCharType"))
            case "instrText" if self.fields and len(self.fields[-1].instruction) < _INSTRUCTION:
                self.fields[-1].instruction += element.text or ""
            case "t":
                self._words(element.text or "")
            case "tab" | "br" | "cr" | "noBreakHyphen" if _local(element.getparent()) == "r":
                self._words(_BREAKS[name])

    def numbers(self) -> list[ReadNumber]:
        texts = ["".join(pieces) for pieces in self.paragraphs]
        return [
            ReadNumber(
                found.key,
                "".join(found.pieces).strip(),
                found.paragraph,
                texts[found.paragraph] if found.paragraph < len(texts) else "",
            )
            for found in self.found
        ]

    def title(self) -> str:
        for style, pieces in zip(self.styles, self.paragraphs, strict=True):
            if style == "Title" and (words := "".join(pieces).replace("\n", "").strip()):
                return words
        return ""

    # --- who owns a piece of text ---------------------------------------------------------

    def _open(self, key: str) -> None:
        if key and self.owner is None and not self.hidden:
            self.owner = self._new(key)

    def _new(self, key: str) -> _Found:
        # A control around whole paragraphs comes before the paragraph it holds.
        found = _Found(key, len(self.paragraphs) if self.paragraph is None else self.paragraph)
        self.found.append(found)
        return found

    def _words(self, words: str) -> None:
        if self.paragraph is None or self.hidden:
            return
        self.paragraphs[self.paragraph].append(words)
        owner = self.owner or (self.fields[-1].number if self.fields else None)
        if owner is not None:
            owner.pieces.append(words)

    def _field_mark(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(_Field(self.fields[-1].number if self.fields else None))
        elif kind == "separate" and self.fields:
            top = self.fields[-1]
            key = _field_key(top.instruction)
            if key and self.owner is None and top.number is None and not self.hidden:
                top.number = self._new(key)
        elif kind == "end" and self.fields:
            self.fields.pop()

    # --- which citation -------------------------------------------------------------------

    def _link_key(self, link: etree._Element) -> str:
        # Suites move the fragment of the address into an attribute of its own.
        anchor, target = _value(link, "anchor"), self.links.get(_value(link, "id"), "")
        return _cited(*([anchor] if anchor else []), *([target] if "#" in target else []))

    def _control_key(self, control: etree._Element) -> str:
        """The key in the tag; else, for a control inside a line, that of the only link it holds.

        LibreOffice before 7.5 drops tags and may leave half of the words outside the link but inside
        the control, so the control is trusted for where the number ends.
        """
        tag = _tag(control)
        if tag.startswith(_TAG):
            return tag.removeprefix(_TAG)
        inside = list(islice(control.iterdescendants(), _INLINE + 1))
        if self.paragraph is None or len(inside) > _INLINE:
            return ""
        if any(_local(element) == "sdt" for element in inside):
            return ""
        keys = {key for key in map(self._key_of, inside) if key}
        return keys.pop() if len(keys) == 1 else ""

    def _key_of(self, element: etree._Element) -> str:
        match _local(element):
            case "hyperlink":
                return self._link_key(element)
            case "instrText":
                return _field_key(element.text or "")
            case "fldSimple":
                return _field_key(_value(element, "instr"))
        return ""


def _properties(control: etree._Element) -> etree._Element | None:
    return next((child for child in control if _local(child) == "sdtPr"), None)


def _tag(control: etree._Element) -> str:
    properties = _properties(control)
    rows = properties if properties is not None else ()
    return next((_value(row, "val") for row in rows if _local(row) == "tag"), "")


def _is_prompt(control: etree._Element) -> bool:
    """A control whose words are Word's invitation to type, shown after its text was deleted."""
    properties = _properties(control)
    return properties is not None and any(_local(row) == "showingPlcHdr" for row in properties)
