"""The cast with the shipped packs in force, and residents at the portal."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from PIL import Image

from liren import inforce
from liren.people.actions import person_add
from liren.places.actions import outlines_set
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import Cast, make_cast, moment

PHOTO_SIDE = 2400


@pytest.fixture
def county(db: None) -> Cast:
    """青禾县 with the packs that ship."""
    inforce.catalogue.cache_clear()
    return make_cast()


class Resident(Client):
    """A browser at the portal; its place is 明月里 once it has chosen."""

    def settle(self, code: str = "990009001001") -> Resident:
        self.get("/p/", {"place": code})
        return self

    def form(self, address: str) -> dict[str, str]:
        """The hidden boxes of the page's filing form: the key among them."""
        page = self.get(address).content.decode()
        return dict(re.findall(r'<input type="hidden" name="(key|drafts)" value="([^"]*)"', page))

    def report(self, kind: str = "grid_case.event", follow: bool = True, **said):
        """Fill in the form of a kind and send it."""
        address = f"/p/report/{kind}/"
        words = {"title": "河边路灯不亮", "category": "facility"} | said
        return self.post(address, self.form(address) | words, follow=follow)


@pytest.fixture
def resident(county: Cast) -> Resident:
    return Resident().settle()


@pytest.fixture
def neighbour(county: Cast) -> Resident:
    return Resident().settle()


def photo(side: int = PHOTO_SIDE, form: str = "JPEG", name: str = "现场.jpg", gps: bool = True):
    """A photo as a phone takes it: large, lying on its side, with the place where it was taken."""
    image = Image.new("RGB", (side, side // 2), "#8090a0")
    exif = Image.Exif()
    if gps:
        exif[0x0112] = 6  # turned by a quarter
        exif[0x010F] = "SecretPhone"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (36.0, 12.0, 1.0)
    out = io.BytesIO()
    image.save(out, form, **({"exif": exif} if form == "JPEG" else {}))
    out.seek(0)
    out.name = name
    return out


def event(county: Cast, at: str = "2024-03-04 09:10", **said) -> Record:
    """A matter that a neighbour reported."""
    values = {
        "title": "路灯不亮",
        "category": "facility",
        "source": "resident",
        "place": county.community,
    } | said
    by = person_add(name="居民", place=county.community)
    return record_open("grid_case.event", values, by=by, at=moment(at), entered=moment(at))


def draw(county: Cast) -> None:
    """Boundaries: the county a degree wide, its street the lower half of it, 明月里 the corner of that."""
    sides = {county.county.code: (10, 10), county.street.code: (10, 5), county.community.code: (4, 4)}
    sides |= {county.other_street.code: (10, -5)}
    x, y = 117_000_000, 36_000_000
    rings = {}
    for code, (wide, high) in sides.items():
        low = y if high > 0 else y + 500_000
        top, right = low + abs(high) * 100_000, x + wide * 100_000
        rings[code] = [[[x, low, right, low, right, top, x, top]]]
    outlines_set(rings, source="")


def closed_event(county: Cast, outcome: str = "fixed", result: str = "换了新灯") -> Record:
    """The same, gone the whole way."""
    record = event(county)
    record_step(
        record, "accept", {"level": "normal", "handler": county.housing}, by=county.dispatcher,
        at=moment("2024-03-04 10:00"),
    )  # fmt: skip
    said = {"outcome": outcome, "result": result}
    record_step(record, "finish", said, by=county.handler, at=moment("2024-03-05 10:00"))
    return record_step(record, "confirm", by=county.dispatcher, at=moment("2024-03-06 10:00"))
