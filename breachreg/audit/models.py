"""The trail: entries linked to the one before, what they speak of beside the chain, and the heads of the chains."""

import json

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

INSTALLATION = 0
"""The scope of the chain that runs through the whole installation."""

START = "0" * 64
"""What stands as the previous hash before the first entry of a chain."""


def canonical(values) -> str:
    """JSON with sorted keys and without spaces: the same text for the same values, on any machine."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class CanonicalField(models.TextField):
    """Plain values kept as the very text that the content's hash covers, so that no byte can change unseen."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else json.loads(value)  # null: the content was purged

    def get_prep_value(self, value):
        return canonical(value)

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value):
        return json.loads(value) if isinstance(value, str) else value


class ChainHead(models.Model):
    """The last entry of one chain: the installation's, or an organisation's. Locked while an entry is appended."""

    scope = models.BigIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=START)


class EntryQuerySet(models.QuerySet):
    def of_organisation(self, organisation) -> "EntryQuerySet":
        return self.filter(organisation_id=organisation.pk)

    def about(self, subject: models.Model) -> "EntryQuerySet":
        """Entries on this very row."""
        return self.filter(object_type=subject._meta.model_name, object_id=str(subject.pk))

    def in_file_of(self, subject: models.Model) -> "EntryQuerySet":
        """Entries on this row and on everything that lies in its file (its drafts, letters, evidence...)."""
        return self.filter(file_type=subject._meta.model_name, file_id=str(subject.pk))

    def saying(self, text: str) -> "EntryQuerySet":
        """Entries whose words hold every word of this text: names, the row's label, old and new values, details."""
        entries = self.annotate(
            changes_text=ExpressionWrapper(F("content__changes"), models.TextField()),
            details_text=ExpressionWrapper(F("content__details"), models.TextField()),
        )
        for word in text.split():
            entries = entries.filter(
                Q(content__actor__icontains=word) | Q(content__object_label__icontains=word)
                | Q(changes_text__icontains=word) | Q(details_text__icontains=word)
            )  # fmt: skip
        return entries


class Entry(models.Model):
    """One thing that was done. Append-only: triggers refuse to change or delete it; it holds no personal data.

    There are no foreign keys to live data, so the trail never stands in their way. The file is the row under which
    a person would look for the entry: for a draft, its incident.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    organisation_id = models.BigIntegerField(null=True, blank=True)
    organisation_number = models.PositiveBigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, null=True, blank=True)
    object_id = models.CharField(max_length=60, null=True, blank=True)
    file_type = models.CharField(max_length=60, null=True, blank=True)
    file_id = models.CharField(max_length=60, null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    organisation_previous_hash = models.CharField(max_length=64, null=True, blank=True)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "organisation_number"], name="entry_once_in_its_chain")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-number"]),
            models.Index(fields=["object_type", "object_id", "number"]),
            models.Index(fields=["file_type", "file_id", "number"]),
            models.Index(fields=["organisation_id", "action", "-number"]),
        ]

    def __str__(self):
        return f"{self.number} {self.action}"


class EntryContent(models.Model):
    """What an entry says: who, on what, old and new values, the rows as they stood after it. A lawful purge removes it; its hash stays."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="content")
    salt = models.CharField(max_length=32)
    actor = models.TextField(null=True, blank=True)
    object_label = models.TextField(null=True, blank=True)
    changes = CanonicalField(default=dict)
    details = CanonicalField(default=dict)
    rows = CanonicalField(default=dict)  # the rows that were written, as they stood then: history.py


class ContentPurge(models.Model):
    """Leave to remove one content, given by the entry of a purge; without it the trigger refuses the removal."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="purge")
    purged_by_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="purges")


class Checkpoint(models.Model):
    """The head of a chain at an instant, signed with a key outside the database; copies of it leave the machine.

    It names an entry of the organisation's chain, or (organisation null) of the installation's. Append-only.
    """

    organisation_id = models.BigIntegerField(null=True, blank=True)
    organisation_number = models.PositiveBigIntegerField(null=True, blank=True)
    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    text = models.TextField()  # the signed document, as it left

    class Meta:
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["organisation_id", "-number"])]

    def __str__(self):
        return f"{self.number} {self.hash[:12]}"
