"""Sign what is sealed, and have it dated: PAdES with the certificate of this installation and an RFC 3161 authority.

Both are optional and independent (SIGNATURE_FILE, TIMESTAMP_URL). The signature is appended to the finished document,
which stays byte for byte what was drawn: tags, attachment and metadata are those of the pages. Drawing itself opens no
connection; only here is the authority asked, and it gets nothing but a digest.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit import timestamps
from breachreg.web.dates import date_words

FIELD = "BreachReg"


class CannotSign(Exception):
    """The document can't be signed or dated now; says why and what to do. Nothing was sealed."""

    def __init__(self, trouble: str):
        remedy = _("Nothing was saved and nothing is lost: try again in a few minutes, or seal without signature and timestamp.")
        super().__init__(f"{trouble} {remedy}")


@dataclass(frozen=True)
class Signed:
    """A document with its signature; the names are null for what the settings do not ask for."""

    content: bytes
    signed_as: str | None = None
    dated_at: datetime | None = None
    dated_by: str | None = None


def is_configured() -> bool:
    """Whether sealed documents are signed, dated, or both."""
    return bool(settings.SIGNATURE_FILE) or timestamps.is_configured()


def sign(content: bytes, *, at: datetime) -> Signed:
    """Sign these finished pages and have them dated, as far as the settings ask for it. Raises CannotSign."""
    if not is_configured():
        return Signed(content)
    stamper = _stamper() if timestamps.is_configured() else None
    signer = load_signer(at) if settings.SIGNATURE_FILE else None
    try:
        signed = _with_signature(content, signer, stamper, at) if signer else _with_date(content, stamper)
    except timestamps.NoTimestamp as error:
        raise CannotSign(str(error)) from error
    given = stamper.given if stamper else None
    return Signed(
        signed, signer.subject_name if signer else None, given.at if given else None, given.authority if given else None
    )


def load_signer(at: datetime):
    """The certificate and key of SIGNATURE_FILE, read anew each time, so that a renewed one needs no restart. Raises CannotSign."""
    from pyhanko.sign.signers import SimpleSigner

    try:
        data = Path(settings.SIGNATURE_FILE).read_bytes()
        signer = SimpleSigner.load_pkcs12_data(data, [], settings.SIGNATURE_PASSPHRASE.encode() or None)
    except OSError as error:
        raise CannotSign(_("The certificate to sign with can't be read: %(why)s.") % {"why": error.strerror}) from error
    except ValueError as error:
        raise CannotSign(
            _("The certificate to sign with can't be opened: its passphrase is wrong, or it is no PKCS#12 file.")
        ) from error
    _check_dates(signer.signing_cert, at)
    return signer


def _check_dates(certificate, at: datetime) -> None:
    if at > certificate.not_valid_after:
        day = date_words(certificate.not_valid_after, "DATE_FORMAT")
        raise CannotSign(_("The certificate to sign with expired on %(day)s.") % {"day": day})
    if at < certificate.not_valid_before:
        day = date_words(certificate.not_valid_before, "DATE_FORMAT")
        raise CannotSign(_("The certificate to sign with is valid from %(day)s only.") % {"day": day})


def _with_signature(content: bytes, signer, stamper, at: datetime) -> bytes:
    from pyhanko.sign import fields, signers

    class AtThisInstant(signers.PdfSigner):
        """Writes the instant of the seal as that of the signature; pyHanko would take the time itself."""

        def init_signing_session(self, *args, **kwargs):
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    place = fields.SigFieldSpec(FIELD, invis_sig_settings=_unseen(), readable_field_name=FIELD)
    pen = AtThisInstant(about, signer, timestamper=stamper, new_field_spec=place)
    return pen.sign_pdf(_writer(content)).getvalue()


def _with_date(content: bytes, stamper) -> bytes:
    from pyhanko.sign.signers import PdfTimeStamper

    pen = PdfTimeStamper(stamper, field_name=FIELD, invis_settings=_unseen(), readable_field_name=FIELD)
    return pen.timestamp_pdf(_writer(content), "sha256").getvalue()


def _unseen():
    """A field without a place on the page, as both PDF/A-3 (printable) and PDF/UA-1 (outside the page) allow it."""
    from pyhanko.sign.fields import InvisSigSettings

    return InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)


def _writer(content: bytes):
    """An increment to these pages that leaves their metadata alone.

    pyHanko would write new metadata, which then contradict the document information that PDF/A compares them with.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class KeepsMetadata(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            pass

    return KeepsMetadata(io.BytesIO(content))


def _stamper():
    """pyHanko's idea of an authority, asking ours; it keeps the last timestamp that was given."""
    from pyhanko.sign.timestamps import TimeStamper

    language = translation.get_language()

    class Authority(TimeStamper):
        given: timestamps.Timestamp | None = None

        async def async_timestamp(self, message_digest, md_algorithm):
            self.given = await asyncio.to_thread(ask, timestamps.obtain, message_digest)
            return _token(self.given)

        async def async_dummy_response(self, md_algorithm):
            return _token(await asyncio.to_thread(ask, _sample, settings.TIMESTAMP_URL))

    def ask(whom, what):
        with translation.override(language):  # another thread does not know the reader's language
            return whom(what)

    return Authority()


@cache
def _sample(authority: str) -> timestamps.Timestamp:
    """A timestamp of nothing, asked for once a process, that says how much room the real ones take."""
    return timestamps.obtain(hashlib.sha256(b"").digest())


def _token(given: timestamps.Timestamp):
    from asn1crypto import cms

    return cms.ContentInfo.load(given.token)
