"""Reads a pack's YAML strictly and remembers the line of every key.

Trap: PyYAML's default loader reads ``on`` as True and ``12:30`` as 750, and lets the second of two
equal keys win without a word. Here every scalar stays the text that was written (pydantic types it
later), and duplicate keys, aliases, tags, non-text keys and values cut off by a comma are findings.
"""

from pathlib import Path

import yaml

from .findings import Finding

Tree = dict | list | str | None


class _Reader:
    def __init__(self, file: str):
        self.file = file
        self.lines: dict[str, int] = {}
        self.findings: list[Finding] = []

    def fault(self, node, path: str, message: str, mend: str = "") -> None:
        line = node.start_mark.line + 1
        self.findings.append(Finding(self.file, line, path or "(全文)", message, mend))

    def tree(self, node, path: str = "") -> Tree:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.tag.startswith(_ALIAS):
            self.fault(node, path, f"不允许别名 {node.tag}", "把内容写全")
            return None
        if node.tag not in _PLAIN_TAGS:
            self.fault(node, path, f"不允许 YAML 标签 {node.tag}", "去掉标签，直接写文字")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.tree(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
        is_empty = node.value in ("", "~", "null") and not node.style
        return None if is_empty else node.value

    def _mapping(self, node, path: str) -> dict:
        found: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, path, "键必须是文字", "改成一个词")
                continue
            key = key_node.value
            where = f"{path}.{key}" if path else key
            if node.flow_style and _cut_off(key_node, value_node):
                message = f"「{key}」不是 键: 值；一行写成的映射里，逗号会结束前一个值，冒号后要空一格"
                self.fault(key_node, where, message, "给含逗号的值加引号，或改成几行写")
                continue
            if key in found:
                first = self.lines.get(where, 0)
                self.fault(key_node, where, f"键重复（第 {first} 行已写过）", "删去其中一个")
                continue
            self.lines[where] = key_node.start_mark.line + 1
            found[key] = self.tree(value_node, where)
        return found


def _cut_off(key_node, value_node) -> bool:
    """``{title: 甲, 乙}`` reads as a key 乙 without colon and value: the rest of a value with a comma."""
    is_empty = isinstance(value_node, yaml.ScalarNode) and value_node.value == "" and not value_node.style
    return is_empty and value_node.start_mark.index <= key_node.end_mark.index


_ALIAS = "*"
_PLAIN_TAGS = {
    "tag:yaml.org,2002:map",
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:null",
}


class _TextLoader(yaml.SafeLoader):
    """A loader without resolvers: every plain scalar is text."""

    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent, index):
        if self.check_event(yaml.events.AliasEvent):
            # Not raised: the rest of the file is read too, so that all findings come at once.
            event = self.get_event()
            return yaml.ScalarNode(_ALIAS + event.anchor, "", event.start_mark, event.end_mark)
        return super().compose_node(parent, index)


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same in C, ten times quicker, for the files (nearly all) that have no fault."""

    yaml_implicit_resolvers: dict = {}


def _compose_quickly(text: str):
    """The node tree, or None where the careful loader must look: a fault, an alias, an empty file."""
    if _ALIAS in text:
        return None
    try:
        loader = _QuickLoader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def read_yaml(text: str, file: str) -> tuple[Tree, dict[str, int], list[Finding]]:
    """Text of a YAML file → (tree of dict/list/str/None, line of each dotted path, findings)."""
    reader = _Reader(file)
    try:
        node = _compose_quickly(text) or _compose_carefully(text)
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        return None, {}, [Finding(file, line, "(全文)", "有不能用的控制字符", "删去它，多半是从别处粘贴来的")]
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = _chinese(getattr(fault, "problem", None) or "")
        mend = "检查缩进、冒号后的空格和引号；一行写成的映射里，逗号和方括号会截断值，请加引号"
        return None, {}, [Finding(file, line, "(全文)", what, mend)]
    except (ValueError, RecursionError) as fault:
        return None, {}, [Finding(file, 1, "(全文)", f"不能读取：{fault}", "去掉异常字符或过深的嵌套")]
    if node is None:
        return None, {}, [Finding(file, 1, "(全文)", "文件是空的", "写上内容，或删去文件")]
    tree = reader.tree(node)
    return tree, reader.lines, reader.findings


def _compose_carefully(text: str):
    loader = _TextLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _chinese(problem: str) -> str:
    known = next((chinese for english, chinese in _PROBLEMS.items() if english in problem), None)
    return f"{known}（{problem}）" if known else f"不是合法的 YAML（{problem}）"


_PROBLEMS = {
    "expected ',' or '}'": "一行写成的映射读不下去",
    "expected ',' or ']'": "一行写成的列表读不下去",
    "mapping values are not allowed": "这里不能再有冒号",
    "could not find expected ':'": "缺少冒号",
    "expected <block end>": "缩进对不齐",
    "cannot start any token": "有不能这样开头的字符（制表符、@、` 等）",
    "another document": "一个文件里写了几份",
    "unexpected end of stream": "引号没有收尾",
}


def read_file(path: Path) -> tuple[Tree, dict[str, int], list[Finding]]:
    """As :func:`read_yaml`, from a file that must be UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        finding = Finding(str(path), 1, "(全文)", "文件不是 UTF-8 编码", "另存为 UTF-8 后再试")
        return None, {}, [finding]
    return read_yaml(text, str(path))
