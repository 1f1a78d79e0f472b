"""What is measured, in Prometheus' words. With several processes each keeps its counts in a file of a folder that
`liren serve` makes (PROMETHEUS_MULTIPROC_DIR), and whichever process is asked adds them up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from liren.clock import now
from liren.database.sqlite import waiting
from liren.notices.queries import waiting as outbox

from . import marks

TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # a second series for each, which nobody reads
_own = CollectorRegistry()
REQUESTS = Counter(
    "liren_requests", "Requests answered", ("view", "method", "status"), registry=_own
)  # fmt: skip
SECONDS = Histogram(
    "liren_request_seconds", "Seconds until the answer began", ("view",), registry=_own,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
WAITED = Histogram(
    "liren_writer_wait_seconds", "Seconds a writer waited for the others before it", registry=_own,
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
)  # fmt: skip
waiting.listeners.append(WAITED.observe)

#: Methods that are told apart; a label must not grow with what strangers send.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def answered(view: str, method: str, status: int, seconds: float) -> None:
    """Count one answer."""
    REQUESTS.labels(view, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(view).observe(seconds)


class House:
    """Measures that are looked up when somebody asks: the outbox, the tick, the backup, the database, the disk."""

    def collect(self) -> Iterator[Any]:
        for look in (_outbox, _ages, _sizes):
            try:
                yield from look()
            except (DatabaseError, OSError):
                continue  # what cannot be looked up is left out; readiness says that it cannot


def _outbox() -> Iterator[Any]:
    family = GaugeMetricFamily("liren_outbox", "Messages and jobs that are due and not out", labels=["what"])
    for what, count in outbox(now()).items():
        family.add_metric([what], count)
    yield family


def _ages() -> Iterator[Any]:
    for what in (marks.TICK, marks.BACKUP):
        seconds = marks.age(what, now())
        if seconds is not None:
            yield GaugeMetricFamily(
                f"liren_{what}_age_seconds", f"Seconds since the last {what}", value=seconds
            )


def _sizes() -> Iterator[Any]:
    yield GaugeMetricFamily("liren_database_bytes", "Size of the database", value=database_bytes())
    free = shutil.disk_usage(there(Path(settings.VAR))).free
    yield GaugeMetricFamily("liren_disk_free_bytes", "Free space where the data are", value=free)


def database_bytes() -> int:
    """The size of the database: of its files on SQLite, as the server says on PostgreSQL."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        parts = (Path(name), Path(f"{name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def there(folder: Path) -> Path:
    """The folder, or the nearest one around it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def text() -> bytes:
    """Everything, in Prometheus' text format."""
    whole = CollectorRegistry()
    whole.register(House())
    if os.environ.get(FOLDER):
        MultiProcessCollector(whole)
        return generate_latest(whole)
    return generate_latest(_own) + generate_latest(whole)
