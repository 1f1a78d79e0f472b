"""``liren private``: the keys of private values, what is erased in time, and the personal-information notices."""

import json
import sys
from pathlib import Path


def private_words(command) -> None:
    actions = command.add_subparsers(dest="action", metavar="做什么", required=True)
    actions.add_parser("status", help="有哪些密钥，各封着多少")
    rotate = actions.add_parser(
        "rotate", help="换一把新密钥，把全部私密内容重新封好；中断了再运行一次就接着做"
    )
    rotate.add_argument(
        "--cipher", choices=["aes-256-gcm", "sm4-gcm"], help="新密钥用哪种算法（默认：与现在一样）"
    )
    rotate.add_argument("--index", action="store_true", help="按内容查找用的密钥（index）也换")
    forget = actions.add_parser("forget", help="从密钥文件里去掉一把不再用的旧密钥")
    forget.add_argument(
        "name", metavar="KEY", help="密钥的名字，见 liren private status；index：不再用的查找密钥"
    )
    actions.add_parser("erase", help="现在就删除保存期满的私密内容（liren tick 每天做一次）")
    actions.add_parser("report", help="哪天删了什么")
    assess = actions.add_parser(
        "assess", help="写一份业务包的个人信息保护影响评估（Markdown），由人判断、签字"
    )
    assess.add_argument("pack", metavar="PACK", help="业务包")
    assess.add_argument("--out", metavar="FILE", type=Path, help="写到哪个文件；不写就印出来")
    for one in actions.choices.values():
        one.add_argument("--json", action="store_true")


def private_run(args) -> int:
    told, lines = _DEEDS[args.action](args)
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join(lines))
    return 1 if told.get("failed") else 0


def _status(_args) -> tuple[dict, list[str]]:
    from liren.people.keys import ring

    there, counts = ring(), _counted()
    plain = counts.pop("", 0)
    keys = [
        {"key": key.id, "cipher": key.cipher, "sealed": counts[key.id], "in_use": key == there.current}
        for key in there.keys.values()
    ]
    gone = {name: count for name, count in counts.items() if name not in there.keys}
    lines = [
        f"{one['key']}　{one['cipher']}　封着 {one['sealed']} 处{'　在用' if one['in_use'] else ''}"
        for one in keys
    ]
    lines += [f"{name}　密钥不在这里！封着 {count} 处，打不开" for name, count in gone.items()]
    if plain:
        lines.append(f"{plain} 个保密附件是以前的版本存的，还没有加密；运行 liren private rotate")
    if len(there.indexes) > 1:
        lines.append(
            f"查找用的密钥 {len(there.indexes)} 把，最后一把在用；去掉旧的：liren private forget index"
        )
    told = {"keys": keys, "gone": gone, "plain_files": plain, "indexes": len(there.indexes)}
    return told | {"failed": bool(gone)}, lines


def _counted():
    """Key → how much it seals; the empty key: private files that lie plain."""
    from liren.following.queries import sealed_by_key as of_followers
    from liren.privacy.queries import files_by_key
    from liren.privacy.queries import sealed_by_key as of_records
    from liren.signin.queries import sealed_by_key as of_accounts

    return of_records() + of_accounts() + of_followers() + files_by_key()


def _rotate(args) -> tuple[dict, list[str]]:
    from liren.following.actions import follows_reseal
    from liren.people.keys import key_add, ring
    from liren.privacy.actions import files_reseal, secrets_reseal
    from liren.progress import bar
    from liren.signin.actions import sealed_anew

    there, counts = ring(), _counted()
    left = sum(count for name, count in counts.items() if name != there.current.id)
    cipher = args.cipher or there.current.cipher
    if args.index or not left or cipher != there.current.cipher:
        key = key_add(cipher, index=args.index)
        left = sum(counts.values())
    else:
        key = there.current
        print(f"接着上次：还有 {left} 处要换到密钥 {key.id}", file=sys.stderr)
    with bar("重新封存私密内容", left) as progress:
        done = sealed_anew() + follows_reseal()
        progress.update(done)
        done += secrets_reseal(lambda records: progress.update(done + records))
        done += files_reseal(lambda files: progress.update(done + files))
    old = [name for name in ring().keys if name != key.id]
    lines = [
        f"{done} 处已换到密钥 {key.id}（{key.cipher}）",
        f"旧密钥 {'、'.join(old)} 还在密钥文件里：旧备份要靠它打开。旧备份都过期后，运行 liren private forget 名字",
        "现在请把密钥文件另外备份一份",
    ]
    return {"key": key.id, "cipher": key.cipher, "sealed": done, "kept": old}, lines


def _forget(args) -> tuple[dict, list[str]]:
    from liren.people.keys import indexes_forget, key_forget, ring
    from liren.refusals import Refusal

    if args.name == "index":
        if count := sum(_counted().values()) - _counted()[ring().current.id]:
            raise Refusal("in_use", what="旧的查找密钥", count=count)
        gone = indexes_forget()
        return {"forgotten": "index", "count": gone}, [f"去掉了 {gone} 把旧的查找密钥"]
    if count := _counted()[args.name]:
        raise Refusal("in_use", what=f"密钥 {args.name}", count=count)
    key_forget(args.name)
    return {"forgotten": args.name}, [f"密钥 {args.name} 已去掉；用它封的旧备份从此打不开"]


def _erase(_args) -> tuple[dict, list[str]]:
    from liren.privacy.actions import sweep
    from liren.progress import bar

    with bar("删除期满的私密内容", 0) as progress:
        made = sweep(again=True, progress=progress.update)
    assert made is not None, "again: it is done whatever was done today"
    return _told(made), [_line(made)]


def _report(_args) -> tuple[dict, list[str]]:
    from liren.privacy.queries import sweeps

    found = sweeps()
    return {"days": [_told(one) for one in found]}, [_line(one) for one in found] or ["还没有删过"]


def _assess(args) -> tuple[dict, list[str]]:
    from liren.clock import today
    from liren.inforce import catalogue
    from liren.privacy.assessment import assessment
    from liren.refusals import Refusal

    pack = catalogue().packs.get(args.pack)
    if pack is None:
        raise Refusal("not_found", what="业务包", name=args.pack, mend="")
    text = assessment(pack, today())
    if args.out is None:
        return {"pack": args.pack, "text": text}, [text.rstrip()]
    args.out.write_text(text, encoding="utf-8")
    return {"pack": args.pack, "file": str(args.out)}, [f"已写到 {args.out}"]


def _told(one) -> dict:
    return {"day": one.day.isoformat(), "kinds": one.told, "held": one.held, "failed": one.failed}


def _line(one) -> str:
    from liren.inforce import catalogue

    kinds = catalogue().kinds
    parts = [
        f"{kinds[kind].spec.title if kind in kinds else kind} {counts.get('records', 0)} 条"
        f"（{counts.get('values', 0)} 项、附件 {counts.get('files', 0)} 个）"
        for kind, counts in one.told.items()
    ]
    said = [f"{one.day.isoformat()}　删除：{'，'.join(parts) or '没有到期的'}"]
    if one.held:
        said.append(f"暂停删除 {one.held} 条")
    if one.failed:
        said.append(f"打不开或正被改动 {one.failed} 条，下次再做")
    return "；".join(said)


_DEEDS = {
    "status": _status, "rotate": _rotate, "forget": _forget, "erase": _erase, "report": _report, "assess": _assess,
}  # fmt: skip
