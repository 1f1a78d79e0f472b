"""News of a matter by phone or mail: asked for at the private link, stopped with one click; and the feed of one matter.

Nobody needs an account or an app.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.clock import now
from liren.following.actions import follow_confirm, follow_start, follow_stop
from liren.following.queries import follow_to_confirm, follow_to_prove, follow_to_stop
from liren.inforce import catalogue
from liren.portal import atom, proving, shelves
from liren.portal.page import face, may_write, page, too_often
from liren.portal.presenting import matter
from liren.portal.reading import private_page
from liren.portal.resident import private_record
from liren.refusals import Refusal


@require_POST
@sensitive_post_parameters("address")
@face
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Tell an address of every step from now on."""
    record, person = private_record(token)
    if not may_write(request):
        return too_often(request)
    digest = "daily" if request.POST.get("digest") == "daily" else "now"
    address = request.POST.get("address", "")[:200]
    own = proving.is_own(request, address)
    try:
        started = follow_start(record, address=address, by=person, digest=digest, proven=own)
    except Refusal as refusal:
        wrong = {"wrong": str(refusal.facts.get("reason") or refusal), "typed": address}
        return private_page(request, token, wrong, status=422)
    return _back(token, proving.ask(request, started))


def _back(token: str, said: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:private", args=[token]) + f"?following={said}#follow")


@require_POST
@sensitive_post_parameters("code")
@face
def prove(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Takes the code that was sent to a phone, or sends another one (``again``)."""
    record, person = private_record(token)
    found = follow_to_prove(record, person, number)
    if found is None:
        raise Refusal("not_found", what="手机号", name="", mend=_("请回到事情的页面上再看。"))
    if "again" in request.POST:
        return _back(token, proving.send(request, found))
    wrong = proving.take(request, found)
    if wrong:
        asked = {"wrong_code": wrong, "wrong_number": str(number)}
        return private_page(request, token, asked, status=422)
    return _back(token, proving.TOLD)


@require_http_methods(["GET", "HEAD", "POST"])
@face
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever reads the address says that it shall be told. Only POST does: programs open links before people do."""
    found = follow_to_confirm(token, at=now())
    if found is None:
        mend = _("链接过期了或不完整；请在事情的页面上再留一次邮箱。")
        raise Refusal("not_found", what="链接", name=f"{token[:8]}…", mend=mend)
    done = found.confirmed is not None or (request.method == "POST" and follow_confirm(token))
    return page(request, "confirm", {"done": done, "number": found.record.number}, private=True)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@face
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more messages: the link itself is the proof, so that a mail program may ask, too (RFC 8058).

    Only POST stops: programs that look at links before people do would stop them otherwise.
    """
    found = follow_to_stop(token)
    number = found.record.number if found else ""
    stopped = found is None or (request.method == "POST" and follow_stop(token))
    return page(request, "stop", {"stopped": stopped, "number": number}, private=True)


@require_safe
@face
def feed(request: HttpRequest, number: str) -> HttpResponse:
    """What happens in one matter as an Atom feed: exactly what its page tells anybody."""
    record = shelves.find(number)
    spec = catalogue().kinds[record.kind].spec
    if spec.shape != "matter":
        raise Refusal("not_found", what="订阅", name=number, mend="")
    told = matter.matter(record, None)
    href = reverse("portal:record", args=[record.number])
    content = atom.life(told["record"], told["timeline"], href=href, self_href=request.get_full_path())
    return HttpResponse(content, content_type=atom.TYPE)
