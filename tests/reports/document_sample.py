"""A small report of a fictional county, used by the tests of the document and its writers."""

import datetime as dt
import io
import zipfile
from dataclasses import replace
from decimal import Decimal

from liren.reports.document import Citation, Document, Number, cited_numbers, parse_body
from liren.reports.docx_reader import ReadDocument

BODY = """\
# 一、总体情况

一季度共办结网格事项{closed}，按期办结率{rate}，“马上就办”成为习惯。**一是抓排查。**对账销号{closed}。

## （一）**制度先行。**分级办理

- 巡查{people}
- 由街道**统一调度{rate}**

### 主要指标

| 指标 | 本季度 |
|---|---|
| 办结网格事项 | {closed} |
| 回访满意率 | {none} |

1. 继续完善机制。
"""

_FACTS = {
    "closed": ("办结网格事项", "1,186件", Decimal(1186), "件", "", ""),
    "rate": ("按期办结率", "95.2%", Decimal("95.2"), "%", "1,129", "1,186"),
    "people": ("巡查人次", "251", 251, "人次", "", ""),
    "none": ("回访满意率", "无", None, "%", "0", "0"),
}


def citations(url: str = "http://127.0.0.1:8000/reports/7/numbers/{key}/?lang=zh&p=2023Q1") -> list[Citation]:
    """One citation for each placeholder of BODY."""
    return [
        Citation(
            key=key,
            no=no,
            title=title,
            value_text=text,
            value=value,
            unit=unit,
            figure_id=f"grid.{key}",
            definition="办结日期在期间内的网格事项，<作废>件 & 并案件不计",
            version=2,
            place="清溪街道",
            period="2023年第1季度",
            evidence_count=1186 + no,
            digest=f"{no:02x}9f3c7a1be4d2" + "0" * 50,
            url=url.format(key=key),
            numerator_text=numerator,
            denominator_text=denominator,
        )
        for no, (key, (title, text, value, unit, numerator, denominator)) in enumerate(_FACTS.items(), 1)
    ]


def number(name: str) -> Number:
    """The callback of parse_body: a number cited by its placeholder."""
    return Number(_FACTS[name][1], name)


def sample(**changes: object) -> Document:
    """The sample report, with some of its fields changed."""
    document = Document(
        title="关于一季度网格工作情况的通报",
        issuer="清溪县网格化服务中心",
        number="清网〔2023〕1号",
        addressee="各街道办事处，县直各有关单位",
        date=dt.date(2023, 4, 7),
        body=parse_body(BODY, number),
        citations=citations(),
        attachments=["网格员上岗公示名单"],
        notes=["回访未开展的网格不计入满意率。"],
        report_id="grid.quarter/2023Q1/0007",
    )
    return replace(document, **changes)


WRITTEN = [(n.cite, n.text) for n in cited_numbers(sample())]


def pairs(document: ReadDocument) -> list[tuple[str, str]]:
    return [(n.key, n.text) for n in document.numbers]


def edited(blob: bytes, **changes) -> bytes:
    """The package with parts replaced: name with __ for / and . → bytes, a function of bytes, or None."""
    out = io.BytesIO()
    by_name = {key.replace("__", "/").replace("_xml", ".xml"): change for key, change in changes.items()}
    with zipfile.ZipFile(io.BytesIO(blob)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            change = by_name.get(name, data)
            if change is not None:
                new.writestr(name, change(data) if callable(change) else change)
    return out.getvalue()
