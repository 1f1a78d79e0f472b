"""What a reader chooses (language, size, theme) and how values are written in each language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import translation

from liren.look.middleware import LanguageMiddleware, LookMiddleware, PolicyMiddleware


def speak(request) -> HttpResponse:
    return HttpResponse(translation.get_language())


def answer(rf, query: str = "", **cookies: str) -> HttpResponse:
    request = rf.get(f"/?{query}", headers={"Accept-Language": "en-US"})
    request.COOKIES.update(cookies)
    return LanguageMiddleware(speak)(request)


@pytest.mark.parametrize(
    ("query", "kept", "language", "cookie"),
    [
        ("", "", "zh-hans", None),
        ("lang=en", "", "en", "en"),
        ("lang=zh", "en", "zh-hans", "zh-hans"),
        ("", "en", "en", None),
        ("lang=en", "en", "en", None),
        ("lang=fr", "", "zh-hans", None),
        ("lang=fr", "en", "en", None),
        ("", "../../etc", "zh-hans", None),
        ("lang=en&lang=zh", "", "zh-hans", "zh-hans"),
    ],
)
def test_the_language_is_asked_kept_or_chinese(rf, settings, query, kept, language, cookie):
    response = answer(rf, query, **{settings.LANGUAGE_COOKIE_NAME: kept})
    assert response.content.decode() == response["Content-Language"] == language
    found = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    assert (found.value if found else None) == cookie
    assert "Cookie" in response["Vary"]
    if found:
        assert found["httponly"]
        assert found["samesite"] == "Lax"


def test_the_language_of_one_request_does_not_stay_with_the_thread(rf):
    with translation.override("zh-hans"):
        answer(rf, "lang=en")
        assert translation.get_language() == "zh-hans"

        def broken(request):
            raise RuntimeError

        with pytest.raises(RuntimeError):
            LanguageMiddleware(broken)(rf.get("/?lang=en"))
        assert translation.get_language() == "zh-hans"


@pytest.mark.parametrize(
    ("query", "cookies", "look", "set_"),
    [
        ("", {}, {}, {}),
        ("size=large", {}, {"size": "large"}, {"liren_size": "large"}),
        ("size=normal", {"liren_size": "large"}, {}, {"liren_size": "normal"}),
        ("", {"liren_size": "large", "liren_theme": "dark"}, {"size": "large", "theme": "dark"}, {}),
        ("theme=dark&size=huge", {}, {"theme": "dark"}, {"liren_theme": "dark"}),
        ('theme="><script>', {"liren_theme": "x"}, {}, {}),
    ],
)
def test_size_and_theme_are_kept_and_only_what_is_offered_counts(rf, query, cookies, look, set_):
    request = rf.get(f"/?{query}")
    request.COOKIES.update(cookies)
    response = LookMiddleware(lambda r: HttpResponse(repr(r.look)))(request)
    assert response.content.decode() == repr(look)
    assert {name: one.value for name, one in response.cookies.items()} == set_


def test_pages_may_load_only_what_is_ours(rf):
    policy = PolicyMiddleware(speak)(rf.get("/"))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    own = PolicyMiddleware(lambda r: HttpResponse(headers={"Content-Security-Policy": "sandbox"}))(
        rf.get("/")
    )
    assert own["Content-Security-Policy"] == "sandbox"


def written(source: str, language: str = "zh-hans", **values: object) -> str:
    with translation.override(language):
        return Template("{% load liren_console %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "value", "chinese", "english"),
    [
        ("{{ v|number }}", 51000, "51,000", "51,000"),
        ("{{ v|number:1 }}", Decimal("96.44"), "96.4", "96.4"),
        ("{{ v|number }}", None, "无", "none"),
        ("{{ v|number }}", "5.1万余", "5.1万余", "5.1万余"),
        ("{{ v|day }}", date(2024, 3, 4), "2024年3月4日", "4 March 2024"),
        ("{{ v|day }}", None, "", ""),
        ("{{ v|moment }}", datetime(2024, 3, 4, 9, 5), "2024年3月4日 09:05", "4 March 2024, 09:05"),  # noqa: DTZ001
        ("{{ v|moment }}", None, "", ""),
        # 17:30 in Greenwich is half past one of the next day in the county.
        (
            "{{ v|moment }}",
            datetime(2024, 3, 4, 17, 30, tzinfo=UTC),
            "2024年3月5日 01:30",
            "5 March 2024, 01:30",
        ),
        ("{{ v|day }}", datetime(2024, 3, 4, 17, 30, tzinfo=UTC), "2024年3月5日", "5 March 2024"),
        ("{{ v|digest }}", "sha256:3f9a81c2e07b45d6", "3f9a81c2…", "3f9a81c2…"),
        ("{{ v|digest }}", "3f9a", "3f9a", "3f9a"),
        ("{{ v|digest }}", None, "", ""),
    ],
)
def test_values_are_written_in_the_habit_of_the_language(source, value, chinese, english):
    assert written(source, v=value) == chinese
    assert written(source, "en", v=value) == english


def test_times_carry_the_form_machines_read():
    value = datetime(2024, 3, 4, 17, 30, tzinfo=UTC)
    assert (
        written("{% when v %}", v=value)
        == '<time datetime="2024-03-05T01:30+08:00">2024年3月5日 01:30</time>'
    )
    assert (
        written("{% when v %}", "en", v=date(2024, 3, 4)) == '<time datetime="2024-03-04">4 March 2024</time>'
    )
    assert written("{% when v %}", v=None) == ""


def test_icons_are_ours_silent_unless_named_and_never_missing():
    assert 'aria-hidden="true"' in written('{% icon "check" %}')
    assert 'role="img" aria-label="&lt;b&gt;"' in written('{% icon "check" "<b>" %}')
    for name in ("nosuch", "../tokens", ""):
        with pytest.raises(FileNotFoundError):
            written("{% icon v %}", v=name)


def test_a_number_link_escapes_what_it_is_given():
    part = {"text": "<b>", "href": '"><script>', "title": '"x'}
    said = written("{% num v %}", v=part)
    assert said == '<a class="num" href="&quot;&gt;&lt;script&gt;" title="&quot;x">&lt;b&gt;</a>'
    assert written("{% num v %}", v={"text": "<b>"}) == "&lt;b&gt;"
    assert 'class="num num-external"' in written("{% num v %}", v=part | {"source": "external"})
    assert 'class="num"' in written("{% num v %}", v=part | {"source": 'x" onclick="'})
