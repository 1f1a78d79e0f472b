"""How long writers wait for those before them: whoever measures it listens here."""

from collections.abc import Callable

#: Called with seconds each time a writer has got its turn.
listeners: list[Callable[[float], object]] = []


def waited(seconds: float) -> None:
    """A writer waited so long."""
    for listen in listeners:
        listen(seconds)
