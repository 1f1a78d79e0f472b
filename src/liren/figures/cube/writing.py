"""Turns rows of the database into the Parquet files of the cube's tables; knows nothing of states and increments."""

from __future__ import annotations

import json
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from liren.activities.models import Attendance
from liren.content.models import Edition
from liren.exams.models import Attempt
from liren.places.queries import work_calendar
from liren.points.models import Posting
from liren.records.models import Act

from .moving import Reader, as_kept, needed
from .shapes import BIG, MOMENT, TEXT, Shape, firsts
from .storing import MEMORY, read

#: Rows of one bite; so many ids of records, acts, seats.
BITE = 500_000
#: So many rows of first acts, as bites met them, are held at a time.
SETTLED = 2_000_000
PARTS = {"acts": Act, "attendance": Attendance, "attempts": Attempt, "editions": Edition, "postings": Posting}
#: The house's lists: table in the database's words.
LISTS = {
    "place": "places_place t",
    "unit": "places_unit t",
    "person": "people_person t",
    "post": "people_post t LEFT JOIN places_unit u ON u.id = t.unit_id",
}
_COPY = "(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)"


@dataclass
class Made:
    """What was written: table → files, and how many rows."""

    files: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, file: str, rows: int) -> None:
        with self.held:
            self.files[name].append(file)
            self.rows[name] += rows


class Writer:
    """Writes the tables of some shapes into a folder. ``some``: which records, as a condition on ``id``."""

    def __init__(self, folder: Path, wanted: dict[str, Shape], token: str) -> None:
        self.folder, self.wanted, self.token = folder, wanted, token
        self.made = Made()
        self.kinds = {s.source.kind: s for s in wanted.values() if s.source.kind and not s.source.part}
        self._number = 0
        self._held = threading.Lock()

    # -- records ----------------------------------------------------------------------------------------

    def look(self, reader: Reader) -> None:
        """Leave out the kinds of which there is no record: their columns need not travel."""
        one = "EXISTS (SELECT 1 FROM records_record WHERE kind = '{0}')"
        said = " UNION ALL ".join(
            f"SELECT {at} WHERE {one.format(kind)}" for at, kind in enumerate(self.kinds)
        )
        there = set(reader.numbers(said)) if said else set()
        self.kinds = {kind: shape for at, (kind, shape) in enumerate(self.kinds.items()) if at in there}

    def records(self, reader: Reader, duck: Any, some: str) -> None:
        """Records of the kinds that figures read, without the void ones; each kind to a file of its own."""
        kinds = self.kinds
        if not kinds:
            return
        plain, told = self._record_columns()
        deep = [kind for kind, shape in kinds.items() if any(_in_data(orm) for orm in shape.columns)]
        data = f"CASE WHEN kind IN ({texts(deep)}) THEN CAST(data AS TEXT) ELSE '' END" if deep else "''"
        number = " ".join(f"WHEN '{kind}' THEN {at}" for at, kind in enumerate(kinds))
        columns = {"kind": BIG, **plain, "data": TEXT}
        # Said twice over, the kind is no column of an index: SQLite would walk through all of a kind for each bite.
        only = f"records_record WHERE {some} AND state <> 'void' AND coalesce(kind, kind) IN ({texts(kinds)})"
        reader.into(duck, "staged", columns, [f"CASE kind {number} END", *told, data], only)
        for at, rows in duck.execute("SELECT kind, count(*) FROM staged GROUP BY kind").fetchall():
            shape = list(kinds.values())[at]
            said = f"SELECT {_record_select(shape)} FROM staged WHERE kind = {at}"
            self.copy(duck, shape.name, said, rows)

    def _record_columns(self) -> tuple[dict[str, str], list[str]]:
        plain: dict[str, str] = {}
        for shape in self.kinds.values():
            plain |= {orm: type_ for orm, type_ in shape.columns.items() if not _in_data(orm)}
        return plain, [as_kept(orm, type_) for orm, type_ in plain.items()]

    # -- parts ------------------------------------------------------------------------------------------

    def with_part(self, part: str) -> list[Shape]:
        """The tables of a part whose kind has any record; of acts also what durations ask."""
        have = self.made.files
        return [
            shape
            for shape in self.wanted.values()
            if shape.source.kind in self.kinds
            and have.get(self.kinds[shape.source.kind].name)
            and (shape.source.part == part or (part == "acts" and shape.verbs))
        ]

    def parts(self, reader: Reader, duck: Any, part: str, some: str) -> None:
        """Rows of one part, each joined to what its record says."""
        shapes = self.with_part(part)
        columns = {"id": BIG, "record_id": BIG}
        for shape in shapes:
            if shape.source.part == part:
                columns |= {orm: t for orm, t in shape.columns.items() if not orm.startswith("record__")}
        only = ""
        if part == "acts":
            columns |= {"verb": TEXT, "at": MOMENT}
            verbs = _verbs(shapes)
            only = f" AND verb IN ({texts(verbs)})" if verbs is not None else ""
        told = [as_kept(orm, type_) for orm, type_ in columns.items()]
        reader.into(duck, "staged", columns, told, f"{PARTS[part]._meta.db_table} WHERE {some}{only}")
        for shape in shapes:
            if shape.source.part == part:
                self._joined(duck, shape)
            else:
                self._firsts(duck, shape)

    def _joined(self, duck: Any, shape: Shape) -> None:
        record = self.kinds[shape.source.kind or ""]
        told = ", ".join(
            f'{"r" if orm.startswith("record__") else "s"}."{orm.removeprefix("record__")}" AS "{orm}"'
            for orm in shape.columns
        )
        only = f" WHERE s.verb IN ({texts(shape.only)})" if shape.source.part == "acts" and shape.only else ""
        records = read(self.folder, self.made.files[record.name])
        self.copy(
            duck, shape.name, f"SELECT {told} FROM staged s JOIN {records} r ON r.id = s.record_id{only}"
        )

    def _firsts(self, duck: Any, shape: Shape) -> None:
        """The first act of each verb of each record; over several bites they are met again (see ``settle``)."""
        told = ", ".join(
            f"arg_min(s.at, s.id) FILTER (WHERE s.verb = '{verb}') AS \"{verb}\", "
            f"min(s.id) FILTER (WHERE s.verb = '{verb}') AS \"{verb}?\""
            for verb in sorted(shape.verbs)
        )
        records = read(self.folder, self.made.files[shape.name])
        said = (
            f"SELECT s.record_id, {told} FROM staged s JOIN {records} r ON r.id = s.record_id "
            f"WHERE s.verb IN ({texts(shape.verbs)}) GROUP BY s.record_id"
        )
        self.copy(duck, firsts(shape.source), said)

    def settle(self, duck: Any) -> None:
        """First acts that were met in several bites become one row of a record; some records at a time."""
        for shape in [one for one in self.wanted.values() if one.verbs]:
            name = firsts(shape.source)
            met = self.made.files.pop(name, [])
            rows = self.made.rows.pop(name, 0)
            if not met:
                continue
            told = ", ".join(f'arg_min("{verb}", "{verb}?") AS "{verb}"' for verb in sorted(shape.verbs))
            said = f"FROM {read(self.folder, met)}"
            low, high = duck.execute(f"SELECT min(record_id), max(record_id) {said}").fetchone()
            width = (high - low) // (rows // SETTLED + 1) + 1
            for at in range(low, high + 1, width):
                some = f"record_id >= {at} AND record_id < {at + width}"
                self.copy(duck, name, f"SELECT record_id, {told} {said} WHERE {some} GROUP BY record_id")
            for file in met:
                (self.folder / file).unlink()

    # -- lists ------------------------------------------------------------------------------------------

    def lists(self, reader: Reader, duck: Any) -> None:
        """Places, units, persons, posts as they stand now."""
        for shape in self.wanted.values():
            if shape.source.kind is None:
                part = shape.source.part or ""
                told = [as_kept(_of_list(orm), type_) for orm, type_ in shape.columns.items()]
                reader.into(duck, "staged", shape.columns, told, LISTS[part])
                self.copy(duck, shape.name, "SELECT * FROM staged")

    def calendar(self, duck: Any, last: date, mark: int) -> None:
        """How many working days there were up to each day; ``mark`` changes with the official calendar."""
        found = _counted_days(mark, last)
        said = 'SELECT unnest(from_json($1, \'[{"day": "DATE", "upto": "INTEGER"}]\'), recursive := true)'
        duck.execute(f"CREATE OR REPLACE TABLE staged AS {said}", [found])
        self.copy(duck, "house__calendar", "SELECT * FROM staged")

    def copy(self, duck: Any, name: str, said: str, rows: int | None = None) -> None:
        """One statement's answer as a file of a table; nothing where it is empty."""
        with self._held:
            self._number += 1
            file = f"{name}.{self.token}.{self._number}.parquet"
        (written,) = duck.execute(f"COPY ({said}) TO '{self.folder / file}' {_COPY}").fetchone()
        if written:
            self.made.add(name, file, written if rows is None else rows)
        else:
            (self.folder / file).unlink(missing_ok=True)


def _record_select(shape: Shape) -> str:
    """A kind's columns; its fields in ``data`` are read out of the document at once."""
    fields = [orm for orm in shape.columns if _in_data(orm)]
    paths = ", ".join(f"'$.\"{orm.removeprefix('data__')}\"'" for orm in fields)
    said = []
    for orm, type_ in shape.columns.items():
        if not _in_data(orm):
            said.append(f'"{orm}"')
            continue
        one = f"json_extract_string(data, [{paths}])[{fields.index(orm) + 1}]"
        said.append(f'{one if type_ == TEXT else f"CAST({one} AS {type_})"} AS "{orm}"')
    return ", ".join(said)


@lru_cache(maxsize=2)
def _counted_days(mark: int, last: date) -> str:
    """Every day since 1990 with the number of working days up to it, as JSON."""
    del mark  # it is what tells one calendar from the next
    calendar, day, upto, found = work_calendar(), date(1990, 1, 1), 0, []
    while day <= last:
        upto += calendar.is_workday(day)
        found.append({"day": day.isoformat(), "upto": upto})
        day += timedelta(days=1)
    return json.dumps(found)


def _in_data(orm: str) -> bool:
    return orm.startswith("data__")


def _of_list(orm: str) -> str:
    return "u.place_id" if orm == "unit__place_id" else f"t.{orm}"


def texts(values: Iterable[str]) -> str:
    """Keys of packs as a list: letters, digits, dots and underscores."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def _verbs(shapes: Sequence[Shape]) -> set[str] | None:
    found: set[str] = set()
    for shape in shapes:
        found |= shape.verbs
        if shape.source.part == "acts":
            if shape.only is None:
                return None
            found |= shape.only
    return found


def at_once(readers: Sequence[Reader], jobs: Iterable[Callable[[Reader, Any], None]]) -> None:
    """Do the jobs, each reader in a thread with a DuckDB of its own. Raises the first fault."""
    duckdb = needed()
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    faults: list[BaseException] = []

    def work(reader: Reader) -> None:
        try:
            with duckdb.connect(config={"threads": 1, "memory_limit": MEMORY}) as duck:
                duck.execute(
                    "SET parquet_metadata_cache = true"
                )  # a part's bites are joined to the same files
                while not faults:
                    waiting.get_nowait()(reader, duck)
        except queue.Empty:
            return
        except BaseException as fault:  # told in the caller's thread
            faults.append(fault)

    if len(readers) == 1:
        work(readers[0])
    else:
        threads = [threading.Thread(target=work, args=(reader,)) for reader in readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
