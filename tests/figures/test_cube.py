"""The columnar engine counts what the live engine counts: on random definitions and things, and as things change."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.activities.actions import attendance_take
from liren.cli.main import main
from liren.clock import now
from liren.figures.breakdown import can_break, grouped
from liren.figures.cube import choosing
from liren.figures.cube.asking import Asked, NotColumnar, cells, groups, value
from liren.figures.cube.choosing import answer, by_place, over_time
from liren.figures.cube.refreshing import follow, refresh
from liren.figures.cube.shapes import relation, shapes
from liren.figures.cube.storing import Store, all_shapes
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.figures.series import slots_up_to
from liren.figures.together import by_place as live_by_place
from liren.figures.together import over_time as live_over_time
from liren.inforce import catalogue
from liren.people.actions import person_add
from liren.people.visibility import PUBLIC, viewer_of
from liren.places.models import Place
from liren.records.actions import record_open, record_void
from liren.records.models import Act, Record
from liren.refusals import Refusal
from tests.cast import moment
from tests.console.conftest import packs, reader, town  # noqa: F401  fixtures
from tests.console.test_queries import grow
from tests.figures.engines import columnar, definitions, entry, every_name, rounded
from tests.figures.test_reckoning import PERIODS, POINTS, scope
from tests.figures.things import PLACES, enter, thing

pytest.importorskip("duckdb", reason="the extra liren[figures] is not installed")


def same(engine, one, within: Scope) -> None:
    """The two engines agree on a figure, refusals included."""
    try:
        live = compute(one, within).value
    except Refusal:
        return
    try:
        found = value(engine, one, within)
    except NotColumnar:
        assert one.spec.reading
        return
    assert rounded(found) == rounded(live), (one.id, one.spec, within, found, live)


@pytest.mark.usefixtures("shelf")
class Equal(TestCase):
    @settings(max_examples=12)
    @given(
        st.lists(thing(), max_size=10), st.lists(definitions(), min_size=4, max_size=12),
        st.sampled_from([*sorted(PLACES), "99"]), PERIODS | POINTS,
    )  # fmt: skip
    def test_any_definition_on_any_things(self, things, specs, place, period):
        enter(things)
        with columnar(every_name()) as engine:
            for spec in specs:
                same(engine, entry(spec), scope(place, period))

    @settings(max_examples=8)
    @given(st.lists(thing(), max_size=12), st.sampled_from(sorted(PLACES)), PERIODS | POINTS)
    def test_every_figure_of_the_plain_pack(self, things, place, period):
        enter(things)
        with columnar() as engine:
            for name in catalogue().packs["plain"].figures:
                same(engine, catalogue().figures[f"plain.{name}"], scope(place, period))

    @settings(max_examples=8)
    @given(st.lists(thing(), max_size=12), st.lists(definitions(), min_size=3, max_size=6), PERIODS)
    def test_cells_of_places_and_months(self, things, specs, period):
        enter(things)
        within = scope("990009", period)
        entries = [one for one in map(entry, specs) if can_break(one)]
        slots = slots_up_to(within.period)
        with columnar(every_name()) as engine:
            for one in entries:
                asked = Asked("990009", slots, lengths=(6, 9, 12), until=within.period.end)
                found = cells(engine, [one], asked)
                for at, slot in enumerate(slots):
                    for code in PLACES:
                        live = compute(one, Scope(code, asked.cut(slot))).value
                        told = found.get((one.id, code, at), None)
                        assert rounded(told) == rounded(live) or (told is None and not live), (
                            one.spec,
                            code,
                            slot,
                        )
                below = {group.key: group.value for group in groups(engine, one, within, "place")}
                live = {group.key: rounded(group.value) for group in grouped(one, within, "place")}
                assert {key: rounded(below[key]) for key in live} == live
                assert not any(number for key, number in below.items() if key not in live)


@pytest.fixture
def peopled(town):  # noqa: F811
    grow(town, 7)
    return town


def test_parts_lists_units_and_households(peopled):
    """Attendance, acts, places, posts, ratios, coverage: every figure of the packs for pages."""
    with columnar() as engine:
        for place, period in (("990009", "2024"), ("990009001", "2024-03"), ("990009", "asof:2024-03-31")):
            for one in catalogue().figures.values():
                same(engine, one, Scope(place, read_period(period)))
        for one in catalogue().figures.values():
            same(engine, one, Scope("990009", read_period("2024"), peopled.cast.housing.pk))


def test_tables_hold_what_figures_read_and_nothing_private(peopled):
    """No name of a person, no private field, no document: only columns some figure asks for."""
    wanted = all_shapes(shapes())
    private = {
        f"data__{key}"
        for one in catalogue().kinds.values()
        for key, spec in one.spec.fields.items()
        if spec.private
    }
    assert private
    columns = {column for shape in wanted.values() for column in shape}
    assert not columns & (private | {"secret", "data", "name", "person__name", "note", "code"} - {"code"})
    with columnar() as engine:
        names = [person.name for person in (peopled.cast.resident, peopled.cast.dispatcher)]
        for path in engine.store.folder.glob("*.parquet"):
            rows = engine.connection.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()
            assert not any(name in str(row) for row in rows for name in names), path
            assert not any("13800000000" in str(row) for row in rows), path


@pytest.fixture
def store(tmp_path, settings):
    """A county's own folder, and tables that are wide from the first row on."""
    settings.LIREN_HOME, settings.LIREN_CUBE_ROWS = tmp_path, 1
    return Store()


def figures_now(store) -> dict[str, object]:
    held = choosing.engine(store)
    within = Scope("990009", read_period("2024"))
    return {one.id: value(held, one, within) for one in catalogue().figures.values() if not one.spec.reading}


def live_now() -> dict[str, object]:
    within = Scope("990009", read_period("2024"))
    return {
        one.id: compute(one, within).value for one in catalogue().figures.values() if not one.spec.reading
    }


def test_what_changes_follows(peopled, store):
    """New records, steps, late entries, attendance without a step, and void ones: the old rows are replaced."""
    assert refresh().what == "whole"
    assert figures_now(store) == live_now()
    before = live_now()
    cast = peopled.cast
    record_void(peopled.check, by=cast.dispatcher, note="重复", at=moment("2024-03-13 09:00"))
    record_open("gazette.check", {"title": "补录", "category": "safe", "place": cast.street}, by=cast.dispatcher,
                at=moment("2024-01-05 09:00"))  # fmt: skip
    attendance_take(peopled.round, [{"person": cast.dispatcher, "role": "member", "present": True}],
                    by=cast.dispatcher, at=moment("2024-03-07 09:00"))  # fmt: skip
    assert live_now() != before
    assert refresh().what == "increment"
    assert figures_now(store) == live_now()
    assert refresh().what == "nothing"
    record_open("gazette.check", {"title": "再来", "category": "safe", "place": cast.street}, by=cast.dispatcher,
                at=moment("2024-02-05 09:00"))  # fmt: skip
    refresh()
    assert figures_now(store) == live_now()


def test_small_files_are_worked_in(peopled, store, monkeypatch):
    refresh()
    monkeypatch.setattr("liren.figures.cube.refreshing.BITE", 1)
    cast = peopled.cast
    for day in (3, 4):
        record_open("gazette.check", {"title": "再来", "category": "safe", "place": cast.street}, by=cast.dispatcher,
                    at=moment(f"2024-02-0{day} 09:00"))  # fmt: skip
    monkeypatch.setattr("liren.figures.cube.refreshing._records", lambda state, wanted: 8)
    done = refresh()
    assert (done.what, done.state.gone, done.state.replaced) == ("folded", "", 0)
    assert not any(part.delta for part in done.state.tables.values())
    assert figures_now(store) == live_now()


def test_another_column_is_fetched_before_it_is_asked(peopled, store):
    """A definition that reads more than the files hold is answered live until the next refresh writes them anew."""
    refresh()
    viewer = viewer_of(peopled.cast.inspector, now())
    one = next(one for one in catalogue().figures.values() if can_break(one) and one.spec.source == "check")
    within = Scope("990009", read_period("2024"))
    assert answer([one], within, viewer)
    state = store.state()
    state.tables[relation(catalogue().source(one.spec.source, one.pack.pack))].shape = "another"
    store.keep(state)
    assert answer([one], within, viewer) is None
    assert refresh().what == "whole"
    assert answer([one], within, viewer)


def test_who_is_answered_from_the_files(peopled, store, settings):
    """Who oversees the place; others, narrow questions and old files are answered live."""
    refresh()
    entries = [one for one in catalogue().figures.values() if can_break(one) and one.pack.pack == "gazette"]
    county, street = (Scope(code, read_period("2024")) for code in ("990009", "990009001"))
    inspector, dispatcher = (
        viewer_of(person, now()) for person in (peopled.cast.inspector, peopled.cast.dispatcher)
    )
    plain = [one for one in entries if one.spec.source == "check"]
    assert answer(plain, county, inspector)
    assert answer(plain, county, dispatcher) is None, "her post is at a street"
    assert answer(plain, street, dispatcher)
    assert answer(plain, county, PUBLIC) is None
    settings.LIREN_CUBE_ROWS = 10**6
    assert answer(plain, county, inspector) is None
    settings.LIREN_CUBE_ROWS = 0
    assert answer(plain, county, inspector) is None
    settings.LIREN_CUBE_ROWS = 1
    state = store.state()
    state.at = "2024-01-01T00:00:00+00:00"
    store.keep(state)
    assert answer(plain, county, inspector) is None, "files of long ago"


def test_pages_get_the_same_numbers_and_their_moment(peopled, store):
    refresh()
    viewer = viewer_of(peopled.cast.inspector, now())
    within = Scope("990009", read_period("2024"))
    entries = [one for one in catalogue().figures.values() if one.spec.source == "check" and can_break(one)]
    found, at = by_place(entries, within, viewer)
    assert at == store.state().moment
    live = live_by_place(entries, within)
    for one in entries:
        assert {c: v for c, v in found[one.id].items() if v} == {c: v for c, v in live[one.id].items() if v}
    slots = slots_up_to(within.period)
    lines, at = over_time(entries, within, slots, viewer)
    assert at == store.state().moment
    assert lines == live_over_time(entries, within, slots)
    one, at = by_place(entries, within, PUBLIC)
    assert at is None
    assert one == live


@pytest.mark.parametrize("address", ["/boards/gazette/?place=990009&period=2024",
                                     "/explore/?figure=gazette.checks&by=place&place=990009&period=2024",
                                     "/figures/gazette.checks/?place=990009&period=2024"])  # fmt: skip
def test_a_page_says_how_fresh_its_numbers_are(peopled, store, reader, address):  # noqa: F811
    inspector = reader(peopled.cast.inspector)
    assert "数字截至" not in inspector.get(address).content.decode()
    refresh()
    assert "数字截至" in inspector.get(address).content.decode()


def test_a_figure_of_a_town_is_counted_at_this_moment(peopled, store, reader):  # noqa: F811
    refresh()
    page = reader(peopled.cast.inspector).get("/figures/gazette.checks/?place=990009001&period=2024")
    assert "数字截至" not in page.content.decode(), "narrow: the live engine is quick"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("signs", [False, True], ids=["plain texts", "the sign between texts"])
def test_read_by_connections_of_their_own(packs, store, signs):  # noqa: F811
    """By ADBC, outside any transaction: texts, moments, numbers and truths arrive as they are kept."""
    pytest.importorskip("adbc_driver_sqlite")
    enter([
        {"values": {}, "place": "990009001", "opened": moment("2024-01-02 03:04"), "ended": None},
        {"values": {"title": "'\"\\ 乙", "category": "a", "quantity": 1.25, "ready": True, "pieces": 3,
                    "starts": "2024-02-03", "note": "%_"}, "place": "990009002001",
         "opened": moment("2024-02-02 23:59"), "ended": 3},
    ])  # fmt: skip
    if signs:
        Record.objects.filter(category="a").update(category="a\x1f", source="\x1f乙\x1f")
    done = refresh(store)
    assert done.what == "whole"
    assert Act.objects.count() == done.state.acts
    held = choosing.engine(store)
    for period in ("2024", "2024-02", "asof:2024-02-04"):
        for name in catalogue().packs["plain"].figures:
            same(held, catalogue().figures[f"plain.{name}"], scope("990009", period))
    kept = Record.objects.order_by("pk").values_list("category", "opened", "quantity")
    arrived = held.rows('SELECT category, opened, quantity FROM "plain__thing" ORDER BY id')
    assert arrived == [
        (category, opened.replace(tzinfo=None), quantity) for category, opened, quantity in kept
    ]
    person_add(name="新来的", place=Place.objects.get(code="990009001"))
    assert refresh(store).what == "nothing"


def test_the_tick_follows_what_somebody_has_begun(peopled, store, monkeypatch):
    assert follow() is None, "nobody asked for files"
    refresh()
    assert follow() is None, "a moment ago"
    state = store.state()
    state.at = "2024-01-01T00:00:00+00:00"
    store.keep(state)
    assert follow().what == "nothing"


def test_two_do_not_write_at_once(peopled, store):
    import fcntl

    store.folder.mkdir(parents=True)
    with (store.folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert refresh() is None
    assert refresh().what == "whole"


def test_the_command_line(peopled, store, capsys):
    assert main(["cube", "state"]) == 1
    assert main(["cube", "refresh", "--json"]) == 0
    capsys.readouterr()
    assert main(["cube", "refresh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["what"] == "nothing"
    assert main(["cube", "state", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["behind"] == 0
    assert told["tables"]["gazette__check"] == Record.objects.filter(kind="gazette.check").count()
    words = ["cube", "show", "--pack", "gazette", "--place", "990009", "--period", "2024"]
    assert main([*words, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    march = next(row for row in rows if row["figure"] == "gazette.checks" and row["period"] == "2024-03"
                 and row["place"] == "990009")  # fmt: skip
    assert march["value"] == str(compute("gazette.checks", Scope("990009", read_period("2024-03"))).value)
    assert main([*words, "--sql"]) == 0
    assert "WITH cells AS" in capsys.readouterr().out
    assert main(["cube", "show", "--pack", "gazette"]) == 1


def test_without_the_extra_everything_works_and_says_so(peopled, store, monkeypatch, capsys):
    monkeypatch.setattr("liren.figures.cube.choosing.present", lambda: False)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    within = Scope("990009", read_period("2024"))
    entries = [one for one in catalogue().figures.values() if can_break(one)]
    found, at = by_place(entries, within, viewer_of(peopled.cast.inspector, now()))
    assert (at, found) == (None, live_by_place(entries, within))

    assert main(["cube", "refresh"]) == 1
    assert "pip install 'liren[figures]'" in capsys.readouterr().err
