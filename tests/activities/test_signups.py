"""Signing up: a seat while there are any, then the waiting list; the last place is given once."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from liren import inforce
from liren.activities.actions import signup_leave, signup_make
from liren.activities.models import Signup
from liren.activities.queries import signup_of, taken_of, waiting_before
from liren.notices.models import Notice
from liren.people.actions import person_add
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import make_cast, moment
from tests.matters import refused

OPEN, BEGINS = moment("2024-03-04 09:00"), moment("2024-03-09 09:00")
BEFORE = moment("2024-03-05 09:00")


def activity(cast, capacity: int | None = 2, state: str = "published") -> Record:
    from liren.people.actions import post_take
    from tests.cast import LONG_AGO

    keeper = person_add(name="何敏")
    post_take(person=keeper, role="practice_keeper", starts=LONG_AGO, place=cast.county)
    values = {"title": "包粽子", "place": cast.community, "starts": BEGINS} | (
        {"capacity": capacity} if capacity else {}
    )
    record = record_open("practice_calendar.event", values, by=keeper, at=OPEN)
    if state != "planned":
        record_step(record, "publish", by=keeper, at=OPEN)
    return record


@pytest.fixture
def cast(db):
    inforce.catalogue.cache_clear()
    return make_cast()


def join(record, at=BEFORE) -> Signup:
    return signup_make(record, by=person_add(name="居民"), name="张", at=at)


def test_seats_then_the_waiting_list(cast):
    record = activity(cast)
    assert [join(record).seat for _ in range(4)] == [1, 2, None, None]
    taken = taken_of([record])[record.pk]
    assert (taken.seated, taken.waiting, taken.room, taken.free) == (2, 2, 2, 0)
    assert waiting_before(Signup.objects.last()) == 1


def test_without_a_number_there_is_room_for_all(cast):
    record = activity(cast, capacity=None)
    assert [join(record).seat for _ in range(3)] == [1, 2, 3]
    assert taken_of([record])[record.pk].free is None


def test_doing_it_twice_changes_nothing(cast):
    record, person = activity(cast), person_add(name="居民")
    first = signup_make(record, by=person, at=BEFORE)
    assert signup_make(record, by=person, at=BEFORE).pk == first.pk
    assert Signup.objects.count() == 1


def test_who_leaves_makes_room_for_who_waited_longest(cast):
    record = activity(cast)
    seated, _other, waiting, last = (join(record) for _ in range(4))
    assert signup_leave(record, by=seated.person, at=BEFORE)
    waiting.refresh_from_db()
    last.refresh_from_db()
    assert (waiting.seat, last.seat) == (1, None)
    told = Notice.objects.get()
    assert told.person == waiting.person
    assert "候补已转为正式名额" in told.text
    assert not signup_leave(record, by=seated.person, at=BEFORE)
    assert signup_make(record, by=seated.person, at=BEFORE).seat is None, "who comes back stands at the end"


def test_more_room_is_first_for_those_who_wait(cast):
    record = activity(cast, capacity=1)
    first, waiting = join(record), join(record)
    record.data["capacity"] = 3
    record.save()
    newcomer = join(record)
    waiting.refresh_from_db()
    assert (first.seat, waiting.seat, newcomer.seat) == (1, 2, 3)


def test_when_nobody_signs_up(cast):
    with refused("wrong_state", "待公布", "报名"):
        join(activity(cast, state="planned"))
    with refused("wrong_state", "已经开始"):
        join(activity(cast), at=moment("2024-03-09 09:01"))
    event = record_open(
        "grid_case.event", {"title": "灯", "category": "facility", "place": cast.community}, by=cast.resident
    )
    with refused("bad_value", "不用报名"):
        join(event)


def test_after_the_beginning_nobody_moves_up(cast):
    record = activity(cast, capacity=1)
    first, waiting = join(record), join(record)
    signup_leave(record, by=first.person, at=moment("2024-03-09 10:00"))
    waiting.refresh_from_db()
    assert waiting.seat is None


def test_the_database_itself_refuses_a_seat_twice(cast):
    record = activity(cast)
    seat = join(record).seat
    with pytest.raises(IntegrityError), transaction.atomic():
        Signup.objects.create(record=record, person=person_add(name="居民"), seat=seat, at=BEFORE)
    assert signup_of(record, cast.resident) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_click_at_once_one_gets_the_last_place():
    inforce.catalogue.cache_clear()
    record = activity(make_cast(), capacity=3)
    persons = [person_add(name="居民") for _ in range(8)]
    ready, faults = threading.Barrier(len(persons)), []

    def click(person):
        try:
            ready.wait(timeout=20)
            signup_make(record, by=person, at=BEFORE)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(person,)) for person in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    seats = sorted(Signup.objects.filter(seat__isnull=False).values_list("seat", flat=True))
    assert seats == [1, 2, 3]
    assert Signup.objects.filter(seat__isnull=True).count() == 5
