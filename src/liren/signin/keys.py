"""Keys by which programs speak for the person who made them: made, listed, ended, on one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.clock import now
from liren.people.actions import DAYS, SCOPES, key_end, key_make
from liren.people.models import AccessKey, Person
from liren.people.queries import keys_of
from liren.refusals import Refusal

from .middleware import signed_in_viewer

#: What a key may be good for, in words.
GOOD_FOR = {"read": gettext_lazy("查看数据"), "write": gettext_lazy("办理业务")}


class KeyForm(forms.Form):
    """What the key is for, what it may do, and for how long."""

    name = forms.CharField(label=gettext_lazy("给哪个程序用"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("可以做什么"),
        choices=[(scope, GOOD_FOR[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=DAYS, initial=90)


def _owner(request: HttpRequest) -> Person:
    """The person whose account this is. Raises Http404 for an account without one: it has nothing to lend."""
    viewer = signed_in_viewer(request)
    if viewer is None or viewer.person is None:
        raise Http404
    return viewer.person


@login_required
@never_cache
@require_safe
def page_of_keys(request: HttpRequest) -> HttpResponse:
    """One's own keys; the secrets are shown nowhere."""
    return render(
        request, "signin/keys.html", {"keys": [_told(one) for one in keys_of(_owner(request), now())]}
    )


def _told(key: AccessKey) -> dict[str, Any]:
    scopes = [GOOD_FOR[scope] for scope in key.scopes.split() if scope in GOOD_FOR]
    return {"key": key, "scopes": scopes}


@login_required
@never_cache
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new key, shown once; whoever asks has proved a moment ago who they are."""
    owner = _owner(request)
    form = KeyForm(request.POST if request.method == "POST" else None, initial={"scopes": ["read"]})
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = key_make(person=owner, at=now(), **form.cleaned_data)
            return render(request, "signin/key_made.html", _told(key) | {"secret": secret})
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "signin/key_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own keys."""
    key = next((one for one in keys_of(_owner(request), now()) if one.pk == number), None)
    if key is None:
        raise Refusal("not_found", what="密钥", name=str(number), mend="它可能已经停用。")
    key_end(key, at=now())
    messages.success(request, _("这把密钥已经停用。"))
    return redirect("signin:keys")
