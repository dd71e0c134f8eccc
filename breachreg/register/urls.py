"""Addresses of the register, below /o/<organisation>/."""

from django.urls import path

from breachreg.register.views import assess, evidence, facts, imports, incidents, instants, second, work

urlpatterns = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<str:reference>/qualify/", incidents.qualify, name="qualify"),
    path("incidents/<str:reference>/close/", incidents.close, name="close"),
    path("incidents/<str:reference>/reopen/", incidents.reopen, name="reopen"),
    path("incidents/<str:reference>/facts/", facts.facts, name="facts"),
    path("incidents/<str:reference>/facts/<str:section>/", facts.facts_section, name="facts-section"),
    path("incidents/<str:reference>/parties/", facts.party_add, name="parties"),
    path("incidents/<str:reference>/parties/<int:party>/remove/", facts.party_remove, name="party-remove"),
    path("incidents/<str:reference>/aware/", instants.aware, name="aware"),
    path("incidents/<str:reference>/aware/<int:statement>/settle/", instants.aware_settle, name="aware-settle"),
    path("incidents/<str:reference>/assessment/", assess.assess, name="assess"),
    path("incidents/<str:reference>/assessment/questions/", assess.assess_questions, name="assess-questions"),
    path(
        "incidents/<str:reference>/assessment/<int:before>/<int:after>/", assess.assess_compare, name="assess-compare"
    ),
    path("incidents/<str:reference>/decide/", assess.decide, name="decide"),
    path("incidents/<str:reference>/decide/<int:decision>/settle/", assess.decision_settle, name="decision-settle"),
    path("incidents/<str:reference>/second/", second.second, name="second"),
    path("incidents/<str:reference>/instants/<str:kind>/", instants.instant, name="instant"),
    path("incidents/<str:reference>/evidence/", evidence.evidence, name="evidence"),
    path("incidents/<str:reference>/evidence/<int:evidence>/", evidence.evidence_download, name="evidence-download"),
    path("incidents/<str:reference>/timeline/", work.timeline, name="timeline"),
    path("incidents/<str:reference>/tasks/", work.tasks, name="tasks"),
    path("incidents/<str:reference>/tasks/<int:task>/done/", work.task_done, name="task-done"),
    path("import/", imports.register_import, name="register-import"),
    path("import/<int:brought>/columns/", imports.import_columns, name="import-columns"),
    path("import/<int:brought>/", imports.import_preview, name="import-preview"),
    path("import/<int:brought>/drop/", imports.import_drop, name="import-drop"),
]
