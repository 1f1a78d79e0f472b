"""Words travel compressed, pictures as they are, and a browser that holds a copy gets nothing twice."""

import gzip

import pytest
from django.test import Client

STYLE = "/static/liren/base.css"
ASKING = {"HTTP_ACCEPT_ENCODING": "gzip, br"}


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/about/", STYLE])
def test_pages_and_styles_shrink_for_those_who_can_read_it(address):
    plain, packed = Client().get(address), Client().get(address, **ASKING)
    assert not plain.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    whole, small = body(plain), body(packed)
    assert len(small) < len(whole) / 2
    if address == STYLE:  # a page differs by its tokens
        assert gzip.decompress(small) == whole


def test_a_browser_with_a_copy_gets_none_again():
    client = Client()
    tag = client.get(STYLE, **ASKING)["ETag"]
    assert tag.startswith("W/")
    assert client.get(STYLE, HTTP_IF_NONE_MATCH=tag, **ASKING).status_code == 304
    assert client.get(STYLE, HTTP_IF_NONE_MATCH='W/"another"', **ASKING).status_code == 200


def test_what_is_no_text_goes_as_it_is():
    answer = Client().get("/static/workbench/icon-192.png", **ASKING)
    assert answer.status_code == 200
    assert not answer.has_header("Content-Encoding")
