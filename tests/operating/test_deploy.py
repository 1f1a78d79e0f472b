"""What is shipped for running the house is right: units, image, compose file, proxies; by their own tools where a machine
has them, and by the rules those tools would apply."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
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


@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx or openssl here"
)
def test_nginx_reads_its_file(tmp_path):
    """As it is shipped, with TLS: only its folders are others, and its ports, which root alone may listen on."""
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
    made = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*words, *made], check=True, capture_output=True)
    conf = (DEPLOY / "nginx/liren.conf").read_text(encoding="utf-8")
    conf = conf.replace("/etc/ssl/liren", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    conf = re.sub(r"(listen (?:\[::\]:)?)(80|443)\b", r"\g<1>8\2", conf)
    (tmp_path / "site.conf").write_text(conf)
    whole = f"events {{}} http {{ include {tmp_path}/site.conf; }}"
    (tmp_path / "nginx.conf").write_text(f"error_log {tmp_path}/e.log; pid {tmp_path}/pid; {whole}")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
