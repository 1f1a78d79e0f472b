"""Tables in: maps columns to fields, checks every row, and plans what an import would write.

A plan names every bad cell by row, column, header, value and reason, all of them at once. Nothing is
written by planning; ``Plan.enter`` writes all new rows in one transaction, or none. Rows that stand
already change nothing, so importing a file a second time is harmless.

What a row *is* — a record of a kind, a place, a reading — is told by a :class:`Register`
(``rows``; one for each word in ``registers``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren import database
from liren.packs.findings import suggest
from liren.refusals import Refusal

from .rows import SERIAL, BadRow, Item, Register
from .sheet_reading import read_sheet
from .sheets import Sheet, letter, refuse, without_unit

#: Rows of sums at the foot of a table look like records and are not.
_SUMS = {"合计", "总计", "小计", "共计"}


@dataclass(frozen=True)
class BadCell:
    """One cell (or, without a header, one row) that cannot be taken: where, what stands there, and why."""

    row: int
    column: str
    header: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = _("第 %(row)s 行") % {"row": self.row}
        if self.header:
            where += _(" %(column)s 列「%(header)s」") % {"column": self.column, "header": self.header}
        return f"{where}{f'＝{self.value}' if self.value else ''}：{self.reason}"


@dataclass
class Plan:
    """What an import would do: ``new`` items, how many are ``there``, ``doubles`` (row, row before)."""

    file: str
    register: Register
    rows: int = 0
    new: list[Item] = field(default_factory=list)
    there: int = 0
    doubles: list[tuple[int, int]] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def enter(self) -> int:
        """Write everything new, all or nothing; how many. Only for a plan without bad cells."""
        if self.bad:
            raise refuse(self.file, _("有 %(count)s 处不对，一行也没有写入") % {"count": len(self.bad)})
        if not self.new:
            return 0
        try:
            with database.atomic():
                return self.register.write(self.new)
        except (IntegrityError, Refusal) as fault:
            if isinstance(fault, Refusal) and fault.code != "already":
                raise
            raise refuse(self.file, _("导入时别人写入了同样的内容，一行也没有写入；请再导入一次")) from None

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "file": self.file,
            "title": self.register.title,
            "rows": self.rows,
            "new": len(self.new),
            "there": self.there,
            "doubles": [{"row": row, "same_as": first} for row, first in self.doubles],
            "bad": [cell.__dict__ for cell in self.bad],
            "notes": self.notes,
            "first": [item.told for item in self.new[:5]],
        }


@dataclass(frozen=True)
class _Columns:
    """Where each name is found: column indexes, the exact one (a code) first."""

    places: dict[str, list[int]]

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """Column name → first text among its columns, empty ones left out."""
        found = {}
        for name, indexes in self.places.items():
            text = next((cells[i] for i in indexes if i < len(cells) and cells[i]), "")
            if text:
                found[name] = text
        return found


def plan_import(
    path: Path,
    register: Register,
    *,
    sheet: str | None = None,
    ignore_unknown: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Plan:
    """Read a file and check every row. Raises :class:`Refusal` for the file or its header as a whole."""

    def known(title: str) -> bool:
        return title in register.unread or title in SERIAL or _name(register, title) is not None

    table = read_sheet(path, known=known, expected=register.titles(), sheet=sheet)
    plan = Plan(table.file, register, len(table.rows), notes=list(table.notes))
    columns = _map_columns(table, register, plan, ignore_unknown)
    _check_rows(table, columns, plan, progress)
    return plan


def _name(register: Register, title: str) -> str | None:
    for word in (title, without_unit(title)):
        if word and (name := register.exact.get(word) or register.name_of(word)):
            return name
    return None


def _map_columns(table: Sheet, register: Register, plan: Plan, ignore_unknown: bool) -> _Columns:
    """Which column holds what. All that is wrong with the header is told at once."""
    places: dict[str, list[int]] = {}
    unknown, faults = [], []
    for index, title in enumerate(_padded_titles(table)):
        if title in register.unread or (title in SERIAL and register.name_of(title) is None):
            plan.notes.append(
                _("「%(title)s」列不导入：%(reason)s")
                % {"title": title, "reason": _(register.unread.get(title, gettext_noop("只是行号")))}
            )
        elif not title or (name := _name(register, title)) is None:
            if title or any(index < len(cells) and cells[index] for _, cells in table.rows):
                unknown.append(_unknown(register, index, title))
        elif without_unit(title) in register.exact:
            places.setdefault(name, []).insert(0, index)
        elif any(without_unit(table.titles[i]) not in register.exact for i in places.get(name, ())):
            faults.append(
                _("%(letter)s 列「%(title)s」与前面的列是同一项，请只留一列")
                % {"letter": letter(index), "title": title}
            )
        else:
            places.setdefault(name, []).append(index)
    if unknown and ignore_unknown:
        plan.notes.append(_("不认识、没有读的列：%(columns)s") % {"columns": "；".join(unknown)})
    elif unknown:
        faults.append(
            _("不认识的列：%(among)s。请改列名、删去，或加 --ignore-unknown") % {"among": "；".join(unknown)}
        )
    if missing := register.missing(places):
        faults.append(_("缺少列：%(among)s") % {"among": "、".join(missing)})
    if faults:
        raise refuse(table.file, "；".join(faults))
    return _Columns(places)


def _padded_titles(table: Sheet) -> list[str]:
    """Titles of all columns, also of those beyond the header that hold something."""
    width = max((len(cells) for _, cells in table.rows), default=0)
    return [*table.titles, *[""] * (width - len(table.titles))]


def _unknown(register: Register, index: int, title: str) -> str:
    if not title:
        return _("%(column)s 列没有表头却有内容") % {"column": letter(index)}
    mend = suggest(title, register.titles())
    told = _("%(column)s 列「%(title)s」") % {"column": letter(index), "title": title}
    return f"{told}（{mend}）" if mend else told


# -- rows ---------------------------------------------------------------------------------------------


def _check_rows(table: Sheet, columns: _Columns, plan: Plan, progress: Callable[[int, int], None]) -> None:
    items: list[tuple[int, Item]] = []
    for done, (number, cells) in enumerate(table.rows):
        faults = _cell_faults(table, columns, number, cells)
        try:
            item = plan.register.read(columns.values(cells))
        except BadRow as fault:
            faults += [one for one in fault.faults if one[0] is None or one[0] not in dict(faults)]
        except Refusal as refusal:
            faults = faults or [(None, str(refusal))]
        else:
            if not faults:
                items.append((number, item))
        plan.bad += [_bad_cell(table, columns, number, cells, *fault) for fault in faults]
        if done % 200 == 0:
            progress(done, len(table.rows))
    if not plan.bad:  # what one bad row leaves out would look like a fault of the others
        cells_of = dict(table.rows)
        for number, name, reason in plan.register.together(items):
            plan.bad.append(_bad_cell(table, columns, number, cells_of[number], name, reason))
    _sort_out(plan, items)
    progress(len(table.rows), len(table.rows))


def _cell_faults(table: Sheet, columns: _Columns, number: int, cells: Sequence[str]):
    """Faults of single cells that are seen before anything is understood."""
    faults: list[tuple[str | None, str]] = []
    if next((cell for cell in cells if cell), "").replace(" ", "").replace("\u3000", "") in _SUMS:
        faults.append((None, _("像是合计行；合计由指标算出，请删去这一行")))
    for name, indexes in columns.places.items() if table.faults else ():
        faults += [(name, table.faults[number, i]) for i in indexes if (number, i) in table.faults]
    return faults


def _bad_cell(table: Sheet, columns: _Columns, number: int, cells, name: str | None, reason: str) -> BadCell:
    indexes = columns.places.get(name or "", [])
    if not indexes:
        return BadCell(number, "", "", "", reason)
    filled = (i for i in indexes if i < len(cells) and cells[i])
    index = next(filled, indexes[0])
    value = cells[index] if index < len(cells) else ""
    return BadCell(number, letter(index), table.titles[index], _short(value), reason)


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:60]}…"


def _sort_out(plan: Plan, items: Sequence[tuple[int, Item]]) -> None:
    """New, already there, twice in the file. The same identity with other values is a fault."""
    first: dict[Any, tuple[int, Item]] = {}
    for number, item in items:
        row, before = first.setdefault(item.identity, (number, item))
        if row == number:
            continue
        if before.whole == item.whole:
            plan.doubles.append((number, row))
        else:
            reason = _("与第 %(row)s 行是同一条（%(told)s），其他值却不同；请只留一行") % {
                "row": row,
                "told": item.told,
            }
            plan.bad.append(BadCell(number, "", "", "", reason))
    kept = [item for _, item in first.values()]
    there = set()
    for start in range(0, len(kept), 500):
        there |= plan.register.there(kept[start : start + 500])
    plan.new = [item for item in kept if item.identity not in there]
    plan.there = len(kept) - len(plan.new)
    plan.bad.sort(key=lambda cell: cell.row)
