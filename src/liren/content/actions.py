"""The only code that writes editions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from liren import database
from liren.clock import now
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Edition


def edition_publish(record: Record, *, channel: str, at: datetime | None = None, link: str = "") -> Edition:
    """A finished piece goes out on a channel; the digest of its text is kept."""
    return editions_publish([(record, channel, at or now(), link)])[0]


def editions_publish(items: Iterable[tuple[Record, str, datetime, str]]) -> list[Edition]:
    """Bulk form: (record, channel, at, link). A piece that is not finished is refused."""
    rows = []
    for record, channel, at, link in items:
        if record.closed is None:
            allowed = "走完审核"
            raise Refusal("wrong_state", number=record.number, state=record.state, what="发布", allowed=allowed)
        digest = hashlib.sha256(f"{record.title}\n{record.data.get('text', '')}".encode()).hexdigest()
        rows.append(Edition(record=record, channel=channel, at=at, link=link, digest=digest))
    with database.atomic():
        return Edition.objects.bulk_create(rows, batch_size=2000)
