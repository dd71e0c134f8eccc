"""The auditor's room: questions and their answers, samples drawn at random, tickets of the IT department.

None of it changes the register: it stands beside it, and what lies in an incident's file goes with the incident.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.register.leases import Lease
from breachreg.register.models import Incident, together

__all__ = [
    "Question", "QuestionMail", "Remark", "Sample", "SampleItem", "Ticket", "TicketLink", "TicketTable",
]  # fmt: skip

ROOM = frozenset({"audit.question", "incident.manage"})
"""Who comes into the room: who asks, and who answers."""


class RoomQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "RoomQuerySet":
        """Rows of this organisation, for those who ask questions there and those who answer them."""
        return self.filter(organisation=organisation) if ROOM & abilities_of(user, organisation) else self.none()


class SampleScope(models.TextChoices):
    ALL = "all", _("every incident")
    BREACHES = "breaches", _("personal-data breaches")
    NOT_NOTIFIED = "not_notified", _("breaches that the authority was not told of")
    NOTIFIED = "notified", _("breaches that the authority was told of")
    NOT_A_BREACH = "not_a_breach", _("incidents concluded not to be a breach")


class Sample(models.Model):
    """Incidents drawn at random. Seed and population are kept, so that anybody can draw the same again (sampling.py)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="samples")
    number = models.PositiveIntegerField()
    purpose = models.CharField(_("purpose"), max_length=300, null=True, blank=True)
    scope = models.CharField(_("drawn from"), max_length=20, choices=SampleScope.choices)
    since_on = models.DateField(_("reported from"), null=True, blank=True)
    until_on = models.DateField(_("reported until"), null=True, blank=True)
    seed = models.CharField(_("seed"), max_length=64)
    size = models.PositiveSmallIntegerField(_("size"))
    population = models.TextField()  # the references, one a line, in their order
    population_count = models.PositiveIntegerField()
    population_sha256 = models.CharField(max_length=64)
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="sample_number_once")]

    def __str__(self):
        return _("Sample %(number)s") % {"number": self.number}


class Conclusion(models.TextChoices):
    IN_ORDER = "in_order", _("in order")
    TO_IMPROVE = "to_improve", _("to be improved")
    NOT_IN_ORDER = "not_in_order", _("not in order")


class SampleItem(models.Model):
    """One incident of a sample, and what the auditor concluded on it."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)  # what it was drawn by
    conclusion = models.CharField(max_length=20, choices=Conclusion.choices, null=True, blank=True)
    note = models.TextField(_("note"), null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "rank"], name="sample_rank_once"),
            models.UniqueConstraint(fields=["sample", "incident"], name="sample_incident_once"),
            together("sample_concluded_together", "conclusion", "concluded_at", "concluded_by"),
        ]

    def __str__(self):
        return f"{self.sample} · {self.rank}"


class QuestionState(models.TextChoices):
    ASKED = "asked", _("waits for the DPO")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class QuestionQuerySet(RoomQuerySet):
    def open(self) -> "QuestionQuerySet":
        return self.exclude(state=QuestionState.CLOSED)

    def unanswered(self) -> "QuestionQuerySet":
        return self.filter(state=QuestionState.ASKED)


class Question(models.Model):
    """What the auditor wants to know, and about what: an incident, an entry of the trail, a finding, an item of a sample."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveIntegerField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="questions")
    entry_number = models.PositiveBigIntegerField(null=True, blank=True)  # of the installation's chain
    rule = models.CharField(max_length=60, null=True, blank=True)  # of the finding
    item = models.ForeignKey(SampleItem, on_delete=models.PROTECT, null=True, blank=True, related_name="questions")
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.ASKED)
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="question_number_once"),
            together("question_closed_together", "closed_at", "closed_by"),
            models.CheckConstraint(
                name="question_closed_says_so",
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "asked_at"])]

    def __str__(self):
        return _("Question %(number)s") % {"number": self.number}


class Remark(models.Model):
    """One contribution to a question: what is asked, answered, asked again; never edited."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="remarks")
    is_answer = models.BooleanField()
    text = models.TextField()
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]


class MailKind(models.TextChoices):
    ASKED = "asked", _("the auditor asks a question")
    ANSWERED = "answered", _("a question was answered")


class QuestionMail(Lease):
    """An e-mail to one person whose turn it is in a question, sent once by whichever worker claims it."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=10, choices=MailKind.choices)
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="question_mail_due")]


class TicketTableQuerySet(RoomQuerySet):
    def waiting(self) -> "TicketTableQuerySet":
        """Neither imported nor thrown away."""
        return self.filter(imported_at=None, dropped_at=None)


class TicketTable(models.Model):
    """A table of tickets that somebody brings: its file is kept while its columns are mapped, and thrown away then."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="ticket_tables")
    name = models.CharField(max_length=255)
    location = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)
    sha256 = models.CharField(max_length=64)
    header_row = models.PositiveSmallIntegerField(null=True, blank=True)
    mapping = models.JSONField(default=dict)  # number, opened_on, title: the position of the column
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_count = models.PositiveIntegerField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TicketTableQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            together("tickets_imported_together", "imported_at", "imported_by", "imported_count"),
            together("tickets_dropped_together", "dropped_at", "dropped_by"),
            models.CheckConstraint(
                name="tickets_imported_or_dropped", condition=Q(imported_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
        ]

    def __str__(self):
        return self.name


class TicketQuerySet(RoomQuerySet):
    def unmatched(self) -> "TicketQuerySet":
        """Tickets that no incident names, and of which nobody said that they are none."""
        return self.filter(incident=None, dismissed_at=None)


class Ticket(models.Model):
    """A ticket of the IT department, to be found in the register, or known to be no personal-data incident."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tickets")
    key = models.CharField(max_length=60)  # its number without blanks and capitals
    number = models.CharField(_("number"), max_length=60)
    opened_on = models.DateField(_("date"))
    title = models.CharField(_("title"), max_length=300)
    table = models.ForeignKey(TicketTable, on_delete=models.PROTECT, related_name="tickets")
    row = models.PositiveIntegerField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_reason = models.TextField(_("why it is no personal-data incident"), null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="ticket_once"),
            together("ticket_dismissed_together", "dismissed_at", "dismissed_by", "dismissed_reason"),
            models.CheckConstraint(
                name="ticket_matched_or_dismissed", condition=Q(incident__isnull=True) | Q(dismissed_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["organisation", "opened_on"])]

    def __str__(self):
        return self.number


class TicketLink(models.Model):
    """The number of a ticket of the IT department, as a DPO notes it on an incident, imported or not."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="ticket_links")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="ticket_link_once")]

    def __str__(self):
        return self.number
