"""Writing, reviewing and sealing a letter to the people concerned."""

import json
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError

from breachreg.audit.models import Entry
from breachreg.letters import actions, content, prefill
from breachreg.letters.models import Letter
from breachreg.register import actions as register
from tests.letters.conftest import SEGMENT


def test_the_first_draft_has_the_four_elements_of_the_law_and_passes_the_checks(draft):
    assert content.stops(actions.texts(draft), "fr") == []
    for part in content.parts():
        if part.article:
            assert len(getattr(draft, part.code)) >= content.SHORTEST_ELEMENT, part.code


def test_the_first_draft_speaks_of_the_data_these_people_lost_and_of_no_other(draft):
    assert "mot de passe" in draft.advice and "santé" in draft.your_data
    assert "banque" not in draft.advice and "sécurité sociale" not in draft.consequences


def test_a_letter_is_written_for_a_breach_only(incident, awa, noon):
    with pytest.raises(actions.NotNow, match="Qualifiez"):
        actions.write_letter(incident=incident, by=awa, at=noon, subject="Information", **SEGMENT)


def test_a_letter_without_consequences_is_not_submitted(draft, awa, noon):
    draft = actions.amend_letter(letter=draft, by=awa, at=noon, consequences="")
    with pytest.raises(ValidationError) as refused:
        actions.submit_letter(letter=draft, by=awa, at=noon)
    assert set(refused.value.message_dict) == {"consequences"}


def test_a_placeholder_whose_value_nobody_knows_keeps_the_letter_from_review(draft, awa, noon):
    register.amend_facts(incident=register.Incident.objects.get(), by=awa, at=noon, occurred_from=None)
    with pytest.raises(ValidationError) as refused:
        actions.submit_letter(letter=Letter.objects.get(), by=awa, at=noon)
    assert "{happened_on}" in refused.value.message_dict["what_happened"][0]


def test_two_people_who_edit_the_same_text_meet_and_nothing_is_overwritten(draft, awa, second_dpo, noon):
    seen_by_both = Letter.objects.get()
    actions.amend_letter(letter=draft, by=awa, at=noon, closing="Awa Diallo")
    with pytest.raises(actions.Stale) as met:
        actions.amend_letter(letter=seen_by_both, by=second_dpo, at=noon, closing="Inès Caron")
    assert met.value.letter.closing == "Awa Diallo"


def test_nobody_approves_a_text_that_they_wrote_even_a_part_of_it(draft, awa, bruno, noon):
    edited = actions.amend_letter(letter=draft, by=bruno, at=noon, closing="Bruno Lefèvre")
    submitted = actions.submit_letter(letter=edited, by=awa, at=noon)
    with pytest.raises(actions.OwnText):
        actions.approve_letter(letter=submitted, by=bruno, at=noon)
    assert Letter.objects.get().is_in_review


def test_a_letter_sent_back_is_a_draft_again_with_the_reasons(in_review, bruno, noon):
    sent_back = actions.send_back_letter(letter=in_review, reasons="Dites depuis quand.", by=bruno, at=noon)
    assert sent_back.is_draft
    assert sent_back.submitted_at is None
    assert sent_back.comments.get().text == "Dites depuis quand."


def test_sending_back_without_reasons_is_refused_and_changes_nothing(in_review, bruno, noon):
    with pytest.raises(ValidationError):
        actions.send_back_letter(letter=in_review, reasons=" ", by=bruno, at=noon)
    assert Letter.objects.get().is_in_review


def test_approval_seals_the_text_with_its_values(sealed):
    assert sealed.sealed_sha256 == sha256(sealed.sealed_text.encode()).hexdigest()
    kept = json.loads(sealed.sealed_text)
    assert "10 mars 2026" in kept["parts"]["what_happened"]
    assert "{appel}" in kept["parts"]["opening"]


def test_a_sealed_letter_says_the_same_when_the_record_changes(sealed, awa, noon):
    before = Letter.objects.get().sealed_text
    register.amend_facts(incident=register.Incident.objects.get(), by=awa, at=noon, narrative="Autre chose.")
    assert Letter.objects.get().sealed_text == before


def test_a_sealed_letter_is_not_changed_any_more(sealed, awa, noon):
    with pytest.raises(actions.NotNow):
        actions.amend_letter(letter=sealed, by=awa, at=noon, closing="Autre")


def test_a_new_version_of_a_sealed_letter_is_a_new_draft(sealed, awa, noon):
    new = actions.rewrite_letter(letter=sealed, by=awa, at=noon)
    assert (new.number, new.is_draft, new.replaces, new.advice) == (2, True, sealed, sealed.advice)
    with pytest.raises(actions.NotNow):
        actions.rewrite_letter(letter=sealed, by=awa, at=noon)


def test_every_step_is_in_the_trail(sealed):
    actions_taken = list(Entry.objects.filter(action__startswith="letter.").values_list("action", flat=True))
    assert actions_taken == ["letter.written", "letter.submitted", "letter.approved"]


def test_when_the_trail_refuses_nothing_is_saved(in_review, bruno, noon, monkeypatch):
    def refuse(**details):
        raise RuntimeError("no trail")

    monkeypatch.setattr(actions, "record", refuse)
    with pytest.raises(RuntimeError):
        actions.approve_letter(letter=in_review, by=bruno, at=noon)
    assert Letter.objects.get().is_in_review


def test_a_comment_is_dealt_with_once(in_review, awa, bruno, noon):
    comment = actions.comment_on_letter(letter=in_review, text="Plus court.", part="advice", by=bruno, at=noon)
    for _ in range(2):
        actions.settle_comment(comment=comment, by=awa, at=noon)
    assert Entry.objects.filter(action="letter.comment_settled").count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("group", ["concerned", "deceived"])
@pytest.mark.parametrize("capacity", ["person", "guardian"])
def test_every_first_draft_is_plain_by_our_own_checks(known_breach, awa, noon, language, group, capacity):
    segment = {**SEGMENT, "language": language, "group": group, "capacity": capacity}
    texts = prefill.first_draft(known_breach, prefill.Segment(**segment))
    ours = {code: text for code, text in texts.items() if code not in ("what_happened", "measures")}
    assert [f for f in content.check({**ours, "what_happened": "x" * 50, "measures": "x" * 50}, language) if f.part] == []
