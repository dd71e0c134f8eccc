"""What the tables of the exports say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

PROOF = _("lets somebody outside see that the trail is whole")
TAKINGS = _("who took a file that left")

TABLES = declare(
    {
        "Export": table(
            _("a file that somebody asked for, until it expires"), Term.ERRAND, storage="exports",
            nothing=f"id {LEASE} organisation form reference language is_redacted as_of submission asked_at total written name sha256 size "
            "checkpoint expires_at removed_at",
            colleague="asked_by", text="filters trouble", file="location",
        ),
        "Destination": table(
            PROOF, Term.ORGANISATION, nothing="id organisation channel added_at removed_at",
            colleague="added_by removed_by", secret="address",
        ),
        "Taking": table(TAKINGS, Term.ERRAND, nothing="id export taken_at", colleague="taken_by"),
        "TakingMail": table(TAKINGS, Term.ERRAND, nothing=f"id {LEASE} taking", colleague="recipient", text="trouble"),
        "CheckpointStamp": table(PROOF, Term.TRAIL, nothing="id checkpoint token dated_at authority is_trusted kept_at"),
        "Delivery": table(PROOF, Term.TRAIL, nothing=f"id {LEASE} checkpoint destination", text="trouble"),
    }
)
