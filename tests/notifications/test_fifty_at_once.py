"""Fifty people press at the same moment: one wins, the others get a clear conflict that loses none of their text."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection

from breachreg.accounts import actions as accounts
from breachreg.accounts.models import Role
from breachreg.notifications import actions, document, review
from breachreg.notifications.models import Notification, Review, Seal, State

PEOPLE = 50


@pytest.fixture
def reviewers(hospital, noon):
    people = []
    for number in range(PEOPLE):
        person = accounts.add_person(email=f"juriste{number}@example.org", full_name=f"Juriste {number}", by=None, at=noon)
        accounts.give_role(user=person, organisation=hospital, role=Role.LEGAL_REVIEWER, by=None, at=noon)
        people.append(person)
    return people


def all_at_once(verbs):
    """Run every verb in a thread of its own, all released together; what each gave or raised, in their order."""
    results = [None] * len(verbs)
    barrier = threading.Barrier(len(verbs))

    def run(place, verb):
        barrier.wait()
        try:
            results[place] = verb()
        except (actions.Conflict, actions.NotNow) as error:
            results[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


@pytest.mark.django_db(transaction=True)
def test_fifty_approvals_at_once_make_one(submitted, reviewers, noon):
    document.warm_up()
    at = noon + timedelta(hours=4)
    results = all_at_once([
        lambda person=person: review.approve(notification=submitted, seen=submitted.version, by=person, at=at)
        for person in reviewers
    ])
    conflicts = [result for result in results if isinstance(result, actions.Conflict)]
    assert len(conflicts) == PEOPLE - 1
    assert all(conflict.notification.state == State.APPROVED for conflict in conflicts)
    assert Notification.objects.get().version == submitted.version + 1
    assert Seal.objects.count() == 2
    assert Review.objects.filter(outcome="approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_answers_to_one_question_at_once_keep_one_and_return_the_others(draft, awa, noon):
    at = noon + timedelta(hours=3)
    results = all_at_once([
        lambda number=number: actions.write(
            notification=draft, seen=1, values={"measures_after": f"Mesure {number}."}, by=awa, at=at
        )
        for number in range(PEOPLE)
    ])
    conflicts = [result for result in results if isinstance(result, actions.Conflict)]
    assert len(conflicts) == PEOPLE - 1
    assert {conflict.fields for conflict in conflicts} == {("measures_after",)}
    assert Notification.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_two_dpos_drafting_at_once_draft_one(represented, told, awa, second_dpo, noon):
    from breachreg.register.models import FilingKind

    def draft(person):
        try:
            return actions.draft(incident=told, kind=FilingKind.INITIAL, by=person, at=noon + timedelta(hours=2))
        except actions.AlreadyOpen as error:
            return error

    results = all_at_once([lambda person=person: draft(person) for person in (awa, second_dpo)])
    assert sorted(type(result).__name__ for result in results) == ["AlreadyOpen", "Notification"]
    assert Notification.objects.count() == 1
