"""``liren packs check|schema|change`` and ``liren play``."""

import json
import os
import sys
import tempfile
from pathlib import Path

from .changes import change_run, change_words

NO_DATABASE = {"packs": True, "play": True}


def packs_words(command) -> None:
    actions = command.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="检查包；不写文件夹则检查全部")
    check.add_argument("dirs", nargs="*", type=Path, metavar="DIR")
    check.add_argument("--json", action="store_true")
    actions.add_parser("schema", help="输出包语言的 JSON Schema")
    change_words(actions.add_parser("change", help="改一处包（本县自己的改动，记入 var/changes.yaml）"))


def packs_run(args) -> int:
    from liren.packs.schema import schema_text

    if args.action == "schema":
        print(schema_text(), end="")
        return 0
    if args.action == "change":
        return change_run(args)
    import django

    from liren.inforce import pack_roots
    from liren.packs.catalogue import find_folders, read_all

    django.setup()
    wanted = {folder.resolve() for folder in find_folders(args.dirs)} if args.dirs else None
    extra = [d for d in args.dirs if not _among_roots(d, pack_roots())]
    catalogue, findings = read_all([*pack_roots(), *extra])
    if wanted is not None:
        findings = [f for f in findings if Path(f.file).resolve().parent in wanted]
    errors = [f for f in findings if f.level == "error"]
    if args.json:
        print(json.dumps([f.__dict__ for f in findings], ensure_ascii=False, indent=1))
    else:
        for finding in sorted(findings):
            print(finding, file=sys.stderr if finding.level == "error" else sys.stdout)
        count = len(wanted) if wanted is not None else len(catalogue.packs)
        print(f"{count} 个包，{len(errors)} 处错误，{len(findings) - len(errors)} 处提醒")
    return 1 if errors else 0


def _among_roots(folder: Path, roots) -> bool:
    return any(folder.resolve().is_relative_to(root.resolve()) for root in roots)


def play_words(command) -> None:
    command.add_argument("stories", nargs="+", type=Path, metavar="STORY", help="story.md，或包的文件夹")


def play_run(args) -> int:
    """Play in a throw-away database, so that a story never mixes with a county's records."""
    with tempfile.TemporaryDirectory(prefix="liren-play-") as folder:
        os.environ["LIREN_DATABASE_URL"] = f"sqlite:////{folder.lstrip('/')}/play.sqlite3?synchronous=off"
        os.environ["LIREN_KEY_FILE"] = f"{folder}/key"
        import django

        django.setup()
        from liren.database.migrating import migrate

        migrate()
        return _play(args.stories)


def _play(stories: list[Path]) -> int:
    from django.db import transaction

    from liren.stories.playing import play
    from liren.stories.reading import StoryFault

    failed = 0
    for story in stories:
        file = story / "story.md" if story.is_dir() else story
        pack = file.resolve().parent.name
        try:
            with transaction.atomic():
                count = play(file.read_text(encoding="utf-8"), file=str(file), pack=pack)
                transaction.set_rollback(True)
        except StoryFault as fault:
            failed += 1
            print(f"✗ {fault}", file=sys.stderr)
        else:
            print(f"✓ {file}（{count} 行）")
    return 1 if failed else 0
