"""The security log on its way to another machine: syslog (RFC 5424) over TLS (RFC 5425), or over TCP to this machine.

What is sent is what is sealed, each line with its number and hash: whoever keeps the lines elsewhere holds an anchor a
minute. After a fault the same lines may come twice, and are known by their numbers.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:  # the settings read a target before there are models
    from .models import EventSeal, SecurityEvent

#: Where syslog over TLS and over TCP are expected; how long the other side may take, in seconds.
_PORTS, SECONDS = {"tls": 6514, "tcp": 601}, 10
_NEARBY = {"127.0.0.1", "localhost", "::1"}
#: Facility authpriv (10), severities informational (6) and warning (4), as RFC 5424 counts.
_INFORMATION, _WARNING = 86, 84
#: What somebody who watches the log wants to see first.
_FAILED = {
    "sign_in_failed", "locked_out", "code_failed", "code_limited", "sms_failed", "mail_failed", "factor_failed",
    "access_refused", "key_failed",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Who takes the log."""

    host: str
    port: int
    tls: bool
    ca: str


def target_of(text: str) -> Target | None:
    """What LIREN_LOG_TO says: `tls://HOST:6514?ca=FILE`, or `tcp://127.0.0.1:601` to this machine alone. None where it
    says nothing. Raises ImproperlyConfigured."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise _wrong("has a host or port that is none") from None
    if parts.scheme not in _PORTS or not host or (parts.scheme == "tcp" and host not in _NEARBY):
        raise _wrong("is no target")
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    ca = said.pop("ca", "")
    if said:
        raise _wrong(f"has unknown parts {sorted(said)}")
    if ca and not Path(ca).is_file():
        raise _wrong(f"names {ca}, which is not there")
    return Target(host, port, parts.scheme == "tls", ca)


def _wrong(what: str) -> ImproperlyConfigured:
    mend = "tls://log.example.org:6514?ca=FILE, or tcp://127.0.0.1:601 on this machine; port and ca may be left out"
    return ImproperlyConfigured(f"LIREN_LOG_TO {what}. To mend: {mend}.")


def line_of(seal: EventSeal, event: SecurityEvent | None, host: str) -> bytes:
    """A sealed line as a message of syslog; ``event`` is None where it had its time before it could be sent."""
    told = {"number": seal.number, "hash": seal.hash, "at": seal.at.astimezone(UTC).isoformat()}
    for name in ("kind", "account", "by", "subject", "origin", "detail"):
        told[name] = getattr(event, name, None)
    priority = _WARNING if told["kind"] in _FAILED else _INFORMATION
    stamp = seal.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    head = f"<{priority}>1 {stamp} {host or '-'} liren - {told['kind'] or '-'} - "
    return (head + json.dumps(told, ensure_ascii=True)).encode()


def send(target: Target, lines: Sequence[bytes]) -> None:
    """Send the lines and wait until the other side has taken them. Raises OSError."""
    framed = b"".join(b"%d %s" % (len(line), line) for line in lines)
    with socket.create_connection((target.host, target.port), SECONDS) as plain:
        if not target.tls:
            plain.sendall(framed)
            plain.shutdown(socket.SHUT_WR)
            plain.recv(1)  # its end of the line: it has read to ours
            return
        context = ssl.create_default_context(cafile=target.ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with context.wrap_socket(plain, server_hostname=target.host) as line:
            line.sendall(framed)
            with suppress(ssl.SSLEOFError):  # it has read to our end, and closes without a word of its own
                line.unwrap()
