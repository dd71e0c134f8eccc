"""Letters to the people concerned (Art. 34): their wording, their review, and the people they go to.

What identifies a recipient is one encrypted column, under a key of the incident that is itself encrypted by a key kept
outside the database (letters/vault.py). A purge destroys the incident's key; a back-up made before still holds it.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.fields import CodesField
from breachreg.accounts.models import LANGUAGES, Organisation, User
from breachreg.law.advice import DETAILS
from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.register.leases import Lease
from breachreg.register.models import Incident, together


class LetterState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved and sealed")


class Capacity(models.TextChoices):
    PERSON = "person", _("the person concerned")
    GUARDIAN = "guardian", _("guardian of a minor")
    HEIR = "heir", _("heir")


class Group(models.TextChoices):
    CONCERNED = "concerned", _("people whose data was concerned")
    OWNER = "owner", _("owner of the mailbox")
    DECEIVED = "deceived", _("people who received the fraudulent message")
    INSIDE = "inside", _("people whose data was in the mailbox")
    PUBLIC = "public", _("the public (Art. 34(3)(c))")


class Channel(models.TextChoices):
    POST = "post", _("by post")
    EMAIL = "email", _("by e-mail")


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "LetterQuerySet":
        """Letters of this organisation's incidents, to those who read every incident there."""
        if "incident.read" not in abilities_of(user, organisation):
            return self.none()
        return self.filter(incident__organisation=organisation)

    def with_people_counted(self) -> "LetterQuerySet":
        """With ``people``: how many stand on each letter's list."""
        listed = Q(recipients__removed_at__isnull=True) & (
            Q(recipients__source__isnull=True) | Q(recipients__source__state=ImportState.DONE)
        )
        return self.annotate(people=models.Count("recipients", filter=listed & Q(recipients__isnull=False)))

    def awaiting_review(self) -> "LetterQuerySet":
        return self.filter(state=LetterState.IN_REVIEW)


class Letter(models.Model):
    """One text for one segment of the people concerned, in one language; sealed when approved."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveSmallIntegerField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.DRAFT)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    # Whom it speaks to
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    group = models.CharField(_("group"), max_length=10, choices=Group.choices, default=Group.CONCERNED)
    capacity = models.CharField(_("capacity"), max_length=10, choices=Capacity.choices, default=Capacity.PERSON)
    data_categories = CodesField(_("data these people lost"), vocabulary="data_categories")
    sensitive_categories = CodesField(_("sensitive data these people lost"), vocabulary="sensitive_categories")
    details = models.JSONField(_("what exactly"), default=list, blank=True)  # codes of law.advice.DETAILS

    # What it says; an empty part is left out
    subject = models.CharField(_("subject"), max_length=120)
    opening = models.TextField(_("opening"), blank=True)
    what_happened = models.TextField(_("what happened"), blank=True)
    your_data = models.TextField(_("which of their data"), blank=True)
    consequences = models.TextField(_("what it can lead to"), blank=True)
    measures = models.TextField(_("what was done"), blank=True)
    advice = models.TextField(_("what they can do now"), blank=True)
    never_ask = models.TextField(_("what is never asked"), blank=True)
    contact = models.TextField(_("whom to contact"), blank=True)
    complaint = models.TextField(_("right to complain"), blank=True)
    closing = models.TextField(_("closing and signature"), blank=True)

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authors = models.ManyToManyField(User, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sealed_text = models.TextField(null=True, blank=True, editable=False)
    sealed_sha256 = models.CharField(max_length=64, null=True, blank=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["incident", "number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="letter_number_once"),
            together("letter_submitted_together", "submitted_at", "submitted_by"),
            together(
                "letter_sealed_together", "approved_at", "approved_by", "sealed_text", "sealed_sha256"
            ),
            models.CheckConstraint(
                name="letter_approved_is_sealed",
                condition=Q(state="approved", sealed_sha256__isnull=False)
                | (~Q(state="approved") & Q(sealed_sha256__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["incident", "state"]), models.Index(fields=["state"])]

    def __str__(self):
        return self.reference

    def clean(self):
        unknown = set(self.details) - DETAILS
        if unknown:
            raise ValidationError({"details": _("%(codes)s: not in the list.") % {"codes": ", ".join(sorted(unknown))}})

    @property
    def reference(self) -> str:
        """Such as HOP-2026-0007-L1."""
        return f"{self.incident.reference}-L{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == LetterState.DRAFT

    @property
    def is_in_review(self) -> bool:
        return self.state == LetterState.IN_REVIEW

    @property
    def is_approved(self) -> bool:
        return self.state == LetterState.APPROVED


class CommentKind(models.TextChoices):
    COMMENT = "comment", _("comment")
    SENT_BACK = "sent_back", _("sent back")


class LetterComment(models.Model):
    """What a reader said about a part of a letter (or about the whole), and when it was dealt with."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=10, choices=CommentKind.choices, default=CommentKind.COMMENT)
    part = models.CharField(max_length=20, null=True, blank=True)  # null: the whole letter
    text = models.TextField()
    letter_version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [together("letter_comment_settled_together", "settled_at", "settled_by")]

    @property
    def part_label(self) -> str:
        """The part it speaks of, in words; empty for the whole letter."""
        return str(Letter._meta.get_field(self.part).verbose_name) if self.part else ""


class PublicationKind(models.TextChoices):
    PAGE = "page", _("page or banner on a site")
    PRESS = "press", _("press release or notice")
    OTHER = "other", _("another way")


class Publication(models.Model):
    """Where and when a sealed text to the public was published."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(_("as"), max_length=10, choices=PublicationKind.choices)
    place = models.CharField(_("where"), max_length=300)
    address = models.URLField(_("address"), max_length=500, null=True, blank=True)
    published_at = models.DateTimeField()
    text_sha256 = models.CharField(max_length=64, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["published_at", "pk"]


class Vault(models.Model):
    """The key under which an incident's recipients are encrypted, itself encrypted; gone when they were purged."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="vault")
    wrapped_key = models.BinaryField(null=True, blank=True, editable=False)
    wrapped_hash_key = models.BinaryField(editable=False)  # stays: it tells whether somebody was told, and opens nothing
    opened_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    destroyed_reason = models.CharField(max_length=300, null=True, blank=True)

    class Meta:
        constraints = [
            together("vault_destroyed_together", "destroyed_at", "destroyed_reason"),
            models.CheckConstraint(
                name="vault_has_a_key_until_destroyed",
                condition=Q(wrapped_key__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped_key__isnull=True, destroyed_at__isnull=False),
            ),
        ]


class RecipientTerm(models.Model):
    """After how many days of a run's end an organisation's recipients are purged; null: a person does it."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="recipient_term")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("waits for its columns")
    READING = "reading", _("being read")
    READ = "read", _("waits for a confirmation")
    DONE = "done", _("on the list")
    FAILED = "failed", _("refused")
    CANCELLED = "cancelled", _("cancelled")


class Whose(models.TextChoices):
    ALL = "all", _("everybody")
    OUTSIDE = "outside", _("only people outside the organisation")
    INSIDE = "inside", _("only people of the organisation")


class RecipientImport(Lease):
    """A table of recipients that somebody uploaded (kept encrypted until it was read), or a group of a mailbox."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    file_name = models.CharField(max_length=255)
    file_size = models.PositiveBigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=120, null=True, blank=True, editable=False)
    mailbox_file = models.ForeignKey(ExaminedFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    whose = models.CharField(_("whose addresses"), max_length=10, choices=Whose.choices, null=True, blank=True)
    header = models.JSONField(default=list, blank=True)  # names of the file's columns
    reading = models.JSONField(default=dict, blank=True)  # encoding, delimiter or sheet, row of the header
    columns = models.JSONField(default=dict, blank=True)  # our column -> position in the file
    are_columns_known = models.BooleanField(default=False)  # from an earlier table with this header
    columns_fixed_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_added = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_left_out = models.PositiveIntegerField(default=0)  # doubles, by a person's decision
    bytes_read = models.PositiveBigIntegerField(default=0)
    refusals_location = models.CharField(max_length=120, null=True, blank=True, editable=False)
    explanation = models.TextField(blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [together("recipient_import_mailbox_together", "mailbox_file", "whose")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]


class RecipientQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "RecipientQuerySet":
        """Recipients of this organisation's letters, to those who may see who is written to."""
        if "recipient.read" not in abilities_of(user, organisation):
            return self.none()
        return self.filter(letter__incident__organisation=organisation)

    def confirmed(self) -> "RecipientQuerySet":
        """Without the rows of a table that nobody confirmed yet."""
        return self.filter(Q(source__isnull=True) | Q(source__state=ImportState.DONE))

    def current(self) -> "RecipientQuerySet":
        """Those who were not taken off the list again."""
        return self.filter(removed_at__isnull=True)


class Recipient(models.Model):
    """A person to be told. ``sealed`` holds name and addresses; the rest says nothing about who it is."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="recipients")
    number = models.PositiveIntegerField(editable=False)
    channel = models.CharField(_("way wanted"), max_length=5, choices=Channel.choices, default=Channel.POST)
    sealed = models.BinaryField(editable=False, null=True)
    # Keyed hashes, to find a person and to see who stands on the list twice, without telling who it is.
    name_hash = models.BinaryField(max_length=16, editable=False, db_index=True, null=True)
    email_hash = models.BinaryField(max_length=16, editable=False, db_index=True, null=True)
    same_hash = models.BinaryField(max_length=16, editable=False, db_index=True, null=True)
    source = models.ForeignKey(RecipientImport, on_delete=models.PROTECT, null=True, blank=True, related_name="recipients")
    source_row = models.PositiveIntegerField(null=True, blank=True)
    # While a table waits for its confirmation: the row's segment where it differs, and whether it is somebody's double.
    segment = models.CharField(max_length=600, default="", blank=True, editable=False)
    is_double = models.BooleanField(null=True, blank=True, editable=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["letter", "number"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="recipient_number_once"),
            models.UniqueConstraint(fields=["source", "source_row"], name="recipient_once_a_row"),
            together("recipient_removed_together", "removed_at", "removed_by"),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """Such as HOP-2026-0007-L1-000042: the only sign on paper that tells two letters apart."""
        return f"{self.letter.reference}-{self.number:06d}"
