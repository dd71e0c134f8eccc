"""What the tables of the notifications say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

PROOF = _("Art. 33 GDPR: what the authority was told, when, and who approved it")
REVIEW = _("how what left was reviewed, and by whom")
CONTROLLERS = _("Art. 33(2) GDPR: which controllers were told, and when")

TABLES = declare(
    {
        "Notification": table(
            PROOF, Term.RECORD,
            nothing="id incident number kind builds_on state version drafted_at submitted_at review_due_at approved_at "
            "unapproved_at reviewed_after_at filing ended_at",
            colleague="drafted_by submitted_by approved_by unapproved_by reviewed_after_by ended_by",
            text="unapproved_reason reviewed_after_note ended_reason",
        ),
        "AnswerEntry": table(
            PROOF, Term.RECORD, nothing="id notification field source changed_in edited_at", colleague="edited_by",
            text="value english record_value",
        ),
        "Version": table(
            PROOF, Term.RECORD, nothing="id notification number sha256 frozen_at", colleague="frozen_by", text="content"
        ),
        "Seal": table(
            PROOF, Term.RECORD, nothing="id version kind language size sha256 data_sha256 pages signed_as dated_at dated_by sealed_at",
            colleague="sealed_by", file="content",
        ),
        "Review": table(
            REVIEW, Term.RECORD, nothing="id notification version asked_at due_at outcome ended_at",
            colleague="asked_by ended_by", text="summary",
        ),
        "Thread": table(
            REVIEW, Term.RECORD, nothing="id notification field opened_at resolved_at is_accepted",
            colleague="opened_by resolved_by", text="quote suggestion",
        ),
        "Comment": table(REVIEW, Term.RECORD, nothing="id thread written_at", colleague="written_by", text="text"),
        "Comment_mentions": table(REVIEW, Term.RECORD, nothing="id comment", colleague="user"),
        "Tick": table(
            _("how far a filing got in the authority's form"), Term.RECORD, nothing="id notification field carried ticked_at",
            colleague="ticked_by",
        ),
        "DecisionFile": table(
            PROOF, Term.RECORD, nothing="id decision size sha256 data_sha256 pages signed_as dated_at dated_by sealed_at", colleague="sealed_by",
            file="content",
        ),
        "ControllerNotice": table(
            CONTROLLERS, Term.RECORD,
            nothing="id incident number language people_count added_at channel sent_at sha256 acknowledged_at",
            colleague="added_by", identity="contact email address", text="controller extract text",
        ),
        "ControllerDispatch": table(
            CONTROLLERS, Term.RECORD, nothing=f"id {LEASE} notice", colleague="asked_by", text="trouble"
        ),
        "LetterPrint": table(
            CONTROLLERS, Term.RECORD, nothing="id incident number count asked_at posted_at", colleague="asked_by posted_by"
        ),
        "PrintPart": table(
            CONTROLLERS, Term.RECORD, nothing=f"id {LEASE} order place language sha256 pages", text="trouble", file="content"
        ),
        "PrintedLetter": table(CONTROLLERS, Term.RECORD, nothing="id part notice sha256", text="text"),
        "ReviewMessage": table(
            REVIEW, Term.RECORD, nothing=f"id {LEASE} notification kind version thread", colleague="recipient", text="trouble"
        ),
    }
)
