"""The only code that writes records: open, step, extend, transfer, void, merge, link, attach, tick.

Every action is keyword-only with its actor as ``by=``; it checks first, then writes once, then
leaves its act. Every write accepts an idempotency ``key``: the same key again returns what the
first write made.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.joining.actions import joinings_pass_on
from liren.notices.actions import notices_send
from liren.packs.saying import joined
from liren.people.models import Person
from liren.people.queries import holders
from liren.people.standing import Standing
from liren.places.models import Unit
from liren.refusals import Refusal
from liren.trail.actions import acts_append

from .acts import History
from .doubles import attached, done, not_done, refuse_doubles
from .drafts import act_on, desk, desk_of, kind_named, load_draft, moment_after, reread
from .flow import (
    Desk,
    Draft,
    check_change,
    check_in_charge,
    open_draft,
    settle_lateness,
    state_title,
    supervisors,
    take_step,
)
from .models import File, Link, Record
from .storage import store
from .values import keepable, plain
from .writing import bring_about, write_moved, write_new

#: How two records may be tied.
TIES = ("parent", "duplicate", "cites")


def record_open(
    kind: str,
    values: dict[str, Any],
    *,
    by: Person | None,
    at: datetime | None = None,
    entered: datetime | None = None,
    key: str | None = None,
    at_desk: Desk | None = None,
    part: bool = False,
) -> Record:
    """Open a record of a kind (``pack.kind``). ``at`` is when it happened, ``entered`` when typed in.

    ``part``: of a write of the caller's, which is undone as a whole when this fails; no savepoint is set for it.
    Raises :class:`Refusal` (role, missing field, bad value, already there).
    """
    at = at or now()
    said: dict[str, Any] = {"by": by, "at": at, "entered": entered or now(), "key": key}
    try:
        draft = open_draft(at_desk or desk_of(by, at), kind_named(kind), values, **said)
    except Refusal:
        if there := done(key):
            return there
        raise
    try:
        with database.atomic(savepoint=not part):
            if there := done(key):
                return there
            refuse_doubles([draft])
            record = write_new([draft])[0]
            bring_about(draft, open_more=_open_more)
    except IntegrityError:
        if part:
            raise
        # On PostgreSQL somebody may have been quicker between the look and the write.
        if there := done(key):
            return there
        refuse_doubles([draft])
        raise
    return record


def _open_more(kind: str, cause: Record, by: Person | None, at: datetime) -> Record:
    """Open a record as the effect of another: same place and unit, titled after its cause."""
    entry = kind_named(kind)
    values = {"title": cause.title or entry.spec.title, "place": cause.place, "unit": cause.unit}
    draft = open_draft(desk(), entry, values, by=by, at=at, entered=now(), as_effect=True)
    refuse_doubles([draft])
    record = write_new([draft])[0]
    bring_about(draft, open_more=_open_more)
    return record


def _once(key: str | None, record: Record, write: Callable[[], Record]) -> Record:
    """Write, unless a write with this key was there before: the write itself asks, and a refusal may come of it.

    The record in hand is then what the database has, not half filled in.
    """
    try:
        written = write()
        if written is not record:
            reread(record)
        return written
    except Refusal:
        record.refresh_from_db()
        if there := done(key, record):
            return there  # the same write, sent twice at once
        raise


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
    seen: int | None = None,
    standing: Standing | None = None,
) -> Record:
    """Take a step (by its key or Chinese title). Two clerks cannot both win: compare-and-swap.

    ``seen`` is the revision that whoever asks has before them: when it is no longer that one, they are told.
    ``standing``: what ``by`` may do was looked up a moment ago, and the whole record with it: neither is read again.
    Raises :class:`Refusal` (state, role, same person, condition, missing field, changed meanwhile).
    """

    def write() -> Record:
        _fresh(record, seen, read=standing is None)
        draft = load_draft(record)
        take_step(
            desk(record.place_id[:6], standing), draft, verb, values or {},
            by=by, at=at or moment_after(draft), entered=entered or now(), note=note, key=key,
        )  # fmt: skip
        return _move(draft, key)

    return _once(key, record, write)


def _fresh(record: Record, seen: int | None, *, read: bool = True) -> None:
    """The record as the database has it now; refused where somebody saw an older one."""
    if read:
        reread(record)
    if seen is not None and record.revision != seen:
        raise _overtaken(record)


def _overtaken(record: Record) -> Refusal:
    title = state_title(kind_named(record.kind).spec, record.state)
    return Refusal("changed_meanwhile", number=record.number, state=title)


def _move(draft: Draft, key: str | None, then: Callable[[Record], object] | None = None) -> Record:
    """Write a draft over its record, with its effects and ``then``; refused when somebody else was first."""
    with database.atomic():
        if there := done(key, draft.record):
            return there
        if not write_moved(draft):
            raise _overtaken(Record.objects.get(pk=draft.record.pk))
        bring_about(draft, open_more=_open_more)
        if then:
            then(draft.record)
        return draft.record


def records_enter(
    kind: str, histories: Iterable[History], *, at_desk: Desk | None = None, quiet: bool = True
) -> list[Record]:
    """Bulk form of :func:`record_open` and :func:`record_step`: all or nothing.

    ``quiet`` leaves out notices: nobody is told today about what happened last year. Histories whose
    ``key`` was entered before are left out.
    """
    entry, at_desk = kind_named(kind), at_desk or desk()
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
        drafts = not_done(drafts)
        refuse_doubles(drafts)
        records = write_new(drafts)
        for draft in drafts:
            draft.effects = [e for e in draft.effects if not (quiet and e.effect.verb == "tell")]
            if draft.effects:
                bring_about(draft, open_more=_open_more)
    return records


def _change(
    record: Record, verb: str, changes: dict[str, Any], *, by, at, note, key, what,
    seen=None, roles=(), then=None,
) -> Record:  # fmt: skip
    """Change columns outside the flow: check, compare-and-swap, act. ``roles`` may do it besides those in charge."""

    def write() -> Record:
        _fresh(record, seen)
        draft = load_draft(record)
        moment = at or moment_after(draft)
        check_in_charge(desk(), draft.kind.spec, record, by, moment, what, roles=roles)
        check_change(draft, verb, changes, moment, what)
        settle_lateness(draft, moment, now())
        to = changes.get("state", record.state)
        said = {name: plain(changes[name]) for name in ("handler", "due") if name in changes}
        draft.acts.append(act_on(record, verb, by=by, at=moment, changed=said, note=note, key=key, to=to))
        for name, value in changes.items():
            setattr(record, name, moment if name == "closed" else value)
        return _move(draft, key, then)

    return _once(key, record, write)


def record_extend(
    record: Record, *, due: datetime, by: Person, note: str, at=None, key=None, seen=None
) -> Record:
    """Give a later deadline, with the reason; what was late before stays counted."""
    changes = {"due": due, "alarmed": None}
    return _change(record, "extend", changes, by=by, at=at, note=note, key=key, what="延期", seen=seen)


def record_transfer(
    record: Record, *, to: Unit, by: Person, note: str = "", at=None, key=None, seen=None
) -> Record:
    """Hand the record to another handling unit."""
    return _change(
        record, "transfer", {"handler": to}, by=by, at=at, note=note, key=key, what="转办", seen=seen
    )


def record_supervise(record: Record, *, by: Person, note: str, at=None, key=None, seen=None) -> Record:
    """Press for a record to be carried on, saying what for: whoever may take its next steps is told.

    For those in charge of it, and for whoever is told when its limits pass.
    """
    spec, at = kind_named(record.kind).spec, at or now()
    if not note.strip():
        raise Refusal("missing", fields="督办要求", what="督办")

    def tell(moved: Record) -> None:
        roles = {role for step in spec.steps.values() if moved.state in step.from_ for role in step.by}
        units = [unit for unit in (moved.unit_id, moved.handler_id) if unit]
        told = [
            one for role in sorted(roles) for one in holders(role, place=moved.place_id, units=units, at=at)
        ]
        notices_send(
            record=moved, persons=told, at=at, text=f"督办 {moved.number}：{note}"[:300], urgent=True
        )

    return _change(
        record, "supervise", {}, by=by, at=at, note=note, key=key, what="督办", seen=seen,
        roles=supervisors(spec), then=tell,
    )  # fmt: skip


def record_void(record: Record, *, by: Person, note: str, at=None, key=None, seen=None) -> Record:
    """Void a record entered by mistake: it leaves all figures (state ``void``), its acts stay."""
    changes = {"state": "void", "closed": at, "due": None}
    return _change(record, "void", changes, by=by, at=at, note=note, key=key, what="作废", seen=seen)


def record_merge(
    record: Record, *, into: Record, by: Person, note: str = "", at=None, key=None, seen=None
) -> Record:
    """The record is a duplicate of another of its kind: it leaves all figures and is linked to it; whoever
    opened or joined it is told about the other from now on."""
    if record.kind != into.kind or into.state == "void":
        raise Refusal(
            "bad_value", field="主件", reason=_("%(number)s 不是同一类的有效记录") % {"number": into.number}
        )
    changes = {"state": "void", "closed": at, "due": None}
    with database.atomic():
        record_link(record, into, "duplicate")
        joinings_pass_on(record, into=into, at=at or now())
        note = note or f"并入 {into.number}"
        return _change(record, "merge", changes, by=by, at=at, note=note, key=key, what="并入", seen=seen)


def record_relate(
    record: Record, *, to: Record, kind: str, by: Person, note: str = "", at=None, key=None, seen=None
) -> Record:
    """Tie a record to another by hand (``parent``, ``duplicate``, ``cites``), with its act.

    Unlike :func:`record_link`, which imports and effects use: the act says who tied them and why.
    """
    if kind not in TIES:
        reason = _("没有「%(kind)s」；可以：%(among)s") % {"kind": kind, "among": joined(TIES)}
        raise Refusal("bad_value", field="关系", reason=reason)
    if Link.objects.filter(record=record, other=to, kind=kind).exists() and not done(key, record):
        raise Refusal("already", what="这一关联", number=to.number)
    note = f"{to.number} {note}".strip()
    return _change(
        record, "link", {}, by=by, at=at, note=note, key=key, what="关联", seen=seen,
        then=lambda moved: record_link(moved, to, kind),
    )  # fmt: skip


def record_link(record: Record, other: Record, kind: str) -> Link:
    """Tie two records (``parent``, ``duplicate``, ``cites``)."""
    return records_link([(record, other)], kind)[0]


def records_link(pairs: Sequence[tuple[Record, Record]], kind: str) -> list[Link]:
    """Bulk form of :func:`record_link`; a tie that is there already stays."""
    if any(record.pk == other.pk for record, other in pairs):
        raise Refusal("bad_value", field="关联", reason=_("不能与自己关联"))
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
    key: str | None = None,
) -> File:
    """Attach a file, kept under its SHA-256, and leave an act. Refused to who is not concerned with the record."""
    if there := attached(record, key):
        return there
    try:
        return files_attach([(record, name, content, media_type)], by=by, at=at, private=private, key=key)[0]
    except IntegrityError:  # the same file, sent twice at once
        if there := attached(record, key):
            return there
        raise


def files_attach(
    items: Sequence[tuple[Record, str, bytes, str]],
    *,
    by: Person | None,
    at: datetime | None = None,
    private: bool = False,
    key: str | None = None,
) -> list[File]:
    """Bulk form of :func:`file_attach`: (record, name, content, media type)."""
    at, at_desk = at or now(), desk()
    files, acts = [], []
    for record, name, content, media_type in items:
        check_in_charge(at_desk, kind_named(record.kind).spec, record, by, at, "附件", own=True)
        keepable(name, "文件名", 200)
        digest = store(content, private=private)
        kept = File(record=record, name=name, sha256=digest, size=len(content), media_type=media_type)
        kept.private, kept.at, kept.by = private, at, by
        files.append(kept)
        # The name of a private file may say as much as the file: the life of the record shows that there is one.
        seen = {"file": "████", "private": True} if private else {"file": name}
        acts.append(act_on(record, "attach", by=by, at=at, changed=seen | {"sha256": digest}, key=key))
    with database.atomic():
        File.objects.bulk_create(files, batch_size=1000)
        acts_append(acts)
    for _record, _name, content, _type in items:  # somebody may have erased the same content meanwhile
        store(content, private=private)
    return files


def tick(at: datetime | None = None, *, most: int = 10_000) -> int:
    """Note every limit that has passed unnoticed. Returns how many; two loops at once note each once."""
    at = at or now()
    noted = 0
    waiting = Record.objects.filter(due__lt=at, due__isnull=False, alarmed__isnull=True).order_by("due")
    for record in waiting[:most]:
        draft = load_draft(record)
        if not settle_lateness(draft, at, at):
            continue
        with database.atomic():
            if write_moved(draft):  # another loop may have been first
                bring_about(draft, open_more=_open_more)
                noted += 1
    return noted
