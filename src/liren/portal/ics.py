"""An activity as an iCalendar object (RFC 5545), to be added to a phone's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: How long an activity is taken to last when nobody said.
USUAL = timedelta(hours=2)


def event(
    *,
    uid: str,
    title: str,
    starts: datetime,
    ends: datetime | None,
    where: str,
    url: str,
    stamp: datetime,
    cancelled: bool = False,
    sequence: int = 0,
) -> str:
    """One VCALENDAR with one VEVENT; lines end in CRLF and are folded at 75 octets (RFC 5545 3.1)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Liren//Portal//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{text(uid)}",
        f"DTSTAMP:{moment(stamp)}",
        f"DTSTART:{moment(starts)}",
        f"DTEND:{moment(ends if ends and ends > starts else starts + USUAL)}",
        f"SEQUENCE:{sequence}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"SUMMARY:{text(title)}",
        f"LOCATION:{text(where)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def text(value: str) -> str:
    """Text as RFC 5545 3.3.11 writes it; other control characters have no place in it."""
    value = "".join(sign for sign in value if sign == "\n" or sign.isprintable())
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\n", "\\n")


def moment(value: datetime) -> str:
    """A moment in UTC, which needs no time zone beside it."""
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def folded(line: str) -> str:
    """At most 75 octets in a line; a sign is never cut in two, though it be three octets long."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > (75 if not parts else 74):
            parts.append(part)
            part = b""
        part += octets
    return "\r\n ".join(part.decode() for part in [*parts, part])
