"""Figures asked together are the figures asked one by one, for every figure, period and place there is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.figures.breakdown import can_break, grouped
from liren.figures.cube.choosing import live_line
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.figures.series import slots_up_to
from liren.figures.slicing import sliced
from liren.figures.together import by_place, computed, over_time
from liren.inforce import catalogue
from tests.console.conftest import packs, town  # noqa: F401  fixtures
from tests.console.test_queries import grow
from tests.figures.plain_lines import series

PERIODS = ("2024", "2023", "2024Q1", "2024-03", "2024-03-01..2024-03-10", "asof:2024-03-31")


def entries():
    return list(catalogue().figures.values())


@pytest.fixture
def peopled(town):  # noqa: F811
    grow(town, 7)
    return town


@pytest.mark.parametrize("place", ["990009", "990009001", "990009002", "990009001001"])
def test_values_and_evidence_are_those_of_compute(peopled, place):
    scopes = [Scope(place, read_period(period)) for period in PERIODS]
    found = computed(entries(), scopes)
    assert any(result.value for result in found.values())
    missing = {figure for figure in catalogue().figures for scope in scopes if (figure, scope) not in found}
    assert {catalogue().figures[figure].spec.verb for figure in missing} <= {"covered"}
    for (figure, scope), result in found.items():
        alone = compute(figure, scope)
        assert result.value == alone.value, (figure, scope)
        assert result.evidence.digest == alone.evidence.digest, (figure, scope)
        assert (result.version, result.warnings) == (alone.version, alone.warnings)


def test_a_unit_narrows_alike(peopled):
    scope = Scope("990009", read_period("2024"), peopled.cast.housing.pk)
    for (figure, _scope), result in computed(entries(), [scope]).items():
        assert result.value == compute(figure, scope).value, figure


@pytest.mark.parametrize("period", ["2024", "2024Q1", "2024-03"])
def test_lines_are_those_of_series(peopled, period):
    scope = Scope("990009", read_period(period))
    found = over_time(entries(), scope, slots_up_to(scope.period))
    assert set(found) == {entry.id for entry in entries() if can_break(entry)}
    for figure, line in found.items():
        assert line == series(catalogue().figures[figure], scope), figure


@pytest.mark.parametrize(("place", "period"), [("990009", "2024"), ("990009", "2024Q1"), ("990009001", "2024Q1"),
                                               ("990009001", "2024-02-10..2024-03-20")])  # fmt: skip
def test_lines_of_one_figure_are_those_of_series_however_they_are_asked(peopled, place, period):
    """Slot by slot, of a county and of a town, with a unit and without: the statements' words are kept between them."""
    several = 0
    for unit in (None, peopled.cast.housing.pk, None):
        scope = Scope(place, read_period(period), unit)
        slots = slots_up_to(scope.period)
        for entry in entries():
            several += sliced(entry, scope, slots) is not None
            assert live_line(entry, scope) == series(entry, scope), (entry.id, unit)
    assert several > 10, "most count records by a day of their own"


def test_places_are_those_of_grouped(peopled):
    scope = Scope("990009", read_period("2024"))
    found = by_place(entries(), scope)
    for entry in entries():
        for group in grouped(entry, scope, "place") if can_break(entry) else ():
            assert found[entry.id][group.key] == group.value, (entry.id, group)


def test_queries_follow_the_sources_and_not_the_figures(town):  # noqa: F811
    scopes = [Scope("990009", read_period(period)) for period in ("2024", "2023")]
    counting = [entry for entry in entries() if can_break(entry)]
    with CaptureQueriesContext(connection) as asked:
        computed(counting, scopes)
    sources = {entry.spec.source for entry in counting if entry.spec.source}
    assert len(asked.captured_queries) < len(counting)
    assert len(asked.captured_queries) <= 2 * len(sources)
