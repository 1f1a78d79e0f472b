"""How a form's field stands on a page of this room."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect

register = template.Library()


@register.inclusion_tag("signin/parts/field.html")
def field(bound: BoundField, label: str = "", hint: str | bool = True, **attrs: str) -> dict[str, Any]:
    """A field with its name, hint and fault. `label` and `hint` replace its own, `hint=False` leaves it
    without; further words become attributes (`inputmode="numeric"`).

    The grey sample in the box goes: it repeats the name, and vanishes as soon as it is needed.
    """
    widget = bound.field.widget
    widget.attrs.pop("placeholder", None)
    widget.attrs |= attrs
    if hint is not True:
        bound.help_text = hint or ""
    return {
        "field": bound,
        "label": label or bound.label,
        "is_box": isinstance(widget, CheckboxInput)
        and not isinstance(widget, CheckboxSelectMultiple | RadioSelect),
    }
