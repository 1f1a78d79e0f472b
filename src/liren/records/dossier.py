"""One record with all that hangs on it, read for a face; everything passes ``people.visibility``.

Long lists are cut (``MOST``) with their true length beside them: a page never grows with the table.
"""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.database.prepared import Prepared
from liren.inforce import catalogue
from liren.people.queries import focused
from liren.people.visibility import Viewer, sees, visible
from liren.refusals import Refusal
from liren.trail.queries import holds

from .models import Act, File, Link, Record

#: Rows of one list that a page shows.
MOST = 100
#: Acts that note one person's coming or going: a page shows the sheet of attendance instead, or a hundred of them
#: would hide the steps between. They stand in the trail like all others.
ONE_BY_ONE = ("check_in", "check_out", "note_presence")


@dataclass(frozen=True)
class Tie:
    """A link seen from one of its ends: ``kind`` parent, duplicate or cites; ``outward`` as written."""

    kind: str
    outward: bool
    other: Record


@dataclass
class Dossier:
    """A record, its acts (oldest first), files and ties; ``intact`` says whether the acts' chain holds."""

    record: Record
    acts: list[Act]
    intact: bool
    files: list[File] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    more_ties: int = 0


_NUMBERED = Prepared(
    lambda number: Record.objects.filter(number=number).select_related(
        "place", "unit", "handler", "person", "opener"
    ),
    str,
    by_key=True,
)


def find_record(number: str, *, to: Viewer) -> Record:
    """The record of a number, if the viewer may see it; otherwise it is not there (404, never 403)."""
    found = _NUMBERED.first(number)
    entry = catalogue().kinds.get(found.kind) if found else None
    if found is None or entry is None or not (entry.spec.visible == "public" or sees(to, found)):
        raise Refusal("not_found", what="记录", name=number, mend=_("请检查编号；也可能不在您能看的范围内。"))
    return found


def dossier(number: str, *, to: Viewer) -> Dossier:
    """The record of a number with everything about it. Raises Refusal (not_found)."""
    record = find_record(number, to=to)
    acts = list(record.acts.exclude(verb__in=ONE_BY_ONE).select_related("by").order_by("id")[:MOST])
    found = Dossier(record, acts, holds(acts), list(record.files.order_by("pk")[:MOST]))
    found.ties, found.more_ties = _ties(record, to)
    return found


def _ties(record: Record, to: Viewer) -> tuple[list[Tie], int]:
    """Ties both ways whose other end the viewer may see, and how many of these are not listed."""
    outward = list(Link.objects.filter(record=record).order_by("pk")[:MOST])
    inward = Link.objects.filter(other=record).order_by("pk")
    seen = visible(inward, to=focused(to, _kinds(inward, "record__")), prefix="record__")
    listed = list(seen.select_related("record")[:MOST])
    others = Record.objects.filter(pk__in=[link.other_id for link in outward])
    there = {one.pk: one for one in visible(others, to=focused(to, _kinds(others)))} if outward else {}
    ties = [Tie(link.kind, True, there[link.other_id]) for link in outward if link.other_id in there]
    ties += [Tie(link.kind, False, link.record) for link in listed]
    more = seen.count() - MOST if len(listed) == MOST else 0
    return ties, more


def _kinds(rows: QuerySet, prefix: str = "") -> set[str]:
    return set(rows.order_by().values_list(f"{prefix}kind", flat=True).distinct())


def open_file(sha256: str, name: str, *, to: Viewer) -> File:
    """A file that the viewer may have: of a record they see, and not private. Raises Refusal (not_found)."""
    rows = File.objects.filter(sha256=sha256, name=name, private=False)
    found = visible(rows, to=focused(to, _kinds(rows, "record__")), prefix="record__").first()
    if found is None:
        raise Refusal("not_found", what="附件", name=name, mend=_("请从记录的页面打开它。"))
    return found
