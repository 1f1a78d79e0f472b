"""Reads a pack's YAML strictly and remembers the line of every key.

Trap: PyYAML's default loader reads ``on`` as True and ``12:30`` as 750, and lets the second of two
equal keys win without a word. Here every scalar stays the text that was written (pydantic types it
later), and duplicate keys, aliases, tags and non-text keys are findings.
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
        if node.tag not in _PLAIN_TAGS:
            self.fault(node, path, f"不允许 YAML 标签 {node.tag}", "去掉标签，直接写文字")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.tree(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
        is_empty = node.value in ("", "~", "null") and node.style is None
        return None if is_empty else node.value

    def _mapping(self, node, path: str) -> dict:
        found: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, path, "键必须是文字", "改成一个词")
                continue
            key = key_node.value
            where = f"{path}.{key}" if path else key
            if key in found:
                first = self.lines.get(where, 0)
                self.fault(key_node, where, f"键重复（第 {first} 行已写过）", "删去其中一个")
                continue
            self.lines[where] = key_node.start_mark.line + 1
            found[key] = self.tree(value_node, where)
        return found


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
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "不允许别名 (*名字)", event.start_mark)
        return super().compose_node(parent, index)


def read_yaml(text: str, file: str) -> tuple[Tree, dict[str, int], list[Finding]]:
    """Text of a YAML file → (tree of dict/list/str/None, line of each dotted path, findings)."""
    reader = _Reader(file)
    try:
        loader = _TextLoader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = getattr(fault, "problem", None) or "不是合法的 YAML"
        mend = "检查缩进、冒号后的空格和引号；一行写成的映射里逗号会截断值，请加引号"
        return None, {}, [Finding(file, line, "(全文)", what, mend)]
    except (ValueError, RecursionError) as fault:
        return None, {}, [Finding(file, 1, "(全文)", f"不能读取：{fault}", "去掉异常字符或过深的嵌套")]
    if node is None:
        return None, {}, [Finding(file, 1, "(全文)", "文件是空的", "至少写 pack 与 title")]
    tree = reader.tree(node)
    return tree, reader.lines, reader.findings


def read_file(path: Path) -> tuple[Tree, dict[str, int], list[Finding]]:
    """As :func:`read_yaml`, from a file that must be UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        finding = Finding(str(path), 1, "(全文)", "文件不是 UTF-8 编码", "另存为 UTF-8 后再试")
        return None, {}, [finding]
    return read_yaml(text, str(path))
