"""Addresses of the notifications of an incident."""

from django.urls import include, path

from breachreg.notifications import (
    controller_views,
    document_views,
    filing_views,
    print_views,
    review_views,
    standalone_views,
    views,
)

one = [
    path("", views.notification_page, name="notification-page"),
    path("sections/<slug:code>/", views.section, name="notification-section"),
    path("record/", views.follow, name="notification-follow"),
    path("kind/", views.change_kind, name="notification-kind"),
    path("submit/", views.submit, name="notification-submit"),
    path("take-back/", views.take_back, name="notification-take-back"),
    path("abandon/", views.abandon, name="notification-abandon"),
    path("draft.pdf", document_views.draft_pdf, name="notification-draft-pdf"),
    path("sealed/<int:seal>.pdf", document_views.sealed, name="notification-sealed"),
    path("versions/<int:version>.json", document_views.version_data, name="notification-version-data"),
    path("compare/", document_views.compare, name="notification-compare"),
    path("approve/", review_views.approve, name="notification-approve"),
    path("send-back/", review_views.send_back, name="notification-send-back"),
    path("review-after/", review_views.review_after, name="notification-review-after"),
    path("comments/", review_views.thread_new, name="notification-comment"),
    path("comments/on/<slug:field>/", review_views.thread_new, name="notification-comment-field"),
    path("comments/<int:thread>/reply/", review_views.thread_reply, name="notification-reply"),
    path("comments/<int:thread>/resolve/", review_views.thread_resolve, name="notification-resolve"),
    path("comments/<int:thread>/suggestion/", review_views.suggestion_settle, name="notification-suggestion"),
    path("cockpit/", filing_views.cockpit, name="notification-cockpit"),
    path("cockpit/size/", filing_views.cockpit_size, name="notification-cockpit-size"),
    path("cockpit/<slug:field>/", filing_views.tick, name="notification-tick"),
    path("receipt/", filing_views.receipt, name="notification-receipt"),
]

controllers = [
    path("", controller_views.listing, name="controllers"),
    path("add/", controller_views.add, name="controllers-add"),
    path("import/", controller_views.import_file, name="controllers-import"),
    path("send/", controller_views.send, name="controllers-send"),
    path("progress/", controller_views.progress, name="controllers-progress"),
    path("print/", print_views.order, name="controllers-print"),
    path("print/<int:number>/letters/", print_views.download, name="controllers-print-download"),
    path("print/<int:number>/posted/", print_views.posted, name="controllers-print-posted"),
    path("track.csv", controller_views.track, name="controllers-track"),
    path("<int:number>/", controller_views.one, name="controller"),
    path("<int:number>/letter.pdf", controller_views.letter, name="controller-letter"),
    path("<int:number>/told/", controller_views.told, name="controller-told"),
    path("<int:number>/acknowledged/", controller_views.acknowledged, name="controller-acknowledged"),
]

urlpatterns = [
    path("o/<slug:organisation>/incidents/<str:reference>/controllers/", include(controllers)),
    path(
        "o/<slug:organisation>/incidents/<str:reference>/notification/",
        include(
            [
                path("", views.overview, name="notification"),
                path("draft/", views.draft, name="notification-draft"),
                path("elsewhere/", filing_views.elsewhere, name="notification-elsewhere"),
                path("receipts/<int:filing>/", filing_views.correct, name="notification-receipt-correct"),
                path("not-notifying.pdf", standalone_views.decision_file, name="decision-file"),
                path("not-notifying/seal/", standalone_views.decision_file_seal, name="decision-file-seal"),
                path("summary/<slug:audience>.pdf", standalone_views.summary, name="notification-summary"),
                path("<int:number>/", include(one)),
            ]
        ),
    ),
]
