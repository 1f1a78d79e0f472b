"""``liren doctor``: looks an installation over; each line says ✓, ! or ✗ and, if need be, how to mend it.

Nothing is changed, not even migrated. Exit status 1 when something is ✗.
"""

import json
from collections.abc import Callable, Iterator

from .looking import database, files, machine, running, work
from .looking.sign import BAD, Sign

NO_DATABASE = {"doctor": True}
BEFORE = (
    machine.python, machine.libraries, machine.packs, machine.keys, running.modes, running.reached,
    running.breached, running.encrypted,    machine.space, machine.font, running.backup,
)  # fmt: skip
#: What needs a database that can be used.
WITH_DATABASE = (
    work.gone, work.private, work.chain, work.calendar, work.overdue, work.messages, files.files, files.answers,
    running.clock_back, running.tick, running.forwarded,
)  # fmt: skip


def doctor_words(command) -> None:
    command.add_argument("--json", action="store_true")


def doctor_run(args) -> int:
    import django

    django.setup()
    signs = list(examine())
    if args.json:
        print(json.dumps([sign.__dict__ for sign in signs], ensure_ascii=False, indent=1))
    else:
        for sign in signs:
            print(sign)
    return 1 if any(sign.mark == BAD for sign in signs) else 0


def examine() -> Iterator[Sign]:
    """Everything looked at, in order. What needs the database is left out when it cannot be used."""
    for look in BEFORE:
        yield from _safely(look)
    usable = True
    for sign in _safely(database.database):
        usable = usable and sign.mark != BAD
        yield sign
    if usable:
        for look in WITH_DATABASE:
            yield from _safely(look)


def _safely(look: Callable[[], Iterator[Sign]]) -> Iterator[Sign]:
    """A look that fails is a finding itself, and never keeps the others from being taken."""
    try:
        yield from look()
    except Exception as fault:
        yield Sign(look.__doc__ or look.__name__, BAD, f"查不了：{type(fault).__name__} {fault}".strip())
