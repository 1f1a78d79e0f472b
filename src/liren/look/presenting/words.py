"""Numbers, names and moments as pages say them, and whose names a viewer may read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from liren.figures.browsing import withheld
from liren.figures.periods import Period, compare_label_en, compare_label_zh
from liren.figures.printing import NOTHING, difference_text, plain, rounded
from liren.figures.scope import Result
from liren.people.models import Person
from liren.people.private import mask
from liren.people.visibility import Viewer

# Titles that the language of packs gives to its columns, and what refusals call things: English pages
# translate them when they are used.
COLUMN_WORDS = (
    gettext_noop("标题"), gettext_noop("地点"), gettext_noop("单位"), gettext_noop("承办"),
    gettext_noop("人员"), gettext_noop("类别"), gettext_noop("等级"), gettext_noop("来源"),
    gettext_noop("数量"), gettext_noop("金额"), gettext_noop("开始"), gettext_noop("结束"),
    gettext_noop("日期"), gettext_noop("状态"), gettext_noop("办结"), gettext_noop("期限"),
    gettext_noop("逾期次数"), gettext_noop("附件"), gettext_noop("业务"), gettext_noop("印发的报告"),
    gettext_noop("记录类型"),
)  # fmt: skip
HIDDEN = "████"


def english() -> bool:
    """Whether the page speaks English."""
    return (get_language() or "").startswith("en")


def digits(value: Decimal | int | None, decimals: int = 0) -> str:
    """`1234.50` → `1,234.5`: as declared, half up, without trailing noughts; 无 for None."""
    text = plain(None if value is None else Decimal(value), decimals)
    if text == NOTHING:
        return _(text)
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-") != "0" else text


def said(value: Decimal | None, unit: str, decimals: int) -> dict[str, str]:
    """Text and unit of a number as templates take them; per cent stands with its digits."""
    text = digits(value, decimals)
    if value is None:
        return {"text": text, "unit": ""}
    return {"text": f"{text}%", "unit": ""} if unit == "%" else {"text": text, "unit": unit}


def few(result: Result) -> str:
    """What stands in place of a number that is too small to be public."""
    least = result.figure.spec.small or max(
        (part.figure.spec.small for part in (result.numerator, result.denominator) if part), default=0
    )
    return _("少于 %(n)s，不公开") % {"n": least}


def told(result: Result, viewer: Viewer) -> dict[str, Any]:
    """Text and unit of a result for a viewer; `hidden` when it is withheld from them."""
    if hidden(result, viewer):
        return {"text": few(result), "unit": "", "hidden": True}
    spec = result.figure.spec
    return said(result.value, spec.unit, spec.decimals) | {"hidden": False}


def hidden(result: Result, viewer: Viewer) -> bool:
    """Whether the number is withheld from this viewer: small cells are for staff alone."""
    return not viewer.is_staff and withheld(result)


def source_of(result: Result) -> str:
    """What kind of number it is: `external`, `target` or `counted`."""
    spec = result.figure.spec
    return "external" if spec.verb == "reading" else "target" if spec.target_of else "counted"


def name_of(person: Person | None, viewer: Viewer, *, official: bool = False) -> str:
    """A person's name as a viewer may read it.

    Who acts for a unit or place (`official`) is named to everybody; other persons are named to staff and
    to themselves, to the public only by their first character.
    """
    if person is None:
        return ""
    own = viewer.person is not None and viewer.person.pk == person.pk
    return person.name if official or own or viewer.is_staff else mask_name(person.name)


def mask_name(name: str) -> str:
    """The first character of a name; `mask` of private data would show the last one too."""
    return mask(name) if len(name) < 2 else f"{name[0]}{'█' * (len(name) - 1)}"


def moment_text(value: datetime | None, *, time: bool = True) -> str:
    """`2024-03-04 09:10`, for cells of tables; a day alone where nobody noted a time."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    # A hundred of them stand in a list: a format string takes five times as long.
    told = at.isoformat(" ", "minutes")
    return told[:16] if time and (at.hour or at.minute) else told[:10]


def label(period: Period) -> str:
    """A period as the page's language says it."""
    return period.label_en if english() else period.label_zh


def change_text(difference: Decimal | None, unit: str, decimals: int, with_: str) -> str:
    """环比增加12件, in English “up 12 件 on the previous period”; the comparison is generated, never typed."""
    if not english():
        return difference_text(difference, unit, decimals, compare_label_zh(with_))
    against = compare_label_en(with_)
    if difference is None:
        return "no figure of a year ago" if with_ == "year_ago" else "no figure for the previous period"
    if rounded(difference, decimals) == 0:
        return f"unchanged {against}"
    amount = f"{digits(abs(difference), decimals)} {'percentage points' if unit == '%' else unit}"
    return f"{'up' if difference > 0 else 'down'} {amount} {against}"


def size_text(size: int) -> str:
    """Bytes for readers: 820 B, 24 KB, 3.1 MB."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
