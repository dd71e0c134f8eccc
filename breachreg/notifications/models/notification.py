"""A notification and its answers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.notifications.answers import Source
from breachreg.register.models import Filing, FilingKind, Incident, together

__all__ = ["AnswerEntry", "Notification"]

READING = frozenset({"incident.read"})


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    SENT_BACK = "sent_back", _("sent back")
    APPROVED = "approved", _("approved")
    FILED = "filed", _("filed")
    ABANDONED = "abandoned", _("abandoned")

OPEN = (State.DRAFT, State.IN_REVIEW, State.SENT_BACK, State.APPROVED)

WRITABLE = (State.DRAFT, State.SENT_BACK, State.APPROVED)


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "NotificationQuerySet":
        """Notifications of this organisation's incidents, for people who may read every incident there."""
        allowed = READING & abilities_of(user, organisation)
        return self.filter(incident__organisation=organisation) if allowed else self.none()

    def open(self) -> "NotificationQuerySet":
        return self.filter(state__in=OPEN)

    def in_review(self) -> "NotificationQuerySet":
        return self.filter(state=State.IN_REVIEW)


class Notification(models.Model):
    """One message to the authority about one incident, from its draft to its receipt.

    ``version`` counts every change; who writes over a version that is no longer the last one gets a conflict.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notifications")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=FilingKind.choices)
    builds_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_due_at = models.DateTimeField(_("review due"), null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unapproved_reason = models.TextField(_("reason for filing without approval"), null=True, blank=True)
    unapproved_at = models.DateTimeField(null=True, blank=True)
    unapproved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_after_at = models.DateTimeField(null=True, blank=True)
    reviewed_after_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_after_note = models.TextField(_("what the later review found"), null=True, blank=True)

    filing = models.OneToOneField(
        Filing, on_delete=models.PROTECT, null=True, blank=True, related_name="notification"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.TextField(_("reason for abandoning"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="notification_number_once"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state__in=["draft", "in_review", "sent_back", "approved"]),
                name="notification_one_open",
            ),
            together("notification_submitted_together", "submitted_at", "submitted_by", "review_due_at"),
            together("notification_approved_together", "approved_at", "approved_by"),
            together("notification_unapproved_together", "unapproved_reason", "unapproved_at", "unapproved_by"),
            together("notification_reviewed_after_together", "reviewed_after_at", "reviewed_after_by", "reviewed_after_note"),
            together("notification_abandoned_together", "ended_at", "ended_by", "ended_reason"),
            models.CheckConstraint(
                name="notification_filed_has_its_filing",
                condition=Q(state="filed", filing__isnull=False) | (~Q(state="filed") & Q(filing__isnull=True)),
            ),
            models.CheckConstraint(
                name="notification_approved_has_its_approval",
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_filed_is_approved_or_says_why",
                condition=~Q(state="filed") | Q(approved_at__isnull=False) | Q(unapproved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_approver_is_not_submitter",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
            ),
        ]
        indexes = [models.Index(fields=["state", "review_due_at"])]

    def __str__(self):
        return f"{self.incident.reference} · {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def awaits_later_review(self) -> bool:
        return self.unapproved_at is not None and self.reviewed_after_at is None and self.state == State.FILED


class EntryQuerySet(models.QuerySet):
    def as_content(self) -> dict[str, dict]:
        """The answers with their sources, as a content holds them."""
        return {entry.field: entry.as_content() for entry in self}


class AnswerEntry(models.Model):
    """The answer of a draft to one question of the form, and what the record said when it was last looked at."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="entries")
    field = models.CharField(max_length=60)
    value = models.JSONField(null=True, blank=True)
    english = models.TextField(blank=True, default="")  # of a composed text only
    source = models.CharField(max_length=12, choices=[(source, source) for source in Source.ALL])
    record_value = models.JSONField(null=True, blank=True)
    changed_in = models.PositiveIntegerField(default=1)  # the notification's version that wrote it last
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "answer entries"
        constraints = [
            models.UniqueConstraint(fields=["notification", "field"], name="answer_once"),
            together("answer_edited_together", "edited_at", "edited_by"),
        ]

    def as_content(self) -> dict:
        entry = {"value": self.value, "source": self.source}
        return entry | {"english": self.english} if self.english else entry
