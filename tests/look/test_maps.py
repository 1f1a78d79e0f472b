"""Maps as pictures: sound SVG, names that do not lie on one another, a scale that is true."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote

from liren.look import maps
from liren.look.maps import Shape, Spot, drawn, framed
from liren.places.geometry import Box, around

HERE = (117_000_000, 36_000_000)
SVG = "{http://www.w3.org/2000/svg}"


def square(title: str, west: int, south: int, side: int = 10_000, **more) -> Shape:
    ring = [west, south, west + side, south, west + side, south + side, west, south + side]
    return Shape(title, [[ring]], west + side // 2, south + side // 2, **more)


def whole(shapes=(), spots=(), box: Box | None = None, **more):
    return ET.fromstring(drawn(framed(box or around(HERE, 2000)), shapes, spots, "标题", "说明", **more))


def test_it_is_sound_and_says_in_words_what_it_is():
    svg = whole([square('<"明月里"&>', *HERE)], [Spot(*HERE, "灯", "1", "/p/?a=1&b=2")], here=HERE)
    assert svg.find(f"{SVG}title").text == "标题"
    assert svg.find(f"{SVG}desc").text == "说明"
    assert svg.attrib["role"] == "group"
    assert whole().attrib["role"] == "img"


def test_a_frame_keeps_the_ground_as_wide_as_it_is():
    for box in (around(HERE, 10), around(HERE, 5000), Box(117_000_000, 36_000_000, 117_900_000, 36_010_000)):
        frame = framed(box)
        wide, high = frame.box.metres
        assert abs(wide / maps.WIDE / (high / frame.high) - 1) < 0.01, "metres are as long across as up"
        assert maps.LOW <= frame.high <= maps.HIGH
        assert frame.box.holds(box.west, box.south)
        assert frame.box.holds(box.east, box.north)
        assert wide >= 2 * maps.CLOSEST


def test_names_do_not_lie_on_one_another_and_stand_within_the_picture():
    svg = whole([square("很长的一个社区的名称", HERE[0] + n * 900, HERE[1]) for n in range(20)])
    names = svg.findall(f".//{SVG}text[@class='map-name']")
    spots = [(float(one.attrib["x"]), float(one.attrib["y"])) for one in names]
    assert spots
    for at, one in enumerate(spots):
        assert all(abs(one[0] - two[0]) > 140 or abs(one[1] - two[1]) > 10 for two in spots[at + 1 :])
        assert 70 <= one[0] <= maps.WIDE - 70


def test_what_lies_outside_is_not_drawn_and_what_reaches_in_is_cut():
    svg = whole([square("外面", 118_000_000, 36_000_000), square("大县", 116_000_000, 35_000_000, 2_000_000)])
    paths = svg.findall(f".//{SVG}path")
    assert len(paths) == 2, "the county, and the bar of the scale"
    assert max(abs(float(n)) for n in re.findall(r"-?[\d.]+", paths[0].attrib["d"])) < 500


def test_the_bar_of_the_scale_is_as_long_as_it_says():
    frame = framed(around(HERE, 2000), 0)
    text = drawn(frame, [], [], "", "")
    bar = re.search(r"M8 \d+V\d+H([\d.]+)V", text)
    assert bar is not None
    metres = (float(bar[1]) - 8) * frame.box.metres[0] / maps.WIDE
    said = re.search(r">(\d+) (k?m)</text>", text)
    assert said is not None
    assert abs(metres - int(said[1]) * (1000 if said[2] == "km" else 1)) < 5


def test_the_picture_to_be_tapped_holds_no_link_and_closes_no_attribute():
    source = maps.tapped(
        framed(around(HERE, 500)), [square('"><b', *HERE, href="/x")], [Spot(*HERE, "", "", "/y")]
    )
    assert not set('<>"') & set(source)
    assert "href" not in unquote(source)
    ET.fromstring(unquote(source.partition(",")[2]))
