"""What the tests of an examination share besides the fixtures."""

from django.db import DatabaseError

from breachreg.audit.models import Entry


def mbox(*raws: bytes) -> bytes:
    return b"".join(b"From a@b Thu Jan  1 00:00:00 1970\n" + raw.replace(b"\r\n", b"\n") + b"\n\n" for raw in raws)


def break_the_trail(monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("the trail is away")

    monkeypatch.setattr(Entry.objects, "bulk_create", refuse)
    monkeypatch.setattr(Entry, "save", refuse)
