"""How many were told, when and how: counted from the ledgers, carried over into the record, from there into the notification."""

from datetime import timedelta

import pytest

from breachreg.audit.models import Entry
from breachreg.letters import figures, ledger, preparing, recipients, runs
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.register.models import Deadline, Incident
from breachreg.register.stops import ARTICLE_34


@pytest.fixture
def told(sealed, awa, bruno, noon):
    """Two by post and two by e-mail; one e-mail came back, and its second way waits."""
    for number, way in enumerate([Channel.POST] * 2 + [Channel.EMAIL] * 2, 1):
        person = Person("Martin", f"J{number}", line4="1 rue A", postcode="35000", city="Rennes", email=f"j{number}@example.net")
        recipients.add_recipient(letter=sealed, person=person, channel=way, by=awa, at=noon)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    runs.approve(run=runs.check(run=run, by=awa, at=noon), by=bruno, at=noon)
    runs.start(run=run, by=awa, at=noon)
    for way in Channel.values:
        for line in ledger.claim(way=way, at=noon, run=run):
            ledger.note_sent(line, at=noon + timedelta(hours=line.place))
    ledger.note_returned(run.dispatches.get(place=4), "mailbox unknown", by=None, at=noon)
    return run


def test_a_person_is_counted_once_and_not_as_long_as_their_letter_came_back(told, awa, noon):
    found = figures.of_incident(told.incident)
    assert (found.told, found.not_reached, found.waiting, found.by_way) == (3, 1, 0, {"post": 2, "email": 1})
    second = ledger.try_second_way(dispatch=told.dispatches.get(place=4), by=awa, at=noon)
    found = figures.of_incident(told.incident)
    assert (found.told, found.not_reached, found.waiting, found.is_over) == (3, 0, 1, False)
    ledger.claim(way=Channel.POST, at=noon, run=second.run)
    second.refresh_from_db()
    ledger.note_sent(second, at=noon)
    assert figures.of_incident(told.incident).told == 4


def test_the_figures_go_into_the_record_and_from_there_into_the_notification(told, awa, noon):
    incident = Incident.objects.get()
    figures.carry_over(incident=incident, by=awa, at=noon + timedelta(days=1))
    incident.refresh_from_db()
    assert (incident.communication, incident.told_count) == ("informed", 3)
    assert incident.told_on == (noon + timedelta(hours=1)).date()
    assert incident.telling_channels == "courriers postaux individuels (2 personnes), courriel individuel (1 personne)"
    assert figures.is_carried_over(incident)
    assert Entry.objects.filter(action="letters.figures_carried_over").count() == 1


def test_the_clock_of_article_34_stops_at_the_last_sending_once_nobody_waits(told, awa, noon):
    incident = Incident.objects.get()
    clock = Deadline.objects.create(
        incident=incident, rule=ARTICLE_34, rule_version="2018-05-25", started_at=noon, **dict.fromkeys(("due_at",))
    )
    figures.carry_over(incident=incident, by=awa, at=noon + timedelta(days=1))
    clock.refresh_from_db()
    assert (clock.met_at, clock.met_reference) == (noon + timedelta(hours=3), told.reference)


def test_while_somebody_waits_the_number_goes_over_and_the_clock_runs_on(told, awa, noon):
    ledger.try_second_way(dispatch=told.dispatches.get(place=4), by=awa, at=noon)
    figures.carry_over(incident=Incident.objects.get(), by=awa, at=noon + timedelta(days=1))
    incident = Incident.objects.get()
    assert (incident.told_count, incident.told_on) == (3, None)
    assert figures.is_carried_over(incident)


def test_nothing_is_carried_over_before_a_letter_left(sealed, awa, noon):
    with pytest.raises(figures.NothingToTell):
        figures.carry_over(incident=sealed.incident, by=awa, at=noon)


def test_when_the_trail_refuses_the_record_stays_as_it_was(told, awa, noon, monkeypatch):
    def refuse(**details):
        raise RuntimeError("no trail")

    monkeypatch.setattr(figures, "record", refuse)
    with pytest.raises(RuntimeError):
        figures.carry_over(incident=Incident.objects.get(), by=awa, at=noon + timedelta(days=1))
    assert Incident.objects.get().told_count is None


def test_the_page_of_runs_shows_the_figures_and_carries_them_over_once(told, awa, as_):
    browser, address = as_(awa), "/o/hopital/incidents/HOP-2026-0001/letters/runs/"
    assert "Reporter ces chiffres" in browser.get(address).content.decode()
    assert "3 personnes informées" in browser.post(address + "figures/", follow=True).content.decode()
    page = browser.get(address).content.decode()
    assert "Reporter ces chiffres" not in page and "Le dossier l’indique" in page
