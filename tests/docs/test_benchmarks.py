"""The handbook's table of what things cost is that of the results, and none is claimed that was not measured."""

from benchmarks.table import page, results, stale


def test_the_table_is_that_of_the_results():
    assert not stale(write=False), "To mend: .venv/bin/python -m benchmarks.table"


def test_a_figure_that_changed_is_noticed():
    found = results()
    name = next(name for name, one in found.items() if "portal" in one.get("works", {}))
    text = page("<!-- benchmarks: begin (python -m benchmarks.table) -->\n<!-- benchmarks: end -->", found, 1)
    found[name]["works"]["portal"]["cpu_ms"] = 987.0
    assert "987" in page(text, found, 1)
    assert "987" not in text
