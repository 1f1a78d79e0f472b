"""Every kind of mistake in a pack's writing and kinds."""

from tests.packs.spoiling import DONE, ITEM, NOTE, field, figure, finish, mistake, of_kind, waiting

WRITING = [
    mistake(
        "duplicate key",
        "figures.all",
        "键重复（第 24 行已写过）",
        "删去",
        ("  done: {title: 办", "  all: {}\n  done: {title: 办"),
    ),
    mistake(
        "alias",
        f"{ITEM}.fields.other",
        "不允许别名 *n",
        "写全",
        (NOTE, "note: &n {title: 说明, type: long}\n      other: *n"),
        below=1,
    ),
    mistake(
        "tag", "title", "不允许 YAML 标签", "去掉", ("title: 样例", "title: !!python/name:os.system 样例")
    ),
    mistake(
        "key that is a list", "(全文)", "键必须是文字", "", ("title: 样例", "? [a, b]\n: c\ntitle: 样例")
    ),
    mistake(
        "comma in a one-line mapping",
        f"{ITEM}.fields.note.备注",
        "逗号会结束前一个值",
        "引号",
        ("title: 说明,", "title: 说明, 备注,"),
    ),
    mistake(
        "list in a one-line mapping",
        "(全文)",
        "一行写成的映射读不下去",
        "引号",
        ("where: state == 'done'", "where: state in ['done']"),
    ),
    mistake(
        "no space after a colon",
        f"{ITEM}.fields.note.hint:长",
        "冒号后要空一格",
        "",
        ("type: long}", "type: long, hint:长}"),
    ),
    mistake("two documents", "(全文)", "一个文件里写了几份", "", ("figures:", "---\nfigures:")),
    mistake("tab", "(全文)", "制表符", "缩进", ("figures:", "\tnorms: []\nfigures:")),
    mistake("control character", "(全文)", "控制字符", "删去", ("title: 样例", "title: 样\a例")),
]
TYPES = [
    mistake(
        "unknown key of the pack",
        "rolls",
        "不认识的键「rolls」",
        "roles",
        ("figures:", "rolls: {}\nfigures:"),
    ),
    figure(
        "unknown key", ".wher", "不认识的键「wher」", "是否要写 where", "unit: 件, count: item, wher: ready"
    ),
    figure("missing key", ".unit", "缺少这一项", "补上 unit:", "count: item"),
    mistake(
        "bad key",
        "figures.Alle",
        "名字不合规则",
        "",
        ("figures:", "figures:\n  Alle: {title: 丙, unit: 件, count: item}"),
    ),
    field(
        "key the database would read as a path", "a__b", "名字不合规则", "", "a__b: {title: 丙, type: text}"
    ),
    mistake("bad shape", f"{ITEM}.shape", "只能写", "", ("shape: matter", "shape: ticket")),
    mistake(
        "bad truth",
        f"{ITEM}.states.done.end",
        "true 或 false",
        "",
        (DONE, "done: {title: 已办, end: vielleicht}"),
    ),
    mistake("a list for a title", f"{ITEM}.title", "一段文字", "", ("title: 事项", "title: [事项]")),
    mistake(
        "number too long",
        f"{ITEM}.number",
        "编号会长到",
        "40",
        (
            "YL{year}-{seq:05}",
            "某县某街道某社区某网格各类事项受理办理核查登记总台账编号第{year}年度第{seq:05}号",
        ),
    ),
    mistake("bad number", f"{ITEM}.number", "编号写成", "", ("YL{year}-{seq:05}", "YL{jahr}")),
    of_kind("bad keep", "keep", "不是保存期", "", "keep: forever"),
]
LIMITS = [
    waiting("bad limit", ".within", "「5 weeks」不是时限", "", "within: 5 weeks"),
    waiting(
        "bad limit by field",
        ".within",
        "road: 「5」不是时限",
        "",
        "within: {by: category, road: 5, water: 2d}",
    ),
    waiting("no limit by field", ".within", "by 之后要写", "", "within: {by: category}"),
    waiting(
        "limit by something that is no choice",
        ".within",
        "「note」不是单选字段",
        "",
        "within: {by: note, a: 5d}",
    ),
    waiting(
        "limit without one of the choices",
        ".within",
        "选项 water 没有时限",
        "补上",
        "within: {by: category, road: 5d}",
    ),
    waiting(
        "limit for an unknown choice",
        ".within.rood",
        "没有选项「rood」",
        "road",
        "within: {by: category, road: 5d, water: 2d, rood: 1d}",
    ),
    waiting("late without limit", ".late", "没有时限", "within", "late: [tell chief]"),
    finish("bad notice period", ".not before", "「1w」不是时限", "", "not before: 1w"),
    finish(
        "notice period without one of the choices",
        ".not before",
        "选项 water 没有时限",
        "补上",
        "not before: {by: category, road: 7d}",
    ),
    mistake(
        "limit of an end state",
        f"{ITEM}.states.done.within",
        "结束状态不能有时限",
        "",
        (DONE, "done: {title: 已办, end: true, within: 3d}"),
    ),
]
FIELDS = [
    field("choice without choices", "a", "choice 与 choices 类型必须", "", "a: {title: 甲, type: choice}"),
    field(
        "choices without choice",
        "a",
        "其他类型不得写 choices",
        "",
        "a: {title: 甲, type: text, choices: {b: 乙}}",
    ),
    field(
        "private with column",
        "a",
        "private 字段加密保存",
        "",
        "a: {title: 甲, type: text, column: source, private: true}",
    ),
    field(
        "private named as a column",
        "title",
        "共用列的字段不能 private",
        "换一个字段名",
        "title: {title: 甲, type: text, private: true}",
    ),
    field(
        "wrong column type", "money.type", "共用列 money 只放 money", "", "money: {title: 经费, type: text}"
    ),
    field(
        "unknown column",
        "a.column",
        "没有共用列「sauce」",
        "source",
        "a: {title: 甲, type: text, column: sauce}",
    ),
    mistake(
        "column taken twice",
        f"{ITEM}.fields.a",
        "已由字段 category 使用",
        "换一列",
        ("      day:", "      a: {title: 甲, type: text, column: category}\n      day:"),
    ),
    field("unknown type", "a.type", "只能写", "", "a: {title: 甲, type: string}"),
    field(
        "default that is no choice",
        "a.default",
        "没有选项「c」",
        "b",
        "a: {title: 甲, type: choice, default: c, choices: {b: 乙}}",
    ),
    field(
        "default that is no number",
        "a.default",
        "默认值不合类型",
        "",
        "a: {title: 甲, type: integer, default: viele}",
    ),
    field(
        "default of a person", "a.default", "不能写默认值", "", "a: {title: 甲, type: person, default: 李雷}"
    ),
    mistake(
        "two fields of one title",
        f"{ITEM}.fields.also.title",
        "字段 note 也叫「说明」",
        "换一个名称",
        (NOTE, f"{NOTE}\n      also: {{title: 说明, type: text}}"),
        below=0,
    ),
    field("field named after the kernel", "due", "内核自用", "换一个键", "due: {title: 应交, type: date}"),
    field(
        "record of an unknown kind",
        "a.kind",
        "没有记录类型「sample.itme」",
        "sample.item",
        "a: {title: 甲, type: record, kind: itme}",
    ),
]
FLOW = [
    mistake(
        "missing end state",
        f"{ITEM}.states",
        "没有结束状态",
        "end: true",
        ("    states:", "    states:  # 无终点"),
        (DONE, "done: {title: 已办}"),
        ("to: done}", "to: done}\n      back: {title: 退回, by: clerk, from: done, to: waiting}"),
    ),
    mistake(
        "unreachable state",
        f"{ITEM}.states.lost",
        "到不了",
        "步骤",
        (DONE, f"lost: {{title: 走失, end: true}}\n      {DONE}"),
    ),
    mistake(
        "state nobody leaves",
        f"{ITEM}.states.stuck",
        "出不去",
        "end: true",
        (DONE, f"stuck: {{title: 卡住}}\n      {DONE}"),
        ("to: done}", "to: done}\n      jam: {title: 卡, by: clerk, from: waiting, to: stuck}"),
    ),
    mistake(
        "state named after the kernel",
        f"{ITEM}.states.void",
        "内核自用",
        "",
        (DONE, f"void: {{title: 废, end: true}}\n      {DONE}"),
        ("to: done}", "to: done}\n      drop: {title: 废掉, by: clerk, from: waiting, to: void}"),
    ),
    mistake(
        "two states of one title",
        f"{ITEM}.states.ended.title",
        "也叫「已办」",
        "",
        (DONE, f"{DONE}\n      ended: {{title: 已办, end: true}}"),
        ("to: done}", "to: done}\n      quit: {title: 停, by: clerk, from: waiting, to: ended}"),
    ),
    mistake(
        "unknown role of a step",
        f"{ITEM}.steps.finish.by",
        "没有角色「clark」",
        "clerk",
        ("by: clerk, from", "by: clark, from"),
    ),
    mistake(
        "unknown role of opening",
        f"{ITEM}.opened by",
        "没有角色「clark」",
        "clerk",
        ("opened by: clerk", "opened by: clark"),
    ),
    of_kind(
        "seen by an unknown role", "seen by", "没有角色「chef」", "chief", "seen by: chef\n    visible: roles"
    ),
    of_kind("seen by nobody", "visible", "seen by", "", "visible: roles"),
    finish("unknown field of a step", ".ask", "没有字段「notes」", "note", "ask: [notes]"),
    finish("unknown earlier step", ".not by", "没有步骤「finnish」", "finish", "not by: [finnish]"),
    mistake(
        "unknown state of a step",
        f"{ITEM}.steps.more.from",
        "没有状态「wating」",
        "waiting",
        ("to: done}", "to: done}\n      more: {title: 补, by: clerk, from: [waiting, wating], to: done}"),
    ),
    mistake(
        "unknown state to go to",
        f"{ITEM}.steps.more.to",
        "没有状态「dun」",
        "done",
        ("to: done}", "to: done}\n      more: {title: 补, by: clerk, from: waiting, to: dun}"),
    ),
    mistake(
        "step named after the kernel",
        f"{ITEM}.steps.extend",
        "内核自用",
        "",
        ("to: done}", "to: done}\n      extend: {title: 延, by: clerk, from: waiting}"),
    ),
    of_kind("unknown field of once", "once", "没有字段「titel」", "title", "once: [titel]"),
    of_kind("private field of once", "once", "private", "明文", "once: [secret]"),
]
SHOWN = "shown: {{as: notices, in: [{}], fields: [{}]}}"
OPENLY = [
    of_kind("shown in an unknown state", "shown.in", "没有状态「dun」", "done", SHOWN.format("dun", "note")),
    of_kind(
        "unknown field shown", "shown.fields", "没有字段「notes」", "note", SHOWN.format("done", "notes")
    ),
    of_kind("private field shown", "shown.fields", "private，不能公开", "", SHOWN.format("done", "secret")),
    of_kind(
        "shown on an unknown shelf",
        "shown.as",
        "只能写",
        "",
        "shown: {as: cellar, in: [done], fields: [note]}",
    ),
    of_kind("signing up for a matter", "sign up", "只有活动", "sign up", "sign up: {in: [waiting]}"),
]
EFFECTS = [
    waiting("bad effect", ".late", "不认识的效果", "", "within: 5wd, late: [shout chief]"),
    waiting(
        "effect for an unknown role", ".late", "没有角色「chef」", "chief", "within: 5wd, late: [tell chef]"
    ),
    waiting(
        "points taken for being late",
        ".late",
        "不扣分",
        "tell",
        "within: 5wd, late: [charge 5 points from opener]",
    ),
    finish(
        "effect that opens nothing",
        ".effects",
        "没有记录类型「sample.itme」",
        "sample.item",
        "effects: [open itme]",
    ),
    of_kind("effect that opens itself", "effects", "绕回自己", "open", "effects: [open item]"),
    mistake(
        "effect that can only be refused",
        f"{ITEM}.steps.finish.effects",
        "没有说明，必定被拒",
        "required",
        (NOTE, "note: {title: 说明, type: long, required: true}"),
        ("to: done}", "to: done, effects: [open item]}"),
        below=6,
    ),
]
WHOLE = [
    mistake(
        "role named after a relation",
        "roles.opener",
        "内核自用",
        "",
        ("chief: 负责人}", "chief: 负责人, opener: 开门人}"),
    ),
    mistake(
        "kind named after a part",
        "kinds.acts",
        "内核自用",
        "",
        ("  item:\n", "  acts: {title: 行动, shape: entry, opened by: clerk}\n  item:\n"),
    ),
    mistake(
        "two kinds of one title",
        "kinds.other.title",
        "记录类型 item 也叫「事项」",
        "",
        ("figures:", "  other: {title: 事项, shape: entry, opened by: clerk}\nfigures:"),
    ),
    mistake(
        "another folder's name", "pack", "与文件夹名「sample」不同", "", ("pack: sample", "pack: simple")
    ),
]
IN_KINDS = WRITING + TYPES + LIMITS + FIELDS + FLOW + OPENLY + EFFECTS + WHOLE
