"""The list, the qualification and the awareness, as Awa uses their pages."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from breachreg.register import actions, awareness
from breachreg.register.models import InstantKind, StatementState
from breachreg.register.views import incidents
from tests.register.pages import address, text_of


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
