"""What every form that writes has: an idempotency key, and refusals laid beside the fields they name."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liren.refusals import Refusal

KEY = "key"


class KeyedForm(forms.Form):
    """A double click, a retry after a lost connection and the back button carry the same key, and write once."""

    #: What refusals call a field → its name in this form, where the label says it otherwise.
    called: dict[str, str] = {}
    #: The refusal that the form came back with, if any.
    refusal: Refusal | None = None

    @property
    def write_key(self) -> str:
        """The key under which this form writes."""
        return f"form:{self.cleaned_data[KEY]}"

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal where it belongs: beside the field it names, else above the form."""
        self.refusal = refusal
        named = str(refusal.facts.get("field") or refusal.facts.get("fields") or "")
        titles = {str(f.label): name for name, f in self.fields.items()} | self.called
        hit = False
        for title in filter(None, named.split("、")):
            # A refusal names a field of the house in Chinese, whatever the language of its label.
            name = titles.get(title) or titles.get(_(title))
            if name:
                self.add_error(name, str(refusal.facts.get("reason") or _("请填写")))
                hit = True
        for name in () if hit else self._looked_up(refusal):
            self.add_error(name, str(refusal))
            hit = True
        if not hit:
            self.add_error(None, str(refusal))

    def _looked_up(self, refusal: Refusal) -> list[str]:
        """The boxes in which the place, unit or person was written that is not there, or there twice."""
        if refusal.code not in ("not_found", "ambiguous"):
            return []
        written = str(refusal.facts.get("name", ""))
        finds = [name for name, field in self.fields.items() if field.widget.attrs.get("data-find")]
        # A path of places is looked up part by part: the refusal may name one part of what was written.
        return [name for name in finds if written and written in str(self.cleaned_data.get(name) or "")]


def with_key(form: type[KeyedForm], fields: dict[str, forms.Field], data=None, initial: dict[str, Any] | None = None,
             **more: Any):  # fmt: skip
    """The form with these fields and a fresh key, bound to ``data`` if there is any.

    The fields are this form's own: a class made of them would only have them copied, one by one.
    """
    made = form(data, initial={KEY: uuid.uuid4().hex, **(initial or {})})
    made.fields = {**fields, KEY: key_field()}
    for name, value in more.items():
        setattr(made, name, value)
    return made


def key_field() -> forms.Field:
    """The hidden key; one for all forms, none of which changes it."""
    return _KEY


_KEY = forms.CharField(widget=forms.HiddenInput, max_length=60)
