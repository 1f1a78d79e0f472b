"""One step on many records: which of them allow it, its form, and what came of each.

Each record is its own write, with its own compare-and-swap, act and key: what is refused for one leaves the others
as they are, and the same form sent again does again only what had not been done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.clock import now
from liren.console.presenting.doing import hidden, inputs, near
from liren.console.presenting.list_asking import Wanted
from liren.console.presenting.lists import list_href, rows_for
from liren.forms.keyed import KEY
from liren.forms.records import RecordForm, step_form
from liren.forms.steps import offered_on
from liren.look.asking import record_href
from liren.look.presenting.rows import state_cell
from liren.look.presenting.words import digits
from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, mixed
from liren.packs.catalogue import KindEntry
from liren.packs.language import Kind
from liren.people.models import Person
from liren.people.queries import standing_of
from liren.people.visibility import Viewer, visible
from liren.records.actions import record_step
from liren.records.lists import PAGE
from liren.records.models import Record
from liren.refusals import Refusal

#: Where the lines of the summary go in its page.
MARK = "<!--lines-->"
#: The box by which somebody confirms that so many are meant.
SURE = "sure"
#: Between a record's number and the revision somebody saw of it.
SEEN = "~"
#: The word of an address and a form that say: everything the filters leave. So many at once; more are narrowed first.
WHOLE, MOST = "all", 2000
#: Of so many records each has its own line; of more, what is refused has, and every so often how far it is.
LISTED = PAGE


@dataclass(frozen=True)
class Picked:
    """Ticked records the viewer may see, in the order of their numbers, and the revision each was seen in."""

    records: list[Record]
    seen: dict[str, int]
    missing: int = 0
    #: The filters of the list, where these are all of its records and not those ticked on a page.
    whole: str | None = None


def _said(told: QueryDict, *, sent: bool) -> list[tuple[str, str, str]]:
    """What stands in ``pick``: numbers in an address, in a form that was sent the revisions too."""
    picks = told.getlist("pick")[:PAGE]
    if sent and WHOLE in told:  # one box: a form may not have thousands
        picks = told.get("picks", "").split()[:MOST]
    return [one.rpartition(SEEN) if sent and SEEN in one else (one, "", "") for one in picks]


def picked(told: QueryDict, entry: KindEntry, viewer: Viewer, *, sent: bool) -> Picked:
    """The ticked records of an address or a form that was ``sent``, a page of them at most. One query."""
    said = _said(told, sent=sent)
    numbers = {number[:40]: seen for number, _, seen in said if number.isprintable()}
    rows = Record.objects.filter(kind=entry.id, number__in=list(numbers))
    found = visible(rows, to=viewer, kinds=[entry.id])
    records = list(found.select_related("place").order_by("number"))
    seen = {number: int(one) for number, one in numbers.items() if one.isdigit() and len(one) < 10}
    whole = told.get(WHOLE, "") if sent and WHOLE in told else None
    return Picked(records, seen, len(numbers) - len(records), whole)


def may_tick(kind: Kind, viewer: Viewer) -> bool:
    """Whether the viewer holds a post by which some step of the kind could be taken, so that boxes make sense."""
    roles = {role for step in kind.steps.values() for role in step.by}
    return bool(roles & ({post.role for post in viewer.posts} | {"opener", "subject"}))


def matched(wanted: Wanted, viewer: Viewer, person: Person, step: str) -> Picked:
    """All records of a list as its filters leave them; of these, once a step is chosen, those that allow it.

    Raises Refusal (bad_value) for filters that cannot be read, and where there are more than can be done at once.
    """
    rows = rows_for(wanted, viewer).select_related("place").order_by("number")
    records = list(rows[: MOST + 1])
    if len(records) > MOST:
        reason = _("超过 %(n)s 条，一次办不了这么多；请先收窄筛选。") % {"n": digits(MOST)}
        raise Refusal("bad_value", field=_("筛选"), reason=reason)
    if step:
        allowed = offered_on(records, person, now(), standing_of(viewer))
        records = [one for one in records if any(offer.verb == step for offer in allowed.get(one.pk, []))]
    return Picked(records, {}, whole=wanted.query())


def here(entry: KindEntry, told: QueryDict, *, sent: bool) -> str:
    """The page that an address or a form is about, whoever reads it."""
    if WHOLE in told:
        filters = told.get(WHOLE, "") if sent else told.urlencode()
        return _whole_href(entry, filters, told.get("step", ""))
    return _href(entry, [number for number, _tilde, _seen in _said(told, sent=sent)], told.get("step", ""))


def bulk_href(entry: KindEntry, records: Sequence[Record], step: str = "") -> str:
    """The page for these records, with the form of a step if one is named."""
    return _href(entry, [record.number for record in records], step)


def _href(entry: KindEntry, numbers: Sequence[str], step: str) -> str:
    pairs = [("pick", number) for number in numbers] + ([("step", step)] if step else [])
    return f"{reverse('console:bulk', args=[entry.id])}?{urlencode(pairs)}"


def _whole_href(entry: KindEntry, filters: str, step: str = "") -> str:
    said = [(name, value) for name, value in parse_qsl(filters) if name not in (WHOLE, "step")]
    pairs = [(WHOLE, "1"), *said] + ([("step", step)] if step else [])
    return f"{reverse('console:bulk', args=[entry.id])}?{urlencode(pairs)}"


def page(
    entry: KindEntry,
    chosen: Picked,
    person: Person,
    viewer: Viewer,
    step: str,
    form,
    *,
    restored: bool = False,
) -> dict[str, Any]:
    """The context of bulk.html; ``restored``: the form is as it was before signing in again."""
    allowed = offered_on(chosen.records, person, now(), standing_of(viewer))
    return {
        "kind": {"title": entry.spec.title, "href": list_href(entry.id)},
        "count": _count(chosen),
        "whole": chosen.whole is not None,
        "records": [_line(record, entry.spec) for record in chosen.records[:LISTED]],
        "more": max(0, len(chosen.records) - LISTED),
        "missing": chosen.missing,
        "steps": _steps(entry, chosen, allowed, step),
        "form": form_context(entry, chosen, person, viewer, step, form, restored)
        if form is not None
        else None,
    }


def _count(chosen: Picked) -> str:
    n = len(chosen.records)
    said = {"n": digits(n)}
    if chosen.whole is None:
        return ngettext("选中 %(n)s 条", "选中 %(n)s 条", n) % said
    return ngettext("筛选出的全部 %(n)s 条", "筛选出的全部 %(n)s 条", n) % said


def _line(record: Record, kind: Kind) -> dict[str, Any]:
    cell = state_cell(record, kind)
    told = {"number": record.number, "title": record.title, "href": record_href(record.number)}
    return told | {"place": record.place.name, "state": cell["text"], "level": cell["level"]}


def _steps(entry: KindEntry, chosen: Picked, allowed: dict, current: str) -> list[dict[str, Any]]:
    """Every step that some of the records allow; those that all allow first."""
    told, records = [], chosen.records
    for verb, step in entry.spec.steps.items():
        fit = [one for one in records if any(offer.verb == verb for offer in allowed.get(one.pk, []))]
        if fit:
            told.append(
                {
                    "title": step.title,
                    "href": bulk_href(entry, fit, verb)
                    if chosen.whole is None
                    else _whole_href(entry, chosen.whole, verb),
                    "all": len(fit) == len(records),
                    "count": len(fit),
                    "current": verb == current,
                }
            )
    return sorted(told, key=lambda one: not one["all"])


def bound(entry: KindEntry, chosen: Picked, step: str, typed: QueryDict | None) -> RecordForm | None:
    """The form of the step, the same for all: nothing of any one record stands in it. None for no step."""
    if not chosen.records or step not in entry.spec.steps:
        return None
    form = step_form(chosen.records[0], step, typed)
    form.initial = {KEY: form.initial[KEY]}
    if chosen.whole is not None:
        label = _("我核对过：对这 %(n)s 条都办") % {"n": digits(len(chosen.records))}
        form.fields[SURE] = forms.BooleanField(label=label)
    return form


def is_right(form: RecordForm) -> bool:
    """Whether the form may be carried out; its confirmation is no value of the step's."""
    right = form.is_valid()
    form.cleaned_data.pop(SURE, None)
    return right


def form_context(
    entry: KindEntry,
    chosen: Picked,
    person: Person,
    viewer: Viewer,
    step: str,
    form: RecordForm,
    restored: bool,
) -> dict[str, Any]:
    """``form`` of parts/doing.html, carrying which records it is for and how each was seen."""
    place = viewer.posts[0].place_code if viewer.posts else ""
    picks = [f"{one.number}{SEEN}{chosen.seen.get(one.number, one.revision)}" for one in chosen.records]
    carried = hidden(form, person) | {"step": step}
    if chosen.whole is not None:
        carried, picks = carried | {WHOLE: chosen.whole, "picks": " ".join(picks)}, []
    told = {
        "title": entry.spec.steps[step].title,
        "ui": False,
        "action": reverse("console:bulk", args=[entry.id]),
        "back": list_href(entry.id),
        "inputs": inputs(form),
        "hidden": carried,
        "picks": picks,
        "faults": list(form.non_field_errors()),
        "restored": restored,
        "meanwhile": [],
        "overtaken": False,
        "upload": False,
        "grave": False,
    }
    return told | near(form, place)


@dataclass
class Run:
    """A step being taken on one record after another; ``lines`` tells of each as soon as it is done."""

    entry: KindEntry
    chosen: Picked
    person: Person
    step: str
    form: RecordForm
    language: str
    done: int = 0

    def lines(self) -> Iterator[Svg]:
        """A line for each record when it is done or refused, then the summary. Of very many, a line for each that
        is refused, and how far it is after every page of them."""
        refused: list[Record] = []
        many = len(self.chosen.records)
        for n, record in enumerate(self.chosen.records, 1):
            why = self._take(record)
            if why:
                refused.append(record)
            self.done += not why
            if why or many <= LISTED:
                yield _result(record, why)
            if many > LISTED and n % LISTED == 0 and n < many:
                yield _so_far(n, many)
        yield self._summary(refused)

    def _take(self, record: Record) -> str:
        """Take the step on one record; why not, in words, or nothing."""
        note = str(self.form.cleaned_data.get("note") or "")
        key, seen = f"{self.form.write_key}:{record.pk}", self.chosen.seen.get(record.number)
        try:
            record_step(record, self.step, self.form.values(), by=self.person, note=note, key=key, seen=seen)
        except Refusal as refusal:
            return refusal.sentence(self.language)
        return ""

    def _summary(self, refused: list[Record]) -> Svg:
        done = ngettext("办成 %(n)s 条", "办成 %(n)s 条", self.done) % {"n": digits(self.done)}
        not_done = ngettext("没办成 %(n)s 条", "没办成 %(n)s 条", len(refused)) % {"n": digits(len(refused))}
        words = (
            f"{text(done)}{_('，')}{text(not_done)}"
            if self.language.startswith("zh")
            else f"{text(done)}, {text(not_done)}"
        )
        again = ""
        if refused:
            href, only = text(bulk_href(self.entry, refused[:PAGE])), _("只看没办成的")
            again = f' <a href="{href}">{text(only)}</a>'
        mark = icon("late" if refused else "check")
        level = "soon" if refused else "ok"
        return Svg(
            f'</ol><p class="notice notice-{level}" id="summary" role="status">{mark}<span>{words}{again}</span></p>'
        )


def _so_far(n: int, many: int) -> Svg:
    said = _("办到第 %(n)s 条，共 %(many)s 条") % {"n": digits(n), "many": digits(many)}
    return Svg(f'<li class="quiet small" value="{n}">{text(said)}</li>\n')


def _result(record: Record, why: str) -> Svg:
    number = text(record.number)
    link = f'<a class="num" href="{text(record_href(record.number))}">{number}</a>'
    mark, word = ("late", _("没办成")) if why else ("check", _("办成"))
    chip = f'<span class="chip chip-{"late" if why else "ok"}">{icon(mark)}{text(word)}</span>'
    reason = f'<span class="small">{conditional_escape(mixed(why))}</span>' if why else ""
    title = f'<span lang="zh-Hans">{text(record.title)}</span>'
    return Svg(f"<li>{chip} {link} {title} {reason}</li>\n")
