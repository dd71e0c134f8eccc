"""The census of an examined mailbox: turn by turn, taken over by a person, whom to write to, and what stays of it."""

import io
import tarfile
import zipfile
from datetime import UTC, datetime

from breachreg.audit.models import Entry
from breachreg.mailboxes.examinations import actions, counting, groups, work
from breachreg.mailboxes.examinations.models import Kind
from tests.mailboxes.examining import break_the_trail, mbox
from tests.mailboxes.makers import logs, messages


def test_a_mailbox_is_counted_and_a_person_takes_the_figures_over(bring, pages, examination, incident, store):
    file = bring(store, "boite.mbox")
    assert file.result["messages"] == 60
    answer = pages.get("examination-take-over", examination.pk, file.pk)
    assert answer.status_code == 200
    taken = pages.post(
        "examination-take-over", examination.pk, file.pk, version=incident.version, data_categories=["contact", "financial"],
        people_low="10", people_likely="20", people_high="30",
    )
    assert taken.status_code == 302
    incident.refresh_from_db()
    assert set(incident.data_categories) >= {"contact", "financial"}
    assert (incident.people_low, incident.people_likely, incident.people_high) == (10, 20, 30)


def test_nothing_chosen_is_nothing_taken_over(bring, pages, examination, incident, store):
    file = bring(store, "boite.mbox")
    answer = pages.post("examination-take-over", examination.pk, file.pk, version=incident.version)
    assert answer.status_code == 422
    incident.refresh_from_db()
    assert incident.data_categories is None


def test_a_zip_of_messages_and_a_tar_of_a_maildir_are_counted_alike(bring):
    raws = [messages.ordinary(subject=f"Message {n}") for n in range(5)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, raw in enumerate(raws):
            archive.writestr(f"boite/{number}.eml", raw)
    zipped = bring(packed.getvalue(), "boite.zip")
    tarred = bring(tar_of({f"Maildir/cur/{n}:2,S": raw for n, raw in enumerate(raws)}), "boite.tgz")
    assert zipped.result["messages"] == tarred.result["messages"] == 5
    assert zipped.result["people"] == tarred.result["people"]


def tar_of(members: dict) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, raw in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return packed.getvalue()


def test_the_census_goes_on_turn_by_turn_until_it_is_counted(bring, examination, awa, noon, store, monkeypatch):
    monkeypatch.setattr("breachreg.mailboxes.census.run.mbox.CHUNK", 4096)
    monkeypatch.setattr(work, "SLICE", 0.0)
    file = bring(store, "boite.mbox")
    turns = 1
    while file.state == "reading":
        work.examine_due(noon)
        file.refresh_from_db()
        turns += 1
        assert turns < 500
    assert file.state == "done"
    assert file.result["messages"] == 60


def test_a_stopped_census_waits_until_it_is_resumed(examination, awa, noon, store):
    file, _is_new = actions.bring_file(examination=examination, file=io.BytesIO(store), name="b.mbox", by=awa, at=noon)
    actions.confirm_kind(file=file, kind=Kind.STORE, by=awa, at=noon)
    assert actions.stop_reading(file=file, by=awa, at=noon)
    work.examine_due(noon)
    file.refresh_from_db()
    assert file.state == "stopped"
    assert actions.resume_reading(file=file, by=awa, at=noon)
    work.examine_due(noon)
    file.refresh_from_db()
    assert file.state == "done"


SENT_FALSELY = (
    f"From: Compta <{logs.OWNER}>\nTo: victime@client.example\nSubject: Changement de RIB\n"
    "Date: Mon, 09 Mar 2026 22:30:00 +0000\n\nMerci de payer ici.\n"
).encode()


WITH_DATA = (
    b"From: Lea <lea@client.example>\nTo: compta@hopital-troisrivieres.example, temoin@client.example\nSubject: mon RIB\n\n"
    b"IBAN FR76 3000 6000 0112 3456 7890 189, copie a paul@client.example et noreply@client.example\n"
)


FROM_INSIDE = (
    b"From: Paie <paie@hopital-troisrivieres.example>\nTo: ines@client.example\nCc: drh@hopital-troisrivieres.example\nSubject: dossier\n\n"
    b"Votre NIR 1 85 05 78 006 084 91 est enregistre.\n"
)


def addresses(answer) -> list[str]:
    return [line.split(";")[0] for line in table(answer)[1:]]


def table(answer) -> list[str]:
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_the_three_groups_are_read_anew_and_kept_nowhere(bring, pages, examination, folder):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    file = bring(mbox(SENT_FALSELY, messages.ordinary(), WITH_DATA, FROM_INSIDE), "b.mbox")
    assert addresses(pages.post("examination-people", examination.pk, file.pk, "owner")) == [logs.OWNER]
    assert addresses(pages.post("examination-people", examination.pk, file.pk, "false-messages")) == ["victime@client.example"]
    found = addresses(pages.post("examination-people", examination.pk, file.pk, "in-the-mailbox"))
    assert found == ["lea@client.example", "paul@client.example", "paie@hopital-troisrivieres.example", "ines@client.example"]
    assert file.result["groups"]["data_found"] == len(found)
    assert file.result["groups"]["told_falsely"] == 1
    kept = b"".join(path.read_bytes() for path in (folder / "census").rglob("*") if path.is_file())
    assert not [address for address in found if address.encode() in kept]


def test_each_taking_of_a_list_is_recorded_and_without_the_trail_there_is_none(bring, pages, examination, monkeypatch):
    file = bring(mbox(WITH_DATA), "b.mbox")
    pages.post("examination-people", examination.pk, file.pk, "in-the-mailbox")
    assert Entry.objects.get(action="examination.exported").content.details["what"] == "in-the-mailbox"
    break_the_trail(monkeypatch)
    assert pages.post("examination-people", examination.pk, file.pk, "in-the-mailbox").status_code == 503


def test_a_census_that_is_done_leaves_only_where_the_messages_with_data_stand(bring, examination, folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.eml", WITH_DATA)
    file = bring(packed.getvalue(), "boite.zip")
    place = folder / "census" / str(file.pk)
    assert sorted(path.name.partition("-")[0] for path in place.iterdir()) == ["ledger", "lock"]
    assert [one.address for one in groups.addressees(file, groups.IN_THE_MAILBOX)] == ["lea@client.example", "paul@client.example"]
    assert sorted(path.name.partition("-")[0] for path in place.iterdir()) == ["ledger", "lock"]
    assert counting.remove_census(file.pk) == 1
    assert not place.exists()
    assert counting.remove_census(file.pk) == 0


def test_the_list_is_the_same_after_the_working_folder_is_gone(bring, examination):
    file = bring(mbox(SENT_FALSELY, messages.ordinary(), WITH_DATA), "b.mbox")
    before = list(groups.addressees(file, groups.IN_THE_MAILBOX))
    counting.remove_census(file.pk)
    assert list(groups.addressees(file, groups.IN_THE_MAILBOX)) == before


def test_a_census_counted_again_for_another_window_is_counted_whole(bring, examination, awa, noon):
    file = bring(mbox(SENT_FALSELY, WITH_DATA), "b.mbox")
    assert file.result["groups"]["told_falsely"] == 0
    for _again in range(2):
        actions.set_window(examination=examination, start=datetime(2026, 3, 9, 22, tzinfo=UTC), end=noon, by=awa, at=noon)
        work.examine_due(noon)
        file.refresh_from_db()
        assert (file.result["groups"]["told_falsely"], file.result["messages"]) == (1, 2)


def test_the_working_folder_of_a_file_that_is_gone_is_removed(bring, noon, folder):
    file = bring(mbox(WITH_DATA), "b.mbox")
    (folder / "census" / "999999").mkdir()
    work.examine_due(noon)
    assert not (folder / "census" / "999999").exists()
    assert (folder / "census" / str(file.pk)).is_dir()
