"""The trail: entries linked to the one before, what they speak of beside the chain, and the heads of the chains."""

from django.db import models

INSTALLATION = 0
"""The scope of the chain that runs through the whole installation."""


class ChainHead(models.Model):
    """The last entry of one chain: the installation's, or an organisation's. Locked while an entry is appended."""

    scope = models.BigIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class EntryQuerySet(models.QuerySet):
    def of_organisation(self, organisation) -> "EntryQuerySet":
        return self.filter(organisation_id=organisation.pk)

    def about(self, subject: models.Model) -> "EntryQuerySet":
        return self.filter(object_type=subject._meta.model_name, object_id=str(subject.pk))


class Entry(models.Model):
    """One thing that was done. Append-only: triggers refuse to change or delete it; it holds no personal data.

    There are no foreign keys to live data, so the trail never stands in their way.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    organisation_id = models.BigIntegerField(null=True, blank=True)
    organisation_number = models.PositiveBigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, null=True, blank=True)
    object_id = models.CharField(max_length=60, null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    organisation_previous_hash = models.CharField(max_length=64, null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "organisation_number"], name="entry_once_in_its_chain")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-number"]),
            models.Index(fields=["object_type", "object_id", "number"]),
            models.Index(fields=["organisation_id", "action", "-number"]),
        ]


class EntryContent(models.Model):
    """What an entry says in words: who, on what, old and new values. A lawful purge may empty it; its hash stays."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="content")
    salt = models.CharField(max_length=32)
    actor = models.CharField(max_length=300, null=True, blank=True)
    object_label = models.CharField(max_length=300, null=True, blank=True)
    changes = models.JSONField(default=dict)
    details = models.JSONField(default=dict)
