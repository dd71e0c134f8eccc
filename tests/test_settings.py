"""What the settings make of the environment, each time in a process of its own."""

import json
import os
import subprocess
import sys

import pytest

from breachreg import keys
from tests.processes import ROOT

PROGRAM = """
import json, sys
from breachreg import settings
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))
"""


@pytest.fixture
def read(tmp_path):
    """Reads these settings under this environment."""

    def read(*names: str, **environment: str) -> dict:
        kept = {name: os.environ[name] for name in ("PATH", *keys.NAMES)}
        given = {"DATA_DIR": str(tmp_path / "var"), "ENV_FILE": os.devnull, **environment}
        command = [sys.executable, "-c", PROGRAM, *names]
        done = subprocess.run(command, cwd=ROOT, env=kept | given, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return read


def test_without_any_setting_everything_stays_in_the_data_folder(read, tmp_path):
    found = read("DATABASES", "CACHES", "EMAIL_FILE_PATH", "CELERY_BROKER_TRANSPORT_OPTIONS", "STATIC_ROOT")
    var = str(tmp_path / "var")
    assert found["DATABASES"]["default"]["NAME"] == f"{var}/breachreg.sqlite3"
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["CACHES"]["default"]["LOCATION"] == f"{var}/cache"
    assert found["EMAIL_FILE_PATH"] == f"{var}/outbox"
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"] == f"{var}/broker/messages"
    assert found["STATIC_ROOT"] == f"{var}/static"


def test_scaled_out_nothing_but_addresses_changes(read):
    found = read(
        "DATABASES", "CACHES", "EMAIL_HOST", "EMAIL_USE_TLS", "CELERY_BROKER_URL",
        DATABASE_URL="postgres://name:secret@database/register", CACHE_URL="redis://broker:6379/1",
        CELERY_BROKER_URL="redis://broker:6379/0", EMAIL_URL="smtp+tls://name:secret@mail.example.org:587",
    )  # fmt: skip
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert found["CACHES"]["default"]["BACKEND"].endswith("RedisCache")
    assert (found["EMAIL_HOST"], found["EMAIL_USE_TLS"]) == ("mail.example.org", True)
    assert found["CELERY_BROKER_URL"] == "redis://broker:6379/0"


def test_an_empty_variable_counts_as_not_set(read):
    found = read("DATABASES", "EMAIL_BACKEND", DATABASE_URL="", EMAIL_URL="")
    assert found["DATABASES"]["default"]["ENGINE"].endswith("sqlite3")
    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


def test_a_file_of_settings_is_read_and_the_environment_wins(read, tmp_path):
    file = tmp_path / "env"
    file.write_text("BASE_URL=https://from-the-file.example.org\nLOG_LEVEL=ERROR\n")
    found = read("BASE_URL", "LOGGING", ENV_FILE=str(file), LOG_LEVEL="WARNING")
    assert found["BASE_URL"] == "https://from-the-file.example.org"
    assert found["LOGGING"]["root"]["level"] == "WARNING"


def test_cookies_travel_encrypted_as_soon_as_the_address_does(read):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE")
    assert set(read(*names, BASE_URL="https://breaches.example.org").values()) == {True}
    assert set(read(*names).values()) == {False}


def test_a_proxy_is_believed_only_when_it_is_said_to_be_there(read):
    assert read("SECURE_PROXY_SSL_HEADER")["SECURE_PROXY_SSL_HEADER"] is None
    assert read("SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"]


def test_a_folder_with_odd_characters_in_its_name_is_fine(read, tmp_path):
    odd = tmp_path / "a folder, 100 % #1"
    found = read("DATABASES", "EMAIL_FILE_PATH", DATA_DIR=str(odd))
    assert found["DATABASES"]["default"]["NAME"] == f"{odd}/breachreg.sqlite3"
    assert found["EMAIL_FILE_PATH"] == f"{odd}/outbox"


def test_no_page_may_run_an_inline_script_or_style(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert not [value for values in directives.values() for value in values if "unsafe" in value]
    assert directives["default-src"] == ["'self'"]
