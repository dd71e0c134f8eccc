from django.urls import path

from breachreg.desk import intake_views, promises, views

urlpatterns = [
    path("o/<slug:organisation>/desk/", views.desk, name="desk"),
    path("o/<slug:organisation>/desk/calendar/", views.calendar, name="calendar"),
    path("o/<slug:organisation>/desk/figures/", views.figures, name="figures"),
    path("o/<slug:organisation>/search/", views.search, name="search"),
    path("o/<slug:organisation>/report/", intake_views.report, name="report"),
    path("o/<slug:organisation>/reports/", intake_views.my_reports, name="my_reports"),
    path("o/<slug:organisation>/reports/<str:reference>/", intake_views.report_receipt, name="report_receipt"),
    path("o/<slug:organisation>/incidents/<str:reference>/", views.incident, name="incident"),
    path("o/<slug:organisation>/incidents/<str:reference>/promises/", promises.promises, name="promises"),
    path(
        "o/<slug:organisation>/incidents/<str:reference>/promises/<int:promise>/withdraw/", promises.promise_withdraw,
        name="promise_withdraw",
    ),
    path("o/<slug:organisation>/incidents/<str:reference>/situation/", views.situation, name="situation"),
]
