"""Only the day of the awareness is known: it counts from 00:00 of that day, also when the breach began later on it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.register import actions, awareness, instants
from breachreg.register.models import InstantKind, StatementState

MIDNIGHT = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)  # 00:00 of the tenth of March in Paris


def aware_on_the_day(incident, by, at, day=MIDNIGHT):
    return awareness.become_aware(
        incident=incident, aware_at=day, stated_by="Accueil", evidence="Appel", is_date_only=True, by=by, at=at
    )


@pytest.fixture
def begun(breach, awa, noon):
    """A breach that began at 10:00, two hours before noon."""
    return instants.state_instant(
        incident=breach, kind=InstantKind.OCCURRED_FROM, instant=noon - timedelta(hours=2), by=awa, at=noon, stated_by="Journal"
    )


def test_the_day_on_which_the_breach_began_is_taken_and_counts_from_midnight(begun, awa, noon):
    incident = aware_on_the_day(begun, awa, noon)
    assert (incident.aware_at, incident.is_aware_day_only) == (MIDNIGHT, True)
    assert incident.deadlines.get().due_at == MIDNIGHT + timedelta(hours=72)


def test_the_start_is_stated_after_a_day_of_awareness_too(breach, awa, noon):
    incident = aware_on_the_day(breach, awa, noon)
    incident = instants.state_instant(
        incident=incident, kind=InstantKind.OCCURRED_FROM, instant=noon - timedelta(hours=2), by=awa, at=noon, stated_by="Journal"
    )
    assert incident.occurred_from > incident.aware_at == MIDNIGHT


def test_the_day_before_the_breach_began_is_refused_at_its_question(begun, awa, noon):
    with pytest.raises(ValidationError) as refused:
        aware_on_the_day(begun, awa, noon, MIDNIGHT - timedelta(days=1))
    assert "instant" in refused.value.message_dict


def test_a_start_on_the_day_after_the_awareness_is_refused(breach, awa, noon):
    incident = aware_on_the_day(breach, awa, noon, MIDNIGHT - timedelta(days=1))
    with pytest.raises(ValidationError):
        instants.state_instant(
            incident=incident, kind=InstantKind.OCCURRED_FROM, instant=noon - timedelta(hours=2), by=awa, at=noon, stated_by="Journal"
        )


def test_the_time_proposed_later_is_checked_to_the_minute_and_settled_by_a_second_person(begun, awa, bruno, noon):
    incident = aware_on_the_day(begun, awa, noon)
    said = {"incident": incident, "stated_by": "Accueil", "evidence": "Registre des appels", "reason": "Heure connue", "by": awa, "at": noon}
    with pytest.raises(ValidationError):
        awareness.propose_awareness(aware_at=noon - timedelta(hours=3), **said)
    statement = awareness.propose_awareness(aware_at=noon - timedelta(hours=1), **said)
    assert incident.deadlines.get().due_at == MIDNIGHT + timedelta(hours=72)  # the strict one, until it is settled
    settled = awareness.settle_awareness(statement=statement, accept=True, note="", by=bruno, at=noon)
    assert (settled.aware_at, settled.is_aware_day_only) == (noon - timedelta(hours=1), False)
    assert settled.deadlines.get().due_at == noon + timedelta(hours=71)
    assert settled.statements.get(kind="aware", state=StatementState.REPLACED).is_date_only


def test_the_database_still_refuses_an_exact_awareness_before_the_start(begun, awa, noon):
    incident = aware_on_the_day(begun, awa, noon)
    with pytest.raises(ValidationError):
        actions.amend_facts(incident=incident, by=awa, at=noon, is_aware_day_only=False)


def test_the_page_takes_the_day_and_says_from_when_it_counts(client, begun, awa):
    client.force_login(awa)
    said = {"version": begun.version, "instant_day": "2026-03-10", "instant_time": "", "stated_by": "Accueil", "evidence": "Appel"}
    page = client.post(reverse("aware", args=["hopital", begun.reference]), said, follow=True).content.decode()
    assert "Le délai court depuis 00\u00a0h\u00a000" in page
    begun.refresh_from_db()
    assert begun.aware_at == MIDNIGHT


def test_an_exact_instant_before_the_start_is_refused_at_its_question_with_the_remedy(client, begun, awa):
    client.force_login(awa)
    said = {"version": begun.version, "instant_day": "2026-03-10", "instant_time": "09:00", "stated_by": "Accueil", "evidence": "Appel"}
    answer = client.post(reverse("aware", args=["hopital", begun.reference]), said)
    assert answer.status_code == 422
    assert answer.context["form"].errors["instant"]


def test_a_proposed_instant_that_is_an_estimate_is_kept_as_one(client, aware, awa, time_machine, noon):
    time_machine.move_to(noon + timedelta(hours=2), tick=False)
    client.force_login(awa)
    said = {
        "instant_day": "2026-03-10", "instant_time": "11:00", "is_estimated": "on", "stated_by": "Accueil", "evidence": "Appel",
        "reason": "Un appel plus tôt.",
    }
    assert client.post(reverse("aware", args=["hopital", aware.reference]), said).status_code == 302
    assert aware.statements.get(state=StatementState.PENDING).is_estimated
