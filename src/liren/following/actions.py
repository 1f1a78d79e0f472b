"""The only code that writes who follows a matter; and tells them, through the outbox.

Opt-in, one click to stop, nothing is kept of who opened what. A message says how the matter stands when it goes out:
what happened within one window (a minute, or a day for who wants it daily) is one message.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from liren import database
from liren.clock import now
from liren.database.prepared import Prepared
from liren.inforce import catalogue
from liren.notices.actions import WORK, Work, job_add
from liren.notices.channels import mail_sender, send_mail
from liren.notices.county import county_or_plain
from liren.notices.models import Job
from liren.notices.sms import teller
from liren.notices.timing import Habit, after_quiet, goes_out
from liren.packs.language import Kind
from liren.people.codes import HOLDS as CODE_HOLDS
from liren.people.codes import TRIES, code_holds, code_made, code_print
from liren.people.models import Person
from liren.people.phones import read_phone
from liren.people.private import fingerprint, fingerprints, seal, stale, unseal
from liren.places.queries import work_calendar
from liren.records.acts import NewAct
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Follow
from .queries import (
    HOLDS,
    address_of,
    can_follow,
    follow_to_confirm,
    follow_to_stop,
    news_of,
    question_of,
    ways,
)

#: Addresses one person may give for one matter.
MOST = 3
#: How long after its end a matter may still come back, and its addresses are kept.
KEPT = timedelta(days=60)
#: Acts outside the flow that stand on the public page, too.
TOLD = ("late", "extend", "transfer", "void", "merge")
_MAIL = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def follow_start(
    record: Record, *, address: str, by: Person, digest: str = "now", proven: bool = False,
    at: datetime | None = None,
) -> Follow:  # fmt: skip
    """Tell this phone number or mail address of every public step. Twice changes nothing but ``digest``.

    A mail address is first sent a link, a phone a code (:func:`follow_code_make`, for the caller to send); only who
    opens the one or types back the other is told anything more: whoever types somebody else's address fills no
    letter box. ``proven``: who asks has shown already that the number is theirs. Raises Refusal: bad_value (no such
    address, kind or way), wrong_state (the matter has ended).
    """
    at = at or now()
    way, told = _read(address)
    _open_to(catalogue().kind_entry(record.kind).spec, way, digest)
    with database.atomic():
        if record.closed is not None:
            raise Refusal(
                "wrong_state", number=record.number, state="已办结", what="通知进展", allowed="看结果"
            )
        given = Follow.objects.filter(record=record, person=by)
        marks = fingerprints(told, _bound(record.number))
        there = given.filter(print__in=marks).first()
        if there is None and given.count() >= MOST:
            raise Refusal(
                "bad_value", field="手机号或邮箱", reason=_("一件事最多留 %(most)s 个") % {"most": MOST}
            )
        first = {
            "way": way, "at": at, "sealed": seal({"address": told}, record.number), "digest": digest,
            "confirmed": at if proven else None,
        }  # fmt: skip
        mark = there.print if there else marks[0]
        follow, _made = Follow.objects.update_or_create(
            record=record, person=by, print=mark, defaults={"digest": digest}, create_defaults=first
        )
        if follow.confirmed is None:
            _ask(follow, told, at, proven=proven)
    return follow


def _open_to(spec: Kind, way: str, digest: str) -> None:
    """Whether a matter of the kind can be followed so. Raises Refusal (bad_value)."""
    if not can_follow(spec) or digest not in ("now", "daily"):
        raise Refusal(
            "bad_value", field="进展通知", reason=_("「%(title)s」不能这样通知") % {"title": spec.title}
        )
    if way not in ways():
        here = "邮箱" if way == "sms" else "手机号"
        raise Refusal(
            "bad_value",
            field="手机号或邮箱",
            reason=_("这里还没有开通；请留%(here)s，或收藏本页") % {"here": here},
        )


def _ask(follow: Follow, address: str, at: datetime, *, proven: bool) -> None:
    """One letter with the link for an address, a matter and a day, however often it is typed and by whomever."""
    if proven:
        Follow.objects.filter(pk=follow.pk).update(confirmed=at)
        follow.confirmed = at
        return
    if follow.way != "mail":
        return
    mark = fingerprint(address, "following.asked")[:40]
    key = f"follow_ask:{mark}:{follow.record_id}:{at:%Y-%m-%d}"
    job_add("follow_ask", {"follow": follow.pk}, key=key, due=at)


def follow_confirm(token: str, *, at: datetime | None = None) -> bool:
    """Whoever reads the letters to the address says yes; False for a link that is not ours or too old."""
    follow = follow_to_confirm(token, at=at or now())
    if follow is None:
        return False
    with database.atomic():
        Follow.objects.filter(pk=follow.pk, confirmed__isnull=True).update(confirmed=at or now())
    return True


def follow_code_make(follow: Follow, *, at: datetime) -> str:
    """A new code, to be sent to the follower's phone; the one before no longer holds."""
    code, until = code_made(), at + CODE_HOLDS
    kept = code_print(_asking(follow.pk, until), code)
    with database.atomic():
        Follow.objects.filter(pk=follow.pk).update(code_print=kept, code_until=until, tries=0)
    return code


def follow_code_take(follow: Follow, code: str, *, at: datetime) -> bool:
    """Whoever reads the phone's messages says yes; False for a code that is wrong, too old or tried too often.

    The try is counted before the code is looked at, in one statement: of many tries at once, five count.
    """
    with database.atomic():
        rows = Follow.objects.filter(pk=follow.pk, confirmed__isnull=True)
        if not rows.filter(tries__lt=TRIES, code_until__gt=at).update(tries=F("tries") + 1):
            return False
        row = rows.get()
        if row.code_until is None or not code_holds(row.code_print, _asking(row.pk, row.code_until), code):
            return False
        rows.update(confirmed=at, code_print="", code_until=None)
    return True


def _asking(number: int, until: datetime) -> str:
    """What a code is bound to: this follower, this time."""
    return f"follow:{number}:{until.timestamp()}"


def _read(address: str) -> tuple[str, str]:
    """Way and address as it is kept. Raises Refusal (bad_value)."""
    if phone := read_phone(address):
        return "sms", phone
    mail = address.strip()
    if len(mail) <= 200 and _MAIL.fullmatch(mail):
        return "mail", mail
    raise Refusal(
        "bad_value", field="手机号或邮箱", reason=_("写 11 位手机号，或 name@example.cn 这样的邮箱")
    )


def follow_stop(token: str) -> bool:
    """No more messages, and the address is forgotten; False for a link that stops nothing (any more)."""
    follow = follow_to_stop(token)
    if follow is None:
        return False
    with database.atomic():
        follow.delete()
    return True


_FOLLOWING = Prepared(
    lambda record: Follow.objects.filter(record=record, confirmed__isnull=False), int, by_key=True
)


def followers_tell(record: Record, spec: Kind, acts: Iterable[NewAct]) -> int:
    """Enter a message for every follower of a matter that took a public step, in the step's transaction."""
    if not can_follow(spec):
        return 0
    by = {act.by_id for act in acts if act.verb in TOLD or act.from_state != act.to_state}
    if not by:
        return 0
    moment, entered = now(), 0
    for follow in _FOLLOWING(record.pk):
        if by == {follow.person_id}:
            continue  # who did it knows
        due = goes_out(moment, _habit(follow), urgent=False, calendar=work_calendar())
        key = f"follow:{follow.pk}:{due:%Y-%m-%dT%H:%M}"
        entered += job_add("follow", {"follow": follow.pk}, key=key, due=due)
    return entered


def follows_expire(at: datetime) -> int:
    """Forget the addresses of matters that ended long ago, and those that nobody confirmed. Returns how many."""
    over = Q(record__closed__lt=at - KEPT) | Q(confirmed__isnull=True, at__lt=at - HOLDS)
    old = Follow.objects.filter(over)
    if not old.exists():
        return 0
    with database.atomic():
        return old.delete()[0]


def _habit(follow: Follow) -> Habit:
    """The county's quiet hours and digest time hold for residents, too."""
    said, _fault = county_or_plain()
    plain = said.habit()
    return Habit(follow.digest == "daily", plain.digest_at, plain.quiet_from, plain.quiet_to)


def _tell(job: Job) -> None:
    """Send how the matter stands; nothing where the follower stopped it meanwhile."""
    follow = Follow.objects.filter(pk=job.payload["follow"]).select_related("record").first()
    if follow is None:
        return
    with override("zh-hans"):
        news = news_of(follow)
    if follow.way == "sms":
        sender = teller()
        if sender is not None:
            sender.tell(address_of(follow), news)
    elif mail_sender():
        headers = {
            "List-Unsubscribe": f"<{news['stop']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }  # fmt: skip
        subject = f"{news['kind']} {news['number']}：{news['state']}"
        send_mail(address_of(follow), subject, news["text"], key=job.key, headers=headers)


def _awake(job: Job, moment: datetime) -> datetime:
    follow = Follow.objects.filter(pk=job.payload.get("follow")).first()
    return after_quiet(moment, _habit(follow)) if follow else moment


def _send_ask(job: Job) -> None:
    """The letter that asks whether the address shall be told."""
    follow = Follow.objects.filter(pk=job.payload["follow"], confirmed__isnull=True)
    found = follow.select_related("record").first()
    if found is None or not mail_sender():
        return
    with override("zh-hans"):
        letter = question_of(found, now())
    send_mail(address_of(found), letter["subject"], letter["text"], key=job.key)


WORK["follow"] = Work(_tell, wait=_awake)
WORK["follow_ask"] = Work(_send_ask)


def follows_forget(record: Record) -> int:
    """Forget every address that follows a record: what is private in it is erased. Call inside a transaction."""
    gone, _each = Follow.objects.filter(record=record).delete()
    return gone


def follows_reseal() -> int:
    """Seal and print all addresses anew under the keys in use; how many. May be stopped and begun again."""
    done = 0
    for follow in Follow.objects.select_related("record").order_by("pk").iterator():
        if stale(follow.sealed):
            number = follow.record.number
            told = unseal(follow.sealed, number)
            rows = Follow.objects.filter(pk=follow.pk, sealed=follow.sealed)
            mark = fingerprint(str(told["address"]), _bound(number))
            done += rows.update(sealed=seal(told, number), print=mark)
    return done


def _bound(number: str) -> str:
    return f"following:{number}"
