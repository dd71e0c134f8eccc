"""What leaves and what an auditor does: exports, checkpoints on their way, questions, samples; and what goes at the end
of its retention."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.models import Checkpoint
from breachreg.register.leases import Lease
from breachreg.register.models import Incident, together


class Form(models.TextChoices):
    CSV = "csv", _("CSV, for any spreadsheet")
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    JSON = "json", _("JSON, for machines")
    PDF = "pdf", _("PDF, to read and print")
    OPEN_DATA = "open_data", _("CSV with the columns of the CNIL's open data")
    PACK = "pack", _("Sealed pack (ZIP) with its verifier")


class Export(Lease):
    """A file that somebody asked for: made in the background, kept until it expires, recorded in the trail."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exports")
    incident = models.ForeignKey(Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    form = models.CharField(_("format"), max_length=10, choices=Form.choices)
    filters = models.JSONField(default=dict, blank=True)
    language = models.CharField(_("language"), max_length=2)
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    is_redacted = models.BooleanField(_("without personal data"), default=False)
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


class Delivery(Lease):
    """One checkpoint on its way to one destination, sent once."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="deliveries")
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="deliveries")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["checkpoint", "destination"], name="delivery_once")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]


class Question(models.Model):
    """Something that an auditor asks the DPO, and the answer, in place."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="audit_questions")
    incident = models.ForeignKey(Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="audit_questions")
    incident_reference = models.CharField(max_length=20, null=True, blank=True)
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = [F("answered_at").asc(nulls_first=True), "asked_at", "pk"]
        constraints = [together("question_answered_together", "answer", "answered_at", "answered_by")]

    def __str__(self):
        return self.text


class Sample(models.Model):
    """Incidents drawn at random: the seed and the population are kept, so that anybody can draw the same again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="samples")
    seed = models.CharField(max_length=64)
    wanted = models.PositiveIntegerField(_("how many"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    population = models.JSONField()  # references, in order
    drawn = models.JSONField()  # references, in the order of the draw
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-drawn_at", "-pk"]


class RetentionRule(models.Model):
    """For how long an organisation keeps an incident after its closure."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="retention_rule")
    years = models.PositiveSmallIntegerField(_("years after closure"), default=5)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(years__gte=1, years__lte=50), name="retention_in_bounds")]


class LegalHold(models.Model):
    """A reason to keep an incident beyond its retention, until somebody lifts it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.TextField(_("reason"))
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifting_reason = models.TextField(_("why it is lifted"), null=True, blank=True)

    class Meta:
        ordering = ["placed_at"]
        constraints = [
            together("hold_lifted_together", "lifted_at", "lifted_by", "lifting_reason"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(lifted_at__isnull=True), name="hold_one_in_force"
            ),
        ]


class PurgeState(models.TextChoices):
    PROPOSED = "proposed", _("waits for a second person")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Purge(models.Model):
    """What one person proposed to remove at the end of its retention, and a second one confirmed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purges")
    references = models.JSONField()
    state = models.CharField(max_length=10, choices=PurgeState.choices, default=PurgeState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(null=True, blank=True)  # rows that went, by table

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            together("purge_settled_together", "settled_at", "settled_by"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="proposed"), name="purge_one_proposed"
            ),
            models.CheckConstraint(
                name="purge_done_by_another",
                condition=~Q(state="done") | (Q(settled_by__isnull=False) & ~Q(settled_by=F("proposed_by"))),
            ),
        ]
