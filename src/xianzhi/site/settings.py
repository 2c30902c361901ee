"""Settings. Everything a county may want to set is an environment variable named XIANZHI_…; the rest is the product.

XIANZHI_VAR        folder of the database, the materials and the secret key (default: var/ beside the checkout)
XIANZHI_DATABASE   postgresql://user:password@host:port/name; absent: SQLite in XIANZHI_VAR
XIANZHI_COUNTY     folder of the county pack (default: counties/jiangxian)
XIANZHI_HOSTS      host names that are answered, separated by commas (default: this machine only)
XIANZHI_SECRET     secret key; absent: one is made once and kept in XIANZHI_VAR
XIANZHI_KEYS       file with the keys of personal data (default: keys/personal.json in XIANZHI_VAR, made once)
XIANZHI_HTTPS      1 where a proxy in front speaks TLS: cookies and redirects then insist on it
XIANZHI_ADDRESS    address under which the public reaches the site, printed as QR code (default: http://127.0.0.1:8000)
XIANZHI_FONTS      folders with faces for official documents, separated by colons; looked at before all others
XIANZHI_SAMPLE     0 to take away the mark 示例数据 (default: 1)
XIANZHI_PROXIES    addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas; `unix` for a
                   proxy that comes through a socket (default: none)
XIANZHI_SECOND_FACTOR  1: the duties and the posts named in county.yaml must use one-time codes (default: 1 without
                   sample data, 0 with it)
XIANZHI_IDLE       minutes without work after which one is signed out (default: 30)
XIANZHI_PASSWORD_DAYS  days after which a password has to be changed (default: 0, never)
XIANZHI_RECORD_DAYS  days for which sign-ins stay on record (default: 1095; half a year at least)
XIANZHI_API_RATE   requests a minute that one token or account may send to the API (default: 600; without either: a
                   fifth of it from one address)
XIANZHI_OUTGOING_PRIVATE  1 where webhooks may go to http and to addresses inside the county's network (default: 0)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from xianzhi.kernel import secret_file

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("XIANZHI_VAR") or ROOT / "var")
COUNTY = Path(os.environ.get("XIANZHI_COUNTY") or ROOT / "counties" / "jiangxian")
KEYS = Path(os.environ.get("XIANZHI_KEYS") or VAR / "keys" / "personal.json")
SAMPLE = os.environ.get("XIANZHI_SAMPLE", "1") != "0"
HTTPS = os.environ.get("XIANZHI_HTTPS") == "1"
ADDRESS = (os.environ.get("XIANZHI_ADDRESS") or "http://127.0.0.1:8000").rstrip("/")
FONTS = [Path(folder) for folder in os.environ.get("XIANZHI_FONTS", "").split(os.pathsep) if folder]


def _secret() -> str:
    """The secret key: given, or made once and kept readable by its owner only."""
    if given := os.environ.get("XIANZHI_SECRET"):
        return given
    kept = VAR / "secret.key"
    if not kept.exists():
        secret_file.make_once(kept, secrets.token_urlsafe(50))
    return kept.read_text()


def _database() -> dict[str, object]:
    address = os.environ.get("XIANZHI_DATABASE")
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "xianzhi.sqlite3",
            # WAL lets readers work while one writes; IMMEDIATE takes the write lock before reading, so that no
            # transaction finds at its end that another was faster.
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        # For the statements of kernel/sql.py. A pooler that gives one connection to several clients needs None here.
        "OPTIONS": {"prepare_threshold": 2},
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("XIANZHI_HOSTS", "").split(",") if host] or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]

SERVICES = ["xianzhi.apps.gazette", "xianzhi.apps.power_access"]
"""The services of this installation: the reader of documents, and one for each document. The only list of them."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "xianzhi.kernel",
    *SERVICES,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xianzhi.kernel.pages.preferences.LanguageMiddleware",
    "xianzhi.kernel.access.middleware.AccessMiddleware",
    "xianzhi.kernel.speech.page.SpeechMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "xianzhi.site.urls"
WSGI_APPLICATION = "xianzhi.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "xianzhi.kernel.pages.frame.context",
            ],
        },
    },
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "kernel.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "xianzhi.kernel.access.passwords.OwnWords"},
    {"NAME": "xianzhi.kernel.access.passwords.NotAgain"},
]
TRUSTED_PROXIES = [one.strip() for one in os.environ.get("XIANZHI_PROXIES", "").split(",") if one.strip()]
SECOND_FACTOR = os.environ.get("XIANZHI_SECOND_FACTOR", "0" if SAMPLE else "1") == "1"
GUESSES, GUESSES_ACCOUNT, GUESSES_ADDRESS = 5, 30, 100
"""Tries in vain before a door is locked: at an account from one address, at an account, from one address."""
LOCK_MINUTES = 15
SESSION_IDLE_MINUTES = int(os.environ.get("XIANZHI_IDLE", "30"))
SESSION_HOURS = 8
PROVED_MINUTES = 15
"""How long after showing who one is a grave act asks no more."""
ONE_TIME_HOURS = 72
PASSWORD_DAYS = int(os.environ.get("XIANZHI_PASSWORD_DAYS", "0"))
INVITATION_DAYS = 14
ACCESS_RECORD_DAYS = max(int(os.environ.get("XIANZHI_RECORD_DAYS", "1095")), 183)
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "xianzhi.kernel.access.sessions"
# Longer than any session: one that is over must still be known, so that it is recorded and what was entered is kept.
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # Clocks and coverage cells carry their numbers as custom properties in style attributes.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# Chinese is the language of the source: the text in code and templates is the Chinese one.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [VAR / "locale"]  # compiled by `xianzhi assets`; an edition by hand belongs into the .po files
FORMAT_MODULE_PATH = "xianzhi.kernel.speech.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "materials"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_485_760
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
MATERIAL_MAX_BYTES = 50 * 1_048_576

API_REQUESTS_A_MINUTE = int(os.environ.get("XIANZHI_API_RATE") or 600)
API_REQUESTS_A_MINUTE_UNKNOWN = max(1, API_REQUESTS_A_MINUTE // 5)
API_TOKEN_LONGEST_DAYS = 366
WEBHOOK_SECONDS = 10.0
WEBHOOK_PAUSE_AFTER = 20  # deliveries in a row that did not arrive
OUTGOING_PRIVATE = os.environ.get("XIANZHI_OUTGOING_PRIVATE") == "1"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "xianzhi.kernel.personal.logs.Masking",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
