"""What this house does differently from allauth as it comes: four adapters, named in the settings."""

from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from liren import database
from liren.clock import now
from liren.people import private
from liren.people.models import Person
from liren.people.phones import SEALED_FOR

from .actions import event_note
from .origins import name_print, origin_of
from .queries import account_number


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators; failed sign-ins are noted; links lead nowhere else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site: no host, not even one of ours, and nothing a browser reads as a host."""
        return (
            bool(url)
            and str(url).startswith("/")
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Tries are counted per account. allauth takes the host in as well, with its port, which the client
        writes: every invented port would give five more tries."""
        return str(credentials.get("email") or credentials.get("username") or "").strip().lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Both counts, of the address and of the account, in one transaction; what was counted stays counted when
        the door is closed."""
        fault = None
        with database.atomic():
            try:
                super().pre_authenticate(request, **credentials)
            except ValidationError as found:
                fault = found
                self._note("locked_out", request, credentials)
        if fault is not None:
            raise fault

    def _rollback_login_failed_rl_usage(self) -> None:
        with database.atomic():
            super()._rollback_login_failed_rl_usage()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._note("sign_in_failed", request, credentials)

    def _note(self, kind: str, request: HttpRequest, credentials: dict[str, Any]) -> None:
        name = str(credentials.get("username") or credentials.get("email") or "")
        account = account_number(name)
        # The print is made either way: the answer takes as long for a name that is there as for one that is not.
        subject = name_print(name)
        event_note(
            kind,
            at=now(),
            account=account,
            subject="" if account else subject,
            origin=origin_of(request),
            detail="password",
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the address of the settings: the client writes the host of a request, and its port."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.LIREN_URL + path.replace("UID-KEY", quote(key))

    def format_email_subject(self, subject: str) -> str:
        return f"[{gettext('里仁')}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A mail server that is down must not show which addresses belong to somebody."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException):
            event_note("mail_failed", at=now())


class Factors(DefaultMFAAdapter):
    """Secrets of second factors are sealed with the key of the private fields."""

    def encrypt(self, text: str) -> str:
        return private.seal({"secret": text}, SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        return private.unseal(encrypted_text, SEALED_FOR)["secret"]

    def get_totp_issuer(self) -> str:
        return gettext("里仁")

    def _get_site_name(self) -> str:
        return gettext("里仁")


class Sessions(DefaultUserSessionsAdapter):
    """Ended sessions are noted."""

    def end_sessions(self, sessions: Any) -> None:
        for session in sessions:
            session.end()
            event_note("session_ended", at=now(), account=session.user_id, by=session.user_id)


class Providers(DefaultSocialAccountAdapter):
    """Other houses' accounts open accounts that are here already; they make none and leave no profile."""

    def get_requests_session(self) -> Any:
        """Nothing that a provider says leads on to another address than the one that was configured."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict) -> Any:  # noqa: ARG002
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Where `match` names the claim that holds the person's code, the first sign-in binds the account.

        A house whose tickets name another issuer than the address in signin.yaml is not that house.
        """
        if not _issued_there(sociallogin):
            raise ImmediateHttpResponse(
                render(request, "socialaccount/authentication_error.html", status=403)
            )
        if not sociallogin.is_existing and sociallogin.state.get("process") == "login":
            person = self._person(sociallogin)
            if person is not None:
                sociallogin.connect(request, person.user)
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        sociallogin.token = None

    def _person(self, sociallogin: Any) -> Person | None:
        claim = settings.LIREN_SIGNIN_MATCHES.get(sociallogin.account.provider)
        said = sociallogin.account.extra_data
        claims = said.get("userinfo") or said.get("id_token") or said
        code = claims.get(claim) if claim else None
        if not isinstance(code, str) or not code:
            return None
        return Person.objects.filter(code=code, user__is_active=True).select_related("user").first()


def _issued_there(sociallogin: Any) -> bool:
    """Whether an OpenID ticket comes from the configured house; true of houses that give none."""
    ticket = sociallogin.account.extra_data.get("id_token")
    if not isinstance(ticket, dict):
        return True
    configured = str(sociallogin.provider.app.settings.get("server_url", ""))
    issuer = configured.partition("/.well-known/")[0].rstrip("/")
    return str(ticket.get("iss", "")).rstrip("/") == issuer
