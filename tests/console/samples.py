"""One plausible context for every page template, read from pages/*.yaml. All places, units and persons are fictional.

`!svg name` in those files stands for a picture drawn here by the real charts, `!inputs` for the boxes of a form, `!ours` for words that pages take
through gettext, `!said` for words that are in the language of the page already.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy

from liren.look.charts import State, Step, bars, flow, share, trend
from liren.look.svg import Svg

FOLDER = Path(__file__).with_name("pages")
TEMPLATES = Path(__file__).resolve().parents[2] / "src/liren/console/templates/console"

STATES = [
    State("reported", "待受理", "2 工作时"),
    State("handling", "办理中", "5 工作日"),
    State("checking", "待核查", "1 工作日"),
    State("closed", "已办结", end=True),
    State("refused", "不予受理", end=True),
]
STEPS = [
    Step("上报", None, "reported"),
    Step("受理交办", "reported", "handling"),
    Step("报结", "handling", "checking"),
    Step("核查通过", "checking", "closed"),
    Step("退回重办", "checking", "handling"),
    Step("延期", "handling", "handling"),
    Step("不予受理", "reported", "refused"),
    Step("重开", "closed", "handling"),
]
RATES = (91.2, 93, 92.1, None, 94, 95.2, 95, 96.1, 94.8, 97, 96.9, 96.4)
TOWNS = [("清溪街道", 97.3, "/p"), ("石桥镇", 95.8, "/p"), ("南坪镇", 94.1, "/p"), ("云雾乡", None, None)]


def drawings() -> dict[str, Any]:
    """The pictures `!svg` may name."""
    months = [(f"2024年{month}月", value) for month, value in enumerate(RATES, 1)]
    return {
        "flow": flow(STATES, STEPS, "网格事项的流程"),
        "now": flow(STATES, STEPS, "流程", current="checking", passed=["reported", "handling"]),
        "trend": trend(months, "按期办结率", unit="%", target=95, target_title="计划", from_zero=False),
        "bars": bars(TOWNS, "按期办结率，各镇街", unit="%", target=95),
        "share": share(1435, 1489, "按期办结率 96.4%"),
        "closing": Svg("</ol>"),
        "present": share(2, 3, "到场 2，应到 3"),
    }


class _Sample(forms.Form):
    """One box of every sort; the words are a pack's."""

    category = forms.ChoiceField(
        label="类别", choices=[("a", "公共设施"), ("b", "市容")], widget=forms.RadioSelect
    )
    level = forms.ChoiceField(
        label="等级", choices=[("a", "一般"), ("b", "紧急")], widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    title = forms.CharField(label="标题", help_text="写清在哪里")
    text = forms.CharField(label="经过", widget=forms.Textarea, required=False)
    parts = forms.MultipleChoiceField(
        label="涉及",
        choices=[("a", "路灯"), ("b", "井盖")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    urgent = forms.BooleanField(label="加急", required=False)


def boxes(whose: str) -> list:
    """The boxes `!inputs` names: a pack's, sent once without anything in them, or ours."""
    if whose == "pack":
        return list(_Sample({}))
    made = type(
        "Ours", (forms.Form,), {"note": forms.CharField(label=gettext_lazy("理由"), widget=forms.Textarea)}
    )
    return list(made({"note": ""}))


class _Loader(yaml.SafeLoader):
    drawn = drawings()


_Loader.add_constructor("!svg", lambda loader, node: loader.drawn[node.value])
_Loader.add_constructor("!inputs", lambda _loader, node: boxes(node.value))
_Loader.add_constructor("!ours", lambda _loader, node: gettext_lazy(node.value))
_Loader.add_constructor("!said", lambda _loader, node: node.value)


def names() -> list[str]:
    """Every page there is a template for, whether or not a sample exists: a missing one must fail."""
    return sorted(path.stem for path in TEMPLATES.glob("*.html") if path.stem != "base")


def context(name: str) -> dict[str, Any]:
    """The context of a page, fresh."""
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)  # a SafeLoader


def nothing() -> dict[str, Any]:
    """A figure where there is nothing to show: no denominator, no evidence, no history."""
    page = context("figure")
    page["figure"] |= {"text": "无", "source": "external", "provisional": "暂定"}
    page["evidence"] = {"count": 0, "unit": "件", "href": "", "columns": [], "rows": []}
    bare = ("numerator", "denominator", "target", "beside", "trend")
    return page | dict.fromkeys(bare) | {"cited": [], "versions": [], "compared": [], "breakdowns": []}
