"""Addresses of retention, below /o/<organisation>/."""

from django.urls import path

from breachreg.retention.views import holds, retention

urlpatterns = [
    path("retention/", retention.retention, name="retention"),
    path("retention/period/", retention.period, name="retention-period"),
    path("retention/propose/", retention.propose, name="purge-propose"),
    path("retention/purged/", retention.purged, name="purged"),
    path("retention/<int:number>/", retention.purge, name="purge"),
    path("retention/<int:number>/answer/", retention.answer, name="purge-answer"),
    path("retention/<int:number>/progress/", retention.progress, name="purge-progress"),
    path("retention/<int:number>/again/", retention.again, name="purge-again"),
    path("incidents/<str:reference>/hold/", holds.hold, name="hold"),
]
