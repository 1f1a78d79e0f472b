"""Conditions of a pack: a small closed language, parsed once, never evaluated as code.

``state == 'closed' and late_count == 0`` becomes a tree of :class:`Test`, :class:`Both`,
:class:`Either` and :class:`Not`. Figures compile the tree to database queries
(``figures.filters``); steps ask :func:`holds` about one record in memory. Both readings are
two-valued: a missing value equals nothing, is in no list, and is neither above nor below anything.
Numbers are read as decimals, exactly as typed: 0.1 is one tenth.
"""

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .fields import read_moment

Literal = str | int | Decimal | bool | None


@dataclass(frozen=True)
class Test:
    """``name op value``; op is one of == != < <= > >= in not-in. ``None`` asks for a missing value."""

    name: str
    op: str
    value: Literal | tuple[Literal, ...]


@dataclass(frozen=True)
class Both:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    part: "Condition"


Condition = Test | Both | Either | Not


class BadCondition(ValueError):
    """A condition that the language does not know; says what and how to mend it."""


_OPS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_MAX_LENGTH = 2000
_LARGEST = 10**14  # as packs.fields reads them; more would not fit a column
_TRUTH = {"true": True, "false": False}


def parse(text: str) -> Condition:
    """Parse a condition. Raises :class:`BadCondition`."""
    if len(text) > _MAX_LENGTH:
        raise BadCondition(f"条件长 {len(text)} 字，超过 {_MAX_LENGTH} 字；请拆成几个指标")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadCondition(f"读不懂条件「{text}」；例：state == 'closed' and late_count == 0") from None
    return _node(tree.body)


def _node(node: ast.expr) -> Condition:
    if isinstance(node, ast.BoolOp):
        parts = tuple(_node(part) for part in node.values)
        return Both(parts) if isinstance(node.op, ast.And) else Either(parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return Not(_node(node.operand))
    if isinstance(node, ast.Compare):
        return _comparison(node)
    if isinstance(node, ast.Name | ast.Attribute):
        return Test(_name(node), "==", True)
    raise BadCondition(f"条件里不能写「{ast.unparse(node)}」；只能用 == != < <= > >= in and or not")


def _comparison(node: ast.Compare) -> Condition:
    operands = [node.left, *node.comparators]
    tests: list[Condition] = []
    for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
        if type(op) not in _OPS:
            raise BadCondition(f"不认识的比较「{ast.unparse(node)}」；空值请写 == None")
        tests.append(_test(left, _OPS[type(op)], right))
    return tests[0] if len(tests) == 1 else Both(tuple(tests))


def _test(left: ast.expr, op: str, right: ast.expr) -> Test:
    if isinstance(left, ast.Name | ast.Attribute) and getattr(left, "id", "") not in _TRUTH:
        return Test(_name(left), op, _value(right, op))
    if isinstance(right, ast.Name | ast.Attribute) and op in _FLIPPED:
        return Test(_name(right), _FLIPPED[op], _value(left, _FLIPPED[op]))
    raise BadCondition("比较的一边必须是字段名，例：level == 'major'")


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    raise BadCondition(f"「{ast.unparse(node)}」不是字段名")


def _value(node: ast.expr, op: str) -> Literal | tuple[Literal, ...]:
    if op in ("in", "not in"):
        if not isinstance(node, ast.List | ast.Tuple | ast.Set) or not node.elts:
            raise BadCondition("in 的右边要写一个不空的列表，例：level in ['major', 'urgent']")
        return tuple(_literal(item) for item in node.elts)
    value = _literal(node)
    if value is None and op not in ("==", "!="):
        raise BadCondition("空值只能用 == None 或 != None 比较")
    return value


def _literal(node: ast.expr) -> Literal:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _literal(node.operand)
        if isinstance(inner, int | Decimal) and not isinstance(inner, bool):
            return -inner
    if isinstance(node, ast.Name) and node.id in _TRUTH:
        return _TRUTH[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool | None):
        return _constant(node.value)
    raise BadCondition(f"「{ast.unparse(node)}」不是值；文字要加引号，例：'closed'")


def _constant(value: str | float | bool | None) -> Literal:
    if value == "" and isinstance(value, str):
        raise BadCondition("空值请写 == None，不写空的引号")
    if isinstance(value, int | float) and not abs(value) < _LARGEST:
        raise BadCondition(f"数「{value}」太大")
    return Decimal(repr(value)) if isinstance(value, float) else value


def tests(condition: Condition) -> Iterator[Test]:
    """Every single comparison inside a condition."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)


def holds(condition: Condition, value_of: Callable[[str], Literal | datetime]) -> bool:
    """Whether the condition holds for one thing in memory; ``value_of(name)`` gives None if missing."""
    if isinstance(condition, Test):
        return _test_holds(condition, value_of(condition.name))
    if isinstance(condition, Not):
        return not holds(condition.part, value_of)
    if isinstance(condition, Both):
        return all(holds(part, value_of) for part in condition.parts)
    return any(holds(part, value_of) for part in condition.parts)


def _test_holds(test: Test, actual: Literal | datetime) -> bool:
    op, wanted = test.op, test.value
    if isinstance(actual, datetime):
        wanted = tuple(map(_moment, wanted)) if isinstance(wanted, tuple) else _moment(wanted)
    if op == "in":
        return actual is not None and actual in wanted  # type: ignore[operator]
    if op == "not in":
        return actual is None or actual not in wanted  # type: ignore[operator]
    if op == "==":
        return actual is None if wanted is None else actual == wanted
    if op == "!=":
        return actual is not None if wanted is None else actual != wanted
    if actual is None:
        return False
    return _ORDER[op](actual, wanted)  # type: ignore[arg-type]


def _moment(wanted):
    return read_moment(wanted) if isinstance(wanted, str) else wanted
