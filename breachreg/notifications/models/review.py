"""The review of a notification: its rounds, what was said, who was written to; and what was carried over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.notifications.models.notification import Notification
from breachreg.notifications.models.sealed import Version
from breachreg.register.leases import Lease
from breachreg.register.models import together

__all__ = ["Comment", "Review", "ReviewMessage", "Thread", "Tick"]


class Outcome(models.TextChoices):
    APPROVED = "approved", _("approved")
    SENT_BACK = "sent_back", _("sent back")
    TAKEN_BACK = "taken_back", _("taken back by the author")
    ENDED = "ended", _("ended by a change")


class Review(models.Model):
    """One round of legal review of one version: asked when, due when, ended how, with what summary."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="reviews")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="review")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.TextField(_("summary"), blank=True, default="")

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            together("review_ended_together", "outcome", "ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["notification"], condition=Q(outcome__isnull=True), name="review_one_running"
            ),
        ]


class Thread(models.Model):
    """A conversation on one question, or on one sentence of its answer; it may carry a suggested wording."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="threads")
    field = models.CharField(max_length=60, blank=True, default="")  # "": the notification as a whole
    quote = models.TextField(blank=True, default="")
    suggestion = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_accepted = models.BooleanField(null=True, blank=True)  # of the suggestion

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            together("thread_resolved_together", "resolved_at", "resolved_by"),
            models.CheckConstraint(
                name="thread_suggestion_settled_when_resolved",
                condition=Q(is_accepted__isnull=True) | Q(resolved_at__isnull=False),
            ),
        ]


class Comment(models.Model):
    """One contribution to a thread; never edited."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mentions = models.ManyToManyField(User, related_name="+", blank=True)

    class Meta:
        ordering = ["written_at", "pk"]


class MessageKind(models.TextChoices):
    SUBMITTED = "submitted", _("a notification waits for review")
    SENT_BACK = "sent_back", _("a notification was sent back")
    APPROVED = "approved", _("a notification was approved")
    MENTIONED = "mentioned", _("mentioned in a comment")
    FILED_UNAPPROVED = "filed_unapproved", _("a notification was filed without approval")


class ReviewMessage(Lease):
    """An e-mail to one person who comes next in a review, sent once by whichever worker claims it."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()  # of the notification, when there was a reason to write
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="review_message_due")]


class Tick(models.Model):
    """A field that was carried over into the authority's form: the filing can be taken up again on another device.

    ``carried`` is the SHA-256 of the text that was carried over: when the answer is another one by now, the tick no
    longer counts.
    """

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="ticks")
    field = models.CharField(max_length=60)
    carried = models.CharField(max_length=64)
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notification", "field"], name="tick_once")]
