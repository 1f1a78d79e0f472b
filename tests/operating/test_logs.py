"""The log: one entry a line, a request by its id and route, and nothing about persons."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.test import Client

from liren.operating.logs import Json, Lines, blotted, logging_settings
from tests.cast import Cast


@pytest.fixture
def written(monkeypatch):
    """Everything that is logged while the test runs, as JSON entries."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Json())
    changed = [logging.getLogger(name) for name in ("django", "liren")]
    levels = [(one, one.level, one.propagate) for one in [*changed, logging.getLogger("liren.requests")]]
    for one in changed:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    logging.getLogger("liren.requests").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for one in changed:
        one.removeHandler(handler)
    for one, level, propagate in levels:
        one.setLevel(level)
        one.propagate = propagate


def test_every_request_is_a_line_with_its_id(cast: Cast, written):
    answer = Client().get("/p/?q=张三13800001234")
    (line,) = [one for one in written() if one["log"] == "liren.requests"]
    assert line["request"] == answer["X-Request-ID"]
    assert (line["view"], line["status"], line["method"]) == ("portal:home", 200, "GET")
    assert line["ms"] >= 0
    assert line["at"].endswith("+00:00")


def test_addresses_words_and_private_links_are_in_no_line(cast: Cast, written):
    for path in ("/p/mine/secret-link-value/", "/records/WG13800001234/", "/张三/", "/p/?q=13800001234"):
        Client().get(path)
    Client().post("/account/login/", {"login": "lilei", "password": "Qing-he-2026"})
    said = json.dumps(written(), ensure_ascii=False)
    assert written()
    for word in ("secret-link", "13800001234", "张三", "Qing-he", "lilei", "127.0.0.1", "testserver"):
        assert word not in said


def test_a_fault_tells_where_and_not_who(written):
    try:
        raise ValueError(
            "Key (phone)=(13800001234) of 张三丰 <zhang@example.org> already exists\nforged line"
        )
    except ValueError:
        logging.getLogger("liren").exception("could not")
    (line,) = written()
    assert line["fault"] == "ValueError"
    assert any("test_logs.py" in frame for frame in line["where"])
    for word in ("13800001234", "张三丰", "zhang@"):
        assert word not in json.dumps(line, ensure_ascii=False)
    assert "already exists" in line["words"]


def test_no_entry_breaks_its_line():
    record = logging.LogRecord("liren", logging.WARNING, "x", 1, "one\ntwo\u2028three \x1b[31m", (), None)
    for formatter in (Lines(), Json()):
        assert len(formatter.format(record).splitlines()) == 1
    assert "\x1b" not in Lines().format(record)


def test_an_id_is_taken_from_the_proxy_alone(db, settings):
    given = {"x-request-id": "from-the-proxy-0001"}
    assert Client().get("/healthz", headers=given)["X-Request-ID"] != given["x-request-id"]
    settings.LIREN_PROXY = True
    assert Client().get("/healthz", headers=given)["X-Request-ID"] == given["x-request-id"]
    assert "\n" not in Client().get("/healthz", headers={"x-request-id": "a b; c"})["X-Request-ID"]


def test_settings_name_the_form_that_was_asked_for():
    assert logging_settings("json")["formatters"]["ours"]["()"].endswith("Json")
    assert logging_settings("plain")["loggers"]["liren.requests"]["level"] == "WARNING"


def test_blotting_leaves_what_helps():
    assert blotted("database is locked") == "database is locked"
    assert "13800001234" not in blotted("no 13800001234")
