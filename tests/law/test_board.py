"""Each incident starts the clocks that its facts trigger, each from its own instant, under the rule of its day."""

from datetime import UTC, datetime, timedelta

import pytest

from breachreg.law import board
from breachreg.law.board import State
from breachreg.law.duty_table import Duty
from breachreg.law.facts import Facts

from . import cases
from .boards import AWARE, BREACH, NOW, PARIS, clocks, hours, own_rule
from .in_force import TODAY


def test_a_breach_with_a_risk_starts_the_72_hours_and_nothing_that_does_not_concern_it():
    found = clocks(conditions=BREACH | {"initial_incomplete": False})
    assert set(found) == {"gdpr_33"}
    assert found["gdpr_33"].due_at == datetime(2026, 10, 26, 16, tzinfo=PARIS)
    assert found["gdpr_33"].certain and not found["gdpr_33"].assumed
    assert found["gdpr_33"].rule.binding and found["gdpr_33"].rule.key == "gdpr_33/2018-05-25"


def test_what_is_not_a_breach_or_brings_no_risk_starts_no_notification():
    assert "gdpr_33" not in clocks(conditions=BREACH | {"breach": False})
    assert "gdpr_33" not in clocks(conditions=BREACH | {"notifiable": False})


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
    found = clocks(conditions={"we_are_processor": True, "breach": True, "notifiable": False})
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


def test_the_facts_settle_the_conditions_that_they_can():
    assert board.conditions_of(cases.case(11), TODAY) == {
        "breach": True,
        "notifiable": True,
        "high_risk": True,
        "attack": False,
        "we_are_processor": None,
    }
    assert (
        board.conditions_of(cases.case(2), TODAY)["notifiable"] is True and board.conditions_of(cases.case(2), TODAY)["high_risk"] is None
    )
    assert board.conditions_of(Facts(our_role="processor"), TODAY)["we_are_processor"] is True
    assert board.conditions_of(Facts(our_role="controller"), TODAY, breach=None)["breach"] is None
    assert board.conditions_of(Facts(), TODAY)["attack"] is None
    assert board.conditions_of(cases.case(13), TODAY)["attack"] is False


def test_a_system_is_attacked_by_hacking_whoever_opened_the_door_and_never_by_taking_a_thing():
    assert board.conditions_of(cases.case(4), TODAY)["attack"] is True
    clicked = Facts.from_answers({"origins": ["hacking"], "causes": ["internal_accidental"]})
    assert board.conditions_of(clicked, TODAY)["attack"] is True
    leaver = Facts.from_answers({"origins": ["other"], "causes": ["internal_malicious"]})
    assert board.conditions_of(leaver, TODAY)["attack"] is None
    assert board.conditions_of(Facts.from_answers({"causes": ["external_malicious"]}), TODAY)["attack"] is None


def test_as_long_as_nobody_has_decided_the_clock_keeps_running_even_when_the_register_is_recommended():
    undecided = board.conditions_of(cases.case(13), TODAY)
    assert undecided["notifiable"] is None and undecided["high_risk"] is None
    assert "gdpr_33" in clocks(conditions=undecided)
    decided = board.conditions_of(cases.case(13), TODAY, decided=Duty.REGISTER_ONLY)
    assert decided["notifiable"] is False and decided["high_risk"] is False
    assert "gdpr_33" not in clocks(conditions=decided)
    assert board.conditions_of(cases.case(13), TODAY, decided=Duty.NOTIFY)["notifiable"] is True
    assert board.conditions_of(cases.case(13), TODAY, decided=Duty.NOTIFY)["high_risk"] is False
    assert board.conditions_of(cases.case(13), TODAY, decided=Duty.NOTIFY_AND_TELL)["high_risk"] is True
