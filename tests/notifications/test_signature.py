"""Signed and dated documents: what a stranger's tool finds in them, and what happens when signing can't be done."""

import hashlib
import io
import socket
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import x509 as asn1
from django.urls import reverse
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from breachreg.audit.models import Entry
from breachreg.notifications import document, review, signature
from breachreg.notifications.models import Seal, State
from tests import certificates
from tests.notifications.papers import NOON, paper
from tests.notifications.standards import elements, faults

pytestmark = pytest.mark.own_pages


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def drawn():
    return document.draw(paper("approved"))


@pytest.fixture
def signing(settings, tmp_path):
    settings.SIGNATURE_FILE = str(certificates.write_pkcs12(tmp_path))
    settings.SIGNATURE_PASSPHRASE = certificates.PASSPHRASE
    return settings


@pytest.fixture
def dating(settings, tmp_path):
    settings.TIMESTAMP_ROOTS = str(certificates.write_root(tmp_path))
    with certificates.authority() as one:
        settings.TIMESTAMP_URL = one.url
        yield one


def trusted():
    root = asn1.Certificate.load(certificates.issue("Test root").der)
    return ValidationContext(trust_roots=[root], moment=certificates.DATED_AT, allow_fetching=False)


def test_a_signed_and_dated_document_convinces_a_stranger_who_trusts_the_two_roots(drawn, signing, dating):
    signed = signature.sign(drawn.content, at=NOON)

    (found,) = PdfFileReader(io.BytesIO(signed.content)).embedded_signatures
    status = validate_pdf_signature(found, trusted(), trusted())
    assert status.bottom_line and status.coverage.name == "ENTIRE_FILE"
    assert status.timestamp_validity.timestamp == certificates.DATED_AT
    assert (signed.signed_as, signed.dated_at) == ("Hôpital Saint-Elme", certificates.DATED_AT)
    assert "Test authority" in signed.dated_by
    assert found.sig_object["/M"].startswith("D:20260310110000")


def test_a_document_can_be_dated_without_being_signed(drawn, dating):
    signed = signature.sign(drawn.content, at=NOON)

    (found,) = PdfFileReader(io.BytesIO(signed.content)).embedded_timestamp_signatures
    status = validate_pdf_timestamp(found, trusted())
    assert status.intact and status.valid and status.trusted
    assert (signed.signed_as, signed.dated_at) == (None, certificates.DATED_AT)


def test_a_document_can_be_signed_without_being_dated(drawn, signing):
    signed = signature.sign(drawn.content, at=NOON)

    (found,) = PdfFileReader(io.BytesIO(signed.content)).embedded_signatures
    assert validate_pdf_signature(found, trusted()).bottom_line
    assert (signed.signed_as, signed.dated_at, signed.dated_by) == ("Hôpital Saint-Elme", None, None)


def test_whoever_changes_a_signed_document_breaks_its_signature(drawn, signing):
    signed = signature.sign(drawn.content, at=NOON).content
    place = len(drawn.content) // 2
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]

    (found,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
    assert not validate_pdf_signature(found, trusted()).intact


def test_a_signature_leaves_pages_tags_attachment_and_metadata_as_they_were_drawn(drawn, signing, dating):
    signed = signature.sign(drawn.content, at=NOON).content

    assert signed.startswith(drawn.content)
    assert faults(signed) == []
    with pikepdf.open(io.BytesIO(drawn.content)) as before, pikepdf.open(io.BytesIO(signed)) as after:
        assert [str(one.S) for one in elements(after)] == [str(one.S) for one in elements(before)]
        assert [*after.attachments] == [*before.attachments]
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()


def test_nothing_but_digests_is_sent_to_the_authority_and_its_sample_only_once(drawn, signing, dating):
    signature.sign(drawn.content, at=NOON)
    signature.sign(drawn.content, at=NOON)

    assert len(dating.asked) == 3
    assert all(len(request) < 100 for request in dating.asked)


def test_without_settings_a_document_stays_as_it_was_drawn(drawn):
    assert signature.sign(drawn.content, at=NOON) == signature.Signed(drawn.content)


def test_an_authority_that_is_down_is_named(drawn, signing):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        signing.TIMESTAMP_URL = f"http://127.0.0.1:{free.getsockname()[1]}/tsa"

        with pytest.raises(signature.CannotSign, match="gave no timestamp"):
            signature.sign(drawn.content, at=NOON)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SIGNATURE_PASSPHRASE", "another", "passphrase is wrong"),
        ("SIGNATURE_FILE", "/nowhere/signature.p12", "can't be read"),
        ("SIGNATURE_FILE", __file__, "no PKCS#12 file"),
    ],
)
def test_a_certificate_that_cannot_be_used_says_why(drawn, signing, name, value, said):
    setattr(signing, name, value)

    with pytest.raises(signature.CannotSign, match=said):
        signature.sign(drawn.content, at=NOON)


def test_a_certificate_signs_only_while_it_is_valid(drawn, signing):
    with pytest.raises(signature.CannotSign, match="expired on"):
        signature.sign(drawn.content, at=certificates.TO + timedelta(days=1))
    with pytest.raises(signature.CannotSign, match="is valid from"):
        signature.sign(drawn.content, at=certificates.FROM - timedelta(days=1))


def down(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.TIMESTAMP_URL = f"http://127.0.0.1:{free.getsockname()[1]}/tsa"


def approve(submitted, bruno, noon, **more):
    return review.approve(
        notification=submitted, seen=submitted.version, by=bruno, at=noon + timedelta(hours=4), **more
    )


def test_what_is_approved_is_stored_with_its_signature_and_timestamp(signing, dating, submitted, bruno, noon):
    approve(submitted, bruno, noon)

    for seal in Seal.objects.all():
        content = bytes(seal.content)
        (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
        assert validate_pdf_signature(found, trusted(), trusted()).bottom_line
        assert seal.sha256 == hashlib.sha256(content).hexdigest() and seal.size == len(content)
        assert (seal.signed_as, seal.dated_at) == ("Hôpital Saint-Elme", certificates.DATED_AT)


def test_an_authority_that_is_down_leaves_the_notification_in_review_and_the_trail_silent(
    signing, submitted, bruno, noon
):
    down(signing)

    with pytest.raises(signature.CannotSign, match="nothing is lost"):
        approve(submitted, bruno, noon)

    submitted.refresh_from_db()
    assert submitted.state == State.IN_REVIEW and not Seal.objects.exists()
    assert not Entry.objects.filter(action="notification.approved").exists()


def test_it_may_then_be_approved_without_and_the_trail_says_so(signing, submitted, bruno, noon):
    down(signing)

    approve(submitted, bruno, noon, unsigned=True)

    assert set(Seal.objects.values_list("signed_as", "dated_by")) == {(None, None)}
    assert Entry.objects.get(action="notification.approved").content.details["unsigned"] is True


def test_the_reviewer_is_offered_to_approve_without_only_once_it_failed(signing, submitted, bruno, sign_in, at_noon):
    client, arguments = sign_in(bruno), ["hopital", submitted.incident.reference, submitted.number]
    assert b'name="unsigned"' not in client.get(reverse("notification-page", args=arguments)).content
    down(signing)

    refused = client.post(reverse("notification-approve", args=arguments), {"version": submitted.version}, follow=True)

    assert b'name="unsigned"' in refused.content and "127.0.0.1" in refused.content.decode()
    client.post(reverse("notification-approve", args=arguments), {"version": submitted.version, "unsigned": "1"})
    submitted.refresh_from_db()
    assert submitted.state == State.APPROVED


def test_a_filing_is_recorded_even_while_the_authority_is_down(approved, signing, awa, sign_in, at_noon):
    at_noon(10)
    down(signing)
    address = reverse("notification-receipt", args=["hopital", approved.incident.reference, approved.number])
    typed = {
        "version": approved.version, "filed_at_day": "2026-03-10", "filed_at_time": "20:00", "receipt_number": "VIO-77",
    }

    refused = sign_in(awa).post(address, typed)

    assert refused.status_code == 422 and b"VIO-77" in refused.content and b'name="unsigned"' in refused.content
    assert sign_in(awa).post(address, typed | {"unsigned": "on"}).status_code == 302
    approved.refresh_from_db()
    assert approved.filing.receipt_number == "VIO-77"
