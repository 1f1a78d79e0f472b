"""Spark SQL over the shares of counties counts what the live engine counts over one database that holds them all."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.cli.main import main
from liren.figures.cube.refreshing import refresh
from liren.figures.cube.shapes import shapes
from liren.figures.cube.sharing import read_key, share, sign
from liren.figures.cube.storing import DuckEngine, Store, all_shapes
from liren.figures.queries import compute
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.packs.fields import CHINA
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.places.actions import place_add
from liren.records.actions import History, records_enter
from liren.refusals import Refusal
from tests.cast import LONG_AGO
from tests.figures.engines import definitions, entry, every_name, rounded
from tests.figures.test_cube import same
from tests.figures.test_reckoning import PERIODS, POINTS, scope
from tests.figures.things import PLACES, enter, thing

pytest.importorskip("duckdb", reason="the extra liren[figures] is not installed")

KEY = b"a key of the province, sent apart from the data"
COUNTIES = ("990007", "990008")


@pytest.fixture(scope="module", autouse=True)
def session(request):
    """One Spark session for all tests that ask for one; they are skipped where there is nothing to speak to it."""
    if not request.session.items or not any("spark" in item.name for item in request.session.items):
        yield None
        return
    # Where tests run side by side the main module has no file, which pyspark takes for a run of its own tests.
    vars(sys.modules["__main__"]).setdefault("__file__", __file__)
    try:
        import pyspark.sql.connect.session  # noqa: F401
    except ImportError:
        yield None
        return
    from liren.figures.cube.province import spark

    with spark() as found:
        Spark.session = found
        yield found


def needs_spark() -> None:
    if Spark.session is None:
        pytest.skip("pyspark is not installed: make province")


@contextmanager
def shared(entries, *counties: str):
    """The shares of counties, written from the test's database this moment."""
    from liren.figures.cube.province import SparkEngine

    with TemporaryDirectory() as folder:
        store, wanted = Store(Path(folder) / "cube"), shapes(entries)
        refresh(store, whole=True, wanted=wanted)
        for county in counties:
            share(county, Path(folder) / "shares", KEY, store, wanted)
        yield SparkEngine(Spark.session, [Path(folder) / "shares" / county for county in counties], wanted)


@pytest.mark.usefixtures("shelf")
class Spark(TestCase):
    session = None

    @settings(max_examples=5)
    @given(
        st.lists(thing(), max_size=10), st.lists(definitions(), min_size=4, max_size=10),
        st.sampled_from([*sorted(PLACES), "99"]), PERIODS | POINTS,
    )  # fmt: skip
    def test_spark_on_any_definition_and_things(self, things, specs, place, period):
        needs_spark()
        enter(things)
        with shared(every_name(), "990009") as engine:
            for spec in specs:
                same(engine, entry(spec), scope(place, period))

    @settings(max_examples=2)
    @given(st.lists(thing(), min_size=4, max_size=12), PERIODS)
    def test_spark_on_every_figure_of_the_plain_pack(self, things, period):
        needs_spark()
        enter(things)
        with shared(None, "990009") as engine:
            for name in catalogue().packs["plain"].figures:
                same(engine, catalogue().figures[f"plain.{name}"], scope("990009", period))


def two_counties() -> None:
    """One person at work in both counties, one in each; somebody without a code in each."""
    for county in COUNTIES:
        place_add(code=county, name=f"{county}县", kind="county")
        place_add(code=f"{county}001", name=f"{county}街道", kind="street")
    clerk = person_add(name="韩梅")
    for county in COUNTIES:
        from liren.places.models import Place

        post_take(person=clerk, role="dispatcher", starts=LONG_AGO, place=Place.objects.get(code=county))
    both, first, second = (
        person_add(name=n, code=c) for n, c in (("李雷", "V1"), ("王芳", "V2"), ("陈明", "V3"))
    )
    nobody = person_add(name="无编号")
    at = datetime(2024, 3, 5, 9, tzinfo=CHINA)
    for county, persons in zip(COUNTIES, ((both, first, nobody), (both, second, both)), strict=True):
        records_enter("plain.thing", [
            History({"title": "物", "place": f"{county}001", "person": person}, clerk, at) for person in persons
        ])  # fmt: skip


def of_persons():
    from liren.packs.figure_language import Figure

    return [entry(Figure(title="人数", unit="人", of="thing", distinct="person"))]


@pytest.mark.usefixtures("shelf", "db")
def test_persons_are_told_apart_across_counties_by_spark():
    needs_spark()
    two_counties()
    (persons,) = of_persons()
    live = compute(persons, scope("9900", "2024")).value
    assert live == 4
    with shared(of_persons(), *COUNTIES) as engine:
        same(engine, persons, scope("9900", "2024"))
        for county in COUNTIES:
            same(engine, persons, scope(county, "2024"))


@pytest.mark.usefixtures("shelf", "db")
def test_a_share_names_nobody(tmp_path):
    two_counties()
    wanted = shapes(of_persons())
    store = Store(tmp_path / "cube")
    refresh(store, whole=True, wanted=wanted)
    for county in COUNTIES:
        done = share(county, tmp_path / "shares", KEY, store, wanted)
        assert done.tables["plain__thing"] == 3
    engine = DuckEngine(store, store.state(), all_shapes(wanted))
    signs = {}
    for county in COUNTIES:
        path = tmp_path / "shares" / county / "plain__thing.parquet"
        rows = engine.connection.execute(f"SELECT id, person_id FROM read_parquet('{path}')").fetchall()
        assert all(str(number).startswith(county) for number, _sign in rows), (
            "numbers of two counties do not meet"
        )
        signs[county] = {one for _number, one in rows}
    (same_person,) = signs[COUNTIES[0]] & signs[COUNTIES[1]]
    assert same_person == sign(KEY, "code", "V1")
    told = {str(pk) for pk in Person.objects.values_list("pk", flat=True)} | {"V1", "V2", "李雷", "无编号"}
    assert not {one for county in COUNTIES for one in signs[county]} & told
    assert sign(b"another key of thirty-two bytes!", "code", "V1") != same_person


def test_a_key_must_be_long(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(Refusal, match="32"):
        read_key(tmp_path / "key")
    with pytest.raises(Refusal):
        read_key(tmp_path / "nothing")


@pytest.mark.usefixtures("shelf", "db")
def test_the_command_line_by_spark(tmp_path, settings, capsys):
    """From two counties' shares to figures.json and a page."""
    needs_spark()
    settings.LIREN_HOME = tmp_path
    two_counties()
    (tmp_path / "key").write_bytes(KEY)
    assert main(["cube", "refresh"]) == 0
    for county in COUNTIES:
        words = [
            "cube",
            "share",
            "--place",
            county,
            "--out",
            str(tmp_path / "s"),
            "--key",
            str(tmp_path / "key"),
        ]
        assert main(words) == 0
    assert (
        main(
            [
                "province",
                str(tmp_path / "s"),
                "--period",
                "2024",
                "--pack",
                "plain",
                "--out",
                str(tmp_path / "o"),
            ]
        )
        == 0
    )
    told = json.loads((tmp_path / "o" / "figures.json").read_text("utf-8"))
    (count,) = (one for one in told["figures"] if one["figure"] == "plain.n")
    assert (count["value"], count["counties"]) == ("6", dict.fromkeys(COUNTIES, "3"))
    assert rounded(compute("plain.n", Scope("99", scope("99", "2024").period)).value) == 6
    assert "件数" in (tmp_path / "o" / "province.html").read_text("utf-8")
    capsys.readouterr()
    file = tmp_path / "s" / COUNTIES[0] / "share.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"shapes": {}}), "utf-8")
    assert main(["province", str(tmp_path / "s"), "--period", "2024", "--out", str(tmp_path / "o")]) == 1
    assert "口径" in capsys.readouterr().err
