"""A table that somebody sends: checked as a whole, each bad cell named, entered when it is right.

Between the check and the entering the browser would have to choose the file again, so a file of moderate
size goes along in the form, signed. It is read anew when it is entered: nothing is trusted to have stayed.
"""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.refusals import Refusal
from liren.tables.importing import Plan, plan_import
from liren.tables.rows import Register

#: Bytes: what is read at all, and what goes along in the form.
MOST, CARRIED = 20_000_000, 1_500_000
SALT = "liren.console.uploads"
SHOWN = 200


@dataclass
class Upload:
    """``plan`` of the file that was sent, or why there is none; ``kept`` carries the file to the next step."""

    plan: Plan | None = None
    fault: str = ""
    kept: str = ""
    written: int | None = None


def taken(request: HttpRequest, register: Register) -> Upload:
    """Check the file of a request; enter it when the form says so and every cell is right."""
    try:
        name, content, kept = _content(request)
    except Refusal as refusal:
        return Upload(fault=str(refusal))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            plan = plan_import(path, register)
            written = plan.enter() if request.POST.get("do") == "enter" and not plan.bad else None
        except Refusal as refusal:
            return Upload(fault=str(refusal))
    return Upload(plan, kept=kept, written=written)


def _content(request: HttpRequest) -> tuple[str, bytes, str]:
    sent = request.FILES.get("file")
    if sent is not None:
        name = Path(sent.name or "").name[-80:]
        if Path(name).suffix.lower() not in (".csv", ".xlsx"):
            raise Refusal("bad_file", file=name, reason=_("只收 .csv 和 .xlsx"))
        if (sent.size or 0) > MOST:
            raise Refusal("bad_file", file=name, reason=_("超过 20 MB，请分成几个文件"))
        content = sent.read()
        return name, content, _carried(name, content)
    try:
        told = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=3600)
    except signing.BadSignature:
        raise Refusal("bad_file", file=_("文件"), reason=_("请选一个文件")) from None
    return told["name"], base64.b64decode(told["content"]), request.POST["kept"]


def _carried(name: str, content: bytes) -> str:
    if len(content) > CARRIED:
        return ""
    told = {"name": name, "content": base64.b64encode(content).decode()}
    return signing.dumps(told, salt=SALT, compress=True)


def told(upload: Upload) -> dict[str, Any]:
    """What parts/upload.html shows of it."""
    plan = upload.plan
    if plan is None:
        return {"fault": upload.fault, "plan": None, "kept": ""}
    return {
        "fault": "",
        "kept": "" if plan.bad else upload.kept,
        "plan": {
            "file": plan.file,
            "rows": plan.rows,
            "new": len(plan.new),
            "there": plan.there,
            "doubles": plan.doubles[:SHOWN],
            "bad": plan.bad[:SHOWN],
            "bad_count": len(plan.bad),
            "notes": plan.notes,
            "first": [item.told for item in plan.new[:5]],
            "again": not plan.bad and bool(plan.new) and not upload.kept,
        },
    }
