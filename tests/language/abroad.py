"""A county that writes with other signs than ours: what is still Chinese on its English pages, the house itself said.

Every Chinese sign of packs, places, persons and records becomes another one, one for one, from a block of Unicode that
the house never uses (CJK Extension B). So the words of data keep their lengths and stay Chinese for screen readers, and
a word of the house that nobody translated cannot hide among them.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.db.models import CharField, JSONField, Model, TextField

from liren.inforce import shipped_packs
from liren.tables.lists import Persons, Places, Posts, Units
from liren.tables.numbers import CalendarDays
from tests.console.markup import read

OURS = re.compile(r"[\u2e80-\u9fff\uff01-\uff60]")
DATA = re.compile(r"[\U00020000-\U0002a6df]")
#: Chinese that an English page may say, and why.
MEANT = {
    "中文": "the way to the Chinese page",
    "在册": "the state of a register's line, which every pack may call otherwise",
    "已注销": "the same",
    "注销": "its step",
}
#: Column heads that an imported sheet may carry instead.
HEADS = {
    ", ".join(one.titles[1:])
    for list_ in (Persons, Places, Posts, Units, CalendarDays)
    for one in list_.columns
}


def moved(text: str) -> str:
    """The same text in the other signs; CJK punctuation too."""
    return OURS.sub(lambda sign: chr(ord(sign[0]) + (0x1D180 if sign[0] < "\ua000" else 0x1A100)), text)


def packs_abroad(folder: Path) -> Path:
    """The shipped packs in the other signs."""
    for file in shipped_packs().rglob("*"):
        if file.suffix in (".yaml", ".md") and file.name != "demo.yaml":
            target = folder / file.relative_to(shipped_packs())
            target.parent.mkdir(parents=True, exist_ok=True)
            text = moved(file.read_text(encoding="utf-8"))
            for word in ("是", "否"):  # values of the language, not words of the county
                text = re.sub(f"default: {moved(word)}(?=[,}}\n])", f"default: {word}", text)
            target.write_text(text, encoding="utf-8")
    return folder


def rows_abroad(*models: type[Model]) -> None:
    """What stands in these tables, in the other signs."""
    for model in models:
        kept = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | JSONField) and not field.primary_key
        ]
        for row in model.objects.all():
            told = {name: _moved(getattr(row, name)) for name in kept}
            model.objects.filter(pk=row.pk).update(**told)


def _moved(value):
    if isinstance(value, dict):
        return {key: _moved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one) for one in value]
    return moved(value) if isinstance(value, str) else value


def untranslated(html: str) -> list[str]:
    """What the house said in Chinese on this page, in text, in its title, or in what is read out of it."""
    page = read(html)
    said = [text for _lang, text in page.texts]
    said += [one.text for one in page.elements if one.tag == "title" and "head" in one.path]
    return sorted({text for text in said if OURS.search(text) and text not in {*MEANT, *HEADS}})


def unmarked(html: str) -> list[str]:
    """Words of the county in an element that is not marked as Chinese; what a reader typed into a box stays theirs."""
    page = read(html)
    typed = {one.text.strip() for one in page.all("textarea")}
    found = {text for lang, text in page.texts if DATA.search(text) and not lang.startswith("zh")}
    return sorted(found - typed)


def mistaken(html: str) -> list[str]:
    """Words of ours, in English, in an element that is marked as Chinese: read out with a Chinese voice."""
    return sorted(
        {
            text
            for lang, text in read(html).texts
            if lang.startswith("zh") and not DATA.search(text) and re.search(r"\b[a-z]{3,} [a-z]{2,}", text)
        }
    )
