"""Binds a report: reads its text, computes every number it cites, and makes the neutral document."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from liren.figures.browsing import counted_rows
from liren.figures.periods import BadPeriod, Period
from liren.figures.printing import difference_text, plain
from liren.figures.queries import compare, compute, figure_entry, read_period
from liren.figures.scope import Result, Scope
from liren.figures.telling import text as figure_text
from liren.figures.together import computed
from liren.figures.wording import definition_text
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry, ReportEntry
from liren.packs.findings import suggest
from liren.packs.language import Cited
from liren.places.models import Place, Unit
from liren.places.queries import find_unit
from liren.refusals import Refusal

from .document import BodyFault, BodyRefused, Citation, Document, Number, parse_body, typed_numbers

WORDS = ("title", "place", "period", "issuer", "date")


def report_entry(name: str) -> ReportEntry:
    """A report by id (``pack.report``), by its key, or by its pack's name when that has only one."""
    reports = catalogue().reports
    if name in reports:
        return reports[name]
    near = [e for e in reports.values() if name in (e.key, e.pack.pack)]
    if len(near) == 1:
        return near[0]
    if near:
        among = "、".join(e.id for e in near)
        raise Refusal("ambiguous", what="报告", name=name, among=among)
    raise Refusal("not_found", what="报告", name=name, mend=suggest(name, reports) or "")


@dataclass
class Bound:
    """A report for a place (and unit) and period, with every number computed as it is asked for."""

    entry: ReportEntry
    place: Place
    period: Period
    unit: Unit | None = None
    results: dict[str, Result] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    known: dict[str | int, Place | Unit] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.entry.spec.title

    @property
    def issuer(self) -> str:
        return self.entry.spec.issuer or (self.unit.name if self.unit else self.place.name)

    def cited(self, name: str) -> Cited:
        """The declaration of a name, or of an own figure of the pack."""
        if name in self.entry.spec.figures:
            return self.entry.spec.figures[name]
        own = f"{self.entry.pack.pack}.{name}"
        for figure in (own, name):
            if figure in catalogue().figures:
                return Cited(figure=figure)
        known = [*self.entry.spec.figures, *self.entry.pack.figures]
        raise LookupError(f"没有指标「{name}」。{suggest(name, known)}")

    def result(self, name: str) -> Result:
        """The figure behind a name, computed once."""
        if name not in self.results:
            cited = self.cited(name)
            figure = catalogue().figure_id(cited.figure, self.entry.pack.pack)
            self.results[name] = compute(figure, self.scope(cited))
        return self.results[name]

    def ask_together(self) -> None:
        """Compute what the report declares, figures over the same rows by one query; the rest when it is cited."""
        asked: dict[Scope, dict[str, FigureEntry]] = {}
        for name in self.names():
            if name not in self.results:
                cited = self.cited(name)
                figure = catalogue().figure_id(cited.figure, self.entry.pack.pack)
                asked.setdefault(self.scope(cited), {})[name] = figure_entry(figure)
        for scope, entries in asked.items():
            found = computed(entries.values(), [scope])
            told = {name: found.get((entry.id, scope)) for name, entry in entries.items()}
            self.results |= {name: result for name, result in told.items() if result is not None}

    def scope(self, cited: Cited) -> Scope:
        place = cited.place or self.place.code
        unit = find_unit(cited.unit, place) if cited.unit else self.unit
        return Scope(place, cited_period(cited.period, self.period), unit.pk if unit else None)

    def about(self, scope: Scope) -> Place | Unit:
        """What a number is about: a unit, or else a place; each is looked up once."""
        key = scope.unit or scope.place
        if key not in self.known:
            self.known[key] = Unit.objects.get(pk=key) if scope.unit else Place.objects.get(code=scope.place)
        return self.known[key]

    def number(self, placeholder: str) -> Number:
        """The printed number of one placeholder: ``name`` or ``name|word|word``."""
        name, *words = (part.strip() for part in placeholder.split("|"))
        key = "|".join([name, *(word.replace(" ", "_") for word in words)])
        self.printed[key] = _printed(self.result(name), words)
        return Number(self.printed[key], key)

    def names(self) -> list[str]:
        """Every name the report declares, in order; a report without names cites its pack's figures."""
        return list(self.entry.spec.figures) or list(self.entry.pack.figures)


def _printed(result: Result, words: list[str]) -> str:
    comparing = [w for w in words if w.startswith("vs ")]
    if comparing:
        with_ = comparing[0].removeprefix("vs ").strip()
        difference, _, label, _ = compare(result, with_)
        spec = result.figure.spec
        return difference_text(difference, spec.unit, spec.decimals, label)
    if "names" in words:
        return "、".join(str(group[2]) for group in result.evidence.groups) or "无"
    return figure_text(result, words)


def cited_period(word: str, report: Period) -> Period:
    """The period a cited number is asked for, relative to the report's."""
    if word == "report":
        return report
    if word in ("end", "until"):
        return report.at_end()
    if word == "start":
        return report.at_start()
    period = read_period(word)
    try:
        return period.cut(report.end) if word.startswith("since:") else period
    except BadPeriod as fault:
        raise Refusal("bad_period", reason=str(fault)) from None


def bind(
    name: str,
    *,
    place: Place,
    period: Period,
    unit: Unit | None = None,
    text: str | None = None,
    digests: bool = True,
) -> tuple[Bound, Document]:
    """Compute a report and make its document; ``text`` is a draft in place of the report's own.

    A page that is read and not kept does without ``digests``: each walks through all rows of its evidence.
    Raises Refusal with every fault of the text.
    """
    bound = Bound(report_entry(name), place, period, unit)
    return bound, document_of(bound, text_of(bound.entry) if text is None else text, digests=digests)


def document_of(bound: Bound, text: str, *, digests: bool = True) -> Document:
    """The document of a text with the numbers of a bound report. Raises Refusal with every fault."""
    bound.ask_together()
    body = _body(bound, text)
    for declared in bound.names():
        bound.result(declared)
    return make_document(bound, body, issued_on(bound.period), digests=digests)


def text_of(entry: ReportEntry) -> str:
    """The text in force: the county's own, or the file that came with the pack."""
    if entry.spec.body is not None:
        return entry.spec.body
    return (entry.folder / entry.spec.text).read_text(encoding="utf-8")


def issued_on(period: Period) -> date:
    return period.end


def _body(bound: Bound, text: str):
    name = "正文" if bound.entry.spec.body is not None else bound.entry.spec.text
    if typed := typed_numbers(text):
        faults = "\n".join(f"第{line}行手写了数字「{words}」" for line, words in typed)
        raise Refusal(
            "bad_file",
            file=name,
            reason=_("报告文本里的数字要用 {指标} 占位\n%(faults)s") % {"faults": faults},
        )
    try:
        return parse_body(_worded(bound, text), bound.number, refuse_typed=False)
    except BodyRefused as fault:
        raise Refusal("bad_file", file=name, reason=str(fault)) from None


def faults_of(bound: Bound, text: str) -> list[BodyFault]:
    """Every fault of a draft, by line: numbers typed by hand, names that lead nowhere, marks left open."""

    def number(placeholder: str) -> Number:
        try:
            return bound.number(placeholder)
        except Refusal as refusal:
            raise ValueError(str(refusal)) from None

    mend = _("改成花括号里的指标")
    found = [BodyFault(line, f"手写了数字「{words}」", mend) for line, words in typed_numbers(text)]
    try:
        parse_body(_worded(bound, text), number, refuse_typed=False)
    except BodyRefused as fault:
        found += fault.faults
    return sorted(set(found))


def _worded(bound: Bound, text: str) -> str:
    """The text with its words put in: title, place, period, issuer, date."""
    words = {
        "title": bound.title,
        "place": bound.place.name,
        "period": bound.period.label_zh,
        "issuer": bound.issuer,
        "date": f"{bound.period.end.year}年{bound.period.end.month}月{bound.period.end.day}日",
    }
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text


def make_document(bound: Bound, body, on: date, report_id: str = "", *, digests: bool = True) -> Document:
    """The neutral document of a bound report."""
    spec = bound.entry.spec
    return Document(
        title=spec.title,
        issuer=bound.issuer,
        number=spec.number or "",
        addressee=spec.addressee or "",
        date=on,
        body=body,
        citations=[citation(bound, key, no, digests) for no, key in enumerate(keys(bound), start=1)],
        notes=_notes(bound),
        report_id=report_id or f"{bound.entry.id}@{bound.place.code}@{bound.period.text}",
    )


def keys(bound: Bound) -> list[str]:
    """Citation keys in the order of the text (``name`` or ``name|words``), then names only declared."""
    cited = {key.split("|")[0] for key in bound.printed}
    return [*bound.printed, *(name for name in bound.results if name not in cited)]


def _notes(bound: Bound) -> list[str]:
    notes = [f"{name}：{w}" for name, r in bound.results.items() for w in r.warnings]
    reshaped = bound.entry.pack.reshaped
    return notes + ([reshaped] if reshaped else [])


def citation(bound: Bound, key: str, no: int, digests: bool = True) -> Citation:
    """What proves one number of the report."""
    result = bound.results[key.split("|")[0]]
    spec, _ = result.figure.spec.in_force(result.scope.period.end)
    with translation.override(
        "zh-hans"
    ):  # kept in what is issued: the language of the county, not of who reads
        definition = definition_text(result.figure, spec)
    parts = [r and plain(r.value, r.figure.spec.decimals) for r in (result.numerator, result.denominator)]
    return Citation(
        key=key,
        no=no,
        title=spec.title,
        value_text=bound.printed.get(key) or figure_text(result),
        value=result.value,
        unit=spec.unit,
        figure_id=result.figure.id,
        definition=definition,
        version=result.version,
        place=bound.about(result.scope).name,
        period=result.scope.period.label_zh,
        evidence_count=counted_rows(result),
        digest=result.evidence.digest if digests else "",
        url=_address(bound, result),
        numerator_text=parts[0] or "",
        denominator_text=parts[1] or "",
    )


def _address(bound: Bound, result: Result) -> str:
    """The address of a figure's page on this site."""
    scope = result.scope
    asked = {"place": scope.place, "period": scope.period.text}
    if scope.unit:
        asked["unit"] = bound.about(scope).code
    return f"{settings.LIREN_URL}/figures/{result.figure.id}/?{urlencode(asked)}"
