"""What is written once for all pages of a language: it says the same, and never what another page says."""

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import translation

from liren.look.addresses import numbered
from liren.look.templatetags.liren_console import lang, marker


@pytest.mark.parametrize("number", ["WG2024-00731", "网格 2024/1", "a&b?c#d", "100%", "x+y=z;(1)"])
def test_an_address_by_number_is_that_of_the_resolver(number):
    if "/" not in number:
        assert numbered("console:record", number) == reverse("console:record", args=[number])
        assert numbered("portal:record", number) == reverse("portal:record", args=[number])
    else:
        assert "%20" in numbered("console:record", number)


def test_a_frame_is_written_once_for_each_language_and_each_of_its_words():
    asked = []
    template = engines["django"].from_string(
        "{% load i18n liren_console %}{% once section %}{{ ask }}{% translate '状态' %}{{ section }}{% endonce %}"
    )

    def shown(section: str, language: str) -> str:
        with translation.override(language):
            return template.render({"section": section, "ask": lambda: asked.append(section) or ""})

    assert shown("a", "zh-hans") == shown("a", "zh-hans") == "状态a"
    assert shown("b", "zh-hans") == "状态b"
    assert shown("a", "en") == "Statea"
    assert asked == ["a", "b", "a"], "each was rendered once"


def test_cells_are_marked_as_chinese_on_pages_of_another_language_alone():
    with translation.override("zh-hans"):
        assert marker()("路灯") == lang("路灯") == ""
    with translation.override("en"):
        assert marker()("路灯") == lang("路灯") == ' lang="zh-Hans"'
        assert marker()("lamp") == ""
