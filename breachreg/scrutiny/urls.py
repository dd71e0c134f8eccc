"""Addresses of the auditor's room, below /o/<organisation>/."""

from django.urls import path

from breachreg.scrutiny.views import questions, room, samples, tickets

urlpatterns = [
    path("audit/", room.room, name="audit-room"),
    path("audit/findings/", room.finding, name="finding"),
    path("audit/findings.csv", room.findings_csv, name="findings-csv"),
    path("audit/questions/", questions.questions, name="questions"),
    path("audit/questions/ask/", questions.question_ask, name="question-ask"),
    path("audit/questions/<int:number>/", questions.question, name="question"),
    path("audit/questions/<int:number>/close/", questions.question_close, name="question-close"),
    path("audit/samples/", samples.samples, name="samples"),
    path("audit/samples/<int:number>/", samples.sample, name="sample"),
    path("audit/samples/<int:number>/<int:rank>/", samples.sample_item, name="sample-item"),
    path("audit/samples/<int:number>/sample.csv", samples.sample_csv, name="sample-csv"),
    path("audit/samples/<int:number>/population.txt", samples.sample_population, name="sample-population"),
    path("audit/tickets/", tickets.tickets, name="tickets"),
    path("audit/tickets/import/", tickets.ticket_import, name="ticket-import"),
    path("audit/tickets/import/<int:table>/", tickets.ticket_table, name="ticket-table"),
    path("audit/tickets/import/<int:table>/drop/", tickets.ticket_drop, name="ticket-drop"),
    path("audit/tickets/<int:ticket>/", tickets.ticket, name="ticket"),
    path("audit/tickets/<int:ticket>/take-back/", tickets.ticket_take_back, name="ticket-take-back"),
    path("incidents/<str:reference>/findings/", room.incident_findings, name="incident-findings"),
    path("incidents/<str:reference>/tickets/", tickets.incident_tickets, name="incident-tickets"),
    path("incidents/<str:reference>/tickets/<int:link>/remove/", tickets.incident_ticket_off, name="incident-ticket-off"),
]
