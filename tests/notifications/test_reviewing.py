"""Submitted, commented on, sent back or approved: by somebody else, once, and sealed."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from breachreg.accounts.models import Organisation
from breachreg.audit.models import Entry
from breachreg.notifications import actions, review
from breachreg.notifications.models import Notification, Outcome, Review, Seal, State
from breachreg.register.models import FilingKind


def at(noon, hours):
    return noon + timedelta(hours=hours)


def test_submitting_freezes_a_version_and_starts_the_clock_of_the_review(submitted, noon):
    assert submitted.state == State.IN_REVIEW
    assert submitted.versions.count() == 1
    assert submitted.review_due_at == at(noon, 3 + 24)


def test_the_review_is_due_in_half_of_what_is_left(noon):
    assert actions.review_due(at(noon, 8), noon) == at(noon, 4)
    assert actions.review_due(at(noon, 60), noon) == at(noon, 24)
    assert actions.review_due(at(noon, -5), noon) == noon + timedelta(minutes=30)
    assert actions.review_due(None, noon) == at(noon, 24)


def test_a_text_in_review_is_not_written_on(submitted, awa, noon):
    with pytest.raises(actions.NotNow):
        actions.write(notification=submitted, seen=2, values={"vat_number": "X"}, by=awa, at=at(noon, 4))


def test_the_author_takes_it_back_to_go_on(submitted, awa, noon):
    actions.take_back(notification=submitted, seen=submitted.version, by=awa, at=at(noon, 4))
    assert Review.objects.get().outcome == Outcome.TAKEN_BACK
    assert Notification.objects.get().state == State.DRAFT


def test_sending_back_needs_a_summary_and_tells_it(submitted, bruno, noon):
    with pytest.raises(actions.NotNow):
        review.send_back(notification=submitted, seen=submitted.version, summary=" ", by=bruno, at=at(noon, 4))
    review.send_back(notification=submitted, seen=submitted.version, summary="Préciser.", by=bruno, at=at(noon, 4))
    assert Notification.objects.get().state == State.SENT_BACK
    assert Review.objects.get().summary == "Préciser."


@pytest.mark.own_pages
def test_approval_seals_the_version(approved, bruno):
    assert (approved.state, approved.approved_by) == (State.APPROVED, bruno)
    seals = Seal.objects.order_by("language")
    assert [one.language for one in seals] == ["en", "fr"]
    for one in seals:
        content = bytes(one.content)
        assert content.startswith(b"%PDF-1.7")
        assert hashlib.sha256(content).hexdigest() == one.sha256
    assert seals[0].data_sha256 == seals[1].data_sha256 == approved.versions.get().sha256


def test_the_author_does_not_approve_their_own_text(submitted, awa, noon):
    with pytest.raises(review.OwnText):
        review.approve(notification=submitted, seen=submitted.version, by=awa, at=at(noon, 4))
    assert Notification.objects.get().state == State.IN_REVIEW


def test_who_typed_one_answer_is_an_author_too(draft, awa, bruno, noon):
    actions.write(notification=draft, seen=1, values={"vat_number": "FR0"}, by=bruno, at=at(noon, 3))
    actions.submit(notification=draft, seen=2, by=awa, at=at(noon, 3))
    with pytest.raises(review.OwnText):
        review.approve(notification=draft, seen=3, by=bruno, at=at(noon, 4))


def test_the_database_itself_refuses_a_submitter_who_approves(approved, awa):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.filter(pk=approved.pk).update(approved_by=awa)


def test_the_second_who_presses_gets_a_conflict(submitted, bruno, second_dpo, noon):
    review.approve(notification=submitted, seen=submitted.version, by=bruno, at=at(noon, 4))
    with pytest.raises(actions.Conflict):
        review.approve(notification=submitted, seen=submitted.version, by=second_dpo, at=at(noon, 4))
    assert Seal.objects.count() == 2


def test_what_the_form_needs_blocks_the_approval(told, awa, bruno, noon):
    Organisation.objects.filter(pk=told.organisation_id).update(legal_representative_last_name=None)
    told.refresh_from_db()
    draft = actions.draft(incident=told, kind=FilingKind.INITIAL, by=awa, at=at(noon, 2))
    actions.submit(notification=draft, seen=1, by=awa, at=at(noon, 3))
    with pytest.raises(review.Incomplete) as refused:
        review.approve(notification=draft, seen=2, by=bruno, at=at(noon, 4))
    assert "legal_representative_last_name" in {point.field.code for point in refused.value.points}
    assert Notification.objects.get().state == State.IN_REVIEW


def test_a_late_notification_needs_its_reasons_before_it_is_approved(submitted, awa, bruno, noon):
    with pytest.raises(review.Incomplete) as refused:
        review.approve(notification=submitted, seen=submitted.version, by=bruno, at=at(noon, 73))
    assert [(point.field.code, point.citation) for point in refused.value.points] == [("delay_reasons", "Art. 33(1)")]
    actions.take_back(notification=submitted, seen=submitted.version, by=awa, at=at(noon, 73))
    actions.write(notification=submitted, seen=3, values={"delay_reasons": "Le prestataire."}, by=awa, at=at(noon, 73))
    actions.submit(notification=submitted, seen=4, by=awa, at=at(noon, 73))
    review.approve(notification=submitted, seen=5, by=bruno, at=at(noon, 74))
    assert Notification.objects.get().state == State.APPROVED


def test_a_change_after_the_approval_ends_it_and_keeps_what_was_sealed(approved, awa, noon):
    actions.write(notification=approved, seen=approved.version, values={"vat_number": "FR0"}, by=awa, at=at(noon, 5))
    approved.refresh_from_db()
    assert (approved.state, approved.approved_by, approved.submitted_by) == (State.DRAFT, None, None)
    assert Seal.objects.count() == 2
    assert Entry.objects.filter(action="notification.approval_ended").count() == 1


def test_a_comment_is_kept_with_its_question_and_its_mention(submitted, awa, bruno, noon):
    thread = review.comment(
        notification=submitted, field="description", quote="", text="À préciser, @Awa Diallo.", by=bruno, at=at(noon, 4)
    )
    assert list(thread.comments.get().mentions.all()) == [awa]
    review.reply(thread=thread, text="C'est fait.", by=awa, at=at(noon, 5))
    review.resolve(thread=thread, by=bruno, at=at(noon, 5))
    thread.refresh_from_db()
    with pytest.raises(actions.NotNow):
        review.reply(thread=thread, text="Encore.", by=awa, at=at(noon, 6))


def test_a_comment_on_a_sentence_names_a_sentence_that_is_there(submitted, bruno, noon):
    with pytest.raises(actions.Conflict):
        review.comment(
            notification=submitted, field="description", quote="Cette phrase n'existe pas.", text="?", by=bruno,
            at=at(noon, 4),
        )


def test_a_suggested_wording_is_accepted_with_one_click_as_the_authors_text(draft, awa, bruno, noon):
    actions.write(notification=draft, seen=1, values={"discovery": "Un appel. Un doute."}, by=awa, at=at(noon, 3))
    thread = review.comment(
        notification=draft, field="discovery", quote="Un doute.", suggestion="Un doute sérieux.", text="", by=bruno,
        at=at(noon, 3),
    )
    review.accept_suggestion(thread=thread, seen=2, by=awa, at=at(noon, 4))
    entry = draft.entries.get(field="discovery")
    assert (entry.value, entry.edited_by) == ("Un appel. Un doute sérieux.", awa)
    with pytest.raises(actions.NotNow):
        review.decline_suggestion(thread=thread, by=awa, at=at(noon, 5))


def test_what_is_frozen_or_sealed_can_not_be_changed_by_any_program(approved):
    for table in (Seal, actions.Version):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            table.objects.update(sha256="0" * 64)
