"""The only code that reads accounts, codes, the security log and shared values for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.people.codes import TRIES
from liren.people.models import Person
from liren.people.phones import masked, unseal_phone
from liren.people.private import sealed_with
from liren.places.codes import within
from liren.places.models import Place, Unit
from liren.refusals import Refusal

from .events import MEANS
from .models import PhoneCode, ResidentPhone, SecurityEvent, SharedValue

#: What a second factor keeps sealed.
FACTOR_SECRETS = ("secret", "seed")


#: The lists of the house whose changes stand in the log.
LISTS: dict[str, Any] = {"person": Person, "unit": Unit, "place": Place}
#: Sign-ins and proofs of one account that are listed.
MOST = 100


def account_named(name: str) -> User:
    """The account of this name. Raises Refusal: not_found."""
    found = get_user_model().objects.filter(username__iexact=name.strip()).first()
    if found is None:
        raise Refusal("not_found", what="账户", name=name, mend=_("请检查账户名，或先建账户：liren user add"))
    return found


def account_number(name: str) -> int | None:
    """The number of the account of this name, if there is one."""
    return get_user_model().objects.filter(username__iexact=name).values_list("pk", flat=True).first()


def account_numbered(number: int) -> User:
    """An account of the staff by its number, with its person. Raises Refusal: not_found, for residents' too."""
    found = _staff().filter(pk=number).first()
    if found is None:
        raise Refusal("not_found", what="账户", name=str(number), mend=_("请从账户清单里打开。"))
    return found


def accounts(words: str, places: Iterable[str]) -> QuerySet[User]:
    """Accounts of the staff whose persons live in one of the places, or nowhere in particular, by name."""
    about = Q(person__place_id__isnull=True)
    for code in places:
        about |= within(code, "person__place_id")
    rows = _staff().filter(about)
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(person__name=words) | Q(person__code=words))
    return rows.order_by("username")


def _staff() -> QuerySet[User]:
    return get_user_model().objects.select_related("person").filter(resident_phone__isnull=True)


def link_for(user: User) -> str:
    """A link that sets a password: good once, for ``PASSWORD_RESET_TIMEOUT`` seconds."""
    key = default_token_generator.make_token(user)
    names = {"uidb36": user_pk_to_url_str(user), "key": key}
    return settings.LIREN_URL + reverse("account_reset_password_from_key", kwargs=names)


def phone_of_code(token: str) -> str | None:
    """The phone a code was sent to, whether or not the code still holds; None where there is no such code."""
    row = PhoneCode.objects.filter(token=token).first()
    return unseal_phone(row.sealed, token) if row else None


def tries_left(token: str, *, at: datetime) -> int:
    """How often a code may still be tried; 0 when it was used, ran out of tries or of time."""
    row = PhoneCode.objects.filter(token=token, used=False, expires__gt=at).first()
    return max(0, TRIES - row.tries) if row else 0


def phone_of(user: User | AnonymousUser) -> str:
    """``138****1234`` of a resident who signs in by phone, empty for everybody else."""
    kept = getattr(user, "resident_phone", None)
    return masked(unseal_phone(kept.sealed, kept.fingerprint)) if kept else ""


def session_of(user: User | AnonymousUser, number: int) -> UserSession:
    """One of the user's own sessions. Raises Refusal: not_found, for other people's too."""
    found = UserSession.objects.filter(user=user, pk=number).first()
    if found is None:
        raise Refusal("not_found", what="登录", name=str(number), mend=_("它可能已经结束。"))
    return found


def sessions_of(user: User) -> list[UserSession]:
    """Where an account is signed in, the last first."""
    return list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk")[:MOST])


def factors_of(user: User) -> list[dict[str, Any]]:
    """By what an account proves itself besides the password: `{number, title, name, added, used}`."""
    rows = Authenticator.objects.filter(user=user).order_by("pk")[:MOST]
    return [
        {
            "number": one.pk,
            "title": MEANS.get(str(one.type), str(one.type)),
            "name": str(one.data.get("name", "")) if one.type == Authenticator.Type.WEBAUTHN else "",
            "added": one.created_at,
            "used": one.last_used_at,
        }
        for one in rows
    ]


def events(*, kind: str = "", since: datetime | None = None, about: str = "") -> QuerySet[SecurityEvent]:
    """The security log, newest first; ``about`` is ``person:7``, ``unit:3`` or ``place:990121``: what was changed of it
    in the house's lists, and of a person also what their account and posts went through."""
    wanted = Q()
    if about:
        wanted = Q(subject=about)
        what, _colon, key = about.partition(":")
        if what == "person" and key.isdecimal() and len(key) < 19:
            account = (
                get_user_model().objects.filter(person__pk=int(key)).values_list("pk", flat=True).first()
            )
            wanted |= Q(account=account) if account else Q()
    if kind:
        wanted &= Q(kind=kind)
    if since:
        wanted &= Q(at__gte=since)
    return SecurityEvent.objects.filter(wanted).order_by("-at", "-pk")


def subjects_of(subjects: Iterable[str]) -> dict[str, str]:
    """``person:7`` → name, of those that are still there."""
    told: dict[str, str] = {}
    keys: dict[str, list[str]] = {"person": [], "unit": [], "place": []}
    for one in set(subjects):
        what, _colon, key = one.partition(":")
        if what in keys and key.isascii() and key.isalnum() and (what == "place" or key.isdigit()):
            keys[what].append(key)
    for what, model in LISTS.items():
        found = model.objects.filter(pk__in=keys[what]).values_list("pk", "name") if keys[what] else ()
        told |= {f"{what}:{key}": name for key, name in found}
    return told


def names_of(numbers: set[int]) -> dict[int, str]:
    """Names of the accounts that are still there."""
    return dict(get_user_model().objects.filter(pk__in=numbers).values_list("pk", "username"))


def shared_get(key: str, *, at: datetime) -> str | None:
    """A shared value that still holds."""
    holds = Q(until__isnull=True) | Q(until__gt=at)
    return SharedValue.objects.filter(holds, key=key).values_list("value", flat=True).first()


def factors_sealed() -> list:
    """Second factors that keep a sealed secret."""
    from allauth.mfa.models import Authenticator

    return list(Authenticator.objects.filter(type__in=("totp", "recovery_codes")).order_by("pk"))


def sealed_by_key() -> Counter[str]:
    """Name of a key → how many phones, codes and second factors are sealed with it."""
    texts = [
        *ResidentPhone.objects.values_list("sealed", flat=True),
        *PhoneCode.objects.values_list("sealed", flat=True),
        *(one.data[key] for one in factors_sealed() for key in FACTOR_SECRETS if key in one.data),
    ]
    return Counter(sealed_with(text) for text in texts)
