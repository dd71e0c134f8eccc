"""The register's pages, as Awa uses them."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.register import actions, awareness
from breachreg.register.models import Incident, InstantKind, StatementState, Task, TimelineEntry
from breachreg.register.views import incidents

PDF = b"%PDF-1.7\n" + b"x" * 100


def address(view, incident, *more):
    return reverse(view, args=[incident.organisation.slug, incident.reference, *more])


def text_of(answer) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def two_o_clock(time_machine, noon):
    """Two hours after the story began."""
    now = noon + timedelta(hours=2)
    time_machine.move_to(now, tick=False)
    return now


@pytest.fixture
def page(client, awa, two_o_clock):
    client.force_login(awa)
    return client


class TestTheList:
    def test_it_shows_where_each_incident_stands(self, page, hospital, aware):
        answer = page.get(reverse("incidents", args=[hospital.slug]))
        assert answer.status_code == 200
        assert "70 h" in text_of(answer)

    def test_it_is_narrowed_by_words_state_and_nature(self, page, hospital, awa, incident, noon):
        actions.report_incident(organisation=hospital, title="Courriel égaré", by=awa, at=noon, natures=("confidentiality",))
        address = reverse("incidents", args=[hospital.slug])
        assert [i.title for i, _ in page.get(address, {"q": "égaré"}).context["lines"]] == ["Courriel égaré"]
        assert [i.title for i, _ in page.get(address, {"nature": "confidentiality"}).context["lines"]] == ["Courriel égaré"]
        assert len(page.get(address, {"state": "unqualified"}).context["lines"]) == 2
        assert len(page.get(address, {"state": "closed"}).context["lines"]) == 0
        assert len(page.get(address, {"year": "2026", "q": "HOP-2026"}).context["lines"]) == 2

    def test_it_is_sorted_with_unknown_values_last_either_way(self, page, hospital, awa, incident, aware, noon):
        actions.report_incident(organisation=hospital, title="Autre", by=awa, at=noon)
        address = reverse("incidents", args=[hospital.slug])
        for sort in ("aware", "-aware", "due", "-due"):
            lines = page.get(address, {"sort": sort}).context["lines"]
            assert [bool(i.aware_at) for i, _ in lines] == [True, False]
        assert page.get(address, {"sort": "title"}).context["lines"][0][0].title == "Autre"

    def test_an_overdue_clock_says_so_and_is_found(self, page, hospital, awa, aware, time_machine, noon):
        time_machine.move_to(noon + timedelta(hours=73), tick=False)
        page.force_login(awa)
        lines = page.get(reverse("incidents", args=[hospital.slug]), {"state": "overdue"}).context["lines"]
        assert [standing.kind for _, standing in lines] == ["late"]

    def test_an_address_that_makes_no_sense_is_answered(self, page, hospital, incident):
        answer = page.get(reverse("incidents", args=[hospital.slug]), {"sort": "nonsense", "page": "x", "state": "x"})
        assert len(answer.context["lines"]) == 1

    def test_the_number_of_queries_does_not_grow(self, page, hospital, awa, noon, django_assert_num_queries):
        def queries():
            with CaptureQueriesContext(connection) as caught:
                page.get(reverse("incidents", args=[hospital.slug]))
            return len(caught)

        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        actions.report_incident(organisation=hospital, title="Un", by=awa, at=noon)
        queries()
        few = queries()
        for number in range(12):
            actions.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=noon)
        assert queries() == few


class TestQualifying:
    def test_a_breach_leads_to_its_awareness(self, page, incident):
        answer = page.post(
            address("qualify", incident), {"qualification": "breach", "reasons": "Données de patients.", "version": 1}
        )
        assert answer.headers["Location"] == address("aware", incident)
        incident.refresh_from_db()
        assert incident.is_breach

    def test_the_reasons_are_asked_for_and_what_was_chosen_stays(self, page, incident):
        answer = page.post(address("qualify", incident), {"qualification": "not_a_breach", "reasons": "", "version": 1})
        assert answer.status_code == 422
        assert 'value="not_a_breach"' in text_of(answer)
        incident.refresh_from_db()
        assert incident.qualification is None

    def test_twice_the_same_conclusion_is_said(self, page, breach):
        answer = page.post(
            address("qualify", breach), {"qualification": "breach", "reasons": "Encore.", "version": breach.version}
        )
        assert answer.status_code == 422


class TestTheAwareness:
    def said(self, **more):
        return {
            "instant_day": "2026-03-10", "instant_time": "12:30", "stated_by": "Service informatique",
            "evidence": "Journal", **more,
        }

    def test_it_starts_the_clock(self, page, breach):
        answer = page.post(address("aware", breach), self.said(version=breach.version))
        assert answer.status_code == 302
        deadline = breach.deadlines.get()
        assert deadline.due_at == datetime(2026, 3, 13, 11, 30, tzinfo=UTC)

    def test_one_in_the_future_is_refused_and_what_was_typed_stays(self, page, breach):
        answer = page.post(address("aware", breach), self.said(instant_day="2026-03-11", version=breach.version))
        assert answer.status_code == 422
        assert "Service informatique" in text_of(answer)
        assert not breach.deadlines.exists()

    def test_one_before_the_start_is_refused(self, page, breach, awa, noon):
        started = actions.amend_facts(incident=breach, by=awa, at=noon, occurred_from=noon)
        answer = page.post(
            address("aware", started), self.said(instant_time="11:00", version=started.version)
        )
        assert answer.status_code == 422

    def test_only_a_date_counts_from_midnight_and_is_said(self, page, breach):
        page.post(address("aware", breach), self.said(instant_time="", version=breach.version))
        statement = breach.statements.get(kind=InstantKind.AWARE)
        assert statement.is_date_only
        assert statement.at == datetime(2026, 3, 9, 23, 0, tzinfo=UTC)

    def test_its_source_is_asked_for(self, page, breach):
        answer = page.post(address("aware", breach), self.said(evidence="", version=breach.version))
        assert answer.status_code == 422

    def test_the_hour_that_happened_twice_is_asked(self, page, breach, awa, time_machine):
        time_machine.move_to(datetime(2026, 10, 26, 9, 0, tzinfo=UTC), tick=False)
        page.force_login(awa)
        typed = self.said(instant_day="2026-10-25", instant_time="02:30", version=breach.version)
        answer = page.post(address("aware", breach), typed)
        assert answer.status_code == 422
        answer = page.post(address("aware", breach), {**typed, "instant_reading": "1"})
        assert answer.status_code == 302
        breach.refresh_from_db()
        assert breach.aware_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    def test_moving_it_waits_for_a_second_person(self, page, client, aware, bruno, noon):
        answer = page.post(address("aware", aware), self.said(instant_time="13:00", reason="Vérification finie à 13 h"))
        assert answer.status_code == 302
        aware.refresh_from_db()
        assert aware.aware_at == noon
        pending = aware.statements.get(state=StatementState.PENDING)
        assert page.post(address("aware-settle", aware, pending.pk), {"answer": "accept"}).status_code == 302
        pending.refresh_from_db()
        assert pending.state == StatementState.PENDING
        client.force_login(bruno)
        assert "13:00" in text_of(client.get(address("second", aware)))
        client.post(address("aware-settle", aware, pending.pk), {"answer": "accept", "note": "D'accord"})
        aware.refresh_from_db()
        assert aware.aware_at == noon + timedelta(hours=1)


class TestTheOtherInstants:
    def test_each_is_stated_with_its_source_and_the_old_one_stays(self, page, breach):
        for hour in ("08:00", "09:00"):
            breach.refresh_from_db()
            page.post(
                address("instant", breach, "occurred_from"),
                {"instant_day": "2026-03-10", "instant_time": hour, "stated_by": "Rose", "version": breach.version},
            )
        states = breach.statements.filter(kind="occurred_from").values_list("state", flat=True)
        assert sorted(states) == ["in_force", "replaced"]
        breach.refresh_from_db()
        assert breach.occurred_from == datetime(2026, 3, 10, 8, 0, tzinfo=UTC)

    def test_an_end_before_the_start_is_refused(self, page, breach, awa, noon):
        started = actions.amend_facts(incident=breach, by=awa, at=noon, occurred_from=noon)
        answer = page.post(
            address("instant", started, "occurred_to"),
            {"instant_day": "2026-03-09", "instant_time": "08:00", "version": started.version},
        )
        assert answer.status_code == 422

    def test_an_unknown_kind_is_not_found(self, page, breach):
        assert page.get(address("instant", breach, "aware")).status_code == 404


class TestTheFacts:
    def post(self, page, incident, section, **answers):
        opened = page.get(address("facts-section", incident, section)).context["form"]
        hidden = {"version": incident.version, "seen": opened.initial["seen"]}
        return page.post(address("facts-section", incident, section), {**hidden, **answers})

    def test_every_section_opens(self, page, incident):
        from breachreg.register.sections import SECTIONS

        for section in SECTIONS:
            assert page.get(address("facts-section", incident, section.code)).status_code == 200
        assert page.get(address("facts-section", incident, "nonsense")).status_code == 404

    def test_answers_are_saved_and_the_rest_stays_unknown(self, page, incident):
        answer = self.post(page, incident, "data_and_people", data_categories=["contact"], people_likely="40", people_high="60")
        assert answer.status_code == 302
        incident.refresh_from_db()
        assert incident.data_categories == ("contact",)
        assert (incident.people_low, incident.people_likely, incident.people_high) == (None, 40, 60)
        assert incident.people_categories is None
        assert incident.sensitive_categories is None

    def test_none_of_them_is_an_answer(self, page, incident):
        self.post(page, incident, "harms", harms=["none_of_them"])
        incident.refresh_from_db()
        assert incident.harms == ()

    @pytest.mark.parametrize("wrong", [{"people_low": "-1"}, {"people_low": "9", "people_high": "3"}, {"people_low": "dix"}])
    def test_a_count_that_makes_no_sense_is_refused_and_stays_typed(self, page, incident, wrong):
        answer = self.post(page, incident, "data_and_people", people_other="Visiteurs du salon", **wrong)
        assert answer.status_code == 422
        assert "Visiteurs du salon" in text_of(answer)

    def test_a_colleague_who_saved_the_same_section_is_no_silent_loss(self, page, incident, awa, noon):
        opened = page.get(address("facts-section", incident, "breach")).context["form"].initial["seen"]
        actions.amend_facts(incident=incident, by=awa, at=noon, narrative="Ce que Bruno a écrit")
        typed = {"version": 1, "seen": opened, "narrative": "Ce qu'Awa a écrit"}
        answer = page.post(address("facts-section", incident, "breach"), typed)
        assert answer.status_code == 422
        shown = text_of(answer)
        assert "Ce que Bruno a écrit" in shown
        assert "Awa a écrit" in shown
        again = answer.context["form"].data
        assert page.post(address("facts-section", incident, "breach"), {**typed, "version": again["version"]}).status_code == 302
        incident.refresh_from_db()
        assert incident.narrative == "Ce qu'Awa a écrit"

    def test_a_colleague_who_saved_another_section_does_not_stop_me(self, page, incident, awa, noon):
        opened = page.get(address("facts-section", incident, "breach")).context["form"].initial["seen"]
        actions.amend_facts(incident=incident, by=awa, at=noon, measures_before="Chiffrement")
        answer = page.post(address("facts-section", incident, "breach"), {"version": 1, "seen": opened, "narrative": "Vol"})
        assert answer.status_code == 302
        incident.refresh_from_db()
        assert (incident.narrative, incident.measures_before) == ("Vol", "Chiffrement")

    def test_the_next_section_follows_when_asked(self, page, incident):
        answer = self.post(page, incident, "timeline", next="1")
        assert answer.headers["Location"] == address("facts-section", incident, "breach")

    def test_the_overview_says_what_is_not_known(self, page, incident):
        shown = text_of(page.get(address("facts", incident)))
        assert "Nature(s) de la violation" in shown
        assert "Pas encore" in shown

    def test_a_closed_incident_is_not_changed(self, page, breach, awa, noon):
        closed = actions.close_incident(incident=breach, lessons=None, by=awa, at=noon)
        answer = self.post(page, closed, "breach", narrative="Trop tard")
        assert answer.status_code == 422


class TestOtherBodies:
    def test_a_processor_is_named_and_taken_off(self, page, incident):
        page.post(
            address("parties", incident),
            {"role": "processor", "name": "Hébergeur Sud", "told_us_at_day": "2026-03-10", "told_us_at_time": "10:00"},
        )
        party = incident.parties.get()
        assert party.told_us_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
        page.post(address("party-remove", incident, party.pk))
        assert not incident.parties.exists()
        assert Entry.objects.filter(action="party.removed").exists()


class TestEvidence:
    def test_a_file_is_kept_and_leaves_only_as_a_download_that_is_recorded(self, page, incident):
        page.post(address("evidence", incident), {"file": SimpleUploadedFile("mail.pdf", PDF), "note": "Le message"})
        kept = incident.evidence.get()
        answer = page.get(address("evidence-download", incident, kept.pk))
        assert b"".join(answer.streaming_content) == PDF
        assert answer.headers["Content-Disposition"] == 'attachment; filename="mail.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert Entry.objects.filter(action="evidence.downloaded").count() == 1

    def test_a_program_named_as_a_pdf_is_refused_and_the_note_stays(self, page, incident):
        file = SimpleUploadedFile("facture.pdf", b"MZ\x90\x00" + b"\x00" * 100)
        answer = page.post(address("evidence", incident), {"file": file, "note": "Pièce jointe du message"})
        assert answer.status_code == 422
        assert "facture.pdf" in text_of(answer)
        assert "Pièce jointe du message" in text_of(answer)
        assert not incident.evidence.exists()

    def test_a_file_that_is_too_large_is_stopped_on_the_way_and_the_note_stays(self, page, incident, settings):
        settings.EVIDENCE_MAX_BYTES = 1024 * 1024
        file = SimpleUploadedFile("video.mp4", b"\x00\x00\x00\x20ftypisom" + b"\x00" * 3_000_000)
        answer = page.post(address("evidence", incident), {"file": file, "note": "Vidéo du couloir"})
        assert answer.status_code == 422
        assert "video.mp4" in text_of(answer)
        assert "Vidéo du couloir" in text_of(answer)
        assert not incident.evidence.exists()

    def test_the_same_bytes_are_kept_once(self, page, incident):
        for _ in range(2):
            answer = page.post(address("evidence", incident), {"file": SimpleUploadedFile("mail.pdf", PDF)})
        assert answer.status_code == 422
        assert incident.evidence.count() == 1

    def test_a_post_without_its_token_is_refused(self, awa, incident, two_o_clock):
        from django.test import Client

        strict = Client(enforce_csrf_checks=True)
        strict.force_login(awa)
        answer = strict.post(address("evidence", incident), {"file": SimpleUploadedFile("mail.pdf", PDF)})
        assert answer.status_code == 403
        assert not incident.evidence.exists()


class TestTheTimeline:
    def test_a_note_is_added_once_for_a_double_click(self, page, incident):
        typed = {"text": "Appel du transporteur", "submission": str(uuid.uuid4())}
        for _ in range(2):
            page.post(address("timeline", incident), typed)
        assert TimelineEntry.objects.filter(text="Appel du transporteur").count() == 1

    def test_a_note_about_what_is_to_come_is_refused(self, page, incident):
        answer = page.post(
            address("timeline", incident),
            {"text": "Demain", "happened_at_day": "2026-03-12", "happened_at_time": "10:00", "submission": str(uuid.uuid4())},
        )
        assert answer.status_code == 422

    def test_it_comes_in_pages_with_a_constant_number_of_queries(self, page, incident, awa, noon):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def queries():
            with CaptureQueriesContext(connection) as caught:
                page.get(address("timeline", incident))
            return len(caught)

        queries()
        few = queries()
        for number in range(30):
            actions.add_timeline_note(incident=incident, happened_at=noon, text=f"Note {number}", by=awa, at=noon)
        assert queries() == few
        assert page.get(address("timeline", incident)).context["page_obj"].paginator.num_pages == 2


class TestTasks:
    def test_a_task_is_given_done_and_undone(self, page, incident, awa):
        typed = {"what": "Changer les serrures", "owner": awa.pk, "submission": str(uuid.uuid4())}
        for _ in range(2):
            page.post(address("tasks", incident), typed)
        task = Task.objects.get()
        page.post(address("task-done", incident, task.pk))
        task.refresh_from_db()
        assert task.done_by == awa
        page.post(address("task-done", incident, task.pk), {"again": "1"})
        task.refresh_from_db()
        assert task.done_at is None

    def test_a_person_of_another_organisation_is_not_offered(self, page, incident, dan):
        assert dan not in page.get(address("tasks", incident)).context["form"].fields["owner"].queryset

    def test_two_owners_are_one_too_many(self, page, incident, awa):
        answer = page.post(
            address("tasks", incident),
            {"what": "Écrire", "owner": awa.pk, "owner_name": "Prestataire", "submission": str(uuid.uuid4())},
        )
        assert answer.status_code == 422


class TestClosing:
    def test_what_is_left_is_said_and_the_lessons_are_kept(self, page, aware):
        shown = page.get(address("close", aware))
        assert len(shown.context["left"]) == 1
        page.post(address("close", aware), {"lessons": "Chiffrer les portables", "version": aware.version})
        aware.refresh_from_db()
        assert aware.lessons == "Chiffrer les portables"
        assert not aware.is_open

    def test_an_incident_that_was_never_qualified_is_not_closed(self, page, incident):
        answer = page.post(address("close", incident), {"lessons": "", "version": incident.version})
        assert answer.status_code == 422

    def test_it_is_opened_again_with_a_reason(self, page, breach, awa, noon):
        closed = actions.close_incident(incident=breach, lessons=None, by=awa, at=noon)
        page.post(address("reopen", closed), {"reason": "Nouveau fait", "version": closed.version})
        assert Incident.objects.get().is_open


def test_a_change_of_the_awareness_is_visible_to_everybody_while_it_waits(page, aware, awa, noon):
    awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(hours=1), stated_by="Awa", evidence="Journal", reason="Erreur", by=awa,
        at=noon + timedelta(hours=1, minutes=30),
    )
    shown = text_of(page.get(address("aware", aware)))
    assert "12:00" in shown
    assert "13:00" in shown


def test_a_list_that_is_longer_than_its_pages_says_so(client, awa, hospital, noon, monkeypatch):
    monkeypatch.setattr(incidents, "MOST_LISTED", 2)
    client.force_login(awa)
    client.cookies["django_language"] = "en"
    for number in range(3):
        actions.report_incident(organisation=hospital, title=f"Clé {number}", report="…", by=awa, at=noon)
    page = client.get(reverse("incidents", args=["hopital"])).content.decode()
    assert "1 to 2 of the first 2: narrow the list to reach the others" in page
    narrowed = client.get(reverse("incidents", args=["hopital"]), {"q": "HOP-2026-0001"}).content.decode()
    assert "1 to 1 of 1" in narrowed
