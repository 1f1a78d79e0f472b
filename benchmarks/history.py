"""What lies behind the records of a grown county: their acts, chained so that the trail holds, and what is searched."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from types import SimpleNamespace

from .bulk import lite, put, read

_ACT = "id, record_id, verb, from_state, to_state, by_id, at, entered, note, changed, key, hash"
#: (verb, from, to, moment) of what was done with a record, by its kind's first letter and its state.
_ACCEPTED = [("open", "", "reported", "opened"), ("accept", "reported", "handling", "taken")]
_LATE = ("late", "handling", "handling", "noted")
_FINISHED = ("finish", "handling", "checking", "done")
_LIVES = {
    ("g", "reported"): [("open", "", "reported", "opened")],
    ("g", "handling"): _ACCEPTED,
    ("g", "checking"): [*_ACCEPTED, _FINISHED],
    ("g", "closed"): [*_ACCEPTED, _FINISHED, ("confirm", "checking", "closed", "closed")],
    ("v", "recruiting"): [("open", "", "planned", "opened"), ("publish", "planned", "recruiting", "taken")],
    ("v", "confirmed"): [
        ("open", "", "planned", "opened"), ("publish", "planned", "recruiting", "taken"),
        ("hold", "recruiting", "held", "done"), ("confirm", "held", "confirmed", "closed"),
    ],
    ("m", "published"): [("open", "", "draft", "opened"), ("publish", "ready", "published", "closed")],
}  # fmt: skip
_MOMENTS = {"taken": ("opened", 1), "noted": ("opened", 12), "done": ("opened", 20)}


def acts(cursor) -> None:
    """One line of acts for each record, as `records.flow` would have left them."""
    put("records_act", _ACT, _lines())
    cursor.execute("SELECT id, hash FROM records_act ORDER BY id DESC LIMIT 1")
    cursor.execute("INSERT INTO trail_head (id, act, hash) VALUES (1, %s, %s)", cursor.fetchone())


def _lines() -> Iterator[tuple]:
    """Rows of acts; the hash is that of `trail.chain`, whose JSON is written out here: eight times as quick."""
    from liren.trail.chain import START

    number, last = 0, START
    columns = ", ".join(["id, opener_id, kind, state, late_count", *(_text(name) for name in
                         ("opened", "closed", *_MOMENTS))])  # fmt: skip
    for record, by, kind, state, late, *moments in read(f"SELECT {columns} FROM records_record ORDER BY id"):
        told = dict(zip(("opened", "closed", *_MOMENTS), moments, strict=True))
        for verb, before, after, when in _life(kind[0], state, late):
            number, at = number + 1, told[when]
            moment = f"{at[:10]}T{at[11:]}.000000+00:00"
            said = f'{last}[{number},{record},"{verb}","{before}","{after}",{by},"{moment}","{moment}","",{{}},null]'
            last = sha256(said.encode()).hexdigest()
            stored = at if lite() else f"{at}+00"
            yield number, record, verb, before, after, by, stored, stored, "", "{}", None, last


def _life(kind: str, state: str, late: int) -> list[tuple[str, str, str, str]]:
    lived = _LIVES[kind, state]
    if not late:
        return lived
    if len(lived) == 1:  # nobody has accepted it
        return [*lived, ("late", "reported", "reported", "noted")]
    return [*lived[:2], _LATE, *lived[2:]]


def _text(name: str) -> str:
    """A moment in words of UTC, the same on both databases."""
    column, hours = _MOMENTS.get(name, (name, 0))
    if lite():
        return f"datetime({column}, '+{hours} hours')"
    return f"to_char({column} AT TIME ZONE 'UTC' + interval '{hours} hours', 'YYYY-MM-DD HH24:MI:SS')"


def searched(_cursor) -> None:
    """The words of each record, as `search.actions` keeps them."""
    from liren.search.spelling import apart

    put("search_entry", "key, record_id, text, scope", _entries())
    if lite():
        rows = read("SELECT key, text, scope FROM search_entry ORDER BY key")
        put("search_letters", "rowid, body, scope", ((key, apart(text), scope) for key, text, scope in rows))
    from liren.clock import now
    from liren.search.models import Made
    from liren.search.words import fingerprint

    Made.objects.update_or_create(pk=1, defaults={"by": fingerprint(), "since": now()})


def _entries() -> Iterator[tuple]:
    from datetime import UTC, datetime

    from liren.search.words import entry_of, reader

    look = reader()
    columns = f"id, number, kind, state, title, place_id, {_text('opened')}"
    for pk, number, kind, state, title, place, opened in read(
        f"SELECT {columns} FROM records_record ORDER BY id"
    ):
        record = SimpleNamespace(
            pk=pk, number=number, kind=kind, state=state, title=title, place_id=place, data={"spot": "北门"},
            opened=datetime.fromisoformat(opened).replace(tzinfo=UTC),
        )  # fmt: skip
        entry = entry_of(record, look)  # type: ignore[arg-type]
        if entry:
            yield entry.key, entry.record_id, entry.text, entry.scope
