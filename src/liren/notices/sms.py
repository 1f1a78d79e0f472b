"""Text messages, codes and news of a matter: to the server's log in the demo, to a county's gateway over HTTP,
or through a class of the county's own.

LIREN_SMS names the sender: `console` (demo only), `http` (the `sms` part of var/signin.yaml), or the dotted path of
a class like :class:`HttpSender`: called with that part of the file, it has `send(phone, code, minutes)`, and
`tell(phone, news)` where it sends news too. Without a sender nobody signs in by phone.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from liren.people.phones import masked

SECONDS = 5  # a gateway that is slower keeps a worker from serving others


class SmsFailed(Exception):
    """The gateway did not take the message. Says why, for the operator; never the phone or the code."""


class Sender(Protocol):
    """What sends a code."""

    def __init__(self, told: dict[str, Any]) -> None: ...

    def send(self, phone: str, code: str, minutes: int) -> None:
        """Send to eleven digits. Raises SmsFailed."""


class Teller(Protocol):
    """What sends news, too."""

    def tell(self, phone: str, news: dict[str, str]) -> None:
        """Send to eleven digits: `text`, or what a gateway's template is made of (`number`, `state`, `link`,
        `stop`). Raises SmsFailed."""


class ConsoleSender:
    """Prints the code where the server logs. For the demo: whoever reads the log could sign in as anybody."""

    def __init__(self, told: dict[str, Any]) -> None:  # noqa: ARG002
        if not settings.LIREN_DEMO:
            raise ImproperlyConfigured(
                "LIREN_SMS=console prints codes into the log and is for the demo alone. "
                "To mend: LIREN_SMS=http with an `sms` part in var/signin.yaml."
            )

    def send(self, phone: str, code: str, minutes: int) -> None:
        print(f"短信 → {masked(phone)}：验证码 {code}，{minutes} 分钟内有效", file=sys.stderr, flush=True)

    def tell(self, phone: str, news: dict[str, str]) -> None:
        print(f"短信 → {masked(phone)}：{news['text']}", file=sys.stderr, flush=True)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere would get our credentials sent there: taken as a failure."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class HttpSender:
    """POSTs the message to a gateway as JSON or as a form. `{phone}`, `{code}` and `{minutes}` are
    filled in; for news `{phone}`, `{text}`, `{number}`, `{state}`, `{link}` and `{stop}`."""

    def __init__(self, told: dict[str, Any]) -> None:
        if not told.get("url"):
            raise ImproperlyConfigured(
                "LIREN_SMS=http needs the gateway's address. "
                "To mend: an `sms` part with url and body in var/signin.yaml."
            )
        self.told = told

    def send(self, phone: str, code: str, minutes: int) -> None:
        self._post(self.told["body"], {"phone": phone, "code": code, "minutes": str(minutes)})

    def tell(self, phone: str, news: dict[str, str]) -> None:
        if not self.told.get("news"):
            raise SmsFailed("the `sms` part of var/signin.yaml has no `news`")
        self._post(self.told["news"], {"phone": phone} | news)

    def _post(self, wording: dict[str, Any], facts: dict[str, str]) -> None:
        body = {key: _filled(str(text), facts) for key, text in wording.items()}
        as_form = self.told.get("format") == "form"
        data = urlencode(body).encode() if as_form else json.dumps(body, ensure_ascii=False).encode()
        kind = "application/x-www-form-urlencoded" if as_form else "application/json"
        headers = {"Content-Type": f"{kind}; charset=utf-8", **(self.told.get("headers") or {})}
        # The address is the operator's own, checked for https when the settings were read.
        request = urllib.request.Request(self.told["url"], data, headers)  # noqa: S310
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
                self._check(answer.read(1 << 16))
        except urllib.error.HTTPError as fault:
            raise SmsFailed(f"the gateway answered {fault.code}") from None
        except (OSError, ValueError) as fault:
            raise SmsFailed(f"the gateway was not reached: {type(fault).__name__}") from None

    def _check(self, answer: bytes) -> None:
        for key, wanted in (self.told.get("expect") or {}).items():
            said = json.loads(answer)
            if not isinstance(said, dict) or str(said.get(key)) != wanted:
                raise SmsFailed(f"the gateway did not say {key}: {wanted}")


def _filled(text: str, facts: dict[str, str]) -> str:
    """Only our own words are replaced: other braces are the gateway's own."""
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


NAMED: dict[str, type[Sender]] = {"console": ConsoleSender, "http": HttpSender}


def sender() -> Sender | None:
    """The sender of the settings; None where nobody signs in by phone. Raises ImproperlyConfigured."""
    name = settings.LIREN_SMS
    if not name:
        return None
    kind: type[Sender] = NAMED.get(name) or import_string(name)
    return kind(settings.LIREN_SIGNIN_SMS)


def teller() -> Teller | None:
    """The sender, where it sends news too; None where residents are not told by phone."""
    found: Any = sender()
    if found is None or not hasattr(found, "tell"):
        return None
    ready = not isinstance(found, HttpSender) or bool(found.told.get("news"))
    return cast(Teller, found) if ready else None
