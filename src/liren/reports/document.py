"""A report as a neutral document, and the rules every written document keeps.

The writers (docx, html, markdown) know only what stands here; nothing here knows where the
values come from. Blocks and the reading of report texts are offered from here as well, so that
``liren.reports.document`` is the one name other code imports.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - `date` is a field below
from decimal import Decimal
from urllib.parse import urlsplit

from liren.reports.blocks import (
    Block,
    Bullets,
    Heading,
    Number,
    Paragraph,
    Run,
    Table,
    Text,
    block_runs,
)
from liren.reports.body_text import BodyFault, BodyRefused, parse_body, typed_numbers

__all__ = [
    "Block", "BodyFault", "BodyRefused", "Bullets", "Citation", "Document", "DocumentRefused", "Heading",
    "Number", "Paragraph", "Run", "Table", "Text", "Wording", "block_runs", "check", "citations_digest",
    "cited_numbers", "fraction", "parse_body", "printed_date", "typed_numbers", "value_with_unit", "wording",
]  # fmt: skip

# A content control of Word takes a tag of 64 characters, of which "liren:" needs 6.
KEY_LENGTH = 58
_KEY = re.compile(rf"[^\s\x00-\x1f\x7f]{{1,{KEY_LENGTH}}}")
_CITATION_WORDS = (
    "title", "value_text", "unit", "definition", "version", "place", "period", "digest", "numerator_text",
    "denominator_text",
)  # fmt: skip
# What XML 1.0 cannot hold; tab and line feed may stand.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What proves one number.

    ``no`` counts from 1 and is unique like ``key`` (at most 58 characters, no spaces); ``value`` is
    the exact value (None when there is none, printed 无), ``value_text`` the printed one; ``digest``
    is the hexadecimal digest of the evidence; ``url`` opens the figure: http(s), absolute where the
    document leaves the site (docx, a file on disk).
    """

    key: str
    no: int
    title: str
    value_text: str
    value: Decimal | int | float | str | None
    unit: str
    figure_id: str
    definition: str
    version: str | int
    place: str
    period: str
    evidence_count: int
    digest: str
    url: str
    numerator_text: str = ""
    denominator_text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One report, ready to be written.

    ``number`` is the document number (里政办发〔2023〕1号) or empty; ``attachments`` name papers handed
    over beside it; ``notes`` are sentences printed under the list of citations; ``report_id`` names
    the issued report in the system. A line feed in ``title`` is a forced line break.
    """

    title: str
    issuer: str
    number: str
    addressee: str
    date: Date
    body: list[Block]
    citations: list[Citation]
    lang: str = "zh"
    attachments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report_id: str = ""


class DocumentRefused(ValueError):
    """A document no writer takes; ``faults`` are sentences that name what, where and the mend."""

    def __init__(self, faults: list[str]):
        self.faults = faults
        super().__init__("\n".join(faults))


def cited_numbers(document: Document) -> Iterator[Number]:
    """Every cited number of the body in reading order."""
    for block in document.body:
        for runs in block_runs(block):
            yield from (run for run in runs if isinstance(run, Number))


# A printed number ends like this; a list of names, 无 or a value that says its unit does not.
_BARE_NUMBER = re.compile(r"\d\s*[余多万亿]*$")


def value_with_unit(citation: Citation) -> str:
    """The printed value, with its unit where it ends in a bare number (251, 1,500余, 3万)."""
    bare = citation.value is not None and _BARE_NUMBER.search(citation.value_text)
    return citation.value_text + (citation.unit if bare else "")


def fraction(citation: Citation) -> str:
    """Numerator and denominator of a divided figure (190／200), or nothing."""
    if not citation.denominator_text:
        return ""
    return f"{citation.numerator_text}／{citation.denominator_text}"


def check(document: Document) -> None:
    """Raises DocumentRefused with every fault: a number without its citation, a citation twice,
    a link that is not http(s), a ragged table, a character no document can hold."""
    faults = [*_citation_faults(document.citations)]
    known = {citation.key for citation in document.citations}
    lost = {number.cite: number.text for number in cited_numbers(document) if number.cite not in known}
    faults += [f"数字“{text}”引用了“{key}”，但引用清单里没有；请补上这条引用" for key, text in lost.items()]
    for block in document.body:
        if isinstance(block, Table) and any(len(row) != len(block.header) for row in block.rows):
            faults.append(f"表格“{'、'.join(block.header)}”有的行格数与表头不同；请补齐")
        if isinstance(block, Heading) and not 1 <= block.level <= 4:
            words = "".join(run.text for run in block.runs)
            faults.append(f"标题“{words}”是{block.level}级；公文标题只有一至四级")
    if document.lang not in _WORDINGS:
        faults.append(f"不认识的语言“{document.lang}”；可用：{'、'.join(_WORDINGS)}")
    for where, words in _all_words(document):
        if hit := _UNPRINTABLE.search(words):
            before = words[: hit.start()][-12:]
            faults.append(f"{where}“{before}”之后有不可打印的字符 U+{ord(hit[0]):04X}；请删去")
    if faults:
        raise DocumentRefused(faults)


def _citation_faults(citations: list[Citation]) -> Iterator[str]:
    keys: set[str] = set()
    numbers: set[int] = set()
    for citation in citations:
        where = f"引用{citation.no}（{citation.title}）"
        if not _KEY.fullmatch(citation.key):
            yield f"{where}的键“{citation.key}”不合用；键不含空白，1 至 {KEY_LENGTH} 个字符"
        if citation.key in keys or citation.no in numbers or citation.no < 1:
            yield f"{where}的键“{citation.key}”或序号重复；每条引用的键和序号各不相同，序号从 1 起"
        keys.add(citation.key)
        numbers.add(citation.no)
        try:
            scheme = urlsplit(citation.url).scheme
        except ValueError:
            scheme = "?"
        if not citation.url or scheme not in ("", "http", "https") or re.search(r"[\s<>\"\\]", citation.url):
            yield f"{where}的链接“{citation.url}”不合用；请用 http 或 https 地址"


def _all_words(document: Document) -> Iterator[tuple[str, str]]:
    """(where it stands, the words) of all that will be printed."""
    for name in ("title", "issuer", "number", "addressee", "report_id"):
        yield name, getattr(document, name)
    for words in (*document.attachments, *document.notes):
        yield "attachments/notes", words
    for block in document.body:
        if isinstance(block, Table):
            yield from (("table", words) for words in block.header)
        yield from (("body", run.text) for runs in block_runs(block) for run in runs)
    for citation in document.citations:
        for name in _CITATION_WORDS:
            yield f"引用{citation.no}的{name}", str(getattr(citation, name))


def citations_digest(citations: list[Citation]) -> str:
    """SHA-256 (hexadecimal) of what the citations claim, independent of wording and links.

    Stands in the docx so that an edited list of citations is noticed when the file comes back.
    """
    rows = []
    for c in sorted(citations, key=lambda c: c.no):
        value = None if c.value is None else str(c.value)
        claim = (c.figure_id, str(c.version), c.place, c.period, c.value_text, value)
        rows.append((c.key, c.no, *claim, c.evidence_count, c.digest))
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed words of a document in one language."""

    annex: str
    attachment: str
    colon: str
    notes: str
    no: str
    figure: str
    value: str
    definition: str
    place: str
    period: str
    evidence: str
    digest: str
    version: str
    issuer_suffix: str
    none: str
    open_figure: str
    back: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Titles of the columns of the annex, left to right."""
        return (
            *(self.no, self.figure, self.value, self.definition),
            *(self.place, self.period, self.evidence, self.digest),
        )


_WORDINGS = {
    "zh": Wording(
        annex="指标引用清单",
        attachment="附件",
        colon="：",
        notes="说明",
        no="序号",
        figure="指标",
        value="数值",
        definition="口径",
        place="地域",
        period="期间",
        evidence="支撑记录",
        digest="摘要",
        version="口径版本",
        issuer_suffix="文件",
        none="无",
        open_figure="打开指标",
        back="回到正文",
    ),
    "en": Wording(
        annex="List of cited figures",
        attachment="Annex",
        colon=": ",
        notes="Notes",
        no="No.",
        figure="Figure",
        value="Value",
        definition="Definition",
        place="Place",
        period="Period",
        evidence="Records",
        digest="Digest",
        version="version",
        issuer_suffix="",
        none="none",
        open_figure="Open the figure",
        back="Back to the text",
    ),
}


def wording(document: Document) -> Wording:
    """The fixed words in the document's language."""
    return _WORDINGS[document.lang]


# strftime would follow the locale of the machine.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def printed_date(day: Date, lang: str) -> str:
    """GB/T 9704-2012 7.3.5.4: Arabic digits, full year, no leading zeros (2026年9月7日)."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
