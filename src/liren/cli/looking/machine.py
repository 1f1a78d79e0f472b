"""The machine and what is installed: nothing here needs the database."""

from collections.abc import Iterator
from pathlib import Path

from .sign import BAD, GOOD, WARN, Sign

#: Free space below which a warning, and below which a fault is told; in MB.
SPACE_WARN, SPACE_BAD = 2000, 200


def python() -> Iterator[Sign]:
    """Python"""
    import platform
    import sys

    mark = GOOD if sys.version_info >= (3, 11) else BAD
    yield Sign("Python", mark, platform.python_version(), "" if mark == GOOD else "要 3.11 或更新")


def libraries() -> Iterator[Sign]:
    """库"""
    from importlib.metadata import PackageNotFoundError, requires, version

    import liren

    found, missing = [f"liren {liren.__version__}"], []
    for line in requires("liren") or ():
        if "extra ==" in line:
            continue
        name = line.split(";")[0].split("[")[0].strip().split("~")[0].split(">")[0].split("=")[0].strip()
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Sign("库", GOOD, "，".join(found))
    if missing:
        yield Sign("库", BAD, f"缺少 {'、'.join(missing)}", "用 requirements.lock 重新安装")


def packs() -> Iterator[Sign]:
    """包"""
    from liren.inforce import changes_file, pack_roots
    from liren.packs.catalogue import read_all
    from liren.packs.changes import read_changes
    from liren.packs.findings import PackRefused

    changes, findings = read_changes(changes_file())
    try:
        catalogue, found = read_all(pack_roots(), changes)
    except PackRefused as refused:
        yield Sign("包", BAD, str(refused), "检查 LIREN_PACKS")
        return
    errors = [one for one in (*findings, *found) if one.level == "error"]
    warnings = len(findings) + len(found) - len(errors)
    if errors:
        yield Sign("包", BAD, f"{len(errors)} 处错误，例：{errors[0]}", "用 liren packs check 看全部")
    else:
        said = f"{len(catalogue.packs)} 个包，{len(changes)} 处本地改动"
        mend = f"{warnings} 处提醒，用 liren packs check 看" if warnings else ""
        yield Sign("包", WARN if warnings else GOOD, said, mend)


def keys() -> Iterator[Sign]:
    """密钥"""
    from django.conf import settings

    for title, path in (
        ("私密字段的密钥", settings.LIREN_KEY_FILE),
        ("会话密钥", settings.VAR / "secret.key"),
    ):
        path = Path(path)
        if not path.exists():
            yield Sign(title, GOOD, f"{path} 还没有，用到时生成")
        elif path.stat().st_mode & 0o077:
            mode = f"{path.stat().st_mode & 0o777:o}"
            yield Sign(title, BAD, f"{path} 别人也能读（权限 {mode}）", f"chmod 600 {path}")
        else:
            yield Sign(title, GOOD, f"{path}，只有属主能读")
    var = Path(settings.VAR)
    if var.exists() and var.stat().st_mode & 0o007:
        yield Sign("数据文件夹", WARN, f"{var} 这台机器上谁都能进", f"chmod 700 {var}")


def space() -> Iterator[Sign]:
    """磁盘"""
    import shutil

    from django.conf import settings

    folder = next(path for path in (Path(settings.VAR), *Path(settings.VAR).parents) if path.exists())
    free = shutil.disk_usage(folder).free >> 20
    mark = BAD if free < SPACE_BAD else WARN if free < SPACE_WARN else GOOD
    mend = "" if mark == GOOD else "腾出空间；备份要放得下一份数据库和全部附件"
    yield Sign("磁盘", mark, f"{folder} 还剩 {free / 1000:.1f} GB", mend)


#: Where fonts lie, and by which names Chinese ones are known when fontconfig is not there to ask.
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
CHINESE_FONTS = (
    "cjk",
    "wqy",
    "simsun",
    "simhei",
    "simfang",
    "fangsong",
    "kaiti",
    "sourcehan",
    "hans",
    "uming",
    "ukai",
)


def font() -> Iterator[Sign]:
    """中文字体"""
    import shutil
    import subprocess

    name = ""
    if asking := shutil.which("fc-list"):
        done = subprocess.run([asking, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        name = next((line.strip() for line in sorted(done.stdout.splitlines()) if line.strip()), "")
    else:
        name = next(_font_files(), "")
    if name:
        yield Sign("中文字体", GOOD, name)
    else:
        found = "没有找到；把报告转成 PDF 或图片时，文字连同数字都会丢失，而且不报错"
        yield Sign("中文字体", WARN, found, "Debian：apt-get install fonts-noto-cjk")


def _font_files() -> Iterator[str]:
    for folder in FONT_FOLDERS:
        for path in sorted(Path(folder).expanduser().glob("**/*.[to]t[fc]")):
            if any(word in path.name.lower().replace("-", "").replace("_", "") for word in CHINESE_FONTS):
                yield path.name
