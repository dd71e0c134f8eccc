"""A late notification says why; what is never accepted is a warning and not a text."""

import pytest

from breachreg.law import delays
from breachreg.law.datafile import BadData, DataFile


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


def test_a_standing_that_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "delay_reasons.toml"
    text = (delays.DATA / "delay_reasons.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('"disputed"\nfr', '"maybe"\nfr'), encoding="utf-8")
    with pytest.raises(BadData, match=r"^delay_reasons\.toml:\d+: “standing” is one of usual, disputed, refused"):
        delays.read(DataFile(path))
