"""What can happen at the desk, as the trail names it: reading only."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "desk",
    {
        "desk.opened": _("Desk opened"),
        "feed.made": _("Calendar address made"),
        "feed.ended": _("Calendar address taken away"),
        "feed.read": _("Calendar read at its secret address"),
        "figures.opened": _("Yearly figures read"),
        "incident.searched": _("Incidents searched"),
    },
)
