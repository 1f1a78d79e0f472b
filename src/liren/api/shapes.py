"""What goes in and out, as pydantic models: what is not named here does not leave the house, or enter it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

#: A value of a field: as typed, or as JSON has it; several for a field of several choices.
Value = (
    Annotated[str, Field(max_length=20_000)]
    | bool
    | int
    | float
    | list[Annotated[str, Field(max_length=60)]]
    | None
)
Values = Annotated[dict[Annotated[str, Field(max_length=60)], Value], Field(max_length=100)]
Words = Annotated[str, Field(max_length=200)]


class Given(Schema):
    """Base of what comes in: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """RFC 9457 application/problem+json：`code` 见拒绝目录；`detail` 是给人看的话。What was refused, and why."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    mend: str | None = None
    errors: list[dict[str, str]] | None = None


class Named(Schema):
    """代码和名称。A code and a name."""

    code: str
    name: str


class PlaceOut(Named):
    """地点：区划代码就是树。A place; its code is the tree."""

    kind: str
    level: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


class FieldOut(Schema):
    """一栏：类型、是否必填、选项。A field of a kind."""

    key: str
    title: str
    type: str
    required: bool
    private: bool
    unit: str | None = None
    choices: dict[str, str] | None = None


class StepOut(Schema):
    """一步：从哪到哪、要问什么。A step."""

    verb: str
    title: str
    from_: list[str] = Field(alias="from")
    to: str | None
    asks: list[str]


class KindShort(Schema):
    """一类记录。A kind of record."""

    id: str
    title: str
    shape: str
    pack: str
    published: bool = Field(description="不用密钥能读到已公开的。Published records are read without a key.")
    residents: bool = Field(description="居民可以上报。Residents may report such a matter.")


class KindOut(KindShort):
    """一类记录的全部说明。A kind with its fields, states and steps."""

    fields: list[FieldOut]
    states: dict[str, str]
    ends: list[str]
    steps: list[StepOut]


class ActOut(Schema):
    """一笔留痕。One act; who and why are told to staff only."""

    at: datetime
    verb: str
    from_: str = Field(alias="from")
    to: str
    by: str | None = None
    note: str | None = None


class RecordShort(Schema):
    """一条记录。A record; `fields` by key, private ones left out."""

    number: str
    kind: str
    title: str
    state: str
    state_title: str
    ended: bool
    place: Named
    unit: Named | None
    handler: Named | None
    opened: datetime
    closed: datetime | None
    starts: datetime | None
    ends: datetime | None
    due: datetime | None = None
    late_count: int | None = None
    revision: int | None = Field(None, description="办理时作 seen 交回。Hand back as `seen` with a step.")
    fields: dict[str, Any]


class RecordOut(RecordShort):
    """一条记录和它的留痕。A record with its acts, oldest first, a hundred at most."""

    acts: list[ActOut]


class Listed(Schema):
    """一页。One page; `next` is the address of the page after it, null on the last."""

    next: str | None


class Kinds(Listed):
    """各类记录。Kinds of records."""

    items: list[KindShort]


class Places(Listed):
    """地点。Places by code."""

    items: list[PlaceOut]


class Records(Listed):
    """记录。Records, newest first."""

    items: list[RecordShort]


class FigureShort(Schema):
    """一个指标。A figure."""

    id: str
    title: str
    unit: str
    pack: str
    definition: str


class Figures(Listed):
    """各指标。Figures by id."""

    items: list[FigureShort]


class FigureOut(Schema):
    """一个数和它的口径；不公开的小数目 `withheld`。A number with its definition; small ones are withheld."""

    figure: str
    title: str
    place: str
    period: str
    value: float | int | None
    text: str
    unit: str
    definition: str
    version: str
    withheld: bool
    numerator: float | int | None = None
    denominator: float | int | None = None
    evidence_count: int | None = None
    evidence_digest: str | None = None
    warnings: list[str] = []


class Evidence(Listed):
    """支撑这个数的行里您能看的。Rows behind a number that the asker may see; `count` is all of them."""

    count: int
    items: list[dict[str, Any]]


class FeedItem(Schema):
    """JSON Feed 1.1 的一项。An item of a JSON Feed."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: datetime
    date_modified: datetime
    tags: list[str]


class Feed(Schema):
    """JSON Feed 1.1：最近公开的。What was published last."""

    version: str
    title: str
    home_page_url: str
    feed_url: str
    items: list[FeedItem]


class MatterIn(Given):
    """居民上报：在哪里、什么事。What a resident reports, and where."""

    place: Annotated[str, Field(min_length=6, max_length=15, pattern=r"^[0-9A-Za-z]+$")]
    values: Values


class MatterOut(Schema):
    """收下了。Filed: its number, and the reporter's own address, which lets follow and rate."""

    number: str
    state: str
    href: str
    private_href: str


class RecordIn(Given):
    """新开一条。A record to be opened."""

    kind: Annotated[str, Field(max_length=81)]
    values: Values


class StepIn(Given):
    """办一步。A step to be taken; `seen` is the revision it was decided on."""

    verb: Annotated[str, Field(max_length=60)]
    values: Values = {}
    note: Annotated[str, Field(max_length=2000)] = ""
    seen: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class AttendanceRow(Given):
    """一个人的出勤：`person` 写人员编号。One person by code."""

    person: Annotated[str, Field(min_length=1, max_length=40)]
    role: Annotated[str, Field(max_length=40)] = ""
    expected: bool = True
    present: bool = False
    spoke: bool = False
    reason: Annotated[str, Field(max_length=80)] = ""
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0


class AttendanceIn(Given):
    """一张出勤表。A sheet of attendance: all of it is noted, or none."""

    rows: Annotated[list[AttendanceRow], Field(min_length=1, max_length=1000)]


class AttendanceOut(Schema):
    """记下了。Noted."""

    number: str
    noted: int
    present: int


class Day(Schema):
    """起止日期。Days in China's time."""

    since: date | None = None
    until: date | None = None
