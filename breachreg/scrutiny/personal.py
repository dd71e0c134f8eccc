"""What the tables of the auditor's room say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

QUESTIONS = _("what an auditor asked, and what was answered")
SAMPLES = _("which incidents an auditor looked at, and with what conclusion")
TICKETS = _("shows that no incident of the IT department is missing from the register")

TABLES = declare(
    {
        "Sample": table(
            SAMPLES, Term.ORGANISATION,
            nothing="id organisation number scope since_on until_on seed size population population_count population_sha256 "
            "submission drawn_at",
            colleague="drawn_by", text="purpose",
        ),
        "SampleItem": table(
            SAMPLES, Term.RECORD, nothing="id sample incident rank digest conclusion concluded_at", colleague="concluded_by",
            text="note",
        ),
        "Question": table(
            QUESTIONS, Term.RECORD,
            nothing="id organisation number incident entry_number rule item state submission asked_at closed_at",
            colleague="asked_by closed_by",
        ),
        "Remark": table(
            QUESTIONS, Term.RECORD, nothing="id question is_answer submission written_at", colleague="written_by", text="text"
        ),
        "QuestionMail": table(
            QUESTIONS, Term.RECORD, nothing=f"id {LEASE} question kind", colleague="recipient", text="trouble"
        ),
        "TicketTable": table(
            TICKETS, Term.ERRAND, storage="default",
            nothing="id organisation sha256 header_row mapping added_at imported_at imported_count dropped_at",
            colleague="added_by imported_by dropped_by", text="name", file="location",
        ),
        "Ticket": table(
            TICKETS, Term.RECORD, nothing="id organisation key number opened_on table row incident dismissed_at",
            colleague="dismissed_by", text="title dismissed_reason",
        ),
        "TicketLink": table(
            TICKETS, Term.RECORD, nothing="id incident organisation key number noted_at", colleague="noted_by"
        ),
    }
)
