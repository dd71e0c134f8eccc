"""Runs: prepared, checked, approved by a second person, sent, paused, cancelled; each person one line a way."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.celery import SWEEP, app
from breachreg.letters import actions, ledger, preparing, recipients, runs
from breachreg.letters.models import Channel, Recipient
from breachreg.letters.people import Person
from breachreg.letters.run_models import Dispatch, Result, Run, RunState


@pytest.fixture
def people(sealed, awa, noon):
    """Three by post, two by e-mail."""
    for number, way in enumerate([Channel.POST] * 3 + [Channel.EMAIL] * 2, 1):
        person = Person(
            f"Martin{'n' * number}", "Jeanne", "madam", line4=f"{number} rue des Lilas", postcode="35000", city="Rennes",
            email=f"jeanne{number}@example.net",
        )  # fmt: skip
        recipients.add_recipient(letter=sealed, person=person, channel=way, by=awa, at=noon)


@pytest.fixture
def prepared(people, sealed, awa, noon):
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    return run


@pytest.fixture
def sending(prepared, awa, bruno, noon):
    runs.check(run=prepared, by=awa, at=noon)
    runs.approve(run=prepared, by=bruno, at=noon)
    return runs.start(run=prepared, by=awa, at=noon)


def test_a_run_has_one_line_for_each_person_with_the_text_they_get(prepared, sealed):
    lines = prepared.dispatches.order_by("place")
    assert [line.place for line in lines] == [1, 2, 3, 4, 5]
    assert {line.text_sha256 for line in lines} == {sealed.sealed_sha256}
    assert [bool(line.message_id) for line in lines] == [False, False, False, True, True]
    assert prepared.state == RunState.PREPARED


def test_preparing_goes_on_after_the_last_line_that_a_dead_worker_made(prepared, awa, noon):
    runs.prepare_again(run=prepared, by=awa, at=noon)
    dead = Run.objects.claim_one(prepared.pk, noon)
    assert preparing._keep(dead, prepared.letters.get(), frozenset(), list(Recipient.objects.order_by("number")[:2]), noon)
    preparing.prepare_due(noon + timedelta(minutes=6))
    assert [line.place for line in prepared.dispatches.order_by("place")] == [1, 2, 3, 4, 5]


def test_a_letter_that_is_not_sealed_is_not_sent(in_review, awa, noon):
    with pytest.raises(ValidationError, match=in_review.reference):
        runs.prepare(incident=in_review.incident, letters=[in_review], by=awa, at=noon)


def test_people_of_an_unsealed_letter_are_not_left_out_unsaid(people, sealed, awa, noon):
    other = actions.write_letter(
        incident=sealed.incident, by=awa, at=noon, **{name: getattr(sealed, name) for name in (*actions.TEXTS, *actions.SEGMENT)}
    )
    person = Person("Durand", line4="1 rue A", postcode="35000", city="Rennes")
    recipients.add_recipient(letter=other, person=person, channel=Channel.POST, by=awa, at=noon)
    asked = {"incident": sealed.incident, "letters": [sealed], "by": awa, "at": noon}
    with pytest.raises(ValidationError, match=other.reference):
        runs.prepare(**asked)
    assert runs.prepare(**asked, without_unsealed=True)


def test_a_missing_value_stops_the_run_before_it_starts_and_names_the_person(people, sealed, awa, noon):
    nameless = Person("", line4="9 rue A", postcode="35000", city="Rennes").sealed(recipients.box_of(sealed.incident, noon))
    Recipient.objects.filter(number=2).update(**nameless)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    stopped = ledger.search(run, result="missing").get()
    assert stopped.recipient.number == 2 and "Le nom manque" in stopped.missing
    with pytest.raises(runs.NotThisState):
        runs.check(run=run, by=awa, at=noon)


def test_a_corrected_run_is_prepared_again(people, sealed, awa, noon):
    Recipient.objects.filter(number=2).update(
        **Person("", line4="9 rue A", postcode="35000", city="Rennes").sealed(recipients.box_of(sealed.incident, noon))
    )
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    recipients.amend_recipient(
        recipient=Recipient.objects.get(number=2), person=Person("Aubry", line4="9 rue A", postcode="35000", city="Rennes"),
        channel=Channel.POST, by=awa, at=noon,
    )  # fmt: skip
    run.refresh_from_db()
    preparing.prepare_now(runs.prepare_again(run=run, by=awa, at=noon), noon)
    run.refresh_from_db()
    assert (run.state, run.dispatches.count()) == (RunState.PREPARED, 5)


def test_who_prepared_a_run_does_not_approve_it(prepared, awa, second_dpo, noon):
    runs.check(run=prepared, by=awa, at=noon)
    with pytest.raises(runs.NotTheSecondPerson):
        runs.approve(run=prepared, by=awa, at=noon)
    assert runs.approve(run=prepared, by=second_dpo, at=noon).state == RunState.APPROVED


def test_of_two_who_approve_at_once_one_is_told_that_somebody_was_first(prepared, awa, bruno, second_dpo, noon):
    runs.check(run=prepared, by=awa, at=noon)
    seen_by_both = Run.objects.select_related("incident__organisation").get()
    runs.approve(run=prepared, by=bruno, at=noon)
    with pytest.raises(runs.NotThisState):
        runs.approve(run=seen_by_both, by=second_dpo, at=noon)
    assert Run.objects.get().approved_by == bruno
    assert Entry.objects.filter(action="run.approved").count() == 1


@pytest.mark.parametrize("state", [RunState.PREPARED, RunState.CHECKED, RunState.APPROVED, RunState.PAUSED, RunState.CANCELLED])
def test_only_a_run_that_is_being_sent_gives_lines(sending, noon, state):
    Run.objects.update(state=state)
    assert ledger.claim(way=Channel.POST, at=noon, run=sending) == []
    assert ledger.open_segments(Channel.POST) == []


def test_the_post_claims_a_batch_prints_it_and_hands_it_over(sending, sealed, noon):
    assert ledger.open_segments(Channel.POST) == [(sending, sealed)]
    batch = ledger.claim(way=Channel.POST, at=noon, run=sending, letter=sealed)
    assert len(batch) == 3
    assert ledger.claim(way=Channel.POST, at=noon, run=sending) == []
    assert ledger.note_produced(batch, at=noon) == 3
    assert not runs.end_if_done(sending, noon)
    later = noon + timedelta(hours=2)
    assert ledger.note_handed_over(sending.dispatches.filter(way=Channel.POST), at=later, sent_at=later) == 3
    assert set(sending.dispatches.filter(way=Channel.POST).values_list("result", "sent_at")) == {(Result.SENT, later)}


def test_a_worker_whose_claim_ran_out_notes_nothing(sending, noon):
    slow = ledger.claim(way=Channel.POST, at=noon, run=sending)
    quick = ledger.claim(way=Channel.POST, at=noon + timedelta(minutes=6), run=sending)
    assert ledger.note_produced(slow, at=noon) == 0
    assert ledger.note_produced(quick, at=noon) == 3


def test_a_run_ends_at_exactly_a_hundred_percent_with_the_hash_of_its_ledger(sending, noon):
    for line in ledger.claim(way=Channel.EMAIL, at=noon, run=sending):
        ledger.note_sent(line, at=noon)
    assert ledger.whole(ledger.progress(sending)).percent == 40
    for line in ledger.claim(way=Channel.POST, at=noon, run=sending):
        ledger.note_sent(line, at=noon)
    assert ledger.whole(ledger.progress(sending)).percent == 100
    assert runs.end_due(noon) == 1
    sending.refresh_from_db()
    assert (sending.state, sending.ledger_sha256) == (RunState.DONE, ledger.sha256_of(sending))
    assert Entry.objects.get(action="run.ended").content.details["sent"] == 5


def test_cancelling_leaves_what_is_being_handed_over_and_stops_the_rest(sending, awa, noon):
    going = ledger.claim(way=Channel.EMAIL, at=noon, run=sending, most=1)[0]
    assert runs.cancel(run=sending, by=awa, at=noon) == 4
    assert ledger.note_sent(going, at=noon)
    assert ledger.totals(sending) == {"sent": 1, "cancelled": 4}


def test_a_message_whose_worker_died_before_a_cancelled_runs_note_may_have_left_and_the_line_says_so(sending, awa, noon):
    ledger.claim(way=Channel.EMAIL, at=noon, run=sending, most=1)
    runs.cancel(run=sending, by=awa, at=noon)
    runs.end_due(noon + timedelta(minutes=6))
    line = sending.dispatches.exclude(explanation="").get()
    assert line.result == Result.CANCELLED and "il est peut-être parti" in line.explanation


def test_whoever_was_told_by_one_run_is_left_out_of_the_next(sending, sealed, awa, noon):
    for line in ledger.claim(way=Channel.POST, at=noon, run=sending):
        ledger.note_sent(line, at=noon)
    runs.cancel(run=sending, by=awa, at=noon)
    following = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(following, noon)
    assert set(following.dispatches.values_list("way", flat=True)) == {Channel.EMAIL}
    assert runs.people_left_out(following) == 3


def test_a_letter_is_in_one_open_run_at_a_time(prepared, sealed, awa, noon):
    with pytest.raises(ValidationError, match=prepared.reference):
        runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)


def test_who_was_not_reached_is_tried_the_other_way_once(sending, awa, noon):
    line = ledger.claim(way=Channel.EMAIL, at=noon, run=sending, most=1)[0]
    ledger.note_failed(line, "550 no such mailbox", at=noon)
    line.refresh_from_db()
    second = ledger.try_second_way(dispatch=line, by=awa, at=noon)
    assert (second.way, second.instead_of, second.text_sha256) == (Channel.POST, line, line.text_sha256)
    with pytest.raises(ledger.NoSecondWay):
        ledger.try_second_way(dispatch=line, by=awa, at=noon)


def test_a_second_way_opens_a_run_that_had_ended(sending, awa, noon):
    for way in Channel.values:
        for line in ledger.claim(way=way, at=noon, run=sending):
            ledger.note_sent(line, at=noon)
    runs.end_due(noon)
    line = sending.dispatches.filter(way=Channel.EMAIL).first()
    assert ledger.note_returned(line, "mailbox unknown", by=awa, at=noon)
    assert not ledger.note_returned(line, "mailbox unknown", by=awa, at=noon)
    line.refresh_from_db()
    ledger.try_second_way(dispatch=line, by=awa, at=noon)
    assert Run.objects.get().state == RunState.SENDING


def test_the_same_person_of_a_run_always_has_the_same_message_id_and_it_names_nobody(prepared):
    line = prepared.dispatches.filter(way=Channel.EMAIL).first()
    assert line.message_id == ledger.message_id(prepared, line.recipient_id)
    assert "jeanne" not in line.message_id and len(line.message_id) == len("letter-") + 32


def test_the_letters_drawn_for_the_check_are_the_same_for_whoever_checks_again(prepared, sealed):
    assert preparing.drawn(prepared, sealed) == preparing.drawn(Run.objects.get(), sealed)
    assert preparing.longest(prepared, sealed)[0].recipient.number == 5


STEPS = {
    "check": RunState.PREPARED, "approve": RunState.CHECKED, "start": RunState.APPROVED, "pause": RunState.SENDING,
    "resume": RunState.PAUSED, "cancel": RunState.SENDING, "prepare_again": RunState.APPROVED,
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_without_its_entry_a_run_stays_as_it_was(sending, bruno, noon, broken_trail, step):
    Run.objects.update(state=STEPS[step])
    before, lines = Run.objects.values().get(), list(Dispatch.objects.order_by("pk").values())
    with broken_trail(), pytest.raises(TrailUnavailable):
        getattr(runs, step)(run=sending, by=bruno, at=noon + timedelta(hours=1))
    assert Run.objects.values().get() == before
    assert list(Dispatch.objects.order_by("pk").values()) == lines


def test_without_its_entry_no_run_is_prepared_and_none_ends(people, sealed, awa, bruno, noon, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    assert not Run.objects.exists()
    Run.objects.create(
        incident=sealed.incident, number=1, state=RunState.SENDING, seed=1, due_at=noon, prepared_at=noon, prepared_by=awa,
        approved_at=noon, approved_by=bruno,
    )
    with broken_trail(), pytest.raises(TrailUnavailable):
        runs.end_due(noon)
    assert Run.objects.get().state == RunState.SENDING


def test_without_its_entry_no_return_is_noted_and_no_second_way_is_tried(sending, awa, noon, broken_trail):
    line = ledger.claim(way=Channel.EMAIL, at=noon, run=sending, most=1)[0]
    ledger.note_sent(line, at=noon)
    with broken_trail(), pytest.raises(TrailUnavailable):
        ledger.note_returned(line, "mailbox unknown", by=awa, at=noon)
    line.refresh_from_db()
    assert (line.result, line.returned_at, line.explanation) == (Result.SENT, None, "")
    ledger.note_returned(line, "mailbox unknown", by=awa, at=noon)
    line.refresh_from_db()
    Run.objects.update(state=RunState.DONE)
    with broken_trail(), pytest.raises(TrailUnavailable):
        ledger.try_second_way(dispatch=line, by=awa, at=noon)
    assert (sending.dispatches.count(), Run.objects.get().state) == (5, RunState.DONE)


@pytest.fixture
def woken(monkeypatch):
    """The wake-ups that were sent to the workers."""
    found = []
    monkeypatch.setattr(app, "send_task", lambda name, **_options: found.append(name))
    return found


def test_a_worker_begins_at_once_when_a_run_is_started_resumed_or_tries_a_second_way(
    prepared, awa, bruno, noon, woken, django_capture_on_commit_callbacks
):
    runs.approve(run=runs.check(run=prepared, by=awa, at=noon), by=bruno, at=noon)
    with django_capture_on_commit_callbacks(execute=True):
        runs.start(run=prepared, by=awa, at=noon)
    assert woken == [SWEEP]
    with django_capture_on_commit_callbacks(execute=True):
        runs.resume(run=runs.pause(run=prepared, by=awa, at=noon), by=awa, at=noon)
    assert woken == [SWEEP] * 2
    line = ledger.claim(way=Channel.EMAIL, at=noon, run=prepared, most=1)[0]
    ledger.note_failed(line, "550 no such mailbox", at=noon)
    line.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        ledger.try_second_way(dispatch=line, by=awa, at=noon)
    assert woken == [SWEEP] * 3


def test_a_large_run_is_prepared_by_a_worker_that_is_woken_up(people, sealed, awa, noon, woken, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(preparing, "SMALL", 4)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    with django_capture_on_commit_callbacks(execute=True):
        preparing.prepare_now(run, noon)
    assert woken == [SWEEP] and not run.dispatches.exists()
    preparing.prepare_due(noon)
    assert run.dispatches.count() == 5


def test_the_ledger_as_csv_names_nobody(prepared):
    text = "".join(ledger.lines(prepared))
    assert text.count("\n") == 6 and "HOP-2026-0001-L1-000004" in text
    assert "Martin" not in text and "example.net" not in text
