"""A phone number says yes before it is told of news: one message with a code, limited as those of signing in are."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.clock import now
from liren.following.actions import follow_code_make, follow_code_take
from liren.following.models import Follow
from liren.following.queries import address_of, code_tries_left
from liren.notices.sms import SmsFailed, sender
from liren.people.codes import HOLDS, read_code
from liren.people.phones import phone_print, phone_prints, read_phone
from liren.people.signals import phone_code

#: What the address of the private page says after somebody asked to be told.
TOLD, LETTER, SENT, TOO_OFTEN, NOT_SENT = "1", "2", "3", "4", "5"


def is_own(request: HttpRequest, address: str) -> bool:
    """Whether this is the number by which who is signed in did so: it need not be proved again."""
    phone, kept = read_phone(address), getattr(request.user, "resident_phone", None)
    return phone is not None and kept is not None and kept.fingerprint in phone_prints(phone)


def ask(request: HttpRequest, follow: Follow) -> str:
    """Ask an address that was just given, where it must be; what the private page says of it."""
    if follow.confirmed is not None:
        return TOLD
    return send(request, follow) if follow.way == "sms" else LETTER


def send(request: HttpRequest, follow: Follow) -> str:
    """Send a code, as often as signing in would to this number and from this network; what the page says of it."""
    phone, by = address_of(follow), sender()
    if by is None:
        return NOT_SENT
    if not ratelimit.consume(request, action="phone_code", key=phone_print(phone)):
        _note(request, "code_limited", phone)
        return SENT if code_tries_left(follow, at=now()) else TOO_OFTEN
    code = follow_code_make(follow, at=now())
    try:
        by.send(phone, code, HOLDS.seconds // 60)
    except SmsFailed as fault:
        _note(request, "sms_failed", phone, str(fault))
        return NOT_SENT
    _note(request, "code_sent", phone)
    return SENT


def take(request: HttpRequest, follow: Follow) -> str:
    """Take the code that was typed; what is wrong with it, empty where it was the one."""
    code = read_code(request.POST.get("code", "")[:40])
    if code is None:
        return _("验证码是 6 位数字。")
    may = ratelimit.consume(request, action="phone_try")
    if may and follow_code_take(follow, code, at=now()):
        return ""
    _note(request, "code_failed", address_of(follow))
    follow.refresh_from_db()
    left = code_tries_left(follow, at=now()) if may else 0
    if left:
        return _("验证码不对，还可以试 %(left)s 次。") % {"left": left}
    return _("这个验证码不能再用了。请重新获取。")


def _note(request: HttpRequest, kind: str, phone: str, detail: str = "phone") -> None:
    phone_code.send(Follow, kind=kind, phone=phone, request=request, detail=detail)
