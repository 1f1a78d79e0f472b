"""The look: pages of every template in both languages, colours that can be read, a catalogue that is whole."""

from __future__ import annotations

import ast
import gettext
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.utils.translation.template import templatize

from liren.look.middleware import LanguageMiddleware, LookMiddleware
from tests.console import samples
from tests.console.markup import Page, read

CONSOLE = Path(__file__).resolve().parents[2] / "src/liren/console"
LOOK = CONSOLE.parent / "look"
STYLES = sorted([*(LOOK / "static/liren").glob("*.css"), *(CONSOLE / "static/liren").glob("*.css")])
CATALOGUE = CONSOLE.parent / "locale/en/LC_MESSAGES"
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
CASES = [(name, lang) for name in samples.names() for lang in ("zh", "en")]


def page(rf, name: str, query: str = "", context: dict | None = None) -> str:
    def view(request):
        found = samples.context(name) if context is None else context
        return HttpResponse(render_to_string(f"console/{name}.html", found, request=request))

    return LanguageMiddleware(LookMiddleware(view))(rf.get(f"/?{query}")).content.decode()


@pytest.fixture
def read_page(rf, monkeypatch):
    """Read a page; a variable the template asks for and the context lacks stands out as ‹name›."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "‹%s›")

    def reading(name: str, lang: str = "zh", context: dict | None = None) -> Page:
        return read(page(rf, name, f"lang={lang}", context))

    return reading


# Pages


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_page_is_whole(read_page, name, lang):
    found = read_page(name, lang)
    assert not found.faults
    assert not [text for _, text in found.texts if "‹" in text]
    assert len(set(found.ids)) == len(found.ids), sorted(found.ids)
    assert found.all("html")[0].attrs["lang"] == {"zh": "zh-Hans", "en": "en"}[lang]
    assert found.all("title")[0].text.split(" · ")[0].strip()


@pytest.mark.parametrize("name", samples.names())
def test_no_style_or_script_in_the_markup_and_nothing_from_elsewhere(read_page, name):
    for one in read_page(name).elements:
        assert one.tag not in ("style", "script", "iframe", "object"), one
        assert "style" not in one.attrs, one
        assert not [key for key in one.attrs if key.startswith("on")], one
        for key in ("href", "src", "action"):
            assert not re.match(r"\w+:|//", one.attrs.get(key, "")), one


@pytest.mark.parametrize("name", samples.names())
def test_a_page_can_be_walked_by_its_headings_landmarks_and_names(read_page, name):
    found = read_page(name)
    levels = [int(one.tag[1]) for one in found.all("h1", "h2", "h3", "h4") if "svg" not in one.path]
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels)), levels
    assert [len(found.all(tag)) for tag in ("header", "main", "footer")][1:] == [1, 1]
    assert found.all("a")[0].attrs["href"] == "#main", "the first link skips to the content"
    for one in found.elements:
        for key in ("aria-labelledby", "for", "aria-describedby"):
            for id_ in one.attrs.get(key, "").split():
                assert id_ in found.ids, f"{key}={id_}"
        if one.tag == "a" and one.attrs.get("href", "").startswith("#"):
            assert one.attrs["href"][1:] in found.ids, one
        if one.tag in ("a", "button", "summary", "h1", "h2", "h3", "label"):
            assert one.text.strip() or one.attrs.get("aria-label"), one
        if one.tag in ("input", "select") and one.attrs.get("type") != "hidden":
            assert [label for label in found.all("label") if label.attrs.get("for") == one.attrs["id"]], one
        if one.tag == "th":
            assert one.attrs.get("scope") in ("col", "row"), one
        if one.tag == "svg" and "svg" not in one.path:
            assert one.attrs.get("aria-hidden") or one.attrs.get("role") in ("img", "group"), one


@pytest.mark.parametrize("name", samples.names())
def test_english_pages_are_english_outside_what_the_county_wrote(read_page, name):
    assert read_page(name, "en").chinese_outside() == []


def test_a_figure_of_nothing_says_so_and_offers_no_empty_links(read_page):
    found = read_page("figure", context=samples.nothing())
    assert not [one for one in found.all("a") if not one.attrs["href"]]
    assert "无" in next(one.text for one in found.elements if "figure-value" in one.classes)
    assert not [one for one in found.elements if "button-main" in one.classes]


def test_private_values_stay_masked_on_the_record_page(read_page):
    found = read_page("record")
    masked = [one.text for one in found.elements if "masked" in one.classes]
    assert masked == ["●●●●●●●5310", "●●●"]
    assert not [one for one in found.all("a") if "来电登记" in one.text], "a private file without a link"


def test_what_was_typed_wrong_stays_in_its_field_with_the_reason_beside_it(read_page):
    found = read_page("evidence")
    field = next(one for one in found.all("input") if one.attrs["name"] == "since")
    assert field.attrs["type"] == "text", "a date field shows nothing for what is no date"
    assert field.attrs["value"] == "2024-13-01"
    assert field.attrs["aria-invalid"] == "true"
    reason = next(one for one in found.elements if one.attrs.get("id") == field.attrs["aria-describedby"])
    assert "没有这一天" in reason.text


def test_what_people_wrote_is_printed_and_never_run(read_page):
    evil = '<script>alert("1")</script>'
    context = samples.context("record")
    context["record"]["title"] = context["fields"][0]["text"] = context["acts"][0]["note"] = evil
    found = read_page("record", context=context)
    assert not found.all("script")
    assert next(one.text for one in found.all("h1")) == evil


def test_between_a_number_and_its_unit_there_is_no_gap(rf):
    text = re.sub(r"<[^>]+>", "", page(rf, "report"))
    assert "全县214个网格全年受理事项1,532件，办结1,489" in text


def test_every_number_of_a_report_is_a_link_and_shows_its_source(read_page):
    found = read_page("report")
    links = [
        one for one in found.all("a") if "num" in one.classes and "p" in one.path and "article" in one.path
    ]
    paragraphs = [block for block in samples.context("report")["blocks"] if block["kind"] == "paragraph"]
    written = [part for block in paragraphs for part in block["parts"] if "href" in part]
    assert len(links) == len(written) > 10
    for link, part in zip(links, written, strict=True):
        assert link.text.startswith(part["text"])
        assert ("num-target" in link.classes) == (part.get("source") == "target")
        assert ("num-external" in link.classes) == (part.get("source") == "external")
        assert ("num-moved" in link.classes) == ("moved" in part)
    moved = next(one for one in links if "num-moved" in one.classes)
    assert moved.text == "1,489（原为 1,488，现为 1,489）", "said in words, not by colour alone"


# Styles


def declared(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def themes() -> dict[str, dict[str, str]]:
    text = (LOOK / "static/liren/tokens.css").read_text(encoding="utf-8")
    media = re.search(r"@media \(prefers-color-scheme: dark\) \{\s*:root[^{]+\{([^}]+)\}", text)
    asked = re.search(r':root\[data-theme="dark"\] \{([^}]+)\}', text)
    light = declared(re.search(r":root \{([^}]+)\}", text)[1])
    assert declared(media[1]) == declared(asked[1]), "the two dark blocks differ"
    return {"light": light, "dark": light | declared(asked[1])}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


HOOKS = {"chart-share", "bar", "step", "end"}  # named for tests and for those who style further
GROUNDS = ("paper", "sheet", "well")
PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "seal", "seal-2") for ground in GROUNDS),
    ("seal", "soon-wash", 4.5), ("seal-2", "seal-wash", 4.5), ("ink", "soon-wash", 4.5), ("ink-2", "soon-wash", 4.5),
    ("on-seal", "seal", 4.5), ("on-seal", "seal-2", 4.5), ("paper", "ink", 4.5),
    ("ok", "ok-wash", 4.5), ("soon", "soon-wash", 4.5), ("late", "late-wash", 4.5), ("ok", "paper", 4.5),
    ("late", "sheet", 4.5), ("ink", "chart-wash", 4.5), ("ink-2", "chart-wash", 4.5), ("sheet", "chart", 4.5),
    ("chart", "sheet", 3), ("chart", "well", 3), ("line-2", "sheet", 3), ("line-2", "paper", 3),
    *(("focus", ground, 3) for ground in GROUNDS),
]  # fmt: skip


@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_that_meet_can_be_told_apart(theme, ink, ground, least):
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= least


def test_dark_says_every_colour_anew():
    light, dark = (set(themes()[theme]) for theme in ("light", "dark"))
    text = (LOOK / "static/liren/tokens.css").read_text(encoding="utf-8")
    anew = set(declared(re.search(r':root\[data-theme="dark"\] \{([^}]+)\}', text)[1]))
    colours = {name for name, value in themes()["light"].items() if value.startswith(("#", "rgb"))}
    assert anew == colours
    assert light == dark


def test_styles_use_known_tokens_and_load_nothing():
    known = set(themes()["light"])
    for path in STYLES:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"var\(--([\w-]+)", text)) <= known, path.name
        assert not re.search(r"url\(|@import|!important", text), path.name
        assert len(text.splitlines()) <= 400, path.name
        assert text.count("{") == text.count("}"), path.name


def test_every_style_sheet_is_linked_and_every_class_is_styled(read_page):
    linked = {
        Path(one.attrs["href"]).name
        for one in read_page("home").all("link")
        if "stylesheet" in one.attrs["rel"]
    }
    assert linked == {path.name for path in STYLES}
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(path.read_text(encoding="utf-8") for path in STYLES)))
    used = {word for name in samples.names() for one in read_page(name).elements for word in one.classes}
    unstyled = {word for word in used - styled if not word.startswith("icon-")}
    assert unstyled <= HOOKS, unstyled


# The catalogue


def asked() -> set[tuple[str | None, str]]:
    """Every msgid of the console's templates and code, with its context."""
    out = set()
    for path in [*TEMPLATES, *CONSOLE.rglob("*.py"), *LOOK.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        source = templatize(text, origin=str(path)) if path.suffix == ".html" else text
        if path.suffix == ".html":
            for call in re.findall(r"(?:n?p?gettext|_)\(.*?\)(?=\s|$)", source):
                out |= _called(ast.parse(call.strip()))
        else:
            out |= _called(ast.parse(source))
    return out


def _called(tree: ast.AST) -> set[tuple[str | None, str]]:
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if node.func.id in ("gettext", "_", "ngettext", "gettext_lazy") and words:
                out.add((None, words[0]))
            elif node.func.id in ("pgettext", "npgettext") and len(words) > 1:
                out.add((words[0], words[1]))
    return out


def entries() -> dict[tuple[str | None, str], list[str]]:
    """The catalogue as text: (context, msgid) → its translations."""
    out: dict[tuple[str | None, str], list[str]] = {}
    for block in (CATALOGUE / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        if block.startswith("#~"):
            continue
        said = {"msgctxt": None, "msgid": "", "msgid_plural": None}
        strings, last = [], ""
        for key, value in re.findall(r'^(?:(msg\w+)(?:\[\d\])? )?"(.*)"$', block, re.M):
            last = key or last
            value = ast.literal_eval(f'"{value}"')
            if last == "msgstr":
                if key:
                    strings.append("")
                strings[-1] += value
            else:
                said[last] = (said[last] or "") + value
        out[said["msgctxt"], said["msgid"]] = strings
    return out


def test_every_sentence_of_the_console_has_an_english_one():
    known = entries()
    missing = sorted(msgid for context, msgid in asked() if (context, msgid) not in known)
    assert len(asked()) > 100
    assert not missing, f"add to locale/en: {missing}"


def test_no_translation_is_empty_fuzzy_or_loses_a_value():
    assert "#, fuzzy" not in (CATALOGUE / "django.po").read_text(encoding="utf-8")
    for (_, msgid), strings in entries().items():
        for said in strings:
            assert said, msgid
            assert set(re.findall(r"%\((\w+)\)", said)) == set(re.findall(r"%\((\w+)\)", msgid)), msgid


def test_the_compiled_catalogue_is_fresh():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    held = {key: value for key, value in compiled.items() if key != ""}
    wanted = {}
    for (context, msgid), strings in entries().items():
        key = f"{context}\x04{msgid}" if context else msgid
        wanted |= (
            {(key, at): one for at, one in enumerate(strings)} if len(strings) > 1 else {key: strings[0]}
        )
    assert held == wanted, "compile it: cd src/liren && django-admin compilemessages"
