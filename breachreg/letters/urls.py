"""Addresses of letters, below the incident they belong to."""

from django.urls import path

from breachreg.letters import (
    post_views,
    public_views,
    purge_views,
    recipient_views,
    return_views,
    run_views,
    table_views,
    views,
)

INCIDENT = "o/<slug:organisation>/incidents/<str:reference>/letters/"
LETTER = INCIDENT + "<int:number>/"
PEOPLE = LETTER + "recipients/"
PERSON = PEOPLE + "<int:place>/"
TABLE = LETTER + "tables/<int:table>/"
RUNS = INCIDENT + "runs/"
RUN = RUNS + "<int:number>/"
BATCH = RUN + "post/<int:batch>/"

urlpatterns = [
    path(INCIDENT, views.letters, name="letters"),
    path(INCIDENT + "new/", views.letter_new, name="letter-new"),
    path(LETTER, views.letter, name="letter"),
    path(LETTER + "text/", views.letter_text, name="letter-text"),
    path(LETTER + "segment/", views.letter_segment, name="letter-segment"),
    path(LETTER + "submit/", views.letter_submit, name="letter-submit"),
    path(LETTER + "comments/", views.letter_comment, name="letter-comment"),
    path(LETTER + "comments/<int:comment>/settle/", views.comment_settle, name="letter-comment-settle"),
    path(LETTER + "approve/", views.letter_approve, name="letter-approve"),
    path(LETTER + "send-back/", views.letter_send_back, name="letter-send-back"),
    path(LETTER + "rewrite/", views.letter_rewrite, name="letter-rewrite"),
    path(LETTER + "specimen.pdf", views.letter_specimen, name="letter-specimen"),
    path(LETTER + "public/", public_views.letter_public, name="letter-public"),
    path(LETTER + "public/published/", public_views.letter_publish, name="letter-publish"),
    path(LETTER + "public/<str:which>.txt", public_views.letter_public_text, name="letter-public-text"),
    path(PEOPLE, recipient_views.recipients, name="recipients"),
    path(PEOPLE + "add/", recipient_views.recipient_add, name="recipient-add"),
    path(PEOPLE + "letters.pdf", recipient_views.letters_pdf, name="letters-pdf"),
    path(PERSON, recipient_views.recipient_edit, name="recipient"),
    path(PERSON + "letter.pdf", recipient_views.recipient_pdf, name="recipient-pdf"),
    path(PERSON + "remove/", recipient_views.recipient_remove, name="recipient-remove"),
    path(PERSON + "restore/", recipient_views.recipient_restore, name="recipient-restore"),
    path(LETTER + "tables/", table_views.table_upload, name="table-upload"),
    path(TABLE, table_views.table, name="table"),
    path(PEOPLE + "take-over/", table_views.take_over, name="recipients-take-over"),
    path(TABLE + "doubles/", table_views.table_doubles, name="table-doubles"),
    path(TABLE + "columns/", table_views.table_columns, name="table-columns"),
    path(TABLE + "confirm/", table_views.table_confirm, name="table-confirm"),
    path(TABLE + "discard/", table_views.table_discard, name="table-discard"),
    path(TABLE + "refused.csv", table_views.table_refusals, name="table-refusals"),
    path("o/<slug:organisation>/recipients-kept/", purge_views.recipients_kept, name="recipients-kept"),
    path("o/<slug:organisation>/recipients-kept/term/", purge_views.recipients_term, name="recipients-term"),
    path(INCIDENT + "purge/", purge_views.recipients_purge, name="recipients-purge"),
    path(RUNS, run_views.runs, name="runs"),
    path(RUNS + "new/", run_views.run_new, name="run-new"),
    path(RUN, run_views.run, name="run"),
    path(RUN + "post/", post_views.run_post, name="run-post"),
    path(BATCH + "batch.zip", post_views.batch_zip, name="batch-zip"),
    path(BATCH + "handed-over/", post_views.batch_hand_over, name="batch-hand-over"),
    path(BATCH + "withdraw/", post_views.batch_withdraw, name="batch-withdraw"),
    path(RUN + "ledger/", run_views.run_ledger, name="run-ledger"),
    path(RUN + "ledger.csv", run_views.run_ledger_csv, name="run-ledger-csv"),
    path(RUN + "proofs/<int:letter>/<str:which>.pdf", run_views.run_proof, name="run-proof"),
    path(RUN + "again/", run_views.run_again, name="run-again"),
    path(RUN + "check/", run_views.run_check, name="run-check"),
    path(RUN + "approve/", run_views.run_approve, name="run-approve"),
    path(RUN + "start/", run_views.run_start, name="run-start"),
    path(RUN + "pause/", run_views.run_pause, name="run-pause"),
    path(RUN + "resume/", run_views.run_resume, name="run-resume"),
    path(RUN + "cancel/", run_views.run_cancel, name="run-cancel"),
    path(RUN + "lines/<int:place>/second-way/", run_views.line_second_way, name="line-second-way"),
    path(RUN + "lines/<int:place>/returned/", run_views.line_returned, name="line-returned"),
    path(RUN + "messages/<int:letter>/", run_views.run_message, name="run-message"),
    path(RUNS + "figures/", run_views.figures_carry_over, name="letters-figures"),
    path("o/<slug:organisation>/letters/returns/", return_views.returns, name="returns"),
    path("o/<slug:organisation>/letters/returns/files/", return_views.returns_upload, name="returns-upload"),
    path("o/<slug:organisation>/letters/returns/forget/", return_views.returns_forget, name="returns-forget"),
]
