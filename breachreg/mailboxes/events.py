"""What can happen to reported messages and examined mailboxes, as the trail names it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "mailboxes",
    {
        "message.received": _("Suspicious message received"),
        "message.read": _("Suspicious message read"),
        "message.unreadable": _("Suspicious message that can't be read"),
        "message.forgotten": _("Old reported messages removed"),
        "message.attached": _("Reported messages added to an incident"),
        "indicator.added": _("Indicator added"),
        "indicator.imported": _("Indicators imported"),
        "indicator.removed": _("Indicator removed"),
        "message.acknowledged": _("Thanks sent to whoever reported"),
        "reporting.saved": _("Reporting mailbox set up"),
        "reporting.stopped": _("Reporting mailbox stopped"),
        "reporting.looked_at": _("Reporting mailbox looked at on request"),
        "message.opened": _("Reported message opened"),
        "message.downloaded": _("Reported message downloaded"),
        "message.judged": _("Reported messages judged"),
        "message.judgement_undone": _("Judgement of reported messages undone"),
        "message.parted": _("Reported message taken out of its campaign"),
        "message.incident_opened": _("Incident opened from reported messages"),
        "examination.opened": _("Examination of a mailbox opened"),
        "examination.file_brought": _("File brought to an examination"),
        "examination.file_confirmed": _("Kind of an examined file confirmed"),
        "examination.file_read": _("Examined file read"),
        "examination.file_unreadable": _("Examined file that can't be read"),
        "examination.stopped": _("Reading of an examined file stopped"),
        "examination.resumed": _("Reading of an examined file resumed"),
        "examination.window_set": _("Window of access confirmed"),
        "examination.taken_over": _("Result of a census taken over into the incident"),
        "examination.exported": _("Result of an examination exported"),
        "rule.declared_known": _("Mailbox rule declared known"),
        "rule.known_undone": _("Mailbox rule no longer known"),
    },
)
