"""The pages of a notification, as each person meets them."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from breachreg.audit.models import Entry
from breachreg.notifications import actions, review
from breachreg.notifications.models import Notification, Seal, State
from breachreg.register import actions as register
from breachreg.register.models import FilingKind


def address(name, notification, *more):
    incident = notification.incident
    return reverse(name, args=[incident.organisation.slug, incident.reference, notification.number, *more])


def words_of(response):
    return response.content.decode()


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def press(client, name, notification, *more, **data):
    notification.refresh_from_db()
    return client.post(address(name, notification, *more), {"version": notification.version, **data})


def test_awa_drafts_a_notification_from_the_overview(represented, told, awa, sign_in, at_noon):
    client = sign_in(awa)
    overview = words_of(client.get(reverse("notification", args=["hopital", told.reference])))
    assert reverse("notification-draft", args=["hopital", told.reference]) in overview
    response = client.post(reverse("notification-draft", args=["hopital", told.reference]), {"kind": "initial"})
    drafted = Notification.objects.get()
    assert response.url == address("notification-page", drafted)
    page = words_of(client.get(response.url))
    assert "Nature(s) de la violation" in page
    assert "Perte de la confidentialité" in page
    assert "Équipement" not in page and "Equipement perdu ou volé" in page


def test_the_page_lists_what_is_missing_with_its_article(draft, awa, sign_in, at_noon):
    page = words_of(sign_in(awa).get(address("notification-page", draft)))
    assert 'href="#field-records_count"' in page
    assert "Art. 33(4)" in page


def test_reading_and_downloading_are_recorded(draft, chloe, sign_in, at_noon):
    client = sign_in(chloe)
    client.get(address("notification-page", draft))
    response = client.get(address("notification-draft-pdf", draft))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.content.startswith(b"%PDF-1.7")
    assert Entry.objects.filter(action="notification.opened", actor_id=chloe.pk).count() == 1
    assert Entry.objects.filter(action="notification.downloaded", actor_id=chloe.pk).count() == 1


def test_awa_writes_a_section_and_only_what_changed_is_marked_as_typed(draft, awa, sign_in, at_noon):
    client = sign_in(awa)
    section = address("notification-section", draft, "measures_after")
    assert client.get(section).status_code == 200
    response = client.post(section, {"measures_after": "Mot de passe révoqué.", "version": draft.version})
    assert response.status_code == 302
    typed = draft.entries.exclude(edited_by=None)
    assert [(entry.field, entry.value) for entry in typed] == [("measures_after", "Mot de passe révoqué.")]


@pytest.mark.parametrize("section", [
    "controller", "legal_representative", "contact_person", "timeline", "breach", "data_and_people", "measures_before",
    "consequences", "harms", "measures_after", "communication", "other_notifications", "attachments",
])  # fmt: skip
def test_a_section_sent_back_untouched_changes_nothing(draft, awa, sign_in, at_noon, section):
    client = sign_in(awa)
    page = client.get(address("notification-section", draft, section))
    data = {}
    with timezone.override(draft.incident.organisation.zone):
        for field in page.context["form"]:
            data |= typed_values(field)
    response = client.post(address("notification-section", draft, section), data)
    assert response.status_code == 302, response.context["form"].errors
    typed = draft.entries.exclude(edited_by=None)
    assert {entry.field: (entry.record_value, entry.value) for entry in typed} == {}


def typed_values(bound):
    """What a browser sends back for a field that nobody touched."""
    widget = bound.field.widget
    value = bound.field.prepare_value(bound.value()) if not hasattr(widget, "decompress") else bound.value()
    context = widget.get_context(bound.html_name, value, {})["widget"]
    return dict(_sent(context))


def _sent(widget):
    if "subwidgets" in widget and "optgroups" not in widget:
        for part in widget["subwidgets"]:
            yield from _sent(part)
    elif "optgroups" in widget:
        chosen = [str(option["value"]) for _, options, _ in widget["optgroups"] for option in options if option["selected"]]
        if chosen:
            yield widget["name"], chosen
    elif widget["value"] is not None:
        yield widget["name"], str(widget["value"])


def test_a_colleague_who_was_faster_costs_no_text(draft, awa, second_dpo, sign_in, at_noon, noon):
    client = sign_in(awa)
    section = address("notification-section", draft, "measures_after")
    actions.write(
        notification=draft, seen=1, values={"measures_after": "D’Inès."}, by=second_dpo, at=noon + timedelta(hours=3)
    )
    response = client.post(section, {"measures_after": "D’Awa.", "version": 1})
    page = words_of(response)
    assert response.status_code == 422
    assert "D’Awa." in page and "D’Inès." in page
    again = client.post(section, {"measures_after": "D’Awa.", "version": response.context["form"]["version"].value()})
    assert again.status_code == 302
    assert draft.entries.get(field="measures_after").value == "D’Awa."


def test_bruno_approves_with_a_button_and_downloads_the_sealed_bytes(submitted, bruno, sign_in, at_noon):
    client = sign_in(bruno)
    page = words_of(client.get(address("notification-page", submitted)))
    assert address("notification-approve", submitted) in page
    press(client, "notification-approve", submitted)
    submitted.refresh_from_db()
    assert submitted.state == State.APPROVED
    seal = Seal.objects.get(language="fr")
    response = client.get(address("notification-sealed", submitted, seal.pk))
    assert response.content == bytes(seal.content)


def test_bruno_sends_back_and_awa_reads_why(submitted, bruno, awa, sign_in, at_noon):
    client = sign_in(bruno)
    empty = client.post(address("notification-send-back", submitted), {"back-text": "", "back-version": submitted.version})
    assert empty.status_code == 422
    client.post(
        address("notification-send-back", submitted),
        {"back-text": "Précisez la découverte.", "back-version": submitted.version},
    )
    assert "Précisez la découverte." in words_of(sign_in(awa).get(address("notification-page", submitted)))


def test_awa_is_not_offered_the_approval_of_her_own_text(submitted, awa, sign_in, at_noon):
    client = sign_in(awa)
    assert address("notification-approve", submitted) not in words_of(client.get(address("notification-page", submitted)))
    assert press(client, "notification-approve", submitted).status_code == 403


def test_a_reviewer_who_wrote_is_told_that_somebody_else_must_approve(draft, awa, bruno, sign_in, at_noon, noon):
    at = noon + timedelta(hours=3)
    actions.write(notification=draft, seen=1, values={"vat_number": "FR0"}, by=bruno, at=at)
    actions.submit(notification=draft, seen=2, by=awa, at=at)
    response = press(sign_in(bruno), "notification-approve", draft)
    assert "quelqu’un d’autre" in said(response) or "somebody else" in said(response)
    draft.refresh_from_db()
    assert draft.state == State.IN_REVIEW


def test_the_record_changed_and_the_draft_says_which_answers_are_older(draft, awa, sign_in, at_noon, noon):
    register.amend_facts(
        incident=draft.incident, by=awa, at=noon + timedelta(hours=3), natures=("confidentiality", "availability")
    )
    client = sign_in(awa)
    page = client.get(address("notification-page", draft))
    assert {row.code for row in page.context["reading"].stale} == {"natures", "description"}
    press(client, "notification-follow", draft)
    assert draft.entries.get(field="natures").value == ["confidentiality", "availability"]
    assert not client.get(address("notification-page", draft)).context["reading"].stale


def test_a_comment_with_a_suggestion_is_accepted_with_one_click(draft, awa, bruno, sign_in, at_noon, noon):
    client = sign_in(bruno)
    comment = address("notification-comment-field", draft, "measures_before")
    assert client.get(comment).status_code == 200
    client.post(comment, {"text": "Plus précis, @Awa Diallo.", "suggestion": "Disque chiffré (AES-256)."})
    thread = draft.threads.get()
    client = sign_in(awa)
    assert "Disque chiffré (AES-256)." in words_of(client.get(address("notification-page", draft)))
    press(client, "notification-suggestion", draft, thread.pk, choice="accept")
    assert draft.entries.get(field="measures_before").value == "Disque chiffré (AES-256)."


def test_two_versions_stand_side_by_side(submitted, awa, chloe, sign_in, at_noon, noon):
    at = noon + timedelta(hours=4)
    actions.take_back(notification=submitted, seen=submitted.version, by=awa, at=at)
    actions.write(notification=submitted, seen=3, values={"measures_after": "Révocation."}, by=awa, at=at)
    actions.submit(notification=submitted, seen=4, by=awa, at=at)
    page = sign_in(chloe).get(address("notification-compare", submitted))
    assert [difference.code for difference in page.context["differences"]] == ["measures_after"]
    assert "<ins>Révocation.</ins>" in words_of(page)


def test_the_page_states_its_number_of_queries(submitted, chloe, sign_in, at_noon, django_assert_max_num_queries, noon):
    client = sign_in(chloe)
    client.get(address("notification-page", submitted))
    with django_assert_max_num_queries(38):
        client.get(address("notification-page", submitted))


def test_the_number_of_queries_does_not_grow_with_the_comments(submitted, bruno, chloe, sign_in, at_noon, noon):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(chloe)

    def count():
        with CaptureQueriesContext(connection, ) as found:
            client.get(address("notification-page", submitted))
        return len(found)

    count()
    review.comment(notification=submitted, field="description", text="Un.", by=bruno, at=noon + timedelta(hours=4))
    one = count()
    for number in range(5):
        review.comment(
            notification=submitted, field="natures", text=f"Encore {number}.", by=bruno, at=noon + timedelta(hours=4)
        )
    assert count() == one


READING = ["notification-page", "notification-draft-pdf", "notification-compare"]
WRITING = [
    "notification-submit", "notification-take-back", "notification-abandon", "notification-follow", "notification-kind",
    "notification-cockpit-size", "notification-receipt",
]  # fmt: skip
REVIEWING = ["notification-approve", "notification-send-back", "notification-review-after"]


@pytest.mark.parametrize("name", READING)
def test_who_may_read_the_incident_reads_its_notification(draft, bruno, chloe, second_dpo, sign_in, at_noon, name):
    for person in (bruno, chloe, second_dpo):
        assert sign_in(person).get(address(name, draft)).status_code == 200


@pytest.mark.parametrize("name", READING)
def test_a_reporter_and_an_administrator_are_refused(draft, rose, farid, sign_in, at_noon, name):
    for person in (rose, farid):
        assert sign_in(person).get(address(name, draft)).status_code == 403


@pytest.mark.parametrize("name", WRITING)
def test_only_a_dpo_writes(draft, bruno, chloe, rose, farid, sign_in, at_noon, name):
    for person in (bruno, chloe, rose, farid):
        assert press(sign_in(person), name, draft, text="x").status_code == 403
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (State.DRAFT, 1)


@pytest.mark.parametrize("name", REVIEWING)
def test_only_a_reviewer_reviews(submitted, awa, chloe, rose, farid, sign_in, at_noon, name):
    for person in (awa, chloe, rose, farid):
        assert press(sign_in(person), name, submitted, text="x").status_code == 403
    submitted.refresh_from_db()
    assert submitted.state == State.IN_REVIEW


@pytest.mark.parametrize("name", READING + WRITING + REVIEWING)
def test_another_organisation_finds_nothing(draft, dan, town_hall, sign_in, at_noon, name):
    client = sign_in(dan)
    for slug, answers in (("hopital", {404, 405}), ("mairie", {403, 404, 405})):
        url = reverse(name, args=[slug, draft.incident.reference, draft.number])
        assert {client.get(url).status_code, client.post(url, {"version": 1}).status_code} <= answers


def test_a_stranger_is_sent_to_the_sign_in_page(draft, client, at_noon):
    assert "login" in client.get(address("notification-page", draft)).url


def test_a_get_changes_nothing(submitted, awa, bruno, sign_in, at_noon):
    for person in (awa, bruno):
        client = sign_in(person)
        for name in WRITING + REVIEWING:
            client.get(address(name, submitted))
    submitted.refresh_from_db()
    assert (submitted.state, submitted.version) == (State.IN_REVIEW, 2)
    assert not Seal.objects.exists()


def test_kinds_are_offered_only_where_they_fit(approved, awa, sign_in, at_noon):
    from breachreg.notifications.views import kinds_for

    assert kinds_for(approved.incident) == []
    at_noon(10)
    press(sign_in(awa), "notification-receipt", approved, filed_at_day="2026-03-10", filed_at_time="20:00", receipt_number="1")
    assert kinds_for(approved.incident) == [FilingKind.COMPLEMENTARY, FilingKind.WITHDRAWAL]


def test_the_open_comments_are_listed_above_the_questions(submitted, bruno, awa, sign_in, noon, at_noon):
    thread = review.comment(
        notification=submitted, field="measures_before", text="Vérifié ?", suggestion="Disque chiffré.", by=bruno,
        at=noon + timedelta(hours=4),
    )
    at_noon(5)
    html = words_of(sign_in(awa).get(address("notification-page", submitted)))
    assert f'href="#thread-{thread.pk}"' in html[: html.index('class="section chapter"')]
    assert "Un commentaire est ouvert" in html and "propose une autre rédaction" in html
    # The version in review is not hers to write on: the button would only fail.
    assert "Accepter cette rédaction" not in html and "quand le projet vous sera renvoyé" in html
