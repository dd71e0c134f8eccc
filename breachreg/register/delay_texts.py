"""The reasons for a delay that may be offered to somebody who writes them, with the instants that the record knows.

Regulation 1182/71's two working days are one of them, marked as disputed; what is never accepted is only a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import translation
from django.utils.translation import get_language, ngettext

from breachreg.law import delays
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Incident, InstantKind, StatementState
from breachreg.web.dates import day_words, instant_words
from breachreg.web.widgets import CONTROL

COLUMNS = {
    "occurred_from": ("occurred_from", InstantKind.OCCURRED_FROM),
    "first_signal": ("first_signal_at", InstantKind.FIRST_SIGNAL),
    "told_by_processor": ("told_by_processor_at", InstantKind.TOLD_BY_PROCESSOR),
    "aware": ("aware_at", InstantKind.AWARE),
}


@dataclass(frozen=True)
class Offered:
    """One reason. `texts` are its sentences with their language, that of the authority's form first; none when it is refused."""

    code: str
    standing: str
    label: str
    texts: tuple[tuple[str, str], ...] = ()
    warning: str = ""
    note: str = ""


class DelayReasonsInput(forms.Textarea):
    """The reasons for a delay, and below them texts to start from; unfolded where the notification is late."""

    template_name = "parts/widgets/delay_reasons.html"

    def __init__(self, incident: Incident, *, is_open: bool = False, rows: int = 5):
        super().__init__({**CONTROL, "rows": rows})
        self.incident, self.is_open = incident, is_open

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        every = list(offers(self.incident))
        context["widget"] |= {
            "is_open": self.is_open,
            "offered": [each for each in every if each.texts],
            "refused": [each for each in every if not each.texts],
        }
        return context


def offers(incident: Incident) -> Iterator[Offered]:
    """Every reason in the language in force, the usual ones first (two queries).

    The texts are in French, the language of the authority's form; for an English reader in English as well.
    """
    language, instants = get_language() or "fr", known_instants(incident)
    zone = incident.organisation.zone
    known = {each: _in_words(instants, zone, each) for each in (("fr",) if language == "fr" else ("fr", "en"))}
    for reason in delays.load():
        label = reason.label(language)
        if reason.standing == "refused":
            yield Offered(reason.code, reason.standing, label, warning=reason.text(language))
        else:
            texts = tuple((each, reason.text(each, words)) for each, words in known.items())
            note = _weekdays_between(instants, zone) if reason.code == "working_days" else ""
            yield Offered(reason.code, reason.standing, label, texts, note=note)


def known_instants(incident: Incident) -> dict[str, tuple[datetime, bool]]:
    """The instants that the record knows, by the names of the gaps that they fill, each with whether only its day is known."""
    days = set(incident.statements.filter(state=StatementState.IN_FORCE, is_date_only=True).values_list("kind", flat=True))
    due_at = incident.deadlines.filter(rule=ARTICLE_33, cancelled_at=None).values_list("due_at", flat=True).first()
    known = {name: (getattr(incident, column), kind in days) for name, (column, kind) in COLUMNS.items()}
    return {name: (at, is_day) for name, (at, is_day) in (known | {"due": (due_at, False)}).items() if at is not None}


def _in_words(instants: dict[str, tuple[datetime, bool]], zone: ZoneInfo, language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            name: (day_words if is_day else instant_words)(at.astimezone(zone)) for name, (at, is_day) in instants.items()
        }


def _weekdays_between(instants: dict[str, tuple[datetime, bool]], zone: ZoneInfo) -> str:
    """How many full weekdays the 72 hours held: whoever argues with two working days should know."""
    if not {"aware", "due"} <= instants.keys():
        return ""
    days = delays.full_weekdays(instants["aware"][0], instants["due"][0], zone)
    return ngettext(
        "This period held %(days)s full day from Monday to Friday, public holidays not considered.",
        "This period held %(days)s full days from Monday to Friday, public holidays not considered.", days,
    ) % {"days": days}
