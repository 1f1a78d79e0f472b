"""Refusals as pages: what, where, what to do; also the pages for 404 and 500. Never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.clock import today
from liren.database.faults import refusal_of
from liren.figures.periods import BadPeriod, Period
from liren.look.middleware import Next
from liren.look.pages import page
from liren.packs.findings import PackRefused
from liren.refusals import WORDINGS, Refusal

#: One period of each form that an address may write.
FORMS = (
    "2020", "2020H1", "2020Q1", "2020-03", "2020W12", "2020-01-05", "2020-01-01..2020-06-15",
    "since:2021-01-01", "asof:2023-06-30", "ytd:2023-06-30",
)  # fmt: skip


#: What Django raises for more than `DATA_UPLOAD_…` allow.
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
#: What puts a template of a face into its frame.
Framed = Callable[..., HttpResponse]


class RefusalMiddleware:
    """Turns a Refusal of a view into its page, with the status of the house's catalogue."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # PostgreSQL cannot even ask about such a text; nothing of ours is called so.
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for what is refused; None for every other fault, which is the house's own."""
        if isinstance(exception, PackRefused):
            exception = Refusal("pack_refused", findings=str(exception))
        elif isinstance(exception, BadPeriod):
            fault = exception
            exception = Refusal("bad_period", reason=str(fault))
            exception.__context__ = fault
        if not isinstance(exception, Refusal):
            return None
        framed = self.frame(request)
        return framed(request, "refusal", {"refusal": told(exception)}, status=exception.status)

    def frame(self, request: HttpRequest) -> Framed:  # noqa: ARG002
        """What puts the words into a frame; the faces know theirs."""
        return page


def told(refusal: Refusal) -> dict:
    """The context of a refusal: headline, sentence and hint in the language of the page."""
    sentence = _sentence(refusal)
    said = {"code": refusal.code, "status": refusal.status, "what": _headline(refusal.code)}
    said |= {"where": sentence}
    if refusal.code == "not_found":
        said["mend"] = _("请检查名称、编号或代码；也可能不在您能看的范围内。")
    elif refusal.code == "bad_period":
        said["mend"] = _("时段写成下面的样子之一，或从页面上的日历里选。")
        said["forms"] = [{"code": form, "title": _label(form)} for form in FORMS]
    return said


def _headline(code: str) -> str:
    """What happened in a few words; a code without words of its own has those of its status."""
    headlines = {
        "not_found": _("没有找到"),
        "ambiguous": _("不止一个"),
        "bad_period": _("时段读不懂"),
        "cannot_compute": _("这样算不出来"),
        "pack_refused": _("业务包有错，暂时不能用"),
        "setup": _("系统没有装好"),
        "bad_file": _("报告的文本有错"),
        "disk_full": _("磁盘满了"),
        "read_only": _("现在只能看，不能写"),
        "disk_fault": _("磁盘出了故障"),
        "database_away": _("连不上数据库"),
        "database_busy": _("现在太忙"),
        "database_broken": _("数据库坏了"),
    }
    return headlines.get(code) or (_("不能这样做") if WORDINGS[code].status < 500 else _("系统出了故障"))


def _sentence(refusal: Refusal) -> str:
    """Without the hint of `mend`, which the page says in its own words."""
    english = (get_language() or "").startswith("en")
    fault = refusal.__context__
    if refusal.code == "bad_period" and isinstance(fault, BadPeriod):
        return fault.en.partition(";")[0] if english else fault.what
    facts = dict(refusal.facts)
    if "mend" in facts:
        facts["mend"] = ""
    return Refusal(refusal.code, **facts).sentence("en" if english else "zh")


def _label(form: str) -> str:
    period = Period.parse(form, today())
    return period.label_en if (get_language() or "").startswith("en") else period.label_zh


def page_not_found(request: HttpRequest, exception: Exception, *, page: Framed = page) -> HttpResponse:  # noqa: ARG001
    """404: an address that is none of ours; `page` puts the words into a face's frame."""
    said = {"code": "", "status": 404, "what": _("没有这一页")}
    said["where"] = request.path.replace("\0", "\N{REPLACEMENT CHARACTER}")
    said["mend"] = _("请检查地址，或从首页找起。")
    return page(request, "refusal", {"refusal": said}, status=404)


def bad_request(request: HttpRequest, exception: Exception, *, page: Framed = page) -> HttpResponse:
    """400: a request that is not read to its end. What was wrong with it is for the log alone."""
    _asks_nothing(request)
    said = {"code": "", "status": 400, "what": _("没有收下")}
    if isinstance(exception, _TOO_MUCH):
        said["where"] = _("一次提交的内容太多或太大。")
        said["mend"] = _("请退回上一页，写短一些、少选几样，分几次提交；写的内容还在。")
    else:
        said["where"] = _("浏览器送来的内容不完整，或者网址不是本站的。")
        said["mend"] = _("请从首页重新打开，再试一次。")
    return page(request, "refusal", {"refusal": said, "messages": ()}, status=400)


def too_many(request: HttpRequest, *, page: Framed = page) -> HttpResponse:
    """429: more requests from one address, or for one account, than a person makes."""
    said = {"code": "", "status": 429, "what": _("试得太频繁了")}
    said["where"] = _("同一个地方短时间里试了太多次，先停一停。请过几分钟再试；急事请打电话或到窗口。")
    return page(request, "refusal", {"refusal": said}, status=429)


def form_refused(request: HttpRequest, reason: str = "", *, page: Framed = page) -> HttpResponse:  # noqa: ARG001
    """403 to a form that did not come from a page of ours, or whose browser keeps no cookies. Going back, the
    browser still has what was typed."""
    said = {"code": "", "status": 403, "what": _("没有提交成功")}
    said["where"] = _("网页放得太久，或者浏览器没有收下 cookie。")
    said["mend"] = _("请退回上一页，再点一次提交，写的内容还在；还不行，请在浏览器设置里允许 cookie。")
    return page(request, "refusal", {"refusal": said}, status=403)


def _asks_nothing(request: HttpRequest) -> None:
    """The page that follows asks nothing of the database or the session: not who is signed in, nor (by the
    pages' ``messages``) what waits to be told them, which stays for the next page."""
    request.user = AnonymousUser()
    if hasattr(request, "session"):
        request.session.modified = False


def server_error(request: HttpRequest, *, page: Framed = page) -> HttpResponse:
    """500: our own fault; or 503 and 507, when the disk or the database gave out, in words of what to do.

    Asks nothing of the database, which may be what is broken: not even who is signed in.
    """
    _asks_nothing(request)
    refusal = refusal_of(sys.exc_info()[1])
    if refusal is not None:
        response = page(request, "refusal", {"refusal": told(refusal), "messages": ()}, status=refusal.status)
        if refusal.status == 503:
            response["Retry-After"] = "60"
        return response
    known = getattr(request, "liren_id", "")
    said = {
        "code": "",
        "status": 500,
        "what": _("系统出了故障"),
        "where": _("请求编号 %(id)s") % {"id": known} if known else "",
    }
    said["mend"] = _("不是您的操作有误。请稍后再试；若一再出现，请告诉管理员请求编号和时间。")
    return page(request, "refusal", {"refusal": said, "messages": ()}, status=500)
