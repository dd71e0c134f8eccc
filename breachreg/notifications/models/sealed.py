"""What is frozen or sealed: never changed (0003 triggers), served and never drawn again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.notifications.models.notification import Notification
from breachreg.register.models import Decision, together

__all__ = ["DecisionFile", "Seal", "Version"]


class Version(models.Model):
    """The content of a notification, frozen when it was submitted, approved or filed; never changed (0003 triggers)."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["notification", "number"], name="version_number_once")]

    def __str__(self):
        return f"{self.notification} · v{self.number}"

    @property
    def answers(self) -> dict:
        return {code: entry["value"] for code, entry in self.content["answers"].items()}


class SealKind(models.TextChoices):
    APPROVED = "approved", _("approved")
    FILED = "filed", _("filed")


class SealedDocument(models.Model):
    """The very bytes of a document, served and never drawn again; never changed (triggers).

    Who signed and who dated them is null when nobody did: the settings ask for neither, or a person sealed without.
    """

    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data_sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    signed_as = models.CharField(max_length=200, null=True, blank=True)
    dated_at = models.DateTimeField(null=True, blank=True)
    dated_by = models.CharField(max_length=500, null=True, blank=True)
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        constraints = [together("%(class)s_dated_together", "dated_at", "dated_by")]


class Seal(SealedDocument):
    """A document of a notification as it was approved or filed."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=10, choices=SealKind.choices)
    language = models.CharField(max_length=2)

    class Meta(SealedDocument.Meta):
        ordering = ["pk"]
        constraints = [
            *SealedDocument.Meta.constraints,
            models.UniqueConstraint(fields=["version", "kind", "language"], name="seal_once"),
        ]

    def __str__(self):
        return f"{self.version} · {self.kind} · {self.language}"

    @property
    def name(self) -> str:
        """The name of the file when it is downloaded."""
        notification = self.version.notification
        return f"{notification.incident.reference}-{notification.number}-v{self.version.number}-{self.kind}-{self.language}.pdf"


class DecisionFile(SealedDocument):
    """The reasoned file of a decision not to notify (Art. 33(5)), sealed once a second person confirmed it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="file")

    class Meta(SealedDocument.Meta):
        pass

    def __str__(self):
        return f"{self.decision.incident.reference}-not-notifying.pdf"
