"""A province's numbers: the same definitions as Spark SQL over the shares of its counties.

Spark is spoken to by Spark Connect: a cluster (``sc://host:port``), or a server started here for the occasion. The
definitions are those of this installation; a county whose share was made with others is named, not silently mixed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.breakdown import can_break
from liren.figures.periods import Period
from liren.figures.scope import Scope
from liren.packs.catalogue import FigureEntry
from liren.refusals import Refusal

from .asking import Asked, cells, value
from .dialects import SPARK
from .shapes import Shape, shapes
from .sharing import SHARE, is_person
from .storing import all_shapes

COUNTY = 6


class SparkEngine:
    """Spark over the shares of some counties; a table is named when it is first asked for."""

    dialect = SPARK

    def __init__(self, session: Any, folders: Sequence[Path], wanted: dict[str, Shape] | None = None) -> None:
        self.session, self.folders = session, folders
        self.shapes = all_shapes(shapes() if wanted is None else wanted)
        self._open: set[str] = set()

    def rows(self, statement: str) -> list[tuple]:
        """All rows of an answer."""
        for name, columns in self.shapes.items():
            if name not in self._open and f"`{name}`" in statement:
                self._view(name, columns)
                self._open.add(name)
        return [tuple(row) for row in self.session.sql(statement).collect()]

    def _view(self, name: str, columns: dict[str, str]) -> None:
        # The calendar is one for all: once is enough.
        folders = self.folders[:1] if name == "house__calendar" else self.folders
        files = [str(path) for folder in folders if (path := folder / f"{name}.parquet").exists()]
        if files:
            self.session.read.parquet(*files).createOrReplaceTempView(name)
            return
        empty = ", ".join(f"CAST(NULL AS {_type(name, c, t)}) AS `{c}`" for c, t in columns.items())
        self.session.sql(f"SELECT {empty} WHERE FALSE").createOrReplaceTempView(name)


def _type(name: str, column: str, type_: str) -> str:
    if column == "household" or is_person(name, column):
        return "STRING"
    return {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}.get(type_, type_)


@contextmanager
def spark(remote: str = "") -> Iterator[Any]:
    """A Spark session: of ``remote``, else of a server started here. Raises Refusal: extra_missing."""
    try:
        from pyspark.sql.connect.session import SparkSession
    except ImportError:
        raise Refusal("extra_missing", what="省级计算", extra="province") from None
    server = None
    if not remote:
        server, remote = _served()
    session = SparkSession.builder.remote(remote).getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        if server is not None:
            server.stop()


def _served() -> tuple[Any, str]:
    """A server of our own: Sail where it is installed, else Apache Spark's with two cores."""
    try:
        from pysail.spark import SparkConnectServer
    except ImportError:
        return None, "local[2]"
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    return server, f"sc://{host}:{port}"


@dataclass
class Province:
    """Counties that took part, and every figure: of the whole, and of each county."""

    period: Period
    counties: list[dict[str, Any]]
    whole: dict[str, Decimal | None] = field(default_factory=dict)
    each: dict[str, dict[str, Decimal | None]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def found_shares(folder: Path, wanted: dict[str, Shape] | None = None) -> list[Path]:
    """The shares below a folder. Raises Refusal where there are none, or one was made with other definitions."""
    paths = sorted(path.parent for path in folder.glob(f"*/{SHARE}"))
    if not paths:
        raise Refusal(
            "bad_file",
            file=str(folder),
            reason=_("下面没有县的文件夹（每个县一个，内有 %(share)s）") % {"share": SHARE},
        )
    digests = {name: shape.digest for name, shape in (shapes() if wanted is None else wanted).items()}
    for path in paths:
        if told(path)["shapes"] != digests:
            reason = _("这个县的口径与这里的不同；两边用同一版本的业务包，再重新生成")
            raise Refusal("bad_file", file=str(path), reason=reason)
    return paths


def told(path: Path) -> dict[str, Any]:
    """What a share says of itself."""
    return json.loads((path / SHARE).read_text("utf-8"))


def counted(session: Any, folder: Path, entries: Sequence[FigureEntry], period: Period) -> Province:
    """Every figure for the whole province and for each of its counties. Raises Refusal."""
    paths = found_shares(folder)
    engine = SparkEngine(session, paths)
    found = Province(period, [told(path) for path in paths])
    wide = [entry for entry in entries if can_break(entry)]
    total = cells(engine, wide, Asked("", [period]))
    below = cells(engine, wide, Asked("", [period], lengths=(COUNTY,)))
    for entry in entries:
        if entry in wide:
            found.whole[entry.id] = total.get((entry.id, "", 0))
            codes = [one["county"] for one in found.counties]
            found.each[entry.id] = {code: below.get((entry.id, code, 0)) for code in codes}
            continue
        if (
            entry.spec.reading or entry.spec.listed
        ):  # readings are no rows; named places are each county's own
            found.left_out.append(entry.id)
        else:
            found.whole[entry.id] = value(engine, entry, Scope("", period))
    return found
