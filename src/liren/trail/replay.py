"""Replays the acts of every record: what they wrote must be what the record holds, and nothing else.

A chain proves that no act was changed; only this shows that no record was changed without one. Covered are a record's
number and kind, its state, moments, references, values and private values, and its files. A limit (``due``) is compared
where it was set by hand; attendance, points and editions are noted in acts, but not compared row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from liren.inforce import catalogue
from liren.packs.fields import COLUMNS, POINT
from liren.packs.sources import column_of
from liren.people.private import ERASED, unseal
from liren.places.models import Unit
from liren.records.models import Act, File, Record
from liren.records.values import field_type, plain, value_of
from liren.refusals import Refusal

#: Acts whose ``changed`` tells of parts of the record (persons, files), not of its fields.
_PARTS = {"attend", "attach", "link", "erase"}
#: Columns that acts write under their own names or those of a pack's fields.
_WRITTEN = [name for name in COLUMNS if name != "opened"]
_BATCH = 2000


class Told(NamedTuple):
    """What is read of an act."""

    record: int
    verb: str
    before: str
    after: str
    by: int | None
    at: datetime
    changed: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What all records share: units by key, and whether private values can be opened here."""

    units: dict[int, str]
    has_key: bool


def strayed(after: int = 0, until: int | None = None) -> Iterator[tuple[str, str]]:
    """(record number, what is wrong) for every record that does not stand where its acts left it.

    With a range of act numbers only for the records that these acts are about.
    """
    known = Known(dict(Unit.objects.values_list("pk", "code")), Path(settings.LIREN_KEY_FILE).exists())
    ranged = after > 0 or until is not None
    for keys in _touched(after, until) if ranged else _all():
        told = _told(keys)
        files = _files(keys)
        records = Record.objects.in_bulk(keys)
        for key in keys:
            record = records.get(key)
            if record is None:
                yield f"（{key}）", "有办理留痕，记录却不在了"
            elif not (acts := told.get(key)):
                yield record.number, "有这条记录，却没有任何办理留痕"
            else:
                said = _differences(record, acts, files.get(key, []), known)
                yield from ((record.number, what) for what in said)


def _all() -> Iterator[list[int]]:
    """The keys of all records, and of those that only acts know, in batches."""
    last = 0
    while keys := _next(Record.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)):
        lost = Act.objects.filter(record_id__gt=last, record_id__lte=keys[-1]).order_by("record_id")
        yield sorted({*keys, *lost.values_list("record_id", flat=True).distinct()})
        last = keys[-1]
    beyond = Act.objects.filter(record_id__gt=last).order_by("record_id")
    while keys := _next(beyond.values_list("record_id", flat=True).distinct()):
        yield keys
        beyond = beyond.filter(record_id__gt=keys[-1])


def _touched(after: int, until: int | None) -> Iterator[list[int]]:
    rows = Act.objects.filter(pk__gt=after).order_by("record_id")
    rows = rows if until is None else rows.filter(pk__lte=until)
    last = 0
    while keys := _next(rows.filter(record_id__gt=last).values_list("record_id", flat=True).distinct()):
        yield keys
        last = keys[-1]


def _next(keys) -> list[int]:
    return list(keys[:_BATCH])


def _told(keys: list[int]) -> dict[int, list[Told]]:
    rows = Act.objects.filter(record_id__in=keys).order_by("id")
    found: dict[int, list[Told]] = {}
    for row in rows.values_list("record_id", "verb", "from_state", "to_state", "by_id", "at", "changed"):
        found.setdefault(row[0], []).append(Told(*row))
    return found


def _files(keys: list[int]) -> dict[int, list[tuple]]:
    rows = File.objects.filter(record_id__in=keys).order_by("pk")
    found: dict[int, list[tuple]] = {}
    columns = ("record_id", "name", "sha256", "private", "by_id", "at", "erased")
    for record, *file in rows.values_list(*columns):
        found.setdefault(record, []).append(tuple(file))
    return found


def _differences(record: Record, acts: list[Told], files: list[tuple], known: Known) -> Iterator[str]:
    yield from _course(record, acts)
    yield from _attached(acts, files)
    entry = catalogue().kinds.get(record.kind)
    if entry is None:
        return
    written: dict[str, Any] = {}
    for act in acts:
        written |= {} if act.verb in _PARTS else act.changed
    erased = {
        name for act in acts if act.verb == "erase" for name, value in act.changed.items() if value == ERASED
    }
    yield from _values(entry.spec, record, written, known)
    yield from _unwritten(entry.spec, record, written, erased)
    if known.has_key:
        yield from _private(entry.spec, record, written, erased)


def _course(record: Record, acts: list[Told]) -> Iterator[str]:
    """Number, kind, opener, state, its moments: what the acts say by themselves."""
    state = next((act.after for act in reversed(acts) if act.after), "")
    if state != record.state:
        yield f"状态是 {record.state}，留痕说是 {state}"
    late = sum(1 for act in acts if act.verb == "late")
    if late != record.late_count:
        yield f"逾期次数是 {record.late_count}，留痕说是 {late}"
    first = acts[0]
    identity = f"{record.kind} {record.number}"
    if first.changed.get("is", identity) != identity:
        yield f"类型和编号是 {identity}，留痕说是 {first.changed['is']}"
    if first.verb == "open" and first.by != record.opener_id:
        yield f"登记人是 {record.opener_id}，留痕说是 {first.by}"
    if first.verb == "open" and "opened" not in first.changed and first.at != record.opened:
        yield f"日期是 {plain(record.opened)}，留痕说是 {plain(first.at)}"
    yield from _limits(record, acts)


def _limits(record: Record, acts: list[Told]) -> Iterator[str]:
    moved = next((act for act in reversed(acts) if act.before != act.after), acts[0])
    entry = catalogue().kinds.get(record.kind)
    ends = moved.after == "void" or bool(
        entry and moved.after in entry.spec.states and entry.spec.states[moved.after].end
    )
    closed = moved.at if ends else None
    if entry is not None and record.shape != entry.spec.shape:
        yield f"形态是 {record.shape}，包里是 {entry.spec.shape}"
    if entry is not None and closed != record.closed:
        yield f"办结时间是 {plain(record.closed)}，留痕说是 {plain(closed)}"
    since = acts[acts.index(moved) :]
    due = next((act.changed["due"] for act in reversed(since) if act.verb == "extend"), None)
    if due is not None and plain(record.due) != due:
        yield f"期限是 {plain(record.due)}，留痕说是 {due}"


def _attached(acts: list[Told], files: list[tuple]) -> Iterator[str]:
    gone = {digest for act in acts if act.verb == "erase" for digest in act.changed.get("files", [])}
    said = [
        (act.changed["file"], act.changed["sha256"], act.changed.get("private", False), act.by, act.at)
        for act in acts
        if act.verb == "attach" and "sha256" in act.changed
    ]
    # Acts do not tell the name of a private file.
    held = [("████" if file[2] else file[0], *file[1:-1]) for file in files]
    if sorted(said, key=repr) != sorted(held, key=repr):
        yield f"附件是 {len(files)} 个，与留痕记的 {len(said)} 个不符"
    elif {file[1] for file in files if file[-1]} != gone:
        yield "附件的删除与留痕不符"


def _values(spec, record: Record, written: dict[str, Any], known: Known) -> Iterator[str]:
    for name, value in written.items():
        # ``due`` moves with the state; a field that the county has taken out of the pack is kept nowhere.
        if value == ERASED or field_type(spec, name) is None:
            continue
        held = _held(spec, record, name, known.units)
        if held != value:
            yield f"{name} 是 {held}，留痕说是 {value}"


def _unwritten(spec, record: Record, written: dict[str, Any], erased: set[str]) -> Iterator[str]:
    """What no act wrote must not be there."""
    columns = {column_of(spec, name) if name in spec.fields else name for name in written}
    for name in _WRITTEN:
        column = f"{name}_id" if name in ("place", "unit", "handler", "person") else name
        value = getattr(record, column)
        if name not in columns and value not in (None, ""):
            yield f"{name} 是 {plain(value)}，没有留痕说过"
    located = any(field_type(spec, name) == POINT for name in written)
    if not located and (record.longitude, record.latitude) != (None, None):
        yield "有位置，没有留痕说过"
    for name in record.data:
        misplaced = column_of(spec, name) is not None
        if misplaced or name not in written.keys() | erased:
            yield f"{name} 是 {record.data[name]}，没有留痕说过"


def _private(spec, record: Record, written: dict[str, Any], erased: set[str]) -> Iterator[str]:
    try:
        held = unseal(record.secret, record.number)
    except Refusal:
        yield "私密内容打不开：被改过，或密钥不是原来的"
        return
    private = {name for name, value in written.items() if value == ERASED and name in spec.fields}
    for name in sorted(private - erased - held.keys()):
        yield f"私密的 {name} 不见了，没有留痕说删除过"
    for name in sorted(held.keys() - {name for name, value in written.items() if value == ERASED}):
        yield f"私密的 {name} 没有留痕说过"


def _held(spec, record: Record, name: str, units: dict[int, str]):
    """The value as an act writes it: units by code, moments in one time zone."""
    value = value_of(spec, record, name)
    if field_type(spec, name) == "unit" and isinstance(value, int):
        return units.get(value)
    return plain(value)
