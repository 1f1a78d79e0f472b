"""Which ways in a page offers, and what a browser calls itself in words."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

BROWSERS = (
    ("MicroMessenger", _("微信")), ("DingTalk", _("钉钉")), ("Lark|Feishu", _("飞书")), ("Edg", "Edge"),
    ("OPR", "Opera"), ("HuaweiBrowser", _("华为浏览器")), ("MiuiBrowser", _("小米浏览器")), ("UCBrowser", "UC"),
    ("QQBrowser", "QQ"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS|OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.simple_tag
def offers() -> dict[str, bool]:
    """Ways in that depend on the settings: by phone, as one of the demo's cast."""
    return {"phone": bool(settings.LIREN_SMS), "demo": settings.LIREN_DEMO}


@register.simple_tag(takes_context=True)
def own_parts(context: Any) -> dict[str, Any]:
    """The parts of one's own account that are there for this reader, and which one is open."""
    request: HttpRequest = context["request"]
    viewer = getattr(request, "viewer", None)
    return {
        "here": request.path.removeprefix(reverse("signin:home")).partition("/")[0] or "home",
        "providers": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "secures": viewer is not None and any(post.role == "security_admin" for post in viewer.posts),
        "audits": viewer is not None and any(post.role == "audit_admin" for post in viewer.posts),
    }


@register.simple_tag(takes_context=True)
def onward(context: Any) -> str:
    """Where the reader wanted to go, if that is here: allauth hands its pages the words as they came."""
    return get_next_redirect_url(context["request"]) or ""


@register.filter
def device(agent: str) -> str:
    """`Mozilla/5.0 (Linux; Android 14; …) … MicroMessenger/8` → `微信 · Android`."""
    found = [
        next((word for pattern, word in words if re.search(pattern, agent)), "")
        for words in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(str(word) for word in found if word) or gettext("别的程序")
