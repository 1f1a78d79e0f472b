"""What is written in mails and robots' messages: one line a record, whatever happened to it in between.

Of kinds that anybody may read it says what the notice says; of all others the number, the kind and the state, no
title: a mail lies on other people's servers, a robot speaks in a group. What more there is, is read in the site.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.inforce import catalogue
from liren.packs.fields import CHINA
from liren.records.flow import state_title
from liren.records.models import Record

from .models import Line

MOST_LINES = 100


@dataclass
class Told:
    """What one message says about one record: the last that was said, and how often something was."""

    record: Record
    text: str
    count: int = 0


def summed(lines: Iterable[Line], records: Iterable[Record]) -> list[Told]:
    """Each of the records once: what is urgent first, then as it was told. Lines about others are left out."""
    known = {record.pk: record for record in records}
    found: dict[int, Told] = {}
    ordered = sorted(lines, key=lambda line: (line.told, line.pk))
    for line in [*(one for one in ordered if one.urgent), *(one for one in ordered if not one.urgent)]:
        if line.record_id in known:
            found.setdefault(line.record_id, Told(known[line.record_id], line.text)).count += 1
    for line in ordered:
        if line.record_id in found:
            found[line.record_id].text = line.text
    return list(found.values())


def subject(count: int, *, urgent: bool) -> str:
    """The subject of a mail about so many records."""
    if urgent:
        return ngettext("里仁：急，%(n)s 件事", "里仁：急，%(n)s 件事", count) % {"n": count}
    return ngettext("里仁：%(n)s 件事有变动", "里仁：%(n)s 件事有变动", count) % {"n": count}


def body(told: Sequence[Told], *, at: datetime, most_bytes: int = 100_000) -> str:
    """The message: a line and an address per record, no more than fit, and how many are left out."""
    written: list[str] = []
    for one in told[:MOST_LINES]:
        line = f"{_line(one, at)}\n{address(one.record)}"
        if len("\n".join([*written, line]).encode()) > most_bytes:
            break
        written.append(line)
    if left := len(told) - len(written):
        text = ngettext("另有 %(n)s 件，请登录查看：", "另有 %(n)s 件，请登录查看：", left) % {"n": left}
        written.append(f"{text}{settings.LIREN_URL}/")
    return "\n".join(written)


def address(record: Record) -> str:
    """Where the record is read; who follows it must sign in as for any other."""
    return f"{settings.LIREN_URL}/records/{quote(record.number)}/"


def _line(told: Told, at: datetime) -> str:
    record, entry = told.record, catalogue().kinds.get(told.record.kind)
    if entry and entry.spec.visible == "public":
        line = told.text
    else:
        name, state = (
            (entry.spec.title, state_title(entry.spec, record.state)) if entry else ("", record.state)
        )
        line = f"{record.number} {name}：{state}"
    if record.due is not None:
        due = record.due.astimezone(CHINA).strftime("%m-%d %H:%M")
        line += (_("，已过期限 %(due)s") if record.due < at else _("，期限 %(due)s")) % {"due": due}
    if told.count > 1:
        line += ngettext("（%(n)s 次变动）", "（%(n)s 次变动）", told.count) % {"n": told.count}
    return line
