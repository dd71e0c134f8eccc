"""Each weak setting is named with its danger and its remedy, and a good installation hears nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.checks import run_checks

from breachreg import checks
from tests import certificates

LONG = "x" * 50
GOOD = {
    "BASE_URL": "https://breaches.example.org",
    "ALLOWED_HOSTS": ["breaches.example.org"],
    "SECRET_KEY": LONG + "s",
    "AUDIT_KEY": (LONG + "a").encode(),
    "RECIPIENTS_KEY": (LONG + "r").encode(),
    "SECURE_HSTS_SECONDS": 31536000,
    "DEBUG": False,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
}


@pytest.fixture
def installation(settings, tmp_path, monkeypatch):
    """A public installation without fault."""
    monkeypatch.setattr(checks, "can_load", lambda library: True)
    settings.KEYS_DIR = tmp_path / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700)
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def found() -> dict[str, str]:
    return {message.id: message.hint for message in run_checks() if message.id.startswith("breachreg.")}


def test_a_good_installation_hears_nothing(installation):
    assert found() == {}


@pytest.mark.parametrize(
    ("name", "value", "id", "remedy"),
    [
        ("BASE_URL", "http://breaches.example.org", "breachreg.E004", "BASE_URL=https://"),
        ("SECURE_HSTS_SECONDS", 0, "breachreg.W002", "SECURE_HSTS_SECONDS=31536000"),
        ("ALLOWED_HOSTS", ["*"], "breachreg.E005", "ALLOWED_HOSTS=breaches.example.org"),
        ("ALLOWED_HOSTS", ["other.example.org"], "breachreg.E006", "ALLOWED_HOSTS=breaches.example.org"),
        ("DEBUG", True, "breachreg.E007", "Unset DEBUG"),
        ("SECRET_KEY", "short", "breachreg.E002", "manage.py keys"),
        ("AUDIT_KEY", b"short", "breachreg.E002", "manage.py keys"),
        ("AUDIT_KEY", (LONG + "s").encode(), "breachreg.E003", "manage.py keys"),
        ("RECIPIENTS_KEY", b"short", "breachreg.E002", "manage.py keys"),
        ("RECIPIENTS_KEY", (LONG + "a").encode(), "breachreg.E003", "manage.py keys"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "breachreg.W003", "EMAIL_URL"),
        ("TIMESTAMP_URL", "tsa.example.org", "breachreg.E008", "https://tsa.example.org/tsr"),
        ("TIMESTAMP_ROOTS", "/nowhere/roots.pem", "breachreg.E009", "PEM file"),
        ("SIGNATURE_FILE", "/nowhere/signature.p12", "breachreg.E010", "SIGNATURE_PASSPHRASE"),
        ("SIGNATURE_FILE", __file__, "breachreg.E010", "PKCS#12"),
        (
            "CACHES",
            {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            "breachreg.W004",
            "CACHE_URL",
        ),
    ],
)
def test_a_weak_setting_is_named_with_its_remedy(installation, name, value, id, remedy):
    setattr(installation, name, value)
    assert set(found()) == {id}
    assert remedy in found()[id]


def test_a_subdomain_of_an_allowed_host_is_allowed(installation):
    installation.ALLOWED_HOSTS = [".example.org"]
    assert found() == {}


def test_on_ones_own_machine_nothing_of_this_is_asked(installation):
    installation.BASE_URL = "http://localhost:8000"
    installation.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    installation.SECURE_HSTS_SECONDS = 0
    assert found() == {}


def test_a_key_that_others_can_read_is_refused(installation):
    key = installation.KEYS_DIR / "secret.key"
    key.touch(mode=0o600)
    assert found() == {}
    key.chmod(0o640)
    assert "chmod" in found()["breachreg.E001"]


def test_without_pango_the_remedy_names_the_packages(installation, monkeypatch):
    monkeypatch.setattr(checks, "can_load", lambda library: "pangoft2" not in library)
    assert "libpangoft2-1.0-0" in found()["breachreg.W001"]


def test_a_library_that_does_not_exist_cannot_be_loaded():
    assert not checks.can_load("libthere-is-no-such-library.so.0")
    assert checks.can_load("libc.so.6")


@pytest.fixture
def signing(installation, tmp_path):
    installation.SIGNATURE_FILE = str(certificates.write_pkcs12(tmp_path))
    installation.SIGNATURE_PASSPHRASE = certificates.PASSPHRASE
    return installation


def test_a_certificate_that_can_sign_is_no_trouble(signing):
    assert found() == {}


def test_a_wrong_passphrase_is_noticed_before_anything_has_to_be_sealed(signing):
    signing.SIGNATURE_PASSPHRASE = "another"
    assert "sealing works without" in found()["breachreg.E010"]


def test_a_key_to_sign_with_is_private(signing):
    Path(signing.SIGNATURE_FILE).chmod(0o644)
    assert found()["breachreg.E011"].startswith("chmod go-rwx")


def test_a_certificate_that_ends_soon_is_announced(signing, monkeypatch):
    monkeypatch.setattr(checks, "SOON", timedelta(days=366 * 30))
    assert "renewed" in found()["breachreg.W005"]
