"""What is told in the site, what is urgent, what is settled; and that nobody learns whether it was read."""

import pytest
from django.apps import apps

from liren.clock import at_time
from liren.notices.actions import notices_send, notices_settle, preference_set
from liren.notices.models import Line, Notice
from liren.notices.queries import notices_of, open_count, open_notices, preference_of
from liren.people.actions import post_leave
from liren.people.visibility import PUBLIC, viewer_of
from liren.records.actions import file_attach, tick
from liren.refusals import Refusal
from tests.cast import moment
from tests.matters import accept, event
from tests.notices.conftest import give_address

NOW = moment("2024-03-05 09:00")


def tell(record, *persons, text="请看", at=NOW, **more):
    with at_time(at):
        return notices_send(record=record, persons=persons, text=text, at=at, **more)


def shown(person):
    return [
        (one.record.title, one.text, one.count, one.urgent) for one in open_notices(viewer_of(person, NOW))
    ]


def test_the_list_names_each_record_once_with_the_last_word(cast):
    lamp, pipe = event(cast), event(cast, title="水管漏水")
    assert tell(lamp, cast.dispatcher, cast.deputy, cast.dispatcher, text="一") == 2
    assert tell(pipe, cast.dispatcher, text="二", at=moment("2024-03-05 09:01")) == 1
    tell(lamp, cast.dispatcher, text="三", at=moment("2024-03-05 09:02"))
    assert shown(cast.dispatcher) == [("路灯不亮", "三", 2, False), ("水管漏水", "二", 1, False)]
    assert shown(cast.deputy) == [("路灯不亮", "一", 1, False)]
    assert shown(cast.leader) == []
    assert open_count(viewer_of(cast.dispatcher, NOW)) == 2
    assert open_notices(PUBLIC) == [] and open_count(PUBLIC) == 0
    assert len(open_notices(viewer_of(cast.dispatcher, NOW), most=1)) == 1
    assert [notice.text for notice in notices_of(cast.dispatcher, 9)] == ["三", "二", "一"]
    assert tell(lamp) == 0


def test_it_is_settled_when_the_record_moves_on(cast):
    record, other = event(cast), event(cast, title="水管漏水")
    tell(record, cast.dispatcher, cast.deputy)
    tell(other, cast.dispatcher)
    assert notices_settle(record, at=NOW) == 2
    assert shown(cast.dispatcher) == [("水管漏水", "请看", 1, False)]
    assert notices_settle(record, at=moment("2024-03-06 09:00")) == 0
    assert {notice.settled for notice in Notice.objects.filter(record=record)} == {NOW}
    assert len(notices_of(cast.dispatcher, 9)) == 2  # it was told, and stays told


def test_a_step_settles_what_was_told_before_it(cast):
    """Not an attachment, not a limit that passes: only what moves it on."""
    record = event(cast)
    tell(record, cast.dispatcher)
    name, kind = "a.txt", "text/plain"
    file_attach(
        record, name=name, content=b"x", media_type=kind, by=cast.grid_member, at=moment("2024-03-04 10:20")
    )
    assert shown(cast.dispatcher)
    accept(cast, record)
    assert shown(cast.dispatcher) == []
    assert [notice.settled is not None for notice in notices_of(cast.dispatcher, 9)] == [True]


def test_who_opened_it_still_hears_of_every_step(cast, settings):
    record = event(cast)
    for person in (cast.grid_member, cast.deputy):
        Line.objects.create(person=person, record=record, text="x", told=NOW, due=NOW)
    Line.objects.create(robot="team", record=record, text="x", told=NOW, due=NOW)
    notices_settle(record, at=NOW)
    assert record.opener == cast.grid_member
    assert [line.person for line in Line.objects.filter(text="x")] == [cast.grid_member]


def test_a_record_one_may_not_see_any_more_is_left_out(cast):
    tell(event(cast), cast.dispatcher)
    post_leave(cast.dispatcher.posts.get(), at=moment("2024-03-05 08:00"))
    assert shown(cast.dispatcher) == []
    assert open_count(viewer_of(cast.dispatcher, NOW)) == 0


def test_what_is_urgent_comes_first(cast):
    plain, urgent = event(cast), event(cast, title="井盖丢了", level="urgent")
    tell(urgent, cast.dispatcher)
    tell(plain, cast.dispatcher, at=moment("2024-03-05 10:00"))
    assert [title for title, *_ in shown(cast.dispatcher)] == ["井盖丢了", "路灯不亮"]


@pytest.mark.parametrize(
    ("says", "level", "urgent"),
    [
        ("", "normal", False),
        ("", "urgent", True),
        ("urgent: {levels: [major]}", "major", True),
        ("urgent: {levels: [major]}", "urgent", False),
        ("urgent: {kinds: [street.event]}", "normal", True),
        ("urgent: {kinds: [street.shop], levels: []}", "urgent", False),
    ],
)
def test_the_county_says_what_is_urgent(cast, county_says, says, level, urgent):
    if says:
        county_says(says)
    tell(event(cast, level=level), cast.dispatcher)
    assert Notice.objects.get().urgent is urgent


def test_who_tells_may_say_so_themselves(cast):
    tell(event(cast), cast.dispatcher, urgent=True)
    tell(event(cast, level="urgent"), cast.dispatcher, urgent=False)
    assert [notice.urgent for notice in Notice.objects.order_by("pk")] == [True, False]


def test_a_limit_that_passed_is_urgent_and_a_step_is_not(cast):
    record = event(cast)
    assert tick(moment("2024-03-04 12:00")) == 1
    assert {notice.urgent for notice in Notice.objects.filter(record=record)} == {True}
    Notice.objects.all().delete()
    accept(cast, event(cast))
    assert {notice.urgent for notice in Notice.objects.all()} == {False}


def test_looking_changes_nothing(mailed, django_assert_max_num_queries):
    """No read receipts: nothing that a look could write to, and a look writes nothing."""
    record = event(mailed)
    tell(record, mailed.dispatcher)
    before = list(Notice.objects.values()), list(Line.objects.values())
    with django_assert_max_num_queries(2) as asked:
        open_notices(viewer_of(mailed.dispatcher, NOW))
    assert all(query["sql"].startswith("SELECT") for query in asked)
    assert (list(Notice.objects.values()), list(Line.objects.values())) == before
    columns = {
        field.name for model in apps.get_app_config("notices").get_models() for field in model._meta.fields
    }
    assert not {
        name for name in columns if any(word in name for word in ("read", "seen", "open", "view", "click"))
    }


# -- how persons like to be told ----------------------------------------------------------------------


def due(person):
    return [line.due for line in Line.objects.filter(person=person)]


def test_what_nobody_chose_is_the_countys(mailed, county_says):
    county_says('digest: "16:00"\nquiet: {from: "20:00", to: "08:00"}\n')
    chosen = preference_of(mailed.dispatcher)
    assert (chosen.mail, chosen.digest, f"{chosen.quiet_from:%H:%M}", f"{chosen.quiet_to:%H:%M}") == (
        True, "daily", "20:00", "08:00",
    )  # fmt: skip
    tell(event(mailed), mailed.dispatcher)
    assert due(mailed.dispatcher) == [moment("2024-03-05 16:00")]
    preference_set(by=mailed.dispatcher, urgent_passes=True)
    assert f"{preference_of(mailed.dispatcher).quiet_from:%H:%M}" == "20:00"


def test_a_choice_holds_for_what_waits_already(mailed):
    tell(event(mailed), mailed.dispatcher, mailed.deputy)
    assert due(mailed.dispatcher) == [moment("2024-03-06 08:30")]
    preference_set(by=mailed.dispatcher, digest="now")
    assert due(mailed.dispatcher) == [moment("2024-03-05 09:01")]
    assert due(mailed.deputy) == [moment("2024-03-06 08:30")]
    preference_set(by=mailed.dispatcher, mail=False)
    assert due(mailed.dispatcher) == []
    tell(event(mailed), mailed.dispatcher)
    assert due(mailed.dispatcher) == []
    assert open_count(viewer_of(mailed.dispatcher, NOW)) == 2  # the list in the site is nobody's choice
    assert preference_of(mailed.dispatcher).digest == "now"


def test_a_choice_that_does_not_exist_is_refused(cast):
    with pytest.raises(Refusal, match="hourly"):
        preference_set(by=cast.dispatcher, digest="hourly")


def test_only_who_can_be_reached_gets_a_line(mailed, settings):
    give_address(mailed.leader, "")
    mailed.deputy.user.is_active = False
    mailed.deputy.user.save()
    everybody = [mailed.dispatcher, mailed.deputy, mailed.leader, mailed.grid_member]
    tell(event(mailed), *everybody)
    assert [line.person for line in Line.objects.all()] == [mailed.dispatcher]
    assert Notice.objects.count() == 4
    settings.LIREN_MAIL_FROM = ""
    tell(event(mailed), *everybody)
    assert Line.objects.count() == 1


def test_a_slip_in_the_countys_file_does_not_stop_the_work(mailed, county_says):
    county_says("digest: half past eight")
    assert tell(event(mailed), mailed.dispatcher) == 1
    assert due(mailed.dispatcher) == [moment("2024-03-06 08:30")]
