from django.urls import path

from breachreg.desk import views

urlpatterns = [
    path("o/<slug:organisation>/desk/", views.desk, name="desk"),
    path("o/<slug:organisation>/desk/calendar/", views.calendar, name="calendar"),
    path("o/<slug:organisation>/desk/figures/", views.figures, name="figures"),
    path("o/<slug:organisation>/incidents/<str:reference>/", views.incident, name="incident"),
    path("o/<slug:organisation>/incidents/<str:reference>/situation/", views.situation, name="situation"),
]
