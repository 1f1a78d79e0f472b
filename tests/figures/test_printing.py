"""Numbers as a report prints them: half up, and a qualifier only where it is true."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.figures.printing import difference_text, plain, printed, rounded
from tests.matters import refused

VALUES = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 1000)
POSITIVE = st.integers(1, 10**9).map(lambda n: Decimal(n) / 1000)
STEPS = st.sampled_from(["1", "5", "10", "100", "1000", "0.5"])


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("2.5", 0, "3"), ("3.5", 0, "4"), ("-2.5", 0, "-3"), ("0.125", 2, "0.13"), ("1.005", 2, "1.01"),
        ("98.50", 1, "98.5"), ("98.04", 1, "98"), ("100", 0, "100"), ("1E+3", 0, "1000"), ("0", 2, "0"),
    ],
)  # fmt: skip
def test_half_up_and_no_trailing_noughts(value, decimals, text):
    assert plain(Decimal(value), decimals) == text


def test_nothing_is_a_word_and_stands_alone():
    assert plain(None) == "无"
    assert printed(None, "%", 1, ["over 10"]) == "无"


@given(VALUES, st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_half(value, decimals):
    assert abs(rounded(value, decimals) - value) <= Decimal(1).scaleb(-decimals) / 2


@pytest.mark.parametrize(
    ("value", "words", "text"),
    [
        ("1523", ["over 100"], "1500余人"), ("1500", ["over 100"], "1500人"), ("1500.4", ["over 100"], "1500余人"),
        ("52", ["over 100"], "52人"),
        ("1523", ["about 100"], "约1500人"), ("1550", ["about 100"], "约1600人"), ("1500", ["about 100"], "1500人"),
        ("32", ["about 100"], "32人"),
        ("1480", ["nearly 100"], "近1500人"), ("1500", ["nearly 100"], "1500人"), ("1449", ["nearly 100"], "1449人"),
        ("1523", ["at_least 100"], "1500人以上"), ("1500", ["at_least 100"], "1500人以上"), ("52", ["at_least 100"], "52人"),
        ("51234", ["wan"], "5万人"), ("51234", ["wan 1"], "5.1万人"), ("51500", ["over 1000", "wan"], "5.1万余人"),
        ("51000", ["over 1000", "wan 1"], "5.1万人"), ("56000", ["over 10000", "wan"], "5万余人"),
        ("51234", ["at_least 10000", "wan"], "5万人以上"), ("59999", ["nearly 10000", "wan"], "近6万人"),
        ("1523", ["bare"], "1523"), ("1523", ["over 100", "bare"], "1500余"), ("2.75", ["over 0.5"], "2.5余人"),
    ],
)  # fmt: skip
def test_qualifiers(value, words, text):
    assert printed(Decimal(value), "人", 0, words) == text


@given(POSITIVE, STEPS, st.booleans())
def test_what_is_said_is_true(value, step, in_wan):
    """余 and 以上 promise no more than there is, 近 no less, 约 no more than half a step off."""
    for name in ("over", "about", "nearly", "at_least"):
        text = printed(value, "人", 3, [f"{name} {step}", *(["wan 4"] if in_wan else [])])
        said = Decimal(re.sub(r"[^0-9.]", "", text)) * (10000 if in_wan else 1)
        off = value - said
        if "余" in text:
            assert 0 < off < Decimal(step), text
        elif "以上" in text:
            assert 0 <= off < Decimal(step), text
        elif "近" in text:
            assert 0 < -off <= Decimal(step) / 2, text
        elif "约" in text:
            assert 0 < abs(off) <= Decimal(step) / 2, text
        else:
            assert abs(off) <= (Decimal("0.5") if in_wan else 0), text
        assert said > 0 or value < Decimal("0.5")


@pytest.mark.parametrize(
    "word", ["above 100", "over", "over viel", "over 0", "wan x", "wan 9", "nearly -5", ""]
)
def test_an_unknown_qualifier_is_refused(word):
    with refused("bad_value", "限定词"):
        printed(Decimal(5), "人", 0, [word])


@pytest.mark.parametrize(
    ("difference", "unit", "text"),
    [
        ("12", "件", "环比增加12件"), ("-3.25", "件", "环比减少3.3件"), ("0.04", "件", "环比持平"), ("0", "%", "环比持平"),
        ("1.5", "%", "环比上升1.5个百分点"), ("-1.5", "%", "环比下降1.5个百分点"), (None, "件", "环比无可比数"),
    ],
)  # fmt: skip
def test_differences(difference, unit, text):
    assert difference_text(None if difference is None else Decimal(difference), unit, 1, "环比") == text
