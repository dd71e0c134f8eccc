"""What the tables of the letters say about people; whom they go to lies encrypted, and may go before the rest."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

PROOF = _("Art. 34 GDPR: what the people were told")
RECIPIENTS = _("Art. 34 GDPR: who was told, when and how")

TABLES = declare(
    {
        "Letter": table(
            PROOF, Term.RECORD,
            nothing="id incident number version state replaces language group capacity data_categories sensitive_categories "
            "details created_at submitted_at approved_at sealed_sha256",
            colleague="created_by submitted_by approved_by",
            text="subject opening what_happened your_data consequences measures advice never_ask contact complaint closing "
            "sealed_text",
        ),
        "Letter_authors": table(PROOF, Term.RECORD, nothing="id letter", colleague="user"),
        "LetterComment": table(
            _("how a letter was reviewed, and by whom"), Term.RECORD,
            nothing="id letter kind part letter_version made_at settled_at", colleague="made_by settled_by", text="text",
        ),
        "Publication": table(
            PROOF, Term.RECORD, nothing="id letter kind published_at text_sha256 recorded_at", colleague="recorded_by", text="place address"
        ),
        "Vault": table(
            RECIPIENTS, Term.RECORD, nothing="id incident opened_at destroyed_at", colleague="destroyed_by",
            text="destroyed_reason", secret="wrapped_key wrapped_hash_key",
        ),
        "RecipientTerm": table(RECIPIENTS, Term.ORGANISATION, nothing="id organisation days set_at", colleague="set_by"),
        "RecipientImport": table(
            RECIPIENTS, Term.RECORD, storage="letters",
            nothing=f"id {LEASE} letter state file_size file_sha256 columns rows_read rows_added rows_refused "
            "rows_left_out bytes_read reading are_columns_known columns_fixed_at mailbox_file whose uploaded_at",
            colleague="uploaded_by", text="file_name header explanation trouble", file="location refusals_location",
        ),
        "Recipient": table(
            RECIPIENTS, Term.RECORD, nothing="id letter number channel source source_row segment is_double added_at removed_at",
            colleague="added_by removed_by", sealed="sealed name_hash email_hash same_hash",
        ),
        "Run": table(
            RECIPIENTS, Term.RECORD,
            nothing=f"id {LEASE} incident number state attaches_pdf is_merged letters_a_file is_duplex seed prepared_at checked_at "
            "approved_at started_at ended_at ledger_sha256 held_until held_times minute_at minute_count",
            colleague="prepared_by checked_by approved_by started_by", text="held_reason trouble",
        ),
        "Run_letters": table(RECIPIENTS, Term.RECORD, nothing="id run letter"),
        "BounceMailbox": table(
            _("undelivered letters are noticed"), Term.ORGANISATION,
            nothing=f"id {LEASE} organisation version host port security folder saved_at visited_at box_key seen_uid",
            colleague="saved_by", identity="address user", secret="sealed_password", text="trouble",
        ),
        "Dispatch": table(
            RECIPIENTS, Term.RECORD,
            nothing=f"id {LEASE} run letter recipient way place text_sha256 message_id name_length instead_of batch result "
            "sent_at returned_at",
            text="missing explanation trouble",
        ),
        "Batch": table(
            RECIPIENTS, Term.RECORD, storage="letters",
            nothing="id run letter number state is_merged is_duplex letters pages sheets envelopes laid_out sha256 "
            "manifest_sha256 size produced_at handed_over_at removed_at",
            colleague="handed_over_by", text="handed_over_to", file="location",
        ),
    }
)
