"""A real IMAP server for tests: Debian's Dovecot over TLS, as a user without rights, in a folder that is thrown away."""

import contextlib
import getpass
import imaplib
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.processes import wait_for

PROGRAM = "/usr/sbin/dovecot"
USER, PASSWORD = "alerte@example.org", "mot-de-passe"
NOBODY = ("nobody", "nogroup")

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_dh =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail
}}
first_valid_uid = 1
"""


class Dovecot:
    """A running server with one mailbox. ``authority`` is the file of the certificate that clients must trust."""

    def __init__(self, port: int, plain: int):
        self.port, self.plain = port, plain
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.authority = self.folder / "authority.pem"
        is_root = os.geteuid() == 0
        user, group = NOBODY if is_root else (getpass.getuser(), str(os.getgid()))
        write_certificates(self.folder)
        settings = CONFIGURATION.format(folder=self.folder, user=user, group=group, port=port, plain=plain, password=PASSWORD)
        (self.folder / "dovecot.conf").write_text(settings)
        command = [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")]
        if is_root:
            for place in (self.folder, *self.folder.iterdir()):
                shutil.chown(place, *NOBODY)
            command = ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", *command]
        self.process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(self.answers)
        except BaseException:
            self.end()
            raise

    def answers(self) -> bool:
        """Whether a client can sign in; the test fails with the log when the server ended."""
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            with self.client():
                return True
        return False

    def client(self) -> imaplib.IMAP4_SSL:
        """A signed-in client of the tests' own, the folder INBOX open."""
        trusted = ssl.create_default_context(cafile=self.authority)
        box = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusted, timeout=10)
        box.login(USER, PASSWORD)
        box.select("INBOX")
        return box

    def deliver(self, *messages: bytes) -> None:
        """Put messages into the mailbox, not read yet."""
        with self.client() as box:
            for raw in messages:
                answered, words = box.append("INBOX", "", None, raw)
                assert answered == "OK", words

    def unread(self) -> int:
        with self.client() as box:
            return len(box.uid("search", None, "UNSEEN")[1][0].split())

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def write_certificates(folder: Path) -> None:
    """A certificate for 127.0.0.1 and the authority that signed it."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Autorité de test", authority_key, None, authority_key)
    server = _certificate("127.0.0.1", server_key, authority.subject, authority_key)
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    key = server_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key)


def _certificate(name: str, key, issuer, issuer_key) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30)).add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
    )  # fmt: skip
    if issuer is not None:
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        builder = builder.add_extension(address, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
