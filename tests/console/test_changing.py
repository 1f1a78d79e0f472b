"""A county's changes by form: who may make which, linted as a whole, refused with the count, taken back."""

from __future__ import annotations

import pytest
import yaml

from liren.inforce import catalogue, changes_file
from liren.people.actions import post_take
from liren.people.models import Person
from tests.cast import LONG_AGO
from tests.console.markup import read
from tests.console.reading import words

LIST = "/packs/gazette/changes/"
NEW = f"{LIST}new/"
WITHIN = "gazette.kinds.check.states.open_check.within"
BY = "gazette.kinds.check.steps.drop.by"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LIREN_HOME = tmp_path


@pytest.fixture
def admins(town):
    """The deputy runs the system, the inspector sets its rules."""
    post_take(person=town.cast.deputy, role="system_admin", place=town.cast.county, starts=LONG_AGO)
    post_take(person=town.cast.inspector, role="security_admin", place=town.cast.county, starts=LONG_AGO)
    return town


@pytest.fixture
def system(admins, reader):
    return reader(admins.cast.deputy)


def shown(answer):
    page = read(answer.content.decode())
    assert not page.faults, page.faults
    assert len(set(page.ids)) == len(page.ids), sorted(page.ids)
    return page


def send(client, path=WITHIN, do="put", **said):
    return client.post(
        NEW, {"path": path, "value": "3wd", "form": "text", "why": "人手不足", "do": do} | said
    )


def kept() -> list:
    return yaml.safe_load(changes_file().read_text(encoding="utf-8")) if changes_file().exists() else []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_stand_whole_in_both_languages(admins, reader, system, lang):
    send(system)
    system.get(LIST)  # what was just done is said once
    for path in (LIST, f"{LIST}?q=within", NEW, f"{NEW}?path={WITHIN}", f"{LIST}0/withdraw/"):
        answer = system.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
        assert answer.status_code == 200, path
        page = shown(answer)
        assert lang == "zh" or not page.chinese_outside(), (path, page.chinese_outside())


@pytest.mark.parametrize(
    "who", ["grid_member", "dispatcher", "handler", "resident", "leader", "stranger", None]
)
def test_for_everybody_else_there_is_no_such_page(admins, reader, who):
    client = reader(getattr(admins.cast, who) if who else None)
    for path in (LIST, NEW, f"{LIST}0/withdraw/"):
        assert client.get(path).status_code == 404, path
        assert client.post(path, {"path": WITHIN, "value": "3wd", "why": "改"}).status_code in (404, 405), (
            path
        )
    assert not kept()


def test_a_change_takes_effect_with_who_and_why_and_is_taken_back(system, admins):
    assert send(system).status_code == 302
    check = catalogue().kinds["gazette.check"].spec
    assert check.states["open_check"].within == "3wd"
    (one,) = kept()
    assert (one["by"], one["why"]) == (admins.cast.deputy.name, "人手不足")
    assert "人手不足" in words(shown(system.get(LIST)))
    assert "3wd" in words(shown(system.get("/packs/gazette/")))
    refused = system.post(f"{LIST}0/withdraw/", {"why": ""})
    assert refused.status_code == 422
    assert system.post(f"{LIST}0/withdraw/", {"why": "够了"}).status_code == 302
    assert catalogue().kinds["gazette.check"].spec.states["open_check"].within == "2wd"
    assert kept()[0]["withdrawn"]["by"] == admins.cast.deputy.name
    assert system.post(f"{LIST}0/withdraw/", {"why": "再来"}).status_code == 404
    assert "够了" in words(shown(system.get(LIST)))


def test_a_trial_checks_and_writes_nothing(system):
    page = shown(send(system, do="try"))
    assert "检查过了，可以生效。" in words(page)
    assert page.all("textarea")[0].text.strip() == "3wd"
    assert not kept()


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"value": "soon"}, "value", "不是时限"),
        ({"path": "gazette.kinds.check.states.nowhere.within"}, "value", "nowhere"),
        ({"path": "street.kinds.event.title"}, "path", "gazette."),
        ({"why": " "}, "why", "要写"),
        ({"value": "2wd"}, "value", "本来就是这样"),
        ({"value": "[a, b", "form": "yaml"}, "value", ""),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(system, said, field, reason):
    answer = send(system, **said)
    assert answer.status_code == 422
    page = shown(answer)
    wrong = [one.attrs["id"] for one in page.all("input", "textarea") if one.attrs.get("aria-invalid")]
    assert wrong == [field]
    assert reason in words(page)
    values = [one.attrs.get("value", one.text.strip()) for one in page.all("input", "textarea")]
    assert said.get("value", "3wd") in values
    assert said.get("path", WITHIN) in values
    assert not kept()


def test_what_rows_use_stays_with_their_number(system):
    answer = send(system, path="gazette.kinds.check.fields.category.choices.safe", value="", remove="yes")
    assert answer.status_code == 422
    assert "还有 1 条记录在用" in words(shown(answer))
    assert not kept()


def test_rights_are_the_security_administrators_and_the_rest_the_system_administrators(admins, reader):
    reader_of = admins.cast
    for path, value in (
        (BY, "[handler]"),
        ("gazette.kinds.check.visible", "public"),
        ("gazette.roles.clerk", "文员"),
        ("gazette.kinds.note", "{title: 便条, shape: entry, opened by: [dispatcher]}"),
    ):
        form = "yaml" if value[0] in "[{" else "text"
        refused = send(reader(reader_of.deputy), path=path, value=value, form=form)
        assert refused.status_code == 422, path
        assert "由安全管理员改" in words(shown(refused)), path
    assert send(reader(reader_of.inspector)).status_code == 422
    assert send(reader(reader_of.inspector), path=BY, value="[handler]", form="yaml").status_code == 302
    assert catalogue().kinds["gazette.check"].spec.steps["drop"].by == ["handler"]
    assert reader(reader_of.deputy).get(f"{LIST}0/withdraw/").status_code == 404


def test_another_process_takes_a_change_up_and_a_broken_file_changes_nothing(system, admins, caplog):
    send(system)
    changes_file().write_text(
        changes_file().read_text(encoding="utf-8").replace("3wd", "4wd"), encoding="utf-8"
    )
    system.get("/about/")
    assert catalogue().kinds["gazette.check"].spec.states["open_check"].within == "4wd"
    changes_file().write_text("- path: gazette\n", encoding="utf-8")
    assert system.get("/about/").status_code == 200
    assert catalogue().kinds["gazette.check"].spec.states["open_check"].within == "4wd"
    assert "does not hold" in caplog.text
    assert Person.objects.filter(pk=admins.cast.deputy.pk).exists()
