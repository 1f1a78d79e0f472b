"""What lies behind the records of a grown county: their acts, chained so that the trail holds, and what is searched.

On SQLite one statement writes all acts and calls back for each hash, since only the chain itself must be reckoned one
after the other; on PostgreSQL lines for COPY are written out here while the server takes in those before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from types import SimpleNamespace

from .bulk import lite, poured, read, told

_ACT = "id, record_id, verb, from_state, to_state, by_id, at, entered, note, changed, key, hash"
#: (verb, from, to, hours since it was opened, or None: when it was closed) of what was done with a record.
_Deed = tuple[str, str, str, int | None]
_ACCEPTED: list[_Deed] = [("open", "", "reported", 0), ("accept", "reported", "handling", 1)]
_FINISHED: _Deed = ("finish", "handling", "checking", 20)
_LATE_AT = 12
_LIVES: dict[tuple[str, str], list[_Deed]] = {
    ("grid_case.event", "reported"): _ACCEPTED[:1],
    ("grid_case.event", "handling"): _ACCEPTED,
    ("grid_case.event", "checking"): [*_ACCEPTED, _FINISHED],
    ("grid_case.event", "closed"): [*_ACCEPTED, _FINISHED, ("confirm", "checking", "closed", None)],
    ("volunteer_service.service", "recruiting"): [
        ("open", "", "planned", 0), ("publish", "planned", "recruiting", 1),
    ],
    ("volunteer_service.service", "confirmed"): [
        ("open", "", "planned", 0), ("publish", "planned", "recruiting", 1),
        ("hold", "recruiting", "held", 20), ("confirm", "held", "confirmed", None),
    ],
    ("media_publish.item", "published"): [("open", "", "draft", 0), ("publish", "ready", "published", None)],
}  # fmt: skip


def lives() -> dict[tuple[str, str, bool], list[_Deed]]:
    """What was done with a record, in order, by its kind, its state, and whether it was late once."""
    found = {}
    for (kind, state), deeds in _LIVES.items():
        where = min(2, len(deeds))  # nobody accepted it in time, or who did was late
        late = ("late", deeds[where - 1][2], deeds[where - 1][2], _LATE_AT)
        found[kind, state, False] = deeds
        found[kind, state, True] = [*deeds[:where], late, *deeds[where:]]
    return found


class Chain:
    """Reckons hash after hash as `trail.chain` does, whose JSON is written out here: eight times as quick."""

    def __init__(self) -> None:
        from liren.trail.chain import START

        self.number, self.last, self._given = 0, START, 0

    def given(self) -> int:
        """The number of the next act, counted apart from :meth:`linked`."""
        self._given += 1
        return self._given

    def linked(self, record: int, verb: str, before: str, after: str, by: int, at: str, changed: str) -> str:
        """The hash of the next act; ``at`` is ``2026-01-31 12:00:00``, in UTC, ``changed`` JSON with sorted keys."""
        self.number += 1
        at = f"{at[:10]}T{at[11:]}.000000+00:00"
        said = f'{self.last}[{self.number},{record},"{verb}","{before}","{after}",{by},"{at}","{at}","",{changed},null]'
        self.last = sha256(said.encode()).hexdigest()
        return self.last


def acts(cursor) -> None:
    """One line of acts for each record, as `records.flow` would have left them."""
    chain = Chain()
    if lite():
        _by_statement(cursor, chain)
    else:
        poured(f"COPY records_act ({_ACT}) FROM STDIN", _lines(chain))
    said = (chain.number, chain.last)
    cursor.execute("INSERT INTO trail_head (id, act, hash) VALUES (1, %s, %s)", said)


def _by_statement(cursor, chain: Chain) -> None:
    """Records in the order of their numbers, each with its life, also in order: the plan of the loop is the order."""
    deeds = [
        (kind, state, late, at, verb, before, after, None if hours is None else f"+{hours} hours")
        for (kind, state, late), lived in lives().items()
        for at, (verb, before, after, hours) in enumerate(lived)
    ]
    columns = "kind text, state text, late bool, step int, verb text, before text, after text, hours text"
    told(cursor, "life", f"{columns}, PRIMARY KEY (kind, state, late, step)", deeds)
    raw = cursor.connection
    sqlite3.Connection.create_function(raw, "given", 0, chain.given)
    sqlite3.Connection.create_function(raw, "linked", 7, chain.linked)
    at = "CASE WHEN l.hours IS NULL THEN r.closed ELSE datetime(r.opened, l.hours) END"
    changed = f"CASE WHEN l.step = 0 THEN {_entered()} ELSE '{{}}' END"
    cursor.execute(
        f"INSERT INTO records_act ({_ACT}) SELECT given(), r.id, l.verb, l.before, l.after, r.opener_id, {at}, {at}, "
        f"'', {changed}, NULL, linked(r.id, l.verb, l.before, l.after, r.opener_id, {at}, {changed}) "
        "FROM records_record r CROSS JOIN life l ON l.kind = r.kind AND l.state = r.state "
        "AND l.late = (r.late_count > 0) ORDER BY r.id, l.step"
    )
    cursor.execute("DROP TABLE temp.life")


def _lines(chain: Chain) -> Iterator[str]:
    """Lines for COPY, each act one."""
    known = lives()
    hours = sorted({deed[3] for lived in known.values() for deed in lived if deed[3] is not None})
    moments = [f"(opened + interval '{one} hours')" for one in hours] + ["closed"]
    texts = ", ".join(f"to_char({one} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" for one in moments)
    places = {hour: at for at, hour in enumerate([*hours, None])}
    columns = f"id, opener_id, kind, state, late_count > 0, {_entered()}, {texts}"
    for record, by, kind, state, late, changed, *met in read(
        f"SELECT {columns} FROM records_record r ORDER BY id"
    ):
        for verb, before, after, when in known[kind, state, late]:
            at = met[places[when]]
            digest = chain.linked(record, verb, before, after, by, at, changed)
            said = f"{chain.number}\t{record}\t{verb}\t{before}\t{after}\t{by}\t{at}+00\t{at}+00"
            yield f"{said}\t\t{changed}\t\\N\t{digest}\n"
            changed = "{}"


def _entered() -> str:
    """What the act of opening says was written: JSON with sorted keys, put together by the database."""
    office = "(SELECT min(code) FROM places_unit)"
    parts = {
        "category": _quoted("r.category"),
        "ends": _quoted(_china("r.ends")),
        "handler": _quoted(f"CASE WHEN r.handler_id IS NOT NULL THEN {office} END"),
        "is": _quoted("r.kind || ' ' || r.number"),
        "level": _quoted("r.level"),
        "location": _quoted(f"{_degrees('r.longitude')} || ',' || {_degrees('r.latitude')}"),
        "place": _quoted("r.place_id"),
        "quantity": "'1000'",
        "source": _quoted("r.source"),
        "spot": "'\"北门\"'",
        "starts": _quoted(_china("r.starts")),
        "title": _quoted("r.title"),
    }
    told = [f"""coalesce('"{name}":' || {value} || ',', '')""" for name, value in sorted(parts.items())]
    last = told.pop().replace(" || ','", "")
    return "'{' || " + " || ".join([*told, last]) + " || '}'"


def _quoted(words: str) -> str:
    return f"""'"' || {words} || '"'"""


def _degrees(micro: str) -> str:
    """Millionths of a degree as `packs.fields.point_text` writes them; NULL where there is no point."""
    return f"({micro} / 1000000) || '.' || substr(CAST(1000000 + {micro} % 1000000 AS text), 2)"


def _china(moment: str) -> str:
    """A moment as acts write it; NULL where there is none."""
    if lite():
        return f"strftime('%Y-%m-%dT%H:%M:%S', {moment}, '+8 hours') || '+08:00'"
    return f"""to_char({moment} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS') || '+08:00'"""


# -- what is searched ---------------------------------------------------------------------------------

#: Stands where a record's own number will stand.
_NUMBER = "987654321"


def searched(cursor) -> None:
    """The words of each record, as `search.actions` keeps them: spelt once for each title, put together by SQL."""
    told(
        cursor,
        "spelt",
        "kind text, title text, text text, body text, PRIMARY KEY (kind, title)",
        _spelt(cursor),
    )
    told(cursor, "lying", "place text PRIMARY KEY, scope text", _lying(cursor))
    opened = "CAST(strftime('%s', r.opened) AS integer)"
    if not lite():
        opened = "floor(extract(epoch FROM r.opened))::bigint"
    key = f"(({opened} / 60) << 36) + r.id"
    own = f"'{_NUMBER}', CAST(r.id AS text)"
    join = "CROSS JOIN" if lite() else "JOIN"  # on SQLite it says as well which table is read first
    rows = (
        f"FROM records_record r {join} spelt s ON s.kind = r.kind AND s.title = r.title "
        f"{join} lying l ON l.place = r.place_id ORDER BY r.id"
    )
    kept = (
        "search_entry (key, record_id, text, scope)",
        f"{key}, r.id, replace(s.text, {own}), r.kind || l.scope",
    )
    found = ("search_letters (rowid, body, scope)", f"{key}, replace(s.body, {own}), r.kind || l.scope")
    for table, columns in [kept, found] if lite() else [kept]:
        cursor.execute(f"INSERT INTO {table} SELECT {columns} {rows}")
    from liren.clock import now
    from liren.search.models import Made
    from liren.search.words import fingerprint

    Made.objects.update_or_create(pk=1, defaults={"by": fingerprint(), "since": now()})


def _spelt(cursor) -> Iterable[tuple[str, str, str, str]]:
    """(kind, title, what is kept, the same with its tokens apart) of every title there is."""
    from liren.search.spelling import apart, spell_fields
    from liren.search.words import reader

    look = reader()
    cursor.execute("SELECT DISTINCT kind, title FROM records_record")
    for kind, title in cursor.fetchall():
        record = SimpleNamespace(number=f"B{_NUMBER}", kind=kind, title=title, data={"spot": "北门"})
        text = spell_fields([value for _, value in look(record)])  # type: ignore[arg-type]
        yield kind, title, text, apart(text)


def _lying(cursor) -> Iterable[tuple[str, str]]:
    """(place, what follows the kind in a record's scope) of every place where something happened."""
    from liren.search.words import scope_of

    cursor.execute("SELECT DISTINCT place_id FROM records_record")
    for (place,) in cursor.fetchall():
        yield place, scope_of(SimpleNamespace(kind="", place_id=place))  # type: ignore[arg-type]
