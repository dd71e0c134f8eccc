"""Questions of the auditor: asked in place, answered by a DPO, closed by the auditor; nothing else changes."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.desk.waiting import waiting as waiting_for
from breachreg.scrutiny import mails, questions, sampling
from breachreg.scrutiny.models import Question, QuestionMail, QuestionState, Remark

HOUR = timedelta(hours=1)


def test_a_question_is_asked_answered_asked_again_and_closed(question, awa, chloe, noon):
    questions.answer(question=question, text="Le contrôleur du train.", by=awa, at=noon + HOUR)
    questions.ask_again(question=question, text="Son rapport ?", by=chloe, at=noon + 2 * HOUR)
    assert question.state == QuestionState.ASKED
    questions.answer(question=question, text="Il est aux preuves.", by=awa, at=noon + 3 * HOUR)
    questions.close(question=question, by=chloe, at=noon + 4 * HOUR)
    question.refresh_from_db()
    assert (question.state, question.closed_by) == (QuestionState.CLOSED, chloe)
    assert [remark.is_answer for remark in question.remarks.all()] == [False, True, False, True]
    assert list(Entry.objects.filter(action__startswith="question.").values_list("action", flat=True)) == [
        "question.asked", "question.answered", "question.asked_again", "question.answered", "question.closed",
    ]  # fmt: skip


def test_the_entry_lies_in_the_incident_s_file(question, incident):
    entry = Entry.objects.filter(action="question.asked").get()
    assert (entry.file_type, entry.file_id) == ("incident", str(incident.pk))


def test_nothing_is_said_on_a_closed_question(question, awa, chloe, noon):
    questions.close(question=question, by=chloe, at=noon)
    for speak in (questions.answer, questions.ask_again):
        with pytest.raises(questions.QuestionIsClosed):
            speak(question=question, text="Encore.", by=awa, at=noon)
    with pytest.raises(questions.QuestionIsClosed):
        questions.close(question=question, by=chloe, at=noon)
    assert Remark.objects.count() == 1


def test_an_empty_question_is_refused(hospital, chloe, noon):
    with pytest.raises(ValidationError, match="Écrivez ce que vous voulez dire"):
        questions.ask(organisation=hospital, text="  ", by=chloe, at=noon)


def test_the_same_submission_is_one_question(hospital, chloe, noon):
    submission = uuid.uuid4()
    asked = [questions.ask(organisation=hospital, text="?", by=chloe, at=noon, submission=submission) for _ in range(2)]
    assert asked[0] == asked[1] and Question.objects.count() == 1


def test_an_entry_of_the_trail_brings_its_incident(hospital, incident, chloe, noon):
    number = Entry.objects.filter(action="incident.reported").get().number
    assert questions.ask(organisation=hospital, text="?", entry_number=number, by=chloe, at=noon).incident == incident


def test_another_organisation_s_entry_is_not_asked_about(hospital, town_hall, incident, dan, noon):
    number = Entry.objects.filter(action="incident.reported").get().number
    with pytest.raises(ValidationError):
        questions.ask(organisation=town_hall, text="?", entry_number=number, by=dan, at=noon)


def test_a_question_on_an_item_of_a_sample_speaks_of_its_incident(hospital, incident, chloe, noon):
    item = sampling.draw(organisation=hospital, size=1, scope="all", by=chloe, at=noon).items.get()
    assert questions.ask(organisation=hospital, text="?", item=item, by=chloe, at=noon).incident == incident


def test_without_its_entry_no_question_is_kept(hospital, chloe, awa, noon, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        questions.ask(organisation=hospital, text="?", by=chloe, at=noon)
    assert (Question.objects.count(), Remark.objects.count(), QuestionMail.objects.count()) == (0, 0, 0)


class TestMails:
    def test_every_dpo_is_told_and_nothing_of_the_question_leaves(self, question, awa, second_dpo, noon):
        assert mails.send_due(noon) == 2
        assert {message.to[0] for message in mail.outbox} == {awa.email, second_dpo.email}
        body = mail.outbox[0].body
        assert "ordinateur" not in body and "ordinateur" not in mail.outbox[0].subject
        assert reverse("question", args=["hopital", question.number]) in body

    def test_the_answer_is_told_to_who_asked(self, question, awa, chloe, noon):
        mails.send_due(noon)
        mail.outbox.clear()
        questions.answer(question=question, text="Voilà.", by=awa, at=noon)
        mails.send_due(noon)
        assert [message.to for message in mail.outbox] == [[chloe.email]]

    def test_a_mail_is_sent_once(self, question, noon):
        assert mails.send_due(noon) == 2
        assert mails.send_due(noon + HOUR) == 0

    def test_a_server_that_is_down_is_tried_again(self, question, noon, settings):
        settings.EMAIL_BACKEND = "tests.scrutiny.down.Backend"
        assert mails.send_due(noon) == 0
        assert "down" in QuestionMail.objects.first().trouble
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert mails.send_due(noon + HOUR) == 2


class TestPages:
    def test_a_dpo_finds_it_on_the_desk_and_answers_in_place(self, as_, question, awa, hospital, noon):
        waiting = waiting_for(awa, hospital, frozenset({"incident.manage"}), noon)
        assert waiting[0].url == reverse("question", args=["hopital", question.number])
        browser = as_(awa)
        assert "Répondre à la question 1" in browser.get(reverse("desk", args=["hopital"])).text
        browser.post(waiting[0].url, {"text": "Le contrôleur.", "submission": str(uuid.uuid4())})
        question.refresh_from_db()
        assert (question.state, question.remarks.last().text) == (QuestionState.ANSWERED, "Le contrôleur.")

    def test_the_auditor_finds_the_answer_on_the_desk(self, question, awa, chloe, hospital, noon):
        questions.answer(question=question, text="Voilà.", by=awa, at=noon)
        waiting = waiting_for(chloe, hospital, frozenset({"audit.question"}), noon)
        assert [one.what for one in waiting] == ["Lire la réponse à la question 1"]

    def test_it_stands_on_the_page_of_the_incident(self, as_, question, awa, rose, incident):
        page = as_(awa).get(reverse("incident", args=["hopital", incident.reference])).text
        assert reverse("question", args=["hopital", question.number]) in page

    def test_the_auditor_asks_from_the_page_of_the_incident(self, as_, incident, chloe, awa):
        browser = as_(chloe)
        address = f"{reverse('question-ask', args=['hopital'])}?incident={incident.reference}"
        assert address in browser.get(reverse("incident", args=["hopital", incident.reference])).text
        assert incident.title in browser.get(address).text
        browser.post(address, {"text": "Depuis quand ?", "submission": str(uuid.uuid4())})
        assert Question.objects.get().incident == incident

    def test_nothing_typed_is_lost_when_the_question_was_closed_meanwhile(self, as_, question, awa, chloe, noon):
        questions.close(question=question, by=chloe, at=noon)
        answer = as_(awa).post(
            reverse("question", args=["hopital", question.number]), {"text": "Trop tard.", "submission": str(uuid.uuid4())}
        )
        assert answer.status_code == 422 and question.remarks.count() == 1

    def test_an_empty_answer_says_what_to_do(self, as_, question, awa):
        answer = as_(awa).post(reverse("question", args=["hopital", question.number]), {"text": ""})
        assert answer.status_code == 422 and question.remarks.count() == 1

    @pytest.mark.parametrize(("state", "found"), [("", 1), ("asked", 1), ("answered", 0), ("closed", 0), ("all", 1)])
    def test_the_list_is_narrowed_by_state(self, as_, question, chloe, state, found):
        page = as_(chloe).get(reverse("questions", args=["hopital"]), {"state": state})
        assert len(page.context["lines"]) == found

    def test_the_number_of_queries_of_the_list_does_not_grow(self, as_, question, hospital, chloe, noon, django_assert_max_num_queries):
        browser, address = as_(chloe), reverse("questions", args=["hopital"])

        def queries():
            with django_assert_max_num_queries(40) as counted:
                browser.get(address)
            return len(counted)

        queries()
        few = queries()
        for number in range(20):
            questions.ask(organisation=hospital, text=f"Question {number} ?", by=chloe, at=noon)
        assert queries() == few
