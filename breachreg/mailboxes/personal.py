"""What the tables of mailboxes say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

INTAKE = _("lets employees report suspicious messages, and the DPO judge them")
INDICATORS = _("recognises the same attack in other messages, logs and incidents")

TABLES = declare(
    {
        "ReportingMailbox": table(
            INTAKE, Term.ORGANISATION,
            nothing="id organisation version host port security folder domains acknowledges saved_at stopped_at",
            identity="address user", secret="sealed_password", colleague="saved_by stopped_by",
        ),
        "MailboxVisit": table(INTAKE, Term.ORGANISATION, nothing=f"id {LEASE} mailbox visited_at", text="trouble"),
        "IncomingMail": table(
            INTAKE, Term.ERRAND, storage="default",
            nothing=f"id {LEASE} organisation source sha256 size is_cut box uid received_at",
            file="location", text="name note trouble", identity="reporter_name reporter_address", colleague="brought_by",
        ),
        "Campaign": table(INTAKE, Term.ERRAND, nothing="id organisation first_at last_at", text="title"),
        "CampaignMark": table(INTAKE, Term.ERRAND, nothing="id organisation campaign kind value"),
        "Report": table(
            INTAKE, Term.RECORD, storage="default",
            nothing="id organisation incoming position campaign received_at sha256 size is_inline sent_at verdict judged_at "
            "incident",
            file="location", identity="sender_name sender_address", text="grouped_by subject facts verdict_reason",
            colleague="judged_by",
        ),
        "Indicator": table(
            INDICATORS, Term.RECORD, nothing="id incident kind added_at", identity="value", text="note source", colleague="added_by"
        ),
        "ReportObservable": table(INDICATORS, Term.RECORD, nothing="id organisation kind report", identity="value"),
        "Acknowledgement": table(INTAKE, Term.ERRAND, nothing=f"id {LEASE} incoming planned_at", identity="recipient", text="trouble"),
    }
)  # fmt: skip
