"""The settings of the tests: the real ones, in a folder that is thrown away, without what only costs time."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="breachreg-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# Nothing of the person who runs the tests may reach them, and nothing of the tests the person's register.
for _name in [
    "ALLOWED_HOSTS", "BASE_URL", "BEHIND_PROXY", "CACHE_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG",
    "DEFAULT_FROM_EMAIL", "EMAIL_URL", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SIGNATURE_FILE",
    "SIGNATURE_PASSPHRASE", "STATIC_ROOT", "TIMESTAMP_ROOTS", "TIMESTAMP_URL",
]:  # fmt: skip
    os.environ.pop(_name, None)
os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = _folder
os.environ["SECRET_KEY"] = "only-for-tests-" + "s" * 50
os.environ["AUDIT_KEY"] = "only-for-tests-" + "a" * 50
os.environ["RECIPIENTS_KEY"] = "only-for-tests-" + "r" * 50
os.environ["CELERY_BROKER_URL"] = "memory://"
if _url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = _url

from axe_playwright_python.base import AXE_FILE_PATH  # noqa: E402

from breachreg.settings import *  # noqa: E402, F403
from breachreg.settings import DATA_DIR, DATABASES, STATICFILES_DIRS, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of a live server wait for each other's locks as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATICFILES_DIRS = [*STATICFILES_DIRS, ("axe", AXE_FILE_PATH.parent)]  # served like our own scripts, so that the policy allows it
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOGGING = {"version": 1, "disable_existing_loggers": False}
