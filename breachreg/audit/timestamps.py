"""Trusted timestamps (RFC 3161): ask an authority to date a SHA-256 digest, and check what it answered.

Optional: with TIMESTAMP_URL set, a stranger can be shown that these bytes existed at that instant, whatever our own
clock and keys say. Only a digest leaves the machine. Libraries are imported where they are used: most installations have no authority.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from breachreg.audit import calls

LONGEST_WAIT = 5.0
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoTimestamp(Exception):
    """The authority gave none; says which was asked and what went wrong. Nothing was kept of the attempt."""


class NotATimestamp(ValueError):
    """This is no timestamp of these bytes, or somebody changed it."""


@dataclass(frozen=True)
class Timestamp:
    """A token (DER of its CMS), the instant that it certifies and the name in the authority's certificate.

    ``is_trusted`` is null when TIMESTAMP_ROOTS names no roots to judge the authority by.
    """

    token: bytes
    at: datetime
    authority: str
    is_trusted: bool | None


def is_configured() -> bool:
    """Whether an authority is named in the settings."""
    return bool(settings.TIMESTAMP_URL)


def obtain(digest: bytes) -> Timestamp:
    """Have a SHA-256 digest dated by the authority of the settings, and check its answer. Raises NoTimestamp.

    It waits at most five seconds: call it before a transaction rather than inside.
    """
    nonce = int.from_bytes(secrets.token_bytes(8), "big")
    try:
        return check(_token(_exchange(_request(digest, nonce)), nonce), digest)
    except (calls.NoAnswer, ValueError) as error:
        raise NoTimestamp(_trouble(str(error))) from error


def check(token: bytes, digest: bytes) -> Timestamp:
    """What a token certifies, once its signature and the SHA-256 digest in it are checked. Raises NotATimestamp."""
    from asn1crypto import cms
    from pyhanko.sign.validation import errors
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko_certvalidator import ValidationContext

    roots = _roots()
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        context = ValidationContext(trust_roots=roots or [], moment=at, allow_fetching=False)
        status = asyncio.run(
            validate_tst_signed_data(signed, context, lambda name: digest if name == "sha256" else b"")
        )
    except (ValueError, TypeError, KeyError, AttributeError, errors.SignatureValidationError) as error:
        raise NotATimestamp(_("This is no timestamp (RFC 3161): %(why)s") % {"why": error}) from error
    if not (status["intact"] and status["valid"]):
        raise NotATimestamp(_("This timestamp belongs to other bytes, or it was changed."))
    return Timestamp(
        token=token, at=at.astimezone(UTC), authority=_named(status["signing_cert"].subject),
        is_trusted=(status["trust_problem_indic"] is None) if roots else None,
    )


def _named(subject) -> str:
    """The name of an authority and of who runs it, as its certificate says; whatever else the certificate names when not."""
    said = subject.native
    return ", ".join(said[key] for key in ("common_name", "organization_name") if isinstance(said.get(key), str)) or subject.human_friendly


def _request(digest: bytes, nonce: int) -> bytes:
    from asn1crypto import tsp

    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}).dump()


def _exchange(request: bytes) -> bytes:
    return calls.post(settings.TIMESTAMP_URL, request, HEADERS, patience=LONGEST_WAIT)


def _token(answer: bytes, nonce: int) -> bytes:
    """The token in an answer. Raises ValueError for a refusal, an answer to another question, or something else."""
    from asn1crypto import core, tsp

    # A refusal holds no token, which asn1crypto's own class of the whole answer does not allow.
    status = tsp.PKIStatusInfo.load(core.Sequence.load(answer, strict=True)[0].dump())
    if status["status"].native not in ("granted", "granted_with_mods"):
        said = status["status_string"].native or [status["status"].native]
        raise ValueError(_("it refused: %(said)s") % {"said": "; ".join(said)})
    token = tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"]
    given = token["content"]["encap_content_info"]["content"].parsed
    if given["nonce"].native != nonce:
        raise ValueError(_("it answered another question"))
    return token.dump()


def _roots() -> list | None:
    if not settings.TIMESTAMP_ROOTS:
        return None
    from pyhanko.keys import load_certs_from_pemder

    return list(load_certs_from_pemder([str(Path(settings.TIMESTAMP_ROOTS))]))


def _trouble(why: str) -> str:
    return _("The timestamp authority %(host)s gave no timestamp: %(why)s.") % {
        "host": urlsplit(settings.TIMESTAMP_URL).netloc, "why": why.rstrip("."),
    }
