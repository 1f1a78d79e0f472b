"""One declared field as a field of a web form.

Everything is taken as text and read by the kernel (``packs.fields``), so that a form, a spreadsheet
and the API refuse the same value with the same sentence, and what was typed stays in the box.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.fields import CHINA, COLUMNS, POINT
from liren.packs.language import FieldSpec, Kind
from liren.records.values import field_type

#: How a type is entered: widget attributes for phones' keyboards and browsers' pickers.
_INPUTS: dict[str, dict[str, str]] = {
    "integer": {"inputmode": "numeric"},
    "number": {"inputmode": "decimal"},
    "money": {"inputmode": "decimal"},
    "date": {"type": "date"},
    "datetime": {"type": "datetime-local"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    "link": {"type": "url", "inputmode": "url"},
}
#: A list of the county's own words, which a screen reader has to be told on an English page.
CHINESE = {"lang": "zh-Hans"}
#: Few choices are shown as buttons to tap, more as a list.
_TAPPED = 6


def form_field(kind: Kind, name: str, *, required: bool) -> forms.Field:
    """The form field of a declared field or shared column ``name``: the caller's own, to be changed at will."""
    made = catalogue().derived.setdefault("form fields", {})
    key = (id(kind), name, required, get_language())
    kept = made.get(key)
    # A kind that the packs in force do not hold may lie where another one lay.
    if kept is None or kept[0] is not kind:
        kept = made[key] = (kind, _make(kind, name, required))
    return own(kept[1])


def own(field: forms.Field) -> forms.Field:
    """The same field for one form alone, twenty times quicker than to copy all that nobody changes in place."""
    found, widget = _like(field), _like(field.widget)
    widget.attrs = dict(widget.attrs)
    found.widget = widget
    return found


def _like(one: Any) -> Any:
    made = object.__new__(type(one))
    made.__dict__.update(one.__dict__)
    return made


def _make(kind: Kind, name: str, required: bool) -> forms.Field:
    spec = kind.fields.get(name)
    type_ = field_type(kind, name) or "text"
    title = spec.title if spec else _(COLUMNS[name].title)
    about: dict[str, Any] = {"label": title, "required": required, "help_text": _hint(spec)}
    if type_ == "choice" and spec:
        return _choice(spec, about)
    if type_ == "choices" and spec:
        choices = list(spec.choices.items())
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **about)
    if type_ == "flag":
        return forms.BooleanField(**(about | {"required": False}))
    if type_ == "long":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000, **about)
    attrs = dict(_INPUTS.get(type_, {}))
    if type_ == POINT:
        about["help_text"] = about["help_text"] or "经度,纬度（CGCS2000 或 WGS 84），例 117.123456,36.123456"
        attrs |= {"data-point": "1", "autocomplete": "off", "inputmode": "decimal"}
    if type_ in ("place", "unit", "person"):
        attrs["data-find"] = type_
        attrs["autocomplete"] = "off"
    # Boxes for dates know no greatest length (HTML); their values are read strictly anyway.
    most = None if attrs.get("type", "").startswith("date") else 300
    return forms.CharField(widget=forms.TextInput(attrs=attrs), max_length=most, **about)


def _choice(spec: FieldSpec, about: dict[str, Any]) -> forms.Field:
    choices = list(spec.choices.items())
    if len(choices) <= _TAPPED:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, initial=spec.default, **about)
    empty = [] if spec.default else [("", _("请选择"))]
    widget = forms.Select(attrs=CHINESE)
    return forms.ChoiceField(choices=[*empty, *choices], initial=spec.default, widget=widget, **about)


def _hint(spec: FieldSpec | None) -> str:
    if spec is None:
        return ""
    parts = [spec.hint or "", _("单位：%(unit)s") % {"unit": spec.unit} if spec.unit else ""]
    if spec.private:
        parts.append(_("加密保存，只有经办人看得到"))
    return _("；").join(part for part in parts if part)


def shown(value: Any) -> Any:
    """A stored value as its box shows it (moments in China time, flags as they are)."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    return value
