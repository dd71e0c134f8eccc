"""The pages of the trail: who may read them, what they say, and that reading them is recorded, too."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from breachreg.audit.models import Checkpoint, Entry
from breachreg.audit.purging import purge_words
from breachreg.exports import trail
from breachreg.exports.models import Channel, Delivery, Destination
from breachreg.exports.saying import lines
from breachreg.register import actions as register

PAGES = ["trail", "checkpoints"]


@pytest.fixture
def told(incident, awa, noon):
    return register.amend_facts(
        incident=incident, by=awa, at=noon + timedelta(hours=1), people_likely=12, natures=["confidentiality"],
        owner=awa, occurred_from=noon - timedelta(days=1),
    )


def test_an_auditor_reads_who_changed_what_in_words(client, told, chloe):
    client.force_login(chloe)
    page = client.get(reverse("trail", args=["hopital"])).text
    assert "Awa Diallo" in page
    assert "Perte de la confidentialité" in page
    assert "HOP-2026-0001 · Ordinateur portable perdu" in page
    assert "9 mars 2026" in page
    assert "|confidentiality|" not in page


def test_reading_the_trail_is_recorded_with_its_filters(client, told, chloe):
    client.force_login(chloe)
    client.get(reverse("trail", args=["hopital"]), {"q": "portable"})
    last = Entry.objects.select_related("content").last()
    assert (last.action, last.actor_id, last.content.details) == ("trail.read", chloe.pk, {"filters": {"q": "portable"}})


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "portable awa"}, {"incident.reported", "incident.amended"}),
        ({"action": "incident.amended"}, {"incident.amended"}),
        ({"since": "2026-03-11"}, set()),
        ({"q": "nulle part"}, set()),
    ],
)
def test_the_trail_is_narrowed_by_what_the_address_says(client, told, chloe, filters, found):
    client.force_login(chloe)
    response = client.get(reverse("trail", args=["hopital"]), filters)
    assert {line.entry.action for line in response.context["lines"]} == found


def test_days_are_those_of_the_organisation(client, hospital, awa, chloe, noon):
    late = noon.replace(hour=23, minute=30)  # half past midnight on the 11th in Paris
    register.report_incident(organisation=hospital, title="De nuit", by=awa, at=late)
    client.force_login(chloe)
    response = client.get(reverse("trail", args=["hopital"]), {"since": "2026-03-11", "until": "2026-03-11"})
    assert [line.entry.action for line in response.context["lines"]] == ["incident.reported"]


def test_days_in_the_wrong_order_are_told_with_the_remedy(client, chloe):
    client.force_login(chloe)
    response = client.get(reverse("trail", args=["hopital"]), {"since": "2026-03-11", "until": "2026-03-10"})
    assert response.status_code == 422
    assert "Inversez-les" in response.text


def test_what_another_organisation_did_is_not_in_it(client, told, dan, chloe, town_hall, noon):
    register.report_incident(organisation=town_hall, title="Courriel égaré", by=dan, at=noon)
    client.force_login(chloe)
    assert "Courriel égaré" not in client.get(reverse("trail", args=["hopital"])).text


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("person", "status"), [("awa", 200), ("chloe", 200), ("bruno", 403), ("rose", 403), ("farid", 403), ("dan", 404)])
def test_who_may_read_the_trail(client, request, hospital, name, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse(name, args=["hopital"])).status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, hospital, name):
    assert client.get(reverse(name, args=["hopital"])).status_code == 302


def test_the_trail_takes_the_same_queries_however_long_it_is(client, told, chloe, awa, noon, django_assert_max_num_queries):
    client.force_login(chloe)
    for hour in range(2, 30):
        told = register.amend_facts(incident=told, by=awa, at=noon + timedelta(hours=hour), people_likely=hour)
    with django_assert_max_num_queries(24):
        client.get(reverse("trail", args=["hopital"]))


def test_verifying_says_what_was_found_and_leaves_it_in_the_trail(client, told, chloe):
    client.force_login(chloe)
    count = Entry.objects.of_organisation(told.organisation).count()
    page = client.post(reverse("trail-verify", args=["hopital"]), follow=True).text
    assert f"{count} écritures relues" in page
    assert "tenait à sa dernière vérification" in page
    assert Entry.objects.filter(action="trail.verified", actor_id=chloe.pk).exists()


def test_verifying_by_get_changes_nothing(client, told, chloe):
    client.force_login(chloe)
    assert client.get(reverse("trail-verify", args=["hopital"])).status_code == 405


def test_a_trail_that_does_not_hold_names_the_entry_and_what_to_do(client, told, chloe, trail_without_triggers):
    trail_without_triggers("UPDATE breachreg_entry SET actor_id = 4711 WHERE action = 'incident.amended'")
    client.force_login(chloe)
    page = client.post(reverse("trail-verify", args=["hopital"]), follow=True).text
    number = Entry.objects.get(action="incident.amended").number
    assert f"L’écriture {number} a été modifiée" in page
    assert Entry.objects.filter(action="trail.broken").exists()


def test_the_auditor_signs_downloads_and_compares_a_checkpoint(client, told, chloe):
    client.force_login(chloe)
    client.post(reverse("checkpoint-make", args=["hopital"]))
    kept = Checkpoint.objects.get()
    file = client.get(reverse("checkpoint-file", args=["hopital", kept.pk]))
    assert file.text == kept.text
    assert "attachment" in file.headers["Content-Disposition"]
    page = client.post(reverse("checkpoints", args=["hopital"]), {"text": file.text}).text
    assert "confirme ce point de contrôle" in page


def test_a_checkpoint_of_somebody_else_is_refused_and_stays_typed(client, told, chloe, town_hall, dan, noon):
    other = trail.make_checkpoint(organisation=town_hall, by=dan, at=noon, reason="asked")
    client.force_login(chloe)
    response = client.post(reverse("checkpoints", args=["hopital"]), {"text": other.text})
    assert response.status_code == 422
    assert other.hash in response.text
    assert client.get(reverse("checkpoint-file", args=["hopital", other.pk])).status_code == 404


def test_a_checkpoint_that_the_trail_contradicts_is_told(told, awa, noon, trail_without_triggers):
    kept = trail.make_checkpoint(organisation=told.organisation, by=awa, at=noon, reason="asked")
    trail_without_triggers("UPDATE breachreg_entry SET hash = seal WHERE number = %s", kept.number)
    assert not trail.compare(organisation=told.organisation, text=kept.text).holds
    trail_without_triggers("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", kept.number)
    trail_without_triggers("DELETE FROM breachreg_entry WHERE number = %s", kept.number)
    assert not trail.compare(organisation=told.organisation, text=kept.text).holds


def test_checkpoints_go_to_every_address_that_is_named(client, told, farid, awa, noon):
    client.force_login(farid)
    add = reverse("destinations", args=["hopital"])
    client.post(add, {"channel": "email", "address": "commissaire@example.net"})
    client.post(add, {"channel": "webhook", "address": "https://example.net/points"})
    checkpoint = trail.make_checkpoint(organisation=told.organisation, by=awa, at=noon, reason="asked")
    assert {delivery.destination.channel for delivery in checkpoint.deliveries.all()} == set(Channel.values)
    client.post(reverse("destination-remove", args=["hopital", Destination.objects.first().pk]))
    trail.make_checkpoint(organisation=told.organisation, by=awa, at=noon, reason="asked")
    assert Delivery.objects.count() == 3


@pytest.mark.parametrize(
    ("channel", "address"), [("email", "pas une adresse"), ("webhook", "http://example.net/"), ("email", "a@example.net")]
)
def test_an_address_that_can_not_be_used_is_refused_with_the_remedy(client, hospital, farid, noon, channel, address):
    trail.add_destination(organisation=hospital, channel=Channel.EMAIL, address="a@example.net", by=farid, at=noon)
    client.force_login(farid)
    response = client.post(reverse("destinations", args=["hopital"]), {"channel": channel, "address": address})
    assert response.status_code == 422
    assert address in response.text


@pytest.mark.parametrize(("person", "status"), [("awa", 200), ("farid", 200), ("chloe", 403), ("bruno", 403), ("dan", 404)])
def test_who_may_name_addresses(client, request, hospital, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("destinations", args=["hopital"])).status_code == status


@pytest.mark.parametrize(("language", "said"), [("fr", "Écritures du journal sans leurs mots"), ("en", "Entries of the trail without their words")])
def test_the_entry_of_a_purge_names_the_entries_it_emptied_as_spans_in_words(told, noon, language, said):
    numbers = list(Entry.objects.in_file_of(told).order_by("number").values_list("number", flat=True))
    purge_words(of=lambda: numbers, organisation=told.organisation, subject=told, at=noon + timedelta(days=1), details={})
    with override(language):
        line = lines([Entry.objects.select_related("content").latest("number")])[0]
    details = dict(line.details)
    assert details[said] == f"{numbers[0]}–{numbers[-1]}"
    assert not {"Entries", "Words"} & set(details)
