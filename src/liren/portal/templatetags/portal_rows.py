"""Matters in a list as markup: twenty of them cost a template as much as all else on the page.

Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, marker, when
from liren.look.templatetags.liren_tables import Mark, chip

register = template.Library()


@register.simple_tag(takes_context=True)
def matter_rows(context: Context) -> Svg:
    """`entries` of the page, as ``matter.listed`` makes them; `numbered` as on the map beside them; `joinable` with a
    button to join each."""
    mark, numbered, joinable = marker(), context.get("numbered"), context.get("joinable")
    made = []
    for count, one in enumerate(context["entries"], 1):
        number = f'<span class="map-number" aria-hidden="true">{count}</span> ' if numbered else ""
        join = _join(one, context) if joinable else ""
        made.append(f"<li>{_photo(one)}<div>{_title(one, number, mark)}{_tags(one, mark)}{join}</div></li>")
    return Svg(f'<ul class="rows matters">{"".join(made)}</ul>')


def _photo(one: Mapping[str, Any]) -> str:
    if not one["photo"]:
        return ""
    return f'<img src="{text(one["photo"]["small"])}" alt="" width="96" height="72" loading="lazy">'


def _title(one: Mapping[str, Any], number: str, mark: Mark) -> str:
    away = f' <span class="chip">{icon("place")}{text(one["away"])}</span>' if one.get("away") else ""
    words = f'<p class="quiet"{mark(one["words"])}>{text(one["words"])}</p>' if one["words"] else ""
    link = f'<a href="{text(one["href"])}"{mark(one["title"])}>{text(one["title"])}</a>'
    return f"<p>{number}{link}{away}</p>{words}"


def _tags(one: Mapping[str, Any], mark: Mark) -> str:
    joined = ""
    if one["joined"]:
        said = ngettext("另有 %(n)s 人同样反映", "另有 %(n)s 人同样反映", one["joined"]) % {
            "n": one["joined"]
        }
        joined = f'<span class="chip">{icon("people")}{text(said)}</span>'
    where = text(one["place"]) + (f" · {text(one['category'])}" if one["category"] else "")
    return (
        f'<p class="tags">{state(one["status"], mark)}{joined}</p><p class="quiet small"><span lang="zh-Hans">{where}'
        f"</span> · {when(one['opened'])} · <code>{text(one['number'])}</code></p>"
    )


def state(status: Mapping[str, Any], mark: Mark) -> str:
    """parts/state.html: the outcome, the state, and whether the limit has passed."""
    outcome, level = status["outcome"], status["level"] or None
    told = chip(text(outcome), level, ' lang="zh-Hans"') if outcome else ""
    told += chip(text(status["state"]), None if outcome else level, mark(status["state"]), drawn=False)
    return told + (chip(text(_("超过期限")), "late") if status["overdue"] else "")


def _join(one: Mapping[str, Any], context: Context) -> str:
    key, said = text(context.get("key", "")), text(_("就是这件，我也有"))
    return (
        f'<form method="post" action="{text(reverse("portal:join", args=[one["number"]]))}">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{text(context["csrf_token"])}">'
        f'<input type="hidden" name="key" value="{key}"><button class="button" type="submit">{icon("people")}'
        f"{said}</button></form>"
    )
