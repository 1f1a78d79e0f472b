"""A verb leads to actions.py: no other file changes what is kept (house §2)."""

import ast
import re

from tests.house.source import ROOT, Module, called, listing, modules

ALWAYS = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Dictionaries, hashes and documents have `update` and `save` too, but those of the database take
# no positional argument: rows.update(state=…), record.save(), rows.delete().
UNLESS_POSITIONAL = {"save", "update", "delete"}
STATEMENT = re.compile(
    r"\s*(?:insert\s+(?:or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|replace\s+into)\b", re.I
)

# Lower halves of an actions.py that would be too long; nobody else may import them.
PARTS = {"records/writing.py"}
# file: why it writes without being called actions.py
EXCEPTIONS: dict[str, str] = {
    "database/bulk.py": "the INSERT that actions call for many rows; it knows no table by itself",
}


def writes(module: Module) -> list[str]:
    found = []
    for call in module.calls():
        name = called(call)
        if isinstance(call.func, ast.Attribute) and (
            name in ALWAYS
            or (name in UNLESS_POSITIONAL and not call.args and (name != "update" or call.keywords))
        ):
            found.append(f"{module.where(call)} .{name}(")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
            found.append(f"{module.where(node)} {node.value.split()[0]} …")
    return found


def is_actions(module: Module) -> bool:
    return module.path.name == "actions.py" or module.name in PARTS


def test_only_actions_write():
    wrong = [
        finding
        for module in modules()
        if not is_actions(module) and module.name not in EXCEPTIONS
        for finding in writes(module)
    ]
    assert not wrong, listing(
        wrong, "writes outside actions.py; a true need goes into EXCEPTIONS with its reason:"
    )


def test_every_exception_is_still_needed():
    idle = [
        name
        for name in PARTS | EXCEPTIONS.keys()
        if not (ROOT / name).exists() or not writes(Module(ROOT / name))
    ]
    assert not idle, f"these no longer write, or are gone: {idle}"


def test_parts_of_actions_are_used_by_their_actions_alone():
    parts = {f"liren.{name.removesuffix('.py').replace('/', '.')}": name.partition("/")[0] for name in PARTS}
    wrong = [
        f"{module.where(node)} imports {imported}"
        for module in modules()
        for node, imported in module.imports()
        for part, room in parts.items()
        if f"{imported}.".startswith(f"{part}.") and (module.room != room or not is_actions(module))
    ]
    assert not wrong, listing(wrong, "only the actions.py of the same room may:")


def test_the_reader_of_this_test_sees_writes(tmp_path):
    source = tmp_path / "wrong.py"
    source.write_text(
        "rows.filter(a=1).update(b=2)\nrecord.save()\nrows.delete()\nPlace.objects.create(code='1')\n"
        "cursor.execute('DELETE FROM places')\n"
        "digest.update(b'x')\nwords.update({'a': 1})\ndocument.save(path)\n"
    )

    class Loose(Module):
        name = "wrong.py"

    assert len(writes(Loose(source))) == 5
