"""What a newcomer relies on before any code runs: locks, commands, the two readmes, the wheel."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
from django.core.management import call_command

import liren
from tests.house.source import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    """Package name → its lines in the lock."""
    blocks = re.split(r"(?m)^(?=\S)", text(lock))
    return {plain(block.partition("==")[0]): block for block in blocks if block.strip()}


def plain(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def chosen() -> dict[str, list[str]]:
    """Lock → the packages pyproject.toml names for it."""
    extras = PROJECT["optional-dependencies"]
    return {LOCKS[0]: [*PROJECT["dependencies"], *extras["build"]], LOCKS[1]: extras["dev"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_only(lock):
    line = re.compile(r"[a-z0-9._-]+==[0-9][A-Za-z0-9.+!]* \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?")
    strange = [each for each in text(lock).splitlines() if not line.fullmatch(each)]
    assert not strange, "addresses and paths stay out of the locks (docs/adr/0004-hashed-locks.md)"
    assert all("--hash=" in block for block in pins(lock).values())


def test_the_locks_hold_everything_pyproject_names():
    for lock, requirements in chosen().items():
        missing = {plain(requirement) for requirement in requirements} - pins(lock).keys()
        assert not missing, f"{lock} lacks {missing}. To mend: make lock"


def test_the_two_locks_share_no_package():
    assert not pins(LOCKS[0]).keys() & pins(LOCKS[1]).keys()


def test_every_dependency_has_its_line_in_the_decision_record():
    rows = re.findall(r"(?m)^\| `([^`]+)` \|", text("docs/adr/0003-dependencies.md"))
    named = {plain(requirement) for requirements in chosen().values() for requirement in requirements}
    named |= set(json.loads(text("tests/browser/package.json"))["devDependencies"])
    assert sorted(rows) == sorted(named)


def test_the_lock_of_the_browser_tests_names_no_registry():
    lock = json.loads(text("tests/browser/package-lock.json"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 3
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert not [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")]
    wanted = json.loads(text("tests/browser/package.json"))["devDependencies"]
    assert lock["packages"][""]["devDependencies"] == wanted, "To mend: make lock"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_commands_of_a_readme_exist(readme):
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", text("Makefile")))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)\b", "\n".join(code(readme))))
    assert {"demo", "test"} <= named
    assert named <= targets, f"{readme} names {named - targets}"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_places_a_readme_points_to_exist(readme):
    links = re.findall(r"\]\(([^)#:]+)\)", text(readme))
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def code(name: str) -> list[str]:
    return re.findall(r"(?s)```.*?```|`[^`\n]+`", text(name))


def test_the_two_readmes_are_twins():
    """Same headings in number and depth, same commands, same rows in the tables."""
    english, chinese = text("README.md"), text("README.zh-CN.md")
    assert re.findall(r"(?m)^#+", english) == re.findall(r"(?m)^#+", chinese)
    assert english.count("\n|") == chinese.count("\n|")
    commands = re.compile(r"(?:make|liren) [a-z]+")
    assert sorted(commands.findall("\n".join(code("README.md")))) == sorted(
        commands.findall("\n".join(code("README.zh-CN.md")))
    )


def test_the_changelog_knows_this_version():
    assert re.search(rf"(?m)^## {re.escape(liren.__version__)}\b", text("CHANGELOG.md"))


def test_ci_runs_the_test_command_of_the_readme():
    assert "make test" in text("README.md")
    assert re.search(r"(?m)^part \w+ make test$", text(".ci/run"))


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_amiss():
    call_command("check", fail_level="WARNING")


def test_the_wheel_carries_packs_pages_and_migrations(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    kinds = ("*.py", "*.html", "*.css", "*.js", "*.svg", "*.mo", "*.docx", "*.json")
    ours = {
        path.relative_to(REPOSITORY / "src").as_posix()
        for kind in kinds
        for path in (REPOSITORY / "src" / "liren").rglob(kind)
        if "__pycache__" not in path.parts
    }
    packs = {
        f"liren/_packs/{path.relative_to(REPOSITORY / 'packs').as_posix()}"
        for path in (REPOSITORY / "packs").rglob("*")
        if path.is_file()
    }
    assert packs
    assert not (ours | packs) - inside
    assert not [name for name in inside if name.startswith(("tests/", "var/"))]
