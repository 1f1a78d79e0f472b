"""Doors that stay shut: code from data, unescaped pages, hand-written queries, other people's servers."""

import ast
import re

from tests.house.source import ROOT, called, listing, modules

CALLS = {"eval", "exec", "__import__", "mark_safe", "raw", "extra", "RawSQL"}
BUILT_IN = {"eval", "exec", "__import__"}  # banned as plain names only: `pattern.exec` is another matter
MODULES = {"pickle", "marshal", "shelve", "dill"}
# (file, call): why it may
EXCEPTIONS: dict[tuple[str, str], str] = {}


def banned_calls():
    for module in modules():
        for call in module.calls():
            name = called(call)
            if name in CALLS and (name not in BUILT_IN or isinstance(call.func, ast.Name)):
                yield module, call, name


def test_banned_calls_stand_in_the_named_list_or_nowhere():
    wrong = [
        f"{module.where(call)} calls {name}"
        for module, call, name in banned_calls()
        if (module.name, name) not in EXCEPTIONS
    ]
    assert not wrong, listing(wrong, "banned (house §9.8); a true need goes into EXCEPTIONS with its reason:")


def test_every_exception_is_still_needed():
    used = {(module.name, name) for module, _, name in banned_calls()}
    assert set(EXCEPTIONS) <= used


def test_nothing_is_read_that_can_run_code():
    wrong = [
        f"{module.where(node)} imports {imported}"
        for module in modules()
        for node, imported in module.imports()
        if imported.partition(".")[0] in MODULES
    ]
    assert not wrong, listing(wrong, "formats that run code when read:")


PAGE_BANS = {
    r"\|\s*safe\b": "prints without escaping; build markup with format_html or a template",
    r"{%\s*autoescape\s+off": "prints without escaping",
    r"<script(?![^>]*\bsrc=)[^>]*>": "inline script; the content security policy forbids it",
    r"\son[a-z]+\s*=\s*[\"']": "inline event handler; the content security policy forbids it",
    r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//": "another server; everything works offline",
}


def test_pages_escape_everything_and_load_nothing_from_elsewhere():
    wrong = []
    for path in sorted(ROOT.rglob("templates/**/*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for pattern, why in PAGE_BANS.items():
                for match in re.finditer(pattern, text):
                    line = text.count("\n", 0, match.start()) + 1
                    wrong.append(f"src/liren/{path.relative_to(ROOT)}:{line} {match[0]!r}: {why}")
    assert not wrong, listing(wrong, "in pages:")


def test_styles_and_scripts_load_nothing_from_elsewhere():
    wrong = []
    for path in [*sorted(ROOT.rglob("*.css")), *sorted(ROOT.rglob("*.js"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(
                r"@import|url\(\s*[\"']?(?:https?:)?//|(?:fetch|import)\(\s*[\"'`](?:https?:)?//", line
            ):
                wrong.append(f"src/liren/{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert not wrong, listing(wrong, "another server; everything works offline:")


#: Scripts that put a value under a name they did not write themselves → why nothing but that object can be changed.
NAMED = {
    "waiting.js": "attributes of elements, named in the script itself",
    "exam.js": "an object without a prototype",
}
#: `one[name] = …` and `||=`, `+=`; a prototype by its name; what was read laid over an object that is there.
OTHERS_NAMES = re.compile(
    r"\w\[(?![\"'\d])[^\]]+\]\s*(?:[|?+]{1,2}=|=(?![=>]))|__proto__|\.prototype\.\w+\s*=|Object\.assign\([^)]*(?:parse|json|data)"
)


def test_no_script_changes_an_object_by_a_name_from_elsewhere():
    """Under `__proto__` it would change every object of the page. Maps take any name."""
    found = {
        path.name: line.strip()
        for path in sorted(ROOT.rglob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if OTHERS_NAMES.search(line)
    }
    assert found.keys() == NAMED.keys(), found


def test_the_pattern_finds_names_from_elsewhere():
    for wrong in (
        "kept[key] = told",
        "kept[one.name] ||= []",
        "x.__proto__.y = 1",
        "Object.assign(all, JSON.parse(text))",
    ):
        assert OTHERS_NAMES.search(wrong), wrong
    for right in (
        "kept.set(key, told)",
        "rows[0] = one",
        'kept["name"] = one',
        "if (kept[key] === 1)",
        "const [a, b] = told",
    ):
        assert not OTHERS_NAMES.search(right), right


def test_the_patterns_find_what_they_ban():
    """A pattern that matches nothing would keep every door open."""
    for page in (
        "{{ text|safe }}", "{% autoescape off %}", "<script>x()</script>", '<a onclick="x()">',
        '<img src="//cdn.example/x.png">', '<link href="https://cdn.example/x.css">',
    ):  # fmt: skip
        assert any(re.search(pattern, page) for pattern in PAGE_BANS), page
    for page in (
        '<script src="{% static "x.js" %}" defer></script>',
        '<a href="/figures/">',
        "{{ n }} | safely",
    ):
        assert not any(re.search(pattern, page) for pattern in PAGE_BANS), page
