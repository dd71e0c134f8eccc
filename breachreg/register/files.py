"""Files that people add as evidence: their size and real type are checked, their bytes hashed while they are stored.

They lie outside the served tree under a name that says nothing, and leave only as a download.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024
HEAD = 1024

PROGRAMS = (
    (b"MZ", "Windows"), (b"\x7fELF", "Linux"), (b"\xcf\xfa\xed\xfe", "macOS"), (b"\xce\xfa\xed\xfe", "macOS"),
    (b"\xca\xfe\xba\xbe", "Java"), (b"dex\n", "Android"), (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows"),
)  # fmt: skip
PROGRAM_NAMES = frozenset(
    ["exe", "dll", "com", "scr", "pif", "msi", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "lnk", "jar", "apk", "sh", "bash", "py", "pl", "rb", "php", "app", "cpl", "reg"]
)
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"), "webp": (b"RIFF",), "tif": (b"II*\x00", b"MM\x00*"), "tiff": (b"II*\x00", b"MM\x00*"),
    "heic": (), "zip": ZIP, "docx": ZIP, "xlsx": ZIP, "pptx": ZIP, "odt": ZIP, "ods": ZIP, "odp": ZIP,
    "doc": OLE, "xls": OLE, "ppt": OLE, "msg": OLE, "7z": (b"7z\xbc\xaf\x27\x1c",), "gz": (b"\x1f\x8b",),
    "mp4": (), "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3"), "wav": (b"RIFF",), "m4a": (), "pst": (b"!BDN",),
    "evtx": (b"ElfFile\x00",), "pcap": (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4"), "pcapng": (b"\n\r\r\n",), "tar": (), "tgz": (b"\x1f\x8b",),
}  # fmt: skip
BOXES = {"heic", "mp4", "m4a"}  # ISO media: "ftyp" stands after the length of the first box
TEXTS = frozenset(["txt", "csv", "tsv", "log", "eml", "mbox", "json", "xml", "html", "htm", "svg", "md", "ics", "vcf", "rtf", "sieve"])
CONTENT_TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "txt": "text/plain", "log": "text/plain", "csv": "text/csv", "eml": "message/rfc822",
    "json": "application/json", "zip": "application/zip", "gz": "application/gzip", "mp4": "video/mp4",
}  # fmt: skip
UNNAMED_TYPE = "application/octet-stream"


class FileRefused(ValueError):
    """A file that can't be kept; the message names it, says why, and what to do."""


@dataclass(frozen=True)
class KeptFile:
    """Where the bytes lie, and what they are."""

    location: str
    size: int
    sha256: str
    content_type: str


def check_file(file: BinaryIO, name: str, *, most: int) -> str:
    """The content type of a seekable file whose size is at most `most` bytes and whose content is what its name says.

    Raises FileRefused.
    """
    file.seek(0, 2)
    size = file.tell()
    if size > most:
        raise FileRefused(too_large(name, most))
    if not size:
        raise FileRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    file.seek(0)
    return check_type(name, file.read(HEAD))


def check_type(name: str, head: bytes) -> str:
    """The content type that a name declares, once the first bytes confirm it. Raises FileRefused."""
    ending = PurePath(name).suffix.lower().lstrip(".")
    if program := program_in(head):
        raise FileRefused(_program_remedy(name, program))
    if ending in PROGRAM_NAMES:
        raise FileRefused(_program_remedy(name, ""))
    if ending not in SIGNATURES and ending not in TEXTS:
        message = _("“%(name)s”: files of this kind are not kept. Put it into a ZIP archive, and add that.")
        raise FileRefused(message % {"name": name})
    if not _is_what_it_says(ending, head):
        message = _("“%(name)s” is named as a %(kind)s file, but its content is something else. Rename it to what it is.")
        raise FileRefused(message % {"name": name, "kind": ending.upper()})
    return CONTENT_TYPES.get(ending, UNNAMED_TYPE)


def program_in(head: bytes) -> str:
    """The system for which these first bytes are a program, or an empty text."""
    for signature, system in PROGRAMS:
        if head.startswith(signature):
            return system
    return "Unix" if head.startswith(b"#!") else ""


def too_large(name: str, most: int) -> str:
    """What to say of a file that is larger than `most` bytes."""
    message = _("“%(name)s” is larger than %(most)s MB. Compress or split it, or keep it elsewhere and note where.")
    return message % {"name": name, "most": most // MEGABYTE}


def keep_file(file: BinaryIO, name: str, *, most: int) -> KeptFile:
    """Check a file and store it, hashing it on the way. Raises FileRefused; nothing is stored then."""
    content_type = check_file(file, name, most=most)
    place = uuid.uuid4().hex
    digest = hashlib.sha256()
    file.seek(0)
    location = storages["default"].save(f"{place[:2]}/{place}", _Hashing(file, digest))
    return KeptFile(location, storages["default"].size(location), digest.hexdigest(), content_type)


def drop_file(location: str) -> None:
    """Remove stored bytes that no row speaks of: the action that should have written it failed."""
    storages["default"].delete(location)


def has_changed(location: str, sha256: str) -> bool:
    """Whether the stored bytes are no longer those that were added. Raises FileNotFoundError when they are gone."""
    digest = hashlib.sha256()
    with storages["default"].open(location) as stored:
        for chunk in stored.chunks(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() != sha256


class _Hashing(File):
    """A file that is hashed as the storage reads its chunks."""

    def __init__(self, file: BinaryIO, digest):
        super().__init__(file)
        self.digest = digest

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self.file.read(chunk_size or CHUNK):
            self.digest.update(chunk)
            yield chunk


def _is_what_it_says(ending: str, head: bytes) -> bool:
    if ending in TEXTS:
        return _looks_like_text(head)
    if ending in BOXES:
        return head[4:8] == b"ftyp"
    if ending == "tar":
        return head[257:262] == b"ustar"
    return head.startswith(SIGNATURES[ending])


def _looks_like_text(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in head


def _program_remedy(name: str, system: str) -> str:
    facts = {"name": name, "system": system}
    if system:
        said = _("“%(name)s” is a program (%(system)s), whatever its name says.") % facts
    else:
        said = _("“%(name)s” is a program or a script.") % facts
    return said + " " + _("To keep it as evidence, put it into a ZIP archive protected by a password, and add that.")
