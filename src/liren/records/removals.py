"""What a change of packs would take away from rows that still use it."""

from collections.abc import Iterator
from dataclasses import dataclass

from liren.figures.models import Reading
from liren.packs.catalogue import Catalogue, KindEntry
from liren.packs.language import FieldSpec
from liren.people.models import Post
from liren.reports.models import Frozen

from .queries import uses


@dataclass(frozen=True)
class Loss:
    """A part that would be gone, in Chinese, and how many rows use it."""

    what: str
    count: int


def losses(before: Catalogue, after: Catalogue) -> list[Loss]:
    """Every part of ``before`` (which must be in force) that ``after`` lacks and rows still use."""
    found = [*_kinds(before, after), *_roles(before, after), *_figures(before, after)]
    return [loss for loss in found if loss.count]


def _kinds(before: Catalogue, after: Catalogue) -> Iterator[Loss]:
    for kind_id, entry in before.kinds.items():
        now = after.kinds.get(kind_id)
        if now is None or now.spec.shape != entry.spec.shape:
            yield Loss(f"类型 {entry.spec.title}", uses(kind_id))
            continue
        for key in entry.spec.states.keys() - now.spec.states.keys():
            yield Loss(f"{entry.spec.title}的状态 {entry.spec.states[key].title}", uses(kind_id, key))
        for key in entry.spec.steps.keys() - now.spec.steps.keys():
            yield Loss(f"{entry.spec.title}的步骤 {entry.spec.steps[key].title}", uses(kind_id, step=key))
        yield from _fields(entry, now)


def _fields(entry: KindEntry, now: KindEntry) -> Iterator[Loss]:
    for key, field in entry.spec.fields.items():
        kept = now.spec.fields.get(key)
        what = f"{entry.spec.title}的字段 {field.title}"
        if kept is None:
            yield Loss(what, uses(entry.id, field=key))
        elif _kept_how(kept) != _kept_how(field):
            # The values would stay where the new field does not look, or in a form it cannot read.
            yield Loss(f"{what}（存法不同了）", uses(entry.id, field=key))
        else:
            for choice in field.choices.keys() - kept.choices.keys():
                yield Loss(f"{what}的选项 {field.choices[choice]}", uses(entry.id, choice=(key, choice)))


def _kept_how(field: FieldSpec) -> tuple:
    return field.type, field.column, field.private


def _roles(before: Catalogue, after: Catalogue) -> Iterator[Loss]:
    for key in before.roles.keys() - after.roles.keys():
        yield Loss(f"角色 {before.roles[key]}", Post.objects.filter(role=key).count())


def _figures(before: Catalogue, after: Catalogue) -> Iterator[Loss]:
    for figure_id, entry in before.figures.items():
        now = after.figures.get(figure_id)
        title = f"指标 {entry.spec.title}"
        if now is None:
            printed = Frozen.objects.filter(figure=figure_id).count()
            yield Loss(title, printed + Reading.objects.filter(figure=figure_id).count())
        elif entry.spec.verb == "reading" and now.spec.verb != "reading":
            yield Loss(f"{title}（不再填报）", Reading.objects.filter(figure=figure_id).count())
