"""What was published last of a kind, as JSON Feed 1.1."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from liren.api.finding import moved, newest
from liren.api.house import address
from liren.packs.catalogue import KindEntry
from liren.records.flow import state_title
from liren.records.models import Record

MOST = 30
VERSION = "https://jsonfeed.org/version/1.1"


def feed(entry: KindEntry, place: str | None, here: str) -> dict[str, Any]:
    """The feed of a kind at a place."""
    return {
        "version": VERSION,
        "title": entry.spec.title,
        "home_page_url": settings.LIREN_URL + reverse("portal:home"),
        "feed_url": settings.LIREN_URL + here,
        "items": [_item(entry, one) for one in newest(entry, place, MOST)],
    }


def _item(entry: KindEntry, record: Record) -> dict[str, Any]:
    return {
        "id": address(f"/records/{record.number}"),
        "url": settings.LIREN_URL + reverse("portal:record", args=[record.number]),
        "title": record.title or entry.spec.title,
        "content_text": f"{record.place.name} · {state_title(entry.spec, record.state)}",
        "date_published": record.opened,
        "date_modified": moved(record),
        "tags": [entry.id],
    }
