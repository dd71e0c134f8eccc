"""The people of an examined mailbox become recipients of the letter that speaks to their group."""

import io

import pytest

from breachreg.letters import actions, imports, prefill, reading, recipients
from breachreg.letters.models import Channel, Group, ImportState, Recipient, Whose
from breachreg.letters.segments import Segment
from breachreg.mailboxes.examinations import actions as examining
from breachreg.mailboxes.examinations import work
from breachreg.mailboxes.examinations.models import Kind
from tests.letters.conftest import SEGMENT
from tests.mailboxes.makers import logs, messages

LETTER = "/o/hopital/incidents/HOP-2026-0001/letters/"


@pytest.fixture
def mailbox(known_breach, awa, noon, tmp_path, settings):
    """Two messages of a mailbox, counted to the end."""
    settings.CENSUS_DIR = tmp_path / "census"
    with_data = messages.ordinary(body="Tél. 06 12 34 56 78, dossier de paul@client.example.")
    raws = (with_data, messages.ordinary(sender="Zoé <zoe@autre.example>"))
    raw = b"".join(b"From a@b Thu Jan  1 00:00:00 1970\n" + one.replace(b"\r\n", b"\n") + b"\n\n" for one in raws)
    examination = examining.open_examination(incident=known_breach, mailbox=logs.OWNER, by=awa, at=noon)
    file, _is_new = examining.bring_file(examination=examination, file=io.BytesIO(raw), name="boite.mbox", by=awa, at=noon)
    examining.confirm_kind(file=file, kind=Kind.STORE, by=awa, at=noon)
    work.examine_due(noon)
    file.refresh_from_db()
    assert file.done_at
    return file


@pytest.fixture
def letter_to(known_breach, awa, noon):
    """A draft for a group of the mailbox."""

    def write(group):
        segment = SEGMENT | {"group": group}
        texts = prefill.first_draft(known_breach, Segment(**segment))
        return actions.write_letter(incident=known_breach, by=awa, at=noon, **segment, **texts)

    return write


def test_the_owner_is_taken_over_and_confirmed(mailbox, letter_to, awa, noon):
    letter = letter_to(Group.OWNER)
    entry = imports.take_over(letter=letter, file=mailbox, whose=Whose.ALL, by=awa, at=noon)
    reading.read_due(noon)
    entry.refresh_from_db()
    assert (entry.state, entry.rows_added) == (ImportState.READ, 1)
    assert not recipients.to_write_to(letter).exists()
    imports.confirm(entry=entry, by=awa, at=noon)
    (row,) = recipients.rows(recipients.to_write_to(letter))
    assert (row.person.email, row.recipient.channel) == (logs.OWNER, Channel.EMAIL)


def test_only_those_outside_are_taken_when_somebody_says_so(mailbox, letter_to, awa, noon):
    letter = letter_to(Group.INSIDE)
    everybody = imports.take_over(letter=letter, file=mailbox, whose=Whose.ALL, by=awa, at=noon)
    outside = imports.take_over(letter=letter, file=mailbox, whose=Whose.OUTSIDE, by=awa, at=noon)
    inside = imports.take_over(letter=letter, file=mailbox, whose=Whose.INSIDE, by=awa, at=noon)
    reading.read_due(noon)
    found = {entry.pk: {row.person.email for row in recipients.rows(entry.recipients.select_related("letter__incident"))} for entry in (everybody, outside, inside)}
    assert found[everybody.pk] == found[outside.pk] | found[inside.pk]
    assert not found[outside.pk] & found[inside.pk]
    assert found == {everybody.pk: {"marie@example.org", "paul@client.example"}, outside.pk: {"paul@client.example"}, inside.pk: {"marie@example.org"}}


def test_the_page_offers_the_counted_mailbox_and_shows_the_progress(mailbox, letter_to, awa, as_):
    letter_to(Group.OWNER)
    browser = as_(awa)
    assert "Reprendre d’une boîte" in browser.get(LETTER + "1/recipients/").content.decode()
    page = browser.get(LETTER + "1/recipients/take-over/").content.decode()
    assert "boite.mbox" in page
    answer = browser.post(LETTER + "1/recipients/take-over/", {"file": mailbox.pk, "whose": "all"})
    assert "Lecture du tableau" in browser.get(answer["Location"]).content.decode()


def test_a_letter_to_no_group_of_a_mailbox_says_so(mailbox, draft, awa, noon, as_):
    assert "aucun groupe" in as_(awa).get(LETTER + "1/recipients/take-over/").content.decode()
    with pytest.raises(imports.NotThisStep):
        imports.take_over(letter=draft, file=mailbox, whose=Whose.ALL, by=awa, at=noon)
    assert not Recipient.objects.exists()


def test_a_mailbox_whose_bytes_are_gone_is_said(mailbox, letter_to, awa, noon, tmp_path):
    import shutil

    entry = imports.take_over(letter=letter_to(Group.INSIDE), file=mailbox, whose=Whose.ALL, by=awa, at=noon)
    shutil.rmtree(tmp_path / "census")
    examining.path_of(mailbox.evidence).unlink()
    reading.read_due(noon)
    entry.refresh_from_db()
    assert entry.state == ImportState.FAILED
    assert "Apportez" in entry.explanation
