"""Django's settings: safe as they stand, a handful of LIREN_… variables to say otherwise.

LIREN_HOME          folder whose `var/` holds database, files and keys (default: the current folder)
LIREN_DATABASE_URL  sqlite:///… or postgresql://… (default: sqlite:///<home>/var/liren.sqlite3)
LIREN_KEY_FILE      key of the private fields (default: <home>/var/private.key)
LIREN_PACKS         extra pack folders, separated by `:` (read by liren.packs)
LIREN_HOSTS         names this site answers to, separated by commas (default: this machine only)
LIREN_HTTPS         1: the site is reached over https, cookies and redirects follow
LIREN_PROXY         1: a proxy in front sets X-Forwarded-Proto and drops what clients send in it
LIREN_DEBUG         1: developer's pages; never where others can reach the site
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject

from liren import database


def _flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. To mend: 1 or 0.")


def _secret_key() -> str:
    """The key that signs sessions and links: made at first use, readable by its owner alone."""
    path = VAR / "secret.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # of two processes starting at once, one wins and both read its key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_text().strip()
    if len(key) < 50:
        raise ImproperlyConfigured(
            f"{path} holds no key (fewer than 50 characters). To mend: remove the file; "
            "a new key is made and everybody signs in again."
        )
    return key


SOURCE = Path(__file__).resolve().parent
LIREN_HOME = Path(os.environ.get("LIREN_HOME") or Path.cwd()).resolve()
VAR = LIREN_HOME / "var"
# Key of the private fields: outside the database, so that a copied database shows nothing.
LIREN_KEY_FILE = Path(os.environ.get("LIREN_KEY_FILE") or VAR / "private.key")

#: Where this site is reached; written into documents as the address of every number.
LIREN_URL = os.environ.get("LIREN_URL", "http://127.0.0.1:8000").rstrip("/")

SECRET_KEY = SimpleLazyObject(_secret_key)
DEBUG = _flag("LIREN_DEBUG")
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("LIREN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "liren.places",
    "liren.people",
    "liren.records",
    "liren.activities",
    "liren.points",
    "liren.exams",
    "liren.content",
    "liren.figures",
    "liren.reports",
    "liren.notices",
    "liren.trail",
    "liren.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # In place of Django's LocaleMiddleware: ?lang=en, a cookie, and Chinese unless somebody chose.
    "liren.console.middleware.LanguageMiddleware",
    "liren.console.middleware.LookMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "liren.urls"
WSGI_APPLICATION = "liren.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": database.from_url(
        os.environ.get(database.SETTING) or f"sqlite:///{VAR / 'liren.sqlite3'}", home=LIREN_HOME
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "liren_language"
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Served from the app folders themselves: nothing to collect, in a checkout and in a wheel alike.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    # Under var/ and without a URL: a file leaves only through a view that asks who is reading.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(VAR / "files"),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_NAME = "liren_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "liren_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

HTTPS = _flag("LIREN_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
if _flag("LIREN_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
