"""A register kept elsewhere, on its way into this one."""

from django.db import models

from breachreg.accounts.models import Organisation, User
from breachreg.register.models.constraints import together


class RegisterImport(models.Model):
    """A table that a person brings: kept while its columns are mapped and its rows looked at, then imported whole."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="register_imports")
    name = models.CharField(max_length=255)
    location = models.CharField(max_length=120, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    header_row = models.PositiveSmallIntegerField(null=True, blank=True)
    sheet = models.CharField(max_length=100, null=True, blank=True)
    mapping = models.JSONField(default=dict)  # column of the table to the field that it fills
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [together("import_done_together", "imported_at", "imported_by", "imported_count")]

    def __str__(self):
        return self.name


class MappingPreset(models.Model):
    """How the columns of a table were mapped last time, found again by the names of its columns."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mapping_presets")
    columns = models.CharField(max_length=64)  # SHA-256 of the names of the columns
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "columns"], name="preset_once")]
