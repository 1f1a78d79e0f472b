"""Senders: the gateway over HTTP, the demo's log, a class of a county's own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from liren.notices.sms import ConsoleSender, HttpSender, SmsFailed, sender
from tests.signin.stage import PHONE, Outbox


class Gateway(HTTPServer):
    """A gateway on this machine: remembers what it was told, answers as it is set."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.told, self.status, self.answer, self.location = [], 200, b'{"code": 0}', ""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/send"


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway():
    server = Gateway()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def told(gateway, **more):
    body = {"mobile": "+86{phone}", "text": "验证码 {code}，{minutes} 分钟 {other}"}
    return {"url": gateway.url, "body": body, "headers": {"Authorization": "Key 1"}, **more}


def test_json_is_posted_with_our_words_filled_in(gateway):
    HttpSender(told(gateway)).send(PHONE, "012345", 5)
    ((path, headers, body),) = gateway.told
    assert path == "/send"
    assert headers["Authorization"] == "Key 1"
    assert json.loads(body) == {"mobile": "+8613800001234", "text": "验证码 012345，5 分钟 {other}"}


def test_a_form_is_posted_where_asked_for(gateway):
    HttpSender(told(gateway, format="form", body={"m": "{phone}", "c": "{code}"})).send(PHONE, "012345", 5)
    assert gateway.told[0][2] == "m=13800001234&c=012345"
    assert gateway.told[0][1]["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_what_the_gateway_must_say(gateway):
    HttpSender(told(gateway, expect={"code": "0"})).send(PHONE, "012345", 5)
    for answer in (b'{"code": 7}', b"[]", b"not json", b""):
        gateway.answer = answer
        with pytest.raises(SmsFailed) as fault:
            HttpSender(told(gateway, expect={"code": "0"})).send(PHONE, "012345", 5)
        assert PHONE not in str(fault.value)
        assert "012345" not in str(fault.value)


def test_a_refusal_and_a_dead_gateway_are_failures(gateway):
    gateway.status = 503
    with pytest.raises(SmsFailed, match="503"):
        HttpSender(told(gateway)).send(PHONE, "012345", 5)
    with pytest.raises(SmsFailed, match="not reached"):
        HttpSender({**told(gateway), "url": "http://127.0.0.1:9/"}).send(PHONE, "012345", 5)


def test_credentials_do_not_follow_a_redirect(gateway):
    gateway.status, gateway.location = 302, gateway.url.replace("/send", "/elsewhere")
    with pytest.raises(SmsFailed, match="302"):
        HttpSender(told(gateway)).send(PHONE, "012345", 5)
    assert [path for path, _, _ in gateway.told] == ["/send"]


def test_the_demo_prints_the_code_and_hides_the_phone(settings, capsys):
    settings.LIREN_DEMO = True
    ConsoleSender({}).send(PHONE, "012345", 5)
    said = capsys.readouterr().err
    assert "012345" in said
    assert PHONE not in said


def test_codes_are_printed_in_the_demo_alone(settings):
    settings.LIREN_DEMO = False
    with pytest.raises(ImproperlyConfigured, match="LIREN_SMS=http"):
        ConsoleSender({})


def test_the_settings_choose(settings):
    settings.LIREN_DEMO = True
    settings.LIREN_SIGNIN_SMS = {"url": "https://sms.example.cn/", "body": {}}
    for name, kind in [
        ("console", ConsoleSender),
        ("http", HttpSender),
        ("tests.signin.stage.Outbox", Outbox),
    ]:
        settings.LIREN_SMS = name
        assert type(sender()) is kind
    settings.LIREN_SMS = ""
    assert sender() is None
    settings.LIREN_SMS, settings.LIREN_SIGNIN_SMS = "http", {}
    with pytest.raises(ImproperlyConfigured, match="url and body"):
        sender()
