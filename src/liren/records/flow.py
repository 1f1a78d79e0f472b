"""How a record opens and moves, in memory: checks first, then the drafts that actions write.

Nothing here touches the database but through the resolver it is given, so one record from a form
and thirty thousand from a county's old ledger go through the very same checks.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from liren.packs.catalogue import KindEntry
from liren.packs.conditions import holds, parse
from liren.packs.effects import Effect, parse_effect
from liren.people.models import Person
from liren.people.standing import Standing
from liren.places.limits import Limit, due
from liren.refusals import Refusal

from .acts import NewAct
from .models import Record
from .values import Resolver, assign, keepable, natural_value, plain, value_of


@dataclass(frozen=True)
class Caused:
    """An effect on its way: what, when, and whose act brings it about (None: a limit that passed)."""

    effect: Effect
    at: datetime
    by: Person | None


@dataclass
class Draft:
    """A record on its way to the database: the row, its new acts, and the effects they bring about."""

    kind: KindEntry
    record: Record
    acts: list[NewAct] = field(default_factory=list)
    effects: list[Caused] = field(default_factory=list)
    private: dict[str, Any] = field(default_factory=dict)
    takers: dict[str, set[int | None]] = field(default_factory=dict)
    last_at: datetime | None = None
    since: datetime | None = None


@dataclass
class Desk:
    """What a run of openings and steps shares: who may what, name look-ups, the working calendar."""

    standing: Standing
    resolver: Resolver
    calendar: Any


def open_draft(
    desk: Desk,
    kind: KindEntry,
    values: dict[str, Any],
    *,
    by: Person | None,
    at: datetime,
    entered: datetime,
    key: str | None = None,
    as_effect: bool = False,
) -> Draft:
    """Check an opening and make its draft. Raises :class:`Refusal`.

    ``as_effect``: the pack itself opens the record because of another; nobody's role is asked.
    """
    spec = kind.spec
    record = Record(kind=kind.id, shape=spec.shape, state=spec.first_state, opened=at, opener=by, data={})
    draft = Draft(kind, record)
    changed = assign(desk.resolver, draft, values)
    _fill_defaults(draft, changed)
    changed |= _default_place(desk, record, spec.opened_by, by, at)
    if not as_effect:
        _check_role(desk, record, spec.opened_by, by, at, f"{spec.open_title or '登记'}{spec.title}")
    missing = [f.title for k, f in spec.fields.items() if f.required and _value(draft, k) is None]
    if not record.place_id and not (spec.fields.get("place") and spec.fields["place"].required):
        missing.append("地点")
    if missing:
        what = f"{spec.open_title or '登记'}{spec.title}"
        raise Refusal("missing", fields="、".join(missing), what=what)
    if spec.once:
        record.natural_key = natural_key(draft, spec.once)
    _append(draft, "open", "", spec.first_state, by=by, at=at, entered=entered, changed=changed, key=key)
    _set_due(desk, draft, at)
    draft.effects += [Caused(parse_effect(text), at, by) for text in spec.effects]
    return draft


def _fill_defaults(draft: Draft, changed: dict) -> None:
    for key, told in draft.kind.spec.fields.items():
        if told.default is not None and _value(draft, key) is None:
            changed |= assign(None, draft, {key: told.default})
    spec = draft.kind.spec
    if spec.shape == "activity" and draft.record.starts is None:
        # Activities are dated by their start: one without would be in no figure. Where a step asks for
        # it, it is not known yet.
        name = next((key for key, told in spec.fields.items() if told.column == "starts"), "starts")
        if not any(name in step.ask for step in spec.steps.values()):
            changed |= assign(None, draft, {name: draft.record.opened})


def _default_place(desk: Desk, record: Record, roles, by: Person | None, at: datetime) -> dict[str, str]:
    """A clerk's post says where and for which unit, unless the form does. Returns what changed, for the act."""
    if record.place_id or by is None:
        return {}
    for post in desk.standing.posts(by, at):
        if post.role in roles:
            record.place_id = post.place_code
            changed = {"place": record.place_id}
            if post.unit is not None and record.unit_id is None:
                record.unit_id, changed["unit"] = post.unit.pk, post.unit.code
            return changed
    if by.place_id is None:
        return {}
    record.place_id = by.place_id
    return {"place": record.place_id}


def natural_key(draft: Draft, names) -> str | None:
    """What makes this record the same as an earlier one: the values of the kind's ``once`` fields.

    None when they are all missing: two records about which nothing is known are not the same.
    """
    values = [_value(draft, name) for name in names]
    if all(value is None for value in values):
        return None
    text = "|".join("" if value is None else str(plain(value)) for value in values)
    # Cut off, two long keys with one beginning would pass for the same.
    return text if len(text) <= 300 else f"{text[:200]}#{sha256(text.encode()).hexdigest()}"


def _value(draft: Draft, name: str):
    if name in draft.private:
        return draft.private[name]
    return value_of(draft.kind.spec, draft.record, name)


def _natural(draft: Draft, name: str):
    return natural_value(draft.kind.spec, _value(draft, name), name)


def _step_named(spec, verb: str, state: str):
    """A step by its key or its Chinese title: (key, step)."""
    step = spec.steps.get(verb) or _by_title(spec, verb, state)
    if step is None:
        allowed = "、".join(s.title for s in spec.steps.values())
        raise Refusal("no_step", kind=spec.title, what=verb, allowed=allowed)
    return next(k for k, s in spec.steps.items() if s is step), step


def take_step(
    desk: Desk,
    draft: Draft,
    verb: str,
    values: dict[str, Any],
    *,
    by: Person | None,
    at: datetime,
    entered: datetime,
    note: str = "",
    key: str | None = None,
) -> Draft:
    """Check a step on a draft and apply it in memory. Raises :class:`Refusal`."""
    spec, record = draft.kind.spec, draft.record
    verb, step = _step_named(spec, verb, record.state)
    _check_state(draft, step)
    _check_role(desk, record, step.by, by, at, step.title, relations=True)
    _check_other_person(draft, step, by)
    check_time(draft, at)
    settle_lateness(draft, at, entered)
    _check_not_before(desk, draft, step, at)
    if step.when and not holds(parse(step.when), lambda name: _natural(draft, name)):
        raise Refusal("condition", number=record.number or spec.title, what=step.title, condition=step.when)
    changed = assign(desk.resolver, draft, values)
    missing = [_title(spec, n) for n in step.ask if not n.endswith("?") and _value(draft, n) is None]
    if missing:
        raise Refusal("missing", fields="、".join(missing), what=step.title)
    before = record.state
    record.state = step.to or record.state
    _append(
        draft, verb, before, record.state, by=by, at=at, entered=entered, changed=changed, note=note, key=key
    )
    if step.to and step.to != before:
        record.closed = at if spec.states[record.state].end else None
        _set_due(desk, draft, at)
    draft.effects += [Caused(parse_effect(text), at, by) for text in step.effects]
    return draft


def check_time(draft: Draft, at: datetime) -> None:
    """Acts follow one another in time."""
    if draft.last_at and at < draft.last_at:
        raise Refusal("too_early", at=_show(at), last=_show(draft.last_at))


def _check_state(draft: Draft, step) -> None:
    record, spec = draft.record, draft.kind.spec
    if record.state in step.from_:
        return
    possible = "、".join(s.title for s in spec.steps.values() if record.state in s.from_) or "（没有）"
    title = state_title(spec, record.state)
    raise Refusal(
        "wrong_state", number=record.number or spec.title, state=title, what=step.title, allowed=possible
    )


def state_title(spec, state: str) -> str:
    """The Chinese name of a state, of the kernel's own ``void`` too."""
    return spec.states[state].title if state in spec.states else {"void": "已作废"}.get(state, state)


def _check_role(desk, record, roles, by, at, what: str, relations: bool = False) -> None:
    """A role over the record's place or unit, or a relation to the record (opener, subject, resident)."""
    if "resident" in roles or (by is None and "system" in roles):
        return
    if by is not None:
        if relations and "opener" in roles and record.opener_id == by.pk:
            return
        if relations and "subject" in roles and record.person_id == by.pk:
            return
        units = (record.unit_id, record.handler_id)
        if record.place_id and desk.standing.post_for(by, roles, record.place_id, units, at):
            return
    who = by.name if by else "未登录者"
    titles = "、".join(desk.resolver.role_title(role) for role in roles)
    raise Refusal("not_yours", who=who, what=what, roles=titles, where=record.place_id or "（未写地点）")


def check_in_charge(
    desk: Desk, spec, record: Record, by: Person | None, at: datetime, what: str, *, own=False, roles=()
) -> None:
    """Whoever may take any step of the record may also extend, transfer, void or attach.

    ``own``: so may who opened it and whom it is about. ``roles``: so may who holds one of these over it.
    """
    if own and by is not None and by.pk in (record.opener_id, record.person_id):
        return
    _check_role(desk, record, sorted({*in_charge(spec), *roles}), by, at, what)


def in_charge(spec) -> set[str]:
    """The roles that may take some step of records of a kind, or open one."""
    roles = {role for step in spec.steps.values() for role in step.by} | set(spec.opened_by)
    return roles - {"resident", "opener", "subject", "system"}


def check_change(draft: Draft, verb: str, changes: dict[str, Any], at: datetime, what: str) -> None:
    """Whether a change outside the flow fits the record as it stands. Raises :class:`Refusal`."""
    record, spec = draft.record, draft.kind.spec
    check_time(draft, at)
    over = record.state == "void" or (verb in ("transfer", "supervise") and spec.states[record.state].end)
    if over:
        title = state_title(spec, record.state)
        raise Refusal("wrong_state", number=record.number, state=title, what=what, allowed="（没有）")
    if verb == "extend":
        if record.due is None:
            raise Refusal("cannot_compute", name=record.number, reason=_("这条记录现在没有期限，不必延期"))
        if changes["due"] <= record.due:
            raise Refusal("bad_value", field="期限", reason=_("新的期限要晚于现在的期限"))


def supervisors(spec) -> list[str]:
    """Roles that look after records of a kind without handling them: who is told when a limit passes, and who
    alone may see it.
    """
    effects = [parse_effect(text) for state in spec.states.values() for text in state.late]
    roles = {effect.whom for effect in effects if effect.verb == "tell"} | set(spec.seen_by)
    return sorted(roles - {"opener", "subject", "attendees"})


def _check_other_person(draft: Draft, step, by: Person | None) -> None:
    for earlier in step.not_by:
        if by is not None and by.pk in draft.takers.get(earlier, ()):
            steps = draft.kind.spec.steps
            done = steps[earlier].title if earlier in steps else (draft.kind.spec.open_title or "登记")
            raise Refusal("same_person", who=by.name, what=step.title, earlier=done)


def _check_not_before(desk: Desk, draft: Draft, step, at: datetime) -> None:
    """A step that must wait (a notice period): full days after the state was entered, by the calendar."""
    text = _limit(draft, step.not_before)
    if text is None or draft.since is None:
        return
    until = due(draft.since, Limit.parse(text), desk.calendar)
    if at <= until:
        number = draft.record.number or draft.kind.spec.title
        raise Refusal("too_soon", number=number, what=step.title, until=_show(until))


def settle_lateness(draft: Draft, at: datetime, entered: datetime) -> bool:
    """If the limit passed before ``at`` and nobody noticed yet, note it as its own act."""
    record = draft.record
    if record.due is None or record.alarmed is not None or at <= record.due:
        return False
    record.late_count += 1
    record.alarmed = entered
    _append(draft, "late", record.state, record.state, by=None, at=record.due, entered=entered, changed={})
    draft.last_at = None
    state = draft.kind.spec.states[record.state]
    draft.effects += [Caused(parse_effect(text), record.due, None) for text in state.late]
    return True


def _set_due(desk: Desk, draft: Draft, at: datetime) -> None:
    record = draft.record
    within = _limit(draft, draft.kind.spec.states[record.state].within)
    record.due = due(at, Limit.parse(within), desk.calendar) if within else None
    record.alarmed = None


def _limit(draft: Draft, written) -> str | None:
    """A limit as text: written plainly, or chosen by a field."""
    if written is None or isinstance(written, str):
        return written
    return written.limits.get(str(_value(draft, written.by)))


def _append(draft: Draft, verb, before, after, *, by, at, entered, changed, note="", key=None) -> None:
    keepable(note, "说明")
    act = NewAct(verb, before, after, by.pk if by else None, at, entered, note=note, changed=changed, key=key)
    draft.acts.append(act)
    draft.takers.setdefault(verb, set()).add(act.by_id)
    draft.last_at = at
    if before != after:
        draft.since = at


def _by_title(spec, title: str, state: str):
    """The step of that title; of several, the one that leads on from the state."""
    titled = [step for step in spec.steps.values() if step.title == title]
    return next((step for step in titled if state in step.from_), titled[0] if titled else None)


def _title(spec, name: str) -> str:
    from liren.packs.fields import COLUMNS

    return spec.fields[name].title if name in spec.fields else COLUMNS[name].title


def _show(moment: datetime) -> str:
    from liren.packs.fields import CHINA

    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
