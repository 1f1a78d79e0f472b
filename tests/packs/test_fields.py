"""Typed-in values: what every type takes, keeps, and refuses with what would fit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.packs.fields import CHINA, TYPES, BadValue, read_value

CHOICES = {"facility": "公共设施", "safety": "安全隐患"}


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  灯  ", "灯"), ("long", "一\n二", "一\n二"),
        ("choice", "facility", "facility"), ("choice", " 公共设施 ", "facility"),
        ("choices", "公共设施、safety", ["facility", "safety"]), ("choices", ["公共设施"], ["facility"]), ("choices", "，", None),
        ("integer", "1,200", 1200), ("integer", "3.0", 3), ("integer", 5, 5), ("integer", "-2", -2),
        ("number", "1.25", 1250), ("number", "12，000", 12_000_000), ("number", Decimal("0.001"), 1),
        ("money", "100.50", 10050), ("money", 3, 300),
        ("date", "2024-3-4", "2024-03-04"), ("date", "2024年3月4日", "2024-03-04"), ("date", "2024/03/04", "2024-03-04"),
        ("date", "2024.3.4", "2024-03-04"), ("date", "2024-03-04 00:00:00", "2024-03-04"), ("date", date(2024, 3, 4), "2024-03-04"),
        ("date", datetime(2024, 3, 3, 17, tzinfo=UTC), "2024-03-04"),
        ("datetime", "2024-03-04 9:10", datetime(2024, 3, 4, 9, 10, tzinfo=CHINA)),
        ("datetime", "2024年3月4日 09:10:05", datetime(2024, 3, 4, 9, 10, 5, tzinfo=CHINA)),
        ("datetime", "2024-03-04", datetime(2024, 3, 4, tzinfo=CHINA)),
        ("datetime", datetime(2024, 3, 4, 1, tzinfo=UTC), datetime(2024, 3, 4, 9, tzinfo=CHINA)),
        ("flag", "是", True), ("flag", "√", True), ("flag", "否", False), ("flag", False, False), ("flag", "NO", False),
        ("phone", "139-8765 4321", "13987654321"), ("phone", "（0538）123456", "0538123456"),
        ("link", "https://example.org/a", "https://example.org/a"),
        ("point", "117.1, 36.10000049", "117.100000,36.100000"), ("point", "-0.5 -1", "-0.500000,-1.000000"),
        ("place", " 明月里 ", "明月里"), ("record", "SJ2024-00001", "SJ2024-00001"),
    ],
)  # fmt: skip
def test_what_is_kept(kind, typed, kept):
    assert read_value(kind, typed, CHOICES) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("choice", "井盖", "公共设施、安全隐患"), ("choices", "公共设施、井盖", "井盖"),
        ("integer", "三", "不是数"), ("integer", "1.5", "不是整数"), ("integer", "NaN", "不是可用的数"),
        ("integer", "1e99", "不是可用的数"), ("number", "0.0001", "三位小数"), ("money", "0.005", "分"), ("money", "inf", "不是可用的数"),
        ("date", "2024-02-30", "2024-03-04"), ("date", "4.3.2024", "2024-03-04"), ("date", "明天", "2024-03-04"),
        ("datetime", "2024-03-04 25:00", "2024-03-04 09:10"), ("datetime", "9:10", "2024-03-04 09:10"),
        ("flag", "也许", "是 或 否"), ("phone", "12", "5 至 15 位"), ("phone", "1234567890123456", "5 至 15 位"),
        ("link", "javascript:alert(1)", "http"), ("link", "example.org", "http"),
        ("text", "空\x00字符", "不能保存"), ("long", "\udc80", "不能保存"), ("choice", "\x00", "不能保存"),
    ],
)  # fmt: skip
def test_what_is_refused(kind, typed, words):
    with pytest.raises(BadValue, match=words):
        read_value(kind, typed, CHOICES)


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("empty", [None, "", "  ", "\u3000"])
def test_an_empty_value_is_missing(kind, empty):
    assert read_value(kind, empty, CHOICES) is None


@given(
    st.sampled_from(sorted(TYPES)),
    st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.dates(),
)
def test_whatever_is_typed_is_kept_or_refused_in_words(kind, typed):
    try:
        kept = read_value(kind, typed, CHOICES)
    except BadValue as fault:
        assert str(fault)  # noqa: PT017
    else:
        assert kept is None or isinstance(kept, str | int | bool | list | datetime)


@given(st.integers(-(10**13), 10**13))
def test_numbers_and_money_are_exact(n):
    assert read_value("money", str(Decimal(n) / 100)) == n
    assert read_value("number", str(Decimal(n) / 1000)) == n
