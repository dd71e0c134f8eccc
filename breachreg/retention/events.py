"""What happens at the end of an incident, as the trail names it (the purge itself: audit/events.py)."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "retention",
    {
        "retention.looked_at": _("Retention looked at"),
        "retention.period_set": _("Retention period changed"),
        "retention.proposed": _("Purge proposed"),
        "retention.approved": _("Purge approved by a second person"),
        "retention.refused": _("Purge refused by a second person"),
        "retention.withdrawn": _("Purge withdrawn by the person who proposed it"),
        "retention.spared": _("Incident kept at the moment of its purge"),
        "retention.files_removed": _("Files of a purged incident removed"),
        "retention.tried_again": _("Purge that failed tried again"),
    },
)
