"""Each incident starts the clocks that its facts trigger, each from its own instant, under the rule of its day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breachreg.law import board, rules
from breachreg.law.board import State
from breachreg.law.clock import NaiveInstant
from breachreg.law.datafile import DataFile
from breachreg.law.duty_table import Duty
from breachreg.law.facts import Facts

from . import cases

PARIS = ZoneInfo("Europe/Paris")
AWARE = datetime(2026, 10, 23, 17, tzinfo=PARIS).astimezone(UTC)  # local times must not be added to
NOW = AWARE + timedelta(hours=2)
BREACH = {"breach": True, "risk": True, "high_risk": False, "by_processor": False, "we_are_processor": False}


def clocks(regimes=(), conditions=BREACH, **given):
    instants = {"aware": AWARE} | given.pop("instants", {})
    found = board.board(regimes=regimes, conditions=conditions, instants=instants, at=NOW, zone=PARIS, **given)
    return {clock.rule.code: clock for clock in found}


def hours(code, found):
    return (found[code].due_at - found[code].started_at) / timedelta(hours=1)


def test_a_breach_with_a_risk_starts_the_72_hours_and_nothing_that_does_not_concern_it():
    found = clocks(conditions=BREACH | {"initial_incomplete": False})
    assert set(found) == {"gdpr_33"}
    assert found["gdpr_33"].due_at == datetime(2026, 10, 26, 16, tzinfo=PARIS)
    assert found["gdpr_33"].certain and not found["gdpr_33"].assumed
    assert found["gdpr_33"].rule.binding and found["gdpr_33"].rule.key == "gdpr_33/2018-05-25"


def test_what_is_not_a_breach_or_brings_no_risk_starts_no_notification():
    assert "gdpr_33" not in clocks(conditions=BREACH | {"breach": False})
    assert "gdpr_33" not in clocks(conditions=BREACH | {"risk": False})


def test_a_condition_that_is_not_known_lets_the_clock_run_as_possible():
    found = clocks(conditions={"breach": True})
    assert not found["gdpr_33"].certain
    assert found["gdpr_33"].due_at == datetime(2026, 10, 26, 16, tzinfo=PARIS)


def test_the_complementary_notification_is_indicative_and_runs_from_the_initial_one():
    filed = AWARE + timedelta(hours=40)
    found = clocks(conditions=BREACH | {"initial_incomplete": True}, instants={"initial_filed": filed})
    assert found["cnil_complementary"].due_at == filed + timedelta(hours=72)
    assert not found["cnil_complementary"].rule.binding
    waiting = clocks(conditions=BREACH | {"initial_incomplete": True})["cnil_complementary"]
    assert waiting.state(NOW) is State.WAITING and waiting.due_at is None and waiting.elapsed(NOW) is None


def test_telling_the_people_has_no_hours_and_shows_the_time_since_the_high_risk_was_known():
    known = AWARE + timedelta(hours=1)
    found = clocks(conditions=BREACH | {"high_risk": True}, instants={"high_risk_known": known})["gdpr_34"]
    assert found.due_at is None and found.remaining(NOW) is None
    assert found.state(NOW) is State.OPEN
    assert found.elapsed(NOW) == timedelta(hours=1)
    assert [reminder.at - found.started_at for reminder in found.reminders()] == [
        timedelta(hours=h) for h in (24, 48, 72, 120)
    ]


def test_the_processor_has_the_hours_of_its_contract_or_none():
    at = {"processor_aware": AWARE - timedelta(hours=30)}
    conditions = BREACH | {"by_processor": True}
    assert clocks(conditions=conditions, instants=at)["processor_tells_us"].state(NOW) is State.OPEN
    late = clocks(conditions=conditions, instants=at, lengths={"contract": 24})["processor_tells_us"]
    assert late.state(NOW) is State.OVERDUE and hours("processor_tells_us", {"processor_tells_us": late}) == 24
    assert late.rule.owed_by == "processor"


def test_a_processor_owes_the_word_to_its_controllers_and_runs_from_its_own_awareness():
    found = clocks(conditions={"we_are_processor": True, "breach": True, "risk": False})
    assert found["we_tell_controllers"].started_at == AWARE
    assert "gdpr_33" not in found


CONCERNED = [
    ("electronic_communications", {}, {"telecom_first": 24}),
    ("nis2", {"significant_incident": True}, {"nis2_early_warning": 24, "nis2_notification": 72}),
    ("trust_services", {"significant_incident": True}, {"trust_services_notification": 24}),
    ("dora", {"major_ict_incident": True}, {"dora_initial": 24}),
    ("insurance", {"attack": True}, {"insurance_complaint": 72}),
]


@pytest.mark.parametrize(("regime", "conditions", "expected"), CONCERNED)
def test_a_regime_adds_its_clocks_only_for_the_organisation_that_it_concerns(regime, conditions, expected):
    concerned = clocks([regime], BREACH | {"initial_incomplete": False} | conditions, instants={"first_signal": AWARE})
    running = {code: hours(code, concerned) for code in concerned if concerned[code].due_at and code != "gdpr_33"}
    assert running == expected
    assert not set(expected) & set(clocks(conditions=BREACH | conditions))


def test_a_start_taken_from_another_instant_is_said_to_be_assumed():
    found = clocks(["nis2"], BREACH | {"significant_incident": True})["nis2_early_warning"]
    assert found.assumed and found.started_from == "aware"
    own = clocks(["nis2"], BREACH | {"significant_incident": True}, instants={"significant_incident_known": NOW})
    assert not own["nis2_early_warning"].assumed and own["nis2_early_warning"].started_at == NOW


def test_the_complaint_counts_from_the_first_signal_as_long_as_the_knowledge_of_the_attack_is_not_recorded():
    signal = AWARE - timedelta(hours=5)
    found = clocks(["insurance"], BREACH | {"attack": True}, instants={"first_signal": signal})["insurance_complaint"]
    assert (found.started_from, found.started_at, found.assumed) == ("first_signal", signal, True)
    assert "insurance_complaint" not in clocks(["insurance"], BREACH | {"attack": False})


def test_dora_gives_four_hours_from_the_classification_and_at_most_a_day_from_awareness():
    conditions = BREACH | {"major_ict_incident": True}
    early = clocks(["dora"], conditions, instants={"classified_major": AWARE + timedelta(hours=1)})["dora_initial"]
    assert (early.due_at, early.started_from) == (AWARE.astimezone(UTC) + timedelta(hours=5), "classified_major")
    tardy = clocks(["dora"], conditions, instants={"classified_major": AWARE + timedelta(hours=23)})["dora_initial"]
    assert (tardy.due_at, tardy.started_from) == (AWARE.astimezone(UTC) + timedelta(hours=24), "aware")


def test_dora_runs_from_report_to_report():
    filed = {"dora_initial_filed": NOW, "dora_intermediate_filed": datetime(2027, 1, 31, 9, tzinfo=PARIS)}
    found = clocks(["dora"], BREACH | {"major_ict_incident": True}, instants=filed)
    assert found["dora_intermediate"].due_at == NOW + timedelta(hours=72)
    assert found["dora_final"].due_at == datetime(2027, 2, 28, 23, 59, tzinfo=PARIS)


def test_the_final_nis2_report_is_due_a_month_after_the_72_hour_one():
    found = clocks(
        ["nis2"],
        BREACH | {"significant_incident": True},
        instants={"nis2_notified": datetime(2026, 11, 5, 8, tzinfo=PARIS)},
    )
    assert found["nis2_final"].due_at == datetime(2026, 12, 5, 23, 59, tzinfo=PARIS)


def test_a_provider_of_communications_completes_within_three_days_of_its_first_notification():
    found = clocks(
        ["electronic_communications"], BREACH | {"initial_incomplete": True}, instants={"initial_filed": AWARE}
    )
    assert found["telecom_second"].due_at == datetime(2026, 10, 26, 23, 59, tzinfo=PARIS)


def test_the_health_report_is_due_without_delay():
    found = clocks(["health"], BREACH | {"serious_health_incident": True}, instants={"first_signal": AWARE})[
        "health_report"
    ]
    assert found.state(NOW) is State.OPEN and found.elapsed(NOW) == timedelta(hours=2)


def test_a_clock_tells_where_it_is():
    running = clocks()["gdpr_33"]
    due = running.due_at
    assert running.state(due) is State.RUNNING
    assert running.state(due + timedelta(seconds=1)) is State.OVERDUE
    assert running.remaining(due - timedelta(hours=12)) == timedelta(hours=12)
    early = clocks(done={"gdpr_33": due - timedelta(hours=9)})["gdpr_33"]
    assert early.state(due + timedelta(days=9)) is State.MET
    assert early.remaining(due + timedelta(days=9)) == timedelta(hours=9)
    assert early.elapsed(due + timedelta(days=9)) == timedelta(hours=63)
    assert clocks(done={"gdpr_33": due})["gdpr_33"].state(due) is State.MET
    late = clocks(done={"gdpr_33": due + timedelta(hours=3)})["gdpr_33"]
    assert late.state(due) is State.MET_LATE
    assert late.remaining(due) == timedelta(hours=-3)


def test_a_duty_without_hours_is_met_when_it_is_done():
    found = clocks(conditions=BREACH | {"high_risk": True}, instants={"high_risk_known": AWARE}, done={"gdpr_34": NOW})[
        "gdpr_34"
    ]
    assert found.state(NOW) is State.MET and found.elapsed(NOW + timedelta(days=1)) == timedelta(hours=2)


def test_reminders_go_first_to_the_owner_then_to_the_next_in_line_and_stop_once_met():
    running = clocks()["gdpr_33"]
    plan = [((running.due_at - each.at) / timedelta(hours=1), each.to, each.code) for each in running.reminders()]
    assert plan == [
        (48, "owner", "before_48"),
        (24, "owner", "before_24"),
        (12, "next", "before_12"),
        (6, "next", "before_6"),
        (2, "all", "before_2"),
        (0, "all", "before_0"),
    ]
    assert clocks(done={"gdpr_33": NOW})["gdpr_33"].reminders() == ()


def test_a_contract_reminds_before_its_hours_end_or_after_the_start_when_it_has_none():
    conditions, at = BREACH | {"by_processor": True}, {"processor_aware": AWARE}
    bound = clocks(conditions=conditions, instants=at, lengths={"contract": 24})["processor_tells_us"]
    assert [(each.code, each.to) for each in bound.reminders()] == [
        ("before_6", "owner"),
        ("before_2", "next"),
        ("before_0", "all"),
    ]
    free = clocks(conditions=conditions, instants=at)["processor_tells_us"]
    assert [(each.code, each.to) for each in free.reminders()] == [
        ("after_24", "owner"),
        ("after_48", "next"),
        ("after_72", "all"),
    ]


def test_no_reminder_lies_before_the_start():
    early = clocks(["dora"], BREACH | {"major_ict_incident": True}, instants={"classified_major": AWARE})[
        "dora_initial"
    ]
    assert [each.code for each in early.reminders()] == ["before_3", "before_1", "before_0"]
    own = board.clock_of(own_rule(hours=6), {}, {"aware": AWARE}, PARIS, {}, {})
    assert [each.code for each in own.reminders()] == ["before_2", "before_0"]


def test_a_reminder_is_sent_once_however_late_or_often_the_job_runs():
    running = clocks()["gdpr_33"]
    at = running.due_at - timedelta(hours=11)
    first = board.to_send(running, at, sent=[])
    assert [each.code for each in first] == ["before_48", "before_24", "before_12"]
    assert board.to_send(running, at, sent=[each.code for each in first]) == ()
    assert [each.code for each in board.to_send(running, running.due_at - timedelta(hours=12), ["before_48"])] == [
        "before_24",
        "before_12",
    ]


def own_rule(**given):
    return rules.own_rule(
        **{
            "code": "bank",
            "fr": "Contrat bancaire",
            "en": "Bank contract",
            "instant": "aware",
            "hours": 36,
            "source": "contract 12-4",
            **given,
        }
    )


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
        ({"conditions": {"raining": True}}, "“raining” is not among the conditions: breach, risk,"),
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


def enacted(tmp_path, line):
    text = (rules.DATA / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(text.replace('replaces = "2018-05-25"\n', f'replaces = "2018-05-25"\n{line}\n'), encoding="utf-8")
    return rules.read(DataFile(path))


def test_one_line_of_data_brings_the_omnibus_into_force_and_no_old_record_changes(tmp_path):
    book = enacted(tmp_path, "valid_from = 2027-06-01")
    assert in_force_on(book, date(2027, 5, 31)) == ["2018-05-25"]
    assert in_force_on(book, date(2027, 6, 1)) == ["omnibus"]
    before, after = (datetime(2027, month, day, 12, tzinfo=PARIS) for month, day in ((5, 31), (6, 1)))
    for aware, length in ((before, 72), (after, 96)):
        conditions = {"breach": True, "risk": True, "high_risk": True}
        found = board.board(regimes=(), conditions=conditions, instants={"aware": aware}, at=NOW, zone=PARIS, book=book)
        clock = next(each for each in found if each.rule.code == "gdpr_33")
        assert clock.due_at - clock.started_at == timedelta(hours=length)
    low = board.board(
        regimes=(),
        conditions={"breach": True, "risk": True, "high_risk": False},
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


def test_the_facts_settle_the_conditions_that_they_can():
    assert board.conditions_of(cases.case(11)) == {
        "breach": True,
        "risk": True,
        "high_risk": True,
        "attack": False,
        "we_are_processor": None,
    }
    assert (
        board.conditions_of(cases.case(2))["risk"] is True and board.conditions_of(cases.case(2))["high_risk"] is None
    )
    assert board.conditions_of(Facts(our_role="processor"))["we_are_processor"] is True
    assert board.conditions_of(Facts(our_role="controller"), breach=None)["breach"] is None
    assert board.conditions_of(Facts())["attack"] is None
    assert board.conditions_of(cases.case(13))["attack"] is False


def test_a_system_is_attacked_by_hacking_whoever_opened_the_door_and_never_by_taking_a_thing():
    assert board.conditions_of(cases.case(4))["attack"] is True
    clicked = Facts.from_answers({"origins": ["hacking"], "causes": ["internal_accidental"]})
    assert board.conditions_of(clicked)["attack"] is True
    leaver = Facts.from_answers({"origins": ["other"], "causes": ["internal_malicious"]})
    assert board.conditions_of(leaver)["attack"] is None
    assert board.conditions_of(Facts.from_answers({"causes": ["external_malicious"]}))["attack"] is None


def test_as_long_as_nobody_has_decided_the_clock_keeps_running_even_when_the_register_is_recommended():
    undecided = board.conditions_of(cases.case(13))
    assert undecided["risk"] is None and undecided["high_risk"] is None
    assert "gdpr_33" in clocks(conditions=undecided)
    decided = board.conditions_of(cases.case(13), decided=Duty.REGISTER_ONLY)
    assert decided["risk"] is False and decided["high_risk"] is False
    assert "gdpr_33" not in clocks(conditions=decided)
    assert board.conditions_of(cases.case(13), decided=Duty.NOTIFY)["risk"] is True
    assert board.conditions_of(cases.case(13), decided=Duty.NOTIFY)["high_risk"] is False
    assert board.conditions_of(cases.case(13), decided=Duty.NOTIFY_AND_TELL)["high_risk"] is True
