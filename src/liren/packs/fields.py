"""Fields of a kind: their types, the shared columns they may use, and reading a typed-in value.

Shared columns are real, indexed database columns; everything else a pack declares lives in the
record's ``data``. Money is kept in fen (1/100 yuan) and quantities in thousandths, both as whole
numbers, so that sums are exact on every database.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from .saying import _, gettext_noop, joined

CHINA = ZoneInfo("Asia/Shanghai")

#: Field types a pack may use, with their Chinese names (handbook, forms, messages).
TYPES = {
    "text": gettext_noop("文字"),
    "long": gettext_noop("长文字"),
    "choice": gettext_noop("单选"),
    "choices": gettext_noop("多选"),
    "integer": gettext_noop("整数"),
    "number": gettext_noop("数"),
    "money": gettext_noop("金额"),
    "date": gettext_noop("日期"),
    "datetime": gettext_noop("时间"),
    "flag": gettext_noop("是否"),
    "phone": gettext_noop("电话"),
    "link": gettext_noop("网址"),
    "place": gettext_noop("地点"),
    "unit": gettext_noop("单位"),
    "person": gettext_noop("人员"),
    "record": gettext_noop("事项"),
    "point": gettext_noop("位置"),
}


@dataclass(frozen=True)
class Column:
    """A shared column: its Chinese name, the types that fit it, and whether it is kept scaled."""

    title: str
    types: tuple[str, ...]


#: Columns every record has. A pack may declare one to retitle or require it, or use it undeclared.
COLUMNS = {
    "title": Column(gettext_noop("标题"), ("text",)),
    "place": Column(gettext_noop("地点"), ("place",)),
    "unit": Column(gettext_noop("单位"), ("unit",)),
    "handler": Column(gettext_noop("承办"), ("unit",)),
    "person": Column(gettext_noop("人员"), ("person",)),
    "category": Column(gettext_noop("类别"), ("choice", "text")),
    "level": Column(gettext_noop("等级"), ("choice", "text")),
    "source": Column(gettext_noop("来源"), ("choice", "text", "link")),
    "quantity": Column(gettext_noop("数量"), ("integer", "number")),
    "money": Column(gettext_noop("金额"), ("money",)),
    "starts": Column(gettext_noop("开始"), ("datetime", "date")),
    "ends": Column(gettext_noop("结束"), ("datetime", "date")),
    "opened": Column(gettext_noop("日期"), ("datetime", "date")),
}
#: The one type that is kept in two columns of its own (`longitude`, `latitude`): see :func:`read_point`.
POINT = "point"
#: Columns the kernel alone writes; conditions and figures may read them.
KERNEL_COLUMNS = {
    "state": gettext_noop("状态"),
    "closed": gettext_noop("办结"),
    "due": gettext_noop("期限"),
    "late_count": gettext_noop("逾期次数"),
}
#: Types whose values are texts of a date; ordering them as text is ordering them in time.
_TRUE = {"是", "有", "true", "yes", "y", "1", "√"}
_FALSE = {"否", "无", "false", "no", "n", "0", "×"}
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
#: Signs of the longest text a field takes.
LONGEST = 20_000
_POINT = re.compile(r"^(-?\d{1,6}(?:\.\d{1,20})?)[\s,，、;；]+(-?\d{1,6}(?:\.\d{1,20})?)$", re.ASCII)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps no NUL, UTF-8 no half of a pair
_MOMENT = re.compile(r"^(.+?)[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$")


class BadValue(ValueError):
    """A value that does not fit its field; the sentence says why and what would."""


def read_value(kind: str, value, choices: dict[str, str] | None = None):
    """Read a typed-in value for a field type; returns the stored form or raises :class:`BadValue`.

    Stored forms: text str; integer int; number thousandths int; money fen int; date ``YYYY-MM-DD``
    str; datetime aware ``datetime``; flag bool; choices list of keys; point text. place, unit, person and
    record stay the given text: only the nouns can resolve them. An empty value is None.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        read_text(value, LONGEST)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(value)
    if kind == "choice":
        return read_choice(value, choices or {})
    if kind == "choices":
        given = value if isinstance(value, list) else re.split(r"[、，,;；]", str(value))
        return [read_choice(one, choices or {}) for one in given if str(one).strip()] or None
    return str(value).strip()


def read_text(text: str, most: int) -> str:
    """A text that every database can keep, of at most so many signs. SQLite would take any, PostgreSQL not."""
    if _UNKEPT.search(text):
        raise BadValue(_("含有不能保存的字符（空字符或半个字），多半是从别处粘贴来的；请重新输入"))
    if len(text) > most:
        raise BadValue(_("长 %(n)s 字，最多 %(most)s 字") % {"n": len(text), "most": most})
    return text


def read_choice(value, choices: dict[str, str]) -> str:
    """A choice by its key or its title."""
    word = str(value).strip()
    if word in choices:
        return word
    for key, title in choices.items():
        if title == word:
            return key
    raise BadValue(
        _("「%(text)s」不在选项中；可选：%(among)s") % {"text": word, "among": joined(choices.values())}
    )


def read_moment(value) -> datetime:
    """A moment: datetime, date, ``2024-03-04 09:10`` or ``2024-03-04`` (start of that day), in China time."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=CHINA)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=CHINA)
    text = str(value).strip()
    found = _MOMENT.match(text)
    try:
        if found:
            day = date.fromisoformat(read_date(found[1]))
            clock = (int(found[2]), int(found[3]), int(found[4] or 0))
            return datetime(day.year, day.month, day.day, *clock, tzinfo=CHINA)
        day = date.fromisoformat(read_date(text))
    except ValueError:
        raise BadValue(_("「%(text)s」不是时间；请写成 2024-03-04 09:10") % {"text": text}) from None
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def read_date(value) -> str:
    """A day as ``YYYY-MM-DD``."""
    if isinstance(value, datetime):
        return (value.astimezone(CHINA) if value.tzinfo else value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    found = _DATE.match(text.removesuffix(" 00:00:00"))
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        pass
    raise BadValue(_("「%(text)s」不是日期；请写成 2024-03-04") % {"text": text})


def _decimal(value) -> Decimal:
    text = str(value).strip().replace(",", "").replace("，", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValue(_("「%(text)s」不是数") % {"text": text}) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise BadValue(_("「%(text)s」不是可用的数") % {"text": text})
    return number


def _integer(value) -> int:
    number = _decimal(value)
    if number != number.to_integral_value():
        raise BadValue(_("「%(text)s」不是整数") % {"text": value})
    return int(number)


def _scaled(value, places: int) -> int | None:
    """The number times ten to the ``places``; None when it has more of them."""
    number = _decimal(value) * 10**places
    return int(number) if number == number.to_integral_value() else None


def _number(value) -> int:
    number = _scaled(value, 3)
    if number is None:
        raise BadValue(_("「%(text)s」最多三位小数") % {"text": value})
    return number


def _money(value) -> int:
    fen = _scaled(value, 2)
    if fen is None:
        raise BadValue(_("「%(text)s」金额最多两位小数（分）") % {"text": value})
    return fen


def _flag(value) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadValue(_("「%(text)s」请写 是 或 否") % {"text": value})


def _phone(value) -> str:
    digits = re.sub(r"[\s\-—()（）+]", "", str(value))
    if not digits.isdigit() or not 5 <= len(digits) <= 15:
        raise BadValue(_("「%(text)s」不是电话号码；只写数字，5 至 15 位") % {"text": value})
    return digits


def _link(value) -> str:
    text = str(value).strip()
    if not re.match(r"^https?://[^\s/]+", text):
        raise BadValue(_("「%(text)s」不是网址；以 http:// 或 https:// 开头") % {"text": text})
    return text


def read_point(value) -> str:
    """A point on the ground as ``117.123456,36.123456``: longitude, then latitude, in degrees of CGCS2000.

    Nothing is converted: WGS 84 is the same to within a metre, points of GCJ-02 (most maps of the internet) lie
    some hundred metres off and must be converted before. More than six decimals (a tenth of a metre) are rounded.
    """
    found = _POINT.match(str(value).strip())
    if not found:
        raise BadValue(_("「%(text)s」不是位置；写成 经度,纬度，例 117.123456,36.123456") % {"text": value})
    x, y = (round(Decimal(one), 6) for one in found.groups())
    if abs(y) > 90 >= abs(x):
        raise BadValue(_("「%(text)s」像是把纬度写在了前面；先写经度，再写纬度") % {"text": value})
    if abs(x) > 180 or abs(y) > 90:
        raise BadValue(
            _("「%(text)s」不是经纬度：经度在 -180 到 180 之间，纬度在 -90 到 90 之间") % {"text": value}
        )
    return f"{x:.6f},{y:.6f}"


def point_micro(text: str) -> tuple[int, int]:
    """A point as it is kept: whole millionths of a degree, longitude first."""
    x, y = text.split(",")
    return int(Decimal(x).scaleb(6)), int(Decimal(y).scaleb(6))


def point_text(x: int | None, y: int | None) -> str | None:
    """A kept point as text; None where there is none."""
    return None if x is None or y is None else f"{Decimal(x).scaleb(-6):.6f},{Decimal(y).scaleb(-6):.6f}"


_READERS = {
    "integer": _integer,
    "number": _number,
    "money": _money,
    "date": read_date,
    "datetime": read_moment,
    "flag": _flag,
    "phone": _phone,
    "link": _link,
    POINT: read_point,
}
