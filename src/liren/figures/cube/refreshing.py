"""Keeps the columnar files up with the database: whole at first, then what the trail says has changed.

Every write to a record is an act with the next number of one chain, so the acts after the last one known name the
records that changed, corrections and late entries too. Their old rows go, their present rows (and those of their
attendance, acts, …) come. Editions, attempts and postings may grow without an act; they are followed by their numbers.
"""

from __future__ import annotations

import fcntl
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from liren.clock import now, today
from liren.places.models import CalendarDay
from liren.refusals import Refusal

from .moving import Reader, in_order, needed, present, readers
from .shapes import Shape, shapes
from .storing import MEMORY, DuckEngine, Part, State, Store, all_shapes, read
from .writing import BITE, PARTS, Writer, at_once, texts

#: Parts whose rows may come without an act; attempts are also handed in without one.
WITHOUT_ACT = ("attempts", "editions", "postings")
#: Numbers are given before a transaction ends: those just below the last known are looked at again.
SLACK = 1000
READERS = 2
#: How many samples of so many numbers tell how far apart rows lie; by how much a bite is wider for it at most.
SAMPLES, SAMPLE, APART = 16, 500, 10
EVERY = timedelta(minutes=5)


@dataclass
class Done:
    """What a refresh did: ``whole``, ``increment``, ``folded`` or ``nothing``; records written."""

    what: str
    records: int
    state: State


def refresh(
    store: Store | None = None, *, whole: bool = False, wanted: dict[str, Shape] | None = None
) -> Done | None:
    """Bring the files up to date; None where another process is at it. Raises Refusal: extra_missing.

    ``wanted``: the tables to keep, those of the figures in force unless told others.
    """
    needed()
    store = store or Store()
    store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(store) as mine:
        if not mine:
            return None
        state, wanted = store.state(), shapes() if wanted is None else wanted
        if (
            whole
            or state is None
            or _digests(state) != {name: shape.digest for name, shape in wanted.items()}
        ):
            return _whole(store, wanted)
        return _increment(store, wanted, state)


def follow(store: Store | None = None) -> Done | None:
    """An increment for the tick: where there are files already, and the last look is some minutes ago.

    Raises Refusal (setup) for whatever DuckDB and the drivers say: the next round tries again.
    """
    store = store or Store()
    state = store.state()
    if state is None or not present() or now() - state.moment < EVERY:
        return None
    try:
        return refresh(store)
    except (needed().Error, needed("adbc_driver_manager").Error) as fault:
        raise Refusal("setup", reason=_("列式文件：%(fault)s") % {"fault": fault}) from fault


@contextmanager
def _alone(store: Store) -> Iterator[bool]:
    with (store.folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _digests(state: State) -> dict[str, str]:
    return {name: part.shape for name, part in state.tables.items() if part.shape}


def _whole(store: Store, wanted: dict[str, Shape]) -> Done:
    writer = Writer(store.folder, wanted, secrets.token_hex(4))
    at = now()
    with readers(READERS, whole=True) as (acts, found):
        writer.look(found[0])
        # Kinds and parts in this order: a part's rows are joined to its records' files.
        at_once(found, [partial(_bite, writer, bite) for bite in _bites(found[0], "records_record")])
        jobs: list = [lambda reader, duck: writer.lists(reader, duck)]
        for part, model in PARTS.items():
            if writer.with_part(part):
                bites = _bites(found[0], model._meta.db_table)
                jobs += [partial(_part_bite, writer, part, bite) for bite in bites]
        at_once(found, jobs)
        marks = _marks(found[0], wanted)
    with needed().connect(config={"memory_limit": MEMORY}) as duck:
        writer.settle(duck)
        writer.calendar(duck, today().replace(year=today().year + 2, month=1, day=1), marks["calendar"])
    tables = {
        name: Part(writer.made.rows.get(name, 0), writer.made.files.get(name, []), "", digest, key)
        for name, (digest, key) in _tables(wanted).items()
    }
    state = State(acts, at.isoformat(), tables, marks=marks)
    store.keep(state)
    return Done("whole", _records(state, wanted), state)


def _tables(wanted: dict[str, Shape]) -> dict[str, tuple[str, str]]:
    """Table → digest of its shape ("" for what follows from others), and the column that names the record."""
    found = {}
    for name in all_shapes(wanted):
        shape = wanted.get(name)
        if shape is None:
            found[name] = ("", "record_id" if name.endswith("__firsts") else "")
        else:
            key = "" if shape.source.kind is None else "record_id" if shape.source.part else "id"
            found[name] = (shape.digest, key)
    return found


def _bites(reader: Reader, table: str) -> list[str]:
    """The table as conditions of some BITE rows each; where numbers lie far apart, as samples tell, of more numbers."""
    key = in_order()
    low = reader.numbers(f"SELECT coalesce(min({key}), 0) FROM {table}")[0]
    high = reader.numbers(f"SELECT coalesce(max({key}), -1) FROM {table}")[0]
    samples = range(low, high + 1, max((high - low) // SAMPLES, 1))
    looked = [f"SELECT count(*) FROM {table} WHERE {key} >= {at} AND {key} < {at + SAMPLE}" for at in samples]
    rows = sum(reader.numbers(" UNION ALL ".join(looked))) if looked else 0
    width = BITE * min(max(len(samples) * SAMPLE // max(rows, 1), 1), APART)
    return [f"{key} >= {at} AND {key} < {at + width}" for at in range(low, high + 1, width)]


def _bite(writer: Writer, some: str, reader: Reader, duck: Any) -> None:
    writer.records(reader, duck, some)


def _part_bite(writer: Writer, part: str, some: str, reader: Reader, duck: Any) -> None:
    writer.parts(reader, duck, part, some)


def _marks(reader: Reader, wanted: dict[str, Shape]) -> dict[str, int]:
    parts = {shape.source.part for shape in wanted.values()}
    found = {
        part: reader.numbers(f"SELECT coalesce(max(id), 0) FROM {PARTS[part]._meta.db_table}")[0]
        for part in WITHOUT_ACT
        if part in parts
    }
    return found | {"calendar": _calendar_mark()}


def _calendar_mark() -> int:
    days = sorted(map(str, CalendarDay.objects.values_list("date", "working")))
    return int(hashlib.sha256("".join(days).encode()).hexdigest()[:12], 16)


# -- increments -----------------------------------------------------------------------------------------


def _increment(store: Store, wanted: dict[str, Shape], state: State) -> Done:
    writer = Writer(store.folder, wanted, secrets.token_hex(4))
    engine = DuckEngine(store, state, all_shapes(wanted))
    at = now()
    with readers(1) as (acts, (reader,)), needed().connect() as duck:
        some = f"SELECT record_id FROM records_act WHERE id > {state.acts} AND id <= {acts}"
        changed = {*reader.numbers(some), *_without_act(reader, engine, wanted, state)}
        if len(changed) > max(BITE, _records(state, wanted) // 4):
            return _whole(store, wanted)
        if changed:
            _fresh(writer, reader, duck, sorted(changed))
        writer.lists(reader, duck)
        marks = _marks(reader, wanted)
        if marks["calendar"] != state.marks.get("calendar"):
            writer.calendar(duck, today().replace(year=today().year + 2, month=1, day=1), marks["calendar"])
        duck.execute("CREATE TABLE changed AS SELECT unnest($1) AS id", [sorted(changed)])
        state = _merged(store, writer, duck, state, wanted)
    state.acts, state.at, state.marks = acts, at.isoformat(), marks
    what = "increment" if changed else "nothing"
    if state.replaced > max(BITE // 4, _records(state, wanted) // 10):
        state, what = _folded(store, wanted, state), "folded"
    store.keep(state)
    return Done(what, len(changed), state)


def _records(state: State, wanted: dict[str, Shape]) -> int:
    return sum(state.tables[n].rows for n, s in wanted.items() if s.source.kind and not s.source.part)


def _fresh(writer: Writer, reader: Reader, duck: Any, changed: list[int]) -> None:
    """The present rows of changed records, in lists that a statement can hold."""
    for start in range(0, len(changed), 20_000):
        ids = ", ".join(map(str, changed[start : start + 20_000]))
        writer.records(reader, duck, f"id IN ({ids})")
        for part in PARTS:
            if writer.with_part(part):
                writer.parts(reader, duck, part, f"record_id IN ({ids})")
    writer.settle(duck)


def _without_act(reader: Reader, engine: DuckEngine, wanted: dict[str, Shape], state: State) -> set[int]:
    """Records whose editions, attempts or postings are new, or whose attempts were open when last looked at."""
    found: set[int] = set()
    for part in WITHOUT_ACT:
        names = [name for name, shape in wanted.items() if shape.source.part == part]
        if not names:
            continue
        since = state.marks.get(part, 0) - SLACK
        known = {
            row[0] for name in names for row in engine.rows(f'SELECT id FROM "{name}" WHERE id > {since}')
        }
        table = PARTS[part]._meta.db_table
        ids = reader.numbers(f"SELECT id FROM {table} WHERE id > {since} ORDER BY id")
        new = ", ".join(str(one) for one in ids if one not in known)
        if new:
            counted = texts(wanted[name].source.kind or "" for name in names)
            live = f"SELECT id FROM records_record WHERE state <> 'void' AND kind IN ({counted})"
            rows = f"FROM {table} WHERE id IN ({new}) AND record_id IN ({live})"
            found.update(reader.numbers(f"SELECT DISTINCT record_id {rows}"))
        if part == "attempts":
            for name in names:
                still = engine.rows(f'SELECT id FROM "{name}" WHERE submitted IS NULL')
                if waiting := ", ".join(str(row[0]) for row in still):
                    done = f"FROM {table} WHERE id IN ({waiting}) AND submitted IS NOT NULL"
                    found.update(reader.numbers(f"SELECT DISTINCT record_id {done}"))
    return found


def _merged(store: Store, writer: Writer, duck: Any, state: State, wanted: dict[str, Shape]) -> State:
    """The state with changed rows in its small files, and their records in the list of those that are gone."""
    made, tables = writer.made, {}
    named = all_shapes(wanted)
    for name, part in state.tables.items():
        fresh = made.files.get(name, [])
        if not part.key:  # lists are written anew as a whole
            tables[name] = Part(made.rows[name], fresh, "", part.shape, "") if fresh else part
            continue
        tables[name] = part
        if fresh or part.delta:
            tables[name] = _delta(store, writer, duck, name, part, fresh, list(named[name]))
    gone = state.gone
    if duck.execute("SELECT count(*) FROM changed").fetchone()[0]:
        before = f" UNION SELECT id FROM {read(store.folder, [state.gone])}" if state.gone else ""
        gone = f"gone.{writer.token}.parquet"
        duck.execute(f"COPY (SELECT id FROM changed{before}) TO '{store.folder / gone}' (FORMAT parquet)")
        state.replaced = duck.execute(f"SELECT count(*) FROM {read(store.folder, [gone])}").fetchone()[0]
    return State(state.acts, state.at, tables, gone, state.replaced, state.marks)


def _delta(
    store: Store, writer: Writer, duck: Any, name: str, part: Part, fresh: list[str], columns: list[str]
) -> Part:
    """The small file anew: what it had of unchanged records, and the fresh rows."""
    told = ", ".join(f'"{column}"' for column in columns)
    said = [f"SELECT {told} FROM {read(store.folder, [file])}" for file in fresh]
    if part.delta:
        kept = read(store.folder, [part.delta])
        said.append(f'SELECT {told} FROM {kept} d ANTI JOIN changed c ON d."{part.key}" = c.id')
    file = f"{name}.{writer.token}.delta.parquet"
    (rows,) = duck.execute(
        f"COPY ({' UNION ALL '.join(said)}) TO '{store.folder / file}' (FORMAT parquet)"
    ).fetchone()
    base = part.rows - _count(duck, store, part.delta)
    return Part(base + rows, part.base, file if rows else "", part.shape, part.key)


def _count(duck: Any, store: Store, file: str) -> int:
    return duck.execute(f"SELECT count(*) FROM {read(store.folder, [file])}").fetchone()[0] if file else 0


def _folded(store: Store, wanted: dict[str, Shape], state: State) -> State:
    """Small files and gone rows worked into the bases again, from the files alone."""
    writer = Writer(store.folder, wanted, secrets.token_hex(4))
    engine = DuckEngine(store, state, all_shapes(wanted))
    tables = {}
    for name, part in state.tables.items():
        if not part.key or not (part.base or part.delta):
            tables[name] = part
            continue
        engine.rows(f'SELECT 1 FROM "{name}" LIMIT 0')
        writer.copy(engine.connection, name, f'SELECT * FROM "{name}"')
        tables[name] = Part(writer.made.rows[name], writer.made.files[name], "", part.shape, part.key)
    return State(state.acts, state.at, tables, "", 0, state.marks)


def forget(store: Store | None = None) -> None:
    """Remove all files; the next refresh writes the whole."""
    shutil.rmtree((store or Store()).folder, ignore_errors=True)
