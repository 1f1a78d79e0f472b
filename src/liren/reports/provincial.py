"""A province's numbers as a document and as JSON: the whole, and each county beside it."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from liren.clock import today
from liren.figures.cube.province import Province
from liren.figures.printing import plain, with_unit
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.reports.document import Block, Document, Heading, Paragraph, Table, Text


def as_json(found: Province) -> dict[str, Any]:
    """Period, counties, and every figure with its exact values as texts; null is 无."""
    return {
        "period": found.period.text,
        "counties": [{key: one[key] for key in ("county", "at", "acts")} for one in found.counties],
        "figures": [
            {
                "figure": figure,
                "title": catalogue().figures[figure].spec.title,
                "unit": catalogue().figures[figure].spec.unit,
                "value": _exact(value),
                "counties": {code: _exact(one) for code, one in found.each.get(figure, {}).items()},
            }
            for figure, value in found.whole.items()
        ],
        "left_out": found.left_out,
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def document(found: Province) -> Document:
    """One table a pack: every figure for the whole, with the most, the least and the middle county."""
    entries = [catalogue().figures[figure] for figure in found.whole]
    oldest = min(one["at"] for one in found.counties)[:10]
    body: list[Block] = [
        Paragraph(
            [Text(f"{found.period.label_zh}，{len(found.counties)} 个县，最早一份的数字截至 {oldest}。")]
        )
    ]
    for pack, some in groupby(entries, key=lambda entry: entry.pack.title):
        body += [Heading(2, [Text(pack)]), Table(_HEAD, [_row(found, entry) for entry in some])]
    notes = ["人和户按省里发的密钥做成盲索引去重，份额里没有姓名；上报数由各县单独报，不在表内。"]
    return Document(f"全省指标汇总\n{found.period.label_zh}", "里仁", "", "", today(), body, [], notes=notes)


_HEAD = ["指标", "全省", "最高的县", "居中的县", "最低的县"]


def _row(found: Province, entry: FigureEntry) -> list[Any]:
    said = sorted(
        ((value, code) for code, value in found.each.get(entry.id, {}).items() if value is not None),
        reverse=True,
    )

    def text(value: Decimal | None, code: str = "") -> list[Any]:
        number = with_unit(plain(value, entry.spec.decimals), entry.spec.unit)
        return [Text(f"{code} {number}".strip())]

    picked = [said[0], said[len(said) // 2], said[-1]] if said else []
    cells = [text(*pair) for pair in picked] or [[Text("—")] for _ in range(3)]
    return [[Text(entry.spec.title)], text(found.whole[entry.id]), *cells]
