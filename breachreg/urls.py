"""Addresses: what belongs to an organisation stands below /o/<organisation>/, the rest is of the person or public."""

from django.urls import include, path

ORGANISATION: list = [
    # path("incidents/", include("breachreg.register.urls")),
]

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("o/<slug:organisation>/", include(ORGANISATION)),
]
