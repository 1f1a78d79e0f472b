"""Every file says what it is for, and every door to a room says what to expect behind it (§9.9)."""

import ast

from tests.house.source import listing, modules


def test_every_module_says_what_it_is_for():
    silent = [
        f"src/liren/{module.name}" for module in modules() if len(ast.get_docstring(module.tree) or "") < 20
    ]
    assert not silent, listing(silent, "modules without a docstring:")


def test_every_action_and_query_says_what_it_does():
    silent = [
        f"{module.where(node)} {node.name}"
        for module in modules()
        if module.path.name in ("actions.py", "queries.py")
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, listing(silent, "public actions and queries without a docstring:")
