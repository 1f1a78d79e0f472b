"""Holes that were published of RuoYi, ruoyi-vue-pro and JeecgBoot, tried here: one test each, named after its source.

These are the systems that counties are mostly sold. What made them open was mostly one habit: a piece of SQL, a path, a
template or a scope that came with the request was believed. The sources are issues of their repositories and CVEs.
"""

from __future__ import annotations

import io
from itertools import product
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren import settings as house
from liren.people.actions import post_take
from liren.people.models import Post
from liren.records.models import File, Record
from liren.records.storage import path_of
from tests.cast import LONG_AGO, Cast
from tests.matters import accept, event
from tests.test_permissions import browser

LIST = "/lists/street.event/"


@pytest.fixture
def matter(cast: Cast) -> Record:
    return accept(cast, event(cast, title="路灯不亮"))


def asked(client: Client, address: str, said: dict[str, str]) -> tuple[str, str]:
    """What is answered, and all SQL that was run for it, values filled in."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, said)
        words = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code < 500
    return words.decode("utf-8", "replace"), "\n".join(one["sql"] for one in queries)


SCOPED = (LIST, f"{LIST}file.csv", "/figures/street.reported/evidence/", "/lists/", "/w/", "/explore/")
SCOPES = ("params[dataScope]", "dataScope", "params.dataScope", "scope", "deptId", "place")


def test_ruoyi_data_scope_sent_with_the_request(cast, matter):
    """RuoYi and what was made of it: ``${params.dataScope}`` of the request went into the WHERE
    (github.com/seagull1985/LuckyFrameWeb/issues/22 and 23)."""
    client = browser(cast, "stranger")
    for address, word in product(SCOPED, SCOPES):
        words, sql = asked(client, address, {word: " or 1=1 /*scope*/ --", "period": "2024"})
        assert matter.number not in words, (address, word)
        assert word == "place" or "/*scope*/" not in sql, (address, word)
    assert matter.number in asked(browser(cast, "dispatcher"), LIST, {})[0]


@pytest.mark.parametrize(("name", "payload"), [
    ("isAsc", "desc, case when 1 like 1 then title else number end"),
    ("orderByColumn", "case when password like 0x2461 then title else number end"),
    ("sort", "extractvalue(1,concat(char(126),user()))"),
    ("sort", "-opened;drop table records_record"),
    ("order", "asc,(select 1)"), ("column", "extractvalue(1,concat(char(126),user()))"),
    ("col", "secret"), ("col", "title from records_record--"), ("after", "1~2024' or '1'='1"),
])  # fmt: skip
def test_sql_in_the_order_of_a_list(cast, matter, name, payload):
    """github.com/yangzongzhuan/RuoYi/issues/310 (order by, CASE WHEN); jeecgboot/JeecgBoot/issues/3331 (``column``), 9734
    (``order``)."""
    client = browser(cast, "dispatcher")
    plain = asked(client, f"{LIST}file.csv", {})[0]
    words, sql = asked(client, f"{LIST}file.csv", {name: payload})
    assert words == plain
    assert payload == "secret" or payload not in sql
    assert Record.objects.filter(pk=matter.pk).exists()


@pytest.mark.parametrize(
    "table",
    [
        "auth_user",
        "people_person",
        "sqlite_master",
        "information_schema.tables",
        "sys_user,username,password",
        "records_record",
    ],
)
def test_jeecg_tables_named_by_the_request(cast, matter, table, settings):
    """jeecgboot/JeecgBoot/issues/4128, 4393, 5150, 5173 (queryTableData, duplicate/check, getDictItems, loadTreeData): the
    request named table and column. Here lists, imports and boards are those of the packs and no others."""
    settings.LIREN_SECOND_FACTOR = "nobody"
    admin = browser(cast, "inspector")
    post_take(person=cast.inspector, role="system_admin", place=cast.county, starts=LONG_AGO)
    for address in (
        f"/lists/{quote(table)}/",
        f"/lists/{quote(table)}/file.csv",
        f"/admin/{quote(table)}/",
        f"/admin/{quote(table)}/table.csv",
        f"/figures/{quote(table)}/",
    ):
        assert admin.get(address).status_code == 404, address
    said = {"table": table, "tableName": table, "text": "password", "code": "username", "fieldName": table}
    for address in ("/explore/", LIST, "/boards/"):
        asked(admin, address, {})  # warms what is asked once
        plain, forged = asked(admin, address, {})[1], asked(admin, address, said)[1]
        assert forged.count("FROM") == plain.count("FROM")


@pytest.mark.parametrize(
    "template",
    [
        "{{ 7*191 }}",
        "${7*191}",
        "#{7*191}",
        "<#assign x=7*191>${x}",
        "{% debug %}",
        "{{ settings.SECRET_KEY }}",
        "[% 7*191 %]",
    ],
)
def test_jeecg_template_in_what_somebody_typed(cast, template):
    """JeecgBoot and JimuReport: CVE-2023-4450, CVE-2023-41544 (jeecgboot/jimureport/issues/2812), jeecgboot/JeecgBoot/issues/5252:
    text of the request was run as a FreeMarker template."""
    record = accept(cast, event(cast, title=template))
    client = browser(cast, "dispatcher")
    for address in (LIST, f"/records/{record.number}/", f"{LIST}file.csv", "/w/"):
        words = asked(client, address, {})[0]
        assert "1337" not in words
        assert str(house.SECRET_KEY) not in words


PATHS = [
    "../../private.key",
    "..%2f..%2fprivate.key",
    "....//....//secret.key",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..\\..\\private.key",
    "..;/private.key",
]


DOORS = (
    "/files/{path}/x", f"/files/{'0' * 64}/{{path}}", "/files/private/{path}/", "/p/photo/{path}/", "/static/{path}",
    "/common/download/resource?resource=/profile/{path}", "/infra/file/1/get/{path}",
)  # fmt: skip


def test_ruoyi_any_file_downloaded(cast, matter):
    """RuoYi CVE-2023-27025 (/common/download/resource), yangzongzhuan/RuoYi-Vue/issues/151 (absolute paths),
    YunaiV/ruoyi-vue-pro/issues/778: a file is found by its digest and name in the database, never by a path."""
    client = browser(cast, "dispatcher")
    for door, path in product(DOORS, PATHS):
        address = door.format(path=path)
        answer = client.get(address)
        words = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (301, 302, 404), address
        assert b"root:" not in words and b"aes-256-gcm" not in words


@pytest.mark.parametrize(
    "name", ["../../../evil.html", "/tmp/evil.html", "..\\..\\evil.jsp", "evil.html", "evil.svg"]
)
def test_vue_pro_uploads_by_nobody_and_along_a_path(cast, matter, name):
    """YunaiV/ruoyi-vue-pro/issues/1146 (path of the upload) and 1188 (upload by anybody, HTML shown in place)."""
    page = SimpleUploadedFile(name, b"<script>alert(1)</script>", "text/html")
    for who in ("nobody", "stranger"):
        answer = browser(cast, who).post(f"/records/{matter.number}/do/attach/", {"files": page, "key": "k1"})
        assert answer.status_code in (302, 403, 404)
    assert not File.objects.exists()
    page.seek(0)
    browser(cast, "dispatcher").post(f"/records/{matter.number}/do/attach/", {"files": page, "key": "k2"})
    for file in File.objects.all():
        assert "/" not in file.name and "\\" not in file.name
        assert path_of(file.sha256).parent.parent.name == "files"
        answer = browser(cast, "dispatcher").get(f"/files/{file.sha256}/{quote(file.name)}")
        assert (
            answer["Content-Type"] == "application/octet-stream"
            and "sandbox" in answer["Content-Security-Policy"]
        )


LEFT_ON = (
    "/druid/index.html", "/druid/sql.json", "/actuator/", "/actuator/env", "/actuator/heapdump", "/swagger-ui/index.html", "/v2/api-docs",
    "/v3/api-docs", "/doc.html", "/monitor/job/list", "/tool/gen/createTable", "/jmreport/show", "/jmreport/queryFieldBySql", "/sys/api/queryAllUser",
    "/sys/dict/getDictItems/sys_user,username,password", "/sys/ng-alain/getDictItemsByTable/sys_user/username/password", "/sys/common/transitRESTful",
    "/demo/table/list", "/admin/login/", "/.git/config", "/var/private.key", "/private.key", "/__debug__/", "/h2-console/",
)  # fmt: skip


def test_pages_for_developers_that_stayed_on(cast):
    """Druid, Actuator, Swagger, code generator, report designer: open by default in one or another of the three
    (JeecgBoot/issues/3306, 9674; RuoYi/issues/291, 300)."""
    clients = [browser(cast, who) for who in ("nobody", "inspector")]
    for client, address in product(clients, LEFT_ON):
        assert client.get(address, {"url": "https://example.org/"}).status_code == 404, address


HEADERS = (
    {"HTTP_AUTHORIZATION": "test1"}, {"HTTP_AUTHORIZATION": "Bearer test1"}, {"HTTP_X_ACCESS_TOKEN": "admin"}, {"HTTP_TENANT_ID": "1"},
    {"HTTP_X_FORWARDED_USER": "inspector"}, {"HTTP_REMOTE_USER": "inspector"}, {"REMOTE_USER": "inspector"}, {"HTTP_X_ORIGINAL_URL": "/admin/"},
    {"HTTP_COOKIE": "liren_as=inspector; rememberMe=fCq+/xW488hMTCD+cmJ3aQ=="},
)  # fmt: skip


def test_default_tokens_and_headers_that_say_who_one_is(cast, matter):
    """YunaiV/ruoyi-vue-pro/issues/1153 (``Authorization: test1``), 872 (tenant of a header); dromara/RuoYi-Vue-Plus/issues/47
    (a JWT key in the source); yangzongzhuan/RuoYi/issues/10 (Shiro's key)."""
    client = browser(cast, "nobody")
    for header in HEADERS:
        for address in (f"/records/{matter.number}/", "/admin/", f"/records/{matter.number}/?as=inspector"):
            assert client.get(address, **header).status_code == 404, (header, address)


def test_every_house_has_a_key_of_its_own(tmp_path, monkeypatch):
    """The same sources: a key that stands in the source is everybody's."""
    keys = set()
    for name in ("one", "two"):
        monkeypatch.setattr(house, "VAR", tmp_path / name)
        (tmp_path / name).mkdir()
        keys.add(house._secret_key())
    assert len(keys) == 2 and all(len(key) >= 64 for key in keys)


def test_ruoyi_role_that_widens_itself(cast, matter, settings):
    """CVE-2026-37669, yangzongzhuan/RuoYi/issues/328: who may edit a role widened its scope. Here a post is given by an
    administrator, within their own place, and by nobody to reach further, nor to themselves."""
    settings.LIREN_SECOND_FACTOR = "nobody"
    before = list(Post.objects.order_by("pk").values())
    said = {"person": "王芳", "role": "督查员", "place": cast.county.code, "starts": "2024-01-01"}
    for who in ("stranger", "dispatcher", "inspector"):
        for address in (
            "/admin/posts/new/",
            f"/admin/posts/{cast.stranger.posts.get().pk}/",
            "/admin/posts/import/",
        ):
            browser(cast, who).post(address, said)
    assert list(Post.objects.order_by("pk").values()) == before
    post_take(person=cast.deputy, role="security_admin", place=cast.other_street, starts=LONG_AGO)
    client = browser(cast, "deputy")
    for place in (cast.county.code, cast.street.code):
        assert client.post("/admin/posts/new/", said | {"place": place}).status_code == 422
    assert (
        client.post(
            "/admin/posts/new/", said | {"person": "林涛", "place": cast.other_street.code}
        ).status_code
        == 422
    )
    assert not Post.objects.filter(role="inspector").exclude(person=cast.inspector).exists()
    answer = client.post("/admin/posts/new/", said | {"place": cast.other_street.code})
    assert answer.status_code == 302
    assert Post.objects.filter(person=cast.stranger, role="inspector", place=cast.other_street).exists()


@pytest.mark.parametrize("who", ["nobody", "resident", "stranger", "handler"])
def test_jeecg_persons_by_their_number(cast, who):
    """jeecgboot/JeecgBoot/issues/9510, 9674 (queryByIds, queryUserById): anybody signed in read everybody. The lists of persons
    and accounts are the administrators'."""
    client = browser(cast, who)
    for address in (
        "/admin/people/",
        f"/admin/people/{cast.dispatcher.pk}/",
        "/admin/people/table.csv",
        "/account/staff/",
        "/account/staff/1/",
    ):
        answer = client.get(address)
        assert answer.status_code in (302, 404), address
        assert "韩梅" not in answer.content.decode()


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
    ],
)
def test_jeecg_addresses_fetched_or_followed(cast, where):
    """jeecgboot/JeecgBoot/issues/3306 (transitRESTful fetched any address): nothing is fetched, and no link leads away."""
    client = browser(cast, "dispatcher")
    for address in (
        f"/p/place/990009/?next={quote(where)}",
        f"/account/login/?next={quote(where)}",
        f"/w/?url={quote(where)}&next={quote(where)}",
    ):
        answer = client.get(address)
        body = answer.content.decode() if not answer.streaming else ""
        assert f'href="{where}' not in body and "evil.example" not in answer.get("Location", "")


def test_a_table_that_carries_a_formula_is_text(cast):
    """Exports of all three wrote what somebody typed as it was: a spreadsheet ran it (CWE-1236)."""
    from openpyxl import load_workbook

    accept(cast, event(cast, title='=HYPERLINK("https://evil.example","点")'))
    answer = browser(cast, "dispatcher").get(f"{LIST}file.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
