"""What the tables of mailboxes say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

INTAKE = _("lets employees report suspicious messages, and the DPO judge them")
EXAMINATION = _("finds out what an attacker did in a mailbox, and whose data was in it")
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
        "Examination": table(
            EXAMINATION, Term.RECORD, nothing="id incident opened_at access_from access_to access_set_at",
            identity="mailbox", text="analysis", colleague="opened_by access_set_by",
        ),
        "ExaminedFile": table(
            EXAMINATION, Term.RECORD,
            nothing=f"id {LEASE} examination evidence guessed_kind kind brought_at confirmed_at stopped_at done_units "
            "done_bytes total_bytes",
            text="result trouble", colleague="brought_by confirmed_by stopped_by",
        ),
        "LogLine": table(
            EXAMINATION, Term.RECORD, nothing="id examination file fingerprint row at kind copied_at",
            identity="address user", text="content",
        ),
        "LogObservable": table(EXAMINATION, Term.RECORD, nothing="id organisation kind file", identity="value"),
        "KnownRule": table(
            EXAMINATION, Term.ORGANISATION, nothing="id organisation shape declared_at undone_at", text="rule reason",
            colleague="declared_by undone_by",
        ),
        "Indicator": table(
            INDICATORS, Term.RECORD, nothing="id incident kind added_at", identity="value", text="note source", colleague="added_by"
        ),
        "ReportObservable": table(INDICATORS, Term.RECORD, nothing="id organisation kind report", identity="value"),
        "Acknowledgement": table(INTAKE, Term.ERRAND, nothing=f"id {LEASE} incoming planned_at", identity="recipient", text="trouble"),
    }
)  # fmt: skip
