"""The page of one incident: its whole story, drawn from what every room keeps of it."""

from django.db.models import QuerySet

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
PICTURED = 14

# What belongs on the 72-hour line, and the colour of its dot. The awareness and the filing carry instants of their own.
ON_THE_LINE = {
    "incident.reported": "plain",
    "incident.qualified": "plain",
    "incident.not_a_breach": "plain",
    "assessment.made": "plain",
    "decision.made": "plain",
    "notification.drafted": "plain",
    "notification.submitted": "plain",
    "notification.sent_back": "due",
    "notification.approved": "done",
    "letters.approved": "plain",
    "letters.sent": "done",
    "incident.closed": "plain",
}


def tell(standing: Standing) -> dict:
    """Everything that the page of an incident shows."""
    incident = standing.incident
    return {
        "incident": incident,
        "standing": standing,
        "clock": standing.clock,
        "step": next_step(standing),
        "picture": picture_of(standing),
        "groups": facts.groups_of(incident),
        "evidence": incident.evidence.select_related("added_by")[:EVIDENCE_SHOWN],
        "timeline": latest(incident),
        "timeline_count": incident.timeline.count(),
        "trail": trail_of(incident),
    }


def latest(incident: Incident) -> list[dict]:
    """The newest entries of the timeline, in words."""
    entries = incident.timeline.select_related("recorded_by")[:TIMELINE_SHOWN]
    return [{"entry": entry, "what": words_of(entry), "note": note_of(entry)} for entry in entries]


def words_of(entry: TimelineEntry) -> str:
    """What an entry says in one line: the label of an event, or the text that somebody wrote."""
    return str(catalogue.label(entry.event)) if entry.kind == TimelineKind.EVENT else entry.text


def note_of(entry: TimelineEntry) -> str:
    """What stands below that line."""
    return entry.text if entry.kind == TimelineKind.EVENT else entry.source or ""


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
    moments = [*_stated(standing), *_happened(standing), *_filed(standing)]
    return sorted(moments, key=lambda moment: moment.at)[:PICTURED]


def _stated(standing: Standing) -> list[Moment]:
    incident = standing.incident
    named = [("first_signal_at", "plain"), ("told_by_processor_at", "plain"), ("aware_at", "due")]
    return [Moment(value, facts.label_of(name), kind) for name, kind in named if (value := getattr(incident, name))]


def _happened(standing: Standing) -> list[Moment]:
    first: dict[str, TimelineEntry] = {}
    events = standing.incident.timeline.filter(kind=TimelineKind.EVENT, event__in=ON_THE_LINE)
    for entry in events.order_by("happened_at", "pk")[: 4 * PICTURED]:
        first.setdefault(entry.event, entry)
    return [Moment(entry.happened_at, words_of(entry), ON_THE_LINE[event]) for event, entry in first.items()]


def _filed(standing: Standing) -> list[Moment]:
    due_at = standing.clock.due_at
    return [
        Moment(filing.filed_at, filing.get_kind_display(), "late" if due_at and filing.filed_at > due_at else "done")
        for filing in standing.filings[:2]
    ]
