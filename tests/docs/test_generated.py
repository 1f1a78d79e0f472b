"""Generated pages are fresh, come out the same everywhere, and tell of the shipped packs alone."""

import os
import re
import subprocess
import sys

import pytest

from liren.cli.docs import stale_pages
from liren.cli.handbook import pages
from liren.cli.markdown import MADE, table
from liren.cli.pack_chapters import chapter_list
from liren.inforce import catalogue, shipped_packs
from tests.docs.pages import DOCS, REPOSITORY, handbook


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_generated_pages_are_fresh(made):
    stale = [str(path.relative_to(DOCS)) for path in stale_pages(made, DOCS)]
    assert not stale, f"To mend: liren docs make. Stale: {', '.join(stale[:8])}"


def test_a_stale_a_missing_and_a_left_over_page_are_noticed(made, tmp_path):
    few = {
        path: words for path, words in made.items() if path.endswith(("cli.md", "figures.md", "/README.md"))
    }
    for path, words in few.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, encoding="utf-8")
    assert not list(stale_pages(few, tmp_path))
    (tmp_path / "handbook/cli.md").write_text("older", encoding="utf-8")
    (tmp_path / "handbook/figures.md").unlink()
    (tmp_path / "handbook/packs/gone.md").write_text("a pack that is gone", encoding="utf-8")
    assert {path.name for path in stale_pages(few, tmp_path)} == {"cli.md", "figures.md", "gone.md"}


def test_every_shipped_pack_has_its_chapter(made):
    packs = {folder.name for folder in shipped_packs().iterdir() if (folder / "pack.yaml").is_file()}
    chapters = {
        path.removeprefix("handbook/packs/").removesuffix(".md") for path in made if "/packs/" in path
    }
    assert chapters == packs | {"README"}


def test_generated_pages_say_so(made):
    assert all(words.startswith(MADE) for path, words in made.items() if path.endswith(".md"))


def test_the_same_pages_from_another_place_with_another_terminal(tmp_path):
    """Width, language, home and a county's own packs and changes leave no trace."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "var").mkdir()
    changes = "- {path: grid_case.title, set: 别的, by: 甲, at: '2026-01-01', why: 试}\n"
    (tmp_path / "var/changes.yaml").write_text(changes, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LIREN_", "DJANGO_"))}
    environment |= {
        "PYTHONPATH": str(REPOSITORY / "src"), "COLUMNS": "40", "LANG": "C.UTF-8", "PYTHONHASHSEED": "7",
        "LIREN_PACKS": str(REPOSITORY / "tests/shelf"), "LIREN_HOME": str(tmp_path),
    }  # fmt: skip
    command = "import sys; from liren.cli.main import main; sys.exit(main(['docs', 'make']))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    marked = (file for file in DOCS.rglob("*.md") if file.read_text(encoding="utf-8").startswith(MADE))
    here = {file.relative_to(DOCS) for file in marked}
    there = {file.relative_to(tmp_path / "docs") for file in (tmp_path / "docs").rglob("*.md")}
    assert here == there
    different = [str(p) for p in there if (tmp_path / "docs" / p).read_bytes() != (DOCS / p).read_bytes()]
    assert not different


# -- that chapters tell what they are for ---------------------------------------------------------------


def test_a_chapter_tells_states_limits_steps_figures_and_the_story():
    page = handbook("packs/rect_ledger.md")
    assert "| 整改中 | 按整改类别：立行立改 1个月，限期整改 3个月，长期坚持 6个月 |" in page
    assert "办过报告整改、录入的人不能办" in page
    assert "| 整改销号率 `clear_rate` | % | 已销号问题 ÷ 巡察反馈问题数 | 1 |" in page
    assert "- 孙洁：牵头科室负责人（文明科）；整改验收人（故事县）" in page
    assert "- 11:00　孙洁 **不能验收销号**「培训」（*同一人*）" in page
    assert "- 这时「用车」逾期 **1** 次" in page
    assert "- 按期销号率：**50%**" in page


def counted(lines: list[str], form: str) -> int:
    return sum(re.match(form, line) is not None for line in lines)


def test_every_line_of_every_story_is_told():
    """As many deeds, repetitions, headings and figures in the chapter as in the story."""
    for folder in catalogue().folders:
        story = (folder.folder / "story.md").read_text(encoding="utf-8").splitlines()
        page = handbook(f"packs/{folder.pack.pack}.md").partition("## 故事\n")[2].splitlines()
        for form, told in (
            (r"(再次 )?\d{4}-\d\d-\d\d \d\d:\d\d ", r"- \d\d:\d\d　"),
            (r"再次 ", r"- \d\d:\d\d　再提交一次："),
            (r"#", r"###"),
            (r"(?!(再次 )?\d{4}-|[>#]).+ = ", r"- (?!\d\d:).+：\*\*.*\*\*$"),
        ):
            assert counted(page, told) == counted(story, form), f"{folder.pack.pack}: {form}"


def test_what_was_reshaped_stands_before_everything_else():
    for pack in catalogue().packs.values():
        page = handbook(f"packs/{pack.pack}.md")
        if pack.reshaped:
            assert page.index("> **改造**") < page.index("- 文件夹")
            assert pack.reshaped in page
            assert pack.reshaped in handbook("packs/README.md")


def test_the_list_of_packs_counts_them():
    assert f"共 {len(catalogue().packs)} 个包" in chapter_list(list(catalogue().folders))


def test_a_cell_stays_in_its_cell():
    made = table(("a", "b", "c"), [("1|2", "", "two\nlines"), ("3", "", "")])
    assert made.splitlines() == ["| a | c |", "| --- | --- |", "| 1\\|2 | two lines |", "| 3 |  |"]
