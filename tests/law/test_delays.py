"""A late notification says why; what is never accepted is a warning and not a text."""

from breachreg.law import delays


def test_the_texts_offered_leave_room_for_what_only_the_author_knows():
    for reason in delays.offered():
        assert "[…]" in reason.text("fr") and "[…]" in reason.text("en")
        assert reason.label("fr") != reason.label("en")


def test_a_weekend_or_an_absence_is_never_offered_as_a_reason():
    assert {"weekend", "absence", "full_forensics"} <= {reason.code for reason in delays.refused()}
    assert not {reason.code for reason in delays.refused()} & {reason.code for reason in delays.offered()}
    assert {*delays.offered(), *delays.refused()} == {*delays.load()}


def test_the_two_working_days_are_offered_as_a_disputed_argument_only():
    (argument,) = [reason for reason in delays.offered() if reason.code == "working_days"]
    assert argument.standing == "disputed"
    assert "1182/71" in argument.text("fr")


def test_the_instants_that_the_record_knows_fill_their_gaps_and_no_others():
    (argument,) = [reason for reason in delays.offered() if reason.code == "working_days"]
    text = argument.text("fr", {"aware": "23 octobre 2026 à 17 h 00"})
    assert text.startswith("Le délai a couru du 23 octobre 2026 à 17 h 00 au […] et")
    assert "[aware]" not in argument.text("en") and argument.text("en").count("[…]") == 2


def test_a_text_with_a_gap_is_not_finished():
    assert delays.has_gaps("Le sous-traitant nous a informés le […].")
    assert delays.has_gaps("On [...] the processor told us.")
    assert not delays.has_gaps("Le sous-traitant nous a informés le 3 mars [pièce 2]…")
