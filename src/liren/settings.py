"""Django's settings: safe as they stand, a handful of LIREN_… variables to say otherwise.

LIREN_HOME          folder whose `var/` holds database, files and keys (default: the current folder)
LIREN_DATABASE_URL  sqlite:///… or postgresql://… (default: sqlite:///<home>/var/liren.sqlite3)
LIREN_KEY_FILE      key of the private fields (default: <home>/var/private.key)
LIREN_PACKS         extra pack folders, separated by `:` (read by liren.packs)
LIREN_URL           address of this site as written into documents (default: http://127.0.0.1:8000)
LIREN_HOSTS         names this site answers to, separated by commas (default: this machine only)
LIREN_HTTPS         1: the site is reached over https, cookies and redirects follow
LIREN_PROXY         1: a proxy in front sets X-Forwarded-Proto and X-Forwarded-For and drops what clients send in it
LIREN_DEBUG         1: developer's pages; never where others can reach the site
LIREN_DEMO          1: the data is fictional, and anybody may read with the eyes of the demo's cast
LIREN_SIGNIN        file of other houses' accounts and the SMS gateway (default: <home>/var/signin.yaml)
LIREN_SMS           what sends codes to residents' phones: http, a dotted path, or nothing (demo: console)
LIREN_MAIL_URL      smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS&tls=starttls, console:, or nothing (demo: console:)
LIREN_CUBE_ROWS     wide tables over so many rows read the columnar files (default 200000; 0: never)
LIREN_ERASURE_DAYS  days in which a request to erase personal information is answered (default 30)
LIREN_SECOND_FACTOR who must have a second factor: admins (default), staff, nobody
LIREN_BREACHED_PASSWORDS  file of SHA-1 sums of breached passwords, in order; none of them is taken (default: none)
LIREN_IDLE_MINUTES  minutes without a page after which a sign-in ends that was not asked to stay (default 120)
LIREN_LOG           how the log is written: plain lines (default), or json, with a line for every request
LIREN_LOG_TO        tls://HOST:PORT?ca=FILE: where the security log goes as well, by syslog (default: nowhere)
LIREN_METRICS_KEY   who sends it as a bearer's key reads /metrics from elsewhere (default: this machine only)
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject

from liren import database
from liren.notices.mailing import mail_settings
from liren.operating.logs import logging_settings
from liren.signin import configuring as signin
from liren.signin.forwarding import target_of


def _flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. To mend: 1 or 0.")


def _whole(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name}={value!r} is no whole number. To mend: for example {default}.")
    return int(value)


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
LIREN_DEMO = _flag("LIREN_DEMO")
LIREN_CUBE_ROWS = _whole("LIREN_CUBE_ROWS", 200_000)
LIREN_ERASURE_DAYS = _whole("LIREN_ERASURE_DAYS", 30)
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
    "liren.joining",
    "liren.following",
    "liren.search",
    "liren.trail",
    "liren.privacy",
    "liren.look",
    "liren.console",
    "liren.portal",
    "liren.workbench",
]
MIDDLEWARE = [
    "liren.operating.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Outside of what serves styles and scripts: they carry the policy too.
    "liren.look.middleware.PolicyMiddleware",
    "liren.look.middleware.CompressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "liren.look.middleware.PacksMiddleware",
    # In place of Django's LocaleMiddleware: ?lang=en, a cookie, and Chinese unless somebody chose.
    "liren.look.middleware.LanguageMiddleware",
    "liren.look.middleware.LookMiddleware",
    "django.middleware.common.CommonMiddleware",
    "liren.look.middleware.FaultMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # After authentication, which says who signed in; before the refusals, whose page shows who reads.
    "liren.look.viewer.ViewerMiddleware",
    "liren.faces.RefusalMiddleware",
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
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Served from the app folders themselves: nothing to collect, in a checkout and in a wheel alike.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # styles and scripts are for our own pages
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

# Whoever still has a hash of the second kind gets one of the first at the next sign-in.
PASSWORD_HASHERS = ["liren.signin.hashing.Argon", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SESSION_ENGINE = "liren.signin.sessions"
HTTPS = _flag("LIREN_HTTPS")
# Over https a cookie says so in its name: no other host below the same domain, and no page over http, can plant one.
_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST}liren_session"
LANGUAGE_COOKIE_NAME = f"{_HOST}liren_language"
COOKIE_PREFIX = _HOST  # what the names of our other cookies begin with
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_HOST}liren_csrf"
CSRF_COOKIE_HTTPONLY = True  # forms carry their own copy; no script reads it
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "liren.faces.form_refused"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^api/"
]  # refused there: a program that is led on has sent its key in the clear and never knows
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
LIREN_PROXY = _flag("LIREN_PROXY")
if LIREN_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- What operators look at ----------------------------------------------------------------------------------

LIREN_LOG = os.environ.get("LIREN_LOG", "").strip() or "plain"
if LIREN_LOG not in ("plain", "json"):
    raise ImproperlyConfigured(f"LIREN_LOG={LIREN_LOG!r} is unknown. To mend: plain or json.")
LOGGING = logging_settings(LIREN_LOG)
LIREN_LOG_TO = target_of(os.environ.get("LIREN_LOG_TO", "").strip())
LIREN_METRICS_KEY = os.environ.get("LIREN_METRICS_KEY", "").strip()
if 0 < len(LIREN_METRICS_KEY) < 24:
    raise ImproperlyConfigured("LIREN_METRICS_KEY is too short. To mend: 24 random characters or more.")

# -- Signing in: django-allauth and liren.signin (docs/adr/0014-signing-in.md) ---------------------------------

_signin = signin.read(
    Path(os.environ.get(signin.SETTING) or VAR / "signin.yaml"), named=signin.SETTING in os.environ
)
LIREN_SIGNIN_APPS, LIREN_SIGNIN_MATCHES, LIREN_SIGNIN_SMS = _signin.apps, _signin.matches, _signin.sms
LIREN_SMS = os.environ.get("LIREN_SMS", "console" if LIREN_DEMO else "").strip()
# How mail leaves the house: messages, and links for forgotten passwords.
globals().update(mail_settings(os.environ.get("LIREN_MAIL_URL", "console:" if LIREN_DEMO else "").strip()))
LIREN_SECOND_FACTOR = os.environ.get("LIREN_SECOND_FACTOR", "admins").strip()
if LIREN_SECOND_FACTOR not in ("admins", "staff", "nobody"):
    raise ImproperlyConfigured(
        f"LIREN_SECOND_FACTOR={LIREN_SECOND_FACTOR!r} is unknown. To mend: admins, staff or nobody."
    )

LIREN_IDLE_MINUTES = _whole("LIREN_IDLE_MINUTES", 120)
if not 5 <= LIREN_IDLE_MINUTES <= 720:
    raise ImproperlyConfigured(f"LIREN_IDLE_MINUTES={LIREN_IDLE_MINUTES} will not do. To mend: 5 to 720.")

# Before allauth's own apps: its pages are ours where both have one.
INSTALLED_APPS += [
    "liren.signin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *LIREN_SIGNIN_APPS,
]
_after = MIDDLEWARE.index("liren.look.viewer.ViewerMiddleware") + 1
MIDDLEWARE[_after:_after] = [
    "liren.signin.middleware.LeavingMiddleware",
    "liren.signin.middleware.SignedInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("liren.signin.frame.frame")  # type: ignore[index]
AUTHENTICATION_BACKENDS = ["liren.signin.backends.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    one for one in AUTH_PASSWORD_VALIDATORS if not one["NAME"].endswith(".MinimumLengthValidator")
] + [{"NAME": "liren.signin.passwords.LengthValidator"}, {"NAME": "liren.signin.passwords.OwnWordsValidator"}]
LIREN_BREACHED_PASSWORDS = os.environ.get("LIREN_BREACHED_PASSWORDS", "").strip()
if LIREN_BREACHED_PASSWORDS:
    if not Path(LIREN_BREACHED_PASSWORDS).is_file():
        raise ImproperlyConfigured(f"LIREN_BREACHED_PASSWORDS={LIREN_BREACHED_PASSWORDS} is not there.")
    AUTH_PASSWORD_VALIDATORS.append(
        {"NAME": "liren.signin.passwords.BreachedValidator", "OPTIONS": {"file": LIREN_BREACHED_PASSWORDS}}  # type: ignore[dict-item]
    )
# Tries are counted for all worker processes together, without a cache server.
CACHES = {"default": {"BACKEND": "liren.signin.sharing.TableCache"}}
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "/", "/"
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds a link that sets a password holds
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if LIREN_PROXY else 0

ACCOUNT_ADAPTER = "liren.signin.adapters.Accounts"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators enter addresses, nobody signs up with one
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    # An office, or a whole county hall, shares one address and signs in at nine: the address may try far more often
    # than the account, which is what is guarded. A right password gives its failed try back.
    "login_failed": "150/10m/ip,5/15m/key",
    "sign_in": "1200/m/ip",  # ours (signin/entering.py), in place of allauth's
    "login": None,
    "reset_password": "20/h/ip,3/h/key",
    # Codes to a phone, and tries of them; a code itself holds for five tries.
    "phone_code": "1/m/key,5/h/key,10/d/key,40/h/ip",
    "phone_try": "40/10m/ip",
    # What residents write without an account: phones of one carrier share an address, and a storm makes many write.
    "portal": "600/h/ip",
}
MFA_ADAPTER = "liren.signin.adapters.Factors"
MFA_FORMS = {
    "add_webauthn": "liren.signin.forms.PasskeyForm",
    "authenticate_webauthn": "liren.signin.forms.SecondKeyForm",
    "login_webauthn": "liren.signin.forms.OnlyKeyForm",
    "reauthenticate_webauthn": "liren.signin.forms.ConfirmKeyForm",
}
# A number that was used is remembered for one period of 30 s: taking the one before too would let it in twice.
MFA_TOTP_TOLERANCE = 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
SOCIALACCOUNT_ADAPTER = "liren.signin.adapters.Providers"
SOCIALACCOUNT_PROVIDERS = _signin.providers
USERSESSIONS_ADAPTER = "liren.signin.adapters.Sessions"
# -- end of signing in -----------------------------------------------------------------------------------------
