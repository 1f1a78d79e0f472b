"""No one in where they don't belong: every address, asked and posted to by those out of reach, and by many at once.

In reach is 清溪街道; 王芳 is dispatcher of another street, 钱工 handles for another department, 周平 is a resident. The list
of addresses is the resolver's, so a new page is tried the day it comes. Each check has its counterpart: whoever belongs
there finds the very thing.
"""

import io
import re
import threading
import urllib.error
import urllib.request
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from liren.activities.actions import attendance_take
from liren.activities.models import Attendance
from liren.forms.deeds import DEEDS
from liren.forms.erasing import ERASING
from liren.people.models import Person, PrivateRead
from liren.records.actions import file_attach, record_open
from liren.records.models import Act, File, Record
from tests.cast import Cast, make_cast, moment
from tests.matters import accept, event
from tests.test_permissions import ROUTES, browser, filled

OUTSIDERS = ("nobody", "resident", "stranger", "other_handler")
TITLE, PHONE, PAPER, SECRET_PAPER = "只有本街道看得到的事", "13987654321", "现场勘查图.txt", "病历首页.pdf"
AT = moment("2024-03-05 09:00")
#: Everything at once that a list, a board, a search or a file may be asked.
ASKED = (
    "?q={title}&place={place}&at={place}&period=2024&sort=-opened&col=title&col=phone&state=handling&form=csv"
)


@pytest.fixture
def matter(cast: Cast) -> Record:
    return stocked(cast)


def stocked(cast: Cast) -> Record:
    """A matter with everything that hangs on one: private values, files, attendance, notices."""
    record = accept(cast, event(cast, title=TITLE, phone=PHONE))
    said = {"by": cast.dispatcher, "at": AT}
    file_attach(record, name=PAPER, content=b"1:500", media_type="text/plain", **said)
    file_attach(
        record, name=SECRET_PAPER, content=b"%PDF-1.7", media_type="application/pdf", private=True, **said
    )
    meeting = record_open("street.meeting", {"title": f"{TITLE}议事", "starts": "2024-03-06"}, **said)
    attendance_take(meeting, [{"person": cast.deputy, "present": True}], **said)
    return record


def values_of(record: Record, cast: Cast, form: str) -> dict[str, str]:
    paper = File.objects.get(name=PAPER)
    return {
        "number": record.number, "figure": "street.reported", "pack": "street", "kind": "street.event", "verb": "finish",
        "rows": "people", "key": str(cast.grid_member.pk), "place": cast.community.code, "code": cast.community.code,
        "sha256": paper.sha256, "name": paper.name, "shelf": "matters", "form": form, "deed": "reveal", "pk": "1",
        "report": "street",
    }  # fmt: skip


def words_of(answer) -> str:
    """All that an answer says: streamed or not, a workbook unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace")


def every_address(record: Record, cast: Cast) -> list[str]:
    asked = ASKED.format(title=TITLE, place=cast.county.code)
    found = []
    for form in ("csv", "xlsx"):
        found += [filled(route, values_of(record, cast, form)) + asked for route in ROUTES]
    return [one for one in dict.fromkeys(found) if "logout" not in one and "static" not in one]


@pytest.mark.parametrize("who", ["resident", "stranger", "other_handler"])
def test_nothing_of_it_shows_anywhere_to_whom_it_does_not_concern(cast, matter, who):
    client, told = browser(cast, who), []
    for address in every_address(matter, cast):
        answer = client.get(address)
        words = words_of(answer).replace(f"q={TITLE}", "")
        asked = re.sub(r'value="[^"]*"|<title>[^<]*|<input[^>]*>|<h1[^>]*>[^<]*', "", words)
        shown = [one for one in (PHONE, PAPER, SECRET_PAPER) if one in words and one not in address]
        shown += [matter.number] if matter.number in words and matter.number not in address else []
        shown += ["content of the file"] if words == "1:500" else []
        if (
            re.search(rf"{TITLE}(?!议事)[^「」”\"]*{matter.number}|{TITLE}议事", asked)
            or shown
            or answer.status_code >= 500
        ):
            told.append(f"{answer.status_code} {address}: {shown}")
    assert not told, "\n".join(told)


def test_whoever_belongs_there_finds_it_and_never_the_private_value(cast, matter):
    client, found, told = browser(cast, "dispatcher"), 0, []
    for address in every_address(matter, cast):
        answer = client.get(address)
        words = words_of(answer)
        found += matter.number in words and matter.number not in address
        if PHONE in words or SECRET_PAPER in words:
            told.append(address)
    assert not told, "\n".join(told)
    assert found >= 5, "list, both files, evidence, to-do"
    paper = File.objects.get(name=PAPER)
    assert words_of(client.get(f"/files/{paper.sha256}/{paper.name}")) == "1:500"


# -- forged forms ----------------------------------------------------------------------------------------


def standing(record: Record) -> tuple:
    """Everything somebody could have changed about the matter and what hangs on it."""
    return (
        Record.objects.filter(pk=record.pk).values().get(),
        list(Act.objects.filter(record=record).values_list("pk", flat=True)),
        list(File.objects.order_by("pk").values_list("pk", "name", "private", "erased")),
        list(Attendance.objects.order_by("pk").values_list("pk", "present", "minutes", "confirmed")),
        PrivateRead.objects.count(),
    )


def forged(record: Record, cast: Cast) -> dict:
    """One form with everything in it: the outsider's own place, another state, another owner, another kind."""
    return {
        "place": cast.other_street.code, "unit": "T02", "handler": "T02", "kind": "street.shop", "state": "closed",
        "owner": str(cast.stranger.pk), "person": str(cast.stranger.pk), "opener": str(cast.stranger.pk),
        "by": str(cast.dispatcher.pk), "as": "inspector", "who": str(cast.dispatcher.pk), "number": record.number,
        "numbers": record.number, "pick": record.number, "tick": "all", "row": str(record.pk), "record": str(record.pk),
        "pk": str(record.pk), "seen": "1.2", "revision": "1", "key": "forged-1", "note": "伪造", "purpose": "好奇",
        "names": "phone", "file": "2", "result": "办好了", "title": "改过", "to": "T02", "due": "2030-01-01T00:00",
        "into": record.number, "other": record.number, "deed": "void", "verb": "void", "name": "某人", "files": "",
    }  # fmt: skip


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_forged_form_changes_or_opens_anything(cast, matter, who):
    client, said, told = browser(cast, who), forged(matter, cast), []
    before = standing(matter)
    for address in posted_to(matter, cast):
        for method in ("post", "delete") if who == "stranger" else ("post",):
            answer = getattr(client, method)(address, said if method == "post" else None)
            words = words_of(answer)
            if answer.status_code >= 500 or PHONE in words or SECRET_PAPER in words:
                told.append(f"{answer.status_code} {method} {address}")
    assert standing(matter) == before
    assert not told, "\n".join(told)


def posted_to(record: Record, cast: Cast) -> list[str]:
    """Every address, those of deeds and steps once for each deed and step there is."""
    values, found = values_of(record, cast, "csv"), []
    ways = {
        "deed": [*DEEDS, *ERASING, "step.accept", "step.finish", "step.confirm"],
        "verb": ["accept", "finish", "confirm", "rate", "note"],
    }
    for route in ROUTES:
        name = next((one for one in ways if f":{one}>" in route), "")
        found += [filled(route, values | ({name: way} if name else {})) for way in ways.get(name, [""])]
    return [one for one in dict.fromkeys(found) if "logout" not in one]


def test_what_a_forged_form_asks_for_is_done_for_whoever_may(cast, matter):
    """The same form, sent by who is in charge: it is not the form that is refused above."""
    client, before = browser(cast, "dispatcher"), standing(matter)
    client.post(f"/records/{matter.number}/do/void/", forged(matter, cast) | {"seen": ""})
    assert standing(matter) != before


# -- many at once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_scope_does_not_leak_between_threads(transactional_db, shelf, live_server):
    """Two dispatchers, a resident and nobody, eight real threads at once: each sees their own street alone."""
    cast = make_cast()
    mine, theirs = event(cast, title="甲街的事"), event(cast, title="乙街的事", place=cast.grid)
    Record.objects.filter(pk=theirs.pk).update(place=cast.other_village)
    sees = {"dispatcher": {mine.number}, "stranger": {theirs.number}, "resident": set(), "nobody": set()}
    cookies = {who: cookie_of(cast, who) for who in sees}
    wrong: list[str] = []
    gate = threading.Barrier(8)

    def ask(who: str) -> None:
        gate.wait(timeout=60)
        for _ in range(4):
            for path in (
                "/lists/street.event/",
                "/lists/street.event/file.csv",
                "/figures/street.reported/evidence/?place=990009&period=2024",
            ):
                words = fetched(live_server.url + path, cookies[who])
                found = {number for number in (mine.number, theirs.number) if number in words}
                wrong.extend([] if found == sees[who] else [f"{who} {path}: {found}"])
        connection.close()

    threads = [threading.Thread(target=ask, args=(who,)) for who in (*sees, *sees)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not wrong, "\n".join(wrong)


def cookie_of(cast: Cast, who: str) -> str:
    if who == "nobody":
        return ""
    client = Client()
    user, _ = get_user_model().objects.get_or_create(username=who)
    Person.objects.filter(pk=getattr(cast, who).pk).update(user=user)
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def fetched(url: str, cookie: str) -> str:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.read().decode('utf-8', 'replace')}"
