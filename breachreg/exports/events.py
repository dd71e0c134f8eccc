"""What can happen when something leaves, as the trail names it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "exports",
    {
        "register.past_read": _("Register read as it stood at an instant"),
        "trail.signed": _("Checkpoint of the trail signed"),
        "checkpoint.sent": _("Checkpoint sent"),
        "checkpoint.downloaded": _("Checkpoint downloaded"),
        "checkpoint.destination_added": _("Destination of checkpoints added"),
        "checkpoint.destination_removed": _("Destination of checkpoints removed"),
        "export.asked": _("Export asked for"),
        "export.made": _("Export made"),
        "export.failed": _("Export failed"),
        "export.downloaded": _("Export downloaded"),
        "export.taking_told": _("A DPO told who took a file"),
        "checkpoint.dated": _("Checkpoint dated by an authority"),
        "export.expired": _("Export removed after its time"),
    },
)
