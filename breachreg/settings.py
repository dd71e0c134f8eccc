"""Settings, from the environment (docs/operating.md lists them); the defaults run on one machine with nothing else."""

import os
import sys
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from breachreg import keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# A file of settings beside manage.py, for machines where nobody sets an environment.
_env_file = Path(env.str("ENV_FILE", str(BASE_DIR / ".env")))
if _env_file.is_file():
    environ.Env.read_env(_env_file)
# An empty variable counts as one that is not set: container files pass them on empty.
env.ENVIRON = {name: value for name, value in os.environ.items() if value}

VERSION = "0.1.0"

# Where everything that must survive lives: the database, evidence, exports, keys, mail, the broker's wake-ups.
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).absolute()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
KEYS_DIR = DATA_DIR / "keys"
EVIDENCE_DIR = DATA_DIR / "evidence"
EXPORTS_DIR = DATA_DIR / "exports"
OUTBOX_DIR = DATA_DIR / "outbox"
CENSUS_DIR = DATA_DIR / "census"
BROKER_DIR = DATA_DIR / "broker"

# The command that writes the keys must start without them.
_making_keys = sys.argv[1:2] == ["keys"]
SECRET_KEY = keys.read("SECRET_KEY", KEYS_DIR, missing_is_fine=_making_keys)
AUDIT_KEY = keys.read("AUDIT_KEY", KEYS_DIR, missing_is_fine=_making_keys).encode()
RECIPIENTS_KEY = keys.read("RECIPIENTS_KEY", KEYS_DIR, missing_is_fine=_making_keys).encode()

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "breachreg.apps.BreachRegConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "breachreg.web.middleware.Now",
    "breachreg.web.middleware.PersonLanguage",
    "breachreg.web.middleware.TrailGuard",
    "breachreg.retention.middleware.PurgedIncidents",
]

ROOT_URLCONF = "breachreg.urls"
WSGI_APPLICATION = "breachreg.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "breachreg.web.context.whereabouts",
            ],
            "libraries": {"parts": "breachreg.web.parts", "desk": "breachreg.desk.tags"},
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our widgets' templates stand among the others
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "breachreg.sqlite3"}}
if "DATABASE_URL" in env:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With DEFERRED transactions a writer that has read first fails at once when another wrote meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# Limits of attempts count across processes, so the cache is a shared one.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}}
if "CACHE_URL" in env:
    CACHES = {"default": env.cache_url("CACHE_URL")}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": EVIDENCE_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": EXPORTS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]

# Language and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
ROOMS = (
    "law", "audit", "accounts", "web", "register", "mailboxes", "notifications", "letters", "scrutiny", "desk", "exports",
    "retention",
)  # fmt: skip
"""In the order in which data flows: a room imports only from those before it."""
LOCALE_PATHS = [BASE_DIR / "locale" / room for room in ROOMS]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# People

AUTH_USER_MODEL = "breachreg.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "breachreg.accounts.sign_in.SignIn"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "BreachReg: "
SOCIALACCOUNT_ONLY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# E-mail: without EMAIL_URL each message is a file in the outbox

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = OUTBOX_DIR
EMAIL_TIMEOUT = 10  # seconds: less than a writer waits for SQLite, for a mail may be sent while its entry is being written
if "EMAIL_URL" in env:
    globals().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "BreachReg <breachreg@localhost>")

LETTERS_EMAILS_PER_MINUTE = env.int("LETTERS_EMAILS_PER_MINUTE", 60)
LETTERS_BOUNCES_TO = env.str("LETTERS_BOUNCES_TO", "")

# Signature and trusted timestamps of sealed documents: both optional

SIGNATURE_FILE = env.str("SIGNATURE_FILE", "")
SIGNATURE_PASSPHRASE = env.str("SIGNATURE_PASSPHRASE", "")
TIMESTAMP_URL = env.str("TIMESTAMP_URL", "")
TIMESTAMP_ROOTS = env.str("TIMESTAMP_ROOTS", "")

# Background

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://localhost//")
if CELERY_BROKER_URL.startswith("filesystem:"):
    for _folder in ("messages", "control"):
        (BROKER_DIR / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": BROKER_DIR / "messages",
        "data_folder_out": BROKER_DIR / "messages",
        "control_folder": BROKER_DIR / "control",
        "store_processed": False,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # A page that sends a wake-up does not wait long for a machine that is gone.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A sweep that nobody took within its minute is worth nothing: the next one finds the same rows.
    "sweep": {"task": "breachreg.tasks.sweep", "schedule": crontab(), "options": {"expires": 55}},
}

# Security

HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", False)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0)
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Uploads: streamed to disc above 2.5 MB; what one file may weigh is said by each form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", 2048) * 1024 * 1024
MAILBOX_MAX_BYTES = env.int("MAILBOX_MAX_MB", 51_200) * 1024 * 1024
CENSUS_WORKERS = env.int("CENSUS_WORKERS", 1)
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_MB", 100) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "breachreg.web.uploads.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # Their INFO tells every step of every page; a warning of WeasyPrint quotes signs of the names that it sets.
    "loggers": {"weasyprint": {"level": "ERROR"}, **{name: {"level": "WARNING"} for name in ("fontTools", "pikepdf")}},
}
