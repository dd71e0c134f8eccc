"""The timeline, the tasks and the closing, as Awa uses their pages."""

import uuid

from breachreg.register import actions
from breachreg.register.models import Incident, Task, TimelineEntry
from tests.register.pages import address


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
