"""Pages of signing in that are ours: one's own account, the code to a phone, the demo's cast, the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core import ratelimit
from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.views import list_usersessions
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from liren.clock import now
from liren.inforce import catalogue
from liren.notices.sms import Sender, SmsFailed, sender
from liren.people.apart import ADMINISTRATORS
from liren.people.codes import HOLDS
from liren.people.models import Person
from liren.people.phones import masked, phone_print
from liren.people.queries import person_of, persons_coded, posts_of_persons
from liren.places.queries import names_of_places

from .actions import code_issue, code_take, demo_account, event_note, resident_of
from .events import KINDS, MEANS
from .forms import CodeForm, PhoneForm
from .middleware import signed_in_viewer
from .origins import origin_of
from .queries import events, names_of, phone_of, phone_of_code, session_of, subjects_of, tries_left

TOKEN = "signin_code"  # noqa: S105  the word in the session under which the token of a code is kept
CAST = "cast-"  # how the codes of the demo's cast begin
PAGE = 50
AUDITOR = "audit_admin"

#: Titles shown at once for one place.
FIRST = 6


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """One's own account: who the house takes one for, by which posts, and the ways to sign in."""
    viewer = signed_in_viewer(request)
    posts = _by_place(viewer.posts) if viewer else []
    told = {
        "person": viewer.person if viewer else None,
        "posts": posts,
        "phone": phone_of(request.user),
    }
    return render(request, "signin/home.html", told)


def _post(post: Any) -> dict[str, str]:
    return {"title": _title(post), "where": post.unit.name if post.unit_id else post.place.name}


def _title(post: Any) -> str:
    ours = ADMINISTRATORS.get(post.role)
    return gettext(ours) if ours else str(catalogue().roles.get(post.role, post.role))


def _by_place(posts: Iterable[Any]) -> list[dict[str, Any]]:
    """Unit or place → the titles held there: somebody may hold forty posts at one place."""
    found: dict[str, list[str]] = {}
    for post in posts:
        told = _post(post)
        titles = found.setdefault(told["where"], [])
        if told["title"] not in titles:
            titles.append(told["title"])
    return [
        {"where": where, "first": titles[:FIRST], "more": titles[FIRST:]} for where, titles in found.items()
    ]


# -- by phone -------------------------------------------------------------------------------------------


@never_cache
def phone_start(request: HttpRequest) -> HttpResponse:
    """Asks for the number and sends a code to it, whether or not anybody has signed in with it before."""
    by = _sender_or_404()
    if request.user.is_authenticated:
        return redirect("signin:home")
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fault = _send(request, by, form.cleaned_data["phone"])
        if not fault:
            return redirect(_onward(request, "signin:phone_code"))
        form.add_error("phone", fault)
    return render(request, "signin/phone.html", {"form": form})


@require_POST
def phone_again(request: HttpRequest) -> HttpResponse:
    """Sends a new code to the number that was given before."""
    by = _sender_or_404()
    phone = phone_of_code(request.session.get(TOKEN, ""))
    if phone is None or request.user.is_authenticated:
        return redirect(_onward(request, "signin:phone"))
    fault = _send(request, by, phone)
    messages.error(request, fault) if fault else messages.success(request, gettext("新的验证码已经发出。"))
    return redirect(_onward(request, "signin:phone_code"))


@sensitive_post_parameters("code")
@never_cache
def phone_code(request: HttpRequest) -> HttpResponse:
    """Takes the code and signs the resident in."""
    _sender_or_404()
    token = request.session.get(TOKEN, "")
    phone = phone_of_code(token)
    if phone is None or request.user.is_authenticated:
        return redirect(_onward(request, "signin:phone"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _may_try(request) and code_take(token, form.cleaned_data["code"], at=now()):
            del request.session[TOKEN]
            request.signing_in_by = "phone"  # type: ignore[attr-defined]
            user = resident_of(phone, at=now())
            return perform_login(request, user, redirect_url=get_next_redirect_url(request))
        _note(request, "code_failed", phone)
        form.add_error("code", _why(token))
    told = {"form": form, "phone": masked(phone), "minutes": HOLDS.seconds // 60}
    return render(request, "signin/phone_code.html", told)


def _sender_or_404() -> Sender:
    by = sender()
    if by is None:
        raise Http404
    return by


def _send(request: HttpRequest, by: Sender, phone: str) -> str:
    """Send a code and remember whose browser asked; what to tell the reader when that could not be done."""
    if not ratelimit.consume(request, action="phone_code", key=phone_print(phone)):
        _note(request, "code_limited", phone)
        return gettext("验证码要得太频繁了。请过一分钟再试；多次收不到，请改天再试或到窗口办理。")
    issued = code_issue(phone, at=now())
    request.session[TOKEN] = issued.token
    try:
        by.send(phone, issued.code, HOLDS.seconds // 60)
    except SmsFailed as fault:
        _note(request, "sms_failed", phone, str(fault)[:60])
        return gettext("短信没有发出去，不是您的操作有误。请过一分钟再试。")
    _note(request, "code_sent", phone)
    return ""


def _may_try(request: HttpRequest) -> bool:
    return bool(ratelimit.consume(request, action="phone_try"))


def _why(token: str) -> str:
    left = tries_left(token, at=now())
    if left:
        return gettext("验证码不对，还可以试 %(left)s 次。") % {"left": left}
    return gettext("这个验证码不能再用了。请重新获取。")


def _note(request: HttpRequest, kind: str, phone: str, detail: str = "phone") -> None:
    event_note(kind, at=now(), subject=phone_print(phone)[:16], origin=origin_of(request), detail=detail)


def _onward(request: HttpRequest, name: str) -> str:
    """An address of ours that takes along where the reader wanted to go."""
    target = get_next_redirect_url(request)
    return reverse(name) + (f"?{urlencode({'next': target})}" if target else "")


# -- the demo's cast ------------------------------------------------------------------------------------


def demo(request: HttpRequest) -> HttpResponse:
    """One click signs in as one of the cast. Not there at all outside the demo."""
    if not settings.LIREN_DEMO:
        raise Http404
    cast = persons_coded(CAST)
    if request.method == "POST":
        person = next((one for one in cast if one.code == request.POST.get("person")), None)
        if person is None:
            raise Http404
        if request.user.is_authenticated:
            get_adapter().logout(request)
        request.signing_in_by = "demo"  # type: ignore[attr-defined]
        return perform_login(request, demo_account(person), redirect_url=get_next_redirect_url(request))
    current = person_of(request.user) if request.user.is_authenticated else None
    told = {"cast": _cast(cast), "current": current}
    return render(request, "signin/demo.html", told)


def _cast(persons: list[Person]) -> list[dict[str, Any]]:
    """Each with the first of their posts (an inspector may hold a hundred), or where they live."""
    posts = posts_of_persons(person.pk for person in persons)
    homes = names_of_places({one.place_id for one in persons if one.place_id and one.pk not in posts})
    told = []
    for one in persons:
        home = {"title": gettext("居民"), "where": homes[one.place_id]} if one.place_id in homes else None
        told.append({"person": one, "post": _post(posts[one.pk][0]) if one.pk in posts else home})
    return told


# -- sessions, passwords, the log -----------------------------------------------------------------------


@login_required
@reauthentication_required(allow_get=True)
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ending all others takes a fresh proof, or whoever sits down here ends the owner's."""
    return list_usersessions(request)


@login_required
@require_POST
def session_end(request: HttpRequest, number: int) -> HttpResponse:
    """Ends one of one's own sessions; ending this very one signs out, another one takes a fresh proof."""
    session = session_of(request.user, number)
    if not session.is_current():
        return _end_another(request, session)
    get_sessions_adapter().end_sessions([session])
    get_adapter().logout(request)
    return redirect("account_login")


@reauthentication_required
def _end_another(request: HttpRequest, session: Any) -> HttpResponse:
    get_sessions_adapter().end_sessions([session])
    messages.success(request, gettext("那一处已经退出。"))
    return redirect("usersessions_list")


@login_required
def password_none(request: HttpRequest) -> HttpResponse:
    """Where allauth sends accounts without a password that want to change it."""
    messages.info(
        request, gettext("这个账户不用密码登录。需要密码的工作人员，请向系统管理员要设置密码的链接。")
    )
    return redirect("signin:home")


def _audits(request: HttpRequest) -> bool:
    viewer = signed_in_viewer(request)
    return viewer is not None and any(post.role == AUDITOR for post in viewer.posts)


@login_required
def events_page(request: HttpRequest) -> HttpResponse:
    """The security log, for audit administrators alone; for everybody else there is no such page."""
    if not _audits(request):
        raise Http404
    kind, about = request.GET.get("kind", ""), request.GET.get("about", "")[:24]
    found = events(kind=kind if kind in KINDS else "", about=about if about.isprintable() else "")
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = list(shown)
    subjects = subjects_of([about, *(row.subject for row in rows)])
    names = names_of({number for row in rows for number in (row.account, row.by) if number})
    told = {
        "rows": [_event(row, names, subjects) for row in rows],
        "page": shown,
        "kinds": [(key, title, key == kind) for key, title in KINDS.items()],
        "kind": kind,
        "about": about,
        "about_name": subjects.get(about, about),
    }
    return render(request, "signin/events.html", told)


def _event(row: Any, names: dict[int, str], subjects: dict[str, str]) -> dict[str, Any]:
    named = subjects.get(row.subject, row.subject)
    who = names.get(row.account) or (f"#{row.account}" if row.account else named)
    by = names.get(row.by, f"#{row.by}") if row.by and row.by != row.account else ""
    told = {"at": row.at, "title": KINDS.get(row.kind, row.kind), "who": who, "by": by}
    return told | {
        "about": row.subject if row.subject in subjects else "",
        "origin": row.origin[:8],
        "detail": _means(row.detail),
        "is_role": row.kind.startswith("role_"),
    }


def _means(detail: str) -> str:
    """`password+mfa` in words; roles by their titles."""
    titles = {**MEANS, **{role: gettext(title) for role, title in ADMINISTRATORS.items()}}
    return " + ".join(
        str(titles.get(word) or catalogue().roles.get(word) or word) for word in detail.split("+")
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """429: more requests from one address, or for one account, than a person makes."""
    return render(request, "signin/too_many.html", status=429)
