"""Every other store to one mbox file: a ZIP of messages, a Maildir, a PST file through readpst.

One form to read means one way to divide, to resume and to point at a message. The "From " line of each message says
where it stood: the member's name, the file's name, the folder. What is unpacked on the way lies beside the target.
"""

import io
import os
import re
import resource
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.reading.archives import READ_ERRORS
from breachreg.mailboxes.reading.outlook import NotAMessage, is_outlook_message, to_message

MBOX, MAILDIR, ZIP, TAR, PST, MESSAGE = "mbox", "maildir", "zip", "tar", "pst", "message"
LEAST_FREE = 2**30
"""Bytes of the disc that a mailbox which unpacks to more than there is room for never takes."""
MOST_MEMBER = 200 * 2**20
MOST_NESTED = 64 * 2**30
PATIENCE = 6 * 3600
"""Seconds that the reader of a PST file may take."""
PST_MAGIC = b"!BDN"
_QUOTABLE = re.compile(rb"^(>*From )", re.M)
_HEADER = re.compile(rb"^[!-9;-~]{1,100}:", re.M)
_OF_PROGRAMS = re.compile(r"(^|/)(__MACOSX/|\.|courier|dovecot|maildirfolder|tmp/)|\.(db|log|cache|uidvalidity)$", re.I)
"""What mail programmes keep beside the messages, and nothing else."""


class NotAMailStore(Exception):
    """The file is no store of mail that we know, or its reader is not installed; the code says which."""


def kind_of(path: Path) -> str:
    """The kind of store at this place. Raises NotAMailStore."""
    if path.is_dir():
        if any((folder / "cur").is_dir() or (folder / "new").is_dir() for folder in (path, *filter(Path.is_dir, path.iterdir()))):
            return MAILDIR
        raise NotAMailStore("no_maildir")
    with path.open("rb") as file:
        start = file.read(65536)
    if start.startswith(PST_MAGIC):
        return PST
    if start.startswith(b"PK"):
        return ZIP
    if start[257:262] == b"ustar" or start.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")):
        return TAR
    if start.lstrip(mbox.BLANK).startswith(b"From ") and _HEADER.search(start):
        return MBOX
    if is_outlook_message(start) or _HEADER.match(start):
        return MESSAGE
    raise NotAMailStore("unknown")


def stage(path: Path, target: Path) -> Path:
    """The mbox file to count: the store itself, or ``target``, written whole or not at all. Raises NotAMailStore."""
    kind = kind_of(path)
    if kind == MBOX:
        return path
    if target.exists():
        return target
    unfinished, scratch = target.with_name(target.name + ".unfinished"), target.with_name("scratch")
    shutil.rmtree(scratch, ignore_errors=True)  # of a process that was killed
    scratch.mkdir(mode=0o700)
    try:
        with unfinished.open("wb") as out:
            count = _write(kind, path, out, scratch)
    finally:
        shutil.rmtree(scratch)
    if not count:
        unfinished.unlink()
        raise NotAMailStore("no_messages")
    return unfinished.replace(target)


def _write(kind: str, path: Path, out, scratch: Path) -> int:
    count = written = 0
    for name, raw in _MEMBERS[kind](path, scratch):
        for part, message in _messages_of(name, raw):
            out.write(as_mbox(message, part))
            count += not is_mark(message)
            written += 1
            if written % 256 == 0 and shutil.disk_usage(Path(out.name).parent).free < LEAST_FREE:
                raise NotAMailStore("no_room")
    return count


def as_mbox(raw: bytes, name: str) -> bytes:
    """One message as mbox holds it, with its name in the "From " line."""
    body = _QUOTABLE.sub(rb">\1", raw.replace(b"\r\n", b"\n"))
    line = f"From {quote(name, safe='/.@:')[:900] or '-'} Thu Jan  1 00:00:00 1970\n"
    return line.encode() + body.rstrip(b"\n") + b"\n\n"


def _messages_of(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    if is_outlook_message(raw):
        try:
            yield name, to_message(raw)
        except NotAMessage:
            yield name, mark("unreadable", name)
    elif _HEADER.match(raw.lstrip(b"\r\n")[:200]):
        yield name, raw
    else:
        yield name, mark("skipped", name)


def _of_message(path: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    yield path.name, path.read_bytes()


def _of_maildir(path: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """The files of cur and new, of the folder and of those below it; links are not followed."""
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name != "tmp"]
        if Path(folder).name in ("cur", "new"):
            for name in files:
                file = Path(folder) / name
                if not file.is_symlink():
                    name = str(file.relative_to(path))
                    yield name, file.read_bytes() if file.stat().st_size <= MOST_MEMBER else mark("unreadable", name)


def _of_zip(path: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """Each member but those of programmes: .eml, .msg, files of a Maildir; and each message of a member that is an mbox."""
    try:
        archive = zipfile.ZipFile(path)
    except READ_ERRORS as error:
        raise NotAMailStore("broken_zip") from error
    with archive:
        for member in archive.infolist():
            if not member.is_dir() and not _OF_PROGRAMS.search(member.filename):
                yield from _of_member(archive, member, scratch)


def _of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, scratch: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with archive.open(member) as stream:
            start = stream.read(8)
            if start.startswith(b"From "):
                yield from _of_nested_mbox(stream, start, member.filename, scratch)
            elif member.file_size <= MOST_MEMBER:
                yield member.filename, start + stream.read(MOST_MEMBER)
            else:
                yield member.filename, mark("unreadable", member.filename)
    except READ_ERRORS:
        yield member.filename, mark("unreadable", member.filename)


_MARK = re.compile(rb"X-BreachReg-(skipped|unreadable): ([^\n]*)\n+")


def is_mark(raw: bytes) -> tuple[str, str] | None:
    """Why something that is no message stands here, and its name; None for a message, whatever its headers say."""
    found = _MARK.fullmatch(raw) if raw.startswith(b"X-BreachReg-") else None
    return (found[1].decode(), unquote(found[2].decode("ascii", "replace"))) if found else None


def mark(why: str, name: str) -> bytes:
    """Stands for a member that is no message (skipped) or can't be read (unreadable), so that the census lists it."""
    return f"X-BreachReg-{why}: {quote(name, safe=' /.@:')[:300]}\n\n".encode()


def _of_tar(path: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """The same for a TAR archive, packed or not, read as a stream; nothing is written under the names in it."""
    name = None
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                name = member.name
                if member.isreg() and not _OF_PROGRAMS.search(name):
                    yield from _of_tar_member(archive.extractfile(member), member, scratch)
    except (*READ_ERRORS, tarfile.TarError) as error:
        if name is None:
            raise NotAMailStore("broken_zip") from error
        yield name, mark("unreadable", name)  # what stood before the damage is counted


def _of_tar_member(stream, member: tarfile.TarInfo, scratch: Path) -> Iterator[tuple[str, bytes]]:
    start = stream.read(8)
    if start.startswith(b"From "):
        yield from _of_nested_mbox(stream, start, member.name, scratch)
    elif member.size <= MOST_MEMBER:
        yield member.name, start + stream.read(MOST_MEMBER)
    else:
        yield member.name, mark("unreadable", member.name)


def _of_nested_mbox(stream: io.BufferedIOBase, start: bytes, name: str, scratch: Path) -> Iterator[tuple[str, bytes]]:
    with tempfile.NamedTemporaryFile(dir=scratch) as spool:
        spool.write(start)
        shutil.copyfileobj(_Bounded(stream, MOST_NESTED), spool, mbox.BLOCK)
        spool.flush()
        file = Path(spool.name)
        for chunk in mbox.chunks(file):
            yield from ((f"{name}:{place}", raw) for place, raw in mbox.messages(file, chunk))


class _Bounded:
    """A stream that ends after so many bytes."""

    def __init__(self, stream, most: int):
        self.stream, self.left = stream, most

    def read(self, size: int) -> bytes:
        data = self.stream.read(min(size, self.left))
        self.left -= len(data)
        return data


def _of_pst(path: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """The messages of a PST file, deleted ones included, through readpst (Debian: pst-utils), in its own process."""
    if not shutil.which("readpst"):
        raise NotAMailStore("no_readpst")
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        command = ["readpst", "-q", "-r", "-D", "-te", "-j", "0", "-o", folder, str(path.resolve())]
        is_whole = _run(command)
        files = sorted(file for file in Path(folder).rglob("*") if file.is_file())
        if not is_whole and not files:
            raise NotAMailStore("broken_pst")
        if not is_whole:
            yield path.name, mark("unreadable", "readpst")
        for file in files:
            for chunk in mbox.chunks(file):
                name = str(file.parent.relative_to(folder) if file.name == "mbox" else file.relative_to(folder))
                yield from ((f"{name}:{place}", raw) for place, raw in mbox.messages(file, chunk))


def _run(command: list[str]) -> bool:
    """Whether the reader came to its end by itself."""
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, preexec_fn=_bounds
        )
    except subprocess.TimeoutExpired:
        return False
    return not done.returncode


def _bounds() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_MEMBERS = {MESSAGE: _of_message, MAILDIR: _of_maildir, ZIP: _of_zip, TAR: _of_tar, PST: _of_pst}
