"""Cards of the to-do list as markup: thirty of them cost a template as much as all else on the page.

Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import marker, when
from liren.look.templatetags.liren_tables import Mark, chip

register = template.Library()


@register.simple_tag
def task_cards(cards: Iterable[Mapping[str, Any]]) -> Svg:
    """A card for each: ``{title, number, kind, place, state, href, starts, limit, steps, more}``; ``limit`` as
    parts/limit.html and ``steps`` as parts/steps.html say."""
    more, provisional = text(_("更多")), text(_("节假日安排尚未公布，按暂定日历计算"))
    mark = marker()
    return Svg("".join([_card(card, more, provisional, mark) for card in cards]))


def _card(card: Mapping[str, Any], more: str, provisional: str, mark: Mark) -> str:
    title, href, limit = text(card["title"]), text(card["href"]), card["limit"]
    late = " task-late" if limit and limit["level"] == "late" else ""
    about = text(f"{card['kind']} · {card['place']} · {card['state']}")
    starts = f" · {when(card['starts'])}" if card["starts"] else ""
    return (
        f'<li class="card task{late}" data-title="{title}">\n'
        f'<a class="task-open" href="{href}"><span class="task-title"{mark(card["title"])}>{title}</span></a>\n'
        f'<p class="small quiet"><span lang="zh-Hans">{about}</span>{starts}</p>\n'
        f'<p class="row">{_limit(limit, provisional)} <span class="digest">{text(card["number"])}</span></p>\n'
        f"{_steps(card, href, more, mark)}</li>\n"
    )


def _limit(limit: Mapping[str, Any] | None, provisional: str) -> str:
    if not limit:
        return ""
    star = f'<span title="{provisional}"> *</span>' if limit["provisional"] else ""
    return chip(text(limit["words"]) + star, limit["level"])


def _steps(card: Mapping[str, Any], href: str, more: str, mark: Mark) -> str:
    if not card["steps"]:
        return ""
    told = "".join([_step(step, mark) for step in card["steps"]])
    rest = f'<a class="button" href="{href}">{more}</a>' if card["more"] else ""
    return f'<p class="task-steps">{told}{rest}</p>\n'


def _step(step: Mapping[str, Any], mark: Mark) -> str:
    tap = " data-one-tap" if step["one_tap"] else ""
    return (
        f'<a class="button" href="{text(step["href"])}"{mark(step["title"])} data-step="{text(step["verb"])}" '
        f'data-number="{text(step["number"])}"{tap}>{text(step["title"])}</a>'
    )
