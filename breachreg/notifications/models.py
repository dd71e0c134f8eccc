"""What we tell the authority: notifications, their answers, frozen versions, sealed documents, review, filing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import LANGUAGES, Organisation, User
from breachreg.notifications.answers import Source
from breachreg.register.leases import Lease
from breachreg.register.models import Decision, Filing, FilingKind, Incident, together

__all__ = [
    "AnswerEntry", "Comment", "ControllerDispatch", "ControllerNotice", "DecisionFile", "Notification", "Review", "ReviewMessage",
    "Seal", "Thread", "Tick", "Version",
]  # fmt: skip

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


class Seal(models.Model):
    """A document as it was approved or filed: the very bytes, served and never drawn again; never changed (triggers)."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=10, choices=SealKind.choices)
    language = models.CharField(max_length=2)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data_sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "kind", "language"], name="seal_once")]

    def __str__(self):
        return f"{self.version} · {self.kind} · {self.language}"

    @property
    def name(self) -> str:
        """The name of the file when it is downloaded."""
        notification = self.version.notification
        return f"{notification.incident.reference}-{notification.number}-v{self.version.number}-{self.kind}-{self.language}.pdf"


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


class Tick(models.Model):
    """A field that was carried over into the authority's form: the filing can be taken up again on another device."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="ticks")
    field = models.CharField(max_length=60)
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notification", "field"], name="tick_once")]


class DecisionFile(models.Model):
    """The reasoned file of a decision not to notify (Art. 33(5)), sealed once a second person confirmed it; never changed."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data_sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return f"{self.decision.incident.reference}-not-notifying.pdf"


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
