"""Addresses of letters, below the incident they belong to."""

from django.urls import path

from breachreg.letters import recipient_views, table_views, views

INCIDENT = "o/<slug:organisation>/incidents/<str:reference>/letters/"
LETTER = INCIDENT + "<int:number>/"
PEOPLE = LETTER + "recipients/"
PERSON = PEOPLE + "<int:place>/"
TABLE = LETTER + "tables/<int:table>/"

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
    path(PEOPLE, recipient_views.recipients, name="recipients"),
    path(PEOPLE + "add/", recipient_views.recipient_add, name="recipient-add"),
    path(PEOPLE + "letters.pdf", recipient_views.letters_pdf, name="letters-pdf"),
    path(PERSON, recipient_views.recipient_edit, name="recipient"),
    path(PERSON + "letter.pdf", recipient_views.recipient_pdf, name="recipient-pdf"),
    path(PERSON + "remove/", recipient_views.recipient_remove, name="recipient-remove"),
    path(PERSON + "restore/", recipient_views.recipient_restore, name="recipient-restore"),
    path(LETTER + "tables/", table_views.table_upload, name="table-upload"),
    path(TABLE, table_views.table, name="table"),
    path(TABLE + "columns/", table_views.table_columns, name="table-columns"),
    path(TABLE + "confirm/", table_views.table_confirm, name="table-confirm"),
    path(TABLE + "discard/", table_views.table_discard, name="table-discard"),
    path(TABLE + "refused.csv", table_views.table_refusals, name="table-refusals"),
]
