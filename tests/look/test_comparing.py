"""How a comparison is said: generated from the difference, in the page's language, never typed."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from liren.look.presenting.words import change_text


@pytest.mark.parametrize(
    ("difference", "unit", "with_", "chinese", "english"),
    [
        (Decimal(12), "件", "previous", "环比增加12件", "up 12 件 on the previous period"),
        (Decimal("-1.5"), "%", "year_ago", "同比下降1.5个百分点", "down 1.5 percentage points year on year"),
        (Decimal(0), "件", "previous", "环比持平", "unchanged on the previous period"),
        (None, "件", "previous", "环比无可比数", "no figure for the previous period"),
        (None, "件", "year_ago", "同比无可比数", "no figure of a year ago"),
    ],
)
def test_a_comparison_is_a_sentence_in_either_language(difference, unit, with_, chinese, english):
    decimals = 1 if unit == "%" else 0
    with override("zh-hans"):
        assert change_text(difference, unit, decimals, with_) == chinese
    with override("en"):
        assert change_text(difference, unit, decimals, with_) == english
