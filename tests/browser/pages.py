"""The pages that are looked at in every dress: the main pages of docs/screenshots/pages.yaml, and the rest of each face."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots" / "pages.yaml"
MORE = Path(__file__).with_name("pages.yaml")


def pictures() -> list[dict[str, Any]]:
    """What `make screenshots` takes."""
    return yaml.safe_load(PICTURES.read_text(encoding="utf-8"))


def visited() -> dict[str, dict[str, Any]]:
    """Name → {path, person}: every page once; the dress that a picture asks for is left out."""
    found: dict[str, dict[str, Any]] = {}
    for page in [*pictures(), *yaml.safe_load(MORE.read_text(encoding="utf-8"))]:
        path = re.sub(r"[?&](lang|theme|size)=\w+", "", page["path"])
        if path not in {one["path"] for one in found.values()}:
            found[page["name"]] = page | {"path": path}
    return found
