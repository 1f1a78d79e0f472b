"""Filters and tags of the pages: numbers, dates and digests in the habit of the page's language; icons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.translation import gettext

from liren.look.svg import Number, Svg, number_text, text
from liren.packs.saying import joined as in_a_row

register = template.Library()

ICONS = Path(__file__).resolve().parent.parent / "static" / "liren" / "icons"
MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

HAN = re.compile(r"[\u2e80-\u9fff\U00020000-\U0002fa1f]")
#: Chinese with what stands between two signs of it: digits, dots, brackets, but no word of another language.
HAN_RUN = re.compile(
    r"([（《“]?[\u2e80-\u9fff\U00020000-\U0002fa1f](?:[^A-Za-z<>]*[\u2e80-\u9fff\U00020000-\U0002fa1f）》”])?)"
)
CHINESE_IS = format_html(' lang="{}"', "zh-Hans")
NOTHING_SAID = format_html("{}", "")

SOURCES = ("external", "target")  # what a number is when it is not counted from records


@register.filter
def number(value: Number | str | None, places: int | None = None) -> str:
    """`51000` → `51,000`; `None` → `无`; `{{ rate|number:1 }}` fixes the decimals; text stays as it is."""
    if value is None:
        return gettext("无")
    return value if isinstance(value, str) else number_text(value, places)


@register.filter
def lang(value: Any, also: Any = "") -> str:
    """` lang="zh-Hans"` for an element of a page in another language whose text, or what else it says (`also`),
    has Chinese in it; else nothing.

    Names, titles of a county's own packs and what people wrote are Chinese by nature: a screen reader has to be told.
    """
    return CHINESE_IS if _foreign() and HAN.search(f"{value or ''}{also}") else NOTHING_SAID


def marker() -> Callable[..., str]:
    """`lang`, or on a Chinese page what says nothing: whoever writes hundreds of cells asks once for the language."""
    return lang if _foreign() else _unmarked


def _unmarked(_value: Any, _also: Any = "") -> str:
    return NOTHING_SAID


@register.filter
def mixed(value: Any) -> str:
    """Text of ours that holds names or titles of the county's: on a page in another language each Chinese run is
    marked as Chinese, and the rest stays in the language of the page."""
    words = str("" if value is None else value)
    if not _foreign() or not HAN.search(words):
        return words
    parts = HAN_RUN.split(words)
    return format_html_join(
        "",
        "{}{}",
        ((before, _chinese(run)) for before, run in zip(parts[::2], [*parts[1::2], ""], strict=True)),
    )


@register.filter
def joined(words: Any) -> str:
    """Words one after another as the page's language writes a list, each run of Chinese marked."""
    return mixed(in_a_row(str(one) for one in words))


def _chinese(run: str) -> str:
    return format_html('<span lang="zh-Hans">{}</span>', run) if run else ""


@register.tag
def once(parser, token) -> template.Node:
    """`{% once %}…{% endonce %}`: what is the same on every page of a language is rendered once by each process.

    `{% once section admin %}` renders it once for each value of these, which must be few. What stands inside must
    depend on nothing else: links of the frame, styles, headings; never on who asks.
    """
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return _Once(nodes, keys)


class _Once(template.Node):
    """A tag of the frame costs 10 to 40 microseconds, and the frame has sixty: a tenth of a page."""

    def __init__(self, nodelist, keys: Sequence[Any]) -> None:
        self.nodelist, self.keys = nodelist, keys
        self.kept: dict[tuple, str] = {}

    def render(self, context) -> str:
        key = (translation.get_language(), *(one.resolve(context) for one in self.keys))
        if key not in self.kept:
            self.kept[key] = self.nodelist.render(context)
        return self.kept[key]


@register.filter
def digest(value: str | None) -> str:
    """The first eight letters of a digest, enough to compare by eye; put the whole into `title`."""
    value = str(value or "").removeprefix("sha256:")
    return value if len(value) <= 10 else f"{value[:8]}…"


@register.filter
def day(value: date | datetime | None) -> str:
    """`2024年3月4日`, in English `4 March 2024`; nothing for nothing."""
    if not value:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if _english():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """A day with its time on a 24-hour clock, in the time zone of the county."""
    if not value:
        return ""
    return _moment(timezone.localtime(value) if timezone.is_aware(value) else value)


def _moment(at: datetime) -> str:
    """A moment that is told in the county's time already."""
    if _english():
        return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
    return f"{at.year}年{at.month}月{at.day}日 {at.hour:02}:{at.minute:02}"


@register.simple_tag
def when(value: date | datetime | None) -> str:
    """`<time>` with the machine's form for tools and the reader's form for readers."""
    if not value:
        return ""
    if isinstance(value, datetime):
        at = timezone.localtime(value) if timezone.is_aware(value) else value
        return Svg(f'<time datetime="{at.isoformat(timespec="minutes")}">{_moment(at)}</time>')
    return Svg(f'<time datetime="{value.isoformat()}">{day(value)}</time>')


@register.simple_tag
def num(part: Mapping[str, Any]) -> str:
    """A number as the link that opens its proof. A tag, not a partial: a partial ends in a newline, and a
    newline between a number and its unit is a gap in Chinese text.

    `part`: `text`, `href` (none: plain text), `title` (what the number is), `source` (`counted`, `external`,
    `target`), `moved` (None, or `{before, now}` when the live value differs from the issued one).
    """
    if not part.get("href"):
        return conditional_escape(mixed(part.get("text", "")))
    source, moved = part.get("source") or "counted", part.get("moved")
    classes, tail = "num", ""
    if source in SOURCES:
        classes += f" num-{source}"
    if moved:
        classes += " num-moved"
        told = gettext("（原为 %(before)s，现为 %(now)s）") % moved
        tail = format_html('{}<span class="said">{}</span>', icon("moved"), told)
    title = part.get("title", "")
    return format_html(
        '<a class="{}" href="{}" title="{}"{}>{}{}</a>',
        classes, part["href"], title, lang(f"{title}{part['text']}"), part["text"], tail,
    )  # fmt: skip


@register.simple_tag
def icon(name: str, label: str = "") -> Svg:
    """An icon of ours from `static/liren/icons`, inline; silent for screen readers unless it has a `label`.

    Raises FileNotFoundError for an unknown name: a page must not ship with a hole in it.
    """
    role = f'role="img" aria-label="{text(label)}"' if label else 'aria-hidden="true"'
    head, body = _drawing(name)
    return Svg(f'<svg class="icon icon-{name}" {role} focusable="false" {head}>{body}')


@lru_cache(maxsize=128)
def _drawing(name: str) -> tuple[str, str]:
    if not name.replace("-", "").isalnum():
        raise FileNotFoundError(f"icon {name!r}: names are letters and digits")
    head, _, body = (ICONS / f"{name}.svg").read_text(encoding="utf-8").strip().partition(">")
    return head.removeprefix("<svg ").replace('xmlns="http://www.w3.org/2000/svg" ', ""), body


def _foreign() -> bool:
    return not (translation.get_language() or "zh").startswith("zh")


def _english() -> bool:
    return (translation.get_language() or "").startswith("en")
