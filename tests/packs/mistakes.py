"""Every kind of mistake in a pack: how the sound pack is spoilt, and the finding that must come of it."""

from typing import NamedTuple

from tests.packs.writing import first_difference, spoilt


class Mistake(NamedTuple):
    """``text`` has one fault at ``line`` and ``path``; ``words`` and ``mend`` stand in its finding."""

    name: str
    text: str
    line: int
    path: str
    words: str
    mend: str


def mistake(name: str, path: str, words: str, mend: str, *passages: tuple[str, str], below: int = 0) -> Mistake:
    """The fault stands in the first line that differs from the sound pack, or ``below`` lines further down."""
    text = spoilt(*passages)
    return Mistake(name, text, first_difference(text) + below, path, words, mend)


def figure(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """A figure ``x`` with a fault, before the sound ones."""
    return mistake(name, f"figures.x{path}", words, mend, ("figures:", f"figures:\n  x: {{title: 丙, {said}}}"))


def condition(name: str, words: str, mend: str, said: str) -> Mistake:
    return mistake(name, "figures.done.where", words, mend, ("where: state == 'done'", f"where: {said}"))


def field(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """A further field of the kind."""
    return mistake(name, f"{ITEM}.fields.{path}", words, mend, ("    fields:", f"    fields:\n      {said}"))


def of_kind(name: str, path: str, words: str, mend: str, said: str, **more) -> Mistake:
    """A further line of the kind."""
    return mistake(name, f"{ITEM}.{path}", words, mend, ("by: clerk\n    f", f"by: clerk\n    {said}\n    f"), **more)


def waiting(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """The first state, said otherwise."""
    old = "{title: 待办, within: 5wd, late: [tell chief]}"
    return mistake(name, f"{ITEM}.states.waiting{path}", words, mend, (old, f"{{title: 待办, {said}}}"))


def finish(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """The only step, with something more."""
    return mistake(name, f"{ITEM}.steps.finish{path}", words, mend, ("to: done}", f"to: done, {said}}}"))


ITEM = "kinds.item"
NOTE = "note: {title: 说明, type: long}"
DONE = "done: {title: 已办, end: true}"

WRITING = [
    mistake("duplicate key", "figures.all", "键重复（第 24 行已写过）", "删去", ("  done: {title: 办", "  all: {}\n  done: {title: 办")),
    mistake("alias", f"{ITEM}.fields.other", "不允许别名 *n", "写全",
            (NOTE, "note: &n {title: 说明, type: long}\n      other: *n"), below=1),
    mistake("tag", "title", "不允许 YAML 标签", "去掉", ("title: 样例", "title: !!python/name:os.system 样例")),
    mistake("key that is a list", "(全文)", "键必须是文字", "", ("title: 样例", "? [a, b]\n: c\ntitle: 样例")),
    mistake("comma in a one-line mapping", f"{ITEM}.fields.note.备注", "逗号会结束前一个值", "引号",
            ("title: 说明,", "title: 说明, 备注,")),
    mistake("list in a one-line mapping", "(全文)", "一行写成的映射读不下去", "引号",
            ("where: state == 'done'", "where: state in ['done']")),
    mistake("no space after a colon", f"{ITEM}.fields.note.hint:长", "冒号后要空一格", "", ("type: long}", "type: long, hint:长}")),
    mistake("two documents", "(全文)", "一个文件里写了几份", "", ("figures:", "---\nfigures:")),
    mistake("tab", "(全文)", "制表符", "缩进", ("figures:", "\tnorms: []\nfigures:")),
    mistake("control character", "(全文)", "控制字符", "删去", ("title: 样例", "title: 样\a例")),
]  # fmt: skip
TYPES = [
    mistake("unknown key of the pack", "rolls", "不认识的键「rolls」", "roles", ("figures:", "rolls: {}\nfigures:")),
    figure("unknown key", ".wher", "不认识的键「wher」", "是否要写 where", "unit: 件, count: item, wher: ready"),
    figure("missing key", ".unit", "缺少这一项", "补上 unit:", "count: item"),
    mistake("bad key", "figures.Alle", "名字不合规则", "", ("figures:", "figures:\n  Alle: {title: 丙, unit: 件, count: item}")),
    field("key the database would read as a path", "a__b", "名字不合规则", "", "a__b: {title: 丙, type: text}"),
    mistake("bad shape", f"{ITEM}.shape", "只能写", "", ("shape: matter", "shape: ticket")),
    mistake("bad truth", f"{ITEM}.states.done.end", "true 或 false", "", (DONE, "done: {title: 已办, end: vielleicht}")),
    mistake("a list for a title", f"{ITEM}.title", "一段文字", "", ("title: 事项", "title: [事项]")),
    mistake("bad number", f"{ITEM}.number", "编号写成", "", ("YL{year}-{seq:05}", "YL{jahr}")),
    of_kind("bad keep", "keep", "不是保存期", "", "keep: forever"),
]  # fmt: skip
LIMITS = [
    waiting("bad limit", ".within", "「5 weeks」不是时限", "", "within: 5 weeks"),
    waiting("bad limit by field", ".within", "road: 「5」不是时限", "", "within: {by: category, road: 5, water: 2d}"),
    waiting("no limit by field", ".within", "by 之后要写", "", "within: {by: category}"),
    waiting("limit by something that is no choice", ".within", "「note」不是单选字段", "", "within: {by: note, a: 5d}"),
    waiting("limit without one of the choices", ".within", "选项 water 没有时限", "补上", "within: {by: category, road: 5d}"),
    waiting("limit for an unknown choice", ".within.rood", "没有选项「rood」", "road",
            "within: {by: category, road: 5d, water: 2d, rood: 1d}"),
    waiting("late without limit", ".late", "没有时限", "within", "late: [tell chief]"),
    finish("bad notice period", ".not before", "「1w」不是时限", "", "not before: 1w"),
    finish("notice period without one of the choices", ".not before", "选项 water 没有时限", "补上", "not before: {by: category, road: 7d}"),
    mistake("limit of an end state", f"{ITEM}.states.done.within", "结束状态不能有时限", "",
            (DONE, "done: {title: 已办, end: true, within: 3d}")),
]  # fmt: skip
FIELDS = [
    field("choice without choices", "a", "choice 与 choices 类型必须", "", "a: {title: 甲, type: choice}"),
    field("choices without choice", "a", "其他类型不得写 choices", "", "a: {title: 甲, type: text, choices: {b: 乙}}"),
    field("private with column", "a", "private 字段加密保存", "", "a: {title: 甲, type: text, column: source, private: true}"),
    field("private named as a column", "title", "共用列的字段不能 private", "换一个字段名", "title: {title: 甲, type: text, private: true}"),
    field("wrong column type", "money.type", "共用列 money 只放 money", "", "money: {title: 经费, type: text}"),
    field("unknown column", "a.column", "没有共用列「sauce」", "source", "a: {title: 甲, type: text, column: sauce}"),
    mistake("column taken twice", f"{ITEM}.fields.a", "已由字段 category 使用", "换一列",
            ("      day:", "      a: {title: 甲, type: text, column: category}\n      day:")),
    field("unknown type", "a.type", "只能写", "", "a: {title: 甲, type: string}"),
    field("default that is no choice", "a.default", "没有选项「c」", "b", "a: {title: 甲, type: choice, default: c, choices: {b: 乙}}"),
    field("default that is no number", "a.default", "默认值不合类型", "", "a: {title: 甲, type: integer, default: viele}"),
    field("default of a person", "a.default", "不能写默认值", "", "a: {title: 甲, type: person, default: 李雷}"),
    mistake("two fields of one title", f"{ITEM}.fields.also.title", "字段 note 也叫「说明」", "换一个名称",
            (NOTE, f"{NOTE}\n      also: {{title: 说明, type: text}}"), below=0),
    field("field named after the kernel", "due", "内核自用", "换一个键", "due: {title: 应交, type: date}"),
    field("record of an unknown kind", "a.kind", "没有记录类型「sample.itme」", "sample.item", "a: {title: 甲, type: record, kind: itme}"),
]  # fmt: skip
FLOW = [
    mistake("missing end state", f"{ITEM}.states", "没有结束状态", "end: true", ("    states:", "    states:  # 无终点"),
            (DONE, "done: {title: 已办}"), ("to: done}", "to: done}\n      back: {title: 退回, by: clerk, from: done, to: waiting}")),
    mistake("unreachable state", f"{ITEM}.states.lost", "到不了", "步骤", (DONE, f"lost: {{title: 走失, end: true}}\n      {DONE}")),
    mistake("state nobody leaves", f"{ITEM}.states.stuck", "出不去", "end: true", (DONE, f"stuck: {{title: 卡住}}\n      {DONE}"),
            ("to: done}", "to: done}\n      jam: {title: 卡, by: clerk, from: waiting, to: stuck}")),
    mistake("state named after the kernel", f"{ITEM}.states.void", "内核自用", "", (DONE, f"void: {{title: 废, end: true}}\n      {DONE}"),
            ("to: done}", "to: done}\n      drop: {title: 废掉, by: clerk, from: waiting, to: void}")),
    mistake("two states of one title", f"{ITEM}.states.ended.title", "也叫「已办」", "", (DONE, f"{DONE}\n      ended: {{title: 已办, end: true}}"),
            ("to: done}", "to: done}\n      quit: {title: 停, by: clerk, from: waiting, to: ended}")),
    mistake("unknown role of a step", f"{ITEM}.steps.finish.by", "没有角色「clark」", "clerk", ("by: clerk, from", "by: clark, from")),
    mistake("unknown role of opening", f"{ITEM}.opened by", "没有角色「clark」", "clerk", ("opened by: clerk", "opened by: clark")),
    of_kind("seen by an unknown role", "seen by", "没有角色「chef」", "chief", "seen by: chef\n    visible: roles"),
    of_kind("seen by nobody", "visible", "seen by", "", "visible: roles"),
    finish("unknown field of a step", ".ask", "没有字段「notes」", "note", "ask: [notes]"),
    finish("unknown earlier step", ".not by", "没有步骤「finnish」", "finish", "not by: [finnish]"),
    mistake("unknown state of a step", f"{ITEM}.steps.more.from", "没有状态「wating」", "waiting",
            ("to: done}", "to: done}\n      more: {title: 补, by: clerk, from: [waiting, wating], to: done}")),
    mistake("unknown state to go to", f"{ITEM}.steps.more.to", "没有状态「dun」", "done",
            ("to: done}", "to: done}\n      more: {title: 补, by: clerk, from: waiting, to: dun}")),
    mistake("step named after the kernel", f"{ITEM}.steps.extend", "内核自用", "",
            ("to: done}", "to: done}\n      extend: {title: 延, by: clerk, from: waiting}")),
    of_kind("unknown field of once", "once", "没有字段「titel」", "title", "once: [titel]"),
    of_kind("private field of once", "once", "private", "明文", "once: [secret]"),
]  # fmt: skip
CONDITIONS = [
    finish("bad condition of a step", ".when", "不认识的比较", "", "when: note is None"),
    condition("condition that is code", "条件里不能写", "", "open('x')"),
    condition("condition nobody can read", "读不懂条件", "", "state = 'done'"),
    condition("unknown value", "state 没有值「dun」", "done", "state == 'dun'"),
    condition("unknown field", "没有字段「status」", "state", "status == 'done'"),
    condition("private field", "没有字段「secret」", "", "secret == '123456'"),
    condition("number in quotes", "是数", "quantity > 3", "quantity == '3'"),
    condition("text without quotes", "是文字", "note == '3'", "note == 3"),
    condition("flag in quotes", "是是否", "not ready", "ready == 'true'"),
    condition("order of words", "不分大小", "数和日期", "category > 'road'"),
    condition("value of a many-choice", "多选", "单选", "many == 'one'"),
    condition("date in another form", "规范的日期", "2024-03-04", "day > '2024/3/4'"),
    condition("no date", "不是时间", "", "closed > 'bald'"),
    condition("empty text", "== None", "", "note == ''"),
    condition("missing value ordered", "== None", "", "quantity > None"),
]
FIGURES = [
    figure("two verbs", "", "只能有一个动词", "", "unit: 件, count: item, sum: quantity, of: item"),
    figure("no verb", "", "这里是：没有", "", "unit: 件"),
    figure("sum without source", "", "of", "", "unit: 件, sum: quantity"),
    figure("unknown source", ".count", "没有记录类型「itme」", "item", "unit: 件, count: itme"),
    figure("unknown source of a sum", ".of", "没有记录类型「itme」", "item", "unit: 件, sum: quantity, of: itme"),
    figure("unknown part", ".count", "没有记录类型「item.attendances」", "item", "unit: 件, count: item.attendances"),
    figure("sum of words", ".sum", "不是数", "", "unit: 件, sum: note, of: item"),
    figure("sum of an unknown field", ".sum", "没有字段「quantities」", "quantity", "unit: 件, sum: quantities, of: item"),
    figure("distinct of an unknown field", ".distinct", "没有字段「persons」", "person", "unit: 人, distinct: persons, of: item"),
    figure("unknown moment", ".dated", "没有时刻「close」", "closed", "unit: 件, count: item, dated: close"),
    figure("dated by a day kept in data", ".dated", "没有时刻「day」", "", "unit: 件, count: item, dated: day"),
    figure("one moment for between", "", "两个时刻", "", "unit: 天, between: [opened], of: item"),
    figure("unknown step for between", ".between", "没有时刻或步骤「finisch」", "finish", "unit: 天, between: [open, finisch], of: item"),
    figure("ratio of one", "", "分子 / 分母", "", "unit: '%', ratio: done"),
    figure("ratio of an unknown figure", ".ratio", "没有指标「sample.al」", "sample.all", "unit: '%', ratio: done / al"),
    figure("ratio cycle", ".ratio", "绕回自己", "", "unit: '%', ratio: done / x"),
    figure("listed without limit", "", "top、above", "", "unit: 个, listed: all, by: place"),
    figure("listed of an unknown figure", ".listed", "没有指标「sample.al」", "sample.all", "unit: 个, listed: al, by: place, top: 3"),
    figure("listed by persons", ".by", "没有地点或单位「person」", "", "unit: 个, listed: all, by: person, top: 3"),
    mistake("listed of what cannot be grouped", "figures.x.listed", "是 between，不能按place分开算", "count",
            ("figures:", "figures:\n  x: {title: 丙, unit: 个, listed: y, by: place, top: 3}\n"
             "  y: {title: 丁, unit: 天, between: [opened, closed], of: item}")),
    figure("threshold that is no number", ".above", "「viel」不是数", "", "unit: 个, listed: all, by: place, above: viel"),
    figure("too many decimals", ".decimals", "不能大于 4", "", "unit: 件, count: item, decimals: 9"),
    figure("covered without partner", "", "用 by 写明", "", "unit: '%', covered: item, over: place"),
    figure("covered by something else", ".by", "没有对应方式「category」", "place", "unit: '%', covered: item, over: place, by: category"),
    figure("covered over an unknown list", ".over", "没有名单「villages」", "place", "unit: '%', covered: item, over: villages, by: place"),
    figure("covered over a bad condition", ".over where", "没有字段「size」", "",
           "unit: '%', covered: item, over: place, over where: size > 3, by: place"),
    figure("target of nothing", ".target of", "没有指标「sample.al」", "all", "unit: 件, count: item, target of: al"),
    figure("version without day", ".versions[0].from", "日期", "", "unit: 件, count: item, versions: [{from: Mai, note: 改}]"),
    figure("version of another verb", "", "版本里不能写 ratio", "",
           "unit: 件, count: item, versions: [{from: 2024-05-01, ratio: done / all, note: 改}]"),
    figure("two versions of one day", "", "同一天", "",
           "unit: 件, count: item, versions: [{from: 2024-05-01, note: 改}, {from: 2024-05-01, note: 再改}]"),
    mistake("two figures of one title", "figures.x.title", "指标 all 也叫「全部事项」", "",
            ("  done: {title: 办", "  x: {title: 全部事项, unit: 件, count: item}\n  done: {title: 办")),
]  # fmt: skip
EFFECTS = [
    waiting("bad effect", ".late", "不认识的效果", "", "within: 5wd, late: [shout chief]"),
    waiting("effect for an unknown role", ".late", "没有角色「chef」", "chief", "within: 5wd, late: [tell chef]"),
    waiting("points taken for being late", ".late", "不扣分", "tell", "within: 5wd, late: [charge 5 points from opener]"),
    finish("effect that opens nothing", ".effects", "没有记录类型「sample.itme」", "sample.item", "effects: [open itme]"),
    of_kind("effect that opens itself", "effects", "绕回自己", "open", "effects: [open item]"),
    mistake("effect that can only be refused", f"{ITEM}.steps.finish.effects", "没有说明，必定被拒", "required",
            (NOTE, "note: {title: 说明, type: long, required: true}"), ("to: done}", "to: done, effects: [open item]}"), below=6),
]  # fmt: skip
WHOLE = [
    mistake("role named after a relation", "roles.opener", "内核自用", "", ("chief: 负责人}", "chief: 负责人, opener: 开门人}")),
    mistake("kind named after a part", "kinds.acts", "内核自用", "",
            ("  item:\n", "  acts: {title: 行动, shape: entry, opened by: clerk}\n  item:\n")),
    mistake("two kinds of one title", "kinds.other.title", "记录类型 item 也叫「事项」", "",
            ("figures:", "  other: {title: 事项, shape: entry, opened by: clerk}\nfigures:")),
    mistake("another folder's name", "pack", "与文件夹名「sample」不同", "", ("pack: sample", "pack: simple")),
]  # fmt: skip
MISTAKES = WRITING + TYPES + LIMITS + FIELDS + FLOW + CONDITIONS + FIGURES + EFFECTS + WHOLE
