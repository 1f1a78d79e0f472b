"""The columnar engine over what a test has entered, and definitions at random."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from liren.figures.cube.refreshing import refresh
from liren.figures.cube.shapes import shapes
from liren.figures.cube.storing import DuckEngine, Store, all_shapes
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure
from tests.figures.test_conditions import CONDITIONS, NAMES

#: What can be added up, told apart, dated by: names of the plain pack's things.
NUMBERS = ("quantity", "money", "late_count")
TOLD = ("title", "category", "source", "note", "grade", "range", "place", "day", "state")
MOMENTS = ("opened", "closed", "starts", "ends", "due")


def rounded(value: Decimal | None) -> Decimal | None:
    """To six places: an average comes back as a binary number from SQLite."""
    return None if value is None else Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def entry(spec: Figure) -> FigureEntry:
    """A figure of the plain pack that stands in no file."""
    return FigureEntry(catalogue().packs["plain"], "random", spec)


@st.composite
def definitions(draw) -> Figure:
    """A counting figure of the plain pack: any verb, condition, moment."""
    verb = draw(st.sampled_from(["count", "sum", "average", "maximum", "minimum", "distinct", "between"]))
    said: dict = {"title": "随机", "unit": "件"}
    if verb == "count":
        said["count"] = "thing"
    elif verb == "between":
        first, last = (
            draw(st.sampled_from((*MOMENTS, "open", "end"))),
            draw(st.sampled_from((*MOMENTS, "end"))),
        )
        said |= {"of": "thing", "between": [first, last]}
        said["measured"] = draw(st.sampled_from(["days", "full_days", "workdays", "hours"]))
        said["take"] = draw(st.sampled_from(["average", "maximum", "minimum", "sum"]))
    else:
        said |= {"of": "thing", verb: draw(st.sampled_from(TOLD if verb == "distinct" else NUMBERS))}
    if draw(st.booleans()):
        said["where"] = draw(CONDITIONS)
    if draw(st.booleans()):
        said["dated"] = draw(st.sampled_from(MOMENTS))
    if draw(st.integers(0, 3)) == 0:
        said["stood"] = True
    return Figure(**said)


def every_name() -> list[FigureEntry]:
    """Figures that between them read every name of a thing, so that all of them have a column."""
    wheres = [f"{name} != None" for name in NAMES]
    named = [Figure(title="名", unit="件", count="thing", where=where, stood=True) for where in wheres]
    apart = [Figure(title="各", unit="件", of="thing", distinct=name) for name in TOLD]
    dated = [Figure(title="时", unit="件", count="thing", dated=moment) for moment in MOMENTS]
    spans = [Figure(title="历", unit="天", of="thing", between=["open", "end"])]
    return [entry(spec) for spec in (*named, *apart, *dated, *spans)]


@contextmanager
def columnar(entries: list[FigureEntry] | None = None) -> Iterator[DuckEngine]:
    """DuckDB over files written from the test's database this moment."""
    with TemporaryDirectory() as folder:
        store, wanted = Store(Path(folder)), shapes(entries)
        done = refresh(store, whole=True, wanted=wanted)
        assert done is not None
        yield DuckEngine(store, done.state, all_shapes(wanted), threads=1)
