"""Addresses: what belongs to an organisation stands below /o/<organisation>/, the rest is of the person or public."""

from django.urls import include, path

from breachreg.web.health import health
from breachreg.web.samples import parts

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("health/", health, name="health"),
    path("parts/", parts, name="parts"),
    path("", include("breachreg.desk.people_urls")),
    path("", include("breachreg.desk.urls")),
    path("o/<slug:organisation>/", include("breachreg.exports.urls")),
    path("o/<slug:organisation>/", include("breachreg.retention.urls")),
    path("o/<slug:organisation>/", include("breachreg.scrutiny.urls")),
    path("", include("breachreg.notifications.urls")),
    path("", include("breachreg.letters.urls")),
    path("o/<slug:organisation>/", include("breachreg.mailboxes.urls")),
    # Each room adds one line here; its addresses begin with o/<slug:organisation>/.
    path("o/<slug:organisation>/", include("breachreg.register.urls")),
]
