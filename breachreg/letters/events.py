"""What can happen to a letter and its recipients, as the trail names it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "letters",
    {
        "letter.written": _("Letter to the people concerned begun"),
        "letter.amended": _("Letter changed"),
        "letter.opened": _("Letter read"),
        "letter.submitted": _("Letter submitted for review"),
        "letter.commented": _("Comment on a letter"),
        "letter.comment_settled": _("Comment on a letter dealt with"),
        "letter.sent_back": _("Letter sent back"),
        "letter.approved": _("Letter approved and sealed"),
        "letter.downloaded": _("Letters downloaded as PDF"),
        "recipient.added": _("Recipient added"),
        "recipient.amended": _("Recipient changed"),
        "recipient.removed": _("Recipient taken off the list"),
        "recipient.restored": _("Recipient put back on the list"),
        "recipient.listed": _("Recipients read"),
        "recipient.previewed": _("Letter of one recipient read"),
        "recipients.uploaded": _("Table of recipients uploaded"),
        "recipients.read": _("Table of recipients read"),
        "recipients.imported": _("Recipients imported"),
        "recipients.refused": _("Table of recipients refused"),
        "recipients.discarded": _("Table of recipients discarded"),
        "recipients.refusals_downloaded": _("List of refused rows downloaded"),
        "recipients.purged": _("Recipients purged"),
    },
)
