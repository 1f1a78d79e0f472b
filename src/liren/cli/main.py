"""The console script ``liren``: reads the words, sets Django up, calls one command, prints plain errors.

Exit status: 0 all went well, 1 refused or found wrong, 2 the words themselves are off.
"""

import argparse
import os
import sys
from importlib import import_module

#: Command → (module below liren.cli, what it does). Modules are imported only when called.
COMMANDS = {
    "demo": ("demo", "建示范县、写出五份报告并开站 build the demo counties, write reports, serve"),
    "serve": ("serve", "开站 serve the site"),
    "tick": ("upkeep", "记下已过的时限 note limits that have passed"),
    "packs": ("packs", "检查包、输出语言模式 check packs, print the schema"),
    "play": ("packs", "演故事 play stories"),
    "figure": ("figures", "算一个指标 compute a figure"),
    "cube": ("cube", "宽表用的列式文件：更新、状态、一张表 columnar files: refresh, state, show"),
    "province": ("province", "全省汇总：各县的份额，同一口径 a province's numbers from its counties' shares"),
    "report": ("reports", "写、印发、核对报告 write, issue, check reports"),
    "import": ("tables", "导入表格 import a table"),
    "export": ("tables", "导出表格 export a table"),
    "user": ("users", "账户：建立、停用、给链接、任命管理员 accounts: add, close, link, appoint"),
    "calendar": ("upkeep", "导入官方工作日历 import official working days"),
    "private": ("private", "私密内容的密钥与保存期 keys of private values, and how long they are kept"),
    "trail": ("upkeep", "验证留痕链 verify the trail"),
    "backup": ("backup", "备份 back up"),
    "restore": ("restore", "恢复 restore"),
    "move": ("move", "从 SQLite 搬到 PostgreSQL move a county to PostgreSQL"),
    "doctor": ("doctor", "体检 check this installation"),
    "docs": ("docs", "生成、核对手册 make or check the generated handbook pages"),
}


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    words = argparse.ArgumentParser(prog="liren", description="里仁：每个数字一点就开，谁也不用填第二遍")
    words.add_argument("--version", action="version", version=_version())
    commands = words.add_subparsers(dest="command", metavar="命令", required=True)
    for name, (module, about) in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(module=module, run=f"{name}_run")
        getattr(import_module(f"liren.cli.{module}"), f"{name}_words")(command)
    return words


def _version() -> str:
    from importlib.metadata import version

    return f"liren {version('liren')}"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status. Never shows a traceback for something refused."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    args = parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    try:
        module = import_module(f"liren.cli.{args.module}")
        if not getattr(module, "NO_DATABASE", {}).get(args.command):
            _set_up()
        return getattr(module, args.run)(args)
    except KeyboardInterrupt:
        print("\n已停下；没有写完的都没有写入。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except Exception as fault:
        return _tell(fault)


def _set_up() -> None:
    import django

    django.setup()
    from liren.database.migrating import migrate

    migrate()


def _tell(fault: Exception) -> int:
    """Plain words for what is refused; anything else is a fault of the house and says so."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from liren.packs.findings import PackRefused
    from liren.refusals import Refusal
    from liren.stories.reading import StoryFault

    plain = (Refusal, PackRefused, StoryFault, ImproperlyConfigured, DatabaseError, OSError)
    if os.environ.get("LIREN_DEBUG") == "1" or not isinstance(fault, plain):
        import traceback

        traceback.print_exc()
    from liren.cli.faults import told

    print(f"liren: {told(fault)}", file=sys.stderr)
    return 1
