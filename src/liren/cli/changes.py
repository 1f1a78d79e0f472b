"""``liren packs change``: one more change of the county's own, if the whole still holds."""

import sys


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
    from liren.changes.actions import change_add, value_read
    from liren.database.migrating import migrate

    migrate()
    said = {"remove": True} if args.remove else {"value": value_read(args.set)}
    for finding in change_add(path=args.path, by=args.by, why=args.why, **said):
        print(finding, file=sys.stderr)
    print(f"已改 {args.path}；网站马上照新的办")
    return 0
