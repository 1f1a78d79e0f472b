"""How mail leaves the house, as Django's settings: read when the settings are, before there is any model."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Seconds after which a mail server that does not answer counts as failed: well below a job's lease.
TIMEOUT = 20
_BACKENDS = "django.core.mail.backends"
_TLS = {"starttls": "EMAIL_USE_TLS", "ssl": "EMAIL_USE_SSL", "none": ""}
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for ``LIREN_MAIL_URL``: empty (no mail), ``console:`` (shown where the worker runs), or
    ``smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS&tls=starttls`` (or ``ssl``, ``none``).

    Raises ImproperlyConfigured naming the part at fault; the password is never repeated.
    """
    parts = urlsplit(url)
    if not url:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend", "LIREN_MAIL_FROM": ""}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{_BACKENDS}.console.EmailBackend", "LIREN_MAIL_FROM": "liren@localhost"}
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sender, tls = said.pop("from", ""), said.pop("tls", "starttls")
    if parts.scheme != "smtp" or not parts.hostname:
        raise _wrong("is no smtp://… address", "smtp://user:password@host:587/?from=liren@example.org")
    if "@" not in sender or any(ord(sign) < 32 for sign in sender):
        raise _wrong("names no sender", "add ?from=liren@example.org")
    if tls not in _TLS or said:
        raise _wrong(f"has tls={tls} or unknown parts {sorted(said)}", f"known: from, tls={'|'.join(_TLS)}")
    try:
        port = parts.port or _PORTS[tls]
    except ValueError:
        raise _wrong("has a port that is no number", "smtp://host:587/…") from None
    found: dict[str, Any] = {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend", "EMAIL_HOST": parts.hostname, "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""), "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_TIMEOUT": TIMEOUT, "LIREN_MAIL_FROM": sender, "DEFAULT_FROM_EMAIL": sender,
    }  # fmt: skip
    return found | ({_TLS[tls]: True} if _TLS[tls] else {})


def _wrong(what: str, mend: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"LIREN_MAIL_URL {what}. To mend: {mend}.")
