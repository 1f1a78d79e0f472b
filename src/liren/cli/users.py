"""``liren user``: accounts of the staff, from the command line: made, closed, opened, given a new link."""

import json


def user_words(command) -> None:
    actions = command.add_subparsers(dest="action", metavar="做什么", required=True)
    add = actions.add_parser("add", help="建账户，给出一次性的设置密码链接")
    add.add_argument("name", metavar="NAME", help="账户名：字母、数字和 @ . + - _")
    add.add_argument("--person", required=True, metavar="CODE", help="这是谁的账户：人员编号或姓名")
    add.add_argument("--email", default="", metavar="ADDRESS", help="登记的电子邮箱，忘记密码时收链接")
    for word, says in _ABOUT.items():
        one = actions.add_parser(word, help=says)
        one.add_argument("name", metavar="NAME", help="账户名")
    appoint = actions.add_parser("appoint", help="任命管理员：三种管理员不能由一人兼任")
    appoint.add_argument("role", choices=["system_admin", "security_admin", "audit_admin"])
    appoint.add_argument("--person", required=True, metavar="CODE", help="任命谁：人员编号或姓名")
    appoint.add_argument("--place", required=True, metavar="CODE", help="管哪里：区划代码或地点名称")
    for one in (*actions.choices.values(),):
        one.add_argument("--json", action="store_true")


_ABOUT = {
    "link": "重新给出一次性的设置密码链接（一天内有效）",
    "close": "停用账户，结束它的所有登录",
    "open": "恢复停用的账户",
}


def user_run(args) -> int:
    told = {"add": _add, "link": _link, "close": _close, "open": _open, "appoint": _appoint}[args.action](
        args
    )
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join(told.values()))
    return 0


def _add(args) -> dict[str, str]:
    from liren.clock import now
    from liren.people.queries import find_person
    from liren.signin.actions import account_add, link_make

    person = find_person(args.person)
    user = account_add(name=args.name, person=person, at=now(), email=args.email)
    said = f"已为{person.name}建账户 {user.username}。请把下面的链接交给本人，一天内有效，只能用一次："
    return {"said": said, "link": link_make(user, at=now())}


def _link(args) -> dict[str, str]:
    from liren.clock import now
    from liren.signin.actions import link_make
    from liren.signin.queries import account_named

    user = account_named(args.name)
    return {
        "said": f"账户 {user.username} 设置密码的链接，一天内有效，只能用一次：",
        "link": link_make(user, at=now()),
    }


def _close(args) -> dict[str, str]:
    from liren.clock import now
    from liren.signin.actions import account_close
    from liren.signin.queries import account_named

    user = account_named(args.name)
    ended = account_close(user, at=now())
    return {"said": f"账户 {user.username} 已停用，结束了 {ended} 处登录"}


def _open(args) -> dict[str, str]:
    from liren.clock import now
    from liren.signin.actions import account_open
    from liren.signin.queries import account_named

    user = account_named(args.name)
    account_open(user, at=now())
    return {"said": f"账户 {user.username} 已恢复，密码还是原来的"}


def _appoint(args) -> dict[str, str]:
    from liren.clock import now
    from liren.people.actions import post_take
    from liren.people.apart import ADMINISTRATORS
    from liren.people.queries import find_person
    from liren.places.queries import find_place

    person, place = find_person(args.person), find_place(args.place)
    post_take(person=person, role=args.role, place=place, starts=now())
    return {"said": f"{person.name}从现在起任{ADMINISTRATORS[args.role]}，{place.name}"}
