"""What others may ask about private data: under which keys it lies, whose erasure is asked for, what was erased."""

from collections import Counter

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Left, StrIndex

from liren.people.visibility import Viewer, visible
from liren.records.models import Act, Record

from .lasting import ASK, SUSPEND, asked, suspended
from .models import Sweep

#: Rows of one list that a page shows.
MOST = 200


def sealed_by_key() -> Counter[str]:
    """Name of a key → how many records' private values are sealed with it."""
    rows = Record.objects.exclude(secret="").order_by()
    heads = rows.annotate(head=Left(F("secret"), StrIndex(F("secret"), Value(":")) + 0))
    found: Counter[str] = Counter()
    for head, count in heads.values_list("head").annotate(count=Count("pk")):
        found[head.rstrip(":") or "1"] += count
    return found


def sweeps(most: int = 30) -> list[Sweep]:
    """The latest days on which what had its time was erased, newest first."""
    return list(Sweep.objects.order_by("-day")[:most])


def waiting_erasures(*, to: Viewer) -> list[Record]:
    """Records whose erasure was asked for and is not decided, of those the viewer may see, oldest request first."""
    return _standing(ASK, asked, to)


def suspensions(*, to: Viewer) -> list[Record]:
    """Records whose erasure is suspended, of those the viewer may see."""
    return _standing(SUSPEND, suspended, to)


def _standing(verb: str, still, to: Viewer) -> list[Record]:
    said: QuerySet[Act] = Act.objects.filter(verb=verb)
    keys = still(said.values_list("record_id", flat=True))
    rows = visible(Record.objects.filter(pk__in=keys), to=to)
    return list(rows.select_related("place").order_by("opened", "pk")[:MOST])
