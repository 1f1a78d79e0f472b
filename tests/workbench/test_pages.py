"""Every page of the face: well-formed, nothing inline, both languages, and
who may open what."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse

from liren.activities.actions import attendance_take, check_in
from liren.activities.codes import code_make
from liren.records.actions import record_open
from liren.records.models import Record
from tests.cast import Cast, moment
from tests.console.markup import read
from tests.matters import accept, closed_event, event

FACE = Path(__file__).resolve().parents[2] / "src/liren/workbench"


@pytest.fixture
def matter(cast: Cast) -> Record:
    return event(cast)


@pytest.fixture
def meeting(cast: Cast) -> Record:
    values = {"title": "清河", "place": cast.street, "starts": "2024-03-09 08:00", "ends": "2024-03-09 11:00"}
    record = record_open("street.meeting", values, by=cast.dispatcher, at=moment("2024-03-01 09:00"))
    check_in(
        record, person=cast.resident, by=cast.resident, code=code_make(record), at=moment("2024-03-09 08:00")
    )
    return record


def addresses(matter: Record, meeting: Record) -> dict[str, str]:
    """Every address of the face that is read, by name; the test below holds the list complete."""
    exam = reverse("workbench:exam", args=[meeting.number])
    numbered = {
        "record": matter.number, "activity": meeting.number, "code": meeting.number, "code_picture": meeting.number,
    }  # fmt: skip
    found = {name: reverse(f"workbench:{name}", args=[number]) for name, number in numbered.items()}
    found |= {"exam": exam, "certificate": reverse("workbench:certificate", args=[matter.number])}
    found["step"] = reverse("workbench:step", args=["accept", matter.number])
    found["report"] = reverse("workbench:report", args=["street.shop"])
    found["scan"] = reverse("workbench:scan", args=[code_make(meeting)])
    plain = (
        "todo", "new", "activities", "mine", "hours", "points", "study", "certificates", "queue", "offline", "send",
        "manifest", "worker", "reports", "notices", "notice_preferences",
    )  # fmt: skip
    return found | {name: reverse(f"workbench:{name}") for name in plain}


#: Addresses that only take what is sent.
SENT = {
    "attach", "walk_start", "walk_stop", "note", "confirm", "exam_begin", "exam_save", "exam_hand_in", "exam_paper",
}  # fmt: skip

#: Name → status for grid member, dispatcher, stranger (another street), handler, resident, nobody.
MATRIX = {
    "todo": (200, 200, 200, 200, 200, 302),
    "new": (200, 200, 200, 200, 200, 302),
    "activities": (200, 200, 200, 200, 200, 302),
    "mine": (200, 200, 200, 200, 200, 302),
    "hours": (200, 200, 200, 200, 200, 302),
    "points": (200, 200, 200, 200, 200, 302),
    "reports": (200, 200, 200, 200, 200, 302),
    "notices": (200, 200, 200, 200, 200, 302),
    "notice_preferences": (200, 200, 200, 200, 200, 302),
    "study": (200, 200, 200, 200, 200, 302),
    "certificates": (200, 200, 200, 200, 200, 302),
    "queue": (200, 200, 200, 200, 200, 302),
    "offline": (200, 200, 200, 200, 200, 200),
    "send": (200, 200, 200, 200, 200, 401),
    "manifest": (200, 200, 200, 200, 200, 200),
    "worker": (200, 200, 200, 200, 200, 200),
    "scan": (200, 200, 200, 200, 200, 302),
    "record": (200, 200, 404, 200, 404, 302),
    "step": (200, 200, 404, 200, 404, 302),
    "report": (200, 200, 200, 404, 404, 302),
    "activity": (404, 200, 404, 302, 200, 302),
    "code": (404, 200, 404, 404, 404, 302),
    "code_picture": (404, 200, 404, 404, 404, 302),
    "exam": (404, 404, 404, 404, 404, 302),
    "certificate": (404, 404, 404, 404, 404, 302),
}
CAST = ("grid_member", "dispatcher", "stranger", "handler", "resident", None)


def test_every_address_stands_in_the_matrix(cast: Cast, matter: Record, meeting: Record):
    named = {name for name in get_resolver("liren.workbench.urls").reverse_dict if isinstance(name, str)}
    assert named == set(MATRIX) | SENT
    assert set(addresses(matter, meeting)) == set(MATRIX)


@pytest.mark.parametrize("place", range(len(CAST)))
def test_who_may_open_what(cast: Cast, signed, matter: Record, meeting: Record, place: int):
    who = CAST[place]
    client = signed(getattr(cast, who) if who else None)
    found = {name: client.get(address).status_code for name, address in addresses(matter, meeting).items()}
    assert found == {name: row[place] for name, row in MATRIX.items()}


@pytest.mark.parametrize("name", sorted(SENT))
@pytest.mark.parametrize("who", ["stranger", None])
def test_nothing_is_written_for_who_has_no_part_in_it(
    cast: Cast, signed, matter, meeting, name: str, who: str | None
):
    number = matter.number if name == "attach" else meeting.number
    arguments = [] if name.startswith("walk") else [number]
    before = sorted(Record.objects.values_list("number", "revision"))
    person = getattr(cast, who) if who else None
    answer = signed(person).post(reverse(f"workbench:{name}", args=arguments), {"person": cast.resident.pk})
    wanted = (404, 302) if who and name.startswith("walk") else (404,) if who else (302,)
    assert answer.status_code in wanted
    assert sorted(Record.objects.values_list("number", "revision")) == before
    assert signed(person).get(reverse(f"workbench:{name}", args=arguments)).status_code == 405


def every_page(cast: Cast, signed, matter: Record, meeting: Record, language: str) -> dict[str, str]:
    row = accept(cast, event(cast))
    attendance_take(meeting, [{"person": cast.grid_member, "present": True}], by=cast.dispatcher)
    closed_event(cast)
    clients = {"dispatcher": signed(cast.dispatcher), "resident": signed(cast.resident)}
    clients["grid_member"] = signed(cast.grid_member)
    found = {}
    for name, address in addresses(matter, meeting).items():
        if name in ("send", "manifest", "worker", "code_picture"):
            continue
        for who, client in clients.items():
            answer = client.get(address, {"lang": language})
            if answer.status_code != 302:
                found[f"{name} for {who}"] = answer.content.decode()
    client = clients["dispatcher"]
    step = reverse("workbench:step", args=["accept", row.number])
    found["step refused"] = client.post(f"{step}?lang={language}", {"key": "k"}).content.decode()
    report = f"{reverse('workbench:report', args=['grid_case.event'])}?lang={language}"
    found["report refused"] = clients["grid_member"].post(report, {"key": "k"}).content.decode()
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_well_formed_and_load_nothing_inline(cast: Cast, signed, matter, meeting, language: str):
    for name, text in every_page(cast, signed, matter, meeting, language).items():
        page = read(text)
        assert not page.faults, f"{name}: {page.faults}"
        assert len(page.ids) == len(set(page.ids)), f"{name}: {sorted(page.ids)}"
        assert len(page.all("h1")) == 1, name
        assert not [
            one for one in page.elements if "style" in one.attrs or any(a.startswith("on") for a in one.attrs)
        ]
        assert not page.all("style"), name
        assert not [one for one in page.all("li") if one.attrs.get("role") in ("status", "alert")], name
        assert all(one.attrs.get("src") for one in page.all("script")), name
        for box in page.all("input", "select", "textarea"):
            kind = box.attrs.get("type", "text")
            labelled = "label" in box.path or box.attrs.get("id") in {
                one.attrs.get("for") for one in page.all("label")
            }
            assert kind == "hidden" or labelled, f"{name}: {box.attrs}"
        if language == "en":
            assert not page.chinese_outside(), f"{name}: {page.chinese_outside()[:5]}"


def test_the_words_of_the_scripts_are_all_told():
    """A script that asks for a word nobody wrote would show its name."""
    asked = set()
    for path in (FACE / "static/workbench").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"\bsay\(\"(\w+)\"", text)) | set(re.findall(r"\bbutton\(\"(\w+)\"", text))
        asked |= (
            set(re.findall(r"code === 1 \? \"(\w+)\" : \"(\w+)\"", text)[0])
            if "code === 1" in text
            else set()
        )
    from liren.workbench.wording import words

    told = set(re.findall(r'"(\w+)": "', words()))
    assert {"state_waiting", "state_refused", "state_login", "state_other", "edit", "delete"} <= told
    assert asked <= told, asked - told


def test_targets_are_as_large_as_a_thumb():
    """44 px, and 60 px in elder mode, come from one token; what may be smaller is named."""
    style = (FACE / "static/liren/workbench.css").read_text(encoding="utf-8")
    tokens = (FACE.parent / "look/static/liren/tokens.css").read_text(encoding="utf-8")
    assert "--tap: 2.75rem" in tokens
    assert re.search(r'\[data-size="large"\][^}]*--tap: 3rem', tokens, re.DOTALL)
    for rule in re.findall(r"min-height: ([^;]+);", style):
        assert "var(--tap)" in rule or rule in ("100%", "0"), rule
