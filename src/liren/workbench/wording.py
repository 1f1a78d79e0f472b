"""The words that scripts put on a page, in the language of the page: scripts hold none themselves."""

from __future__ import annotations

import json
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: `%s` is filled in by scripts.
WORDS = {
    "offline": _("离线"),
    "offline_long": _("现在连不上。照常填写，先存在这台手机上，连上后自动发出。"),
    "kept": _("离线：这是 %s 存下的页面，连上后会更新。"),
    "online": _("已连上"),
    "waiting": _("待发 %s 条"),
    "none": _("没有等着发出的内容。"),
    "stored": _("已存在手机上，连上后自动发出。"),
    "sent": _("已发出：%s"),
    "sending": _("正在发出…"),
    "state_waiting": _("等待发出"),
    "state_refused": _("没有被接受"),
    "state_login": _("请先登录再发出"),
    "state_other": _("这条由 %s 填写，只有本人登录后才会发出"),
    "trouble": _("网站出了故障，稍后会再试。"),
    "edit": _("修改"),
    "delete": _("删除"),
    "again": _("再发一次"),
    "save": _("改好了"),
    "cancel": _("不改了"),
    "sure": _("删掉这条？删掉就找不回来了。"),
    "yes_delete": _("删掉"),
    "made": _("填写于 %s"),
    "open": _("打开看看"),
    "photo": _("照片"),
    "photo_gone": _("去掉照片"),
    "no_store": _("这个浏览器不能在手机上存内容（可能是无痕模式）。请连上网再提交。"),
    "locating": _("正在定位…"),
    "no_place": _("没有取到位置：%s。可以自己写。"),
    "denied": _("没有允许定位"),
    "unknown": _("手机没有给出位置"),
    "here": _("北纬 %s，东经 %s，误差约 %s 米"),
    "saved": _("已保存 %s"),
    "unsaved": _("还没存上，连上后自动补存；答案也记在这台手机上"),
    "left": _("还剩 %s"),
    "time_up": _("时间到，正在交卷…"),
}


def words() -> str:
    """The words of all scripts as JSON, for the attribute `data-words` of <body>."""
    return _words(get_language())


@cache
def _words(language: str | None) -> str:  # noqa: ARG001 - what the words are translated into
    return json.dumps({name: str(said) for name, said in WORDS.items()}, ensure_ascii=False)
