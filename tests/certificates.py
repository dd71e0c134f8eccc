"""Certificates made for a test: a root of our own, a certificate that signs, one that dates; and an authority that answers.

The authority is a real HTTP server on the loopback; its answers are made by pyHanko's own.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
DATED_AT = datetime(2026, 3, 10, 11, 5, tzinfo=UTC)
PASSPHRASE = "only-for-tests"


@dataclass(frozen=True)
class Issued:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@cache
def issue(name: str, issuer: str = "", purpose: str = "") -> Issued:
    """A certificate of this name, issued by another one of ours ("" by itself), to sign documents or to date them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    by = issue(issuer) if issuer else None
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).public_key(key.public_key()).serial_number(abs(hash(name)) + 1)
        .issuer_name(by.certificate.subject if by else subject).not_valid_before(FROM).not_valid_after(TO)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(_key_usage(signs_others=by is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if purpose == "dates":
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


def write_root(folder: Path) -> Path:
    """The root as a PEM file, as TIMESTAMP_ROOTS and SIGNATURE_ROOTS name it."""
    path = folder / "root.pem"
    path.write_bytes(issue("Test root").certificate.public_bytes(Encoding.PEM))
    return path


def write_pkcs12(folder: Path, name: str = "Hôpital Saint-Elme") -> Path:
    """A certificate that signs, with its key, as SIGNATURE_FILE names it; its passphrase is PASSPHRASE."""
    signer, root = issue(name, "Test root"), issue("Test root")
    path = folder / "signature.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            name.encode(), signer.key, signer.certificate, [root.certificate],
            BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    path.chmod(0o600)
    return path


@contextmanager
def authority(answer=None, dated_at: datetime = DATED_AT):
    """The address of a timestamp authority that answers; `answer` replaces its answers (status, bytes)."""
    asked: list[bytes] = []
    give = answer or _dater(dated_at)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, content = give(asked[-1])
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_port}/tsa", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Authority:
    url: str
    asked: list[bytes]


def _dater(dated_at: datetime):
    from asn1crypto import keys, tsp
    from asn1crypto import x509 as asn1
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    dater, root = issue("Test authority", "Test root", "dates"), issue("Test root")
    der = dater.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        asn1.Certificate.load(dater.der), keys.PrivateKeyInfo.load(der), fixed_dt=dated_at,
        certs_to_embed=[asn1.Certificate.load(root.der)],
    )
    return lambda request: (200, stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump())


def _key_usage(signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others, content_commitment=not signs_others, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_others, crl_sign=signs_others,
        encipher_only=False, decipher_only=False,
    )
