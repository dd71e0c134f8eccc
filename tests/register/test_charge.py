"""A person takes charge of an incident, and the reminders follow; a reopened decision tells who decided, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg import tasks
from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import actions, assessments, charge, notices, reminders
from breachreg.register.models import Duty, Notice, TimelineEntry
from tests.audit.conftest import broken_trail  # noqa: F401


def hours(noon, count):
    return noon + timedelta(hours=count)


def take(incident, owner, by, at):
    incident.refresh_from_db()
    return charge.put_in_charge(incident=incident, owner=owner, by=by, at=at)


def waiting_for(incident, step="before_24"):
    rows = incident.deadlines.get(rule="gdpr_33").reminders.filter(step=step, cancelled_at=None, done_at=None)
    return {row.recipient for row in rows}


def test_reminders_that_have_not_left_go_to_who_takes_charge(second_dpo, aware, awa, noon):
    assert waiting_for(aware) == {awa, second_dpo}
    taken = take(aware, second_dpo, awa, hours(noon, 1))
    assert taken.owner == second_dpo
    assert waiting_for(aware) == {second_dpo} and waiting_for(aware, "before_12") == {awa, second_dpo}
    assert Entry.objects.filter(action="incident.charged").count() == 1
    assert TimelineEntry.objects.get(incident=aware, event="incident.charged").text == second_dpo.full_name
    reminders.send_due(hours(noon, 25))
    assert [message.to for message in mail.outbox] == [[second_dpo.email]]


def test_to_hand_over_sends_nothing_twice(second_dpo, aware, awa, noon):
    take(aware, awa, awa, hours(noon, 1))
    reminders.send_due(hours(noon, 25))
    take(aware, second_dpo, awa, hours(noon, 26))
    take(aware, None, second_dpo, hours(noon, 27))
    reminders.send_due(hours(noon, 28))
    assert [message.to for message in mail.outbox] == [[awa.email]]
    assert waiting_for(aware) == {awa, second_dpo}


def test_the_same_person_again_changes_nothing(aware, awa, noon):
    take(aware, awa, awa, hours(noon, 1))
    take(aware, awa, awa, hours(noon, 2))
    assert Entry.objects.filter(action="incident.charged").count() == 1


def test_only_who_manages_incidents_here_takes_charge(aware, awa, bruno, dan, noon):
    for person in (bruno, dan):
        with pytest.raises(ValidationError):
            take(aware, person, awa, noon)


def test_nobody_takes_charge_of_a_closed_incident(aware, awa, noon):
    aware.refresh_from_db()
    actions.close_incident(incident=aware, lessons=None, by=awa, at=noon)
    with pytest.raises(actions.AlreadyClosed):
        take(aware, awa, awa, noon)


def test_when_the_trail_can_not_be_written_nobody_is_in_charge(aware, awa, noon, broken_trail):  # noqa: F811
    with broken_trail(), pytest.raises(TrailUnavailable):
        take(aware, awa, awa, noon)
    aware.refresh_from_db()
    assert aware.owner is None


def test_a_person_takes_charge_on_the_page(client, aware, awa):
    client.force_login(awa)
    place = ["hopital", aware.reference]
    address = reverse("charge", args=place)
    assert f'<option value="{awa.pk}" selected>' in client.get(address).content.decode()
    aware.refresh_from_db()
    stale = client.post(address, {"version": aware.version - 1, "owner": awa.pk})
    assert stale.status_code == 422
    client.post(address, {"version": aware.version, "owner": awa.pk})
    assert "En charge\u00a0: Awa Diallo" in client.get(reverse("incident", args=place)).content.decode()


@pytest.fixture
def reopened(aware, awa, second_dpo, noon):
    """A decision not to notify, confirmed, then overtaken by the facts."""
    aware.refresh_from_db()
    light = {"natures": ("confidentiality",), "origins": ("wrong_recipient",), "causes": ("internal_accidental",),
             "data_categories": ("contact",), "sensitive_categories": (), "people_low": 2, "people_likely": 2, "people_high": 2}  # fmt: skip
    aware = actions.amend_facts(incident=aware, by=awa, at=noon, **light)
    answers = {"recipients": "few_known", "recipient_trusted": True, "deletion_confirmed": True, "protection": "none", "identity": "name_or_contact"}
    made = assessments.assess(incident=aware, answers=answers, by=awa, at=hours(noon, 1))
    aware.refresh_from_db()
    decision = assessments.decide(
        incident=aware, assessment=made, duty=Duty.REGISTER_ONLY, reasons="Supprimé, confirmé par écrit.", departure_reasons=None,
        by=awa, at=hours(noon, 1),
    )
    assessments.settle_decision(decision=decision, accept=True, note="", by=second_dpo, at=hours(noon, 2))
    aware.refresh_from_db()
    actions.amend_facts(incident=aware, by=second_dpo, at=hours(noon, 3), data_categories=("contact", "social_security_number"),
                        risk_facts=answers | {"deletion_confirmed": False})  # fmt: skip
    decision.refresh_from_db()
    return decision


def test_a_reopened_decision_writes_to_who_decided_and_to_who_acts_once(reopened, awa, second_dpo, noon):
    assert reopened.state == "reopened"
    assert reopened.incident.tasks.filter(origin="decision.reopened", owner=awa).count() == 1
    tasks.sweep_at(hours(noon, 3))
    tasks.sweep_at(hours(noon, 4))
    told = [message for message in mail.outbox if "décidez de nouveau" in message.subject]
    assert sorted(message.to[0] for message in told) == sorted([awa.email, second_dpo.email])
    assert reverse("assess", args=["hopital", reopened.incident.reference]) in told[0].body
    assert Entry.objects.filter(action="notice.sent").count() == 2


def test_a_mail_server_that_refuses_loses_no_message(reopened, noon, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert notices.send_due(hours(noon, 3)) == 0
    assert Notice.objects.filter(done_at=None).count() == 2
    assert Notice.objects.exclude(trouble="").count() == 1  # the other need not ask a server that is away
    assert not Entry.objects.filter(action="notice.sent").exists()
