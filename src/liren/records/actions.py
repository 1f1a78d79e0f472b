"""The only code that writes records: open, step, extend, transfer, void, merge, link, attach, tick.

Every action is keyword-only with its actor as ``by=``; it checks first, then writes once, then
leaves its act. Every write accepts an idempotency ``key``: the same key again returns what the
first write made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren import database
from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.people.standing import Standing
from liren.places.models import Unit
from liren.places.queries import work_calendar
from liren.refusals import Refusal
from liren.trail.actions import acts_append

from .flow import Desk, Draft, open_draft, settle_lateness, take_step
from .acts import NewAct
from .models import Act, File, Link, Record
from .storage import store
from .values import Resolver
from .writing import bring_about, write_moved, write_new


def desk(inside: str = "") -> Desk:
    """A desk for one request or one bulk run; bare names are looked for ``inside`` a place code."""
    return Desk(Standing(), Resolver(inside), work_calendar())


def record_open(
    kind: str,
    values: dict[str, Any],
    *,
    by: Person | None,
    at: datetime | None = None,
    entered: datetime | None = None,
    key: str | None = None,
    at_desk: Desk | None = None,
) -> Record:
    """Open a record of a kind (``pack.kind``). ``at`` is when it happened, ``entered`` when typed in.

    Raises :class:`Refusal` (role, missing field, bad value, already there).
    """
    if key and (done := _done(key)):
        return done
    at = at or now()
    inside = _inside(by, at)
    at_desk = at_desk or desk(inside)
    draft = open_draft(
        at_desk, _kind(kind), values, by=by, at=at, entered=entered or now(), key=key
    )
    with database.atomic():
        if key and (done := _done(key)):
            return done
        _refuse_double(draft)
        record = write_new([draft])[0]
        bring_about(draft, by=by, open_more=_open_more)
    return record


def _open_more(kind: str, cause: Record, by: Person | None, at: datetime) -> Record:
    """Open a record as the effect of another: same place and unit, titled after its cause."""
    spec = _kind(kind).spec
    values = {"title": cause.title, "place": cause.place, "unit": cause.unit}
    draft = open_draft(desk(), _kind(kind), values, by=by, at=at, entered=now())
    record = write_new([draft])[0]
    record.title = record.title or spec.title
    return record


def _kind(kind: str):
    try:
        return catalogue().kind_entry(kind)
    except KeyError as fault:
        raise Refusal("not_found", what="记录类型", name=kind, mend=str(fault.args[0])) from None


def _inside(by: Person | None, at: datetime) -> str:
    """The county in which bare place names of an actor are looked for."""
    if by is None:
        return ""
    for post in Standing().posts(by, at):
        return (post.place_id or post.unit.place_id)[:6]
    return (by.place_id or "")[:6]


def _done(key: str) -> Record | None:
    act = Act.objects.filter(key=key).select_related("record").first()
    return act.record if act else None


def _refuse_double(draft: Draft) -> None:
    natural = draft.record.natural_key
    if natural is None:
        return
    there = Record.objects.filter(kind=draft.kind.id, natural_key=natural).first()
    if there:
        raise Refusal("already", what=f"{draft.kind.spec.title}「{natural}」", number=there.number)


def load_draft(record: Record) -> Draft:
    """The draft of a record that already stands, with who took which step."""
    draft = Draft(_kind(record.kind), record)
    acts = record.acts.order_by("id").values_list("verb", "by_id", "at", "from_state", "to_state")
    for verb, by, at, before, after in acts:
        draft.takers[verb] = by
        if before != after:
            draft.since = at
        if verb != "late":
            draft.last_at = at
    return draft


def record_step(
    record: Record,
    verb: str,
    values: dict[str, Any] | None = None,
    *,
    by: Person | None,
    at: datetime | None = None,
    entered: datetime | None = None,
    note: str = "",
    key: str | None = None,
) -> Record:
    """Take a step (by its key or Chinese title). Two clerks cannot both win: compare-and-swap.

    Raises :class:`Refusal` (state, role, same person, condition, missing field, changed meanwhile).
    """
    if key and (done := _done(key)):
        return done
    at = at or now()
    record.refresh_from_db()
    was_state, was_due = record.state, record.due
    draft = load_draft(record)
    take_step(
        desk(record.place_id[:6]), draft, verb, values or {},
        by=by, at=at, entered=entered or now(), note=note, key=key,
    )  # fmt: skip
    with database.atomic():
        if key and (done := _done(key)):
            return done
        _write(draft, was_state, was_due)
        bring_about(draft, by=by, open_more=_open_more)
    return draft.record


def _write(draft: Draft, was_state: str, was_due: datetime | None) -> None:
    if not write_moved(draft, was_state=was_state, was_due=was_due):
        latest = Record.objects.get(pk=draft.record.pk)
        title = draft.kind.spec.states[latest.state].title
        raise Refusal("changed_meanwhile", number=latest.number, state=title)


@dataclass
class History:
    """A finished or half-finished record from an old ledger: its opening, then its steps in order.

    ``steps`` are (verb, values, by, at). Used by bulk entry: every check of the single actions runs.
    """

    values: dict[str, Any]
    by: Person | None
    at: datetime
    steps: Sequence[tuple[str, dict[str, Any], Person | None, datetime]] = ()
    entered: datetime | None = None
    key: str | None = None
    marks: dict[str, Any] = field(default_factory=dict)


def records_enter(
    kind: str, histories: Iterable[History], *, at_desk: Desk | None = None, quiet: bool = True
) -> list[Record]:
    """Bulk form of :func:`record_open` and :func:`record_step`: all or nothing.

    ``quiet`` leaves out notices: nobody is told today about what happened last year.
    """
    entry, at_desk = _kind(kind), at_desk or desk()
    drafts = []
    for history in histories:
        entered = history.entered or history.at
        draft = open_draft(
            at_desk, entry, history.values, by=history.by, at=history.at, entered=entered, key=history.key
        )
        for verb, values, by, at in history.steps:
            take_step(at_desk, draft, verb, values, by=by, at=at, entered=history.entered or at)
        drafts.append(draft)
    with database.atomic():
        records = write_new(drafts)
        for draft in drafts:
            draft.effects = [e for e in draft.effects if not (quiet and e[0].verb == "tell")]
            if draft.effects:
                bring_about(draft, by=None, open_more=_open_more)
    return records


def _act(record: Record, verb: str, *, by, at, changed=None, note="", key=None, to=None) -> NewAct:
    by_id = by.pk if by else None
    said = {"record_id": record.pk, "note": note, "changed": changed or {}, "key": key}
    return NewAct(verb, record.state, to or record.state, by_id, at, now(), **said)


def _in_charge(record: Record, by: Person | None, at: datetime, what: str) -> None:
    """Whoever may take any step of the record may also extend, transfer, void or attach."""
    spec = _kind(record.kind).spec
    roles = {role for step in spec.steps.values() for role in step.by} | set(spec.opened_by)
    roles -= {"resident", "opener", "subject", "system"}
    units = (record.unit_id, record.handler_id)
    if by is None or Standing().post_for(by, roles, record.place_id, units, at) is None:
        titles = "、".join(Resolver().role_title(role) for role in sorted(roles))
        who = by.name if by else "未登录者"
        raise Refusal("not_yours", who=who, what=what, roles=titles, where=record.place_id)


def _change(record: Record, verb: str, changes: dict[str, Any], *, by, at, note, key, what) -> Record:
    """Change columns outside the flow: check, compare-and-swap, act."""
    if key and (done := _done(key)):
        return done
    at = at or now()
    record.refresh_from_db()
    _in_charge(record, by, at, what)
    was_state, was_due = record.state, record.due
    draft = load_draft(record)
    settle_lateness(draft, at, now())
    to = changes.get("state", record.state)
    said = {k: str(v) if v is not None else None for k, v in changes.items() if k != "state"}
    draft.acts.append(_act(record, verb, by=by, at=at, changed=said, note=note, key=key, to=to))
    for name, value in changes.items():
        setattr(record, name, value)
    with database.atomic():
        _write(draft, was_state, was_due)
    return record


def record_extend(record: Record, *, due: datetime, by: Person, note: str, at=None, key=None) -> Record:
    """Give a new deadline, with the reason; what was late before stays counted."""
    if record.due is None:
        raise Refusal("cannot_compute", name=record.number, reason="这条记录现在没有期限，不必延期")
    changes = {"due": due, "alarmed": None}
    return _change(record, "extend", changes, by=by, at=at, note=note, key=key, what="延期")


def record_transfer(record: Record, *, to: Unit, by: Person, note: str = "", at=None, key=None) -> Record:
    """Hand the record to another handling unit."""
    return _change(record, "transfer", {"handler": to}, by=by, at=at, note=note, key=key, what="转办")


def record_void(record: Record, *, by: Person, note: str, at=None, key=None) -> Record:
    """Void a record entered by mistake: it leaves all figures (state ``void``), its acts stay."""
    changes = {"state": "void", "closed": at or now(), "due": None}
    return _change(record, "void", changes, by=by, at=at, note=note, key=key, what="作废")


def record_merge(record: Record, *, into: Record, by: Person, note: str = "", at=None, key=None) -> Record:
    """The record is a duplicate of another: it is voided and linked to it."""
    with database.atomic():
        record_link(record, into, "duplicate")
        return record_void(record, by=by, note=note or f"并入 {into.number}", at=at, key=key)


def record_link(record: Record, other: Record, kind: str) -> Link:
    """Tie two records (``parent``, ``duplicate``, ``cites``)."""
    return records_link([(record, other)], kind)[0]


def records_link(pairs: Sequence[tuple[Record, Record]], kind: str) -> list[Link]:
    """Bulk form of :func:`record_link`; a tie that is there already stays."""
    if any(record.pk == other.pk for record, other in pairs):
        raise Refusal("bad_value", field="关联", reason="不能与自己关联")
    links = [Link(record=record, other=other, kind=kind) for record, other in pairs]
    with database.atomic():
        Link.objects.bulk_create(links, ignore_conflicts=True, batch_size=1000)
    return links


def file_attach(
    record: Record,
    *,
    name: str,
    content: bytes,
    media_type: str,
    by: Person | None,
    at: datetime | None = None,
    private: bool = False,
) -> File:
    """Attach a file, kept under its SHA-256, and leave an act."""
    return files_attach([(record, name, content, media_type)], by=by, at=at, private=private)[0]


def files_attach(
    items: Sequence[tuple[Record, str, bytes, str]],
    *,
    by: Person | None,
    at: datetime | None = None,
    private: bool = False,
) -> list[File]:
    """Bulk form of :func:`file_attach`: (record, name, content, media type)."""
    at = at or now()
    files, acts = [], []
    for record, name, content, media_type in items:
        digest = store(content)
        files.append(
            File(
                record=record, name=name, sha256=digest, size=len(content), media_type=media_type,
                private=private, at=at, by=by,
            )
        )  # fmt: skip
        acts.append(_act(record, "attach", by=by, at=at, changed={"file": name, "sha256": digest}))
    with database.atomic():
        File.objects.bulk_create(files, batch_size=1000)
        acts_append(acts)
    return files


def tick(at: datetime | None = None, *, most: int = 10_000) -> int:
    """Note every limit that has passed unnoticed. Returns how many; two loops at once note each once."""
    at = at or now()
    noted = 0
    waiting = Record.objects.filter(due__lt=at, due__isnull=False, alarmed__isnull=True).order_by("due")
    for record in waiting[:most]:
        was_state, was_due = record.state, record.due
        draft = load_draft(record)
        if not settle_lateness(draft, at, at):
            continue
        with database.atomic():
            # Compare-and-swap also on the alarm: another loop may have noted it meanwhile.
            if not Record.objects.filter(pk=record.pk, alarmed__isnull=True, due=was_due).exists():
                continue
            if write_moved(draft, was_state=was_state, was_due=was_due):
                bring_about(draft, by=None, open_more=_open_more)
                noted += 1
    return noted


