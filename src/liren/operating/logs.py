"""The log, as lines of text or of JSON (LIREN_LOG): no path, no address, no name, no words that somebody typed.

A path may carry a private link or a record's number, so a request is told by its route. What an exception says may
quote a value: its kind and the places in our code are told, and its words with names and numbers blotted out.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

#: The request that is being answered, for every line that is written meanwhile.
request_id: ContextVar[str] = ContextVar("liren_request", default="")

_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]+")
_LONG = re.compile(r"(?<![\w.])[\w.+-]*@[\w.-]+|\d{5,}|(?<=[('\"=])[^()'\"=\s]{24,}(?=[)'\"])")
_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
#: Frames of a traceback that are told.
FRAMES = 12


def blotted(text: str) -> str:
    """An exception's words without what may be somebody's name, number, address or secret."""
    return _LONG.sub("#", _CHINESE.sub("…", text))[:300]


def route_of(request: Any) -> str:
    """Which page it was, without what stood in its address."""
    match = getattr(request, "resolver_match", None)
    return match.view_name or match.route if match else "(none)"


class Lines(logging.Formatter):
    """One line of text for each entry."""

    def format(self, record: logging.LogRecord) -> str:
        told = told_of(record)
        more = " ".join(
            f"{key}={value}" for key, value in told.items() if key not in ("at", "level", "log", "said")
        )
        return _LINE.sub(" ", f"{told['at']} {told['level']} {told['log']} {told['said']} {more}".strip())


class Json(logging.Formatter):
    """One JSON object in one line for each entry; what would break the line is escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        text = json.dumps(told_of(record), ensure_ascii=False, default=str)
        return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def told_of(record: logging.LogRecord) -> dict[str, Any]:
    """The parts of an entry: at (UTC), level, log, said, request, and what the entry brings along."""
    request = getattr(record, "request", None)
    said = record.getMessage()
    if request is not None:
        said = f"{getattr(record, 'status_code', '')} {request.method} {route_of(request)}".strip()
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "log": record.name,
        "said": said[:2000],
    }
    if known := request_id.get() or getattr(request, "liren_id", ""):
        told["request"] = known
    told |= getattr(record, "told", {})
    if record.exc_info and record.exc_info[1] is not None:
        told |= _fault(record.exc_info[1])
    return told


def _fault(fault: BaseException) -> dict[str, Any]:
    frames = extract_tb(fault.__traceback__)[-FRAMES:]
    where = [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return {"fault": type(fault).__name__, "words": blotted(str(fault)), "where": where}


def logging_settings(form: str) -> dict[str, Any]:
    """Django's LOGGING: everything to the standard error stream, which the system's journal keeps."""
    formatter = {"json": "Json", "plain": "Lines"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": f"liren.operating.logs.{formatter}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "liren": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            # Every request is a line only where lines are for machines.
            "liren.requests": {"level": "INFO" if form == "json" else "WARNING"},
        },
    }
