"""What a pack may say, as pydantic models; the JSON Schema for editors is generated from them.

Keys are English, titles Chinese. Unknown keys are refused. Cross-references between the parts of a
pack, and between packs, are checked in :mod:`liren.packs.linting`.
"""

import re
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from .fields import POINT, TYPES
from .figure_language import Figure
from .saying import gettext_noop

# No double and no trailing underscore: the ORM reads ``a__b`` as a path and ``a_`` + ``__lt`` as ``a`` + ``_lt``.
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Title = Annotated[str, Field(min_length=1, max_length=60)]


def _as_list(value):
    return [value] if isinstance(value, str) else value


def _as_bool(value):
    if value in ("true", "是"):
        return True
    if value in ("false", "否"):
        return False
    return value


Names = Annotated[list[str], BeforeValidator(_as_list)]
Truth = Annotated[bool, BeforeValidator(_as_bool)]

LIMIT = re.compile(r"[1-9][0-9]{0,3}(wh|wd|d|mo|h|min)")
KEEP = re.compile(r"[1-9][0-9]{0,2}(y|mo|d)")
#: The shelves of the portal.
SHELVES = ("disclosure", "articles", "notices", "activities", "venues", "praised", "mending", "echoes")
SHAPES = {
    "matter": gettext_noop("事项"),
    "activity": gettext_noop("活动"),
    "entry": gettext_noop("台账条目"),
    "piece": gettext_noop("稿件"),
}


def _checked_keep(value):
    if value and not KEEP.fullmatch(value):
        raise ValueError(f"「{value}」不是保存期；例 10y 年、6mo 月、30d 天")
    return value


class Said(BaseModel):
    """Base of all parts: unknown keys are refused, keys may contain spaces through aliases."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


class FieldSpec(Said):
    """One field. ``column`` keeps its value in a shared column so that figures stay fast. ``keep`` (of a private
    field): how long its value is kept after the record has ended, in place of the kind's own.
    """

    title: Title
    type: Literal[tuple(TYPES)]  # type: ignore[valid-type]
    required: Truth = False
    default: str | None = None
    choices: dict[Key, Title] = {}
    private: Truth = False
    column: str | None = None
    unit: str | None = None
    kind: str | None = None
    hint: str | None = None
    keep: str | None = None

    @field_validator("keep")
    @classmethod
    def _keep(cls, value):
        return _checked_keep(value)

    @model_validator(mode="after")
    def _choices_belong_to_choice(self):
        if (self.type in ("choice", "choices")) != bool(self.choices):
            raise ValueError("choice 与 choices 类型必须、其他类型不得写 choices")
        if self.private and self.column:
            raise ValueError("private 字段加密保存，不能放进共用列 column")
        if self.keep and not self.private:
            raise ValueError("keep 只用于 private 字段：其他字段的值写在留痕里，删不掉")
        return self


class ByField(Said):
    """A limit that depends on a field: ``{by: level, normal: 5wd, urgent: 4h}``."""

    model_config = ConfigDict(extra="allow", frozen=True)
    by: Key

    @model_validator(mode="after")
    def _limits(self):
        limits = self.model_extra or {}
        if not limits:
            raise ValueError("by 之后要写各选项的时限，例：normal: 5wd")
        for choice, limit in limits.items():
            if not LIMIT.fullmatch(str(limit)):
                raise ValueError(f"{choice}: 「{limit}」不是时限；例 2wh、5wd、15d、2mo、4h")
        return self

    @property
    def limits(self) -> dict[str, str]:
        return dict(self.model_extra or {})


def _limit_form(value) -> str:
    return "(by field)" if isinstance(value, dict | ByField) else "(limit)"


#: With a tag per form, so that a wrong limit is one finding and not one for each form. The tags stand
#: in brackets, which no key of a pack does: findings leave them out of the path.
Within = Annotated[
    Annotated[str, Tag("(limit)")] | Annotated[ByField, Tag("(by field)")], Discriminator(_limit_form)
]


def _checked_limit(value):
    if isinstance(value, str) and not LIMIT.fullmatch(value):
        raise ValueError(f"「{value}」不是时限；例 2wh 工作时、5wd 工作日、15d 自然日、2mo 月、4h 小时")
    return value


class State(Said):
    """A state: its limit (``within``), what happens when it is passed (``late``), whether it ends."""

    title: Title
    within: Within | None = None
    late: Names = []
    end: Truth = False
    waits: Truth = False

    @field_validator("within")
    @classmethod
    def _limit(cls, value):
        return _checked_limit(value)


class Step(Said):
    """A step: who may take it, from where to where, what it asks, and what it brings about.

    ``ask`` lists fields; a name ending in ``?`` may stay empty. ``not by`` names earlier steps whose
    takers may not take this one (two of them not done by the same person); ``open`` names the opener.
    ``not before`` is a limit that must have run since the state was entered (a notice period).
    """

    title: Title
    by: Names
    from_: Names = Field(alias="from")
    to: Key | None = None
    ask: Names = []
    not_by: Names = Field(default=[], alias="not by")
    not_before: Within | None = Field(default=None, alias="not before")
    when: str | None = None
    effects: Names = []

    @field_validator("not_before")
    @classmethod
    def _limit(cls, value):
        return _checked_limit(value)


class Shown(Said):
    """What anybody finds of a kind on the portal: on which shelf, in which states, and only these fields.

    It opens a kind that is otherwise for staff (an article once it is out) as far as it says and no further,
    and holds back of a public kind what has not gone out yet. Private fields are never shown.
    """

    as_: Literal[SHELVES] = Field(alias="as")  # type: ignore[valid-type]
    in_: Names = Field(alias="in")
    fields: Names


class SignUp(Said):
    """Persons sign up beforehand while the record is ``in`` these states.

    ``places`` names the field that says for how many there is room (left out, or empty on a record: for all
    who come); ``as`` is the part of ``attended as`` in which they will attend.
    """

    in_: Names = Field(alias="in")
    places: Key | None = None
    as_: Key | None = Field(default=None, alias="as")


class Kind(Said):
    """A kind of record. States may be left out for a plain register (``entry``)."""

    title: Title
    shape: Literal["matter", "activity", "entry", "piece"]
    number: str | None = None
    open_title: Title | None = Field(default=None, alias="open title")
    opened_by: Names = Field(alias="opened by")
    visible: Literal["public", "staff", "roles"] = "staff"
    seen_by: Names = Field(default=[], alias="seen by")
    fields: dict[Key, FieldSpec] = {}
    states: dict[Key, State] = {}
    steps: dict[Key, Step] = {}
    once: Names = []
    shown: Shown | None = None
    attended_as: dict[Key, Title] = Field(default={}, alias="attended as")
    sign_up: SignUp | None = Field(default=None, alias="sign up")
    effects: Names = []
    keep: str | None = None

    @field_validator("number")
    @classmethod
    def _number(cls, value):
        if value and not re.fullmatch(r"[^{}]*(\{year\}[^{}]*)?\{seq(:0\d)?\}[^{}]*", value):
            raise ValueError("编号写成 WG{year}-{seq:05} 这样：文字、{year}、{seq:05}")
        return value

    @field_validator("keep")
    @classmethod
    def _keep(cls, value):
        return _checked_keep(value)

    @model_validator(mode="before")
    @classmethod
    def _plain_register(cls, given):
        """A kind without states is a register line: it stands until somebody ends it."""
        if isinstance(given, dict) and not given.get("states"):
            given = dict(given)
            given["states"] = {"standing": {"title": "在册"}, "ended": {"title": "已注销", "end": True}}
            # What anyone may enter, only whoever entered it may end.
            by = ["opener" if role == "resident" else role for role in _as_list(given.get("opened by")) or []]
            end = {"title": "注销", "by": by, "from": "standing", "to": "ended"}
            given["steps"] = {"end": end} | dict(given.get("steps") or {})
        return given

    @property
    def first_state(self) -> str:
        return next(iter(self.states))

    @property
    def located(self) -> str | None:
        """The field that says where a record is; None for kinds that have no location."""
        return next((key for key, field in self.fields.items() if field.type == POINT), None)

    def number_pattern(self, key: str) -> str:
        """How records of this kind (``key`` in its pack) are numbered: text, ``{year}``, ``{seq:05}``."""
        return self.number or key.upper() + "{year}-{seq:05}"


class Cited(Said):
    """A number of a report: which figure, for which period, place or unit (relative to the report).

    ``period`` is a period form, or ``report`` (the report's own period), ``end`` (as of its last
    day), ``start`` (as of the day before its first), or ``since:…`` which is cut at the report's end.
    """

    figure: str
    period: str = "report"
    place: str | None = None
    unit: str | None = None
    note: str | None = None


class Report(Said):
    """A periodic or single report: its text file, layout and the numbers it may cite.

    ``body`` is the text itself, in place of the file: what a county that words it otherwise changes.
    """

    title: Title
    every: Literal["week", "month", "quarter", "half", "year", "once"]
    for_: Names = Field(alias="for")
    text: str
    body: str | None = None
    layout: Literal["official", "plain"] = "official"
    issuer: str | None = None
    addressee: str | None = None
    number: str | None = None
    figures: dict[Key, Cited] = {}


class Pack(Said):
    """One folder under ``packs/``: a system of the county's work, as data."""

    pack: Key
    title: Title
    serves: Names = []
    about: str | None = None
    reshaped: str | None = None
    norms: Names = []
    roles: dict[Key, Title] = {}
    kinds: dict[Key, Kind] = {}
    figures: dict[Key, Figure] = {}
    reports: dict[Key, Report] = {}
