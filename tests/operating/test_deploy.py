"""What is shipped for running the house is right: units, image, compose file, proxies; by their own tools where a machine
has them, and by the rules those tools would apply."""

from __future__ import annotations

import configparser
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
#: What every unit must say, so that a fault in it reaches nothing else.
HARD = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "UMask": "0077", "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes", "LockPersonality": "yes", "SystemCallArchitectures": "native", "User": "liren",
    "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectControlGroups": "yes",
}  # fmt: skip


def unit(path: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(path, encoding="utf-8")
    return read


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_shut_in(path):
    service = unit(path)["Service"]
    assert {key: service.get(key) for key in HARD} == HARD
    assert service["ReadWritePaths"].split()[0] == "/srv/liren"
    assert service["EnvironmentFile"] == "/etc/liren/liren.env"


def test_every_timer_has_its_service():
    assert {path.stem for path in TIMERS} == {"liren-backup"}
    assert {path.stem for path in TIMERS} <= {path.stem for path in UNITS}


def test_the_tick_is_one_process_that_stays_and_comes_back():
    """Starting Python every minute costs forty times what the round itself does."""
    tick = unit(DEPLOY / "systemd/liren-tick.service")
    assert tick["Service"]["ExecStart"].endswith("liren tick --every 60")
    assert (tick["Service"]["Type"], tick["Service"]["Restart"]) == ("simple", "always")
    assert tick["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("path", [*UNITS, *TIMERS], ids=lambda path: path.name)
def test_systemd_finds_nothing_amiss(path):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True, check=False
    )
    said = [
        line for line in done.stderr.splitlines() if path.stem in line and "/opt/liren/bin/liren" not in line
    ]
    assert not said


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_calls_its_exposure_low(path):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip("this systemd-analyze judges no files")
    assert float(found[1]) < 2.0


def test_the_commands_of_the_units_are_commands():
    from liren.cli.main import parser

    for path in UNITS:
        line = unit(path)["Service"]["ExecStart"]
        words = re.search(r"/opt/liren/bin/liren ([^']+)", line)
        assert words, line
        parser().parse_args(words[1].replace("$(date +%%Y%%m%%d-%%H%%M%%S)", "x").split())


# -- the image ------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [
        (word, rest)
        for word, _, rest in (line.strip().partition(" ") for line in lines.splitlines() if line.strip())
    ]


def test_the_image_runs_as_nobody_in_particular():
    said = instructions()
    words = [word for word, _ in said]
    last_user = next(rest for word, rest in reversed(said) if word == "USER")
    assert last_user.partition(":")[0].isdigit(), (
        "a number, so that an orchestrator can see that it is not root"
    )
    assert last_user.partition(":")[0] != "0"
    assert words.index("USER") > max(number for number, word in enumerate(words) if word == "COPY")
    assert {"HEALTHCHECK", "STOPSIGNAL", "EXPOSE"} <= set(words)


def test_the_image_follows_the_linters_rules():
    """DL3007 no latest, DL3020 COPY not ADD, DL3025 CMD as a list, DL3042 no pip cache, DL4000 no MAINTAINER, no secrets."""
    for word, rest in instructions():
        assert word in {
            "FROM",
            "WORKDIR",
            "COPY",
            "RUN",
            "LABEL",
            "ENV",
            "USER",
            "VOLUME",
            "EXPOSE",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "CMD",
        }
        if word == "FROM":
            assert re.match(r"\S+:[\w.-]+", rest)
            assert ":latest" not in rest
        if word in ("CMD", "VOLUME"):
            assert rest.startswith("["), rest
        if word == "RUN" and "pip install" in rest:
            assert rest.count("--no-cache-dir") == rest.count("pip install")
        if word == "ENV":
            assert not re.search(r"(?i)password|secret|_key=", rest)
    assert "--require-hashes" in "".join(rest for _, rest in instructions())


def test_the_image_takes_only_what_it_needs():
    kept = {
        line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        name.removeprefix("./")
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    }
    assert copied <= kept
    assert "*" in (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert all((REPOSITORY / name).exists() for name in copied)


# -- compose --------------------------------------------------------------------------------------------


def compose() -> dict:
    return yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["site", "tick", "proxy"])
def test_a_service_is_shut_in(name):
    service = compose()["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert not {"privileged", "network_mode", "pid", "ipc"} & service.keys()
    assert not service["image"].endswith(":latest") or service.get("build"), "others' images have a version"


def test_only_the_proxy_is_reached_from_outside():
    services = compose()["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    text = (REPOSITORY / "compose.yaml").read_text(encoding="utf-8")
    assert "docker.sock" not in text
    assert not re.search(r"(?i)password\s*:\s*\S", text)


def test_compose_names_what_is_there():
    told = compose()
    volumes = {
        one.partition(":")[0] for service in told["services"].values() for one in service.get("volumes", [])
    }
    assert {one for one in volumes if not one.startswith(".")} <= told["volumes"].keys()
    assert all((REPOSITORY / one).exists() for one in volumes if one.startswith("."))
    for service in told["services"].values():
        assert set(service.get("depends_on", {})) <= told["services"].keys()


def test_settings_that_are_shipped_are_settings():
    from tests.docs.test_complete import settings

    known = settings("src") | {"LIREN_SITE"}
    for path in [REPOSITORY / "compose.yaml", REPOSITORY / "Dockerfile", *DEPLOY.rglob("*")]:
        if path.is_file():
            named = set(re.findall(r"\bLIREN_[A-Z_]+\b", path.read_text(encoding="utf-8")))
            assert named <= known, (path, named - known)


# -- proxies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["nginx/liren.conf", "caddy/Caddyfile", "caddy/compose.Caddyfile"])
def test_a_proxy_writes_anew_what_clients_could_forge(path):
    text = (DEPLOY / path).read_text(encoding="utf-8")
    assert "$proxy_add_x_forwarded_for" not in text, "adds to what the client wrote"
    assert re.search(r"X-Forwarded-For (\$remote_addr|\{remote_host\})", text)
    assert re.search(r"X-Forwarded-Proto (\$scheme|\{scheme\})", text)
    assert "X-Request-ID" in text
    assert re.search(r"/metrics", text)
    assert text.count("{") == text.count("}")


def test_a_county_hall_behind_one_address_is_no_flood():
    """A thousand people at nine, each with a page, what it loads, a number and a sign-in."""
    text = (DEPLOY / "nginx/liren.conf").read_text(encoding="utf-8")
    ((rate, burst),) = re.findall(r"rate=(\d+)r/s[\s\S]*limit_req zone=liren burst=(\d+)", text)
    assert int(rate) * 60 >= 5 * 1000
    assert int(burst) >= 5 * 1000
    assert "limit_req_status 429" in text, "to be told from a house that is down"


def test_nginx_speaks_no_old_tls_and_logs_no_addresses():
    text = (DEPLOY / "nginx/liren.conf").read_text(encoding="utf-8")
    (protocols,) = re.findall(r"ssl_protocols (.*);", text)
    assert protocols.split() == ["TLSv1.2", "TLSv1.3"]
    assert "access_log off" in text
    assert "server_tokens off" in text


class _Echo(BaseHTTPRequestHandler):
    """In place of the site: says which headers reached it."""

    def do_GET(self):
        told = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        pass


def _configured(folder: Path, port: int, behind: int) -> Path:
    """The file as it is shipped, with TLS: only its folders are others, and its ports, which root alone may listen on."""
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=liren.example.org",
    ]
    made = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*words, *made], check=True, capture_output=True)
    conf = (DEPLOY / "nginx/liren.conf").read_text(encoding="utf-8")
    conf = conf.replace("/etc/ssl/liren", str(folder)).replace("/var/log/nginx", str(folder))
    conf = re.sub(r"\n *listen (?:80|\[::\]:\d+)[^;]*;", "", conf, flags=re.MULTILINE)
    conf = conf.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "127.0.0.1:8000", f"127.0.0.1:{behind}"
    )
    conf = conf.replace("server_name liren.example.org;\n    return", f"listen {folder}/http;\n    return", 1)
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    (folder / "site.conf").write_text(conf.replace("listen " + str(folder), "listen unix:" + str(folder)))
    whole.write_text(
        f"error_log {folder}/e.log; pid {folder}/pid; daemon off; events {{}} "
        f"http {{ {temporary} include {folder}/site.conf; }}"
    )
    return whole


@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx or openssl here"
)
def test_nginx_lets_nobody_forge_and_has_words_for_a_site_that_is_away(tmp_path):
    site = HTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tmp_path.chmod(0o755)
    whole = _configured(tmp_path, port, site.server_address[1])
    read = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    proxy = subprocess.Popen(["nginx", "-c", str(whole)], stderr=subprocess.DEVNULL)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
    trusting.check_hostname = False

    def ask(path: str, body: bytes | None = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        for _ in range(100):
            try:
                asked = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusting)
                asked.request("POST" if body else "GET", path, body, headers)
                answer = asked.getresponse()
                return answer, answer.read()
            except ConnectionRefusedError:  # it is only just starting
                time.sleep(0.05)
        raise AssertionError((tmp_path / "e.log").read_text())

    try:
        forged = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "http", "Forwarded": "for=127.0.0.1",
                  "X-Real-IP": "127.0.0.1", "X-Request-ID": "mine"}  # fmt: skip
        _, told = ask("/p/", **forged)
        reached = json.loads(told)
        assert reached["x-forwarded-proto"] == "https"
        assert reached["x-forwarded-for"] == "127.0.0.1"  # its own, once: nothing was added to what was sent
        assert reached["x-request-id"] != "mine"
        assert not {"forwarded", "x-real-ip"} & reached.keys()
        for path in ("/metrics", "//metrics", "/%6detrics", "/p/../metrics"):
            assert ask(path)[0].status == 404, path
        large, told = ask("/p/", b"x", **{"Content-Length": str(111 << 20)})
        assert (large.status, "太大了" in told.decode()) == (413, True)
        site.shutdown()
        site.server_close()
        away, told = ask("/p/")
        assert (away.status, away.headers["Retry-After"]) == (503, "10")
        assert "再提交一次" in told.decode()
        assert "<script" not in told.decode()
    finally:
        proxy.terminate()
        proxy.wait(20)
