"""Probes: it lives, it is ready, its measures; and nobody else reads them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from datetime import timedelta

import pytest
from django.test import Client

from liren.clock import now
from liren.operating import marks, views

Usage = namedtuple("Usage", "total used free")


def test_it_lives_whatever_it_is_called(db, settings):
    settings.ALLOWED_HOSTS = ["liren.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Cache-Control"] == "no-store"
    assert Client().post("/healthz").status_code == 405


def test_it_is_ready_when_it_can_work(db):
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": True, "migrations": True, "disk": True}}


def test_a_full_disk_is_not_ready(db, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 9, 1))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "migrations": True, "disk": False}


def test_a_migration_that_waits_is_not_ready(db, monkeypatch):
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    monkeypatch.setattr(views, "_migrated", False)
    MigrationRecorder(connection).record_unapplied("people", "0003_access_key")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, False)
    monkeypatch.setattr(views, "_migrated", False)


def measures(**headers) -> str:
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_measures_count_requests_by_view_and_status(cast):
    Client().get("/p/")
    Client().get("/nothing/here")
    told = measures()
    assert 'liren_requests_total{method="GET",status="200",view="portal:home"}' in told
    assert 'view="(none)"' in told
    assert 'liren_request_seconds_bucket{le="0.1",view="portal:home"}' in told
    for name in (
        "liren_outbox{",
        "liren_database_bytes",
        "liren_disk_free_bytes",
        "liren_writer_wait_seconds_count",
    ):
        assert name in told
    assert "/nothing/here" not in told


def test_what_strangers_send_makes_no_new_series(db):
    for method in ("PROPFIND", "X" * 40):
        Client().generic(method, "/p/")
    told = measures()
    assert 'method="other"' in told
    assert "PROPFIND" not in told


def test_how_long_ago_the_tick_was(db):
    marks.ticked(now() - timedelta(seconds=90))
    line = next(line for line in measures().splitlines() if line.startswith("liren_tick_age_seconds "))
    assert 89 < float(line.split()[1]) < 120


@pytest.mark.parametrize(
    "headers", [{"x-forwarded-for": "8.8.8.8"}, {"forwarded": "for=8.8.8.8"}, {"x-real-ip": "1.1.1.1"}]
)
def test_what_came_through_a_proxy_is_not_from_this_machine(db, headers):
    assert Client().get("/metrics", headers=headers).status_code == 404


def test_from_elsewhere_the_key_opens_the_measures(db, settings):
    settings.LIREN_METRICS_KEY = "k" * 32
    far = Client(REMOTE_ADDR="203.0.113.9")
    assert far.get("/metrics").status_code == 404
    assert far.get("/metrics", headers={"authorization": "Bearer " + "x" * 32}).status_code == 404
    assert far.get("/metrics", headers={"authorization": "Bearer " + "k" * 32}).status_code == 200
    settings.LIREN_METRICS_KEY = ""
    assert far.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_the_measures_of_all_processes_are_added_up(tmp_path):
    """Whichever process is asked, and also what one counted that is gone by now."""
    counted = "import django; django.setup(); from liren.operating import measures as m; "
    counted += "m.answered('home', 'GET', 200, 0.1); "
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "liren.settings"}
    for words in (counted, counted + "print(m.text().decode())"):
        done = subprocess.run(
            [sys.executable, "-c", words], env=env, capture_output=True, text=True, check=True
        )
    assert 'liren_requests_total{method="GET",status="200",view="home"} 2.0' in done.stdout
