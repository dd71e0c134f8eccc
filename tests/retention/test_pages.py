"""The pages of retention, as a DPO, a second one, a reviewer and an auditor see them."""

import uuid

import pytest
import time_machine
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.register import holds
from breachreg.register.models import LegalHold, Tombstone
from breachreg.retention import proposals, purge
from breachreg.retention.models import Going, PurgeProposal


@pytest.fixture
def visit(client, later):
    """Opens or posts to a page of the hospital as somebody, long after; gives the answer."""

    def go(who, name, *args, data=None, language="en", **query):
        address = reverse(name, args=["hopital", *args])
        with time_machine.travel(later, tick=False):  # the session begins then, too
            client.force_login(who)
            ask = client.get if data is None else client.post
            return ask(address, query if data is None else data, headers={"accept-language": language}, follow=data is not None)

    return go


@pytest.fixture
def english(awa, second_dpo, bruno, chloe):
    for user in (awa, second_dpo, bruno, chloe):
        user.language = "en"
        user.save(update_fields=["language"])


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_purge_from_the_preview_to_the_tombstone(english, visit, closed, awa, second_dpo, later):
    incident = closed("Clé USB de la pharmacie")
    page = words(visit(awa, "retention"))
    assert "Clé USB de la pharmacie" in page
    assert "Propose the purge of 1 incident" in page
    assert "entries of the trail lose their words" in page
    page = words(visit(awa, "purge-propose", data={"submission": str(uuid.uuid4())}))
    assert "a second DPO or a legal reviewer has to approve it" in page
    assert "Approve the purge" not in page
    assert "waits for a second person" in words(visit(second_dpo, "retention"))
    page = words(visit(second_dpo, "purge-answer", 1, data={"answer": "approve"}))
    assert "It runs in the background" in page
    purge.purge_due(later)
    page = words(visit(second_dpo, "purge", 1))
    assert incident.reference in page and "Clé USB" not in page
    assert incident.reference in words(visit(awa, "purged", q=incident.reference.lower()))
    assert incident.reference not in words(visit(awa, "purged", q="9999"))
    assert visit(awa, "incident", incident.reference).status_code == 410


def test_the_addresses_of_a_purged_incident_say_what_is_left_of_it(english, visit, closed, approved, awa, chloe, farid, rose, later):
    """Links to it stand in mails, tickets and files that people took."""
    incident = closed("Clé USB perdue")
    reference = incident.reference
    proposal = approved(later)
    purge.purge_due(later)
    assert Going.objects.get(proposal=proposal).purged_at
    for name in ("incident", "facts", "incident-trail", "incident-pack", "notification"):
        answer = visit(chloe, name, reference)
        assert answer.status_code == 410
        assert "This incident was purged" in words(answer) and reference in words(answer)
        assert "Clé USB" not in words(answer)
    assert visit(chloe, "incident", "HOP-2026-0099").status_code == 404
    assert visit(farid, "incident", reference).status_code == 403
    assert visit(rose, "report_receipt", reference).status_code == 404


def test_what_hangs_on_an_incident_is_counted(english, visit, closed, awa):
    incident = closed()
    page = visit(awa, "retention")
    weight = page.context["lines"][0]["weight"]
    assert weight.words == Entry.objects.in_file_of(incident).count()
    assert (weight.files, weight.row_count) == (0, sum(weight.rows.values()))
    assert dict(weight.rows) == {"register": 1 + incident.timeline.count()}


def test_the_preview_takes_as_many_queries_with_ten_incidents_as_with_two(visit, closed, awa, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(130) as counted:
            assert visit(awa, "retention").status_code == 200
        return len(counted)

    closed("Un"), closed("Deux")
    queries()
    few = queries()
    for number in range(8):
        closed(f"Encore {number}")
    assert queries() == few


def test_looking_at_what_is_due_is_recorded(visit, closed, chloe):
    closed()
    visit(chloe, "retention")
    entry = Entry.objects.get(action="retention.looked_at")
    assert (entry.actor_id, entry.content.details) == (chloe.pk, {"due": 1})


def test_the_person_who_proposed_cannot_approve_from_the_page(english, visit, closed, awa, hospital, later):
    closed()
    proposals.propose(organisation=hospital, by=awa, at=later)
    page = words(visit(awa, "purge-answer", 1, data={"answer": "approve"}))
    assert "somebody else has to approve it" in page
    assert PurgeProposal.objects.get().is_waiting
    assert "is withdrawn" in words(visit(awa, "purge-answer", 1, data={"answer": "withdraw"}))


def test_a_refusal_without_its_reason_says_so(english, visit, closed, awa, bruno, hospital, later):
    closed()
    proposals.propose(organisation=hospital, by=awa, at=later)
    answer = visit(bruno, "purge-answer", 1, data={"answer": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert "Write why: the person who proposed the purge has to know." in words(answer)
    assert "is refused" in words(visit(bruno, "purge-answer", 1, data={"answer": "refuse", "reason": "Un contrôle."}))


def test_a_second_proposal_is_told_of_the_first(english, visit, closed, awa, second_dpo, hospital, later):
    closed()
    proposals.propose(organisation=hospital, by=awa, at=later)
    assert "waits for its second person already" in words(visit(second_dpo, "purge-propose", data={"submission": str(uuid.uuid4())}))


def test_a_purge_tells_what_would_be_kept(english, visit, closed, awa, second_dpo, hospital, later):
    incident = closed()
    proposals.propose(organisation=hospital, by=awa, at=later)
    holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=later)
    assert "would be kept: a legal hold is in force" in words(visit(second_dpo, "purge", 1)).lower()


def test_what_failed_too_often_is_told_and_tried_again(english, visit, closed, approved, awa, later):
    closed()
    approved(later)
    Going.objects.update(parked_at=later, trouble="OSError: disk", attempts=8)
    page = words(visit(awa, "purge", 1))
    assert "could not be purged after several tries" in page and "OSError: disk" in page
    assert "tried again in the background" in words(visit(awa, "purge-again", 1, data={}))
    assert purge.purge_due(later) == 1
    assert Tombstone.objects.exists()


def test_a_running_purge_tells_how_far_it_is(english, visit, closed, approved, awa, later):
    closed("Un"), closed("Deux")
    approved(later)
    assert "hx-get" in words(visit(awa, "purge-progress", 1))
    purge.purge_due(later)
    page = words(visit(awa, "purge-progress", 1))
    assert "hx-get" not in page and "2 of 2" in page


class TestHolds:
    def test_one_is_set_and_lifted_with_reasons(self, english, visit, closed, awa):
        incident = closed()
        assert "It may be purged from" not in words(visit(awa, "hold", incident.reference))
        page = words(visit(awa, "hold", incident.reference, data={"reason": "Contentieux n° 12"}))
        assert "The hold is set" in page and "Contentieux n° 12" in page
        assert "Contentieux n° 12" in words(visit(awa, "retention"))
        assert "On legal hold" in words(visit(awa, "incident", incident.reference))
        page = words(visit(awa, "hold", incident.reference, data={"reason": "Jugement définitif"}))
        assert "The hold is lifted" in page and "Jugement définitif" in page
        assert not LegalHold.objects.get().is_in_force

    def test_without_a_reason_nothing_is_set(self, visit, closed, awa):
        incident = closed()
        assert visit(awa, "hold", incident.reference, data={"reason": " "}).status_code == 422
        assert not LegalHold.objects.exists()

    def test_an_auditor_reads_them_and_sets_none(self, english, visit, closed, chloe):
        incident = closed()
        assert "Set the hold" not in words(visit(chloe, "hold", incident.reference))
        assert visit(chloe, "hold", incident.reference, data={"reason": "x"}).status_code == 403


def test_the_administrator_sets_the_period_without_seeing_incidents(visit, closed, hospital, farid):
    closed("Clé USB de la pharmacie")
    assert visit(farid, "retention").status_code == 403
    assert visit(farid, "retention-period", data={"years": "40"}).status_code == 422
    assert visit(farid, "retention-period", data={"years": "6"}).status_code == 200
    hospital.refresh_from_db()
    assert hospital.kept_years == 6


def test_in_french_it_is_french(visit, closed, awa):
    closed()
    page = words(visit(awa, "retention"))
    assert "Proposer la purge de 1 incident" in page
