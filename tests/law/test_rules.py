"""The rules of the clocks: one's own, the version in force on the day, and the proposal that a line of data enacts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breachreg.law import board, rules
from breachreg.law.board import State
from breachreg.law.clock import NaiveInstant
from breachreg.law.datafile import DataFile

from .boards import AWARE, BREACH, NOW, PARIS, clocks, hours, own_rule
from .in_force import enacted


def test_an_organisation_adds_its_own_clocks():
    found = clocks(own=[own_rule(), own_rule(code="policy", hours=None)])
    assert hours("own_bank", found) == 36
    assert found["own_policy"].state(NOW) is State.OPEN
    assert [each.to for each in found["own_bank"].reminders()] == ["owner", "owner", "all", "all"]
    rule = found["own_bank"].rule
    assert (rule.code, rule.version, rule.regime, rule.addressee, rule.source) == (
        "own_bank",
        "own",
        "own",
        "other",
        "contract 12-4",
    )
    assert rule.binding and rule.label("fr") == "Contrat bancaire" and rule.label("en") == "Bank contract"
    assert [step.hours_before for step in rule.steps] == [24, 6, 2, 0]
    assert not own_rule(binding=False).binding and own_rule(addressee="people").addressee == "people"
    assert [step.to for step in own_rule(reminders=(3, 2)).steps] == ["owner", "all"]
    assert not rule.is_proposal and own_rule(hours=1).terms[0].hours == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [({"instant": "lunch"}, "no instant “lunch”"), ({"hours": 0}, "above zero"), ({"hours": -4}, "above zero")],
)
def test_a_wrong_clock_of_ones_own_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        own_rule(**given)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"regimes": ["moon"]}, "“moon” is not among the regimes: gdpr, electronic_communications,"),
        ({"conditions": {"raining": True}}, "“raining” is not among the conditions: breach, notifiable,"),
        ({"instants": {"lunch": AWARE}}, "“lunch” is not among the instants: aware, first_signal,"),
    ],
)
def test_an_unknown_name_is_refused(wrong, message):
    given = {"regimes": (), "conditions": {}, "instants": {}} | wrong
    with pytest.raises(KeyError, match=message):
        board.board(**given, at=NOW, zone=PARIS)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(NaiveInstant):
        clocks(instants={"aware": datetime(2026, 10, 23, 17)})  # noqa: DTZ001


def test_before_awareness_is_recorded_the_rules_of_today_stand_ready():
    found = board.board(regimes=(), conditions=BREACH, instants={"aware": None}, at=NOW, zone=PARIS)
    assert {clock.rule.code: clock.state(NOW) for clock in found}["gdpr_33"] is State.WAITING


def test_the_72_hours_alone_can_be_asked_for_with_the_rule_kept_on_the_record():
    alone = board.notification_clock(AWARE, PARIS)
    assert (alone.rule.key, alone.due_at, alone.certain) == (
        "gdpr_33/2018-05-25",
        datetime(2026, 10, 26, 16, tzinfo=PARIS),
        True,
    )
    filed = board.notification_clock(AWARE, PARIS, rule_key="gdpr_33/omnibus", filed_at=AWARE + timedelta(hours=96))
    assert filed.state(NOW) is State.MET and filed.rule.version == "omnibus"


def test_the_first_hours_of_the_first_day_are_already_under_the_rule():
    just_after_midnight = datetime(2018, 5, 25, 0, 30, tzinfo=PARIS)
    assert board.notification_clock(just_after_midnight, PARIS).rule.key == "gdpr_33/2018-05-25"


def test_a_version_that_the_file_no_longer_has_is_an_error_that_says_so():
    with pytest.raises(KeyError, match=r"must stay in rules\.toml"):
        rules.load().get("gdpr_33/1995")


def in_force_on(book, day, code="gdpr_33"):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
    return [rule.version for rule in book.in_force(noon, PARIS) if rule.code == code]


def test_the_omnibus_is_a_proposal_and_never_in_force():
    book = rules.load()
    assert book.get("gdpr_33/omnibus").is_proposal and not book.get("gdpr_33/2018-05-25").is_proposal
    assert in_force_on(book, date(2040, 1, 1)) == ["2018-05-25"]
    assert in_force_on(book, date(2018, 5, 24)) == []
    assert in_force_on(book, date(2018, 5, 25)) == ["2018-05-25"]


def test_one_line_of_data_brings_the_omnibus_into_force_and_no_old_record_changes(tmp_path):
    book = enacted(tmp_path, "valid_from = 2027-06-01")
    assert in_force_on(book, date(2027, 5, 31)) == ["2018-05-25"]
    assert in_force_on(book, date(2027, 6, 1)) == ["omnibus"]
    before, after = (datetime(2027, month, day, 12, tzinfo=PARIS) for month, day in ((5, 31), (6, 1)))
    for aware, length in ((before, 72), (after, 96)):
        conditions = {"breach": True, "notifiable": True, "high_risk": True}
        found = board.board(regimes=(), conditions=conditions, instants={"aware": aware}, at=NOW, zone=PARIS, book=book)
        clock = next(each for each in found if each.rule.code == "gdpr_33")
        assert clock.due_at - clock.started_at == timedelta(hours=length)
    low = board.board(
        regimes=(),
        conditions={"breach": True, "notifiable": False, "high_risk": False},
        instants={"aware": after},
        at=NOW,
        zone=PARIS,
        book=book,
    )
    assert "gdpr_33" not in {each.rule.code for each in low}


def test_the_day_of_validity_is_the_day_in_the_zone_of_the_organisation(tmp_path):
    book = enacted(tmp_path, "valid_from = 2027-06-01")
    late_evening_utc = datetime(2027, 5, 31, 22, 30, tzinfo=UTC)
    assert [rule.version for rule in book.in_force(late_evening_utc, PARIS) if rule.code == "gdpr_33"] == ["omnibus"]
    assert [rule.version for rule in book.in_force(late_evening_utc, ZoneInfo("UTC")) if rule.code == "gdpr_33"] == [
        "2018-05-25"
    ]


def test_the_board_takes_the_day_of_awareness_in_the_zone_and_the_starts_of_the_book_it_is_given(tmp_path):
    text = (rules.DATA / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    renamed = text.replace('replaces = "2018-05-25"', 'replaces = "2018-05-25"\nvalid_from = 2027-06-01')
    path.write_text(
        renamed.replace('code = "detected"\n', 'code = "noticed"\n').replace('from = "detected"', 'from = "noticed"'),
        encoding="utf-8",
    )
    aware = datetime(2027, 5, 31, 22, 30, tzinfo=UTC)  # already 1 June in Paris
    found = board.board(
        regimes=["electronic_communications"], conditions={"breach": True}, instants={"aware": aware}, at=NOW, zone=PARIS,
        book=rules.read(DataFile(path)),
    )  # fmt: skip
    by_code = {each.rule.code: each for each in found}
    assert by_code["gdpr_33"].rule.version == "omnibus"
    assert by_code["telecom_first"].assumed and by_code["telecom_first"].due_at == aware + timedelta(hours=24)


def test_a_last_day_is_still_in_force(tmp_path):
    book = enacted(tmp_path, "valid_from = 2027-06-01\nvalid_to = 2027-12-31")
    assert in_force_on(book, date(2027, 12, 31)) == ["omnibus"]
    assert in_force_on(book, date(2028, 1, 1)) == []
    assert book.last_day(book.get("gdpr_33/omnibus")) == date(2027, 12, 31)
    assert book.last_day(book.get("gdpr_33/2018-05-25")) == date(2027, 5, 31)
    assert rules.load().last_day(rules.load().get("gdpr_33/2018-05-25")) is None


def test_every_rule_has_its_words_in_both_languages_and_its_source():
    for rule in rules.load().rules:
        assert rule.label("fr") != rule.label("en") and rule.note("fr") != rule.note("en")
        assert rule.source and rule.steps
    book = rules.load()
    assert book.instants["first_signal"].label("fr") == "premier signal"
    assert book.instants["first_signal"].label("en") == "first signal"
    assert book.addressees["people"].label("fr") == "Personnes concernées"
    assert book.regimes.label("health", "en").startswith("Health or social-care establishment")
    assert book.get("dora_final/2025").label("fr") == "Rapport final DORA"
    assert book.get("dora_final/2025").note("fr") == "Un mois après le dernier rapport intermédiaire."
