"""A desk: one report for one scope, the text that lies on it, and what its reader may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from liren.changes.queries import last_change
from liren.clock import now
from liren.console.acting import nowhere
from liren.console.presenting.home import report_scope
from liren.look.asking import Asked
from liren.look.viewer import viewer
from liren.packs.catalogue import ReportEntry
from liren.packs.changes import Change
from liren.people.visibility import Viewer
from liren.refusals import Refusal
from liren.reports.binding import Bound, document_of, faults_of, report_entry, text_of
from liren.reports.body_text import BodyFault
from liren.reports.document import Document
from liren.reports.standing import may_issue, may_word

#: Signs of a text at most: forty printed pages.
MOST = 60_000


@dataclass
class Desk:
    """``text`` is what lies on the desk: the text in force, or a draft that was sent."""

    entry: ReportEntry
    asked: Asked
    viewer: Viewer
    text: str
    why: str = ""

    @property
    def path(self) -> str:
        """Where the county's own text is kept."""
        return f"{self.entry.pack.pack}.reports.{self.entry.key}.body"

    @cached_property
    def latest(self) -> Change | None:
        """The county's own text that is in force; None while it is the pack's."""
        return last_change(self.path)

    @cached_property
    def in_force(self) -> str:
        return text_of(self.entry)

    @property
    def is_draft(self) -> bool:
        return self.text != self.in_force

    @cached_property
    def may_word(self) -> bool:
        return may_word(self.viewer, self.entry)

    @cached_property
    def may_issue(self) -> bool:
        return may_issue(self.viewer, self.entry, self.asked.place, self.asked.unit, now())

    @cached_property
    def numbers(self) -> Bound:
        """The report bound for its numbers, each computed once."""
        return Bound(self.entry, self.asked.place, self.asked.period, self.asked.unit)

    @cached_property
    def faults(self) -> list[BodyFault]:
        if len(self.text) > MOST:
            return [BodyFault(1, f"正文有 {len(self.text)} 字，最多 {MOST} 字")]
        return faults_of(self.numbers, self.text)

    @cached_property
    def document(self) -> Document | None:
        """The report with this text, or None while it has faults."""
        return None if self.faults else document_of(self.numbers, self.text)

    def href(self, name: str = "studio_desk", **other: str) -> str:
        """A page of this report's studio, for this scope."""
        return f"{reverse(f'console:{name}', args=[self.entry.id])}?{self.asked.query(**other)}"


def desk_of(request: HttpRequest, report: str) -> Desk:
    """The desk of an address. Raises Refusal (not_found) for whoever may neither word nor issue the report."""
    try:
        entry = report_entry(report)
    except Refusal:
        raise nowhere(request) from None
    asked = report_scope(request, entry)
    sent = request.POST.get("text")
    text = text_of(entry) if sent is None else sent.replace("\r\n", "\n").rstrip() + "\n"
    desk = Desk(entry, asked, viewer(request), text, request.POST.get("why", "")[:300])
    if not (desk.may_word or desk.may_issue):
        raise nowhere(request)
    return desk
