"""Prints values: rounding half up, qualifiers 约 余 以上 近 only where they are true, 万, 无.

Everything is printed from the exact stored value; a qualifier that would not be true is left out.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from liren.refusals import Refusal

NOTHING = "无"
_STEP_WORDS = ("over", "about", "nearly", "at_least")


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as school and law round; never banker's rounding."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain(value: Decimal | None, decimals: int = 0) -> str:
    """Digits of a value with at most ``decimals`` places, trailing noughts dropped; 无 for None."""
    if value is None:
        return NOTHING
    return trimmed(rounded(value, decimals))


def trimmed(value: Decimal) -> str:
    """A decimal without exponent and without trailing noughts."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_unit(text: str, unit: str) -> str:
    """Value and unit as a sentence has them: ``20次``, ``98.5%``; 无 stands alone."""
    return text if text == NOTHING else f"{text}{unit}"


def printed(value: Decimal | None, unit: str, decimals: int, words: list[str]) -> str:
    """A number as a report prints it. ``words`` are the placeholder's qualifiers, in order.

    ``over N`` floors to N and adds 余 only if something is left; ``about N`` rounds and says 约 only if
    it rounded; ``nearly N`` raises and says 近 if at most half of N is missing; ``at_least N`` floors
    and says 以上 (true when equal). Where nothing true is left to say (余 of nought) the number itself
    is printed. ``wan [places]`` prints in 万; ``bare`` leaves the unit out. Raises Refusal on an
    unknown word.
    """
    if value is None:
        return NOTHING
    shown, before, after, wan, bare = value, "", "", None, False
    for word in words:
        name, _blank, amount = word.strip().partition(" ")
        if name in _STEP_WORDS:
            shown, before, after = _qualified(name, value, _amount(word, amount))
        elif name == "wan":
            wan = _places(word, amount)
        elif name == "bare":
            bare = True
        else:
            mend = _("可用 over、about、nearly、at_least、wan、bare、vs previous、vs year_ago、names")
            raise Refusal("bad_value", field=_("限定词「%(word)s」") % {"word": word}, reason=mend)
    if wan is not None:
        shown, decimals = shown / 10000, wan
    # A qualified number is not rounded once more: 余 and 近 would no longer be true.
    digits = trimmed(shown) if before or after else plain(shown, decimals)
    digits += "" if wan is None else "万"
    more = "余" if after == "余" else ""
    return before + digits + more + ("" if bare else unit) + ("以上" if after == "以上" else "")


def _places(word: str, amount: str) -> int:
    if amount not in ("", "0", "1", "2", "3", "4"):
        raise Refusal(
            "bad_value",
            field=_("限定词「%(word)s」") % {"word": word},
            reason=_("后面写小数位数 0 至 4，例：wan 1"),
        )
    return int(amount or 0)


def _amount(word: str, amount: str) -> Decimal:
    if not amount.replace(".", "", 1).isdigit() or not Decimal(amount):
        raise Refusal(
            "bad_value",
            field=_("限定词「%(word)s」") % {"word": word},
            reason=_("后面写一个数，例：over 100"),
        )
    return Decimal(amount)


def _qualified(name: str, value: Decimal, step: Decimal) -> tuple[Decimal, str, str]:
    """(number shown, word before, word after)."""
    way = {"about": ROUND_HALF_UP, "nearly": ROUND_CEILING}.get(name, ROUND_FLOOR)
    shown = (value / step).to_integral_value(way) * step
    is_far = name == "nearly" and (shown - value) * 2 > step
    if is_far or (shown == 0 and value != 0):
        return value, "", ""
    if name == "at_least":
        return shown, "", "以上"
    word = {"about": "约", "nearly": "近", "over": "余"}[name] if shown != value else ""
    return (shown, "", word) if name == "over" else (shown, word, "")


def difference_text(difference: Decimal | None, unit: str, decimals: int, label: str) -> str:
    """``环比增加12件`` / ``同比下降1.5个百分点`` / ``环比持平``; the label is never typed by hand."""
    if difference is None:
        return f"{label}无可比数"
    if rounded(difference, decimals) == 0:
        return f"{label}持平"
    word = "增加" if difference > 0 else "减少"
    if unit == "%":
        word, unit = ("上升" if difference > 0 else "下降"), "个百分点"
    return f"{label}{word}{plain(abs(difference), decimals)}{unit}"
