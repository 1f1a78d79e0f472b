"""One declared field as a box: the keyboard a phone shows, buttons for few choices, hints."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.utils import translation

from liren.forms.fields import form_field, shown
from liren.packs.language import Kind


def kind(**fields) -> Kind:
    told = {"title": {"title": "标题", "type": "text"}, **fields}
    states = {"here": {"title": "在册"}}
    return Kind.model_validate({"title": "试", "shape": "entry", "number": "T{seq:03}", "opened by": ["resident"],
                                "fields": told, "states": states})  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "attributes"),
    [
        ("integer", {"inputmode": "numeric"}),
        ("number", {"inputmode": "decimal"}),
        ("phone", {"type": "tel", "autocomplete": "tel"}),
        ("date", {"type": "date"}),
        ("datetime", {"type": "datetime-local"}),
        ("link", {"type": "url"}),
        ("place", {"data-find": "place", "autocomplete": "off"}),
        ("unit", {"data-find": "unit"}),
        ("person", {"data-find": "person"}),
    ],
)
def test_a_phone_shows_the_right_keyboard(type_: str, attributes: dict):
    field = form_field(kind(one={"title": "一", "type": type_}), "one", required=False)
    shown_as = {"type": field.widget.input_type, **field.widget.attrs}
    assert attributes.items() <= shown_as.items()


def test_few_choices_are_buttons_and_many_are_a_list():
    few = form_field(
        kind(one={"title": "一", "type": "choice", "choices": {"a": "甲", "b": "乙"}}), "one", required=True
    )
    assert isinstance(few.widget, forms.RadioSelect)
    many = {f"c{n}": f"第{n}项" for n in range(7)}
    long_ = form_field(kind(one={"title": "一", "type": "choice", "choices": many}), "one", required=True)
    assert isinstance(long_.widget, forms.Select)
    assert long_.choices[0] == ("", "请选择"), "nothing is chosen for anybody"
    several = form_field(kind(one={"title": "一", "type": "choices", "choices": many}), "one", required=False)
    assert isinstance(several.widget, forms.CheckboxSelectMultiple)


def test_the_default_stands_chosen():
    told = {"title": "一", "type": "choice", "default": "b", "choices": {"a": "甲", "b": "乙"}}
    assert form_field(kind(one=told), "one", required=False).initial == "b"


def test_a_flag_need_never_be_ticked():
    assert not form_field(kind(one={"title": "一", "type": "flag"}), "one", required=True).required


def test_hint_unit_and_privacy_are_said_under_the_box():
    told = {"title": "一", "type": "phone", "private": True, "hint": "岗位电话"}
    assert (
        form_field(kind(one=told), "one", required=False).help_text == "岗位电话；加密保存，只有经办人看得到"
    )
    told = {"title": "一", "type": "integer", "unit": "户"}
    assert form_field(kind(one=told), "one", required=False).help_text == "单位：户"


def test_a_shared_column_has_the_title_of_the_house():
    assert form_field(kind(), "place", required=False).label == "地点"


def test_moments_are_shown_in_china_time_and_flags_as_they_are():
    assert shown(datetime(2024, 3, 9, 0, 0, tzinfo=UTC)) == "2024-03-09T08:00"
    assert shown(True) is True
    assert shown("2024-03-09") == "2024-03-09"


def test_what_one_form_changes_of_a_field_no_other_form_has():
    """Fields are made once for all forms of the packs in force; each form has its own."""
    said = kind(level={"title": "等级", "type": "choice", "choices": {"a": "甲", "b": "乙"}})
    first = form_field(said, "level", required=True)
    first.required, first.label, first.choices = False, "别的", [("c", "丙")]
    first.widget.attrs["lang"] = "en"
    second = form_field(said, "level", required=True)
    assert (second.required, second.label, second.widget.attrs) == (True, "等级", {})
    assert list(second.choices) == list(second.widget.choices) == [("a", "甲"), ("b", "乙")]
    first.widget = forms.HiddenInput()
    assert isinstance(form_field(said, "level", required=True).widget, forms.RadioSelect)
    # Another kind has other fields, wherever it lies; and the other language its own words.
    assert form_field(kind(level={"title": "级别", "type": "text"}), "level", required=True).label == "级别"
    private = kind(phone={"title": "电话", "type": "phone", "private": True})
    hints = [form_field(private, "phone", required=False).help_text]
    with translation.override("en"):
        hints.append(form_field(private, "phone", required=False).help_text)
    assert hints[0].isascii() is False and hints[1].isascii()
