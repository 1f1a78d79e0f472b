"""Private files leave by a signed link: made for one person, noted with its purpose, good for a few minutes.

A page asks :func:`file_link` when somebody says why they have to see the file, and sends them to the address that holds
the text it gets; that address asks :func:`linked_file`. The text is useless to anybody else, and when it is old.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.clock import now
from liren.inforce import catalogue
from liren.people.actions import private_read
from liren.people.models import Person
from liren.refusals import Refusal

from .drafts import desk
from .flow import check_in_charge
from .models import File, Record
from .values import keepable

#: How long a link opens its file. It is followed at once: a copied one should not outlive the sitting.
HOLDS = timedelta(minutes=10)
_SALT = "liren.records.handing"


def private_files(record: Record) -> QuerySet[File]:
    """The private files of a record, in the order in which they came."""
    return File.objects.filter(record=record, private=True, erased=False).order_by("pk")


def file_link(file: File, *, by: Person | None, purpose: str, at: datetime | None = None) -> str:
    """A text that opens a private file to this person for ten minutes; the reading is noted before it is given.

    For who is in charge of the record, opened it, or is its subject, as with private values. Raises :class:`Refusal`
    (not_yours; missing without a purpose; not_found for a file that is not private and needs no link).
    """
    at = at or now()
    if file.erased:
        raise Refusal("not_found", what="附件", name=file.name, mend=_("它已按规定删除。"))
    if not file.private:
        raise Refusal("not_found", what="保密附件", name=file.name, mend=_("这个附件不保密，直接打开即可。"))
    record = file.record
    check_in_charge(
        desk(), catalogue().kind_entry(record.kind).spec, record, by, at, "查看保密附件", own=True
    )
    if not purpose.strip():
        raise Refusal("missing", fields="用途", what="查看")
    purpose = keepable(purpose.strip(), "用途", 200)
    private_read(record_number=record.number, fields=[noted_as(file)], by=by, at=at, purpose=purpose)
    assert by is not None, "nobody is in charge without being somebody"
    until = int((at + HOLDS).timestamp())
    return signing.dumps([file.pk, by.pk, until], salt=_SALT)


def linked_file(text: str, *, to: Person | None, at: datetime | None = None) -> File:
    """The file a link opens, if it was made for this person and is not old. Raises :class:`Refusal` (not_found).

    Whatever is wrong, the answer is the same: it tells nobody whether such a file is there.
    """
    try:
        file, person, until = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise _gone() from None
    if to is None or to.pk != person or (at or now()).timestamp() >= until:
        raise _gone()
    found = File.objects.filter(pk=file, private=True, erased=False).select_related("record").first()
    if found is None:
        raise _gone()
    # A post may have ended since the link was made.
    spec = catalogue().kind_entry(found.record.kind).spec
    try:
        check_in_charge(desk(), spec, found.record, to, at or now(), "查看保密附件", own=True)
    except Refusal:
        raise _gone() from None
    return found


def noted_as(file: File) -> str:
    """How the log of private reads names a file."""
    return f"附件 {file.name}"[:40]


def _gone() -> Refusal:
    return Refusal("not_found", what="附件", name="保密附件", mend=_("链接已失效，请回到记录页面再打开。"))
