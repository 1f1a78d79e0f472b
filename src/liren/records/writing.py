"""Writes drafts: numbers, rows, acts, effects, all in one transaction. Used only by ``actions``."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime

from liren.activities.models import Attendance
from liren.database.bulk import insert_rows, update_row
from liren.database.statements import row
from liren.following.actions import followers_tell
from liren.joining.queries import joiners
from liren.notices.actions import notices_send, notices_settle
from liren.packs.fields import CHINA
from liren.people.actions import prints_keep
from liren.people.models import Print
from liren.people.private import seal, unseal
from liren.people.queries import holders
from liren.points.actions import effect_pay
from liren.search.actions import records_indexed
from liren.search.words import touched
from liren.trail.actions import acts_append

from .flow import Draft, state_title
from .models import Link, Record
from .revealing import record_prints

#: The columns that a step may change.
MOVING = [
    "title", "place", "unit", "handler", "person", "category", "level", "source", "quantity", "money",
    "state", "opened", "closed", "starts", "ends", "due", "alarmed", "late_count", "data", "secret",
    "longitude", "latitude", "revision",
]  # fmt: skip


#: The next numbers of a series, whether it is there yet or not, in one statement.
_COUNT_ON = (
    "INSERT INTO records_counter (series, last) VALUES (%s, %s) "
    "ON CONFLICT (series) DO UPDATE SET last = records_counter.last + excluded.last RETURNING last"
)


def write_new(drafts: Sequence[Draft]) -> list[Record]:
    """Insert new records with their acts. Call inside a write transaction."""
    _number(drafts)
    for draft in drafts:
        draft.record.secret = seal(draft.private, draft.record.number)
    records = [draft.record for draft in drafts]
    insert_rows(Record, records)
    prints_keep([one for draft in drafts if draft.private for one in _prints(draft)], new=True)
    acts = []
    for draft, record in zip(drafts, records, strict=True):
        draft.record = record
        for act in draft.acts:
            act.record_id = record.pk
            if act.verb == "open":
                # Number and kind too are told by the chain: nobody passes a record off as another.
                act.changed = act.changed | {"is": f"{record.kind} {record.number}"}
        acts += draft.acts
    acts_append(acts)
    records_indexed(records, new=True)
    for draft in drafts:
        draft.acts = []
    return records


def write_moved(draft: Draft) -> bool:
    """Update one record by compare-and-swap on its revision; False when somebody else was first."""
    record, was = draft.record, draft.record.revision
    record.revision = was + 1
    if draft.private:
        record.secret = seal({**unseal(record.secret, record.number), **draft.private}, record.number)
    if not update_row(record, MOVING, revision=was):
        return False
    for act in draft.acts:
        act.record_id = record.pk
    acts_append(draft.acts)
    if draft.acts and draft.acts[0].from_state != draft.acts[-1].to_state:
        notices_settle(record, at=draft.acts[-1].at)
    followers_tell(record, draft.kind.spec, draft.acts)
    if draft.private:
        prints_keep(_prints(draft))
    changed = {name for act in draft.acts for name in act.changed}
    if touched(record.kind, changed) or any(act.to_state == "void" for act in draft.acts):
        records_indexed([record])
    draft.acts = []
    return True


def _prints(draft: Draft) -> list[Print]:
    return record_prints(draft.kind.id, draft.kind.spec.fields, draft.record.number, draft.private)


def _number(drafts: Sequence[Draft]) -> None:
    """Give each record the next number of its series, one counter update per series."""
    series = [(draft, _series(draft)) for draft in drafts]
    wanted = Tally(name for _, name in series)
    following: dict[str, int] = {}
    for name, count in sorted(wanted.items()):
        last = row(_COUNT_ON, name, count)
        assert last is not None, "an insert or update that returns its row"
        following[name] = last[0] - count
    for draft, name in series:
        following[name] += 1
        pattern = draft.kind.spec.number_pattern(draft.kind.key)
        draft.record.number = pattern.format(year=_year(draft), seq=following[name])


def _series(draft: Draft) -> str:
    """Kind and year, where the number names the year; else the kind counts on from year to year."""
    dated = "{year}" in draft.kind.spec.number_pattern(draft.kind.key)
    return f"{draft.kind.id}:{_year(draft)}" if dated else draft.kind.id


def _year(draft: Draft) -> int:
    return draft.record.opened.astimezone(CHINA).year


def bring_about(draft: Draft, *, open_more) -> None:
    """Carry out the effects a draft collected: tell, pay, charge, open."""
    record = draft.record
    effects, draft.effects = draft.effects, []
    for effect, at, by in ((caused.effect, caused.at, caused.by) for caused in effects):
        if effect.verb == "tell":
            notices_send(record=record, persons=_told(record, effect.whom, at), at=at, text=_words(draft))
        elif effect.verb == "open":
            kind = effect.whom if "." in effect.whom else f"{draft.kind.pack.pack}.{effect.whom}"
            opened = open_more(kind, record, by, at)
            Link.objects.get_or_create(record=opened, other=record, kind="parent")
        else:
            effect_pay(effect, record=record, attended=_attended(record), at=at, pack=draft.kind.pack.pack)


def _told(record: Record, whom: str, at: datetime):
    if whom == "opener":
        return [*([record.opener] if record.opener else []), *joiners(record)]
    if whom == "subject":
        return [record.person] if record.person else []
    return holders(
        whom, place=record.place_id, units=[u for u in (record.unit_id, record.handler_id) if u], at=at
    )


def _words(draft: Draft) -> str:
    state = state_title(draft.kind.spec, draft.record.state)
    return f"{draft.record.number} {draft.record.title or draft.kind.spec.title}：{state}"[:300]


def _attended(record: Record) -> list[tuple[int, int]]:
    """(person id, confirmed minutes) of everybody present."""
    rows = Attendance.objects.filter(record=record, present=True, confirmed=True)
    return list(rows.values_list("person_id", "minutes"))
