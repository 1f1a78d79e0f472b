"""Rules for passwords beside Django's own: long, not a common one, and not the name of the house with a year behind it.

No kinds of signs are asked for: that makes passwords like `Password1!`, not better ones (ASVS 5.0 V6.2.5, NIST SP
800-63B). Where GB/T 22239-2019 8.1.4.1 asks for complexity, twelve signs that nobody else uses answer it.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from .breached import UnreadList, is_listed

log = logging.getLogger("liren")

LEAST = 12
#: Words that stand to reason here (docs/security/asvs.md names them); how many other signs there must be besides.
OURS = (
    "liren",
    "里仁",
    "admin",
    "password",
    "mima",
    "wangge",
    "zhiyuan",
    "shequ",
    "xiangzhen",
    "jiedao",
    "qwerty",
    "123456",
)
BESIDES = 6


class LengthValidator(MinimumLengthValidator):
    """Twelve characters; Django's own sentence for fewer has no Chinese."""

    def __init__(self, min_length: int = LEAST) -> None:
        super().__init__(min_length)

    def get_error_message(self) -> str:
        return gettext("密码太短，至少要 %(least)s 个字符。") % {"least": self.min_length}


class OwnWordsValidator:
    """Of a password something must be left when the words of the house, and what repeats, are taken out."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        left = password.lower()
        for word in (*OURS, *_site()):
            left = left.replace(word, "")
        left = re.sub(r"(?:19|20)\d\d|(.)\1+", lambda found: found[1] or "", left)
        if len({*left}) < BESIDES:
            raise ValidationError(self.get_help_text(), code="password_of_the_house")

    def get_help_text(self) -> str:
        return gettext(
            "不要用系统名、网址、职务加年份这类一猜就中的，也不要重复几个字；几个不相干的词连起来最好。"
        )


class BreachedValidator:
    """No password that a list of breached ones names (`LIREN_BREACHED_PASSWORDS`; ASVS 5.0 V6.2.12)."""

    def __init__(self, file: Path) -> None:
        self.file = Path(file)

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        try:
            listed = is_listed(password, self.file)
        except UnreadList as fault:  # shut rather than open: the operator asked for the check
            log.error("LIREN_BREACHED_PASSWORDS cannot be read: %s", fault)
            said = gettext("现在不能设置密码：查不了泄露密码名单，请告诉系统管理员。")
            raise ValidationError(said, code="password_list_unread") from None
        if listed:
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        return gettext("不要用在别处泄露过的密码：它在公开的泄露名单里，别人会先试它。")


def _site() -> list[str]:
    """The parts of this site's name that are long enough to be somebody's idea of a password."""
    host = urlsplit(settings.LIREN_URL).hostname or ""
    return [part for part in host.lower().split(".") if len(part) > 3 and not part.isdigit()]
