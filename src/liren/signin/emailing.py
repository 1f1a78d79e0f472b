"""The owner of an account changes its e-mail address: the password again, then a code sent to the new address.

The old address is told. Nothing is changed before the code was typed, so a slip in the address locks nobody out.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from liren.clock import now
from liren.notices.channels import mail_sender, send_mail
from liren.people.codes import HOLDS, TRIES, code_made, code_print

from .actions import email_set

#: Where the session keeps the address that is to be proved.
WAITS = "email_waits"


@login_required
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Asks for the new address, then for the code that was sent to it."""
    waits, faults = _waiting(request), {}
    if request.method == "POST" and request.POST.get("step") == "code" and waits:
        if faults := _proved(request, waits):
            waits = _waiting(request)
        else:
            messages.success(request, _("邮箱已改，原来的邮箱也收到了通知。"))
            return redirect("signin:home")
    elif request.method == "POST" and not (faults := _asked(request)):
        return redirect("signin:email")
    told = {
        "sends": bool(mail_sender()),
        "waits": waits["email"] if waits else "",
        "faults": faults,
        "said": request.POST.get("email", "")[:200],
    }
    return render(request, "signin/email.html", told, status=422 if faults else 200)


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    """The address whose code still holds."""
    waits = request.session.get(WAITS)
    if not waits or datetime.fromisoformat(waits["until"]) < now() or waits["tries"] >= TRIES:
        return None
    return dict(waits)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Send a code to the new address; what is wrong, by field."""
    user: Any = request.user
    address = request.POST.get("email", "").strip()[:200].lower()
    if not mail_sender():
        return {"email": _("本系统没有开通邮件，请系统管理员登记")}
    try:
        validate_email(address)
    except ValidationError:
        return {"email": _("写成 name@example.cn 这样")}
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return {"password": _("试得太多，请过一会儿再试")}
    if user.has_usable_password() and not user.check_password(request.POST.get("password", "")):
        return {"password": _("密码不对")}
    token, code = secrets.token_urlsafe(16), code_made()
    body = _("里仁：您要把账户的邮箱改成这个地址，验证码 %(code)s，五分钟内有效。不是您本人办的，不用理会。")
    try:
        send_mail(address, _("里仁：确认邮箱"), body % {"code": code}, key=f"email:{token}")
    except Exception:  # whatever a mail server refuses, the form says so
        return {"email": _("没有送出，请过一会儿再试，或检查地址")}
    request.session[WAITS] = {
        "email": address, "token": token, "print": code_print(token, code),
        "until": (now() + HOLDS).isoformat(), "tries": 0,
    }  # fmt: skip
    return {}


def _proved(request: HttpRequest, waits: dict[str, Any]) -> dict[str, str]:
    """Take the code; what is wrong, by field. The try is counted before the code is looked at."""
    waits["tries"] += 1
    request.session[WAITS] = waits
    typed = "".join(request.POST.get("code", "").split())[:20]
    if not hmac.compare_digest(waits["print"], code_print(waits["token"], typed)):
        left = TRIES - waits["tries"]
        return {"code": _("验证码不对") if left else _("试错过多，请重新填写邮箱")}
    del request.session[WAITS]
    user: Any = request.user
    old = user.email
    email_set(user, waits["email"], at=now(), by=user.pk)
    if old and old != waits["email"] and mail_sender():
        told = _("里仁：您账户的邮箱已经改成别的地址。不是您本人办的，请马上告诉系统管理员。")
        try:
            send_mail(old, _("里仁：邮箱已改"), told, key=f"email-old:{waits['token']}")
        except Exception:
            messages.warning(request, _("原来的邮箱没有通知到。"))
    return {}
