"""The five fictional reporting bodies: where they are, what they are made of, when they report.

No place, unit or person here exists. Codes begin with 99, which no real division uses.
"""

from dataclasses import dataclass, field


def _words(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True)
class Body:
    """A reporting body. ``towns`` are (name, kind, communities, villages) below the county.

    ``report`` is the report pack, ``period`` its period on the command line.
    """

    key: str
    name: str
    code: str
    kind: str
    report: str
    period: str
    seed: str
    unit: str | None = None
    inside: str | None = None
    towns: list[tuple[str, str, int, int]] = field(default_factory=list)
    grids: int = 0


_YUNXIU_TOWNS = _words("云台 岫岭 石溪 竹坪 桐湾 望江 柳林 松坪 茶园 麦岭 龙潭 白沙")
_QINGHE_TOWNS = _words("青石 河湾 枫桥 梅岭 湖口 东坪 南塘 西岭 北渡")
_LANZHU_STREETS = _words("兰亭 渚头 海棠 文昌 鹭岛 金沙 榕荫")


def _yunxiu() -> list[tuple[str, str, int, int]]:
    """12 towns with 187 villages and 20 communities."""
    villages = [16] * 7 + [15] * 5
    communities = [2] * 8 + [1] * 4
    return [(f"{n}镇", "town", communities[i], villages[i]) for i, n in enumerate(_YUNXIU_TOWNS)]


def _qinghe() -> list[tuple[str, str, int, int]]:
    """3 streets with 36 communities, 9 towns with 150 villages."""
    streets = [(f"{n}街道", "street", 12, 0) for n in ("明月", "清风", "朝霞")]
    villages = [17] * 6 + [16] * 3
    return streets + [(f"{n}镇", "town", 0, villages[i]) for i, n in enumerate(_QINGHE_TOWNS)]


BODIES = {
    body.key: body
    for body in (
        Body(
            "qinghe", "清和县", "990121", "county", "report_grassroots", "asof:2022-06-30", "f000",
            towns=_qinghe(), grids=4,
        ),
        Body("yunxiu", "云岫县", "990122", "county", "report_responsibility", "2020", "f001", towns=_yunxiu()),
        Body(
            "mingyue", "明月街道", "990121001", "street", "report_street_plan", "2020", "f002", inside="qinghe"
        ),
        Body(
            "office", "云岫县县委办公室", "990122", "unit", "report_office_review",
            "2021-01-01..2023-12-31", "f003", unit="990122-office", inside="yunxiu",
        ),
        Body(
            "lanzhu", "兰渚区", "990103", "district", "report_rectification", "2023H1", "f004",
            towns=[(f"{n}街道", "street", 5, 0) for n in _LANZHU_STREETS],
        ),
    )
}  # fmt: skip

DEPARTMENTS = _words(
    "党政办公室 组织部 宣传部 统战部 政法委员会 编制办公室 机关事务中心 档案馆 "
    "发展和改革局 教育局 科技局 工业和信息化局 公安局 民政局 司法局 财政局 "
    "人力资源和社会保障局 自然资源局 生态环境局 住房和城乡建设局 交通运输局 水利局 "
    "农业农村局 商务局 文化和旅游局 卫生健康局 退役军人事务局 应急管理局 审计局 "
    "市场监督管理局 统计局 医疗保障局 城市管理局 信访局 林业局 融媒体中心 大数据中心 "
    "行政审批局 乡村振兴局 总工会 青年联合会 妇女联合会 科学技术协会 文学艺术界联合会 "
    "残疾人联合会 红十字会 供销合作社 气象局 税务局 邮政局 供电公司 自来水公司 "
    "公共资源交易中心 住房公积金中心 图书馆 文化馆 博物馆 体育中心 职业教育中心 人民医院"
)
ASSOCIATIONS = _words(
    "公益志愿服务协会 义工协会 作家协会 摄影协会 书法协会 老年大学 社会工作者协会 法律服务协会"
)
_VILLAGES = _words(
    "桃花 杏林 梨园 松坡 柏树 竹溪 荷塘 石桥 古井 东山 西坪 南湾 北岭 大屋 新塘 下河 上坝 长冲 高坪 平安"
)
_COMMUNITIES = _words("明月里 文昌里 和平里 幸福里 东门 西门 南门 北门 长乐 永安 新苑 滨河")
_SUFFIXES = ("", "东", "西", "南", "北", "上", "下", "新", "老")


def village_name(index: int) -> str:
    """Distinct village names in a fixed order."""
    stem, turn = _VILLAGES[index % len(_VILLAGES)], index // len(_VILLAGES)
    return f"{_SUFFIXES[turn % len(_SUFFIXES)]}{stem}村" + ("" if turn < len(_SUFFIXES) else "二组")


def community_name(index: int) -> str:
    """Distinct community names in a fixed order."""
    stem, turn = _COMMUNITIES[index % len(_COMMUNITIES)], index // len(_COMMUNITIES)
    return f"{_SUFFIXES[turn % len(_SUFFIXES)]}{stem}社区"


_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"
_FIRST = "建志文晓雅思嘉明国海春秋雪梅兰竹菊松柏青子若安宁欣怡浩宇泽瑞俊杰慧敏丽芳燕红玉英桂"
_SECOND = "华强军平伟磊涛峰波辉斌鹏飞洋宁静婷娜倩颖萍琴琳瑶璐佳悦晨曦阳光远航舟川山石林森木禾"


def person_name(index: int) -> str:
    """A fictional name; neighbours differ, the order is fixed."""
    surname = _SURNAMES[index * 7 % len(_SURNAMES)]
    first = _FIRST[index * 11 // len(_SURNAMES) % len(_FIRST)]
    second = _SECOND[(index * 13 + index // 97) % len(_SECOND)]
    return surname + first + second
