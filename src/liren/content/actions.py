"""The only code that writes editions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_value
from liren.records.flow import state_title
from liren.records.models import Record
from liren.records.values import keepable
from liren.refusals import Refusal

from .models import Edition


def edition_publish(record: Record, *, channel: str, at: datetime | None = None, link: str = "") -> Edition:
    """A finished piece goes out on a channel; the digest of its text is kept."""
    record.refresh_from_db()
    return editions_publish([(record, channel, at or now(), link)])[0]


def editions_publish(items: Iterable[tuple[Record, str, datetime, str]]) -> list[Edition]:
    """Bulk form: (record, channel, at, link). Refused for a piece that is not finished, void, or there already."""
    rows = []
    for record, channel, at, link in items:
        if record.closed is None or record.state == "void":
            state = state_title(catalogue().kind_entry(record.kind).spec, record.state)
            raise Refusal("wrong_state", number=record.number, state=state, what="发布", allowed="走完审核")
        digest = hashlib.sha256(f"{record.title}\n{record.data.get('text', '')}".encode()).hexdigest()
        keepable(channel, "渠道", 80)
        rows.append(Edition(record=record, channel=channel, at=at, link=_address(link), digest=digest))
    try:
        with database.atomic():
            return Edition.objects.bulk_create(rows, batch_size=2000)
    except IntegrityError:
        raise _twice(rows) from None


def _address(link: str) -> str:
    """Pages make it a link: only web addresses."""
    keepable(link, "网址", 300)
    try:
        return read_value("link", link) or ""
    except BadValue as fault:
        raise Refusal("bad_value", field="网址", reason=str(fault)) from None


def _twice(rows: list[Edition]) -> Refusal:
    """Which piece a channel has already, or would get twice."""
    seen: set[tuple] = set()
    for row in rows:
        own = (row.record_id, row.channel)
        if own in seen or Edition.objects.filter(record=row.record_id, channel=row.channel).exists():
            break
        seen.add(own)
    return Refusal(
        "already", what=_("发布到「%(channel)s」的稿件") % {"channel": row.channel}, number=row.record.number
    )
