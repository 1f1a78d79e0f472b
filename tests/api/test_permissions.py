"""Every operation of the document × every member of the cast, each with a key of their own: nobody comes upon what is
hidden from them, nothing faults, and what may not be written is not."""

from __future__ import annotations

import pytest

from liren.api.document import document
from liren.records.models import Act, Record
from tests.api.conftest import Program
from tests.cast import Cast
from tests.matters import accept, event
from tests.test_permissions import MEMBERS, SEES

#: What stands in the arguments of addresses.
ASKED = {"kind": "street.event", "figure": "street.reported"}
WRITES = {
    "report": {"place": "990009001001", "values": {"title": "灯"}},
    "open_record": {"kind": "street.meeting", "values": {"title": "议事"}},
    "take_step": {"verb": "finish", "values": {"result": "好了"}},
    "take_attendance": {"rows": [{"person": "nobody", "present": True}]},
}
#: Who may open a meeting of the tests' pack, and who may take the step.
OPENS, STEPS = {"dispatcher", "stranger"}, {"handler"}


@pytest.fixture
def matter(cast: Cast):
    return accept(cast, event(cast, title="只有本街道看得到的事", phone="13800001234"))


def operations():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield path.removeprefix("/api"), method, operation["operationId"]


def asking(cast: Cast, program, member: str) -> Program:
    return program(None if member == "nobody" else getattr(cast, member))


def test_every_operation_has_its_sample():
    names = {name for _, method, name in operations() if method == "post"}
    assert names == WRITES.keys()
    assert len(list(operations())) >= 14


@pytest.mark.parametrize("member", MEMBERS)
def test_no_read_faults_and_none_shows_what_is_hidden(cast, program, matter, member):
    who, told = asking(cast, program, member), []
    values = ASKED | {"number": matter.number, "code": cast.community.code}
    query = {"kind": "street.event", "place": cast.county.code, "period": "2024"}
    for path, method, name in operations():
        if method != "get":
            continue
        answer = who.get(path.format(**values), **query)
        if answer.status_code >= 500 or answer.status_code in (401, 403):
            told.append(f"{name}: {answer.status_code}")
        asked = "{number}" in path
        if asked and (answer.status_code == 200) != (member in SEES):
            told.append(f"{name}: {answer.status_code} for {member}")
        if member not in SEES and not asked and matter.number.encode() in answer.content:
            told.append(f"{name} shows the hidden matter")
        if b"13800001234" in answer.content:
            told.append(f"{name} shows a private value")
    assert not told


@pytest.mark.parametrize("member", MEMBERS)
def test_only_who_may_writes(cast, program, matter, member):
    who = asking(cast, program, member)
    for path, method, name in operations():
        if method != "post":
            continue
        before = (Record.objects.count(), Act.objects.count())
        answer = who.post(
            path.format(kind="street.event", number=matter.number), WRITES[name], f"key-{name}-1"
        )
        may = (name == "open_record" and member in OPENS) or (name == "take_step" and member in STEPS)
        assert (answer.status_code < 300) == may, (name, answer.content)
        assert answer.status_code < 500
        assert ((Record.objects.count(), Act.objects.count()) != before) == may
        if not may:
            assert answer.json()["code"] in ("no_key", "not_found", "not_yours", "bad_value"), answer.content
