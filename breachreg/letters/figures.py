"""How many people were told, when and how: counted from the ledgers, and carried over into the record by a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters.models import Channel
from breachreg.letters.run_models import NOT_REACHED, OPEN, Dispatch, Result, RunState
from breachreg.register import actions as register
from breachreg.register.models import Incident
from breachreg.register.stops import people_told


class NothingToTell(Exception):
    """Nobody was told by a run yet."""


@dataclass(frozen=True)
class Figures:
    """Of one incident: people told (each once), those not reached by any way, those still waiting, when, by which ways."""

    told: int
    not_reached: int
    waiting: int
    by_way: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits any more."""
        return self.told > 0 and not self.waiting


def of_incident(incident: Incident) -> Figures:
    """The figures of all runs of an incident, as their ledgers stand."""
    lines = Dispatch.objects.filter(run__incident=incident)
    told = lines.filter(result=Result.SENT)
    counted = told.order_by().aggregate(people=Count("recipient", distinct=True), first=Min("sent_at"), last=Max("sent_at"))
    ways = told.order_by("way").values_list("way").annotate(people=Count("recipient", distinct=True))
    reached = told.values("recipient")
    waiting = lines.filter(result__in=OPEN).exclude(run__state=RunState.CANCELLED)
    missed = lines.filter(result__in=NOT_REACHED).exclude(recipient__in=reached).exclude(recipient__in=waiting.values("recipient"))
    return Figures(
        told=counted["people"], not_reached=missed.order_by().values("recipient").distinct().count(),
        waiting=waiting.order_by().values("recipient").distinct().count(), by_way=dict(ways), first_at=counted["first"], last_at=counted["last"],
    )


@transaction.atomic
def carry_over(*, incident: Incident, by: User, at: datetime) -> Figures:
    """Write the figures into the record, whence the notification takes them. Once nobody waits any more, the day of the
    last sending goes with them, and the clock of Art. 34 stops at its instant.

    ``incident.version`` is the one that the person saw. Raises NothingToTell, or what ``amend_facts`` raises (Stale).
    """
    figures = of_incident(incident)
    if not figures.told:
        raise NothingToTell(_("No letter has left yet: there is nothing to carry over."))
    organisation = incident.organisation
    with translation.override(organisation.language):
        facts = {"communication": "informed", "told_count": figures.told, "telling_channels": ways_in_words(figures)}
    if figures.is_over:
        facts["told_on"] = figures.last_at.astimezone(organisation.zone).date()
        _stop_clock(incident, figures, by, at)  # before the facts, which know the day and not the instant
    register.amend_facts(incident=incident, by=by, at=at, **facts)
    record(
        action="letters.figures_carried_over", by=by, at=at, organisation=organisation, subject=incident,
        details={"told": figures.told, "not reached": figures.not_reached, "waiting": figures.waiting, "ways": figures.by_way},
    )
    return figures


def _stop_clock(incident: Incident, figures: Figures, by: User, at: datetime) -> None:
    runs = incident.runs.filter(dispatches__result=Result.SENT).distinct().order_by("number")
    people_told(
        incident=incident, told_at=figures.last_at, reference=", ".join(run.reference for run in runs)[:100], by=by, at=at
    )


def is_carried_over(incident: Incident) -> bool:
    """Whether the record says what the ledgers say."""
    figures = of_incident(incident)
    return incident.communication == "informed" and incident.told_count == figures.told and bool(incident.told_on) >= figures.is_over


def ways_in_words(figures: Figures) -> str:
    """By which ways, with how many people each, in the active language."""
    post, email = figures.by_way.get(Channel.POST, 0), figures.by_way.get(Channel.EMAIL, 0)
    words = [
        ngettext("individual letter by post (%(count)d person)", "individual letters by post (%(count)d people)", post) % {"count": post} if post else "",
        ngettext("individual e-mail (%(count)d person)", "individual e-mails (%(count)d people)", email) % {"count": email} if email else "",
    ]  # fmt: skip
    return ", ".join(filter(None, words))
