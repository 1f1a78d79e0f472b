"""Progress bars for anything over a second; silent where nobody watches."""

import sys
from contextlib import contextmanager


class Bar:
    """``update(done)`` moves it, ``advance(n)`` adds to it."""

    def __init__(self, progress=None, task=None):
        self._progress, self._task, self.done = progress, task, 0

    def update(self, done: int) -> None:
        self.done = done
        if self._progress is not None:
            self._progress.update(self._task, completed=done)

    def advance(self, more: int = 1) -> None:
        self.update(self.done + more)


@contextmanager
def bar(title: str, total: int):
    """A bar on standard error; on a pipe only its title and its end are printed."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, progress.add_task(title, total=total))
