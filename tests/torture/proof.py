"""What must hold whatever was killed: each finding is a line; no line means that nothing was lost or doubled."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from .load import Deed, Ledger
from .sink import Sink
from .world import World


def keys_of(deed: Deed) -> str:
    """The idempotency key under which the deed's act must stand; empty where the deed leaves none."""
    if deed.what == "sign-up":
        return ""
    if deed.what == "check-in":
        return f"form:{deed.key}:{deed.said['person']}:here"
    return f"form:{deed.key}"


def look(ledger: Ledger, world: World, since: int) -> Iterator[str]:
    """Everything, with the chain from act number `since` on; 0 computes it whole and replays every record."""
    yield from _deeds(ledger, world)
    yield from _seats(ledger, world)
    yield from _points()
    yield from _search()
    yield from _files()
    from liren.trail.queries import breaks

    yield from (f"trail: {one.act} {one.record} {one.what}" for one in breaks(after=since))


def _deeds(ledger: Ledger, world: World) -> Iterator[str]:
    """Acknowledged: there once. Not acknowledged: there once or not at all, never in half."""
    from liren.records.models import Act, Record

    acts = {key: (record, verb) for key, record, verb in Act.objects.exclude(key=None).values_list(
        "key", "record__number", "verb")}  # fmt: skip
    titles = Counter(Record.objects.filter(title__gt="").values_list("title", flat=True))
    for deed in ledger.deeds:
        key = keys_of(deed)
        if not key:
            continue
        found = acts.get(key)
        if deed.acked and found is None:
            yield f"lost: {deed.what} {deed.key} was acknowledged and has no act"
        if found and deed.number and found[0] != deed.number:
            yield f"astray: {deed.what} {deed.key} said {deed.number}, its act stands at {found[0]}"
        title = deed.said.get("title", "")
        if title and titles[title] != (1 if found else 0):
            yield f"{deed.what} {deed.key}: {titles[title]} records, {'an' if found else 'no'} act"
        if deed.photo and deed.acked and f"photo:{deed.key}:0" not in acts:
            yield f"lost: the photo of {deed.key} was acknowledged and has no act"


def _seats(ledger: Ledger, world: World) -> Iterator[str]:
    """Who was told of a place has one; no seat is given twice, none above the number there are."""
    from liren.activities.models import Signup

    rows = list(Signup.objects.values_list("record__number", "name", "seat"))
    names = Counter(name for _, name, _ in rows if name)
    for deed in ledger.deeds:
        if (
            deed.what == "sign-up"
            and names[deed.said["name"]] != 1
            and (deed.acked or names[deed.said["name"]])
        ):
            yield f"sign-up {deed.said['name']} stands {names[deed.said['name']]} times"
    for number, room in world.seats.items():
        seats = [seat for record, _, seat in rows if record == number and seat is not None]
        waiting = sum(1 for record, _, seat in rows if record == number and seat is None)
        if len(seats) != len(set(seats)) or len(seats) > room or (waiting and len(seats) < room):
            yield f"seats of {number}: {sorted(seats)} of {room}, {waiting} wait"


def _points() -> Iterator[str]:
    """Every balance is the sum of its postings, all balances together are nought, each confirmation paid once."""
    from django.db.models import Sum

    from liren.points.models import Account, Posting
    from liren.records.models import Act

    into = dict(Posting.objects.values_list("to_account").annotate(Sum("amount")))
    out = dict(Posting.objects.values_list("from_account").annotate(Sum("amount")))
    total = 0
    for account in Account.objects.all():
        total += account.balance
        if account.balance != into.get(account.pk, 0) - out.get(account.pk, 0):
            yield f"points: account {account.pk} holds {account.balance}, its postings say otherwise"
        if account.person_id and account.balance < 0:
            yield f"points: person {account.person_id} stands below nought"
    if total:
        yield f"points: all balances together are {total}"
    paid = Posting.objects.filter(record__kind="promise.event", amount=5).count()
    charged = Posting.objects.filter(record__kind="promise.event", amount=3).count()
    for verb, count in (("confirm", paid), ("reward", charged)):
        acts = Act.objects.filter(record__kind="promise.event", verb=verb).count()
        if acts != count:
            yield f"points: {acts} × {verb}, {count} postings"


def _search() -> Iterator[str]:
    """Each record's words are what the index has; the newest ones are found by them."""
    from liren.people.visibility import PUBLIC
    from liren.records.models import Record
    from liren.search.models import Entry
    from liren.search.queries import search
    from liren.search.words import entry_of, reader

    read = reader()
    kept = {entry.record_id: entry for entry in Entry.objects.all()}
    for record in Record.objects.all():
        words, entry = entry_of(record, read), kept.pop(record.pk, None)
        if (words is None) != (entry is None) or (words and entry and words.text != entry.text):
            yield f"search: {record.number} is indexed otherwise than it stands"
    if kept:
        yield f"search: {len(kept)} entries of records that are not there"
    for record in Record.objects.filter(kind="grid_case.event").order_by("-pk")[:5]:
        hits = search(record.title, to=PUBLIC)
        if record.number not in [hit.record.number for hit in hits.hits]:
            yield f"search: {record.number} is not found by its title"


def _files() -> Iterator[str]:
    """Every attachment is on the disk, whole."""
    from liren.records.models import File
    from liren.records.storage import whole

    for digest, private in File.objects.filter(erased=False).values_list("sha256", "private").distinct():
        if not whole(digest, private=private):
            yield f"file: {digest} is not there whole"


def outbox(sink: Sink, address: str) -> Iterator[str]:
    """At least once outward, exactly once in the database."""
    from liren.notices.models import Job

    sent = {}
    for job in Job.objects.filter(name="mail"):
        number = hashlib.sha256(f"{address} {job.key}".encode()).hexdigest()[:32]
        sent[f"<{number}@example.org>"] = job
    for number, job in sent.items():
        if job.done and not sink.seen[number]:
            yield f"outbox: {job.key} is noted as sent and never came"
        if job.died:
            yield f"outbox: {job.key} died: {job.fault}"
    for number in sink.seen:
        if number not in sent:
            yield f"outbox: {number} came and no job says so"
