"""Three addresses for machines: /healthz (it lives), /readyz (it can work), /metrics (loopback, or with the key)."""

from __future__ import annotations

import ipaddress
import shutil
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from liren.operating import measures

#: Bytes below which nothing more should be written.
ROOM = 200 << 20
_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 as long as the process answers; nothing else is asked, so that a slow database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 where the database answers, is up to date, and there is room to write; else 503 with which is not."""
    checks = {"database": _database(), "migrations": False, "disk": _disk()}
    checks["migrations"] = checks["database"] and _up_to_date()
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The measures, to this machine itself and to whoever has LIREN_METRICS_KEY; for others there is no such page."""
    if not (_nearby(request) or _has_key(request)):
        raise Http404
    return HttpResponse(measures.text(), content_type=measures.TYPE)


def _nearby(request: HttpRequest) -> bool:
    """From this machine, and not through a proxy on it: what came from further away says so."""
    if any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_key(request: HttpRequest) -> bool:
    word, _, key = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.LIREN_METRICS_KEY
    return bool(wanted) and word.lower() == "bearer" and compare_digest(key.strip().encode(), wanted.encode())


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def _up_to_date() -> bool:
    """Whether no migration waits. What is up to date stays so as long as this process runs."""
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _migrated


def _disk() -> bool:
    try:
        return shutil.disk_usage(measures.there(Path(settings.VAR))).free >= ROOM
    except OSError:
        return False
