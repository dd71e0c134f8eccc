"""What can happen in the register, as the trail and the timeline name it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "register",
    {
        "incident.reported": _("Incident reported"),
        "incident.imported": _("Incident imported"),
        "incident.opened": _("Incident read"),
        "incident.listed": _("List of incidents read"),
        "incident.qualified": _("Qualified as a personal-data breach"),
        "incident.not_a_breach": _("Found not to be a personal-data breach"),
        "incident.amended": _("Facts changed"),
        "assessment.made": _("Risk assessed"),
        "decision.made": _("Decision taken"),
        "decision.confirmed": _("Decision confirmed by a second person"),
        "decision.refused": _("Decision refused by a second person"),
        "decision.reopened": _("Decision reopened, because the facts changed"),
        "incident.closed": _("Incident closed"),
        "incident.reopened": _("Incident reopened"),
        "instant.stated": _("Instant stated"),
        "instant.proposed": _("Change of the awareness proposed"),
        "instant.confirmed": _("Change of the awareness confirmed"),
        "instant.refused": _("Change of the awareness refused"),
        "deadline.started": _("Clock started"),
        "deadline.moved": _("Clock follows a changed awareness"),
        "deadline.met": _("Clock stopped"),
        "deadline.cancelled": _("Clock cancelled"),
        "notification.filed": _("Notification filed with the authority"),
        "timeline.noted": _("Note added to the timeline"),
        "party.named": _("Other body named"),
        "party.removed": _("Other body removed"),
        "evidence.added": _("Evidence added"),
        "evidence.downloaded": _("Evidence downloaded"),
        "task.given": _("Task given"),
        "task.done": _("Task done"),
        "task.reopened": _("Task opened again"),
        "fact.promised": _("Missing fact promised"),
        "promise.kept": _("Promise kept: the fact is known"),
        "promise.withdrawn": _("Promise withdrawn"),
        "reminder.sent": _("Reminder sent"),
        "register.brought": _("Table brought for import"),
        "register.imported": _("Register imported"),
        "register.import_dropped": _("Table to import thrown away"),
    },
)
