"""Signing in with a password: the form of allauth behind our line, each stretch of it one transaction."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liren import database

from . import line
from .origins import origin_of
from .views import too_many


class SignIn(LoginView):
    """Who finds no seat free gets the form again with a number and a word; the password is not looked at."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        turn = line.enter(request.POST.get("turn", ""), origin_of(request))
        if not turn.seated:
            return self._wait(turn)
        try:
            return too_many(request) if _floods(request) else super().post(request, *args, **kwargs)
        finally:
            line.leave(turn.token)

    def form_valid(self, form: Any) -> HttpResponse:
        """Session, account, log and list of sessions are written together: one wait for the disk, not nine."""
        with database.atomic():
            return super().form_valid(form)

    def _wait(self, turn: line.Turn) -> HttpResponse:
        said = {
            "login": self.request.POST.get("login", "")[:150],
            "remember": "remember" in self.request.POST,
        }
        form = self.get_form_class()(initial=said, request=self.request)
        response = self.render_to_response(self.get_context_data(form=form, turn=turn))
        response.headers["Retry-After"] = str(turn.about)
        return response


@never_cache
@require_POST
def turn(request: HttpRequest) -> HttpResponse:
    """What the form's script asks before it sends: may it come in (`seconds` 0), and if not, when to ask again."""
    told = line.ask(request.POST.get("turn", ""), origin_of(request))
    return JsonResponse(
        {"turn": told.token, "ahead": told.ahead, "about": told.about, "seconds": told.seconds}
    )


def _floods(request: HttpRequest) -> bool:
    """Whether one address tries more often than a hall of people does. Counted in one row, where allauth would keep
    a list of a thousand moments and write it anew each time; what is kept is a print of the address."""
    key = f"sign-in:{origin_of(request)}"
    return any(
        cache.tally(key, rate.duration) > rate.amount  # type: ignore[attr-defined]
        for rate in ratelimit.get_rates(app="allauth.account", action="sign_in")
    )
