"""Names in signs that no font of the machine has stop a run before it starts, and are named."""

import pytest

from breachreg.letters import glyphs, ledger, preparing, recipients, runs
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.run_models import RunState

NOWHERE, NOWHERE_TOO = "\U000f0000", "\U000f1234"  # of private use: no font has them


@pytest.mark.parametrize("name", ["Jeanne Martin", "Nguyễn Țăranu", "Γιώργος Достоевский", "M̃x̣ Y̌", "a\u200bb"])
def test_names_of_the_stamping_face_lack_nothing(name):
    assert glyphs.absent([name]) == frozenset()


@pytest.mark.parametrize("among", ["", "محمد علي", "שרה לוי"])
def test_signs_that_no_font_has_are_found_among_others(among):
    assert glyphs.absent(["Martin", f"{among} {NOWHERE}", NOWHERE_TOO]) == {NOWHERE, NOWHERE_TOO}
    assert glyphs.absent([among]) == frozenset()


@pytest.mark.parametrize(("way", "attaches_pdf", "stops"), [(Channel.POST, False, True), (Channel.EMAIL, True, True), (Channel.EMAIL, False, False)])
def test_a_name_that_can_not_be_printed_stops_the_run_and_is_named(sealed, awa, noon, way, attaches_pdf, stops):
    for name in ("Martin", f"Li{NOWHERE}"):
        person = Person(name, "Jeanne", line4="1 rue A", postcode="35000", city="Rennes", email="li@example.net")
        recipients.add_recipient(letter=sealed, person=person, channel=way, by=awa, at=noon)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], attaches_pdf=attaches_pdf, by=awa, at=noon)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    assert run.state == (RunState.STOPPED if stops else RunState.PREPARED)
    named = list(ledger.search(run, result="missing"))
    assert [line.recipient.number for line in named] == ([2] if stops else [])
    assert all(NOWHERE in line.missing and "fonts-noto-cjk" in line.missing for line in named)
