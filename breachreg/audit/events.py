"""What can happen to the trail itself, as it names it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "audit",
    {
        "trail.read": _("Trail read"),
        "trail.verified": _("Trail verified"),
        "trail.broken": _("Trail found broken"),
        "retention.purged": _("Records purged at the end of their retention"),
    },
)
