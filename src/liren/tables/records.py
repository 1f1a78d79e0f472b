"""Records of a kind as rows of a table: the same checks as the form, row by row.

A row is the same as an earlier record when the kind's ``once`` fields say so. A kind without them
knows its imported rows again by a digest of all their values, kept as the idempotency key of the
opening act. Rows always begin in the kind's first state: what a person did later is no column.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren.clock import now
from liren.packs.catalogue import KindEntry
from liren.packs.fields import CHINA, COLUMNS, BadValue, read_moment
from liren.packs.language import Kind
from liren.packs.sources import column_of
from liren.people.models import Person
from liren.people.private import lasting_fingerprint
from liren.people.standing import Standing
from liren.places.models import Place
from liren.records.actions import History, desk, records_enter
from liren.records.flow import Draft, open_draft
from liren.records.models import Act, Record
from liren.records.values import assign, name_of, plain
from liren.refusals import Refusal

from .rows import BadRow, Item, Register

_EXACT = {"地点代码": "place", "单位代码": "unit", "承办代码": "handler", "人员编号": "person"}
_UNREAD = {
    "编号": gettext_noop("编号由系统按年给出"),
    "状态": gettext_noop("导入的记录都从第一个状态开始，之后的办理请在系统里做"),
    "期限": gettext_noop("期限由系统按时限算出"),
    "办结": gettext_noop("办结时间由步骤产生"),
    "逾期次数": gettext_noop("逾期由系统记下"),
}
#: What stands in place of a private value in an exported table.
MASK = "█"
_DIGEST = "import:"
_DIGESTED = (
    "title", "place_id", "unit_id", "handler_id", "person_id", "category", "level", "source", "quantity",
    "money", "starts", "ends",
)  # fmt: skip


class Records(Register):
    """Rows that become records of a kind. ``by`` opens them; ``place`` is for rows that name none."""

    def __init__(self, entry: KindEntry, *, by: Person | None, place: Place | None):
        self.entry, self.spec, self.by, self.place = entry, entry.spec, by, place
        self.title = entry.spec.title
        self.desk = desk(_inside(by, place))
        self.entered = now()
        self.unread = {title: _UNREAD[said] for said, title in self.kernel_titles(self.spec).items()}
        self.exact = self.exact_titles(self.spec)
        self._faults: dict[tuple[str, str], str] = {}
        if by is None and not {"resident", "system"} & set(self.spec.opened_by):
            roles = "、".join(self.desk.resolver.role_title(role) for role in self.spec.opened_by)
            what = _("导入%(title)s（要由%(roles)s导入）") % {"title": self.title, "roles": roles}
            raise Refusal("missing", fields="经办人 --by", what=what)

    # -- columns ----------------------------------------------------------------------------------

    @staticmethod
    def kernel_titles(spec: Kind) -> dict[str, str]:
        """What the kernel writes itself → its title in tables of the kind, which may use the word otherwise."""
        own = _own_titles(spec)
        return {title: f"记录{title}" if title in own else title for title in _UNREAD}

    @staticmethod
    def exact_titles(spec: Kind) -> dict[str, str]:
        """Titles of columns of codes → the column they say exactly, unless the kind uses the title itself."""
        return {title: name for title, name in _EXACT.items() if title not in _own_titles(spec)}

    def name_of(self, title: str) -> str | None:
        name = name_of(self.spec, title)
        if name is None or name in self.spec.fields:
            return name
        # A shared column may be kept by a field of another name: then both are the same column.
        kept = (key for key, field in self.spec.fields.items() if field.column == name)
        return next(kept, name)

    def titles(self) -> list[str]:
        declared = [field.title for field in self.spec.fields.values()]
        kept = {column_of(self.spec, key) for key in self.spec.fields}
        return declared + [column.title for key, column in COLUMNS.items() if key not in kept]

    def missing(self, names: Collection[str]) -> list[str]:
        given = {*names, "place"} if self.place else set(names)
        return [self._title(name) for name in self._required() if name not in given]

    def _required(self) -> list[str]:
        return [key for key, field in self.spec.fields.items() if field.required and field.default is None]

    def _title(self, name: str) -> str:
        return self.spec.fields[name].title if name in self.spec.fields else COLUMNS[name].title

    # -- a row ------------------------------------------------------------------------------------

    def read(self, values: dict[str, str]) -> Item:
        given: dict[str, Any] = {k: v for k, v in values.items() if not self._is_masked(k, v)}
        if self.place is not None and "place" not in given:
            given["place"] = self.place
        at, dated = self._at(given)
        try:
            draft = open_draft(self.desk, self.entry, given, by=self.by, at=at, entered=self.entered)
        except Refusal as refusal:
            raise BadRow(self._why(given, refusal, at)) from None
        digest = self._digest(draft, dated)
        identity = draft.record.natural_key or digest
        history = History(given, self.by, at, entered=self.entered)
        if draft.record.natural_key is None:
            history.key = digest
        return Item(identity, digest, history, self._told(draft))

    def _is_masked(self, name: str, text: str) -> bool:
        field = self.spec.fields.get(name)
        return field is not None and field.private and MASK in text

    def _at(self, given: dict[str, Any]) -> tuple[datetime, bool]:
        """When the record came about: what the table says, else now. A bad date is told with the rest."""
        for name, text in given.items():
            if column_of(self.spec, name) == "opened":
                try:
                    return read_moment(text), True
                except BadValue:
                    break
        return self.entered, False

    def _why(self, given: dict[str, Any], refusal: Refusal, at: datetime) -> list[tuple[str | None, str]]:
        """Every fault of a refused row: each cell is tried alone, then what is missing."""
        faults: list[tuple[str | None, str]] = []
        for name, text in given.items():
            if reason := self._cell_fault(name, text):
                faults.append((name, reason))
        faults += [(name, _("必填，却是空的")) for name in self._required() if name not in given]
        if not faults and refusal.code == "not_yours":
            return [("place", f"{refusal}（按 {at.astimezone(CHINA):%Y-%m-%d} 当时的任职）")]
        return faults or [(None, str(refusal))]

    def _cell_fault(self, name: str, text: Any) -> str:
        key = (name, str(text))
        if key not in self._faults:
            self._faults[key] = ""
            try:
                record = Record(kind=self.entry.id, data={})
                assign(self.desk.resolver, Draft(self.entry, record), {name: text})
            except Refusal as refusal:
                said = refusal.facts.get("reason") if refusal.code == "bad_value" else None
                self._faults[key] = f"{said or refusal}{_hint(self.spec, name, text)}"
        return self._faults[key]

    def _told(self, draft: Draft) -> str:
        """A few words by which a person knows the row again; no private value among them."""
        record = draft.record
        shown = [record.title] if record.title else []
        shown += [str(record.data[key]) for key in self.spec.once if isinstance(record.data.get(key), str)]
        place = self.desk.resolver.find("place", record.place_id).name
        return "，".join([*shown, place, record.opened.astimezone(CHINA).date().isoformat()])

    def _digest(self, draft: Draft, dated: bool) -> str:
        """All values of the row, for knowing it again.

        Private values are only taken in under the house's key: a plain digest of a phone number among
        known values could be undone by trying all numbers.
        """
        record = draft.record
        said = {name: plain(getattr(record, name)) for name in _DIGESTED} | {"data": record.data}
        if dated:
            said["opened"] = record.opened.isoformat()
        text = _json([self.entry.id, said])
        if not draft.private:
            return _DIGEST + hashlib.sha256(text).hexdigest()
        private = (text + _json(draft.private)).decode()
        return "import:" + lasting_fingerprint(private, "tables.import")

    # -- what stands, and writing -----------------------------------------------------------------

    def there(self, items: Sequence[Item]) -> set:
        keys = [item.identity for item in items]
        digests = [key for key in keys if key.startswith(_DIGEST)]
        rows = Record.objects.filter(kind=self.entry.id, natural_key__in=keys)
        entered = Act.objects.filter(key__in=digests)
        return {*rows.values_list("natural_key", flat=True), *entered.values_list("key", flat=True)}

    def write(self, items: Sequence[Item]) -> int:
        histories = [item.payload for item in items]
        return len(records_enter(self.entry.id, histories, at_desk=self.desk))


def _own_titles(spec: Kind) -> set[str]:
    return {name for key, field in spec.fields.items() for name in (key, field.title)}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=plain).encode()


def _inside(by: Person | None, place: Place | None) -> str:
    """The county in which bare names of the table are looked for."""
    if place is not None:
        return place.code[:6]
    if by is None:
        return ""
    for post in Standing().posts(by, now()):
        return post.place_code[:6]
    return (by.place_id or "")[:6]


def _hint(spec, name: str, text: Any) -> str:
    """What a spreadsheet program probably did to the value."""
    field = spec.fields.get(name)
    kind = field.type if field else COLUMNS[name].types[0]
    value = str(text)
    if kind in ("place", "unit", "person", "phone") and "E+" in value.upper() and value[:1].isdigit():
        return "（被表格软件改成了科学记数法；请把这一列设为文本，重新填写）"
    if kind in ("date", "datetime") and value.isdigit() and 20_000 < int(value) < 80_000:
        return "（像是日期的序号；请把这一列设为日期格式）"
    return ""
