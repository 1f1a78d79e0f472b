"""Liren's settings with a home of its own for each test process: nothing of yours is read or touched.

The database is SQLite in a file (threads and processes of a test share it, which one in memory cannot),
or whatever LIREN_DATABASE_URL names when the suite runs under `tests/postgres/run`.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "LIREN_TEST_ROOT" not in os.environ:  # the first process makes it, the workers of xdist inherit it
    root = tempfile.mkdtemp(prefix="liren-tests-")
    os.environ["LIREN_TEST_ROOT"] = root
    atexit.register(shutil.rmtree, root, ignore_errors=True)

home = Path(os.environ["LIREN_TEST_ROOT"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
home.mkdir(exist_ok=True)
os.environ["LIREN_HOME"] = str(home)
if not os.environ.get("LIREN_DATABASE_URL", "").startswith("postgres"):
    os.environ["LIREN_DATABASE_URL"] = f"sqlite:///{home}/var/liren.sqlite3?synchronous=off"
for setting in ("LIREN_KEY_FILE", "LIREN_PACKS", "LIREN_HOSTS", "LIREN_HTTPS", "LIREN_PROXY", "LIREN_DEBUG"):
    os.environ.pop(setting, None)

from liren.settings import *  # noqa: E402, F403
from liren.settings import ALLOWED_HOSTS, DATABASES, VAR  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # seconds saved, nothing tested by it
if DATABASES["default"]["ENGINE"] == "liren.database.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
