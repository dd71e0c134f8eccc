"""What a processor tells its controllers (Art. 33(2))."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import LANGUAGES, Organisation, User
from breachreg.notifications.models.notification import READING
from breachreg.register.leases import Lease
from breachreg.register.models import Incident, together

__all__ = ["ControllerDispatch", "ControllerNotice"]


class NoticeChannel(models.TextChoices):
    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")
    OTHER = "other", _("in another way")


class ControllerNoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "ControllerNoticeQuerySet":
        """Notices of this organisation's incidents, for people who may read every incident there."""
        allowed = READING & abilities_of(user, organisation)
        return self.filter(incident__organisation=organisation) if allowed else self.none()

    def unsent(self) -> "ControllerNoticeQuerySet":
        return self.filter(sent_at=None)

    def ready_for_email(self) -> "ControllerNoticeQuerySet":
        """Not sent, with an address, and nobody asked for the sending yet."""
        return self.unsent().filter(email__isnull=False, dispatch=None)


class ControllerNotice(models.Model):
    """What a processor tells one controller about an incident (Art. 33(2)): its own extract, its letter, its track.

    One incident of a processor may concern thousands of controllers. The letter is composed from the record until it
    leaves; then its text is kept with its SHA-256 (trigger).
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="controller_notices")
    number = models.PositiveIntegerField()
    controller = models.CharField(_("controller"), max_length=200)
    contact = models.CharField(_("contact"), max_length=200, null=True, blank=True)
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    address = models.CharField(_("postal address"), max_length=300, null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    people_count = models.PositiveIntegerField(_("people concerned at this controller"), null=True, blank=True)
    extract = models.TextField(_("what of theirs is concerned"), null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=NoticeChannel.choices, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)

    objects = ControllerNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="notice_number_once"),
            models.UniqueConstraint(fields=["incident", "controller"], name="notice_controller_once"),
            together("notice_sent_together", "channel", "sent_at", "text", "sha256"),
            models.CheckConstraint(
                name="notice_acknowledged_after_sending",
                condition=Q(acknowledged_at__isnull=True) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["incident", "sent_at"])]

    def __str__(self):
        return f"{self.incident.reference} · {self.controller}"


class ControllerDispatch(Lease):
    """The order to send one notice by e-mail, done once by whichever worker claims it."""

    notice = models.OneToOneField(ControllerNotice, on_delete=models.PROTECT, related_name="dispatch")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="dispatch_due")]
