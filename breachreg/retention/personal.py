"""What the tables of retention say about people; they outlive the incidents, and name them by reference only."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

PURGE = _("shows who decided that an incident goes, and that it went")

TABLES = declare(
    {
        "PurgeProposal": table(
            PURGE, Term.ORGANISATION, nothing="id organisation number submission kept_years proposed_at state answered_at",
            colleague="proposed_by answered_by", text="answer_reason",
        ),
        "Going": table(
            PURGE, Term.ORGANISATION,
            nothing=f"id {LEASE} proposal incident_key reference closed_at purged_at spared file_count row_count word_count",
            text="trouble", file="files",
        ),
    }
)
