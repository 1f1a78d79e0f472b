"""The face whole: the operations at their router, and the OpenAPI document made of them."""

from __future__ import annotations

from typing import Any

from liren.api import reading, writing  # noqa: F401  the operations
from liren.api.house import api, router
from liren.api.problems import TYPE

api.add_router("", router)


def document() -> dict[str, Any]:
    """The OpenAPI document: the same on every installation, since kinds of records are data, not operations."""
    told = dict(api.get_openapi_schema(path_prefix="/api/"))
    for operations in told["paths"].values():
        for operation in operations.values():
            _problems_by_their_type(operation)
            _open_to_all(operation)
    told["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return told


def _problems_by_their_type(operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            (shape,) = answer["content"].values()
            answer["content"] = {TYPE: shape}


def _open_to_all(operation: dict[str, Any]) -> None:
    """A key may be shown where none is needed: then more is seen."""
    needed = operation.pop("x-key", None)
    if not needed and operation.get("security"):
        operation["security"].insert(0, {})
