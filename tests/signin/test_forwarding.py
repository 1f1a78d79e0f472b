"""The security log goes to another machine: line by line, over TLS, none left out when that machine was away."""

import ipaddress
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from liren.cli.looking import running as doctor
from liren.cli.main import main
from liren.clock import now
from liren.signin.actions import event_note, events_forward, events_seal, shared_clear
from liren.signin.forwarding import target_of
from liren.signin.models import EventSeal


def note(*kinds: str) -> None:
    for kind in kinds:
        event_note(kind, at=now(), account=7, origin="ab12")
    events_seal(now())


class Collector:
    """A log server: takes what one connection brings until it ends, in a thread."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context, self.got = context, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._take, daemon=True)
        self.thread.start()

    def _take(self) -> None:
        try:
            taken, _ = self.socket.accept()
            taken.settimeout(5)
            with self.context.wrap_socket(taken, server_side=True) if self.context else taken as line:
                while part := line.recv(4096):
                    self.got += part
        except OSError:
            pass
        finally:
            self.socket.close()

    def lines(self) -> list[str]:
        """What arrived, taken out of its frames (RFC 6587: how many octets, a space, the line)."""
        self.thread.join(10)
        rest, found = self.got, []
        while rest:
            count, _, rest = rest.partition(b" ")
            found.append(rest[: int(count)].decode())
            rest = rest[int(count) :]
        return found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A house's own certificate for 127.0.0.1, good for a day."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "log")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(at - timedelta(hours=1)).not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "log.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "log.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return folder


def server(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "log.pem", certificate / "log.key")
    return context


@pytest.mark.django_db
def test_every_sealed_line_arrives_once_in_order_over_tls(settings, certificate):
    collector = Collector(server(certificate))
    settings.LIREN_LOG_TO = target_of(f"tls://127.0.0.1:{collector.port}?ca={certificate / 'log.pem'}")
    note("signed_in", "sign_in_failed", "signed_out")
    assert events_forward() == 3
    lines = collector.lines()
    told = [json.loads(line.split(" - ", 2)[-1]) for line in lines]
    assert [(one["number"], one["kind"]) for one in told] == [
        (1, "signed_in"), (2, "sign_in_failed"), (3, "signed_out"),
    ]  # fmt: skip
    assert [one["hash"] for one in told] == list(EventSeal.objects.values_list("hash", flat=True))
    assert lines[0].startswith("<86>1 20") and lines[1].startswith("<84>1 20"), "what failed is a warning"
    assert " liren - signed_in - {" in lines[0]
    assert told[0]["account"] == 7 and told[0]["at"].endswith("+00:00")
    assert events_forward() == 0, "nothing new: nobody is called"


@pytest.mark.django_db
def test_who_shows_no_certificate_of_ours_gets_nothing(settings, certificate, tmp_path):
    collector = Collector(server(certificate))
    settings.LIREN_LOG_TO = target_of(f"tls://127.0.0.1:{collector.port}")
    note("signed_in")
    with pytest.raises(OSError):  # noqa: PT011 - an ssl.SSLError, which the tick takes for what it is
        events_forward()
    assert collector.lines() == []


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_sent_is_sent_later(settings, capsys):
    gone = socket.create_server(("127.0.0.1", 0))
    port = gone.getsockname()[1]
    gone.close()
    settings.LIREN_LOG_TO = target_of(f"tcp://127.0.0.1:{port}")
    note("signed_in", "signed_out")
    assert main(["tick"]) == 1
    assert "安全日志外送没有做成" in capsys.readouterr().err
    assert [one.mark for one in doctor.forwarded()] == ["!"]
    collector = Collector()
    settings.LIREN_LOG_TO = target_of(f"tcp://localhost:{collector.port}")
    assert events_forward() == 2
    assert len(collector.lines()) == 2
    assert [one.mark for one in doctor.forwarded()] == ["✓"]


@pytest.mark.django_db
def test_a_long_log_goes_in_pieces_and_what_was_swept_is_no_hindrance(settings, monkeypatch):
    monkeypatch.setattr("liren.signin.actions.SENT_AT_ONCE", 2)
    note("signed_in", "signed_out", "signed_in")
    collector = Collector()
    settings.LIREN_LOG_TO = target_of(f"tcp://127.0.0.1:{collector.port}")
    assert events_forward() == 2
    assert len(collector.lines()) == 2
    shared_clear()
    from liren.signin.models import SecurityEvent

    SecurityEvent.objects.filter(kind="signed_out").delete()
    collector = Collector()
    settings.LIREN_LOG_TO = target_of(f"tcp://127.0.0.1:{collector.port}")
    assert events_forward() == 2
    assert json.loads(collector.lines()[1].split(" - ", 2)[-1])["kind"] is None, "its seal is told"


@pytest.mark.django_db
def test_without_a_target_nothing_leaves(settings):
    settings.LIREN_LOG_TO = None
    note("signed_in")
    assert events_forward() == 0
    assert list(doctor.forwarded()) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("log.example.org", "tls://"), ("udp://127.0.0.1:514", "tls://"), ("tcp://log.example.org:601", "tls://"),
        ("tls://log.example.org:x", "port"), ("tls://log.example.org:6514?ca=/no/such.pem", "not there"),
        ("tls://log.example.org?verify=no", "unknown"), ("tls://", "tls://"), ("tls://[::1", "tls://"),
    ],
)  # fmt: skip
def test_a_target_in_the_clear_or_none_at_all_is_refused(text, why):
    with pytest.raises(ImproperlyConfigured, match="LIREN_LOG_TO") as refused:
        target_of(text)
    assert why in str(refused.value)
    assert target_of("") is None
    assert target_of("tls://log.example.org").port == 6514
