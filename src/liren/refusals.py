"""The one catalogue of refusals: code, sentence in Chinese and English, HTTP status.

A refusal says what, where and what to do. Faces print it; they never invent their own. What stands in the braces is
Chinese where refusals are matched by it (the name of a field, :data:`THINGS`), and is translated with the sentence;
reasons and mends go through gettext where they are raised.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, override, pgettext, pgettext_lazy

from liren.packs.saying import speak_through

speak_through(gettext)


@dataclass(frozen=True)
class Wording:
    status: int
    zh: str
    en: str


#: Every refusal of the house. Braces are filled from the refusal's facts.
WORDINGS = {
    "not_found": Wording(404, "没有找到{what}「{name}」。{mend}", "No {what} “{name}”. {mend}"),
    "ambiguous": Wording(
        409,
        "{what}「{name}」不止一个：{among}。请写全路径或代码。",
        "More than one {what} “{name}”: {among}.",
    ),
    "not_yours": Wording(
        403,
        "{who}不能{what}：需要 {roles}，且其地点或单位要包含 {where}。",
        "{who} may not {what}: it takes {roles} whose place or unit contains {where}.",
    ),
    "same_person": Wording(
        403,
        "{who}不能{what}：{earlier}已由本人做过，这一步要换一个人。",
        "{who} may not {what}: they already did {earlier}; another person must take this step.",
    ),
    "roles_apart": Wording(
        409,
        "{who}不能任{role}：同一时间已任{held}，这几种管理员不能由一人兼任。请换一个人，或先让其离任。",
        "{who} may not become {role}: they are {held} at that time, and one person may not be both. "
        "Appoint somebody else, or end the other post first.",
    ),
    "wrong_state": Wording(
        409,
        "{number} 现在是「{state}」，不能{what}；可以：{allowed}。",
        "{number} is “{state}” now; {what} is not possible. Possible: {allowed}.",
    ),
    "no_step": Wording(
        404, "「{kind}」没有步骤「{what}」。可用：{allowed}。", "“{kind}” has no step “{what}”: {allowed}."
    ),
    "condition": Wording(
        409,
        "{number} 不满足「{what}」的条件：{condition}。",
        "{number} does not meet {condition} for {what}.",
    ),
    "missing": Wording(
        422, "缺少{fields}。请补上再{what}。", "{fields} missing. Fill in, then {what} again."
    ),
    "bad_value": Wording(422, "{field}：{reason}", "{field}: {reason}"),
    "unknown_field": Wording(
        422, "「{kind}」没有字段「{field}」。{mend}", "“{kind}” has no field “{field}”. {mend}"
    ),
    "changed_meanwhile": Wording(
        409,
        "{number} 刚刚被别人办理过，现在是「{state}」。请刷新后再看。",
        "Somebody else has just acted on {number}; it is “{state}” now. Reload and look again.",
    ),
    "too_early": Wording(
        422, "时间 {at} 早于上一步 {last}。请检查时间。", "{at} is before the last act at {last}."
    ),
    "too_soon": Wording(
        409,
        "{number} 要到 {until} 之后才能{what}：规定的期限还没有满。",
        "{number}: {what} only after {until}; the prescribed period has not run out.",
    ),
    "already": Wording(409, "{what}已经有了：{number}。", "{what} exists already: {number}."),
    "no_balance": Wording(
        409, "{who}的余额是 {balance}，不够扣 {amount}。", "{who} has {balance}, {amount} needed."
    ),
    "second_person": Wording(
        403, "{who}的时长要由另一个人确认。", "Another person must confirm the hours of {who}."
    ),
    "bad_period": Wording(422, "{reason}", "{reason}"),
    "cannot_compute": Wording(422, "指标「{name}」不能这样算：{reason}", "Cannot compute “{name}”: {reason}"),
    "bad_file": Wording(422, "{file}：{reason}", "{file}: {reason}"),
    "in_use": Wording(
        409,
        "不能去掉「{what}」：还有 {count} 条记录在用。先处理这些记录。",
        "Cannot remove “{what}”: {count} records still use it.",
    ),
    "suspended": Wording(
        409,
        "{number} 已暂停删除，其中的个人信息现在不能删。先恢复删除，再删。",
        "Erasure of {number} is suspended; nothing private in it can be erased now. Resume it first.",
    ),
    "key_reused": Wording(
        422,
        "幂等键「{key}」已经用过，那次请求的不是同一件事。每次办理用新的键；重发要一字不差。",
        "The idempotency key “{key}” was used for another request. Take a new key for each request.",
    ),
    "pack_refused": Wording(422, "包没有通过检查：\n{findings}", "Pack refused:\n{findings}"),
    "extra_missing": Wording(
        500,
        "没有安装{what}。请运行 pip install 'liren[{extra}]'。",
        "{what} is not installed. Run: pip install 'liren[{extra}]'.",
    ),
    "https_only": Wording(
        403,
        "接口只走 https。这次用的密钥已经明文传过，请换一把。",
        "The API speaks https alone. The key that was just sent has travelled in the clear: make a new one.",
    ),
    "no_key": Wording(
        401,
        "这里要有效的接口密钥：在「我的账户—接口密钥」生成，写在 Authorization: Bearer 之后；过期或停用的要重新生成。",
        "A valid access key is needed: make one under “My account – Access keys” and send it after "
        "Authorization: Bearer; one that has run out must be made anew.",
    ),
    "key_scope": Wording(
        403,
        "密钥「{name}」不能用于 {scope}。请生成一把带这一用途的密钥。",
        "The key “{name}” is not good for {scope}. Make one that is.",
    ),
    "too_often": Wording(
        429, "请求得太频繁了。请过 {seconds} 秒再试。", "Too many requests. Try again in {seconds} seconds."
    ),
    "no_method": Wording(
        405,
        "这个地址不接受 {method}，可用：{allowed}。",
        "This address does not take {method}; it takes {allowed}.",
    ),
    "unreadable": Wording(
        400,
        "请求读不懂：{reason}。请发 UTF-8 的 JSON。",
        "The request cannot be read: {reason}. Send JSON in UTF-8.",
    ),
    "fault": Wording(
        500,
        "系统出了故障，不是您的请求有误。请稍后再试；若一再出现，请告诉管理员时间和请求编号。",
        "The system failed; your request is not at fault. Try again later, and tell the operator the time and the "
        "request's id if it happens again.",
    ),
    # The disk or the database gave out: nothing was written, and the same form sent again is written once.
    "disk_full": Wording(
        507,
        "没有存上：服务器的磁盘满了。写的内容请先留着（退回上一页还在），"
        "告诉管理员腾出磁盘空间（liren doctor 会说还剩多少），然后再提交一次；同一份不会记两遍。",
        "Not stored: the server's disk is full. Keep what you wrote (it is still on the page before), ask the "
        "administrator to free space (liren doctor says how much is left), then send it again; "
        "it will not count twice.",
    ),
    "read_only": Wording(
        503,
        "没有存上：数据文件夹现在只能读，不能写。写的内容请先留着（退回上一页还在），告诉管理员检查它的权限、磁盘是否只读，"
        "然后再提交一次；同一份不会记两遍。",
        "Not stored: the data can only be read just now. Keep what you wrote (it is still on the page before), ask "
        "the administrator to check permissions and whether the disk is read-only, then send it "
        "again; it will not count twice.",
    ),
    "disk_fault": Wording(
        503,
        "没有存上：服务器的磁盘读写出错。写的内容请先留着（退回上一页还在），请告诉管理员用 liren doctor 检查，"
        "然后再提交一次；同一份不会记两遍。",
        "Not stored: the server's disk failed. Keep what you wrote (it is still on the page before), ask the "
        "administrator to run liren doctor, then send it again; it will not count twice.",
    ),
    "database_away": Wording(
        503,
        "现在连不上数据库，不知道刚才那一次有没有存上。请过一分钟再提交一次；同一份不会记两遍。一直连不上，请告诉管理员。",
        "The database cannot be reached; whether the last thing was stored is unknown. Send it again in a minute; it "
        "will not count twice. If it stays so, tell the administrator.",
    ),
    "database_busy": Wording(
        503,
        "现在太忙，没有存上。请过一会儿再提交一次；同一份不会记两遍。",
        "Too busy just now; not stored. Send it again in a moment; it will not count twice.",
    ),
    "database_broken": Wording(
        500,
        "数据库文件坏了。请告诉管理员：先停下网站和 tick，用 liren doctor 检查，用 liren restore 恢复最近的备份。",
        "The database file is damaged. Tell the administrator: stop the site and tick, run liren doctor, and restore "
        "the latest backup with liren restore.",
    ),
    "setup": Wording(500, "{reason}", "{reason}"),
}


#: What the house calls the things, fields and states that refusals name; tests hold the list to the code.
THINGS = (
    pgettext_lazy("thing", "一同反映"),
    pgettext_lazy("thing", "上级"),
    pgettext_lazy("thing", "业务"),
    pgettext_lazy("thing", "为什么改"),
    pgettext_lazy("thing", "主件"),
    pgettext_lazy("thing", "人员"),
    pgettext_lazy("thing", "人员编号"),
    pgettext_lazy("thing", "保密内容"),
    pgettext_lazy("thing", "保密附件"),
    pgettext_lazy("thing", "先停用不用的"),
    pgettext_lazy("thing", "关系"),
    pgettext_lazy("thing", "关联"),
    pgettext_lazy("thing", "列式引擎"),
    pgettext_lazy("thing", "删除的请求"),
    pgettext_lazy("thing", "包"),
    pgettext_lazy("thing", "单位"),
    pgettext_lazy("thing", "印发的报告"),
    pgettext_lazy("thing", "印发记录"),
    pgettext_lazy("thing", "发布"),
    pgettext_lazy("thing", "另行反映"),
    pgettext_lazy("thing", "同一对象同一时段的数"),
    pgettext_lazy("thing", "同一批里有两个"),
    pgettext_lazy("thing", "名称"),
    pgettext_lazy("thing", "地点"),
    pgettext_lazy("thing", "填报"),
    pgettext_lazy("thing", "失效"),
    pgettext_lazy("thing", "链接"),
    pgettext_lazy("thing", "密钥"),
    pgettext_lazy("thing", "对象"),
    pgettext_lazy("thing", "已办结"),
    pgettext_lazy("thing", "已撤回或已改动"),
    pgettext_lazy("thing", "已经开始"),
    pgettext_lazy("thing", "已经结束"),
    pgettext_lazy("thing", "幂等键"),
    pgettext_lazy("thing", "应试人本人"),
    pgettext_lazy("thing", "开始"),
    pgettext_lazy("thing", "开始前报名"),
    pgettext_lazy("thing", "当事人"),
    pgettext_lazy("thing", "您对这件事的反映"),
    pgettext_lazy("thing", "截止"),
    pgettext_lazy("thing", "手机号或邮箱"),
    pgettext_lazy("thing", "报名"),
    pgettext_lazy("thing", "报告"),
    pgettext_lazy("thing", "指标"),
    pgettext_lazy("thing", "接口"),
    pgettext_lazy("thing", "提醒方式"),
    pgettext_lazy("thing", "数值"),
    pgettext_lazy("thing", "数据"),
    pgettext_lazy("thing", "数量"),
    pgettext_lazy("thing", "文件"),
    pgettext_lazy("thing", "文件名"),
    pgettext_lazy("thing", "新值"),
    pgettext_lazy("thing", "日期"),
    pgettext_lazy("thing", "时段"),
    pgettext_lazy("thing", "时长"),
    pgettext_lazy("thing", "暂停删除"),
    pgettext_lazy("thing", "有效天数"),
    pgettext_lazy("thing", "期限"),
    pgettext_lazy("thing", "来源"),
    pgettext_lazy("thing", "查看"),
    pgettext_lazy("thing", "标题"),
    pgettext_lazy("thing", "栏目"),
    pgettext_lazy("thing", "步骤"),
    pgettext_lazy("thing", "活动"),
    pgettext_lazy("thing", "渠道"),
    pgettext_lazy("thing", "照片"),
    pgettext_lazy("thing", "理由"),
    pgettext_lazy("thing", "生成密钥"),
    pgettext_lazy("thing", "用途"),
    pgettext_lazy("thing", "申请证明"),
    pgettext_lazy("thing", "登录"),
    pgettext_lazy("thing", "登记人"),
    pgettext_lazy("thing", "省级计算"),
    pgettext_lazy("thing", "看结果"),
    pgettext_lazy("thing", "督办"),
    pgettext_lazy("thing", "督办要求"),
    pgettext_lazy("thing", "确认时长"),
    pgettext_lazy("thing", "私密内容"),
    pgettext_lazy("thing", "等级"),
    pgettext_lazy("thing", "等考务员抽题"),
    pgettext_lazy("thing", "答卷"),
    pgettext_lazy("thing", "答这份卷子"),
    pgettext_lazy("thing", "答题"),
    pgettext_lazy("thing", "签到码"),
    pgettext_lazy("thing", "签退"),
    pgettext_lazy("thing", "类别"),
    pgettext_lazy("thing", "经办人 --by"),
    pgettext_lazy("thing", "结束"),
    pgettext_lazy("thing", "缺席原因"),
    pgettext_lazy("thing", "网址"),
    pgettext_lazy("thing", "考试"),
    pgettext_lazy("thing", "要看的栏目"),
    pgettext_lazy("thing", "要确认的人"),
    pgettext_lazy("thing", "订阅"),
    pgettext_lazy("thing", "记出勤"),
    pgettext_lazy("thing", "记录"),
    pgettext_lazy("thing", "记录类型"),
    pgettext_lazy("thing", "证明"),
    pgettext_lazy("thing", "说明"),
    pgettext_lazy("thing", "请求删除"),
    pgettext_lazy("thing", "账户"),
    pgettext_lazy("thing", "账户名"),
    pgettext_lazy("thing", "走完审核"),
    pgettext_lazy("thing", "路径"),
    pgettext_lazy("thing", "身份"),
    pgettext_lazy("thing", "还没有开始"),
    pgettext_lazy("thing", "还没有抽题"),
    pgettext_lazy("thing", "这一关联"),
    pgettext_lazy("thing", "这场考试的卷子"),
    pgettext_lazy("thing", "这段时间里经他人确认的服务时长"),
    pgettext_lazy("thing", "进展通知"),
    pgettext_lazy("thing", "通知进展"),
    pgettext_lazy("thing", "金额"),
    pgettext_lazy("thing", "附上"),
    pgettext_lazy("thing", "附件"),
    pgettext_lazy("thing", "页面"),
    pgettext_lazy("thing", "题数"),
    pgettext_lazy("thing", "验证方式"),
    pgettext_lazy("thing", "（未写地点）"),
    pgettext_lazy("thing", "（没有）"),
)


class Refusal(Exception):
    """Something asked for is refused. ``code`` is a key of :data:`WORDINGS`; ``facts`` fill its sentence."""

    def __init__(self, code: str, **facts):
        self.code, self.facts = code, facts
        super().__init__(code)

    def __str__(self) -> str:
        return self.sentence()

    @property
    def status(self) -> int:
        return WORDINGS[self.code].status

    def sentence(self, language: str | None = None) -> str:
        """In the language in force, or in ``zh`` or ``en``."""
        wording = WORDINGS[self.code]
        if not (language or get_language() or "").startswith("en"):
            return wording.zh.format(**self.facts).strip()
        with override("en"):
            return wording.en.format(**{name: named(fact) for name, fact in self.facts.items()}).strip()


def named(fact: Any) -> Any:
    """A fact of a refusal in the language in force: what the house names, by its name there; all else as it is."""
    if not isinstance(fact, str) or not fact:
        return fact
    return gettext("、").join(_one_named(part) for part in fact.split("、"))


def _one_named(word: str) -> str:
    thing = pgettext("thing", word)
    return thing if thing != word or not word else gettext(word)
