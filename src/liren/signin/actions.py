"""The only code that writes accounts, residents' phones and codes, the security log and the shared values."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import F
from django.utils.translation import gettext as _

from liren import database
from liren.database import statements
from liren.packs.fields import CHINA
from liren.people.actions import keys_sweep, person_add, person_link
from liren.people.codes import HOLDS, TRIES, code_holds, code_made, code_print
from liren.people.models import Person
from liren.people.phones import (
    SEALED_FOR,
    phone_print,
    phone_prints,
    seal_phone,
    unseal_phone,
)
from liren.people.private import resealed, stale
from liren.refusals import Refusal

from . import forwarding
from .chain import BEFORE_ALL, SENT, STAY, digest_of, hash_of, last_seal, seals_after, sent_until, unsealed
from .events import CODE_KEPT, KEPT, KINDS
from .models import EventAnchor, EventSeal, PhoneCode, ResidentPhone, SecurityEvent, SharedValue
from .queries import link_for

# -- the security log -----------------------------------------------------------------------------------


def event_note(
    kind: str,
    *,
    at: datetime,
    account: int | None = None,
    by: int | None = None,
    subject: str = "",
    origin: str = "",
    detail: str = "",
) -> None:
    """Write one line of the security log; ``kind`` is a key of ``events.KINDS``, ``detail`` a word of ours."""
    assert kind in KINDS, kind
    with database.atomic():
        SecurityEvent.objects.create(
            kind=kind, at=at, account=account, by=by, subject=subject, origin=origin, detail=detail
        )


#: Lines sealed in one transaction.
SEALED_AT_ONCE = 2000
#: Lines sent over one connection.
SENT_AT_ONCE = 5000


def events_seal(at: datetime) -> int:
    """Seal the lines that came since, and set the day's anchor; how many lines. Of two at once one seals."""
    try:
        with database.atomic():
            last = last_seal()
            number, before = (last.number, last.hash) if last else (0, BEFORE_ALL)
            seals = []
            for event in unsealed(SEALED_AT_ONCE):
                number += 1
                seal = EventSeal(number=number, event=event.pk, at=event.at, digest=digest_of(event))
                seal.hash = before = hash_of(before, seal)
                seals.append(seal)
            EventSeal.objects.bulk_create(seals)
            if number:
                end = {"number": number, "hash": before}
                EventAnchor.objects.get_or_create(day=at.astimezone(CHINA).date(), defaults=end)
    except IntegrityError:  # another tick was first
        return 0
    return len(seals)


def events_forward() -> int:
    """Send the sealed lines that LIREN_LOG_TO has not got yet; how many. Raises OSError: they are sent another time."""
    target = settings.LIREN_LOG_TO
    if target is None or not (seals := seals_after(sent_until(), SENT_AT_ONCE)):
        return 0
    events = SecurityEvent.objects.in_bulk([seal.event for seal in seals])
    host = urlsplit(settings.LIREN_URL).hostname or ""
    forwarding.send(target, [forwarding.line_of(seal, events.get(seal.event), host) for seal in seals])
    shared_set(SENT, str(seals[-1].number), until=None)
    return len(seals)


def _seals_sweep(cut: datetime) -> None:
    """The seals of lines that had their time go, but for the last ones."""
    rows = EventSeal.objects.order_by("number").values_list("number", flat=True)
    first = rows.filter(at__gte=cut).first() or (rows.last() or 0) + 1
    EventSeal.objects.filter(number__lt=first - STAY).delete()


def sweep(at: datetime) -> int:
    """Forget what has had its time, and say how many rows went: events past six months, dead codes, past
    values, sessions that ran out. For ``liren tick``; doing it twice does no harm."""
    with database.atomic():
        gone = [
            SecurityEvent.objects.filter(at__lt=at - KEPT).delete(),
            PhoneCode.objects.filter(expires__lt=at - CODE_KEPT).delete(),
            SharedValue.objects.filter(until__lt=at).delete(),
        ]
        _seals_sweep(at - KEPT)
    keys_sweep(at - KEPT)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    with database.atomic():
        kept = Session.objects.values("session_key")
        gone.append(UserSession.objects.exclude(session_key__in=kept).delete())
    return sum(count for count, _ in gone)


# -- accounts -------------------------------------------------------------------------------------------


def account_add(*, name: str, person: Person, at: datetime, email: str = "", by: int | None = None) -> User:
    """An account for a person of the staff, without a password: the link of ``queries.link_for`` sets one.

    Raises Refusal: bad_value for a name that will not do, already where name or person has an account.
    """
    from allauth.account.adapter import get_adapter

    user = User(username=name.strip().lower(), email=email.strip().lower())
    with database.atomic():
        try:
            get_adapter().clean_username(user.username, shallow=True)
            user.clean_fields(exclude=["password"])
        except ValidationError as fault:
            raise Refusal("bad_value", field="账户名", reason="；".join(fault.messages)) from None
        if get_user_model().objects.filter(username__iexact=user.username).exists():
            raise Refusal("already", what="账户", number=user.username)
        user.set_unusable_password()
        user.save()
        person_link(person, user=user)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        event_note("account_added", at=at, account=user.pk, by=by)
    return user


def account_close(user: User, *, at: datetime, by: int | None = None) -> int:
    """The account can no longer be used; its sessions end now. How many sessions ended."""
    with database.atomic():
        get_user_model().objects.filter(pk=user.pk).update(is_active=False)
        ended = list(UserSession.objects.filter(user=user))
        for session in ended:
            session.end()
            event_note("session_ended", at=at, account=user.pk, by=by, detail="account_closed")
        event_note("account_closed", at=at, account=user.pk, by=by)
    return len(ended)


def account_open(user: User, *, at: datetime, by: int | None = None) -> None:
    """A closed account may be used again."""
    with database.atomic():
        get_user_model().objects.filter(pk=user.pk).update(is_active=True)
        event_note("account_opened", at=at, account=user.pk, by=by)


def email_set(user: User, address: str, *, at: datetime, by: int) -> None:
    """The account's address, proved by its owner, in place of the one before."""
    with database.atomic():
        get_user_model().objects.filter(pk=user.pk).update(email=address)
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        event_note("email_changed", at=at, account=user.pk, by=by)


def session_kept(key: str, *, until: datetime) -> None:
    """A sign-in that is used holds on; one that was ended meanwhile stays ended."""
    with database.atomic():
        Session.objects.filter(session_key=key).update(expire_date=until)


def sessions_end(user: User, *, at: datetime, by: int | None) -> int:
    """Everywhere the account is signed in ends now; how many that were."""
    with database.atomic():
        ended = list(UserSession.objects.filter(user=user))
        for session in ended:
            session.end()
            event_note("session_ended", at=at, account=user.pk, by=by, detail="device_lost")
    return len(ended)


def factor_take(user: User, number: str, *, at: datetime, by: int | None) -> None:
    """A lost proof no longer counts; spare codes go with the last one. Raises Refusal: not_found."""
    with database.atomic():
        rows = Authenticator.objects.filter(user=user)
        lost = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if lost is None:
            raise Refusal("not_found", what="验证方式", name="", mend=_("它可能已经去掉，请回到账户页再看。"))
        gone = [lost]
        if not rows.exclude(pk=lost.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            gone = list(rows)
        for one in gone:
            event_note("factor_removed", at=at, account=user.pk, by=by, detail=str(one.type))
            one.delete()


def link_make(user: User, *, at: datetime, by: int | None = None) -> str:
    """A link that sets a password, good once and for a day; that it was made is on record."""
    event_note("link_made", at=at, account=user.pk, by=by)
    return link_for(user)


def demo_account(person: Person) -> User:
    """The account by which the demo signs in as a member of its cast: no password opens it."""
    with database.atomic():
        user, made = get_user_model().objects.get_or_create(username=f"demo-{person.pk}")
        if made:
            user.set_unusable_password()
            user.save()
        person_link(person, user=user)
    return user


# -- residents' phones ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Issued:
    """A code to be sent, and the token its browser is known by."""

    token: str
    code: str


def code_issue(phone: str, *, at: datetime) -> Issued:
    """A new code for a phone; codes sent to it before no longer hold."""
    token = secrets.token_urlsafe(32)
    code = code_made()
    with database.atomic():
        PhoneCode.objects.filter(fingerprint__in=phone_prints(phone)).delete()
        PhoneCode.objects.create(
            token=token,
            fingerprint=phone_print(phone),
            sealed=seal_phone(phone, token),
            code_print=code_print(token, code),
            expires=at + HOLDS,
        )
    return Issued(token, code)


def code_take(token: str, code: str, *, at: datetime) -> str | None:
    """The phone, when the code is right, in time, within five tries and not used before; else None.

    The try is counted before the code is looked at, in one statement: of many tries at once, five count.
    """
    with database.atomic():
        holds = PhoneCode.objects.filter(token=token, used=False, tries__lt=TRIES, expires__gt=at)
        if not holds.update(tries=F("tries") + 1):
            return None
        row = PhoneCode.objects.get(token=token)
        if not code_holds(row.code_print, token, code):
            return None
        PhoneCode.objects.filter(pk=row.pk).update(used=True)
    return unseal_phone(row.sealed, token)


def resident_of(phone: str, *, at: datetime) -> User:
    """The account of whoever holds the phone; made, with a person, at the first time."""
    prints = phone_prints(phone)
    known = ResidentPhone.objects.select_related("user").filter(fingerprint__in=prints).first()
    if known:
        return known.user
    try:
        with database.atomic():
            return _resident_add(phone, prints[0], at)
    except IntegrityError:  # two browsers proved the same phone at once: the other was first
        return ResidentPhone.objects.select_related("user").get(fingerprint__in=prints).user


def _resident_add(phone: str, fingerprint: str, at: datetime) -> User:
    user = User(username=f"resident-{secrets.token_hex(8)}")
    user.set_unusable_password()
    user.save()
    person_link(person_add(name="居民"), user=user)
    ResidentPhone.objects.create(
        user=user, fingerprint=fingerprint, sealed=seal_phone(phone, fingerprint), since=at
    )
    event_note("account_added", at=at, account=user.pk, detail="phone")
    return user


# -- what all worker processes share --------------------------------------------------------------------


def shared_add(key: str, value: str, *, until: datetime | None, at: datetime) -> bool:
    """Set where there is nothing that still holds; False where there is. One of many at once succeeds."""
    with database.atomic():
        SharedValue.objects.filter(key=key, until__lte=at).delete()
        SharedValue.objects.bulk_create([SharedValue(key=key, value="", until=until)], ignore_conflicts=True)
        # Whether the row is ours shows in the value: only who inserted it finds it empty (JSON never is).
        return bool(SharedValue.objects.filter(key=key, value="").update(value=value))


def shared_set(key: str, value: str, *, until: datetime | None) -> None:
    """Set, whatever was there."""
    with database.atomic():
        SharedValue.objects.bulk_create(
            [SharedValue(key=key, value=value, until=until)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "until"],
        )


_TALLY = (
    "INSERT INTO signin_sharedvalue AS kept (key, value, until) VALUES (%s, '1', %s) ON CONFLICT (key) DO UPDATE "
    "SET value = CASE WHEN kept.until <= %s THEN '1' ELSE CAST(CAST(kept.value AS integer) + 1 AS text) END, "
    "until = CASE WHEN kept.until <= %s THEN excluded.until ELSE kept.until END RETURNING value"
)


def shared_tally(key: str, *, until: datetime, at: datetime) -> int:
    """Count one more under a key that no other value has, in one statement; how many there are until it ends."""
    moment = connection.ops.adapt_datetimefield_value
    with database.atomic(savepoint=False):  # one statement: nothing of it could be taken back alone
        counted = statements.row(_TALLY, key, moment(until), moment(at), moment(at))
    assert counted is not None, "an insert or update that returns its row"
    return int(counted[0])


def shared_delete(key: str) -> bool:
    """Forget one value; whether there was one."""
    with database.atomic():
        return bool(SharedValue.objects.filter(key=key).delete()[0])


def shared_clear() -> None:
    """Forget all values."""
    with database.atomic():
        SharedValue.objects.all().delete()


# -- under another key ------------------------------------------------------------------------------------


def sealed_anew() -> int:
    """Seal residents' phones, codes on their way and second factors anew under the key in use, and print phones anew;
    how many rows.

    May be stopped and begun again. Raises Refusal (setup) at the first that does not open.
    """
    from .queries import FACTOR_SECRETS, factors_sealed

    done = 0
    for kept in ResidentPhone.objects.order_by("pk").iterator():
        if stale(kept.sealed):
            phone = unseal_phone(kept.sealed, kept.fingerprint)
            mark = phone_print(phone)
            rows = ResidentPhone.objects.filter(pk=kept.pk, sealed=kept.sealed)
            done += rows.update(sealed=seal_phone(phone, mark), fingerprint=mark)
    for row in PhoneCode.objects.order_by("pk").iterator():
        if stale(row.sealed):
            codes = PhoneCode.objects.filter(pk=row.pk, sealed=row.sealed)
            done += codes.update(sealed=resealed(row.sealed, row.token))
    for one in factors_sealed():
        fresh = {
            key: resealed(value, SEALED_FOR) if key in FACTOR_SECRETS and stale(value) else value
            for key, value in one.data.items()
        }
        if fresh != one.data:
            done += type(one).objects.filter(pk=one.pk, data=one.data).update(data=fresh)
    return done
