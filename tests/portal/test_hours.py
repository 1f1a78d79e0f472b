"""Opening hours as offices write them: read whole or not at all."""

from datetime import date

import pytest

from liren.portal.hours import read_hours
from tests.cast import moment

WORKDAY = lambda day: day.weekday() < 5  # noqa: E731


@pytest.mark.parametrize(
    ("text", "opened", "shut"),
    [
        (
            "周二至周日九时至十七时",
            ["2024-03-05 09:00", "2024-03-10 16:59"],
            ["2024-03-04 10:00", "2024-03-05 17:00"],
        ),
        ("工作日和周六九时至十七时", ["2024-03-04 10:00", "2024-03-09 10:00"], ["2024-03-10 10:00"]),
        (
            "每天8点半至21点",
            ["2024-03-10 08:30", "2024-03-10 20:59"],
            ["2024-03-10 08:29", "2024-03-10 21:00"],
        ),
        ("每天9点至17点，周一闭馆", ["2024-03-05 09:00"], ["2024-03-04 09:00"]),
        ("工作日八时三十分至十七时", ["2024-03-04 08:30"], ["2024-03-04 08:29", "2024-03-09 10:00"]),
        (
            "周一至周五 8:30-11:30，14:00-17:30",
            ["2024-03-04 11:00", "2024-03-04 14:00"],
            ["2024-03-04 12:00"],
        ),
        (
            "工作日上午8:30至11:30，下午2点至5点",
            ["2024-03-04 15:00"],
            ["2024-03-04 13:00", "2024-03-04 17:30"],
        ),
        ("周末9点至17点", ["2024-03-09 10:00", "2024-03-10 10:00"], ["2024-03-08 10:00"]),
        ("周六至周一9点至12点", ["2024-03-09 10:00", "2024-03-11 10:00"], ["2024-03-12 10:00"]),
        ("每天0点至24点", ["2024-03-09 00:00", "2024-03-09 23:59"], []),
    ],
)
def test_what_can_be_read(text, opened, shut):
    hours = read_hours(text)
    assert hours is not None, text
    for at in opened:
        assert hours.open_at(moment(at), WORKDAY), at
    for at in shut:
        assert not hours.open_at(moment(at), WORKDAY), at


@pytest.mark.parametrize(
    "text",
    ["随场馆开放", "看情况", "9点至17点", "每天", "周一至周五9:00—17:00，节假日除外", "每天25点至26点", "农忙时早上开", "",
     "每天9点至17点，冬季提前半小时关门", "每天9点至17点，活动日闭馆"],
)  # fmt: skip
def test_what_cannot_be_read_whole_is_not_guessed_at(text):
    assert read_hours(text) is None


def test_when_it_opens_next():
    hours = read_hours("工作日九时至十七时")
    assert hours is not None
    assert hours.next_open(moment("2024-03-08 18:00"), WORKDAY) == moment("2024-03-11 09:00")
    assert hours.next_open(moment("2024-03-08 08:00"), WORKDAY) == moment("2024-03-08 09:00")
    assert hours.next_open(moment("2024-03-08 18:00"), lambda day: day > date(2025, 1, 1)) is None
