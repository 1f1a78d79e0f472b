"""What an action begins with: a desk, the kind, the draft of a record that already stands."""

from collections.abc import Callable
from datetime import datetime

from liren.clock import now
from liren.database.prepared import Prepared
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.models import Person
from liren.people.standing import Standing
from liren.places.queries import work_calendar
from liren.refusals import Refusal

from .acts import NewAct
from .flow import Desk, Draft
from .models import Act, Record
from .values import Resolver, keepable

_ACTS = Prepared(
    lambda record: (
        Act.objects.filter(record=record)
        .order_by("id")
        .values_list("verb", "by_id", "from_state", "to_state", "at")
    ),
    int,
    by_key=True,
)
_KEPT = Prepared(lambda key: Record.objects.filter(pk=key), int, by_key=True)
_LOCKED = Prepared(lambda key: Record.objects.select_for_update().filter(pk=key), int, by_key=True)


def locked(key: int) -> Record:
    """A record as it stands, kept from all other writers until the transaction is over. Call inside one."""
    (found,) = _LOCKED(key)
    return found


def reread(record: Record) -> None:
    """`record.refresh_from_db()`, without writing the statement anew: a key that is another forgets its object."""
    (there,) = _KEPT(record.pk)
    for field in Record._meta.concrete_fields:
        setattr(record, field.attname, getattr(there, field.attname))


def desk(inside: str | Callable[[], str] = "", standing: Standing | None = None) -> Desk:
    """A desk for one request or one bulk run; bare names are looked for ``inside`` a place code."""
    return Desk(standing or Standing(), Resolver(inside), work_calendar())


def desk_of(by: Person | None, at: datetime) -> Desk:
    """A desk for one opening: bare names are looked for in the actor's county."""
    standing = Standing()
    return desk(lambda: inside_of(by, at, standing), standing)


def kind_named(kind: str) -> KindEntry:
    """A kind by its id (``pack.kind``). Raises :class:`Refusal`."""
    try:
        return catalogue().kind_entry(kind)
    except KeyError as fault:
        raise Refusal("not_found", what="记录类型", name=kind, mend=str(fault.args[0])) from None


def inside_of(by: Person | None, at: datetime, standing: Standing | None = None) -> str:
    """The county in which bare place names of an actor are looked for."""
    if by is None:
        return ""
    for post in (standing or Standing()).posts(by, at):
        return post.place_code[:6]
    return (by.place_id or "")[:6]


def load_draft(record: Record) -> Draft:
    """The draft of a record that already stands, with who took which step."""
    draft = Draft(kind_named(record.kind), record)
    for verb, by, before, after, at in _ACTS(record.pk):
        draft.takers.setdefault(verb, set()).add(by)
        if before != after:
            draft.since = at
        if verb != "late":
            draft.last_at = at
    return draft


def moment_after(draft: Draft) -> datetime:
    """The present moment, but not before the record's last act: a server whose clock was set back neither stops
    the work on a record nor turns its acts round. ``liren doctor`` tells of such a clock.
    """
    return max(now(), draft.last_at or now())


def act_on(record: Record, verb: str, *, by, at, changed=None, note="", key=None, to=None) -> NewAct:
    """An act outside the flow, on its way to the chain."""
    keepable(note, "说明")
    by_id = by.pk if by else None
    said = {"record_id": record.pk, "note": note, "changed": changed or {}, "key": key}
    return NewAct(verb, record.state, to or record.state, by_id, at, now(), **said)
