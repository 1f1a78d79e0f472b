"""var/signin.yaml: nothing without it, and nothing half understood."""

import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from liren.signin.configuring import Configured, read
from tests.conftest import REPOSITORY

WHOLE = """
providers:
  - type: openid_connect
    id: county
    title: 县统一认证
    client_id: liren
    secret: geheim
    server: https://id.example.cn/realms/county
    match: employee_number
    scope: openid profile
  - type: weixin
    title: 微信
    client_id: wx1
    secret: s2
    authorize_url: https://open.weixin.qq.com/connect/oauth2/authorize
  - {type: dingtalk, title: 钉钉, client_id: d1, secret: s3}
  - {type: feishu, title: 飞书, client_id: f1, secret: s4}
sms:
  url: https://sms.example.cn/send
  format: form
  headers: {Authorization: Key 1}
  body: {mobile: "{phone}", text: "验证码 {code}"}
  expect: {code: "0"}
"""


def written(tmp_path, text):
    file = tmp_path / "signin.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_the_file_there_is_nothing(tmp_path):
    assert read(tmp_path / "signin.yaml") == Configured()
    with pytest.raises(ImproperlyConfigured, match="is not there"):
        read(tmp_path / "signin.yaml", named=True)


def test_a_whole_file(tmp_path):
    told = read(written(tmp_path, WHOLE))
    assert [app.rpartition(".")[2] for app in told.apps] == ["openid_connect", "weixin", "dingtalk", "feishu"]
    county = told.providers["openid_connect"]
    assert county["OAUTH_PKCE_ENABLED"] is True
    assert county["SCOPE"] == ["openid", "profile"]
    assert county["APPS"] == [
        {"name": "县统一认证", "client_id": "liren", "secret": "geheim", "provider_id": "county",
         "settings": {"server_url": "https://id.example.cn/realms/county"}}
    ]  # fmt: skip
    assert told.providers["weixin"]["AUTHORIZE_URL"].endswith("/oauth2/authorize")
    assert told.matches == {"county": "employee_number"}
    assert told.sms["url"] == "https://sms.example.cn/send"


@pytest.mark.parametrize(
    ("before", "after", "line", "why"),
    [
        ("type: openid_connect", "type: saml", 3, "'saml' is unknown"),
        ("    client_id: liren\n", "", 3, "lacks client_id"),
        ("    secret: geheim", "    secret:", 3, "lacks secret"),
        ("    id: county", "    id: County 1", 3, "has the id"),
        ("    id: county\n", "", 3, "has the id"),
        ("server: https", "server: http", 8, "no https address"),
        ("server: https://id.example.cn/realms/county", "server:", 8, "no https address"),
        ("    match:", "    matches:", 9, "is unknown"),
        ("sms:", "sending:", 18, "is unknown"),
        ("  url: https", "  url: http", 19, "no https address"),
        ("authorize_url: https", "authorize_url: http", 15, "no https address"),
        ("format: form", "format: xml", 20, "'xml' is unknown"),
        ('"验证码 {code}"', '"验证码"', 22, "{phone} and {code}"),
        ("headers: {Authorization: Key 1}", "headers: none", 21, "is no mapping"),
        ("{type: feishu,", "{type: dingtalk,", 17, "is there already"),
        ("providers:\n", "others:\n", 2, "is unknown"),
        ("    title: 县统一认证", "\ttitle: 县统一认证", 5, "制表符"),
        ("client_id: liren", "client_id: liren\n    client_id: other", 7, "重复"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path, before, after, line, why):
    assert before in WHOLE
    file = written(tmp_path, WHOLE.replace(before, after))
    with pytest.raises(ImproperlyConfigured, match=why) as fault:
        read(file)
    assert str(file) in str(fault.value)
    assert f":{line}" in str(fault.value)
    assert "geheim" not in str(fault.value), "a secret is not printed"


SHOW = """
import json, django
django.setup()
from liren.database.migrating import migrate
migrate()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "localhost"})
page = client.get("/account/login/").content.decode()
print(json.dumps({
    "apps": [app for app in settings.INSTALLED_APPS if ".providers." in app],
    "offered": [title for title in ("县统一认证", "微信", "钉钉", "飞书") if title in page],
    "there": {where: client.get(f"/account/{where}/login/").status_code
              for where in ("oidc/county", "oidc/other", "weixin", "dingtalk", "feishu")},
    "sms": settings.LIREN_SMS, "phone": client.get("/account/phone/").status_code,
}))
"""


def shown(tmp_path, **env):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LIREN_")}
    clean |= {"LIREN_HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY / "src"), **env}
    clean |= {"LIREN_DATABASE_URL": f"sqlite:///{tmp_path}/var/liren.sqlite3?synchronous=off"}
    clean |= {"DJANGO_SETTINGS_MODULE": "liren.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=clean, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_a_site_without_the_file_knows_no_provider_and_no_phone(tmp_path):
    told = shown(tmp_path)
    assert told["apps"] == told["offered"] == []
    assert set(told["there"].values()) == {404}
    assert (told["sms"], told["phone"]) == ("", 404)


def test_a_site_with_the_file_offers_what_it_says(tmp_path):
    file = written(tmp_path, WHOLE)
    told = shown(tmp_path, LIREN_SIGNIN=str(file), LIREN_SMS="http")
    assert len(told["apps"]) == 4
    assert told["offered"] == ["县统一认证", "微信", "钉钉", "飞书"]
    assert told["there"] == {
        "oidc/county": 200,
        "oidc/other": 404,
        "weixin": 200,
        "dingtalk": 200,
        "feishu": 200,
    }
    assert told["phone"] == 200


def test_the_demo_prints_codes(tmp_path):
    told = shown(tmp_path, LIREN_DEMO="1")
    assert (told["sms"], told["phone"]) == ("console", 200)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LIREN_SIGNIN", "/no/such/file.yaml", "is not there"),
        ("LIREN_SECOND_FACTOR", "some", "is unknown"),
        ("LIREN_BREACHED_PASSWORDS", "/no/such/list.txt", "is not there"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(tmp_path, name, value, why):
    said = shown(tmp_path, **{name: value})
    assert name in said
    assert why in said
