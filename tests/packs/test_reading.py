"""YAML as packs are written in: every scalar stays the text it was, every line is remembered."""

from hypothesis import given
from hypothesis import strategies as st

from liren.packs.reading import read_yaml


def test_words_that_yaml_would_turn_into_something_else_stay_text():
    tree, lines, findings = read_yaml(
        "on: yes\nat: 12:30\nn: 010\nday: 2024-05-01\nnothing: ~\nquoted: 'null'\nf: 1e3\n", "f"
    )
    assert findings == []
    assert tree == {
        "on": "yes", "at": "12:30", "n": "010", "day": "2024-05-01", "nothing": None, "quoted": "null", "f": "1e3",
    }  # fmt: skip
    assert lines == {"": 1, "on": 1, "at": 2, "n": 3, "day": 4, "nothing": 5, "quoted": 6, "f": 7}


def test_keys_with_spaces_and_items_of_lists_have_their_line():
    _, lines, _ = read_yaml("a:\n  opened by:\n    - x\n    - {b: 1,\n       c: 2}\n", "f")
    assert lines["a.opened by[0]"] == 3
    assert lines["a.opened by[1].c"] == 5


def test_an_empty_value_in_one_line_is_no_cut_off_value():
    tree, _, findings = read_yaml("a: {b: , c: 1, 'd': '', e: ''}\n", "f")
    assert (tree, findings) == ({"a": {"b": None, "c": "1", "d": "", "e": ""}}, [])


def test_an_empty_file_and_too_deep_a_file_are_findings():
    assert "空的" in read_yaml("# nothing\n", "f")[2][0].message
    assert "不能读取" in read_yaml("[" * 5000, "f")[2][0].message


def leaves(tree):
    if isinstance(tree, dict):
        tree = [*tree, *tree.values()]
    return [leaf for item in tree for leaf in leaves(item)] if isinstance(tree, list) else [tree]


@given(st.text(max_size=60) | st.text(alphabet="ab:{}[],&*!#-'\"\n \t|>%@`?", max_size=40))
def test_whatever_is_written_is_read_as_text_or_found_at_fault(text):
    tree, _, findings = read_yaml(text, "f")
    assert all(leaf is None or isinstance(leaf, str) for leaf in leaves(tree))
    for finding in findings:
        assert 1 <= finding.line <= len(text.splitlines()) + 1
        assert finding.message
