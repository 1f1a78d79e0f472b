"""A county's share for its province: the columnar files without whoever is in them.

Persons and households leave as a keyed blind index: the same person (by the code they are registered under) has the
same sign in every county that was given the same key, and nobody without the key can go back. Names and codes stay.
Records, units and acts keep numbers of their own county.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from liren.clock import now
from liren.people.models import Person
from liren.places.codes import after
from liren.places.models import LEVELS
from liren.refusals import Refusal

from .shapes import Shape, relation, shapes
from .storing import DuckEngine, Store, all_shapes

#: Bytes of a key at least; of a sign.
KEY, SIGN = 32, 16
#: Room for the numbers of one county below its code.
ROOM = 10**12
SHARE = "share.json"


@dataclass
class Shared:
    """What was written: county, tables with their rows, persons told apart."""

    county: str
    tables: dict[str, int]
    persons: int


def read_key(path: Path) -> bytes:
    """The province's key from a file. Raises Refusal where it is too short to hide anything."""
    try:
        key = path.read_bytes().strip()
    except OSError as fault:
        raise Refusal("bad_file", file=str(path), reason=str(fault)) from None
    if len(key) < KEY:
        raise Refusal(
            "bad_file",
            file=str(path),
            reason=_("密钥只有 %(n)s 字节，至少要 %(key)s 字节") % {"n": len(key), "key": KEY},
        )
    return key


def sign(key: bytes, kind: str, text: str) -> str:
    """The blind index of a person's code or a household, as text of 32 hexadecimal digits."""
    return hmac.new(key, f"{kind}\n{text}".encode(), hashlib.sha256).digest()[:SIGN].hex()


def share(
    county: str, folder: Path, key: bytes, store: Store | None = None, wanted: dict[str, Shape] | None = None
) -> Shared:
    """Write the share of a county (a place code of six digits) into ``folder``. Raises Refusal.

    ``wanted``: the tables the files hold, those of the figures in force unless told others.
    """
    if len(county) != min(LEVELS) or not county.isdigit():
        raise Refusal(
            "bad_value", field="地点", reason=_("「%(county)s」不是六位县级代码") % {"county": county}
        )
    store = store or Store()
    state, wanted = store.state(), shapes() if wanted is None else wanted
    if state is None:
        raise Refusal("setup", reason=_("没有列式文件；先运行 liren cube refresh"))
    (folder := folder / county).mkdir(parents=True, exist_ok=True)
    engine = DuckEngine(store, state, all_shapes(wanted))
    _signs(engine.connection, county, key)
    tables = {name: _table(engine, name, wanted, county, folder) for name in all_shapes(wanted)}
    persons = engine.connection.execute("SELECT count(*) FROM signs").fetchone()[0]
    told = {
        "county": county, "at": state.at, "acts": state.acts, "written": now().isoformat(), "tables": tables,
        "shapes": {name: shape.digest for name, shape in wanted.items()},
    }  # fmt: skip
    (folder / SHARE).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return Shared(county, tables, persons)


def _signs(duck: Any, county: str, key: bytes) -> None:
    """Person → sign: by their code, or where they have none as somebody of this county alone."""
    rows = [
        {"id": pk, "sign": sign(key, "code", code) if code else sign(key, "person", f"{county}/{pk}"),
         "home": sign(key, "household", f"{county}/{household}") if household else None}
        for pk, code, household in Person.objects.values_list("pk", "code", "household")
    ]  # fmt: skip
    columns = '[{"id": "BIGINT", "sign": "VARCHAR", "home": "VARCHAR"}]'
    said = f"SELECT unnest(from_json($1, '{columns}'), recursive := true)"
    duck.execute(f"CREATE TABLE signs AS {said}", [json.dumps(rows)])


def _table(engine: DuckEngine, name: str, wanted: dict[str, Shape], county: str, folder: Path) -> int:
    """One table of the share; rows of other counties in the same database stay."""
    columns = all_shapes(wanted)[name]
    shape = wanted.get(name) or wanted.get(name.removesuffix("__firsts"))
    told, joined = [], []
    for at, column in enumerate(columns):
        one, join = _blind(name, shape, column, county, at)
        told.append(f'{one} AS "{column}"')
        joined.append(join)
    only = _inside(name, shape, county)
    said = f'SELECT {", ".join(told)} FROM "{name}" t{"".join(joined)}{only}'
    engine.rows(f'SELECT 1 FROM "{name}" LIMIT 0')
    if name.endswith("__firsts") and shape is not None:
        engine.rows(f'SELECT 1 FROM "{relation(shape.source)}" LIMIT 0')
    path = folder / f"{name}.parquet"
    (rows,) = engine.connection.execute(f"COPY ({said}) TO '{path}' (FORMAT parquet)").fetchone()
    return rows


def _blind(name: str, shape: Shape | None, column: str, county: str, at: int) -> tuple[str, str]:
    """How a column leaves: persons and households as signs, numbers with their county before them."""
    own = f't."{column}"'
    if shape is None:
        return own, ""
    if column == "household" or is_person(name, column):
        key = 't."id"' if column == "household" else own
        return (
            f"p{at}.{'home' if column == 'household' else 'sign'}",
            f" LEFT JOIN signs p{at} ON p{at}.id = {key}",
        )
    if column == "id" or (column.endswith("_id") and "place" not in column):
        return f"{own} + {int(county) * ROOM}", ""
    return own, ""


def is_person(name: str, column: str) -> bool:
    """Whether a column names a person."""
    return column.rpartition("__")[2] in ("person_id", "by_id") or (
        name == "house__person" and column == "id"
    )


def _inside(name: str, shape: Shape | None, county: str) -> str:
    if shape is None or name == "house__person":
        return ""

    def within(column: str) -> str:
        return f"({column} >= '{county}' AND {column} < '{after(county)}')"

    if name.endswith("__firsts"):
        return f' WHERE t.record_id IN (SELECT id FROM "{relation(shape.source)}" WHERE {within("place_id")})'
    if name == "house__post":
        return f" WHERE {within('t.place_id')} OR {within('t.unit__place_id')}"
    column = f't."{shape.table.place_path}"'
    return f" WHERE {within(column)}"
