"""The only code that erases private values, suspends that, and seals them anew under another key."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.database.bulk import update_row
from liren.following.actions import follows_forget
from liren.inforce import catalogue
from liren.notices.actions import notices_send
from liren.packs.catalogue import KindEntry
from liren.packs.fields import CHINA
from liren.people.actions import prints_drop, prints_keep
from liren.people.keys import ring
from liren.people.models import Person
from liren.people.private import ERASED, resealed, seal, unseal
from liren.people.queries import holders
from liren.records.doubles import done
from liren.records.drafts import act_on, desk, kind_named
from liren.records.flow import state_title
from liren.records.models import File, Record
from liren.records.revealing import private_names, record_prints
from liren.records.storage import discard, key_of, path_of, reseal
from liren.refusals import Refusal
from liren.trail.actions import acts_append

from .lasting import (
    ASK,
    ERASE,
    REFUSE,
    RESUME,
    SUSPEND,
    answer_by,
    asked,
    before,
    deciders,
    due_files,
    keeps,
    suspended,
)
from .models import Erasure, Sweep

_BATCH = 200


# -- erased on request ------------------------------------------------------------------------------------


def erasure_ask(
    record: Record, *, by: Person, note: str, at: datetime | None = None, key: str | None = None
) -> None:
    """Whoever opened the record, or whom it is about, asks that what is private in it be erased.

    Those who decide are told, with the day by which they answer. Raises Refusal: not_yours; already where it was
    asked before or nothing is left.
    """
    at = at or now()
    if done(key, record):
        return
    if by.pk not in (record.opener_id, record.person_id):
        raise Refusal("not_yours", who=by.name, what="请求删除", roles="登记人、当事人", where=record.number)
    if record.pk in asked([record.pk]):
        raise Refusal("already", what="删除的请求", number=record.number)
    if not private_names(record) and not _files(record).exists():
        raise Refusal("not_found", what="私密内容", name=record.number, mend=_("没有可删的，或已经删除。"))
    roles = deciders(kind_named(record.kind).spec)
    units = [unit for unit in (record.unit_id, record.handler_id) if unit]
    told = {
        one.pk: one
        for role in sorted(roles)
        for one in holders(role, place=record.place_id, units=units, at=at)
    }
    with database.atomic():
        acts_append([act_on(record, ASK, by=by, at=at, note=note, key=key)])
        _mark(record, asked=at)
        text = f"{record.number}：当事人请求删除其中的个人信息，请在 {answer_by(at):%Y-%m-%d} 前答复"
        notices_send(record=record, persons=list(told.values()), at=at, text=text)


def erasure_refuse(
    record: Record, *, by: Person, note: str, at: datetime | None = None, key: str | None = None
) -> None:
    """An official decides not to erase, and says why; whoever asked is told. Raises Refusal."""
    at = at or now()
    if done(key, record):
        return
    _decide(record, by, at, note, "不予删除")
    if record.pk not in asked([record.pk]):
        raise Refusal("not_found", what="删除的请求", name=record.number, mend=_("没有等着决定的请求。"))
    with database.atomic():
        acts_append([act_on(record, REFUSE, by=by, at=at, note=note, key=key)])
        _mark(record, asked=None)
        _tell_asker(record, at, f"{record.number}：您请求删除个人信息，未予删除：{note}"[:300])


def private_erase(
    record: Record, *, by: Person, note: str, at: datetime | None = None, key: str | None = None
) -> Record:
    """An official erases all that is private in a record: values become █, private files go, all acts stay.

    Raises Refusal: not_yours, missing without a reason, wrong_state while the erasure is suspended, changed_meanwhile.
    """
    at = at or now()
    if there := done(key, record):
        return there
    _decide(record, by, at, note, "删除个人信息")
    record.refresh_from_db()
    if record.pk in suspended([record.pk]):
        raise Refusal("suspended", number=record.number)
    was_asked = record.pk in asked([record.pk])
    names, files = private_names(record), list(_files(record))
    if not names and not files:
        raise Refusal("not_found", what="私密内容", name=record.number, mend=_("没有可删的，或已经删除。"))
    with database.atomic():
        _erase(record, names, files, by=by, at=at, note=note, key=key)
        follows_forget(record)
        if was_asked:
            _tell_asker(record, at, f"{record.number}：您请求删除的个人信息已经删除")
    return record


def erasure_suspend(
    record: Record, *, by: Person, note: str, at: datetime | None = None, key: str | None = None
) -> None:
    """Nothing is erased in the record until that is resumed: a case, an audit, a dispute. Raises Refusal."""
    at = at or now()
    if done(key, record):
        return
    _decide(record, by, at, note, "暂停删除")
    if record.pk in suspended([record.pk]):
        raise Refusal("already", what="暂停删除", number=record.number)
    with database.atomic():
        acts_append([act_on(record, SUSPEND, by=by, at=at, note=note, key=key)])
        _mark(record, suspended=at)


def erasure_resume(
    record: Record, *, by: Person, note: str, at: datetime | None = None, key: str | None = None
) -> None:
    """What is due is erased again. Raises Refusal."""
    at = at or now()
    if done(key, record):
        return
    _decide(record, by, at, note, "恢复删除")
    if record.pk not in suspended([record.pk]):
        raise Refusal("not_found", what="暂停删除", name=record.number, mend=_("这条记录没有暂停删除。"))
    with database.atomic():
        acts_append([act_on(record, RESUME, by=by, at=at, note=note, key=key)])
        _mark(record, suspended=None)


def _decide(record: Record, by: Person, at: datetime, note: str, what: str) -> None:
    spec, at_desk = kind_named(record.kind).spec, desk()
    roles, units = deciders(spec), (record.unit_id, record.handler_id)
    if at_desk.standing.post_for(by, roles, record.place_id, units, at) is None:
        titles = "、".join(at_desk.resolver.role_title(role) for role in sorted(roles))
        raise Refusal("not_yours", who=by.name, what=what, roles=titles, where=record.place_id)
    if not note.strip():
        raise Refusal("missing", fields="理由", what=what)


def _mark(record: Record, **since: datetime | None) -> None:
    """What the act just written says, where it is found again. Call inside a write transaction."""
    Erasure.objects.update_or_create(record=record, defaults=since)


def _tell_asker(record: Record, at: datetime, text: str) -> None:
    last = record.acts.filter(verb=ASK).select_related("by").order_by("-id").first()
    if last is not None and last.by is not None:
        notices_send(record=record, persons=[last.by], at=at, text=text)


def _files(record: Record):
    return File.objects.filter(record=record, private=True, erased=False).order_by("pk")


def _erase(record: Record, names: Sequence[str], files: Sequence[File], *, by, at, note, key=None) -> None:
    """Values and files of one record, with the act that says so. Call inside a write transaction."""
    was, held = record.revision, unseal(record.secret, record.number)
    record.secret = seal({name: value for name, value in held.items() if name not in names}, record.number)
    record.data = record.data | dict.fromkeys(names, ERASED)
    record.revision = was + 1
    if not update_row(record, ["secret", "data", "revision"], revision=was):
        title = state_title(kind_named(record.kind).spec, record.state)
        raise Refusal("changed_meanwhile", number=record.number, state=title)
    changed: dict = dict.fromkeys(names, ERASED)
    if files:
        changed["files"] = [file.sha256 for file in files]
        File.objects.filter(pk__in=[file.pk for file in files]).update(erased=True)
    acts_append([act_on(record, ERASE, by=by, at=at, note=note, changed=changed, key=key)])
    Erasure.objects.filter(record=record).update(asked=None)
    prints_drop(record.number, [f"{record.kind}.{name}" for name in names])
    transaction.on_commit(lambda: _discard([file.sha256 for file in files]))


def _discard(digests: Sequence[str]) -> None:
    """The octets go when no record needs them any more: one content is kept once for all, and once more sealed."""
    for digest in set(digests):
        open_, private = _needed(digest)
        if not private:
            discard(digest, sealed=True)
        if not open_ and (not private or key_of(digest)):
            discard(digest)


def _needed(digest: str) -> tuple[bool, bool]:
    """Whether records need the octets plain, and whether sealed."""
    needed = set(File.objects.filter(sha256=digest, erased=False).values_list("private", flat=True))
    return False in needed, True in needed


# -- erased in time ---------------------------------------------------------------------------------------


def sweep(
    at: datetime | None = None, *, again: bool = False, progress: Callable[[int], None] = lambda _: None
) -> Sweep | None:
    """Erase what has been kept as long as its pack says, once a day; None where it was done today (not ``again``).

    For ``liren tick``. Doing it twice does no harm: what is erased is erased.
    """
    at = at or now()
    day = at.astimezone(CHINA).date()
    there = Sweep.objects.filter(day=day).first()
    if there is not None and not again:
        return None
    tally: dict[str, Counter] = {}
    held = failed = 0
    for looked, (entry, record, stays) in enumerate(_due(at)):
        progress(looked)
        if stays:
            held += 1
            continue
        try:
            erased = _erase_due(entry, record, at)
        except Refusal:
            failed += 1
            continue
        if erased:
            tally.setdefault(entry.id, Counter()).update(erased)
    with database.atomic():
        made, _ = Sweep.objects.get_or_create(day=day, defaults={"at": at})
        told = {kind: dict(Counter(made.told.get(kind, {})) + counts) for kind, counts in tally.items()}
        made.told, made.held, made.failed, made.at = made.told | told, held, failed, at
        made.save()
    return made


def _due(at: datetime) -> Iterator[tuple[KindEntry, Record, bool]]:
    """Records that ended long enough ago, with whether their erasure is suspended."""
    for entry in catalogue().kinds.values():
        limits = [before(at, keep) for keep in {*keeps(entry.spec).values(), entry.spec.keep} if keep]
        if not limits:
            continue
        has = ~Q(secret="") | Q(pk__in=File.objects.filter(private=True, erased=False).values("record"))
        for some in _in_turn(Record.objects.filter(has, kind=entry.id, closed__lt=max(limits))):
            stay = suspended(record.pk for record in some)
            yield from ((entry, record, record.pk in stay) for record in some)


def _in_turn(rows: QuerySet) -> Iterator[list]:
    """The rows in batches, each read to its end before anything is written: on SQLite a writer that still reads may
    be refused.
    """
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        yield some
        last = some[-1].pk


def _erase_due(entry: KindEntry, record: Record, at: datetime) -> dict[str, int]:
    assert record.closed is not None, "only what has ended is due"
    due = {name for name, keep in keeps(entry.spec).items() if record.closed < before(at, keep)}
    names = [name for name in private_names(record, told=True) if name in due]
    files = due_files(record, entry.spec, at)
    if not names and not files:
        return {}
    with database.atomic():
        _erase(record, names, files, by=None, at=at, note="保存期满")
    return {key: n for key, n in (("records", 1), ("values", len(names)), ("files", len(files))) if n}


# -- under another key ------------------------------------------------------------------------------------


def secrets_reseal(progress: Callable[[int], None] = lambda _: None) -> int:
    """Seal the private values of all records anew under the key in use, print them anew too; how many records.

    May be stopped at any moment and begun again: what is done is under the new key. A record that somebody changes
    meanwhile is met again. Raises Refusal (setup) at the first that does not open.
    """
    sealed, moved = 0, 1
    while moved:
        moved, current = 0, f"{ring().current.id}:"
        for some in _in_turn(Record.objects.exclude(secret="").exclude(secret__startswith=current)):
            moved += _reseal_some(some)
            progress(sealed + moved)
        sealed += moved
    return sealed


def _reseal_some(records: Sequence[Record]) -> int:
    moved = 0
    with database.atomic():
        for record in records:
            fresh = resealed(record.secret, record.number)
            rows = Record.objects.filter(pk=record.pk, secret=record.secret)
            if not rows.update(secret=fresh):
                continue
            moved += 1
            entry = catalogue().kinds.get(record.kind)
            if entry is not None:
                held = unseal(fresh, record.number)
                prints_keep(record_prints(record.kind, entry.spec.fields, record.number, held))
    return moved


def files_reseal(progress: Callable[[int], None] = lambda _: None) -> int:
    """Seal all private files under the key in use, those too that an earlier version left plain; how many.

    May be stopped at any moment and begun again. Raises Refusal (setup) at the first that does not open.
    """
    sealed = 0
    for some in _in_turn(File.objects.filter(private=True, erased=False)):
        for digest in sorted({file.sha256 for file in some}):
            moved = reseal(digest)
            if moved or path_of(digest).is_file():
                _discard([digest])
            sealed += moved
            progress(sealed)
    return sealed
