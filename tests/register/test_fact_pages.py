"""The facts, the other bodies and the evidence, as Awa uses their pages."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from breachreg.audit.models import Entry
from breachreg.register import actions
from tests.register.pages import address, text_of

PDF = b"%PDF-1.7\n" + b"x" * 100


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
