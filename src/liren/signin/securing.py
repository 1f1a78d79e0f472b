"""A phone was lost: the security administrator ends where somebody is signed in and takes the lost proof away.

The person then signs in with the password and sets up a new proof. Who keeps accounts (the system administrator) cannot
do this, and who does this cannot make accounts. An administrator's own proofs are taken away on the command line alone,
as their accounts are kept there.
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
from django.views.decorators.http import require_POST, require_safe

from liren.clock import now

from .actions import factor_take, sessions_end
from .keeping import PAGE, is_theirs, kept_elsewhere, reach_of
from .queries import account_numbered, accounts, factors_of, sessions_of

SECURES = "security_admin"


@login_required
@require_safe
def page_of_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the staff in the places the reader secures, searched and page by page."""
    reach = reach_of(request, SECURES)
    words = request.GET.get("q", "").strip()[:80]
    shown = Paginator(accounts(words, reach), PAGE).get_page(request.GET.get("page"))
    return render(request, "signin/lost.html", {"accounts": list(shown), "page": shown, "words": words})


@login_required
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Where somebody is signed in, and by what they prove themselves. Network addresses are nobody's to see."""
    user = _theirs(request, number)
    told = {
        "account": user,
        "kept": kept_elsewhere(user),
        "sessions": sessions_of(user),
        "factors": factors_of(user),
    }
    return render(request, "signin/lost_one.html", told)


def _theirs(request: HttpRequest, number: int) -> Any:
    reach = reach_of(request, SECURES)
    user = account_numbered(number)
    if not is_theirs(user, reach):
        raise Http404
    return user


@login_required
@require_POST
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """All sign-ins ended, or one proof taken away; both end what somebody else may hold in their hands."""
    user, by = _theirs(request, number), request.user.pk
    if verb not in ("end", "take"):
        raise Http404
    if kept_elsewhere(user):
        messages.error(request, _("管理员的账户只在命令行上办：liren user。"))
        return redirect("signin:lost_one", number=number)
    if verb == "take":
        factor_take(user, request.POST.get("factor", ""), at=now(), by=by)
        messages.success(request, _("已去掉，请本人用密码登录后重新添加。"))
    ended = sessions_end(user, at=now(), by=by)
    messages.success(request, _("结束了 %(n)s 处登录。") % {"n": ended})
    return redirect("signin:lost_one", number=number)
