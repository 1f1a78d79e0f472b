"""``liren docs make|check``: the generated pages of the handbook."""

from pathlib import Path

NO_DATABASE = {"docs": True}


def docs_words(command) -> None:
    command.add_argument("action", choices=["make", "check"])


def docs_run(args) -> int:
    """Write the generated pages, or say which are stale (exit status 1)."""
    import django

    django.setup()
    from liren.cli.handbook import pages

    stale = []
    for path, text in pages().items():
        file = Path("docs") / path
        if args.action == "make":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file))
    for one in stale:
        print(f"{one} 不是最新的；运行 liren docs make")
    return 1 if stale else 0
