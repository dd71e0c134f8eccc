"""The process that reads mail: chunks in on standard input, tallies out on standard output, nothing else.

It is a process of its own so that a document that makes its reader hang or crash costs one document, and so that the
census uses as many cores as it is given. Frames are a length (4 bytes), a letter and a pickle of a closed list of types.
"""

import io
import pickle
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.tally import Counter, Terms

MEMORY = 2 * 2**30
RESULT, DOCUMENT = b"R", b"D"
TERMS, COUNT, NAME = b"T", b"C", b"N"


def write_frame(stream: BinaryIO, kind: bytes, content: object) -> None:
    """Write one frame and push it out."""
    data = pickle.dumps(content, protocol=5)
    stream.write(struct.pack("<I", len(data)) + kind + data)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[bytes, object] | None:
    """Read one frame; ``None`` at the end of the stream."""
    head = stream.read(5)
    if len(head) < 5:
        return None
    data = stream.read(struct.unpack("<I", head[:4])[0])
    return head[4:], _Reader(io.BytesIO(data)).load()


class _Reader(pickle.Unpickler):
    """Reads only what the two ends send: a reader that a document took over must not reach its parent."""

    ALLOWED = frozenset(
        {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta")}
        | {("breachreg.mailboxes.census.tally", name) for name in ("Tally", "Sample", "Terms")}
        | {("breachreg.mailboxes.census.mbox", "Chunk")}
    )

    def find_class(self, module: str, name: str):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a tally")
        return super().find_class(module, name)


def main() -> None:
    """Count the chunks that come in, or name the people of single messages, until none comes any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, out = sys.stdin.buffer, sys.stdout.buffer
    _, (path, terms) = read_frame(source)
    while frame := read_frame(source):
        kind, (what, without) = frame
        done = (count if kind == COUNT else name)(Path(path), terms, what, without, lambda place: write_frame(out, DOCUMENT, place))
        write_frame(out, RESULT, done)


def count(path: Path, terms: Terms, chunk: mbox.Chunk, without: frozenset[int], before_document=None):
    """The tally of one chunk."""
    counter = Counter(terms, without_documents=without, before_document=before_document)
    for place, raw in mbox.messages(path, chunk):
        counter.count(raw, place)
    return counter.take()


def name(path: Path, terms: Terms, places: list[int], without: frozenset[int], before_document=None) -> list[str]:
    """The addresses of those whose data stand in the messages at these places."""
    counter = Counter(terms, without_documents=without, before_document=before_document)
    found: dict[str, None] = {}
    for place in places:
        found |= dict.fromkeys(counter.concerned(mbox.message_at(path, place), place))
    return list(found)


if __name__ == "__main__":
    main()
