"""Boundaries from GeoJSON: by code, in degrees, all faults at once, nothing converted."""

from __future__ import annotations

import json

import pytest

from liren.cli.main import main
from liren.places.actions import outlines_set
from liren.places.models import Outline
from liren.places.queries import place_at
from liren.refusals import Refusal
from liren.tables.outlines import read_outlines
from tests.cast import Cast


def square(x: float, y: float, side: float = 0.1) -> list[list[list[float]]]:
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


def feature(code: str, coordinates, kind: str = "Polygon", key: str = "code") -> dict:
    return {
        "type": "Feature",
        "properties": {key: code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


@pytest.fixture
def file(tmp_path):
    def make(*features, **more):
        path = tmp_path / "界线.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}))
        return path

    return make


def test_a_file_is_laid_over_the_places_and_a_point_finds_its_place(cast: Cast, file, capsys):
    path = file(
        feature("990009", square(117, 36, 1)),
        feature("990009001", square(117, 36, 0.5), key="区划代码"),
        feature("990009001001", [square(117, 36, 0.2)], "MultiPolygon"),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    )
    assert main(["import", "outline", str(path), "--dry-run"]) == 0
    assert not Outline.objects.exists()
    assert main(["import", "outline", str(path)]) == 0
    assert "写入 3 个" in capsys.readouterr().out
    assert Outline.objects.get(place=cast.community).rings == [
        [[117_000_000, 36_000_000, 117_200_000, 36_000_000, 117_200_000, 36_200_000, 117_000_000, 36_200_000]]
    ]
    assert place_at(117_100_000, 36_100_000) == cast.community
    assert place_at(117_100_000, 36_100_000, "town") == cast.street
    assert place_at(117_900_000, 36_900_000) == cast.county
    assert place_at(118_100_000, 36_100_000) is None


def test_laying_them_a_second_time_replaces_them(cast: Cast, file):
    for x in (117, 118):
        outlines_set(read_outlines(file(feature("990009", square(x, 36)))).rings, source="")
    assert Outline.objects.get().west == 118_000_000


def test_all_faults_are_told_at_once_and_nothing_is_written(cast: Cast, file, capsys):
    path = file(
        feature("990009", square(500_000, 4_000_000)),
        feature("990009001", square(36, 117)),
        feature("990010", square(117, 36)),
        feature("990009002", [[[117, 36], [117.1, 36]]]),
        feature("", square(117, 36)),
        feature("990009001001", [117, 36], "Point"),
        {"type": "Feature", "properties": {"code": "1"}, "geometry": None},
        feature("990009002001", [[["a", "b"]]]),
    )
    assert main(["import", "outline", str(path)]) == 1
    said = capsys.readouterr().err
    for words in (
        "像是平面坐标", "先写经度", "没有地点 990010", "一圈不到三个点", "没有区划代码", "形状是 Point", "没有 properties",
        "990009002001 的坐标读不懂", "一处也没有写入",
    ):  # fmt: skip
        assert words in said
    assert not Outline.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "不是 JSON"),
        ("[]", "FeatureCollection"),
        (
            '{"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "GCJ-02"}}}',
            "不做转换",
        ),
    ],
)
def test_what_is_no_geojson_of_ours_is_refused_with_the_reason(db, tmp_path, text, words):
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(Refusal) as caught:
        read_outlines(path)
    assert words in str(caught.value)
