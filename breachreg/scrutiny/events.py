"""What can happen in the auditor's room, as the trail names it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "scrutiny",
    {
        "findings.read": _("Findings read"),
        "findings.exported": _("Findings exported"),
        "question.asked": _("Question asked by the auditor"),
        "question.asked_again": _("Auditor asked again"),
        "question.answered": _("Auditor's question answered"),
        "question.closed": _("Auditor's question closed"),
        "question_mail.sent": _("E-mail about an auditor's question sent"),
        "sample.drawn": _("Sample drawn"),
        "sample.opened": _("Sample read"),
        "sample.exported": _("Sample exported"),
        "sample.concluded": _("Auditor's conclusion on an incident"),
        "tickets.brought": _("Table of tickets brought"),
        "tickets.dropped": _("Table of tickets thrown away"),
        "tickets.imported": _("Tickets imported"),
        "ticket.linked": _("Ticket noted on an incident"),
        "ticket.unlinked": _("Ticket taken off an incident"),
        "ticket.dismissed": _("Ticket found to be no personal-data incident"),
        "ticket.taken_back": _("Ticket counted again"),
    },
)
