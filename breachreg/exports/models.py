"""What leaves: files of the register, and signed checkpoints on their way."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.models import Checkpoint
from breachreg.register.leases import Lease, LeaseQuerySet
from breachreg.register.models import Incident, together


class Form(models.TextChoices):
    CSV = "csv", _("CSV, for any spreadsheet")
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    JSON = "json", _("JSON, for machines")
    PDF = "pdf", _("PDF, to read and print")
    OPEN_DATA = "open_data", _("CSV with the columns of the CNIL's open data")
    PACK = "pack", _("Sealed pack (ZIP) with its verifier")
    INCIDENT = "incident", _("Sealed file of one incident (ZIP)")


class Export(Lease):
    """A file that somebody asked for: made in the background, kept until it expires, recorded in the trail."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exports")
    form = models.CharField(_("format"), max_length=10, choices=Form.choices)
    reference = models.CharField(_("incident"), max_length=20, null=True, blank=True)  # null: the register
    filters = models.JSONField(default=dict, blank=True)
    language = models.CharField(_("language"), max_length=2)
    is_redacted = models.BooleanField(_("without personal data"), default=False)
    as_of = models.DateTimeField(_("as it stood on"), null=True, blank=True)  # null: as it stands
    submission = models.UUIDField(unique=True, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField(null=True, blank=True)
    written = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=200, null=True, blank=True)
    location = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [together("export_made_together", "name", "sha256", "size", "expires_at")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return self.name or self.get_form_display()

    @property
    def trail_file(self) -> Incident | None:
        """The incident under which a person would look for this file; no foreign key, which would stand in a purge's way."""
        return self.organisation.incidents.filter(reference=self.reference).first() if self.reference else None


class Taking(models.Model):
    """Somebody took a file."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="takings")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-taken_at", "-pk"]


class TakingMail(Lease):
    """An e-mail to a DPO about a file that somebody else took, sent once by whichever worker claims it."""

    taking = models.ForeignKey(Taking, on_delete=models.PROTECT, related_name="mails")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="taking_mail_due")]


class CheckpointStamp(models.Model):
    """The token (RFC 3161) with which an authority dated a checkpoint."""

    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT, related_name="stamp")
    token = models.BinaryField()
    dated_at = models.DateTimeField()
    authority = models.CharField(max_length=300)
    is_trusted = models.BooleanField(null=True)  # null: the settings name no roots to judge the authority by
    kept_at = models.DateTimeField()

    def __str__(self):
        return self.authority


class Channel(models.TextChoices):
    EMAIL = "email", _("by e-mail")
    WEBHOOK = "webhook", _("by webhook")


class Destination(models.Model):
    """Where an organisation's checkpoints go, so that they leave this machine."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="checkpoint_destinations")
    channel = models.CharField(_("way"), max_length=10, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=500)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["channel", "address"]
        constraints = [
            together("destination_removed_together", "removed_at", "removed_by"),
            models.UniqueConstraint(
                fields=["organisation", "channel", "address"], condition=Q(removed_at__isnull=True),
                name="destination_once",
            ),
        ]

    def __str__(self):
        return self.address


class DeliveryQuerySet(LeaseQuerySet):
    def wanted(self) -> "DeliveryQuerySet":
        """To destinations that still count."""
        return self.filter(destination__removed_at=None)

    def missed(self) -> "DeliveryQuerySet":
        """Not arrived, and no later checkpoint of the same trail has arrived there either, which would vouch for this one's past."""
        later = Delivery.objects.filter(
            destination=OuterRef("destination"), checkpoint__number__gt=OuterRef("checkpoint__number"), done_at__isnull=False
        )
        return self.wanted().filter(done_at=None).exclude(Exists(later))


class Delivery(Lease):
    """One checkpoint on its way to one destination, sent once."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="deliveries")
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="deliveries")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["checkpoint", "destination"], name="delivery_once")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return str(self.destination)
