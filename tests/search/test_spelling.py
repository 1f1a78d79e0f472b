"""How text is spelt for searching, and how hits are marked in what is shown. No database."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.search.pinyin import MOST_READINGS, readings
from liren.search.spelling import (
    LONGEST,
    MOST_PHRASES,
    apart,
    excerpt,
    open_ended,
    pattern,
    phrases,
    segments,
    spell,
    spell_fields,
)

SPELT = {
    "路灯": "|路灯|",
    "道路，灯光": "|道路/灯光|",
    "道路， （ 灯光": "|道路/灯光|",  # a run of marks and blanks is one break
    "12号楼A座": "|12|号楼|a|座|",
    "WG2024-00731": "|wg|2024|/|00731|",
    "ＷＧ２０２４": "|wg|2024|",  # full width
    "٣": "|3|",
    "①㎡": "|1|m|2|",
    "二〇二四年": "|二〇二四年|",
    "々ー": "|々ー|",
    "Ünal": "|ünal|",
    "路\u200b灯\ufe0f": "|路灯|",  # zero-width signs come along when text is pasted
    "𬭚𠮷": "|𬭚𠮷|",  # beyond the basic plane, and newer than SQLite's own table
    "\ue000路\x00": "|路|",
    "\x1f1\x1f2": "|1|/|2|",
    "，。 ": "",
    "": "",
    "|/": "",
}


@pytest.mark.parametrize("text", SPELT)
def test_text_is_spelt(text):
    assert spell(text) == SPELT[text]


def test_between_fields_stand_two_breaks_which_no_phrase_holds():
    spelt = spell_fields(["明月路", "", "，", "灯 wg"])
    assert spelt == "|明月路|//|灯/|wg|"
    assert apart(spelt).split() == ["明", "月", "路", "/", "/", "灯", "/", "wg"]
    assert all("//" not in phrase for phrase in phrases("路//灯 路，。灯"))


def test_what_is_asked_is_cut_into_phrases():
    assert phrases(" 路灯  wg2024-007 路灯 ，") == ["路灯", "wg|2024|/|007"]
    assert phrases("　路　灯") == ["路", "灯"]  # the full-width blank
    assert [open_ended(one) for one in phrases("路灯 灯12 12灯")] == [False, True, False]
    assert [pattern(one) for one in phrases("路灯 灯12 12灯")] == ["路灯", "灯|12", "|12|灯"]
    assert len(phrases(" ".join(f"路{n}" for n in range(100)))) == MOST_PHRASES
    assert phrases("路" * 999) == ["路" * LONGEST]


def test_hits_are_marked():
    assert segments("换了路灯", phrases("路灯")) == [("换了", False), ("路灯", True)]
    assert segments("路灯路", phrases("路")) == [("路", True), ("灯", False), ("路", True)]
    assert segments("道路，灯光", phrases("路灯")) == [("道路，灯光", False)]
    assert segments("", phrases("路灯")) == []
    number = segments("WG2024-00731", phrases("wg2024-007"))
    assert number == [("WG2024-007", True), ("31", False)]
    assert segments("<b>路</b>", phrases("路")) == [("<b>", False), ("路", True), ("</b>", False)]


def test_an_excerpt_shows_the_surroundings_of_the_first_hit():
    text = "前" * 50 + "路灯" + "后" * 50
    found = excerpt(text, phrases("路灯"), around=10)
    assert found == [("…" + "前" * 10, False), ("路灯", True), ("后" * 10 + "…", False)]
    assert excerpt(text, phrases("灯路")) == []
    assert excerpt("路灯", phrases("路灯")) == [("路灯", True)]


@given(st.text(), st.text())
def test_marking_changes_no_text(text, asked):
    """Whatever is asked of whatever text, the pieces joined are the text; no piece is empty."""
    found = segments(text, phrases(asked))
    assert "".join(piece for piece, _ in found) == unicodedata.normalize("NFC", text)
    assert all(piece for piece, _ in found)


@given(st.text(), st.text())
def test_what_is_marked_is_what_is_found(text, asked):
    """A text is marked where and only where its spelling holds a phrase."""
    spelt = spell(text)
    for phrase in phrases(asked):
        assert any(hit for _, hit in segments(text, [phrase])) == (pattern(phrase) in spelt)


@given(st.text())
def test_every_text_finds_itself(text):
    assert all(pattern(phrase) in spell(text[:LONGEST]) for phrase in phrases(text))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("明月里", ("myl", "mingyueli")),
        ("重庆", ("cq", "chongqing")),
        ("第3网格", ("d3wg", "di3wangge")),
        ("吕长乐", ("lcl", "lvchangle")),
        ("水务局（本级）", ("swjbj", "shuiwujubenji")),
    ],
)
def test_names_sound_as_people_type_them(name, first):
    assert readings(name)[0] == first


def test_a_name_of_several_readings_has_several():
    assert ("sy", "shanyun") in readings("单云")
    assert len(readings("单曾长乐行重解查")) <= MOST_READINGS
    assert readings("（）") == []
