"""Rules for passwords beyond Django's own: mixed, or long (GB/T 22239-2019 8.1.4.1 asks for complexity)."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

KINDS, LONG = 3, 16


class LengthValidator(MinimumLengthValidator):
    """Eight characters; Django's own sentence for fewer has no Chinese."""

    def get_error_message(self) -> str:
        return gettext("密码太短，至少要 %(least)s 个字符。") % {"least": self.min_length}


class MixedValidator:
    """Three of: capital letters, small letters, digits, anything else; a phrase of 16 characters needs none."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        kinds = {_kind(char) for char in password}
        if len(password) < LONG and len(kinds) < KINDS:
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        return gettext("大写字母、小写字母、数字、其他字符四种里至少有三种；长到 16 个字符就不限。")


def _kind(char: str) -> str:
    for name in ("isdigit", "isupper", "islower"):
        if getattr(char, name)():
            return name
    return "other"
