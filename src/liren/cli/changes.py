"""``liren packs change``: one more change of the county's own, if the whole still holds.

The change is laid over the packs and linted with all of them before it is written; taking away what
rows still use is refused with their number.
"""

import fcntl
import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

#: Stands for a file in findings about a change that is not written yet.
_NEW = "（这次改动）"


def change_words(command) -> None:
    command.add_argument(
        "path", metavar="PATH", help="包里的路径，例：grid_case.kinds.event.states.reported.within"
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--set", metavar="VALUE", help="改成什么（YAML：10wd，或 {title: 特急}）")
    what.add_argument("--remove", action="store_true", help="去掉这一项")
    command.add_argument("--by", required=True, metavar="WHO", help="谁改的")
    command.add_argument("--why", required=True, metavar="WHY", help="为什么改")


def change_run(args) -> int:
    import django

    django.setup()
    from liren.database.migrating import migrate

    migrate()
    item = {"path": args.path, "by": args.by, "why": args.why}
    item |= {"remove": "true"} if args.remove else {"set": read_value(args.set)}
    for finding in change_add(item):
        print(finding, file=sys.stderr)
    print(f"已改 {args.path}；网站重新启动后生效")
    return 0


def read_value(text: str):
    """What ``--set`` says, read as strictly as a pack: text, a list or a mapping. Raises Refusal."""
    from liren.packs.reading import read_yaml
    from liren.refusals import Refusal

    value, _, findings = read_yaml(text, "--set")
    if findings or value is None:
        reason = (
            f"{findings[0].message}；{findings[0].mend}" if findings else "是空的；要去掉一项请用 --remove"
        )
        raise Refusal("bad_value", field="--set", reason=reason)
    return value


def change_add(item: dict) -> list:
    """Append a change (``path by why`` and ``set`` or ``remove``); warnings of the lint come back.

    Raises PackRefused with every finding, or Refusal (no such pack, no difference, in use).
    """
    import yaml

    from liren.clock import today
    from liren.inforce import catalogue, changes_file
    from liren.packs.changes import read_changes
    from liren.packs.findings import PackRefused

    file = changes_file()
    with _alone(file):
        catalogue.cache_clear()
        before = catalogue()
        _check_pack(item["path"], before)
        item = {"path": item["path"], **item, "at": today().isoformat()}
        added = yaml.safe_dump([item], allow_unicode=True, sort_keys=False)
        text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            draft.write_text(
                text + ("\n" if text and not text.endswith("\n") else "") + added, encoding="utf-8"
            )
            changes, faults = read_changes(draft)
            if faults:
                raise PackRefused([replace(fault, file=str(file)) for fault in faults])
            named = [replace(change, file=str(file)) for change in changes]
            warnings = _check(before, [*named[:-1], replace(changes[-1], file=_NEW)])
            os.replace(draft, file)
        finally:
            draft.unlink(missing_ok=True)
        catalogue.cache_clear()
    return warnings


@contextmanager
def _alone(file: Path):
    """One writer of the changes at a time: two clerks must not overwrite each other's line."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _check_pack(path: str, before) -> None:
    from liren.packs.findings import suggest
    from liren.refusals import Refusal

    pack, _, rest = path.partition(".")
    if pack not in before.packs:
        raise Refusal("not_found", what="包", name=pack, mend=suggest(pack, before.packs))
    if not rest:
        reason = "只写了包名；写到要改的那一项，例：grid_case.kinds.event.title"
        raise Refusal("bad_value", field="PATH", reason=reason)


def _check(before, changes: list) -> list:
    """The packs with all changes must lint, differ from what was, and keep what rows use."""
    from liren.inforce import pack_roots
    from liren.packs.catalogue import read_all
    from liren.packs.findings import PackRefused
    from liren.records.removals import losses
    from liren.refusals import Refusal

    after, findings = read_all(pack_roots(), changes)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise PackRefused(errors)
    if after.packs == before.packs:
        raise Refusal("bad_value", field=changes[-1].path, reason="本来就是这样，不必改")
    if lost := losses(before, after):
        raise Refusal(
            "in_use", what="、".join(loss.what for loss in lost), count=sum(loss.count for loss in lost)
        )
    return [finding for finding in findings if finding.file == _NEW]
