"""The one catalogue of refusals: code, sentence in Chinese and English, HTTP status.

A refusal says what, where and what to do. Faces print it; they never invent their own.
"""

from dataclasses import dataclass


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
    "pack_refused": Wording(422, "包没有通过检查：\n{findings}", "Pack refused:\n{findings}"),
    "extra_missing": Wording(
        500,
        "没有安装{what}。请运行 pip install 'liren[{extra}]'。",
        "{what} is not installed. Run: pip install 'liren[{extra}]'.",
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


class Refusal(Exception):
    """Something asked for is refused. ``code`` is a key of :data:`WORDINGS`; ``facts`` fill its sentence."""

    def __init__(self, code: str, **facts):
        self.code, self.facts = code, facts
        super().__init__(self.sentence("zh"))

    @property
    def status(self) -> int:
        return WORDINGS[self.code].status

    def sentence(self, language: str = "zh") -> str:
        wording = WORDINGS[self.code]
        template = wording.en if language.startswith("en") else wording.zh
        return template.format(**self.facts).strip()
