"""Ordering a file, fetching it, and what stays when its time is over."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from breachreg.audit import checkpoints
from breachreg.audit.models import Entry
from breachreg.exports import leaving
from breachreg.exports.models import Export, Form
from breachreg.register import actions as register


@pytest.fixture
def ordered(incident, awa, noon):
    return leaving.order(organisation=incident.organisation, form=Form.CSV, language="fr", by=awa, at=noon)


def answers(**changed):
    return {"form": "csv", "language": "fr", "submission": str(uuid.uuid4()), **changed}


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX, Form.JSON, Form.PDF, Form.OPEN_DATA])
def test_an_auditor_gets_the_register_at_once_in_every_format(client, incident, chloe, form):
    client.force_login(chloe)
    response = client.post(reverse("exports", args=["hopital"]), answers(form=form))
    data = body(response)
    made = Export.objects.get()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{made.name}"'
    assert hashlib.sha256(data).hexdigest() == made.sha256


def test_the_page_that_stays_after_a_download_orders_another_file(client, incident, chloe):
    """Without scripts its hidden submission is that of the order before; an order sent twice is one all the same."""
    client.force_login(chloe)
    first = answers()
    for wanted in (first, first, first | {"form": "json"}, first | {"language": "en"}):
        answer = client.post(reverse("exports", args=["hopital"]), wanted)
        assert body(answer) and answer.cookies["file_left"].value == first["submission"]
    made = Export.objects.order_by("pk")
    assert [(export.form, export.language) for export in made] == [("csv", "fr"), ("json", "fr"), ("csv", "en")]


@pytest.mark.parametrize(("language", "ending"), [("fr", "-expurge.csv"), ("en", "-redacted.csv")])
def test_a_redacted_file_is_not_named_as_the_whole_one_of_the_same_minute(client, incident, chloe, language, ending):
    client.force_login(chloe)
    for more in ({}, {"is_redacted": "on"}):
        assert body(client.post(reverse("exports", args=["hopital"]), answers(language=language, **more)))
    whole, redacted = Export.objects.order_by("pk")
    assert redacted.name.endswith(ending) and not whole.name.endswith(ending)


def test_the_trail_says_who_took_what_with_its_hash(client, incident, chloe):
    client.force_login(chloe)
    data = body(client.post(reverse("exports", args=["hopital"]) + "?state=open", answers()))
    entries = Entry.objects.filter(actor_id=chloe.pk).select_related("content")
    assert [entry.action for entry in entries] == ["export.asked", "trail.signed", "export.made", "export.downloaded"]
    assert entries[2].content.details["sha256"] == hashlib.sha256(data).hexdigest()
    assert entries[2].content.details["filters"] == {"state": "open"}
    assert entries[2].content.details["rows"] == 1


def test_the_filters_on_the_screen_are_those_of_the_file(client, incident, awa, chloe, noon):
    register.report_incident(organisation=incident.organisation, title="Clé USB", by=awa, at=noon)
    client.force_login(chloe)
    data = body(client.post(reverse("exports", args=["hopital"]) + "?q=USB", answers())).decode("utf-8-sig")
    assert "Clé USB" in data
    assert "Ordinateur" not in data


def test_the_page_says_what_goes_into_the_file_before_it_is_made(client, incident, chloe):
    client.force_login(chloe)
    page = client.get(reverse("exports", args=["hopital"]), {"q": "USB"}).text
    assert "0 incident" in page
    page = client.get(reverse("exports", args=["hopital"])).text
    assert "1 incident" in page


def test_a_double_click_is_one_order(client, incident, chloe):
    client.force_login(chloe)
    same = answers()
    first, second = (body(client.post(reverse("exports", args=["hopital"]), same)) for _ in range(2))
    assert first == second
    assert Export.objects.count() == 1


def test_a_file_leaves_with_a_signed_checkpoint(ordered, noon):
    leaving.make_now(ordered, noon)
    ordered.refresh_from_db()
    said = checkpoints.read(ordered.checkpoint.text)
    assert said.organisation_id == ordered.organisation_id
    assert not ordered.checkpoint.deliveries.exists()


def test_a_file_that_can_not_hold_its_checkpoint_stands_beside_it(client, incident, chloe):
    client.force_login(chloe)
    body(client.post(reverse("exports", args=["hopital"]), answers(form=Form.CSV)))
    kept = Export.objects.get().checkpoint
    address = reverse("checkpoint-file", args=["hopital", kept.pk])
    assert f'href="{address}"' in client.get(reverse("exports", args=["hopital"])).text
    assert client.get(address).text == kept.text


def test_a_long_register_is_made_in_the_background(client, incident, chloe, monkeypatch, noon):
    monkeypatch.setattr(leaving, "AT_ONCE", 0)
    client.force_login(chloe)
    page = client.post(reverse("exports", args=["hopital"]), answers(), follow=True).text
    assert "arrière-plan" in page
    assert 'hx-trigger="every 3s"' in client.get(reverse("export-files", args=["hopital"])).text
    export = Export.objects.get()
    leaving.make_due(export.asked_at)
    export.refresh_from_db()
    assert export.done_at
    assert "every 3s" not in client.get(reverse("export-files", args=["hopital"])).text
    assert body(client.get(reverse("export-download", args=["hopital", export.pk]))).startswith(b"\xef\xbb\xbf")


def test_nobody_waits_for_more_than_a_few_sheets_of_paper():
    assert leaving.is_soon_made(Form.PDF, 20) and leaving.is_soon_made(Form.CSV, 500)
    assert not leaving.is_soon_made(Form.PDF, 21) and not leaving.is_soon_made(Form.CSV, 501)


def test_two_workers_make_a_file_once(ordered, noon):
    leaving.make_due(noon)
    leaving.make_due(noon)
    assert Entry.objects.filter(action="export.made").count() == 1


def test_a_worker_that_lost_its_claim_keeps_nothing(ordered, noon):
    claimed = Export.objects.claim_one(ordered.pk, noon, lease=timedelta(minutes=1))
    other = Export.objects.claim_one(ordered.pk, noon + timedelta(minutes=2))
    assert leaving.make(other, noon)
    kept = len(storages["exports"].listdir("")[1])
    assert not leaving.make(claimed, noon)
    assert len(storages["exports"].listdir("")[1]) == kept
    assert Entry.objects.filter(action="export.made").count() == 1


def test_a_full_disk_postpones_the_file(ordered, noon, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(leaving, "_keep", full)
    leaving.make_due(noon)
    ordered.refresh_from_db()
    assert "No space left" in ordered.trouble
    monkeypatch.undo()
    leaving.make_due(noon + timedelta(hours=1))
    ordered.refresh_from_db()
    assert ordered.done_at


def test_a_file_that_can_not_be_made_says_why_and_what_to_do(client, hospital, awa, chloe, noon):
    register.report_incident(organisation=hospital, title="Long", report="é" * 40_000, by=awa, at=noon)
    client.force_login(chloe)
    page = client.post(reverse("exports", args=["hopital"]), answers(form="xlsx"), follow=True).text
    assert "Exportez en CSV" in page
    assert Export.objects.get().parked_at
    assert Entry.objects.filter(action="export.failed").exists()


def test_a_file_whose_worker_dies_each_time_is_given_up(ordered, noon):
    Export.objects.update(attempts=8)
    leaving.make_due(noon)
    ordered.refresh_from_db()
    assert ordered.parked_at
    assert not ordered.done_at


def test_a_file_goes_in_its_time_and_its_hash_stays(client, ordered, awa, noon):
    leaving.make_due(noon)
    ordered.refresh_from_db()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda do: do())
        leaving.remove_expired(noon + timedelta(days=7))
    ordered.refresh_from_db()
    assert ordered.removed_at
    assert not storages["exports"].exists(ordered.location)
    assert ordered.sha256
    client.force_login(awa)
    page = client.get(reverse("export-download", args=["hopital", ordered.pk]), follow=True).text
    assert "n’est plus conservé" in page


def test_an_unfinished_file_can_not_be_fetched(client, ordered, awa):
    client.force_login(awa)
    page = client.get(reverse("export-download", args=["hopital", ordered.pk]), follow=True).text
    assert "n’est plus conservé" in page


@pytest.mark.parametrize(("person", "status"), [("awa", 200), ("chloe", 200), ("bruno", 403), ("rose", 403), ("farid", 403), ("dan", 404)])
@pytest.mark.parametrize("name", ["exports", "export-files", "export-schema"])
def test_who_may_export(client, request, hospital, name, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse(name, args=["hopital"])).status_code == status


@pytest.mark.parametrize("person", ["bruno", "rose", "farid", "dan"])
def test_who_may_not_export_gets_no_file(client, request, ordered, noon, person, town_hall):
    leaving.make_due(noon)
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("export-download", args=["hopital", ordered.pk])).status_code in (403, 404)
    assert client.get(reverse("export-download", args=["mairie", ordered.pk])).status_code == 404
    assert not Entry.objects.filter(action="export.downloaded").exists()


def test_when_the_trail_can_not_be_written_nothing_leaves(client, incident, chloe, broken_trail):
    client.force_login(chloe)
    with broken_trail():
        response = client.post(reverse("exports", args=["hopital"]), answers())
    assert response.status_code == 503
    assert not Export.objects.exists()


