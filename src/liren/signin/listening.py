"""Writes the security log: hears what allauth, Django and people's posts tell, and notes it without words
that somebody typed, names, numbers or addresses."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa import signals as factors
from allauth.socialaccount import signals as providers
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import pre_save
from django.http import HttpRequest
from django.utils import timezone

from liren.clock import now
from liren.people.models import AccessKey, Post
from liren.people.phones import phone_print
from liren.people.signals import key_ended, key_made, key_refused, phone_code, post_left, post_taken
from liren.places.signals import list_changed

from .actions import event_note
from .origins import origin_of
from .sessions import SINCE


def start() -> None:
    """Listen. Called once, when all apps are there."""
    noted = (
        (account.user_logged_in, "signed_in"),
        (user_logged_out, "signed_out"),
        (account.password_changed, "password_changed"),
        (account.password_set, "password_changed"),
        (account.password_reset, "password_reset"),
        (factors.authenticator_added, "factor_added"),
        (factors.authenticator_removed, "factor_removed"),
        (factors.authenticator_reset, "factor_reset"),
        (factors.authentication_failed, "factor_failed"),
    )
    for signal, kind in noted:
        signal.connect(_noting(kind), weak=False, dispatch_uid=f"liren.signin.{kind}.{id(signal)}")
    account.user_logged_in.connect(_begun, dispatch_uid="liren.signin.begun")
    providers.social_account_added.connect(_provider_added, dispatch_uid="liren.signin")
    providers.social_account_removed.connect(_provider_removed, dispatch_uid="liren.signin")
    pre_save.connect(_forget_profile, sender=SocialAccount, dispatch_uid="liren.signin")
    post_taken.connect(_role_taken, dispatch_uid="liren.signin")
    post_left.connect(_role_left, dispatch_uid="liren.signin")
    key_made.connect(_key_made, dispatch_uid="liren.signin")
    key_ended.connect(_key_ended, dispatch_uid="liren.signin")
    key_refused.connect(_key_refused, dispatch_uid="liren.signin")
    phone_code.connect(_phone_code, dispatch_uid="liren.signin")
    list_changed.connect(_list_changed, dispatch_uid="liren.signin")


def _begun(request: HttpRequest, **_: Any) -> None:
    """From when on a session is counted that ends for good."""
    request.session[SINCE] = int(timezone.now().timestamp())


def _noting(kind: str):
    def note(request: HttpRequest | None = None, user: User | None = None, **told: Any) -> None:
        if user is not None:
            event_note(
                kind, at=now(), account=user.pk, origin=origin_of(request), detail=_how(request, user, told)
            )

    return note


def _how(request: HttpRequest | None, user: User, told: dict[str, Any]) -> str:
    """By which means: `totp`, `webauthn`, the id of a provider, `phone`, `password+mfa`."""
    if "authenticator" in told:
        return str(told["authenticator"].type)
    if "sociallogin" in told:
        return str(told["sociallogin"].account.provider)[:60]
    if request is None:
        return ""
    proved = [str(record.get("method")) for record in get_authentication_records(request, user)]
    return getattr(request, "signing_in_by", "+".join(proved))[:60]


def _provider_added(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    said = sociallogin.account.provider[:60]
    event_note(
        "provider_added", at=now(), account=sociallogin.user.pk, origin=origin_of(request), detail=said
    )


def _provider_removed(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    said = socialaccount.provider[:60]
    event_note(
        "provider_removed", at=now(), account=socialaccount.user_id, origin=origin_of(request), detail=said
    )


def _forget_profile(instance: SocialAccount, **_: Any) -> None:
    """Providers tell name, phone, e-mail, picture. We need none of it to know the account again."""
    instance.extra_data = {}


def _role_taken(post: Post, **_: Any) -> None:
    _role("role_taken", post)


def _role_left(post: Post, **_: Any) -> None:
    _role("role_left", post)


def _list_changed(what: str, subject: str, **_: Any) -> None:
    """Which list, which row; by whom. On the command line there is no account, and none is noted."""
    request = context.request
    user = getattr(request, "user", None)
    by = user.pk if user is not None and user.is_authenticated else None
    event_note("list_changed", at=now(), by=by, subject=subject[:24], origin=origin_of(request), detail=what)


def _role(kind: str, post: Post) -> None:
    request = context.request
    user = getattr(request, "user", None)
    account_number = post.person.user_id
    event_note(
        kind,
        at=now(),
        account=account_number,
        by=user.pk if user is not None and user.is_authenticated else None,
        subject="" if account_number else f"person:{post.person_id}",
        origin=origin_of(request),
        detail=post.role,
    )


def _key_made(key: AccessKey, **_: Any) -> None:
    _key("key_made", key)


def _key_ended(key: AccessKey, **_: Any) -> None:
    _key("key_ended", key)


def _key(kind: str, key: AccessKey) -> None:
    number = key.person.user_id
    event_note(
        kind, at=now(), account=number, by=number, origin=origin_of(context.request), detail=key.scopes
    )


def _key_refused(request: HttpRequest, **_: Any) -> None:
    event_note("key_failed", at=now(), origin=origin_of(request))


def _phone_code(kind: str, phone: str, request: HttpRequest, detail: str, **_: Any) -> None:
    mark = phone_print(phone)[:16]
    event_note(kind, at=now(), subject=mark, origin=origin_of(request), detail=detail[:60])
