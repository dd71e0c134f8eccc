"""The page of one incident: its whole story, drawn from what every room keeps of it."""

from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from breachreg.audit import catalogue
from breachreg.audit.models import Entry
from breachreg.desk import facts
from breachreg.desk.next_step import next_step
from breachreg.desk.picture import Moment, Picture, draw
from breachreg.desk.standing import Standing
from breachreg.register.models import Incident, TimelineEntry, TimelineKind

TIMELINE_SHOWN = 12
TRAIL_SHOWN = 6
EVIDENCE_SHOWN = 20
PICTURED = 18
QUESTIONS_SHOWN = 10

# Events of the timeline that belong on the 72-hour line; the rest of it comes from the rows that were made.
ON_THE_LINE = ("incident.reported", "incident.qualified", "incident.not_a_breach", "incident.closed")


def tell(standing: Standing) -> dict:
    """Everything that the page of an incident shows."""
    incident = standing.incident
    return {
        "incident": incident,
        "standing": standing,
        "hold": incident.holds.filter(lifted_at=None).first(),
        "clock": standing.clock,
        "step": next_step(standing),
        "picture": picture_of(standing),
        "groups": facts.groups_of(incident),
        "evidence": incident.evidence.select_related("added_by")[:EVIDENCE_SHOWN],
        "timeline": latest(incident),
        "timeline_count": incident.timeline.count(),
        "trail": trail_of(incident),
        "questions": incident.questions.select_related("asked_by")[:QUESTIONS_SHOWN],
        "tickets": incident.ticket_links.all()[:QUESTIONS_SHOWN],
    }


def latest(incident: Incident) -> list[dict]:
    """The newest entries of the timeline, in words."""
    entries = incident.timeline.select_related("recorded_by")[:TIMELINE_SHOWN]
    return [{"entry": entry, "what": entry.what, "note": entry.note} for entry in entries]


def trail_of(incident: Incident) -> list[dict]:
    """The newest entries of the trail about this incident."""
    entries: QuerySet[Entry] = Entry.objects.about(incident).select_related("content").order_by("-number")[:TRAIL_SHOWN]
    return [{"entry": entry, "label": catalogue.label(entry.action)} for entry in entries]


def picture_of(standing: Standing) -> Picture | None:
    """The 72-hour picture; None before the clock has started."""
    if standing.deadline is None or standing.deadline.due_at is None:
        return None
    return draw(
        clock=standing.clock, moments=moments_of(standing), zone=standing.incident.organisation.zone,
        first_signal_at=standing.incident.first_signal_at,
    )


def moments_of(standing: Standing) -> list[Moment]:
    """What goes on the line: the first time of each thing that moves an incident forward."""
    moments = [*_stated(standing), *_happened(standing), *_judged(standing), *_written(standing), *_reminded(standing)]
    return sorted([*moments, *_filed(standing)], key=lambda moment: moment.at)[:PICTURED]


def _stated(standing: Standing) -> list[Moment]:
    incident = standing.incident
    named = [("first_signal_at", "plain"), ("told_by_processor_at", "plain"), ("aware_at", "due")]
    return [Moment(value, facts.label_of(name), kind) for name, kind in named if (value := getattr(incident, name))]


def _happened(standing: Standing) -> list[Moment]:
    first: dict[str, TimelineEntry] = {}
    events = standing.incident.timeline.filter(kind=TimelineKind.EVENT, event__in=ON_THE_LINE)
    for entry in events.order_by("happened_at", "pk")[: 2 * PICTURED]:
        first.setdefault(entry.event, entry)
    return [Moment(entry.happened_at, entry.what) for entry in first.values()]


def _judged(standing: Standing) -> list[Moment]:
    assessment, decision = standing.assessment, standing.decision
    moments = [Moment(assessment.assessed_at, _("Risk assessed"))] if assessment else []
    return [*moments, Moment(decision.decided_at, decision.get_duty_display())] if decision else moments


def _written(standing: Standing) -> list[Moment]:
    written = standing.notification
    if written is None:
        return []
    steps = [
        (written.drafted_at, _("Notification drafted"), "plain"),
        (written.submitted_at, _("Submitted for review"), "plain"),
        (written.approved_at, _("Approved"), "done"),
    ]
    return [Moment(at, label, kind) for at, label, kind in steps if at]


def _reminded(standing: Standing) -> list[Moment]:
    if standing.deadline is None:
        return []
    sent = standing.deadline.reminders.filter(done_at__isnull=False).order_by().values("hours_before")
    return [
        Moment(row["first_at"], _("Reminder, %(hours)d h before") % {"hours": row["hours_before"]}, "due")
        if row["hours_before"] else Moment(row["first_at"], _("Reminder: overdue"), "late")
        for row in sent.annotate(first_at=Min("done_at"))
    ]


def _filed(standing: Standing) -> list[Moment]:
    due_at = standing.clock.due_at
    return [
        Moment(filing.filed_at, filing.get_kind_display(), "late" if due_at and filing.filed_at > due_at else "done")
        for filing in standing.filings[:2]
    ]
