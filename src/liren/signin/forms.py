"""Forms of signing in by phone, and allauth's forms where ours say it better."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liren.people.codes import read_code
from liren.people.phones import read_phone


class PhoneForm(forms.Form):
    """One mainland mobile number."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=24,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        phone = read_phone(self.cleaned_data["phone"])
        if phone is None:
            raise ValidationError(_("手机号是 11 位数字，以 1 开头，例：138 0000 1234。"), code="no_phone")
        return phone


class CodeForm(forms.Form):
    """The six digits of the message."""

    code = forms.CharField(
        label=_("短信里的 6 位数字"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise ValidationError(_("验证码是 6 位数字。"), code="no_code")
        return code


#: What allauth and fido2 raise for JSON that is no answer of a key; unmended it would be a page of 500.
NO_ANSWER = (AttributeError, KeyError, TypeError, ValueError)


class _Careful:
    """A key's answer that is rubbish is a wrong answer."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None


class SecondKeyForm(_Careful, AuthenticateWebAuthnForm):
    """A key after the password."""


class OnlyKeyForm(_Careful, LoginWebAuthnForm):
    """A key instead of the password."""


class ConfirmKeyForm(_Careful, ReauthenticateWebAuthnForm):
    """A key before something that matters."""


class PasskeyForm(AddWebAuthnForm):
    """A key that signs in by itself is what most people want: it is the choice unless they take it back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名称")
        self.fields["name"].help_text = _("给它起个认得出的名字，例：我的手机。")
        self.fields["passwordless"].label = _("用它登录时不再输密码")
        self.fields["passwordless"].help_text = _("手机或电脑会要您按指纹、刷脸或输锁屏密码。")

    def clean(self) -> dict:
        try:
            return super().clean()
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None
