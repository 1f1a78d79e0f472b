"""Division codes as ranges: everything in X is ``code >= X and code < next(X)``."""

from django.db.models import Q
from django.utils.translation import gettext as _

from .models import LEVELS


def after(code: str) -> str:
    """The first code that does not begin with ``code``: the open end of its range.

    >>> after("370902"), after("370999"), after("37090G")
    ('370903', '37099:', '37090H')
    """
    return code[:-1] + chr(ord(code[-1]) + 1)


def within(code: str, field: str = "place_id") -> Q:
    """Rows whose place lies in ``code``. A range, since ``startswith`` scans the table on SQLite."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": after(code)})


def contains(outer: str, inner: str) -> bool:
    return inner.startswith(outer)


def level_of(code: str) -> str:
    """``county``, ``town``, ``village`` or ``grid``; ValueError names the accepted lengths."""
    try:
        return LEVELS[len(code)]
    except KeyError:
        raise ValueError(_("区划代码「%(code)s」应为 6、9、12 或 15 位") % {"code": code}) from None


def parents(code: str) -> list[str]:
    """Codes of the places that contain this one, outermost first, without itself."""
    return [code[:n] for n in sorted(LEVELS) if n < len(code)]
