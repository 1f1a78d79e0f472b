"""Every page is valid HTML: the Nu checker reads what the house answers at every address of the resolver, and every page
of the demo with all its data, in both languages."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.pages import visited
from tests.test_permissions import ROUTES, browser, filled, matter, values  # noqa: F401  fixtures

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


def checked(java: str, pages: dict[str, str], folder: Path) -> str:
    """What the checker finds in files of a folder: each fault once, with the pages that have it."""
    options = ["-Xss2m", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always"]
    words = [java, *options, *(str(folder / name) for name in pages)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stderr
    found: dict[str, list[str]] = {}
    for one in json.loads(said)["messages"]:
        if one["type"] != "info" and not any(part in one["message"] for part, _why in MEANT):
            where = pages[one["url"].rpartition("/")[2]]
            line = f"{one['message']}  «{' '.join(one.get('extract', '').split())}»"
            found.setdefault(line, []).append(where)
    return "\n".join(f"{line}\n    {len(on)} pages, first {on[0]}" for line, on in found.items())


@pytest.mark.django_db
def test_every_page_is_valid_html(java, cast, values, tmp_path):  # noqa: F811
    pages = keep(cast, values, tmp_path)
    assert len(pages) > 40
    told = checked(java, pages, tmp_path)
    assert not told, told


def test_every_page_of_the_demo_is_valid_html(java, reader, answers, tmp_path):
    """With its data: dates in their boxes, maps, long lists. What test_every_page has read already is not asked again."""
    for person in sorted({page.get("person", "") for page in visited().values()}):
        missing = [
            (name, lang)
            for name, page in visited().items()
            for lang in ("zh", "en")
            if page.get("person", "") == person and (name, lang) not in answers
        ]
        for lang in sorted({lang for _name, lang in missing}):
            asking = reader(person=person, lang=lang).page.request
            for name in [name for name, of in missing if of == lang]:
                answers[name, lang] = asking.get(visited()[name]["path"]).body()
    pages = {f"{name}.{lang}.html": f"{name} ({lang})" for name, lang in answers}
    for (name, lang), body in answers.items():
        (tmp_path / f"{name}.{lang}.html").write_bytes(body)
    assert len(pages) == 2 * len(visited())
    told = checked(java, pages, tmp_path)
    assert not told, told


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
