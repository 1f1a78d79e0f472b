"""Replays the acts of every record: what they wrote must be what the record holds.

A chain proves that no act was changed; only this shows that no record was changed without one.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from liren.inforce import catalogue
from liren.places.models import Unit
from liren.records.models import Act, Record
from liren.records.values import field_type, plain, value_of

#: Acts whose ``changed`` tells of parts of the record (persons, files), not of its fields.
_PARTS = {"attend", "attach", "link", "erase"}
_SEALED = "█"


def strayed() -> Iterator[tuple[str, str]]:
    """(record number, what is wrong) for every record that does not stand where its acts left it."""
    units = dict(Unit.objects.values_list("pk", "code"))
    acts = Act.objects.order_by("record_id", "id").values_list("record_id", "verb", "to_state", "changed")
    told = groupby(acts.iterator(chunk_size=5000), key=lambda act: act[0])
    owner, mine = next(told, (None, None))
    for record in Record.objects.order_by("pk").iterator(chunk_size=2000):
        while owner is not None and owner < record.pk:
            owner, mine = next(told, (None, None))
        if owner != record.pk or mine is None:
            yield record.number, "有这条记录，却没有任何办理留痕"
        else:
            yield from ((record.number, what) for what in _differences(record, list(mine), units))


def _differences(record: Record, acts: list[tuple], units: dict[int, str]) -> Iterator[str]:
    state = next((to for _, _, to, _ in reversed(acts) if to), "")
    if state != record.state:
        yield f"状态是 {record.state}，留痕说是 {state}"
    late = sum(1 for _, verb, _, _ in acts if verb == "late")
    if late != record.late_count:
        yield f"逾期次数是 {record.late_count}，留痕说是 {late}"
    entry = catalogue().kinds.get(record.kind)
    written: dict[str, Any] = {}
    for _, verb, _, changed in acts:
        written |= {} if verb in _PARTS else changed
    for name, value in written.items():
        # ``due`` moves with the state; a field that the county has taken out of the pack is kept nowhere.
        if entry is None or value == _SEALED or field_type(entry.spec, name) is None:
            continue
        held = _held(entry.spec, record, name, units)
        if held != value:
            yield f"{name} 是 {held}，留痕说是 {value}"


def _held(spec, record: Record, name: str, units: dict[int, str]):
    """The value as an act writes it: units by code, moments in one time zone."""
    value = value_of(spec, record, name)
    if field_type(spec, name) == "unit" and isinstance(value, int):
        return units.get(value)
    return plain(value)
