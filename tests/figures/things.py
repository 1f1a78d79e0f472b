"""Random things of the tests' plain pack, and what they are made of."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from liren.packs.fields import CHINA
from liren.people.actions import person_add, post_take
from liren.places.actions import places_add
from liren.places.models import Place
from liren.records.actions import History, records_enter
from liren.records.models import Record
from tests.cast import LONG_AGO

FIRST = datetime(2024, 1, 1, tzinfo=CHINA)
PLACES = {
    "990009": "county", "990009001": "street", "990009002": "street", "990009003": "street",
    "990009001001": "community", "990009002001": "village", "990009002002": "village",
}  # fmt: skip

WORDS = st.sampled_from(["甲", "乙", "丙 丁", "a", "%_'\"\\", "None", "true", "1"])
LETTERS = st.sampled_from(["a", "b", "c"])
WHOLE = st.integers(-3, 6)
HUNDREDTHS = st.integers(-300, 600).map(lambda n: Decimal(n) / 100) | WHOLE.map(Decimal)
THOUSANDTHS = st.integers(-2000, 4000).map(lambda n: Decimal(n) / 1000) | WHOLE.map(Decimal)
MOMENTS = st.integers(0, 6 * 4 * 30).map(lambda n: FIRST + timedelta(hours=6 * n))
DAYS = st.integers(0, 180).map(lambda n: (FIRST + timedelta(days=n)).date())

#: Field or column → values it may be given.
FIELDS = {
    "title": WORDS, "category": LETTERS, "source": WORDS, "quantity": THOUSANDTHS, "money": HUNDREDTHS,
    "starts": DAYS, "ends": MOMENTS, "grade": LETTERS, "note": WORDS, "pieces": WHOLE, "weight": THOUSANDTHS,
    "fee": HUNDREDTHS, "ready": st.booleans(), "day": DAYS, "moment": MOMENTS, "range": WORDS,
}  # fmt: skip


@st.composite
def thing(draw) -> dict:
    """What one thing is opened with; about half of the fields are missing. ``ended``: days until its end."""
    given = draw(st.fixed_dictionaries({}, optional=FIELDS))
    opened = draw(MOMENTS)
    return {
        "values": given, "place": draw(st.sampled_from(sorted(PLACES))), "opened": opened,
        "ended": draw(st.none() | st.integers(0, 90)),
    }  # fmt: skip


def enter(things: list[dict]) -> list[Record]:
    """Make the world and enter the things by the bulk action."""
    places_add({"code": code, "name": code, "kind": kind} for code, kind in PLACES.items())
    clerk = person_add(name="韩梅")
    post_take(person=clerk, role="dispatcher", starts=LONG_AGO, place=Place.objects.get(code="990009"))
    histories = []
    for said in things:
        values = {name: as_typed(value) for name, value in said["values"].items()}
        ended = said["ended"]
        steps = [("end", {}, clerk, said["opened"] + timedelta(days=ended))] if ended is not None else []
        histories.append(History({**values, "place": said["place"]}, clerk, said["opened"], steps=steps))
    return records_enter("plain.thing", histories)


def as_typed(value) -> str:
    """A value as somebody types it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)
