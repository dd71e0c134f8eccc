"""Each rule finds what it speaks of, leaves alone what is in order, and says since when and where."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from breachreg.audit.models import Entry
from breachreg.exports import finders, trail  # noqa: F401  (finders: what the exports answer)
from breachreg.exports.models import Channel, Delivery
from breachreg.law.datafile import BadData, DataFile
from breachreg.letters.models import Letter, LetterState
from breachreg.notifications.models import Notification, State
from breachreg.register import actions as register
from breachreg.register import assessments, awareness, filings, promises, work
from breachreg.register.models import Decision, DecisionState, Duty, Filing, FilingKind, Incident
from breachreg.scrutiny import findings, rules, tickets
from breachreg.scrutiny.models import Ticket

DAY = timedelta(days=1)
LATER = timedelta(days=60)


def since(code: str, hospital, at) -> list:
    """Since when the rule finds something, row by row."""
    return [row.since for row in findings.rows(rules.rules()[code], hospital, at)]


def decide(incident, by, at, duty=Duty.NOTIFY):
    """A decision on a fresh assessment, with reasons for departing where it departs."""
    assessment = assessments.assess(incident=incident, answers={}, by=by, at=at)
    incident.refresh_from_db()
    departs = assessment.recommended_duty != duty
    return assessments.decide(
        incident=incident, assessment=assessment, duty=duty, reasons="Vu les faits.", by=by, at=at,
        departure_reasons="Le disque est chiffré." if departs else None,
    )


@pytest.fixture
def filed(aware, awa, noon):
    """Notified in time, with a receipt, as the initial notification."""
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=noon + DAY, receipt_number="CNIL-1", by=awa, at=noon + DAY
    )
    aware.refresh_from_db()
    return aware


def test_every_rule_has_its_finder():
    assert rules.without_finder() == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_rule_speaks_both_languages(language):
    with override(language):
        for rule in rules.rules().values():
            assert rule.sentence.endswith((".", "?")) and "{" not in rule.sentence and rule.why and str(rule.severity_label)
            assert ("art." in rule.source) == (language == "fr" and "GDPR" in rule.article)


def test_a_rule_of_an_unknown_severity_is_named(tmp_path):
    file = tmp_path / "findings.toml"
    file.write_text(rules.DATA.read_text(encoding="utf-8").replace('severity = "low"', 'severity = "huge"'), encoding="utf-8")
    with pytest.raises(BadData, match=r"promise_overdue: severity is one of"):
        rules.read(DataFile(file))


def test_an_incident_that_nobody_qualified(incident, hospital, noon):
    assert since("not_qualified", hospital, noon + 2 * DAY) == []
    assert since("not_qualified", hospital, noon + 4 * DAY) == [noon]


def test_what_was_qualified_or_imported_is_no_unqualified_incident(breach, hospital, awa, noon):
    register.report_incident(organisation=hospital, title="Ancien", by=awa, at=noon, is_imported=True)
    assert since("not_qualified", hospital, noon + LATER) == []


def test_a_breach_without_awareness(breach, hospital, awa, noon):
    assert since("no_awareness", hospital, noon + DAY) == [breach.qualified_at]
    awareness.become_aware(incident=breach, aware_at=noon, stated_by="Awa", evidence="Appel", by=awa, at=noon + DAY)
    assert since("no_awareness", hospital, noon + DAY) == []


def test_a_change_of_the_awareness_that_nobody_confirms(aware, hospital, awa, second_dpo, noon):
    statement = awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(minutes=5), stated_by="Awa", evidence="Journal", reason="Exact",
        by=awa, at=noon + timedelta(hours=1),
    )
    assert since("awareness_pending", hospital, noon + DAY) == []
    assert since("awareness_pending", hospital, noon + 4 * DAY) == [noon + timedelta(hours=1)]
    awareness.settle_awareness(statement=statement, accept=True, note="", by=second_dpo, at=noon + 4 * DAY)
    assert since("awareness_pending", hospital, noon + 5 * DAY) == []


def test_a_breach_without_a_decision(aware, hospital, awa, noon):
    assert since("no_decision", hospital, noon + 4 * DAY) == [aware.qualified_at]
    decide(aware, awa, noon + DAY)
    assert since("no_decision", hospital, noon + 4 * DAY) == []


def test_a_reopened_decision_is_none(aware, hospital, awa, noon):
    decision = decide(aware, awa, noon + DAY)
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.REOPENED)
    assert since("no_decision", hospital, noon + 4 * DAY) == [aware.qualified_at]


def test_a_decision_not_to_notify_without_its_second(aware, hospital, awa, second_dpo, noon):
    decision = decide(aware, awa, noon, duty=Duty.REGISTER_ONLY)
    assert since("second_missing", hospital, noon + DAY) == []
    assert since("second_missing", hospital, noon + 4 * DAY) == [noon]
    assessments.settle_decision(decision=decision, accept=True, note="", by=second_dpo, at=noon + 4 * DAY)
    assert since("second_missing", hospital, noon + 9 * DAY) == []


def test_a_departure_without_reasons(aware, hospital, awa, noon):
    decision = decide(aware, awa, noon, duty=Duty.REGISTER_ONLY)
    assert decision.duty != decision.assessment.recommended_duty
    assert since("departs_without_reasons", hospital, noon + DAY) == []
    Decision.objects.filter(pk=decision.pk).update(departure_reasons="")
    assert since("departs_without_reasons", hospital, noon + DAY) == [noon]


def test_to_be_notified_and_never_filed(aware, hospital, awa, noon):
    decide(aware, awa, noon)
    assert since("not_filed", hospital, noon + 2 * DAY) == []
    assert since("not_filed", hospital, noon + 4 * DAY) == [noon + 3 * DAY]


def test_what_is_filed_is_not_missing(filed, hospital, awa, noon):
    assert since("not_filed", hospital, noon + 9 * DAY) == []


def test_a_late_filing_without_reasons(aware, hospital, awa, noon):
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=noon + 5 * DAY, receipt_number="1", by=awa, at=noon + 5 * DAY,
        delay_reasons="Certitude tardive.",
    )
    assert since("late_without_reasons", hospital, noon + 6 * DAY) == []
    Incident.objects.filter(pk=aware.pk).update(delay_reasons=None)
    assert since("late_without_reasons", hospital, noon + 6 * DAY) == [noon + 3 * DAY]


def test_a_filing_in_time_needs_no_reasons(filed, hospital, noon):
    assert since("late_without_reasons", hospital, noon + LATER) == []


def test_a_filing_without_a_receipt(filed, hospital, noon):
    assert since("no_receipt", hospital, noon + 9 * DAY) == []
    Filing.objects.update(receipt_number=None)
    assert since("no_receipt", hospital, noon + 9 * DAY) == [noon + DAY]


def test_an_initial_notification_that_is_never_completed(filed, hospital, awa, noon):
    assert since("complement_missing", hospital, noon + 20 * DAY) == []
    assert since("complement_missing", hospital, noon + 40 * DAY) == [noon + DAY]
    filings.record_filing(
        incident=filed, kind=FilingKind.COMPLEMENTARY, filed_at=noon + 40 * DAY, receipt_number="2", by=awa, at=noon + 40 * DAY
    )
    assert since("complement_missing", hospital, noon + 50 * DAY) == []


def notification(incident, by, at, **columns):
    return Notification.objects.create(
        incident=incident, number=1, kind=FilingKind.INITIAL, drafted_at=at, drafted_by=by, **columns
    )


def test_an_approved_notification_that_never_leaves(aware, hospital, awa, bruno, noon):
    notification(aware, awa, noon, state=State.APPROVED, approved_at=noon, approved_by=bruno)
    assert since("approved_not_filed", hospital, noon + DAY) == []
    assert since("approved_not_filed", hospital, noon + 3 * DAY) == [noon]


def test_the_fast_lane_without_its_later_review(filed, hospital, awa, bruno, noon):
    fast = notification(
        filed, awa, noon, state=State.FILED, filing=Filing.objects.get(), unapproved_reason="Une heure reste.",
        unapproved_at=noon + DAY, unapproved_by=awa,
    )
    assert since("not_reviewed_after", hospital, noon + 2 * DAY) == []
    assert since("not_reviewed_after", hospital, noon + 9 * DAY) == [noon + DAY]
    Notification.objects.filter(pk=fast.pk).update(
        reviewed_after_at=noon + 9 * DAY, reviewed_after_by=bruno, reviewed_after_note="Rien à dire."
    )
    assert since("not_reviewed_after", hospital, noon + 9 * DAY) == []


def test_letters_that_were_promised_and_not_sent(aware, hospital, awa, noon):
    planned = (noon + DAY).date()
    told = register.amend_facts(incident=aware, by=awa, at=noon, communication="planned", telling_planned_on=planned)
    assert since("promised_and_not_told", hospital, noon + DAY) == []
    assert [found.date() for found in since("promised_and_not_told", hospital, noon + 2 * DAY)] == [planned]
    register.amend_facts(incident=told, by=awa, at=noon + 2 * DAY, communication="informed", told_on=planned)
    assert since("promised_and_not_told", hospital, noon + 3 * DAY) == []


def test_a_high_risk_of_which_nobody_is_told(aware, hospital, awa, noon):
    decide(aware, awa, noon, duty=Duty.NOTIFY_AND_TELL)
    assert since("high_risk_not_told", hospital, noon + 6 * DAY) == []
    assert since("high_risk_not_told", hospital, noon + 8 * DAY) == [noon]
    aware.refresh_from_db()
    register.amend_facts(incident=aware, by=awa, at=noon + 8 * DAY, telling_planned_on=(noon + LATER).date())
    assert since("high_risk_not_told", hospital, noon + 9 * DAY) == []


def test_an_exemption_without_its_evidence(aware, hospital, awa, noon):
    exempt = register.amend_facts(incident=aware, by=awa, at=noon, not_telling_reason="protection_before")
    assert since("exemption_without_evidence", hospital, noon + DAY) == [noon]
    register.amend_facts(incident=exempt, by=awa, at=noon, not_telling_evidence="Chiffrement AES-256, clé intacte.")
    assert since("exemption_without_evidence", hospital, noon + DAY) == []


def test_an_approved_letter_that_never_leaves(aware, hospital, awa, bruno, noon):
    Letter.objects.create(
        incident=aware, number=1, language="fr", subject="Vos données", created_at=noon, created_by=awa, approved_at=noon,
        approved_by=bruno, state=LetterState.APPROVED, sealed_text="Madame", sealed_sha256="0" * 64,
    )
    assert since("letter_not_sent", hospital, noon + 6 * DAY) == []
    assert since("letter_not_sent", hospital, noon + 8 * DAY) == [noon]


def test_a_promised_fact_that_is_overdue(aware, hospital, awa, noon):
    promises.promise_fact(
        incident=aware, field="people", owed_by_user=awa, promised_for=noon + DAY, by=awa, at=noon
    )
    assert since("promise_overdue", hospital, noon + timedelta(hours=20)) == []
    assert since("promise_overdue", hospital, noon + 2 * DAY) == [noon + DAY]
    register.amend_facts(incident=aware, by=awa, at=noon + 2 * DAY, people_likely=12)
    assert since("promise_overdue", hospital, noon + 2 * DAY) == []


def test_closed_with_tasks_and_unknowns(aware, hospital, awa, noon):
    task = work.give_task(incident=aware, what="Chiffrer les portables", by=awa, at=noon)
    register.close_incident(incident=aware, lessons="Chiffrer.", by=awa, at=noon + DAY)
    assert since("closed_with_tasks", hospital, noon + 2 * DAY) == [noon + DAY]
    assert since("closed_with_unknowns", hospital, noon + 2 * DAY) == [noon + DAY]
    work.finish_task(task=task, by=awa, at=noon + 2 * DAY)
    assert since("closed_with_tasks", hospital, noon + 2 * DAY) == []


def test_closed_with_every_fact_is_in_order(aware, hospital, awa, noon):
    known = register.amend_facts(
        incident=aware, by=awa, at=noon, natures=("confidentiality",), data_categories=("contact",), people_likely=3,
        measures_after="Chiffrement.",
    )
    register.close_incident(incident=known, lessons=None, by=awa, at=noon + DAY)
    assert since("closed_with_unknowns", hospital, noon + 2 * DAY) == []


def test_a_ticket_without_an_incident(imported, incident, hospital, awa, noon):
    assert len(since("ticket_without_entry", hospital, noon)) == 2
    tickets.note_on(incident=incident, number="inc-0041", by=awa, at=noon)
    tickets.dismiss(ticket=Ticket.objects.get(key="INC-0042"), reason="Une imprimante.", by=awa, at=noon)
    assert since("ticket_without_entry", hospital, noon) == []


def test_a_checkpoint_that_never_arrives(hospital, awa, noon):
    trail.add_destination(organisation=hospital, channel=Channel.EMAIL, address="temoin@example.net", by=awa, at=noon)
    trail.make_checkpoint(organisation=hospital, by=awa, at=noon, reason="asked")
    assert since("checkpoint_not_delivered", hospital, noon + timedelta(hours=1)) == []
    assert since("checkpoint_not_delivered", hospital, noon + 2 * DAY) == [noon]
    Delivery.objects.update(done_at=noon + DAY)
    assert since("checkpoint_not_delivered", hospital, noon + 2 * DAY) == []


def test_a_filing_that_an_earlier_awareness_makes_late_needs_reasons(filed, hospital, awa, bruno, noon):
    """Filed a day after what was believed; it was four days after what two people now say."""
    statement = awareness.propose_awareness(
        incident=filed, aware_at=noon - 3 * DAY, stated_by="Support", evidence="Ticket", reason="Le ticket est antérieur.", by=awa,
        at=noon + 2 * DAY,
    )
    assert since("late_without_reasons", hospital, noon + 2 * DAY) == []
    awareness.settle_awareness(statement=statement, accept=True, note="Vu", by=bruno, at=noon + 2 * DAY)
    assert since("late_without_reasons", hospital, noon + 2 * DAY) == [noon]
    filed.refresh_from_db()
    register.amend_facts(incident=filed, by=awa, at=noon + 2 * DAY, delay_reasons="Le message était resté sans lecteur.")
    assert since("late_without_reasons", hospital, noon + 2 * DAY) == []


def test_the_reasons_that_a_late_filing_owes_stand_on_the_page_that_the_finding_leads_to(as_, filed, awa):
    place = reverse(rules.rules()["late_without_reasons"].page, args=["hopital", filed.reference])
    assert "Motifs de retard" not in as_(awa).get(place).text
    filed.deadlines.filter(rule="gdpr_33").update(due_at=filed.aware_at)
    assert "Motifs de retard" in as_(awa).get(place).text


def test_another_organisation_has_no_share_in_it(aware, imported, town_hall, noon):
    assert [tally.rule.code for tally in findings.tallies(town_hall, noon + LATER) if tally.count] == []


@pytest.mark.parametrize("code", list(rules.rules()))
def test_whoever_may_only_read_may_open_what_a_finding_leads_to(as_, chloe, aware, code):
    page = rules.rules()[code].page_for(mends=False)
    arguments = ["hopital"] if page in ("tickets", "checkpoints") else ["hopital", aware.reference]
    assert as_(chloe).get(reverse(page, args=arguments)).status_code == 200


class TestPages:
    def test_the_room_counts_what_it_finds_and_says_what_it_looked_for(self, as_, chloe, aware, noon, time_machine):
        time_machine.move_to(noon + 4 * DAY, tick=False)
        page = as_(chloe).get(reverse("audit-room", args=["hopital"]))
        assert {tally.rule.code: tally.count for tally in page.context["found"]} == {"no_decision": 1}
        assert len(page.context["clean"]) == len(rules.rules()) - 1
        assert "Violation sans décision depuis plus de 3 jours." in page.text

    def test_a_finding_leads_to_where_it_is_mended(self, as_, awa, aware, noon, time_machine):
        time_machine.move_to(noon + 4 * DAY, tick=False)
        page = as_(awa).get(reverse("finding", args=["hopital"]), {"rule": "no_decision"}).text
        assert reverse("decide", args=["hopital", aware.reference]) in page

    def test_an_auditor_is_led_to_a_page_that_shows_it_and_not_to_one_that_is_refused(self, as_, chloe, aware, noon, time_machine):
        time_machine.move_to(noon + 4 * DAY, tick=False)
        page = as_(chloe).get(reverse("finding", args=["hopital"]), {"rule": "no_decision"}).text
        assert reverse("decide", args=["hopital", aware.reference]) not in page
        assert reverse("incident", args=["hopital", aware.reference]) in page
        assert f"{reverse('question-ask', args=['hopital'])}?rule=no_decision&amp;incident={aware.reference}" in page

    def test_one_incident_says_what_was_found_on_it(self, as_, chloe, aware, noon, time_machine):
        place = reverse("incident-findings", args=["hopital", aware.reference])
        time_machine.move_to(noon + DAY, tick=False)
        assert "Rien n’a été trouvé." in as_(chloe).get(place).text
        time_machine.move_to(noon + 4 * DAY, tick=False)
        page = as_(chloe).get(place).text
        assert "Violation sans décision depuis plus de 3 jours." in page
        assert reverse("decide", args=["hopital", aware.reference]) not in page
        assert place in as_(chloe).get(reverse("incident", args=["hopital", aware.reference])).text

    def test_the_findings_open_in_a_spreadsheet_and_run_nothing(self, as_, chloe, aware, noon, time_machine):
        Incident.objects.filter(pk=aware.pk).update(title="=1+1")
        time_machine.move_to(noon + 4 * DAY, tick=False)
        answer = as_(chloe).get(reverse("findings-csv", args=["hopital"]))
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert [len(row) for row in rows] == [7, 7]
        assert rows[1][1] == "Violation sans décision depuis plus de 3 jours." and rows[1][3:5] == [aware.reference, "'=1+1"]
        assert rows[1][6].startswith("http") and rows[1][6].endswith(reverse("incident", args=["hopital", aware.reference]))
        last = Entry.objects.select_related("content").last()
        assert (last.action, last.content.details) == ("findings.exported", {"found": {"no_decision": 1}})

    def test_findings_that_can_not_be_recorded_do_not_leave(self, as_, chloe, broken_trail):
        with broken_trail():
            assert as_(chloe).get(reverse("findings-csv", args=["hopital"])).status_code == 503

    def test_a_finding_that_there_is_not(self, as_, chloe):
        assert as_(chloe).get(reverse("finding", args=["hopital"]), {"rule": "rumour"}).status_code == 404

    def test_reading_the_findings_is_recorded(self, as_, chloe):
        as_(chloe).get(reverse("audit-room", args=["hopital"]))
        last = Entry.objects.select_related("content").last()
        assert (last.action, last.actor_id) == ("findings.read", chloe.pk)

    @pytest.mark.parametrize("place", [["audit-room", ""], ["finding", "?rule=not_qualified"]])
    def test_the_number_of_queries_does_not_grow(self, as_, chloe, hospital, awa, noon, place, django_assert_max_num_queries, time_machine):
        time_machine.move_to(noon + 4 * DAY, tick=False)
        browser, address = as_(chloe), reverse(place[0], args=["hopital"]) + place[1]

        def queries():
            with django_assert_max_num_queries(60) as counted:
                assert browser.get(address).status_code == 200
            return len(counted)

        register.report_incident(organisation=hospital, title="Un", by=awa, at=noon)
        queries()
        few = queries()
        for number in range(30):
            register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=noon)
        assert queries() == few
