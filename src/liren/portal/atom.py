"""Shelves as Atom feeds (RFC 4287): ids that stay, dates that move when a record does, text without markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.utils import timezone

from liren.clock import now
from liren.inforce import catalogue
from liren.records.flow import state_title
from liren.records.models import Record

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 30
TYPE = "application/atom+xml; charset=utf-8"


def feed(*, title: str, key: str, self_href: str, href: str, records: Sequence[Record], link, words) -> bytes:
    """One feed. ``link`` makes the address of a record, ``words`` its summary."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    _text(root, "title", title)
    _text(root, "id", tag(key))
    newest = max((updated(one) for one in records), default=None)
    _text(root, "updated", stamp(newest or now()))
    _text(_part(root, "author"), "name", "里仁")
    _part(root, "link", rel="self", type="application/atom+xml", href=settings.LIREN_URL + self_href)
    _part(root, "link", rel="alternate", type="text/html", href=settings.LIREN_URL + href)
    for record in records:
        _entry(root, record, link(record), words(record))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def life(head: dict[str, Any], timeline: Sequence[dict[str, Any]], *, href: str, self_href: str) -> bytes:
    """What happened in one matter, the last first: ``head`` and ``timeline`` as its page tells anybody."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    _text(root, "title", f"{head['number']} {head['title']}")
    _text(root, "id", tag(f"life/{head['number']}"))
    _text(root, "updated", stamp(timeline[-1]["at"] if timeline else head["opened"]))
    _text(_part(root, "author"), "name", "里仁")
    _part(root, "link", rel="self", type="application/atom+xml", href=settings.LIREN_URL + self_href)
    _part(root, "link", rel="alternate", type="text/html", href=settings.LIREN_URL + href)
    for act in reversed(timeline[-MOST:]):
        entry = _part(root, "entry")
        _text(entry, "title", act["title"])
        _text(entry, "id", tag(f"act/{act['seal']['act']}"))
        _text(entry, "updated", stamp(act["at"]))
        _part(entry, "link", rel="alternate", type="text/html", href=settings.LIREN_URL + href)
        said = [f"{one['title']}：{one['text']}" for one in act["reply"]]
        _text(
            entry,
            "summary",
            "\n".join([*([act["to_unit"]] if act["to_unit"] else []), *said]) or act["title"],
        )
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: ElementTree.Element, record: Record, href: str, words: str) -> None:
    spec = catalogue().kinds[record.kind].spec
    entry = _part(root, "entry")
    _text(entry, "title", record.title or spec.title)
    _text(entry, "id", tag(f"record/{record.number}"))
    _text(entry, "published", stamp(record.opened))
    _text(entry, "updated", stamp(updated(record)))
    _part(entry, "link", rel="alternate", type="text/html", href=settings.LIREN_URL + href)
    _part(entry, "category", term=record.kind, label=spec.title)
    _text(
        entry,
        "summary",
        f"{record.place.name} · {state_title(spec, record.state)}{' · ' if words else ''}{words}",
    )


def updated(record: Record) -> datetime:
    """When it last came to something a reader would want to hear of."""
    return record.closed or record.opened


def tag(key: str) -> str:
    """A tag URI (RFC 4151) in the name of this site: it stays when the address of the page changes."""
    return f"tag:{urlsplit(settings.LIREN_URL).hostname},2024:{quote(key)}"


def stamp(value: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return timezone.localtime(value).isoformat(timespec="seconds")


def _part(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    # Control characters are no XML, wherever they came from.
    _part(parent, name).text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
