"""Mailboxes as programmes other than ours write them: where each message begins."""

import pytest

from breachreg.mailboxes.census import mbox, staging

TWO = b"From a@b Tue Mar 10 22:14:09 2026\nSubject: un\n\nbonjour\n\nFrom 12@xxx Tue Mar 10 22:15:09 +0000 2026\nSubject: deux\n\nbonsoir\n"


@pytest.mark.parametrize(
    "raw",
    [TWO, b"\n\n" + TWO, b"\xef\xbb\xbf" + TWO, b"\r\n" + TWO.replace(b"\n", b"\r\n"), TWO.replace(b"\n\nFrom", b"\nFrom"), TWO.rstrip()],
    ids=["usual", "empty lines first", "mark of UTF-8", "CRLF", "no empty line between", "no line end at the end"],
)
def test_an_mbox_of_another_programme_loses_no_message(raw, tmp_path):
    path = tmp_path / "boite.mbox"
    path.write_bytes(raw)
    assert staging.kind_of(path) == staging.MBOX
    for size in (7, 2**20):
        found = [(place, message) for chunk in mbox.chunks(path, size) for place, message in mbox.messages(path, chunk)]
        assert [message.split()[1] for _place, message in found] == [b"un", b"deux"]
        assert [mbox.message_at(path, place) for place, _message in found] == [message for _place, message in found]
