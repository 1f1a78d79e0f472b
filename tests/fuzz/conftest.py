"""Cases counted, each with a time limit; `make fuzz` looks at thousands of each sort (HYPOTHESIS_PROFILE=search)."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings

SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "search"
#: Seconds of the clock a single case may take before it counts as one that hangs; busy machines are slow.
LIMIT = 20

_counted: dict[str, int] = defaultdict(int)
_slowest: dict[str, float] = defaultdict(float)


def cases(few: int, many: int) -> Callable:
    """So many examples: `few` on every run of the tests, the same ones; `many` in `make fuzz`, new ones."""
    return settings(
        max_examples=many if SEARCHING else few,
        deadline=None,
        derandomize=not SEARCHING,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def case(name: str) -> Iterator[None]:
    """One case: counted, timed by the processor, and stopped when it hangs."""

    def hangs(_signal: int, _frame: object) -> None:
        raise AssertionError(f"{name}: one case took more than {LIMIT} s")

    before, begun = signal.signal(signal.SIGALRM, hangs), time.process_time()
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _counted[name] += 1
        _slowest[name] = max(_slowest[name], time.process_time() - begun)


def pytest_terminal_summary(terminalreporter) -> None:
    if not _counted or not SEARCHING:
        return
    terminalreporter.section("fuzz")
    for name in sorted(_counted):
        terminalreporter.write_line(
            f"{name:<28} {_counted[name]:>8} cases, slowest {_slowest[name] * 1000:8.1f} ms CPU"
        )
    terminalreporter.write_line(f"{'all':<28} {sum(_counted.values()):>8} cases")
