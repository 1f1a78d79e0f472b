"""Accounts, kept by the system administrator on pages: made, found, given a link, closed, opened.

An administrator's account is kept on the command line alone: who could set another administrator's password
here would hold both offices (GB/T 22239-2019 8.1.5).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.clock import now
from liren.people.apart import ADMINISTRATORS
from liren.people.queries import find_person, posts_of_persons
from liren.places.codes import contains
from liren.refusals import Refusal

from .actions import account_add, account_close, account_open, link_make
from .middleware import signed_in_viewer
from .queries import account_numbered, accounts

PAGE = 50
KEEPER = "system_admin"


def reach_of(request: HttpRequest, role: str = KEEPER) -> list[str]:
    """The places whose accounts the reader keeps by this role. Raises Http404 for whoever keeps none."""
    viewer = signed_in_viewer(request)
    reach = [post.place_code for post in viewer.posts if post.role == role] if viewer else []
    if not reach:
        raise Http404
    return reach


def is_theirs(user: Any, reach: list[str]) -> bool:
    """Whether the account belongs to one of the places, or to none in particular."""
    code = user.person.place_id if getattr(user, "person", None) else None
    return not code or any(contains(one, code) for one in reach)


@login_required
@require_safe
def page_of_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the staff, searched and page by page; residents' are nobody's to keep."""
    reach = reach_of(request)
    words = request.GET.get("q", "").strip()[:80]
    shown = Paginator(accounts(words, reach), PAGE).get_page(request.GET.get("page"))
    return render(request, "signin/accounts.html", {"accounts": list(shown), "page": shown, "words": words})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new account, with the link by which its owner sets a password: shown once."""
    reach = reach_of(request)
    said = {name: request.POST.get(name, "").strip()[:120] for name in ("person", "name", "email")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            person = find_person(said["person"])
            if person.place_id and not any(contains(one, person.place_id) for one in reach):
                raise Refusal("not_found", what="人员", name=said["person"], mend=_("不在您管的地点之内。"))
            made = account_add(
                name=said["name"], person=person, email=said["email"], at=now(), by=request.user.pk
            )
            link = link_make(made, at=now(), by=request.user.pk)
            return render(
                request, "signin/account_link.html", {"account": made, "person": person, "link": link}
            )
        except Refusal as refusal:
            faults = {_field_of(refusal): str(refusal)}
    told = {"said": said, "faults": faults}
    return render(request, "signin/account_new.html", told, status=422 if faults else 200)


def _field_of(refusal: Refusal) -> str:
    if refusal.facts.get("what") == "人员":
        return "person"
    return "person" if str(refusal.facts.get("what", "")).endswith("的账户") else "name"


@login_required
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One account, and what may be done with it."""
    user = _theirs(request, number)
    return render(request, "signin/account.html", {"account": user, "kept": kept_elsewhere(user)})


def _theirs(request: HttpRequest, number: int) -> Any:
    reach = reach_of(request)
    user = account_numbered(number)
    if not is_theirs(user, reach):
        raise Http404
    return user


def kept_elsewhere(user: Any) -> bool:
    """Whether its owner is an administrator, now or later."""
    person = getattr(user, "person", None)
    posts = posts_of_persons([person.pk]).get(person.pk, []) if person else []
    return any(post.role in ADMINISTRATORS and (post.ends is None or post.ends > now()) for post in posts)


@login_required
@never_cache
@require_POST
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """A new link, or the account closed or opened."""
    user = _theirs(request, number)
    if verb not in ("link", "close", "open"):
        raise Http404
    if kept_elsewhere(user):
        messages.error(request, _("管理员的账户只在命令行上办：liren user。"))
        return redirect("signin:account", number=number)
    if verb == "link":
        link = link_make(user, at=now(), by=request.user.pk)
        person = getattr(user, "person", None)
        return render(request, "signin/account_link.html", {"account": user, "person": person, "link": link})
    if verb == "close":
        ended = account_close(user, at=now(), by=request.user.pk)
        messages.success(request, _("已停用，结束了 %(n)s 处登录。") % {"n": ended})
    else:
        account_open(user, at=now(), by=request.user.pk)
        messages.success(request, _("已恢复，密码还是原来的。"))
    return redirect("signin:account", number=number)
