"""Reported messages: the mailbox they come from, what came in, what was reported in it, campaigns, and indicators.

The bytes of a message lie encrypted outside the database (reporting/sealing.py); nothing of one is rendered or fetched.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.mailboxes import events  # noqa: F401  (declares what can happen here)
from breachreg.register.leases import Lease, LeaseQuerySet
from breachreg.register.models import Incident, together


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the start (port 993)")
    STARTTLS = "starttls", _("STARTTLS (port 143)")


class ReportingMailbox(models.Model):
    """The address to which employees forward suspicious messages, and how its messages are fetched."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="reporting_mailbox")
    version = models.PositiveIntegerField(default=1, editable=False)
    address = models.EmailField(_("reporting address"))
    host = models.CharField(_("IMAP server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(_("user name"), max_length=254)
    sealed_password = models.BinaryField(editable=False)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    domains = models.JSONField(_("your own domains"), default=list)
    acknowledges = models.BooleanField(_("thanks whoever reports"), default=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [together("reporting_mailbox_stopped_together", "stopped_at", "stopped_by")]

    def __str__(self):
        return self.address


class MailboxVisit(Lease):
    """When the mailbox is looked at next, when it last was, and what kept us from it."""

    mailbox = models.OneToOneField(ReportingMailbox, on_delete=models.PROTECT, related_name="visit")
    visited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]


class Source(models.TextChoices):
    IMAP = "imap", _("reporting address")
    UPLOAD = "upload", _("uploaded file")


class OwnQuerySet(models.QuerySet):
    """Rows of an organisation that only those who work on mailboxes may see."""

    def visible_to(self, user: User, organisation: Organisation) -> "OwnQuerySet":
        """The rows of this organisation when this person may see them, none otherwise."""
        may = "mailbox.work" in abilities_of(user, organisation)
        return self.filter(organisation=organisation) if may else self.none()


class IncomingMailQuerySet(OwnQuerySet, LeaseQuerySet):
    def unreadable(self) -> "IncomingMailQuerySet":
        """What came in and could not be read: a person looks at it with other tools."""
        return self.filter(parked_at__isnull=False)


class IncomingMail(Lease):
    """What came in, byte for byte, once; done when its reports are written, parked when it can't be read."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="incoming_mail")
    source = models.CharField(max_length=10, choices=Source.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    is_cut = models.BooleanField(default=False)  # longer than what is taken of one message
    location = models.CharField(max_length=120, editable=False)
    box = models.CharField(max_length=64, null=True, blank=True)  # hash of server, user, folder and its UIDVALIDITY
    uid = models.PositiveBigIntegerField(null=True, blank=True)
    name = models.CharField(_("file"), max_length=255, null=True, blank=True)
    received_at = models.DateTimeField()
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter_name = models.CharField(max_length=200, null=True, blank=True)
    reporter_address = models.CharField(max_length=320, null=True, blank=True)
    note = models.TextField(null=True, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="incoming_mail_bytes_once"),
            together("incoming_mail_uid_together", "uid", "box"),
        ]
        indexes = [
            models.Index(fields=["done_at", "parked_at", "due_at"]),
            models.Index(fields=["organisation", "box", "uid"]),
        ]

    def __str__(self):
        return self.name or self.reporter_address or self.sha256[:12]


class Campaign(models.Model):
    """Reported messages that share a link, a file, or their sender and subject: judged together."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    title = models.CharField(max_length=300)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-last_at"])]

    def __str__(self):
        return self.title


class CampaignMark(models.Model):
    """Something by which a message belongs to a campaign; each mark leads to one campaign of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=64)  # SHA-256: links and subjects are long

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "value"], name="campaign_mark_once")]


class Verdict(models.TextChoices):
    HARMLESS = "harmless", _("Harmless")
    RECEIVED = "received", _("Phishing, received only")
    FOLLOWED = "followed", _("Phishing, followed by somebody")
    BREACH = "breach", _("Personal-data breach")


SERIOUS = (Verdict.FOLLOWED, Verdict.BREACH)
"""What leads to an incident."""


class ReportQuerySet(OwnQuerySet):
    def waiting(self) -> "ReportQuerySet":
        """Reports that nobody has judged yet."""
        return self.filter(verdict__isnull=True)


class Report(models.Model):
    """One reported message, read from outside: its facts, and what a person concluded."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="message_reports")
    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="reports")
    position = models.PositiveSmallIntegerField()
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    grouped_by = models.JSONField(default=list)  # [kind, words]: what it shares with the campaign
    received_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    location = models.CharField(max_length=120, editable=False)
    is_inline = models.BooleanField(default=False)
    subject = models.CharField(max_length=1000, null=True, blank=True)
    sender_name = models.CharField(max_length=320, null=True, blank=True)
    sender_address = models.CharField(max_length=320, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, null=True, blank=True)
    verdict_reason = models.TextField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="message_reports")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["incoming", "position"], name="report_once_a_message"),
            together("report_judged_together", "verdict", "verdict_reason", "judged_at", "judged_by"),
            models.CheckConstraint(
                name="report_with_incident_is_judged", condition=Q(incident__isnull=True) | Q(verdict__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "verdict", "-received_at"]),
            models.Index(fields=["campaign", "verdict"]),
        ]

    def __str__(self):
        return self.subject or self.sha256[:12]


class Acknowledgement(Lease):
    """The thanks to somebody who reported, sent once; parked with its reason when none may be sent."""

    incoming = models.OneToOneField(IncomingMail, on_delete=models.PROTECT, related_name="acknowledgement")
    recipient = models.CharField(max_length=320)
    planned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"]), models.Index(fields=["recipient", "planned_at"])]
