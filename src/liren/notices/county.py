"""What the county set about notices, in ``var/notices.yaml``: digest time, quiet hours, what is urgent, robots.

    digest: "08:30"
    quiet: {from: "21:00", to: "07:30"}
    urgent: {kinds: [grid.event], levels: [urgent]}
    robots:
      housing: {unit: "990150-zj", url: "wecombot://KEY"}
      desk: {role: dispatcher, place: "990150001", url: "dingtalk://SECRET@TOKEN", digest: now}
    hosts: [qyapi.weixin.qq.com, oapi.dingtalk.com, open.feishu.cn]

Everything may be left out, the file too. Addresses of robots are secrets: they stay in this file and are never
kept in the database, printed or logged.
"""

from collections.abc import Iterable
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from django.conf import settings
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from liren.inforce import catalogue
from liren.packs.findings import suggest
from liren.packs.language import Key, Names, Said, Truth
from liren.packs.reading import read_file
from liren.people.models import Post
from liren.places.codes import contains
from liren.refusals import Refusal

from .timing import Habit

#: Robots that are served (their address schemes in apprise) and where each of them lives.
ROBOTS = {"wecombot": "企业微信", "dingtalk": "钉钉", "feishu": "飞书"}
HOSTS = ["qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"]


def _time(value):
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"「{value}」不是钟点；写成 08:30，要加引号") from None


Clock = Annotated[time, BeforeValidator(_time)]


class Quiet(Said):
    """Hours in which nothing is sent, over midnight too."""

    from_: Clock = Field(default=time(21), alias="from")
    to: Clock = time(7, 30)


class Urgent(Said):
    """What is told at once: records of these kinds, and of these levels in any kind. Limits that passed always are."""

    kinds: Names = []
    levels: Names = ["urgent"]

    @model_validator(mode="after")
    def _known(self):
        for kind in self.kinds:
            if kind not in catalogue().kinds:
                raise ValueError(f"没有「{kind}」这类记录。{suggest(kind, catalogue().kinds)}")
        return self


class Robot(Said):
    """A team's robot. It hears what is told to whoever holds a post at ``unit``, in ``role``, within ``place``."""

    url: str
    unit: str | None = None
    role: str | None = None
    place: str | None = None
    digest: Literal["daily", "now"] = "daily"
    urgent_passes: Truth = Field(default=False, alias="urgent passes")

    @model_validator(mode="after")
    def _sound(self):
        if self.unit is None and self.role is None:
            raise ValueError("要写 unit（单位代码）或 role（角色）：机器人替谁听")
        if self.role is not None and self.role not in catalogue().roles:
            raise ValueError(f"没有角色「{self.role}」。{suggest(self.role, catalogue().roles)}")
        scheme = urlsplit(self.url).scheme
        if scheme not in ROBOTS:  # the address itself is not repeated: it is a secret
            known = "、".join(f"{known}://（{title}）" for known, title in ROBOTS.items())
            raise ValueError(f"地址以「{scheme}:」开头；只发给 {known}")
        return self

    def hears(self, post: Post) -> bool:
        """Whether what a holder of this post is told goes to this robot."""
        at_unit = self.unit is None or (post.unit is not None and post.unit.code == self.unit)
        in_role = self.role is None or post.role == self.role
        return at_unit and in_role and (self.place is None or contains(self.place, post.place_code))


class County(Said):
    """The whole file."""

    digest: Clock = time(8, 30)
    quiet: Quiet = Quiet()
    urgent: Urgent = Urgent()
    robots: dict[Key, Robot] = {}
    hosts: Names = HOSTS

    def habit(self, robot: str = "") -> Habit:
        """How a robot, or a person who never said, is told."""
        said = self.robots.get(robot)
        daily, passes = (said.digest == "daily", said.urgent_passes) if said else (True, False)
        return Habit(daily, self.digest, self.quiet.from_, self.quiet.to, passes)


def county_file() -> Path:
    """Where the file lies."""
    return Path(settings.LIREN_HOME) / "var" / "notices.yaml"


def county() -> County:
    """What the county set. Raises :class:`Refusal` with every finding; read again when the file changes."""
    path = county_file()
    try:
        seen = path.stat()
    except FileNotFoundError:
        return County()
    return _read(path, seen.st_mtime_ns, seen.st_size)


def county_or_plain() -> tuple[County, str]:
    """As :func:`county`; with a fault in the file, what is set without it, and the fault.

    A slip in this file must not stop the county's work, whose every step tells somebody something.
    """
    try:
        return county(), ""
    except Refusal as fault:
        return County(), str(fault)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> County:
    tree, lines, findings = read_file(path)
    faults = [str(finding) for finding in findings]
    if not faults:
        try:
            return County.model_validate(tree)
        except ValidationError as fault:
            faults = [
                _told(path, lines, error) for error in fault.errors(include_input=False, include_url=False)
            ]
    raise Refusal("setup", reason="\n".join(faults))


def _told(path: Path, lines: dict[str, int], error) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "(全文)"
    line = next((lines[part] for part in _upwards(where) if part in lines), 1)
    message = {
        "extra_forbidden": "不认识的键",
        "missing": "缺少这一项",
        "literal_error": f"只可写 {error.get('ctx', {}).get('expected', '')}",
    }.get(error["type"], str(error.get("ctx", {}).get("error") or error["msg"]))
    return f"{path}:{line}: {where}: {message}"


def _upwards(where: str) -> Iterable[str]:
    parts = where.split(".")
    return (".".join(parts[:count]) for count in range(len(parts), 0, -1))


def robots_hearing(said: County, posts: Iterable[Post], at: datetime) -> list[str]:
    """The robots that hear what holders of these posts are told at a moment."""
    held = [post for post in posts if post.starts <= at and (post.ends is None or at < post.ends)]
    return [name for name, robot in said.robots.items() if any(robot.hears(post) for post in held)]
