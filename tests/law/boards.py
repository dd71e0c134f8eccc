"""The board that the tests of the clocks and of the rules ask for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from breachreg.law import board, rules

PARIS = ZoneInfo("Europe/Paris")
AWARE = datetime(2026, 10, 23, 17, tzinfo=PARIS).astimezone(UTC)  # local times must not be added to
NOW = AWARE + timedelta(hours=2)
BREACH = {"breach": True, "notifiable": True, "high_risk": False, "by_processor": False, "we_are_processor": False}


def clocks(regimes=(), conditions=BREACH, **given):
    instants = {"aware": AWARE} | given.pop("instants", {})
    found = board.board(regimes=regimes, conditions=conditions, instants=instants, at=NOW, zone=PARIS, **given)
    return {clock.rule.code: clock for clock in found}


def hours(code, found):
    return (found[code].due_at - found[code].started_at) / timedelta(hours=1)


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
