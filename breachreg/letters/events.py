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
        "recipients.taken_over": _("Recipients taken over from an examined mailbox"),
        "recipients.doubles_decided": _("People listed twice decided on"),
        "recipients.read": _("Table of recipients read"),
        "recipients.imported": _("Recipients imported"),
        "recipients.refused": _("Table of recipients refused"),
        "recipients.discarded": _("Table of recipients discarded"),
        "recipients.refusals_downloaded": _("List of refused rows downloaded"),
        "recipients.purged": _("Recipients purged"),
        "run.prepared": _("Run of letters prepared"),
        "run.lines_made": _("Lines of a run made"),
        "run.checked": _("Run of letters checked"),
        "run.approved": _("Run of letters approved"),
        "run.started": _("Run of letters started"),
        "run.paused": _("Run of letters paused"),
        "run.resumed": _("Run of letters resumed"),
        "run.cancelled": _("Run of letters cancelled"),
        "run.settled": _("What a cancelled run was handing over settled"),
        "run.ended": _("Run of letters ended"),
        "run.read": _("Ledger or proof of a run read"),
        "dispatch.returned": _("Letter or e-mail returned"),
        "dispatch.second_way": _("Second way tried"),
    },
)
