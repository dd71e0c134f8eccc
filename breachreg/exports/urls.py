"""Addresses of the trail and of what leaves, below /o/<organisation>/."""

from django.urls import path

from breachreg.exports.views import dossier, past, register, trail

urlpatterns = [
    path("exports/", register.exports, name="exports"),
    path("exports/files/", register.export_files, name="export-files"),
    path("exports/<int:export>/", register.export_download, name="export-download"),
    path("exports/schema/", register.schema, name="export-schema"),
    path("exports/past/", past.register_past, name="register-past"),
    path("incidents/<str:reference>/pack/", dossier.incident_pack, name="incident-pack"),
    path("incidents/<str:reference>/past/", past.incident_past, name="incident-past"),
    path("trail/", trail.trail, name="trail"),
    path("trail/verify/", trail.verify, name="trail-verify"),
    path("trail/checkpoints/", trail.checkpoint_list, name="checkpoints"),
    path("trail/checkpoints/make/", trail.checkpoint_make, name="checkpoint-make"),
    path("trail/checkpoints/<int:checkpoint>/", trail.checkpoint_file, name="checkpoint-file"),
    path("trail/checkpoints/<int:checkpoint>/timestamp/", trail.checkpoint_stamp, name="checkpoint-stamp"),
    path("trail/destinations/", trail.destination_add, name="destinations"),
    path("trail/destinations/<int:destination>/remove/", trail.destination_remove, name="destination-remove"),
    path("incidents/<str:reference>/trail/", trail.incident_trail, name="incident-trail"),
]
