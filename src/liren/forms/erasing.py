"""The deeds by which an official decides what becomes of private values: erased, refused, suspended, resumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liren.people.models import Person
from liren.privacy.actions import erasure_refuse, erasure_resume, erasure_suspend, private_erase
from liren.privacy.lasting import standing_of_erasure
from liren.records.models import File, Record
from liren.records.revealing import private_names

ERASING = ("erase", "refuse_erasure", "suspend_erasure", "resume_erasure")


def erasing_title(deed: str) -> str:
    """What such a deed is called."""
    return {
        "erase": _("删除个人信息"), "refuse_erasure": _("不予删除个人信息"),
        "suspend_erasure": _("暂停删除个人信息"), "resume_erasure": _("恢复删除个人信息"),
    }[deed]  # fmt: skip


def erasing_open(record: Record) -> dict[str, bool]:
    """Which of these deeds make sense on a record now, for who is in charge of it."""
    holds = bool(record.secret and private_names(record)) or bool(
        File.objects.filter(record=record, private=True, erased=False).exists()
    )
    if not holds:
        return dict.fromkeys(ERASING, False)
    stands = standing_of_erasure(record.pk)
    return {
        "erase": not stands.suspended,
        "refuse_erasure": stands.asked is not None,
        "suspend_erasure": not stands.suspended,
        "resume_erasure": stands.suspended,
    }


def erasing_fields(deed: str) -> tuple[dict[str, forms.Field], dict[str, Any]]:
    """The boxes of such a deed: a reason, which stays in the trail for good."""
    hint = _("会永远留在留痕里，不要写个人信息") + ("。" + _("删除后不能恢复") if deed == "erase" else "")
    box = forms.Textarea(attrs={"rows": 3})
    return {"note": forms.CharField(label=_("理由"), max_length=2000, widget=box, help_text=hint)}, {}


def erasing_done(
    deed: str, record: Record, *, by: Person, note: str, key: str | None, at: datetime | None = None
) -> Record:
    """Carry one out. Raises Refusal."""
    if deed == "erase":
        return private_erase(record, by=by, note=note, at=at, key=key)
    act: Callable[..., None] = {
        "refuse_erasure": erasure_refuse,
        "suspend_erasure": erasure_suspend,
        "resume_erasure": erasure_resume,
    }[deed]
    act(record, by=by, note=note, at=at, key=key)
    return record
