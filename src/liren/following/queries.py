"""Who follows a matter, by which ways one can, and what they are told."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.notices.channels import mail_sender
from liren.notices.sms import teller
from liren.packs.fields import CHINA
from liren.packs.language import Kind
from liren.people.codes import TRIES
from liren.people.models import Person
from liren.people.phones import masked
from liren.people.private import sealed_with, unseal
from liren.records.flow import state_title
from liren.records.models import Record

from .models import Follow

_SALT, _ASK = "liren.following.stop", "liren.following.confirm"
#: How long the link of the letter that asks holds, and an address is kept that nobody confirmed.
HOLDS = timedelta(days=3)


def ways() -> list[str]:
    """`sms`, `mail`: by which this installation can tell residents anything."""
    return [*(["sms"] if teller() else []), *(["mail"] if mail_sender() else [])]


def can_follow(spec: Kind) -> bool:
    """Whether a matter of the kind is one that residents bring and anybody may read."""
    return spec.shape == "matter" and spec.visible == "public" and "resident" in spec.opened_by


@dataclass(frozen=True)
class Shown:
    """One address as its owner recognises it."""

    number: int
    way: str
    address: str
    digest: str
    stop: str
    confirmed: bool
    code: bool  # a code is on its way, or was not typed back yet


def follows_of(record: Record, person: Person | None, *, at: datetime) -> list[Shown]:
    """The addresses this person gave for a record, masked."""
    if person is None:
        return []
    rows = Follow.objects.filter(record=record, person=person).order_by("pk")
    return [
        Shown(
            one.pk, one.way, _masked(one), one.digest, stop_token(one), one.confirmed is not None,
            code_tries_left(one, at=at) > 0,
        )
        for one in rows
    ]  # fmt: skip


def follow_to_prove(record: Record, person: Person, number: int) -> Follow | None:
    """A phone that this person gave for the record, and that has not said yes."""
    rows = Follow.objects.filter(record=record, person=person, way="sms", confirmed__isnull=True)
    return rows.select_related("record").filter(pk=number).first()


def code_tries_left(follow: Follow, *, at: datetime) -> int:
    """How often its code may still be tried; 0 where there is none or it ran out."""
    holds = follow.code_until is not None and follow.code_until > at
    return max(0, TRIES - follow.tries) if holds else 0


def address_of(follow: Follow) -> str:
    """The address itself. Raises Refusal (setup) where the key does not open it."""
    return str(unseal(follow.sealed, follow.record.number)["address"])


def _masked(follow: Follow) -> str:
    address = address_of(follow)
    if follow.way == "sms":
        return masked(address)
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}"


def stop_token(follow: Follow) -> str:
    """What a link carries that stops the messages; it does not run out."""
    return signing.Signer(salt=_SALT).sign_object(follow.pk)


def follow_to_stop(token: str) -> Follow | None:
    """What a link stops; None where it is not one of ours or stopped already."""
    try:
        key = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Follow.objects.filter(pk=key).select_related("record").first() if isinstance(key, int) else None


def confirm_token(follow: Follow, at: datetime) -> str:
    """What the link of the letter carries."""
    return signing.Signer(salt=_ASK).sign_object([follow.pk, follow.print, int((at + HOLDS).timestamp())])


def follow_to_confirm(token: str, *, at: datetime) -> Follow | None:
    """What such a link confirms, confirmed before or not; None where it is none of ours, old, or for what is gone."""
    try:
        key, mark, until = signing.Signer(salt=_ASK).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if at.timestamp() >= until:
        return None
    return Follow.objects.filter(pk=key, print=mark).select_related("record").first()


def question_of(follow: Follow, at: datetime) -> dict[str, str]:
    """The letter that asks whether an address shall be told: nothing of the matter but its number."""
    number = follow.record.number
    link = settings.LIREN_URL + reverse("portal:confirm", args=[confirm_token(follow, at)])
    told = {"number": number, "link": link, "days": HOLDS.days}
    text = _(
        "有人请里仁把 %(number)s 的进展发到这个邮箱。是您的话，请在 %(days)s 天内打开 %(link)s 确认；"
        "不是您，不用理会，不会再发。"
    )
    return {"subject": _("请确认：%(number)s 的进展发到这个邮箱") % told, "text": text % told}


def news_of(follow: Follow) -> dict[str, Any]:
    """What is said of the matter as it stands: no title and no name, for it leaves the house."""
    record = follow.record
    entry = catalogue().kinds.get(record.kind)
    state = state_title(entry.spec, record.state) if entry else record.state
    kind = entry.spec.title if entry else ""
    link = settings.LIREN_URL + reverse("portal:record", args=[record.number])
    stop = settings.LIREN_URL + reverse("portal:stop", args=[stop_token(follow)])
    due = record.due.astimezone(CHINA).strftime("%m-%d") if record.due and record.closed is None else ""
    until = _("，期限 %(due)s") % {"due": due} if due else ""
    told = {"kind": kind, "number": record.number, "state": state, "until": until, "link": link, "stop": stop}
    text = _("里仁：%(kind)s %(number)s 现在是「%(state)s」%(until)s。看进度 %(link)s 不再接收 %(stop)s")
    return told | {"text": text % told}


def sealed_by_key() -> Counter[str]:
    """Name of a key → how many addresses are sealed with it."""
    return Counter(sealed_with(text) for text in Follow.objects.values_list("sealed", flat=True))
