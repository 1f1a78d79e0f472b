"""The impact assessment of a pack (PIPL 55–56): what the system knows is filled in, what people must judge is open.

Written anew from the pack in force and from what happened, so it can be made before a change, yearly, and after a
breach; it is kept three years by whoever signs it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from liren.packs.language import Pack
from liren.people.models import PrivateRead
from liren.records.models import Act, Record

from .lasting import ASK, ERASE, REFUSE
from .notice import Notice, notices


def assessment(pack: Pack, day: date) -> str:
    """The assessment of a pack as Markdown, in Chinese."""
    found = notices(pack)
    parts = [
        f"# 个人信息保护影响评估：{pack.title}",
        f"生成日期 {day.isoformat()}。依据《个人信息保护法》第五十五、五十六条；报告和处理情况记录至少保存三年。",
        "本表的事实由系统按正在用的业务包和实际记录填写；带 ▢ 的由评估人判断、填写、签字。",
    ]
    if not found:
        return "\n\n".join([*parts, "这个业务包不收集保密内容，也不登记参加者。"]) + "\n"
    parts += ["## 一、处理什么", *(_kind(one) for one in found)]
    parts += ["## 二、实际情况", _facts(pack)]
    parts += ["## 三、已有的保护", _guards(), "## 四、由评估人判断", _open()]
    return "\n\n".join(parts) + "\n"


def _kind(one: Notice) -> str:
    lines = [f"### {one.title}", "", f"目的：{one.purpose}", ""]
    if one.collected:
        lines += ["| 收集什么 | 必填 | 保存多久 |", "|---|---|---|"]
        lines += [
            f"| {field.title} | {'是' if field.required else '否'} | {field.keep or '与记录一同保存'} |"
            for field in one.collected
        ]
        lines += [""]
    lines += [f"- 能打开的：{'、'.join(one.seen_by) or '无'}（只限本地点、本单位；每次写用途、留记录）"]
    lines += [f"- 决定删除的：{'、'.join(one.decided_by) or '无'}"]
    lines += [f"- 记录{'对公众可见' if one.public else '不对公众公开'}，保密内容一律不公开"]
    if one.shown:
        lines += [f"- 公开在门户的栏目：{'、'.join(one.shown)}"]
    if one.persons:
        lines += ["- 登记有参加者或指名的人员"]
    return "\n".join(lines)


def _facts(pack: Pack) -> str:
    kinds = [f"{pack.pack}.{key}" for key in pack.kinds]
    rows = Record.objects.filter(kind__in=kinds)
    numbers = rows.exclude(secret="").values("number")
    reads = PrivateRead.objects.filter(record_number__in=numbers)
    verbs = Counter(
        Act.objects.filter(record__kind__in=kinds, verb__in=(ASK, REFUSE, ERASE)).values_list(
            "verb", flat=True
        )
    )
    return "\n".join(
        [
            f"- 现有记录 {rows.count()} 条，其中 {rows.exclude(secret='').count()} 条存有保密内容",
            f"- 保密内容被打开 {reads.count()} 次，经手 {reads.values('by').distinct().count()} 人",
            f"- 请求删除 {verbs[ASK]} 次，不予删除 {verbs[REFUSE]} 次，已删除 {verbs[ERASE]} 次（含到期）",
        ]
    )


def _guards() -> str:
    return "\n".join(
        [
            "- 保密内容加密保存（AES-256-GCM 或 SM4-GCM），密钥不在数据库里，可定期更换",
            "- 清单、导出、消息、搜索里都遮盖；打开要写用途，留下谁、何时、为什么，当事人查得到",
            "- 附件可设为保密：签名链接十分钟有效，只对本人，逐次留记录；文件在磁盘上没有加密",
            "- 到期自动删除，留痕和指标不变；案件、审计期间可暂停删除",
            "- 当事人可以查阅、取走、请求删除；系统不作自动化决策；除本单位开通的短信、邮件通道外，不向外发送",
        ]
    )


def _open() -> str:
    asks = (
        "处理目的、方式是否合法、正当、必要（依据哪部法规、哪项职责）",
        "每一项是否非收不可；能不能少收、晚收、不收",
        "是否涉及敏感个人信息、不满十四周岁未成年人；单独同意或监护人同意怎样取得",
        "对个人权益的影响和安全风险（高／中／低，理由）",
        "保护措施是否合法、有效，与风险程度相适应；还要补什么，谁、何时做完",
        "结论：可以处理／补齐后处理／不处理",
    )
    signed = "评估人：　　　　　　负责人：　　　　　　日期："
    return "\n".join([*(f"- ▢ {one}：" for one in asks), "", signed])
