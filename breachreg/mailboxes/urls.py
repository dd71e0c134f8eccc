"""Addresses of mailboxes, below /o/<organisation>/."""

from django.urls import path

from breachreg.mailboxes.views import indicators, reporting, triage

urlpatterns = [
    path("mailboxes/", triage.triage, name="mailboxes"),
    path("mailboxes/bring/", triage.bring, name="message-bring"),
    path("mailboxes/reporting/", reporting.settings, name="reporting-mailbox"),
    path("mailboxes/reporting/try/", reporting.try_out, name="reporting-try"),
    path("mailboxes/reporting/now/", reporting.look_now, name="reporting-now"),
    path("mailboxes/reporting/stop/", reporting.stop, name="reporting-stop"),
    path("mailboxes/messages/<int:report>/", triage.report, name="message-report"),
    path("mailboxes/messages/<int:report>/undo/", triage.undo, name="message-undo"),
    path("mailboxes/messages/<int:report>/apart/", triage.apart, name="message-apart"),
    path("mailboxes/messages/<int:report>/incident/", triage.incident, name="message-incident"),
    path("mailboxes/messages/<int:report>/indicators/", indicators.from_report, name="message-indicators"),
    path("mailboxes/messages/<int:report>/attach/", triage.attach, name="message-attach"),
    path("mailboxes/look-up/", indicators.look_up, name="indicator-look-up"),
    path("incidents/<str:reference>/indicators/", indicators.indicators, name="indicators"),
    path("incidents/<str:reference>/indicators/import/", indicators.bring, name="indicators-import"),
    path("incidents/<str:reference>/indicators/<int:indicator>/remove/", indicators.remove, name="indicator-remove"),
    path("mailboxes/messages/<int:report>/file/", triage.download, name="message-file"),
]
