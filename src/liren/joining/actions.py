"""The only code that writes who joins a matter."""

from datetime import datetime

from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.records.flow import state_title
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Joining


def record_join(record: Record, *, by: Person, at: datetime | None = None) -> Joining:
    """A resident joins a matter that is open: linked to it, counted once, told its outcome like its opener.

    Doing it twice changes nothing, so no key is needed. It leaves no act: the record stays as it was, and five
    hundred neighbours would bury what the office did. Raises Refusal: bad_value (a kind that residents do not
    open, or not a public one), wrong_state (ended), already (the opener's own).
    """
    spec = catalogue().kind_entry(record.kind).spec
    if spec.shape != "matter" or "resident" not in spec.opened_by or spec.visible != "public":
        raise Refusal(
            "bad_value", field="一同反映", reason=_("「%(title)s」不能一同反映") % {"title": spec.title}
        )
    with database.atomic():
        latest = Record.objects.select_for_update().get(pk=record.pk)
        if latest.closed is not None or latest.state == "void":
            title = state_title(spec, latest.state)
            raise Refusal(
                "wrong_state", number=latest.number, state=title, what="一同反映", allowed="另行反映"
            )
        if latest.opener_id == by.pk:
            raise Refusal("already", what="您对这件事的反映", number=latest.number)
        joined, _new = Joining.objects.get_or_create(record=latest, person=by, defaults={"at": at or now()})
    return joined


def joinings_pass_on(record: Record, *, into: Record, at: datetime) -> int:
    """A duplicate goes into another record: whoever opened or joined it is told about that one from now on."""
    persons = set(Joining.objects.filter(record=record).values_list("person_id", flat=True))
    spec = catalogue().kind_entry(record.kind).spec
    if "resident" in spec.opened_by and record.opener_id is not None:
        persons.add(record.opener_id)
    rows = [Joining(record=into, person_id=key, at=at) for key in sorted(persons - {into.opener_id})]
    Joining.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
