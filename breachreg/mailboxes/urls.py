"""Addresses of mailboxes, below /o/<organisation>/."""

from django.urls import path

from breachreg.mailboxes.views import census, examinations, indicators, log, reporting, rules, triage

ONE = "incidents/<str:reference>/mailboxes"

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
    path(f"{ONE}/", examinations.examinations, name="examinations"),
    path(f"{ONE}/<int:examination>/", examinations.examination, name="examination"),
    path(f"{ONE}/<int:examination>/progress/", examinations.progress, name="examination-progress"),
    path(f"{ONE}/<int:examination>/files/<int:file>/confirm/", examinations.confirm, name="examination-confirm"),
    path(f"{ONE}/<int:examination>/files/<int:file>/stop/", examinations.stop, name="examination-stop"),
    path(f"{ONE}/<int:examination>/files/<int:file>/resume/", examinations.resume, name="examination-resume"),
    path(f"{ONE}/<int:examination>/rules/", rules.rules, name="examination-rules"),
    path(f"{ONE}/<int:examination>/rules/file/", rules.download, name="examination-rules-file"),
    path(f"{ONE}/<int:examination>/rules/<str:shape>/known/", rules.known, name="rule-known"),
    path(f"{ONE}/<int:examination>/rules/<str:shape>/undo/", rules.undo, name="rule-undo"),
    path(f"{ONE}/<int:examination>/log/", log.log, name="examination-log"),
    path(f"{ONE}/<int:examination>/log/copy/", log.copy, name="examination-log-copy"),
    path(f"{ONE}/<int:examination>/log/window/", log.window, name="examination-window"),
    path(f"{ONE}/<int:examination>/census/", census.census, name="examination-census"),
    path(f"{ONE}/<int:examination>/census/<int:file>/take-over/", census.take_over, name="examination-take-over"),
    path(f"{ONE}/<int:examination>/census/<int:file>/people/<str:group>/", census.people, name="examination-people"),
    path("mailboxes/messages/<int:report>/file/", triage.download, name="message-file"),
]
