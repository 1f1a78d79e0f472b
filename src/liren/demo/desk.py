"""A day at the workbench: the cast that works in the field, and what waits for them on the day the demo is built.

The rest of the demo is history, dated as the reports have it. A to-do list whose every limit ran out years ago shows
nobody how it is to work with one; so this part is dated by the day of building, in 明月里社区 of 清和县.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from liren.activities.actions import attendance_take, check_in, check_out, hours_confirm, signup_make
from liren.activities.codes import code_make
from liren.clock import at_time, now
from liren.exams.actions import paper_commit, paper_open, questions_add
from liren.inforce import catalogue
from liren.packs.fields import CHINA, point_text
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.places.models import Outline, Place, Unit
from liren.records.actions import record_open, record_step
from liren.records.models import Record

from .ground import point_in
from .world import BEGINNING, World, new_persons

BODY, EVENT, SERVICE, EXCHANGE, EXAM = (
    "qinghe",
    "grid_case.event",
    "volunteer_service.service",
    "volunteer_service.exchange",
    "law_exam.exam",
)
BANK = "法律常识示范题库"
LAST = -2
#: (title, category, spot, hours ago, how far it went, values of its last step)
EVENTS = (
    ("井盖松动，车辆经过有响声", "facility", "3 号楼西侧路口", 1.5, "reported"),
    ("楼道堆放纸箱，挡住消防通道", "safety", "5 号楼 2 单元", 3, "reported"),
    ("路灯不亮", "facility", "小广场东北角", 30, "reported"),
    ("垃圾桶满溢", "sanitation", "北门公交站旁", 50, "handling"),
    ("老人家中灯泡需更换", "service", "6 号楼 101", 52, "handling"),
    ("非机动车占用盲道", "sanitation", "明月路 18 号门前", 200, "handling"),
    ("健身器材螺丝脱落", "facility", "小广场", 75, "checking"),
    ("雨水箅子堵塞", "facility", "7 号楼南侧", 98, "checking"),
    ("围墙砖块松动", "safety", "南门东侧", 172, "closed"),
)
#: 全国人大、国务院公布的法律法规里一查便知的常识；答案写键。
QUESTIONS = (
    ("国家宪法日是哪一天？", {"a": "12 月 4 日", "b": "10 月 1 日", "c": "7 月 1 日"}, ["a"]),
    ("《中华人民共和国民法典》自哪一天起施行？", {"a": "2020 年 5 月 28 日", "b": "2021 年 1 月 1 日"}, ["b"]),
    ("自然人年满多少周岁为成年人？", {"a": "十六周岁", "b": "十八周岁", "c": "二十周岁"}, ["b"]),
    ("《中华人民共和国个人信息保护法》自哪一天起施行？", {"a": "2021 年 11 月 1 日", "b": "2020 年 1 月 1 日"}, ["a"]),
    ("《中华人民共和国数据安全法》自哪一天起施行？", {"a": "2021 年 9 月 1 日", "b": "2019 年 9 月 1 日"}, ["a"]),
    ("火警电话是哪个？", {"a": "110", "b": "119", "c": "120"}, ["b"]),
    ("法律援助和法律咨询可以拨打哪个热线？", {"a": "12348", "b": "12306", "c": "12123"}, ["a"]),
    ("政务服务便民热线是哪个？", {"a": "12345", "b": "12315", "c": "12333"}, ["a"]),
    (
        "开展志愿服务应当遵循哪些原则？",
        {"a": "自愿", "b": "无偿", "c": "指派", "d": "诚信"},
        ["a", "b", "d"],
    ),
    ("消费者投诉举报可以拨打哪个热线？", {"a": "12123", "b": "12315", "c": "119"}, ["b"]),
)  # fmt: skip


class Desk:
    """The cast at work in one community, and the moment the demo is built."""

    def __init__(self, world: World, at: datetime) -> None:
        self.at, self.spots = at, 0
        self.street = next(place for place in world.places["towns"] if place.kind == "street")
        self.community = Place.objects.get(code=f"{self.street.code}001")
        self.grid = Place.objects.get(code=f"{self.community.code}003")
        self.county = world.place
        self.handling = Unit.objects.get(name=f"{world.body.name[-1]}城市管理局", place=world.place)
        self.keeper = self._worker("grid-member", "李雷", "grid_member", place=self.grid)
        self.dispatcher = self._worker("dispatcher", "韩梅", "dispatcher", place=self.street)
        self.handler = self._worker("handler", "赵工", "handler", unit=self.handling)
        self.captain = self._worker("squad-leader", "林涛", "squad_leader", place=self.street)
        self.checker = self._worker("hours-checker", "周宁", "hours_checker", place=self.street)
        self.examiner = self._worker("exam-officer", "吴敏", "exam_officer", place=self.county)
        self.supervisor = world.officer("exam_supervisor")
        self.service_keeper = world.officer("service_keeper")
        self.volunteer = person_add(name="周平", code="cast-volunteer", place=self.community)
        self.neighbours = new_persons(8, self.community)

    def _worker(
        self, word: str, name: str, role: str, *, place: Place | None = None, unit: Unit | None = None
    ) -> Person:
        person = person_add(name=name, code=f"cast-{word}", place=self.community)
        post_take(person=person, role=role, starts=BEGINNING, place=place, unit=unit)
        return person

    def spot(self) -> str | None:
        """The next of many points of the grid."""
        self.spots += 1
        outline = Outline.objects.filter(place=self.grid).first()
        point = point_in(outline, self.spots) if outline else None
        return point_text(*point) if point else None

    def ago(self, hours: float) -> datetime:
        """A moment so many hours before the demo is built."""
        return self.at - timedelta(hours=hours)

    def day(self, days: int, hour: int) -> datetime:
        """An hour of the day so many days from today, in China."""
        today = self.at.astimezone(CHINA).replace(hour=hour, minute=0, second=0, microsecond=0)
        return today + timedelta(days=days)


def add_desk(world: World) -> int:
    """Give the cast at the workbench its posts and its day; returns how many records. Nothing without its packs."""
    if not {EVENT, SERVICE, EXAM} <= set(catalogue().kinds):
        return 0
    desk = Desk(world, now())
    made = [_event(desk, *row) for row in EVENTS]
    made += [_past_service(desk, days) for days in (-40, -23, LAST)]
    made += [_service_of_today(desk), _service_to_come(desk), _exam(desk), *_exchanges(desk)]
    return len(made)


def _event(desk: Desk, title: str, category: str, spot: str, hours: float, reached: str) -> Record:
    """A matter of the grid, brought as far as it got."""
    values = {"title": title, "category": category, "spot": spot, "place": desk.grid, "location": desk.spot()}
    steps: tuple[tuple[str, str, dict, Person], ...] = (
        ("handling", "accept", {"handler": desk.handling}, desk.dispatcher),
        ("checking", "finish", {"outcome": "fixed", "result": "已到现场处理，附近居民在场"}, desk.handler),
        ("closed", "confirm", {}, desk.dispatcher),
    )
    with at_time(desk.ago(hours)):
        record = record_open(EVENT, values, by=desk.keeper)
    order = ["reported", *(state for state, *_ in steps)]
    for place, (_state, verb, said, by) in enumerate(steps[: order.index(reached)], 1):
        with at_time(desk.ago(hours - min(1, hours / 4) * place)):
            record = record_step(record, verb, said, by=by)
    return record


def _service(desk: Desk, title: str, category: str, starts: datetime, hours: int, called: datetime) -> Record:
    values = {"title": title, "category": category, "place": desk.community}
    values |= {
        "starts": f"{starts.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "ends": f"{starts.astimezone(CHINA) + timedelta(hours=hours):%Y-%m-%d %H:%M}",
    }
    with at_time(called):
        record = record_open(SERVICE, values, by=desk.captain)
        said = {"risk": "两人一组，注意交通；身体不适请及时告诉队长", "places_wanted": "12"}
        return record_step(record, "publish", said, by=desk.captain)


def _past_service(desk: Desk, days: int) -> Record:
    """An activity that is over: the volunteer came by code, somebody else confirmed the hours."""
    starts = desk.day(days, 9)
    record = _service(desk, "小区清洁日", "environment", starts, 2, starts - timedelta(days=3))
    came = [desk.volunteer, *desk.neighbours[:3]]
    for place, person in enumerate(came):
        arrived = starts + timedelta(minutes=place * 2)
        check_in(record, person=person, by=person, code=_code(record, arrived), at=arrived)
        left = arrived + timedelta(minutes=110)
        check_out(record, person=person, by=person, code=_code(record, left), at=left)
    with at_time(starts + timedelta(hours=3)):
        record = record_step(record, "hold", {"quantity": "60"}, by=desk.captain)
    if days == LAST:
        return record  # still waits for its second person
    rows = {row.pk: 110 for row in record.attendance.all()}
    with at_time(starts + timedelta(days=1)):
        hours_confirm(record, minutes=rows, by=desk.checker)
        return record_step(record, "confirm", {}, by=desk.checker)


def _exchanges(desk: Desk) -> list[Record]:
    """What the volunteer took for points of confirmed minutes, and what waits for somebody to hand it out."""
    keeper = desk.service_keeper
    made = []
    for title, days, given in (("雨伞一把", -15, True), ("社区食堂午餐券", -1, False)):
        with at_time(desk.day(days, 15)):
            record = record_open(EXCHANGE, {"title": title, "place": desk.community}, by=desk.volunteer)
        if given:
            with at_time(desk.day(days + 1, 10)):
                record = record_step(record, "give", {}, by=keeper)
        made.append(record)
    return made


def _code(record: Record, at: datetime) -> str:
    with at_time(at):
        return code_make(record)


def _service_of_today(desk: Desk) -> Record:
    """What the captain runs today: some have come already, others are expected."""
    starts = desk.at - timedelta(minutes=50)
    record = _service(desk, "文明出行劝导", "civic", starts, 3, desk.ago(70))
    for person in [desk.volunteer, *desk.neighbours]:
        signup_make(record, by=person, at=desk.ago(60))
    for place, person in enumerate(desk.neighbours[:4]):
        arrived = starts + timedelta(minutes=3 * place)
        check_in(record, person=person, by=person, code=_code(record, arrived), at=arrived)
    return record


def _service_to_come(desk: Desk) -> Record:
    record = _service(desk, "探望独居老人", "visit", desk.day(3, 14), 2, desk.ago(20))
    signup_make(record, by=desk.volunteer, at=desk.ago(5))
    return record


def _exam(desk: Desk) -> Record:
    """An exam that is open today, drawn in the open, with the volunteer on its list."""
    rows = [
        {"text": text, "options": options, "answer": answer, "marks": 10}
        for text, options, answer in QUESTIONS
    ]
    questions_add(BANK, rows)
    values = {"title": "法律常识网上考试", "category": "staff", "place": desk.county, "pass_mark": "30"}
    values |= {"minutes_allowed": "20", "starts": f"{desk.day(0, 9):%Y-%m-%d %H:%M}"}
    values |= {"ends": f"{desk.day(6, 18):%Y-%m-%d %H:%M}"}
    with at_time(desk.ago(50)):
        record = record_open(EXAM, values, by=desk.examiner)
        record_step(record, "draw", {"bank": BANK, "quantity": "5"}, by=desk.examiner)
        listed = [
            {"person": one, "reason": "待考"} for one in (desk.volunteer, desk.keeper, *desk.neighbours)
        ]
        attendance_take(record, listed, by=desk.examiner)
        paper = paper_commit(record, bank=BANK, count=5, pass_marks=30, by=desk.examiner)
    with at_time(desk.ago(1)):
        paper_open(paper, by=desk.examiner)
        return record_step(record, "begin", {}, by=desk.supervisor)
