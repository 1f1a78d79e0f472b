"""The player itself: a line that does not come out as told stops the story at that line."""

import pytest

from liren.places.models import Place
from liren.records.models import Act, Record
from liren.stories.playing import play
from liren.stories.reading import StoryFault, read_fields, read_story

BEGINNING = """\
# 一盏灯
> 说明。

住建局 是 单位 在 故事县
李雷 是 网格员 在 清溪街道/明月里/第3网格
韩梅 是 街道指挥员 在 清溪街道
王芳 是 街道指挥员 在 东风街道
赵工 是 承办单位 在 住建局

2024-03-04 09:10 李雷 上报 网格事项「灯」: 标题 灯不亮, 等级 较大
"""
ACCEPTED = BEGINNING + "2024-03-04 10:30 韩梅 受理交办「灯」: 承办 住建局\n"


@pytest.fixture
def tell(db, shelf):
    return lambda text: play(text, file="story.md", pack="street")


def test_a_story_is_played_through_the_same_actions(tell):
    played = tell(
        ACCEPTED
        + "再次 2024-03-04 10:30 韩梅 受理交办「灯」: 承办 住建局\n"
        + "2024-03-05 09:00 李雷 不能 报告办结「灯」: 办理结果 好了（因为 无权）\n"
        + "2024-03-05 16:00 赵工 报告办结「灯」: 办理结果 “换了灯, 擦了罩”\n"
        + "2024-03-06 09:00 韩梅 核查办结\n"
        + "「灯」 是 已办结\n「灯」 逾期 0 次\n\n2024年3月 清溪街道\n按期办结率 = 100%\n2024年3月 东风街道\n按期办结率 = 无\n"
    )
    assert played == 17
    record = Record.objects.get()
    assert (record.state, record.data["result"], record.place.name) == ("closed", "换了灯, 擦了罩", "第3网格")
    assert [act.verb for act in Act.objects.all()] == ["open", "accept", "finish", "confirm"]
    assert Place.objects.get(name="故事县").code == "990001"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("2024-03-04 10:30 王芳 受理交办「灯」: 承办 住建局", "被拒绝：王芳不能受理交办"),
        ("2024-03-04 10:30 韩梅 不能 受理交办「灯」: 承办 住建局（因为 无权）", "应当被拒（无权），却做成了"),
        (
            "2024-03-04 10:30 王芳 不能 受理交办「灯」: 承办 住建局（因为 缺少）",
            "应因 缺少 被拒，却是：王芳不能",
        ),
        ("2024-03-04 10:30 王芳 不能 受理交办「灯」: 承办 住建局（因为 天气）", "不认识的原因「天气」"),
        ("2024-03-04 10:30 韩梅 不能 受理交办「灯」: 承办 住建局", "就要在行末写"),
        ("2024-03-04 10:30 韩梅 受理交办「灯」: 承办 住建局（因为 无权）", "就要在动作前写 不能"),
        ("2024-03-04 10:30 孙二 受理交办「灯」", "没有介绍过「孙二」"),
        ("2024-03-04 10:30 韩梅 受理交办「井盖」", "没有叫「井盖」的记录"),
        ("2024-03-04 10:30 韩梅 修灯", "没有记录可以「修灯」"),
        ("2024-03-04 10:30 韩梅", "谁 做什么"),
        ("「灯」 是 已办结", "「灯」是「待受理」，不是「已办结」"),
        ("「灯」 逾期 1 次", "「灯」逾期 0 次"),
        ("2024年3月 清溪街道\n上报事项 = 2", "上报事项 = 1件，不是 2"),
        ("2024年3月 清溪街道\n上报 = 2", "没有指标「上报」"),
        ("2024年13月 清溪街道\n上报事项 = 1", "2024年13月"),
        ("韩梅 是 县长 在 清溪街道", "没有角色「县长」"),
        ("灯又亮了。", "读不懂「灯又亮了。」"),
    ],
)
def test_a_line_that_does_not_come_out_as_told(tell, more, words):
    with pytest.raises(StoryFault) as fault:
        tell(BEGINNING + more + "\n")
    assert words in fault.value.what
    assert (fault.value.file, fault.value.line) == ("story.md", len((BEGINNING + more).splitlines()))


def test_the_time_of_a_story_is_its_own(tell):
    tell(BEGINNING + "2024-03-04 12:00 到期检查\n「灯」 逾期 1 次\n")
    late = Act.objects.get(verb="late")
    assert f"{late.entered:%Y-%m-%d}" == "2024-03-04"


def test_the_kernel_s_own_deeds(tell):
    tell(
        ACCEPTED
        + "2024-03-04 11:00 韩梅 附上「灯」: 照片.txt 灯柱\n"
        + "2024-03-04 11:30 韩梅 延期「灯」: 期限 2024-03-20 18:00, 原因 等配件\n"
        + "水务局 是 单位 在 故事县\n2024-03-04 12:00 韩梅 转办「灯」: 承办 水务局\n"
        + "2024-03-04 12:30 李雷 上报 网格事项「又」: 标题 同一盏\n2024-03-04 13:00 韩梅 并入「又」: 主件 灯\n"
        + "2024-03-04 13:30 韩梅 作废「灯」: 原因 误报\n"
        + "2024-03-05 09:00 韩梅 登记 议事会「会」: 议题 楼道\n"
        + "2024-03-05 10:00 韩梅 点名「会」: 到 李雷, 赵工 120分钟; 缺 王芳 外出; 发言 李雷\n"
        + "2024年 清溪街道\n2024-03-05 11:00 韩梅 填报 关注人数 = 1200: 时段 2024年, 来源 后台, 来源日期 2024-03-01\n"
        + "「灯」 是 已作废\n2024年 故事县\n到会人次 = 2\n上报事项 = 0\n关注人数 = 1200\n"
    )
    assert set(Act.objects.values_list("verb", flat=True)) >= {
        "attach",
        "extend",
        "transfer",
        "merge",
        "void",
        "attend",
    }


def test_lines_for_readers_are_not_played():
    lines = list(read_story("# 题\n\n> 说明\n```\n「a」 是 b\n```\n", "f"))
    assert [(line.number, line.verb) for line in lines] == [(5, "state")]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("类别 公共设施, 等级 较大", {"类别": "公共设施", "等级": "较大"}),
        ("类别 公共设施，等级 较大，", {"类别": "公共设施", "等级": "较大"}),
        ("说明 “一, 二，三”, 等级 较大", {"说明": "一, 二，三", "等级": "较大"}),
        ('说明 "一, 二"', {"说明": "一, 二"}),
        ("标题 两个 词", {"标题": "两个 词"}),
        ("", {}),
    ],
)
def test_fields_of_a_line(text, fields):
    assert read_fields(text) == fields
