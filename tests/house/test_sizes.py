"""The house is read in an afternoon: files of at most 400 lines, functions 40, views 25 (house §9)."""

from tests.house.source import ROOT, length, listing, modules

FILE, FUNCTION, VIEW = 400, 40, 25


def test_files_are_at_most_400_lines():
    sources = [path for kind in ("py", "html", "js") for path in sorted(ROOT.rglob(f"*.{kind}"))]
    assert len(sources) > 20
    counted = {path: path.read_text(encoding="utf-8").count("\n") for path in sources}
    long = [f"src/liren/{path.relative_to(ROOT)}: {lines}" for path, lines in counted.items() if lines > FILE]
    assert not long, listing(long, f"files of more than {FILE} lines:")


def test_functions_are_at_most_40_lines():
    long = [
        f"{module.where(function)} {function.name}: {length(function)}"
        for module in modules()
        for function in module.functions()
        if length(function) > FUNCTION
    ]
    assert not long, listing(long, f"functions of more than {FUNCTION} lines:")


def test_views_get_check_act_and_render_within_25_lines():
    long = [
        f"{module.where(function)} {function.name}: {length(function)}"
        for module in modules()
        for function in module.functions()
        if function.args.args and function.args.args[0].arg == "request" and length(function) > VIEW
    ]
    assert not long, listing(long, f"views of more than {VIEW} lines:")
