"""System checks: each names the setting, the danger and the remedy.

What only matters once other people use the installation is asked only when BASE_URL is no longer on this machine.
"""

import ctypes
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.encoding import force_bytes

from breachreg import keys

SHORTEST_KEY = 50
SOON = timedelta(days=30)
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PANGO_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
NOT_SHARED = {
    "django.core.cache.backends.locmem.LocMemCache",
    "django.core.cache.backends.dummy.DummyCache",
}
NOT_SENT = {
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
    "django.core.mail.backends.locmem.EmailBackend",
}


def is_public() -> bool:
    """Whether other machines are meant to reach this installation."""
    return urlsplit(settings.BASE_URL).hostname not in OWN_MACHINE


def _in_public(check: Callable[..., Iterator[CheckMessage]]) -> Callable[..., list[CheckMessage]]:
    def asked(app_configs=None, **options) -> list[CheckMessage]:
        return list(check()) if is_public() else []

    return register(asked, Tags.security)


@register("files")
def pango_is_there(app_configs=None, **options) -> list[CheckMessage]:
    """PDFs need Pango; all else works without it."""
    missing = [name for name in PANGO if not can_load(name)] if sys.platform.startswith("linux") else []
    return [
        Warning(
            f"No PDF can be made: {', '.join(missing)} is not on this machine.",
            hint=f"On Debian: apt-get install {PANGO_PACKAGES}. Everything else works.",
            id="breachreg.W001",
        )
    ][: len(missing)]


def can_load(library: str) -> bool:
    """Whether the system finds this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@register(Tags.security)
def keys_are_private(app_configs=None, **options) -> list[CheckMessage]:
    """Whoever reads the keys can sign in as anybody, or rewrite the trail unnoticed."""
    open_to_others = [str(path) for path in [settings.KEYS_DIR, *settings.KEYS_DIR.glob("*")] if _others_may(path)]
    return [
        Error(
            f"Other accounts of this machine can read the keys: {path}.",
            hint=f"chmod -R go-rwx {settings.KEYS_DIR}",
            id="breachreg.E001",
        )
        for path in open_to_others
    ]


def _others_may(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


@register(Tags.security)
def keys_are_strong(app_configs=None, **options) -> list[CheckMessage]:
    """A key that can be guessed, or that serves two purposes, protects neither."""
    values = {name: getattr(settings, name) for name in keys.NAMES}
    found: list[CheckMessage] = [
        Error(
            f"{name} is too short ({len(key)} characters): it can be guessed.",
            hint=f"Unset it and run `python manage.py keys`, or give at least {SHORTEST_KEY} random characters.",
            id="breachreg.E002",
        )
        for name, key in values.items()
        if is_public() and len(key) < SHORTEST_KEY
    ]
    if len({force_bytes(value) for value in values.values()}) < len(values):
        found.append(
            Error(
                f"Two of {', '.join(values)} are the same: who learns the one can forge or read what the other protects.",
                hint="Give each its own random value; `python manage.py keys` makes them all.",
                id="breachreg.E003",
            )
        )
    return found


@_in_public
def address_is_encrypted() -> Iterator[CheckMessage]:
    """Sign-ins and breaches must not travel in the clear."""
    if not settings.BASE_URL.startswith("https://"):
        yield Error(
            f"BASE_URL is {settings.BASE_URL}: passwords and incidents would travel in the clear.",
            hint="Put a proxy with a certificate in front and set BASE_URL=https://… and BEHIND_PROXY=true.",
            id="breachreg.E004",
        )
    elif not settings.SECURE_HSTS_SECONDS:
        yield Warning(
            "SECURE_HSTS_SECONDS is 0: a browser may still try this site without encryption.",
            hint="Once HTTPS works for certain, set SECURE_HSTS_SECONDS=31536000.",
            id="breachreg.W002",
        )


@_in_public
def hosts_are_named() -> Iterator[CheckMessage]:
    """A site that answers to any name can be made to send links to somebody else's."""
    host = urlsplit(settings.BASE_URL).hostname
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is *: a forged host name ends in the links of our e-mails.",
            hint=f"Set ALLOWED_HOSTS={host}.",
            id="breachreg.E005",
        )
    elif not any(
        host == name or (name.startswith(".") and f".{host}".endswith(name)) for name in settings.ALLOWED_HOSTS
    ):
        yield Error(
            f"ALLOWED_HOSTS lacks {host}, the host of BASE_URL: every page would be refused.",
            hint=f"Set ALLOWED_HOSTS={host}.",
            id="breachreg.E006",
        )


@_in_public
def debug_is_off() -> Iterator[CheckMessage]:
    """Django's debug pages show settings and data to whoever meets an error."""
    if settings.DEBUG:
        yield Error(
            "DEBUG is on: an error shows settings and personal data to whoever meets it.",
            hint="Unset DEBUG.",
            id="breachreg.E007",
        )


@_in_public
def mail_is_sent() -> Iterator[CheckMessage]:
    """A reminder in a file reminds nobody."""
    if settings.EMAIL_BACKEND in NOT_SENT:
        yield Warning(
            f"E-mail is not sent: it ends in {settings.OUTBOX_DIR}, and nobody is reminded of a deadline.",
            hint="Set EMAIL_URL, such as smtp+tls://name:password@mail.example.org:587.",
            id="breachreg.W003",
        )


@_in_public
def attempts_are_counted_together() -> Iterator[CheckMessage]:
    """Limits of sign-in attempts must count across all processes."""
    if settings.CACHES["default"]["BACKEND"] in NOT_SHARED:
        yield Warning(
            "CACHE_URL names a cache of one process: sign-in attempts are limited per process only.",
            hint="Unset CACHE_URL to use files, or set it to Redis: redis://localhost:6379/1.",
            id="breachreg.W004",
        )


@register(Tags.security)
def timestamps_can_be_had(app_configs=None, **options) -> list[CheckMessage]:
    """A timestamp authority that can't be asked is noticed now, not when the first document is sealed."""
    found: list[CheckMessage] = []
    if settings.TIMESTAMP_URL and urlsplit(settings.TIMESTAMP_URL).scheme not in ("http", "https"):
        found.append(
            Error(
                f"TIMESTAMP_URL is {settings.TIMESTAMP_URL}: no authority can be asked there.",
                hint="Give the address of a timestamp authority, such as https://tsa.example.org/tsr, or unset it.",
                id="breachreg.E008",
            )
        )
    if settings.TIMESTAMP_ROOTS and not _holds_certificates(Path(settings.TIMESTAMP_ROOTS)):
        found.append(
            Error(
                f"TIMESTAMP_ROOTS is {settings.TIMESTAMP_ROOTS}: there is no file of certificates, so no timestamp can be judged.",
                hint="Name a readable PEM file with the root certificates of the authority, or unset it.",
                id="breachreg.E009",
            )
        )
    return found


def _holds_certificates(path: Path) -> bool:
    try:
        return bool(load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return False


@register(Tags.security)
def documents_can_be_signed(app_configs=None, **options) -> list[CheckMessage]:
    """A certificate that can't sign is noticed now, not at two in the morning when a notification is approved."""
    if not settings.SIGNATURE_FILE:
        return []
    file = Path(settings.SIGNATURE_FILE)
    try:
        key, certificate, _others = load_key_and_certificates(
            file.read_bytes(), settings.SIGNATURE_PASSPHRASE.encode() or None
        )
    except (OSError, ValueError) as error:
        return [_cannot_sign(f"SIGNATURE_FILE {file} can't be opened ({error}): nothing can be sealed with a signature.")]
    if key is None or certificate is None:
        return [_cannot_sign(f"SIGNATURE_FILE {file} lacks the certificate or its key: nothing can be sealed with a signature.")]
    return [*_key_is_private(file), *_certificate_is_valid(certificate.not_valid_after_utc)]


def _cannot_sign(trouble: str) -> Error:
    return Error(
        trouble, id="breachreg.E010",
        hint="Name a readable PKCS#12 file (.p12) and its SIGNATURE_PASSPHRASE, or unset both: sealing works without.",
    )


def _key_is_private(file: Path) -> Iterator[CheckMessage]:
    if _others_may(file):
        yield Error(
            f"Other accounts of this machine can read {file}: they could sign in the name of this installation.",
            hint=f"chmod go-rwx {file}",
            id="breachreg.E011",
        )


def _certificate_is_valid(until: datetime) -> Iterator[CheckMessage]:
    left = until - datetime.now(UTC)
    if left < SOON:
        yield Warning(
            f"The certificate in SIGNATURE_FILE {'expired' if left < timedelta() else 'expires'} on {until:%Y-%m-%d}.",
            hint="Put a renewed certificate in its place; it is read anew for each document.",
            id="breachreg.W005",
        )
