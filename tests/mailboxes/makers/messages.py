"""Messages of every temper: ordinary, suspicious, broken and hostile. Every person and address is invented."""

import io
import zipfile
from email.message import EmailMessage
from functools import lru_cache

from breachreg.mailboxes.reading.filetypes import EICAR

OWN = frozenset({"hopital-troisrivieres.example"})


def suspicious() -> bytes:
    message = EmailMessage()
    message["From"] = '"direction@hopital-troisrivieres.example" <direction@hopital-troisrlvieres.example>'
    message["Reply-To"] = "caisse@evil.example"
    message["To"] = "compta@hopital-troisrivieres.example"
    message["Subject"] = "Urgent : facture impayée"
    message["Message-ID"] = "<1@evil.example>"
    message["Date"] = "Tue, 10 Mar 2026 09:12:00 +0100"
    message["Return-Path"] = "<bounce@evil.example>"
    message["Authentication-Results"] = (
        "mx.hopital-troisrivieres.example; spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=evil.example;"
        " dkim=none; dmarc=fail action=none header.from=evil.example"
    )
    message.set_content("Bonjour, payez sur https://banque.example.evil.example/rib?x=1 avant ce soir.")
    message.add_alternative(
        '<p>Bonjour <a href="https://evil.example/login">https://www.banque.example/espace</a>'
        '<img src="https://pixel.evil.example/o.gif"><form action="http://203.0.113.9/x"></form>',
        subtype="html",
    )
    message.add_attachment(b"MZ\x90\x00" + b"\0" * 60, maintype="application", subtype="pdf", filename="facture.pdf.exe")
    message.add_attachment(EICAR, maintype="text", subtype="plain", filename="eicar.txt")
    return message.as_bytes()


def ordinary(subject="Réunion", sender="Marie <marie@example.org>", body="À demain.", **headers) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "compta@hopital-troisrivieres.example", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def forwarding(inner: bytes, note="Je trouve ce message étrange.", reporter="Rose Petit <rose.petit@example.org>") -> bytes:
    boundary = f"outer-{len(inner)}"
    return (
        f"From: {reporter}\r\nTo: alerte@example.org\r\nSubject: TR: bizarre\r\nMessage-ID: <f@example.org>\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{note}\r\n--{boundary}\r\n"
        "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    ).encode() + inner + f"\r\n--{boundary}--\r\n".encode()


def nested(depth: int) -> bytes:
    """Multiparts within multiparts, with a word at the bottom."""
    lines = ["From: a@evil.example", "Subject: profond"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    return "\r\n".join([*lines, "Content-Type: text/plain", "", "au fond"]).encode()


def messages_in_messages(depth: int) -> bytes:
    head = b"From: a@evil.example\r\nSubject: poupee\r\nContent-Type: message/rfc822\r\n\r\n"
    return head * depth + b"From: b@evil.example\r\n\r\nau fond"


def many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nmorceau\r\n"
    return b'From: a@evil.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"


@lru_cache
def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.txt", b"0" * 70_000_000)
    return packed.getvalue()


def with_file(data: bytes, name: str, maintype="application", subtype="octet-stream", **fields) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = fields.get("sender", "a@evil.example"), fields.get("subject", "fichier")
    message.set_content(fields.get("body", "voir ci-joint"))
    message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


BROKEN = {
    "nothing": b"",
    "no header": b"\r\n\r\nhello",
    "bytes": bytes(range(256)) * 40,
    "unknown charset": b"From: a@b.example\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\n\xe9t\xe9",
    "malformed charset": b'From: a@b.example\r\nContent-Type: text/plain; charset*0*=%FF\'"; charset="\x00\r\n\r\n\xe9',
    "broken base64": b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n====A=!!",
    "broken encoded word": b"From: =?utf-8?b?####?= <a@b.example>\r\nSubject: =?x?q?=ZZ?= =?utf-8?b?gg?=\r\n\r\nx",
    "no boundary": b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nx",
    "bad parameter": b"From: a@b.example\r\nContent-Disposition: attachment; filename*=utf-8''%E9%; filename*1*=x\r\n\r\nx",
    "bad date": b"From: a@b.example\r\nDate: Tue, 99 Foo 99999 99:99:99 +9999\r\n\r\nx",
    "header injection": b"From: a@b.example\r\nSubject: =?utf-8?q?x=0D=0ABcc:_victim@example.org?=\r\n\r\nx",
    "uuencode": b"From: a@b.example\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n\xff\xff\r\nend",
    "long line": b"From: a@b.example\r\nSubject: " + b"x" * 300_000 + b"\r\n\r\n" + b"<" * 300_000,
    "html of angle brackets": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<a href=" * 60_000,
    "unclosed comments": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<!--<style" * 60_000,
    "no end of headers": b"From: a@b.example\r\n" + b"X-A: b\r\n" * 20_000,
}
