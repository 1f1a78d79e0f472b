"""Reading report texts, the rules of a document, and what is refused."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.reports.document import (
    BodyRefused,
    Bullets,
    DocumentRefused,
    Heading,
    Number,
    Paragraph,
    Table,
    Text,
    check,
    citations_digest,
    cited_numbers,
    fraction,
    parse_body,
    printed_date,
    typed_numbers,
    value_with_unit,
)
from tests.reports.document_sample import citations, number, sample


def cite(name: str) -> Number:
    if name.startswith("bad"):
        raise KeyError(f"没有指标 {name}")
    return Number("118", name)


def faults(text: str, **options: bool) -> list[tuple[int, str]]:
    with pytest.raises(BodyRefused) as refused:
        parse_body(text, cite, **options)
    return [(fault.line, str(fault)) for fault in refused.value.faults]


def test_every_block_of_the_sample_is_read():
    kinds = [type(block) for block in sample().body]
    assert kinds == [Heading, Paragraph, Heading, Bullets, Heading, Table, Paragraph]
    assert [n.cite for n in cited_numbers(sample())] == [
        "closed", "rate", "closed", "people", "rate", "closed", "none",
    ]  # fmt: skip


def test_a_placeholder_is_given_whole_and_in_reading_order():
    asked = []

    def record(name: str) -> Number:
        asked.append(name)
        return Number("1", name)

    blocks = parse_body(
        "共{total|over 100}件、{ rate }。\n\n| a | b |\n|---|---|\n| {x|top 3} | {y} |", record
    )
    assert asked == ["total|over 100", "rate", "x|top 3", "y"]
    assert blocks[1] == Table(["a", "b"], [[[Number("1", "x|top 3")], [Number("1", "y")]]])


def test_bold_closes_after_chinese_punctuation():
    assert parse_body("**制度先行。**随后**完成{n}件**。", cite) == [
        Paragraph([
            Text("制度先行。", bold=True), Text("随后"), Text("完成", bold=True),
            Number("118", "n", bold=True), Text("件", bold=True), Text("。"),
        ])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("共完成\n各项任务", "共完成各项任务"),
        ("办结{n}\n件", "办结118件"),
        ("。”\n“第二", "。”“第二"),
        ("held\n{n}\nsessions in\nall", "held 118 sessions in all"),
        ("　　首行已缩进", "首行已缩进"),
        ("{{名称}} 与 \\*", "{名称} 与 *"),
    ],
)
def test_words_are_joined_the_way_their_script_is_written(text, words):
    (block,) = parse_body(text, cite)
    assert "".join(run.text for run in block.runs) == words


def test_numbered_lines_stay_paragraphs_with_their_marker():
    blocks = parse_body("1. 第一\n2. 第二{n}", cite)
    assert blocks == [Paragraph([Text("1.第一")]), Paragraph([Text("2.第二"), Number("118", "n")])]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("好\n\n共{bad}件", 3, "没有指标 bad"),
        ("共{}件", 1, "孤立的“{}”"),
        ("共{x件", 1, "孤立的“{”"),
        ("共x}件", 1, "孤立的“}”"),
        ("甲\n\n##### 五级", 3, "5级标题"),
        ("- 甲\n  - 乙", 2, "列表中的列表"),
        ("- 甲\n\n  乙", 3, "多个段落"),
        ("> 引", 1, "引用块"),
        ("好\n\n---", 3, "分隔线"),
        ("`码`", 1, "代码"),
        ("    缩进", 1, "缩进四格"),
        ("<b>x</b>", 1, "HTML"),
        ("[名](http://x)", 1, "链接"),
        ("![图](x)", 1, "图片"),
        ("*斜*体", 1, "单独的 *"),
        ("| a | {n} |\n|---|---|\n| x | y |", 1, "表头中有指标"),
        ("| a | b |\n|---|---|\n| x | y | z |", 3, "有3格，表头有2格"),
        ("| a | b |\n|---|---|\n| x | y |\n| x |", 4, "有1格，表头有2格"),
        ("私用\U000f0000字", 1, "私用区"),
        ("共12件", 1, "手写数字“共12件”"),
    ],
)
def test_a_fault_names_its_line_and_the_mend(text, line, words):
    found = faults(text)
    assert any(at == line and words in said for at, said in found), found


def test_all_faults_are_told_at_once():
    assert [line for line, _ in faults("共{bad1}件\n\n共{bad2}件\n\n共九9件")] == [1, 3, 5]


def test_what_the_callback_raises_beside_lookup_and_value_errors_is_not_swallowed():
    def broken(name: str) -> Number:
        raise RuntimeError(name)

    with pytest.raises(RuntimeError):
        parse_body("{x}", broken)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一、总体情况", []),
        ("1. 上下联动", []),
        ("### 1.上下联动", []),
        ("（1）分级办理", []),
        ("12、其他", []),
        ("办结{closed|over 100}件，{{括号}}", []),
        ("二〇二三年百分之九十", []),
        ("办结118件", ["办结118件"]),
        ("占９５％", ["占９５％"]),
        ("约1,500.5公里", ["约1,500.5公里"]),
        ("1.5万人", ["1.5万人"]),
        ("3、4月份", ["3、", "、4月份"]),
        ("第一1项与第二2项", ["第一1项与第二", "项与第二2项"]),
        ("占比%", ["占比%"]),
        ("{{12}}", ["{{12}}"]),
        ("{a}2{b}", ["{a}2{b}"]),
    ],
)
def test_typed_figures_are_found(text, found):
    assert typed_numbers(text) == [(1, excerpt) for excerpt in found]
    if found and "{" not in text:
        assert all("手写数字" in said for _, said in faults(text))
        assert parse_body(text, cite, refuse_typed=False)


def test_typed_figures_name_their_line():
    assert typed_numbers("甲\n\n乙{x}\n丙7") == [(4, "丙7")]


def read_or_refused(text: str):
    try:
        return parse_body(text, cite), []
    except BodyRefused as caught:
        return None, caught.faults


@given(st.text(alphabet="甲乙。“”*_#-+|{}[]()<>`\\ \n\t&;!1a\u3000\U000f0001~=:", max_size=80))
def test_any_text_is_read_or_refused(text):
    blocks, refused_faults = read_or_refused(text)
    if blocks is None:
        assert refused_faults
        assert all(1 <= fault.line <= max(1, len(text.splitlines())) for fault in refused_faults)
    else:
        assert not typed_numbers(text)
        for block in blocks:
            if isinstance(block, Table):
                assert all(len(row) == len(block.header) for row in block.rows)


@given(st.lists(st.text(alphabet="甲乙丙，。", min_size=1, max_size=6), min_size=1, max_size=8))
def test_placeholders_and_words_keep_their_order(pieces):
    (block,) = parse_body("x" + "".join(f"{piece}{{k{at}}}" for at, piece in enumerate(pieces)), cite)
    assert [run.cite for run in block.runs if isinstance(run, Number)] == [
        f"k{n}" for n in range(len(pieces))
    ]
    assert "".join(run.text for run in block.runs if isinstance(run, Text)) == "x" + "".join(pieces)


# --- the rules of a document ---------------------------------------------------------------


def refused(**changes: object) -> str:
    with pytest.raises(DocumentRefused) as caught:
        check(sample(**changes))
    return str(caught.value)


def test_the_sample_keeps_every_rule():
    check(sample())


def test_a_number_needs_its_citation():
    said = refused(citations=[c for c in citations() if c.key != "rate"])
    assert said.count("rate") == 1
    assert "95.2%" in said


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("url", "javascript:alert(1)", "http"),
        ("url", "data:text/html,x", "http"),
        ("url", "", "http"),
        ("url", 'http://x/"y', "http"),
        ("url", "http://[x", "http"),
        ("key", "two words", "不含空白"),
        ("key", "k" * 59, "58"),
        ("key", "closed", "重复"),
        ("no", 1, "重复"),
        ("no", 0, "从 1 起"),
        ("definition", "口径\x07", "U+0007"),
        ("place", "\ud800", "U+D800"),
    ],
)
def test_a_citation_that_cannot_be_printed_is_named(field, value, words):
    first, second, *others = citations()
    said = refused(citations=[first, replace(second, **{field: value}), *others])
    assert words in said


def test_other_faults_of_a_document():
    assert "格数" in refused(body=[Table(["甲", "乙"], [[[Text("一")]]])])
    assert "5级" in refused(body=[Heading(5, [Text("深")])])
    assert "语言" in refused(lang="fr")
    assert "U+0000" in refused(title="题\0目")
    assert "U+000C" in refused(body=[Paragraph([Text("页\f")])])


def test_the_digest_of_citations_covers_claims_and_not_links():
    base = citations()
    assert citations_digest(base) == citations_digest(list(reversed(base)))
    assert citations_digest(base) == citations_digest(citations(url="https://elsewhere/{key}"))
    for field, value in (("value", 1187), ("evidence_count", 1), ("digest", "ff"), ("version", 3)):
        assert citations_digest([replace(base[0], **{field: value}), *base[1:]]) != citations_digest(base)


def test_units_are_printed_once_and_never_after_none():
    shown = {c.key: value_with_unit(c) for c in citations()}
    assert shown == {"closed": "1,186件", "rate": "95.2%", "people": "251人次", "none": "无"}
    first = citations()[0]
    for text, shown_text in (
        ("1,186", "1,186件"),
        ("1,100余", "1,100余件"),
        ("3万", "3万件"),
        ("甲、乙", "甲、乙"),
    ):
        assert value_with_unit(replace(first, value_text=text)) == shown_text
    assert [fraction(c) for c in citations()] == ["", "1,129／1,186", "", "0／0"]


def test_dates_are_printed_in_the_language_of_the_document():
    assert printed_date(dt.date(2026, 9, 7), "zh") == "2026年9月7日"
    assert printed_date(dt.date(2026, 9, 7), "en") == "7 September 2026"


def test_the_callback_of_the_sample_refuses_what_it_does_not_know():
    with pytest.raises(BodyRefused, match="第1行"):
        parse_body("{unknown}", number)
