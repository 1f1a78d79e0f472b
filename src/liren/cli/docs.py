"""``liren docs make|check``: the generated pages of the handbook, of the shipped packs as they are shipped."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NO_DATABASE = {"docs": True}
DOCS = Path("docs")
#: Folders below ``docs/`` in which every page is generated.
_WHOLE = ("handbook/packs",)


def docs_words(command) -> None:
    command.add_argument(
        "action", choices=["make", "check"], help="make：生成这些页；check：只核对是不是最新，不是就以 1 退出"
    )


def docs_run(args) -> int:
    """Write the generated pages, or say which are stale (exit status 1)."""
    if not DOCS.is_dir():
        print(f"liren: {Path.cwd()} 里没有 docs 文件夹；请在源码目录里运行", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="liren-docs-") as home:
        # The handbook is of the packs as shipped: a county's own folders and changes stay out of it.
        os.environ["LIREN_HOME"] = home
        os.environ.pop("LIREN_PACKS", None)
        import django

        django.setup()
        from liren.cli.handbook import pages

        made = pages()
    if args.action == "make":
        return _write(made)
    stale = list(stale_pages(made, DOCS))
    for path in stale:
        print(f"{path} 不是最新的；运行 liren docs make", file=sys.stderr)
    return 1 if stale else 0


def stale_pages(made: dict[str, str], docs: Path) -> Iterator[Path]:
    """Pages that are missing, differ from what would be made, or are left over from a pack that is gone."""
    for path, text in made.items():
        file = docs / path
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            yield file
    for folder in _WHOLE:
        yield from (file for file in sorted((docs / folder).glob("*")) if f"{folder}/{file.name}" not in made)


def _write(made: dict[str, str]) -> int:
    stale = list(stale_pages(made, DOCS))
    for file in stale:
        text = made.get(file.relative_to(DOCS).as_posix())
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    print(f"{len(made)} 页，写了 {len(stale)} 页")
    return 0
