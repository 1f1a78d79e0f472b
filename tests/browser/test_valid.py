"""Every page of the resolver is valid HTML: the Nu checker reads what the house answers, for everybody, in both languages."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.test_permissions import ROUTES, browser, filled, matter, values  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db

CHECKER = Path(__file__).with_name("node_modules") / "vnu-jar" / "build" / "dist" / "vnu.jar"
READERS = ("nobody", "dispatcher")
#: What the checker says of what is right: (part of its message, why it stays).
MEANT: tuple[tuple[str, str], ...] = ()


@pytest.fixture(scope="module")
def java() -> str:
    found = shutil.which("java")
    if found is None:
        pytest.skip("no Java on this machine. To mend, on Debian: apt-get install default-jre-headless")
    if not CHECKER.exists():
        pytest.skip("the Nu checker is not installed. To mend: make browser (needs npm)")
    return found


def keep(cast, given: dict[str, str], folder: Path) -> dict[str, str]:
    """Every page as a file; file → who asked for which address. Pages that say the same are kept once."""
    kept: dict[str, str] = {}
    seen: set[bytes] = set()
    for member in READERS:
        client = browser(cast, member)
        for route in ROUTES:
            for lang in ("zh", "en"):
                address = f"{filled(route, given)}?place={cast.county.code}&period=2024&lang={lang}"
                answer = client.get(address)
                if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
                    continue
                if not answer.content or answer.content in seen:
                    continue
                seen.add(answer.content)
                file = folder / f"{len(kept):04}.html"
                file.write_bytes(answer.content)
                kept[file.name] = f"{member}: {address} ({answer.status_code})"
    return kept


def test_every_page_is_valid_html(java, cast, values, tmp_path):  # noqa: F811
    pages = keep(cast, values, tmp_path)
    assert len(pages) > 40
    words = [
        java,
        "-Xss2m",
        "-jar",
        str(CHECKER),
        "--format",
        "json",
        "--exit-zero-always",
        *map(str, sorted(tmp_path.iterdir())),
    ]
    said = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stderr
    found: dict[str, list[str]] = {}
    for one in json.loads(said)["messages"]:
        if one["type"] != "info" and not any(part in one["message"] for part, _why in MEANT):
            where = pages[one["url"].rpartition("/")[2]]
            line = f"{one['message']}  «{' '.join(one.get('extract', '').split())}»"
            found.setdefault(line, []).append(where)
    assert not found, "\n".join(f"{line}\n    {len(on)} pages, first {on[0]}" for line, on in found.items())


def test_the_checker_does_find_faults(java, tmp_path):
    """A checker that finds nothing in this would find nothing at all."""
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!doctype html><html lang=en><title>x</title><p><ul id=a><li id=a></ul></p>", encoding="utf-8"
    )
    words = [java, "-jar", str(CHECKER), "--format", "json", str(page)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 1
    assert len(json.loads(said.stderr)["messages"]) >= 2
