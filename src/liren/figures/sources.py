"""Maps what a figure reads (``packs.sources``) to tables and paths of the ORM."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from liren.activities.models import Attendance
from liren.content.models import Edition
from liren.exams.models import Attempt
from liren.inforce import catalogue
from liren.packs.language import Kind
from liren.packs.sources import DATED, Source, column_of, names_of, scale_of
from liren.people.models import Person, Post
from liren.places.codes import after, within
from liren.places.models import LEVELS, Place, Unit
from liren.points.models import Posting
from liren.records.models import Act, Record

_PARTS: dict[str, type[Model]] = {
    "attendance": Attendance,
    "acts": Act,
    "attempts": Attempt,
    "editions": Edition,
    "postings": Posting,
}
_HOUSE: dict[str, type[Model]] = {"place": Place, "unit": Unit, "person": Person, "post": Post}
_REFERENCES = {"place", "unit", "handler", "person"}


@dataclass(frozen=True)
class Path:
    """Where a name is found: the ORM path, whether inside JSON, its type and stored scale."""

    orm: str
    in_data: bool
    type: str
    scale: int = 1


@dataclass(frozen=True)
class Table:
    """A source made ready to be queried."""

    source: Source

    @cached_property
    def kind(self) -> Kind | None:
        return catalogue().kind_entry(self.source.kind).spec if self.source.kind else None

    @cached_property
    def prefix(self) -> str:
        """``record__`` before everything that is told about the record of a part."""
        return "record__" if self.source.kind and self.source.part else ""

    @property
    def model(self) -> type[Model]:
        if self.source.kind is None:
            return _HOUSE[self.source.part or ""]
        return _PARTS[self.source.part] if self.source.part else Record

    def rows(self) -> QuerySet:
        """All live rows of the source: of this kind, not void."""
        if self.source.kind is None:
            return self.model._default_manager.all()
        about = {f"{self.prefix}kind": self.source.kind}
        return self.model._default_manager.filter(**about).exclude(**{f"{self.prefix}state": "void"})

    def inside(self, place: str, *, dated: str = "", short: bool = False, when: Q | None = None) -> QuerySet:
        """The live rows of the source in a place (``dated`` and ``short`` as in `within`), dated by ``when`` of their
        records.

        Parts are asked for by the keys of their records. The keys are sorted, and the parts of one record lie beside
        those of the next: joined in the order of places, they would be looked up all over the file (1.3 s for 400,000
        acts, where it is 0.5). What only the records' own day narrows down is found by that day.
        """
        if not self.prefix or (when is None and DATED[self.source.part or ""] == "record"):
            rows = self.rows().filter(self.within(place, dated=dated, short=short))
            return rows if when is None else rows.filter(when)
        whole = Table(Source(self.source.kind, None))
        if when is None:  # parts that have a day of their own: it narrows none of their records
            records = whole.inside(place)
        else:
            records = whole.inside(place, dated=dated.removeprefix(self.prefix), short=short, when=when)
        return self.model._default_manager.filter(record__in=records.values("pk"))

    def path(self, name: str) -> Path:
        """The path of a name usable in a condition or measure."""
        if self.source.kind is None or (self.source.part and not name.startswith("record.")):
            return self._own_path(name)
        bare = name.removeprefix("record.")
        if bare == "household":
            return Path(f"{self.prefix}person__household", False, "text")
        if bare == "id":
            return Path(f"{self.prefix}id", False, "integer")
        column = column_of(self.kind, bare)
        type_ = names_of(Source(self.source.kind, None), self.kind).get(bare, "text")
        if column is None:
            return Path(f"{self.prefix}data__{bare}", True, type_, scale_of(self.kind, bare))
        orm = f"{column}_id" if column in _REFERENCES else column
        return Path(self.prefix + orm, False, type_, scale_of(self.kind, bare))

    def _own_path(self, name: str) -> Path:
        if name == "household":
            return Path("household" if self.model is Person else "person__household", False, "text")
        types = names_of(self.source, self.kind)
        orm = {"person": "person_id", "unit": "unit_id", "place": "place_id", "by": "by_id"}.get(name, name)
        if self.model is Place and name == "place":
            orm = "code"
        return Path(orm, False, types.get(name, "text"))

    @property
    def place_path(self) -> str:
        if self.model is Place:
            return "code"
        return f"{self.prefix}place_id"

    def within(self, place: str, *, dated: str = "", short: bool = False) -> Q:
        """Rows whose place lies in ``place`` (posts: by their place or their unit's).

        ``dated``: the moment by which they are narrowed as well; ``short``: to few of the county's. The words of the
        question choose the way: what ended below a county is found place by place (`record_standing` knows place and
        end). Anything else SQLite, which keeps no statistics, finds by its day, its place looked at as it passes; by
        itself it would rather walk through ten years of a town than through a quarter of the county.
        """
        if self.is_spread(place, dated):
            return self.spread(place)
        if dated and short and self.model is Record and connection.vendor == "sqlite":
            code = Coalesce("place_id", "place_id")  # said twice over, it is no column of an index
            return Q(GreaterThanOrEqual(code, place), LessThan(code, after(place)))
        if self.model is Post:
            return within(place) | within(place, "unit__place_id")
        return within(place, self.place_path)

    def is_spread(self, place: str, dated: str) -> bool:
        """Whether records so dated are best found place by place."""
        return self.model is Record and dated == "closed" and len(place) > min(LEVELS)

    def spread(self, place: str) -> Q:
        """Rows at each of the places in ``place``."""
        return Q(place_id__in=Place.objects.filter(within(place, "code")).values("code"))

    def of_unit(self, unit: int) -> Q:
        """Rows that belong to a unit."""
        if self.model is Unit:
            return Q(pk=unit) | Q(parent_id=unit)
        if self.model in (Place, Person):
            return Q()
        return Q(**{f"{self.prefix}unit_id": unit})

    @property
    def always_stock(self) -> bool:
        """The house's lists are counted as they stand at a date, unless a figure dates them."""
        return self.source.kind is None

    def dated(self, named: str | None) -> str | None:
        """The path of the moment that puts a row into a period."""
        if named:
            return self.path(named).orm
        if self.source.kind is None:
            return DATED[self.source.part or ""]
        if self.source.part and DATED[self.source.part] != "record":
            return DATED[self.source.part]
        starts = self.kind is not None and self.kind.shape == "activity"
        return self.prefix + ("starts" if starts else "opened")

    @property
    def standing_from_to(self) -> tuple[str, str] | None:
        """Paths of the moments between which a row stands; None for persons, who are not dated."""
        if self.model in (Place, Unit):
            return "valid_from", "valid_to"
        if self.model is Post:
            return "starts", "ends"
        if self.model is Person:
            return None
        return f"{self.prefix}opened", f"{self.prefix}closed"


def table(text: str, pack: str) -> Table:
    """The table of a source as a pack writes it."""
    return Table(catalogue().source(text, pack))
