"""The register: incidents with every field of the CNIL's form, what was decided on them, what is due, what was kept.

Unknown is null in every column of a fact; an empty set of codes is "none of them". Instants are UTC.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.fields import CodesField
from breachreg.accounts.models import Organisation, User
from breachreg.audit import catalogue
from breachreg.audit.history import Kept, KeptQuerySet
from breachreg.law.vocabulary import language_of
from breachreg.register.leases import Lease


def together(name: str, *columns: str) -> models.CheckConstraint:
    """A constraint: these columns are all set or all empty."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{column}__isnull": True for column in columns})
        | Q(**{f"{column}__isnull": False for column in columns}),
    )


def in_order(name: str, *columns: str) -> list[models.CheckConstraint]:
    """Constraints: each known number is not greater than the next known one."""
    return [
        models.CheckConstraint(
            name=f"{name}_{low}_{high}"[-60:],
            condition=Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**{f"{low}__lte": F(high)}),
        )
        for index, low in enumerate(columns)
        for high in columns[index + 1 :]
    ]


class Qualification(models.TextChoices):
    BREACH = "breach", _("Personal-data breach")
    NOT_A_BREACH = "not_a_breach", _("Not a personal-data breach")


class Duty(models.TextChoices):
    REGISTER_ONLY = "register_only", _("Keep in the register only")
    NOTIFY = "notify", _("Notify the authority")
    NOTIFY_AND_TELL = "notify_and_tell", _("Notify the authority and tell the people")


class Precision(models.TextChoices):
    INSTANT = "instant", _("to the minute")
    DAY = "day", _("the day only")
    MONTH = "month", _("the month only")


class IncidentQuerySet(KeptQuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "IncidentQuerySet":
        """Incidents of this organisation that this person may see: all, their own reports, or none."""
        abilities = abilities_of(user, organisation)
        here = self.filter(organisation=organisation)
        if "incident.read" in abilities:
            return here
        return here.filter(reported_by=user) if "incident.read_own" in abilities else here.none()

    def open(self) -> "IncidentQuerySet":
        return self.filter(closed_at__isnull=True)

    def breaches(self) -> "IncidentQuerySet":
        return self.filter(qualification=Qualification.BREACH)


class ReferenceCounter(models.Model):
    """The last number given to an incident of an organisation in a year; locked while the next one is given."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="counter_once_a_year")]


class Incident(Kept):
    """Something that happened to personal data, as far as it is known: the row that the whole product turns around."""

    # Who and what it is
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="incidents")
    year = models.PositiveSmallIntegerField(editable=False)
    number = models.PositiveIntegerField(editable=False)
    reference = models.CharField(_("reference"), max_length=20, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("title"), max_length=200)
    report = models.TextField(_("what was reported"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reported_incidents")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_incidents")
    is_imported = models.BooleanField(default=False, editable=False)
    former_reference = models.CharField(_("reference in the register it came from"), max_length=60, null=True, blank=True)
    controller_name = models.CharField(_("controller, when it is not the organisation"), max_length=200, null=True, blank=True)
    controller_sector = models.CharField(_("controller's sector"), max_length=60, null=True, blank=True)
    processing_activities = models.TextField(_("processing activities concerned"), null=True, blank=True)
    risk_regimes = CodesField(_("regimes this incident triggers"), vocabulary="regimes")

    # Where it stands
    qualification = models.CharField(_("qualification"), max_length=20, choices=Qualification.choices, null=True, blank=True)
    qualified_at = models.DateTimeField(null=True, blank=True)
    qualified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    qualification_reasons = models.TextField(_("reasons for the qualification"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lessons = models.TextField(_("lessons"), null=True, blank=True)

    # 6. Timeline. The instants in force; their sources are InstantStatement rows.
    occurred_from = models.DateTimeField(_("start"), null=True, blank=True)
    occurred_to = models.DateTimeField(_("end"), null=True, blank=True)
    is_ongoing = models.BooleanField(_("still ongoing"), null=True, blank=True)
    is_period_established = models.BooleanField(_("period established"), null=True, blank=True)
    first_signal_at = models.DateTimeField(_("first signal"), null=True, blank=True)
    aware_at = models.DateTimeField(_("awareness"), null=True, blank=True)
    told_by_processor_at = models.DateTimeField(_("told by the processor"), null=True, blank=True)
    dates_comment = models.TextField(_("comments on the dates"), null=True, blank=True)
    discovery = models.TextField(_("how it was discovered"), null=True, blank=True)
    delay_reasons = models.TextField(_("reasons for the delay"), null=True, blank=True)

    # 7. About the breach
    natures = CodesField(_("nature"), vocabulary="natures")
    origins = CodesField(_("origin"), vocabulary="origins")
    origin_other = models.CharField(_("other origin"), max_length=300, null=True, blank=True)
    causes = CodesField(_("cause"), vocabulary="causes")
    cause_other = models.CharField(_("other cause"), max_length=300, null=True, blank=True)
    media = CodesField(_("what held the data"), vocabulary="media")
    narrative = models.TextField(_("detailed description"), null=True, blank=True)

    # 8. Data and people
    data_categories = CodesField(_("data concerned"), vocabulary="data_categories")
    data_other = models.CharField(_("other data"), max_length=300, null=True, blank=True)
    has_sensitive_data = models.BooleanField(_("sensitive data are among them"), null=True, blank=True)  # which: below
    sensitive_categories = CodesField(_("sensitive data"), vocabulary="sensitive_categories")
    records_low = models.PositiveIntegerField(null=True, blank=True)
    records_likely = models.PositiveIntegerField(null=True, blank=True)
    records_high = models.PositiveIntegerField(null=True, blank=True)
    people_categories = CodesField(_("people concerned"), vocabulary="people_categories")
    people_other = models.CharField(_("other people"), max_length=300, null=True, blank=True)
    people_low = models.PositiveIntegerField(null=True, blank=True)
    people_likely = models.PositiveIntegerField(null=True, blank=True)
    people_high = models.PositiveIntegerField(null=True, blank=True)
    are_people_identifiable = models.BooleanField(_("directly identifiable"), null=True, blank=True)

    # 9 to 12. Measures, consequences, harm
    measures_before = models.TextField(_("measures in place before"), null=True, blank=True)
    consequences = CodesField(_("likely consequences"), vocabulary="consequences")
    consequences_other = models.TextField(_("other consequences"), null=True, blank=True)
    harms = CodesField(_("potential harm"), vocabulary="harms")
    harms_other = models.TextField(_("other harm"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=20, null=True, blank=True)
    measures_after = models.TextField(_("measures taken or planned"), null=True, blank=True)

    # 13. Communication to the people
    communication = models.CharField(_("communication to the people"), max_length=30, null=True, blank=True)
    told_on = models.DateField(_("people told on"), null=True, blank=True)
    telling_planned_on = models.DateField(_("telling planned for"), null=True, blank=True)
    told_count = models.PositiveIntegerField(_("number of people told"), null=True, blank=True)
    telling_channels = models.CharField(_("way of telling"), max_length=300, null=True, blank=True)
    not_telling_reason = models.CharField(_("ground for not telling"), max_length=40, null=True, blank=True)
    not_telling_evidence = models.TextField(_("evidence of that ground"), null=True, blank=True)

    # 14. Across borders, other notifications
    is_cross_border = models.BooleanField(_("cross-border processing"), null=True, blank=True)
    cross_border_countries = models.TextField(_("countries and numbers"), null=True, blank=True)
    other_data_protection_authorities = models.TextField(_("other data-protection authorities"), null=True, blank=True)
    notifies_other_dpa = models.BooleanField(_("notified to another data-protection authority"), null=True, blank=True)
    other_authorities = CodesField(_("other authorities"), vocabulary="other_authorities")
    other_authorities_detail = models.TextField(_("details on other authorities"), null=True, blank=True)

    # Answers to the questions of law/data/facts.toml that no column above holds; an absent key is unknown.
    risk_facts = models.JSONField(default=dict, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="incident_number_once"),
            models.UniqueConstraint(fields=["organisation", "reference"], name="incident_reference_once"),
            together("incident_qualified_together", "qualification", "qualified_at", "qualified_by", "qualification_reasons"),
            together("incident_closed_together", "closed_at", "closed_by"),
            *in_order("incident", "records_low", "records_likely", "records_high"),
            *in_order("incident", "people_low", "people_likely", "people_high"),
            models.CheckConstraint(
                name="incident_starts_before_it_ends",
                condition=Q(occurred_from__isnull=True) | Q(occurred_to__isnull=True) | Q(occurred_from__lte=F("occurred_to")),
            ),
            models.CheckConstraint(
                name="incident_starts_before_awareness",
                condition=Q(occurred_from__isnull=True) | Q(aware_at__isnull=True) | Q(occurred_from__lte=F("aware_at")),
            ),
            models.CheckConstraint(
                name="incident_ongoing_has_no_end",
                condition=Q(is_ongoing__isnull=True) | Q(is_ongoing=False) | Q(occurred_to__isnull=True),
            ),
        ]
        indexes = [
            # All that narrows the list, in its order: counting and paging a narrowed list reads this index alone.
            models.Index(
                name="incident_list",
                fields=["organisation", "-year", "-number", "natures", "origins", "qualification", "closed_at"],
            ),
            models.Index(fields=["organisation", "-reported_at"]),
            models.Index(fields=["organisation", "aware_at"]),
            models.Index(fields=["organisation", "closed_at"]),
            models.Index(fields=["organisation", "qualification"]),
            models.Index(fields=["organisation", "telling_planned_on"]),
        ]

    def __str__(self):
        return f"{self.reference} · {self.title}"

    @property
    def is_breach(self) -> bool:
        return self.qualification == Qualification.BREACH

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class InstantKind(models.TextChoices):
    OCCURRED_FROM = "occurred_from", _("start of the breach")
    OCCURRED_TO = "occurred_to", _("end of the breach")
    FIRST_SIGNAL = "first_signal", _("first signal")
    AWARE = "aware", _("awareness")
    TOLD_BY_PROCESSOR = "told_by_processor", _("told by the processor")
    # Where the clocks of other regimes start: codes of law/data/rules.toml.
    PROCESSOR_AWARE = "processor_aware", _("awareness of the processor")
    DETECTED = "detected", _("detection by the provider of communications")
    SIGNIFICANT_INCIDENT_KNOWN = "significant_incident_known", _("awareness of the significant incident (NIS 2)")
    ICT_INCIDENT_KNOWN = "ict_incident_known", _("awareness of the ICT incident (DORA)")
    CLASSIFIED_MAJOR = "classified_major", _("classification as major (DORA)")
    DORA_INTERMEDIATE_FILED = "dora_intermediate_filed", _("latest intermediate DORA report")
    ATTACK_KNOWN = "attack_known", _("knowledge of the attack")
    HEALTH_INCIDENT_KNOWN = "health_incident_known", _("awareness of the serious security incident (health)")


class StatementState(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    PENDING = "pending", _("waits for a second person")
    REPLACED = "replaced", _("replaced")
    REFUSED = "refused", _("refused")


class InstantStatement(Kept):
    """Who says when, and on what evidence. Never edited: a new statement replaces the one in force."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=40, choices=InstantKind.choices)
    at = models.DateTimeField(_("instant"))
    is_date_only = models.BooleanField(_("only the day is known"), default=False)
    is_estimated = models.BooleanField(_("estimated"), default=False)
    zone = models.CharField(_("time zone"), max_length=64)
    stated_by = models.CharField(_("who says so"), max_length=200, null=True, blank=True)
    evidence = models.TextField(_("on what evidence"), null=True, blank=True)
    reason = models.TextField(_("reason for the change"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=StatementState.choices, default=StatementState.IN_FORCE)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["recorded_at", "pk"]
        indexes = [models.Index(fields=["state"])]
        constraints = [
            together("statement_confirmed_together", "confirmed_at", "confirmed_by"),
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(state="in_force"), name="statement_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(state="pending"), name="statement_one_pending"
            ),
            models.CheckConstraint(
                name="statement_second_is_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
            ),
        ]


class Party(Kept):
    """Another body involved: a processor or a joint controller, and when it told us."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    contact = models.CharField(_("contact"), max_length=300, null=True, blank=True)
    told_us_at = models.DateTimeField(_("told us"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.name


class Promise(Kept):
    """A line of the ledger of unknowns: which fact is missing, who owes it, for when it is promised."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="promises")
    field = models.CharField(_("missing fact"), max_length=60)
    owed_by = models.CharField(_("who owes it"), max_length=200)
    owed_by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="promises")
    promised_for = models.DateTimeField(_("promised for"), null=True, blank=True)
    note = models.CharField(max_length=300, null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = [F("promised_for").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["promised_for"])]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "field"], condition=Q(kept_at__isnull=True), name="promise_one_a_field"
            )
        ]


class Assessment(Kept):
    """A version of the score and the recommended duty, with the facts and the rules it was made under; never edited."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    rule_version = models.CharField(max_length=60)
    score_low = models.DecimalField(max_digits=4, decimal_places=2)
    score_likely = models.DecimalField(max_digits=4, decimal_places=2)
    score_high = models.DecimalField(max_digits=4, decimal_places=2)
    recommended_duty = models.CharField(max_length=20, choices=Duty.choices)
    explanation = models.JSONField()
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="assessment_number_once"),
            *in_order("assessment", "score_low", "score_likely", "score_high"),
        ]


class DecisionState(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    PENDING = "pending", _("waits for a second person")
    REPLACED = "replaced", _("replaced")
    REFUSED = "refused", _("refused by the second person")
    REOPENED = "reopened", _("reopened, because the facts changed")


class Decision(Kept):
    """What a named person decided to do on an assessment, and why."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    duty = models.CharField(_("decision"), max_length=20, choices=Duty.choices)
    reasons = models.TextField(_("reasons"))
    departure_reasons = models.TextField(_("why it departs from the recommendation"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=DecisionState.choices, default=DecisionState.IN_FORCE)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seconded_at = models.DateTimeField(null=True, blank=True)
    seconded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_note = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["decided_at", "pk"]
        indexes = [models.Index(fields=["state"])]
        constraints = [
            together("decision_seconded_together", "seconded_at", "seconded_by"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state__in=["in_force", "pending"]), name="decision_one_current"
            ),
            models.CheckConstraint(
                name="decision_second_is_another",
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("decided_by")),
            ),
        ]


class Deadline(Kept):
    """One running or stopped clock of an incident under one rule of the law's data, or under one of the organisation's own.

    ``started_from`` is the code of the instant it counts from; ``is_assumed`` when that instant stands in for one that
    nobody recorded.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="deadlines")
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=60)
    occurrence = models.PositiveSmallIntegerField(default=1)
    is_binding = models.BooleanField(default=True)
    started_from = models.CharField(max_length=40, default="aware")
    is_assumed = models.BooleanField(default=False)
    own_clock = models.ForeignKey("OwnClock", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # null: no hours, "without undue delay"
    met_at = models.DateTimeField(null=True, blank=True)
    met_reference = models.CharField(_("reference of the filing"), max_length=120, null=True, blank=True)
    met_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [F("due_at").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "rule", "occurrence"], name="deadline_once"),
            models.CheckConstraint(
                name="deadline_reference_only_when_met",
                condition=Q(met_at__isnull=False) | Q(met_reference__isnull=True, met_by__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_after_start", condition=Q(due_at__isnull=True) | Q(started_at__lte=F("due_at"))
            ),
        ]
        indexes = [models.Index(fields=["met_at", "cancelled_at", "due_at"]), models.Index(fields=["due_at"])]

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None


class Reminder(Lease):
    """One warning before (or after) a deadline to one person, sent once."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=20)  # the code of the rule's plan: before_48, before_0 (overdue), after_24
    hours_before = models.SmallIntegerField(null=True, blank=True)  # 48, 24, ... ; 0: overdue; null: counted from the start
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["deadline", "step", "recipient"], name="reminder_once")
        ]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]


class FilingKind(models.TextChoices):
    INITIAL = "initial", _("Initial notification")
    COMPLEMENTARY = "complementary", _("Complementary notification")
    COMPLETE = "complete", _("Complete notification")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Filing(Kept):
    """A notification that the authority received: its kind, its instant, its receipt."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=20, choices=FilingKind.choices)
    filed_at = models.DateTimeField()
    precision = models.CharField(max_length=10, choices=Precision.choices, default=Precision.INSTANT)
    receipt_number = models.CharField(_("receipt number"), max_length=60, null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey("Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["filed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "receipt_number"], condition=Q(receipt_number__isnull=False), name="filing_receipt_once"
            )
        ]


class TimelineKind(models.TextChoices):
    NOTE = "note", _("note")
    EVENT = "event", _("event")
    EVIDENCE = "evidence", _("from evidence")


class TimelineEntry(models.Model):
    """What happened, when: written by a person, by an action of the product, or copied from evidence."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=10, choices=TimelineKind.choices, default=TimelineKind.NOTE)
    event = models.CharField(max_length=60, null=True, blank=True)  # a code of the catalogue of events
    happened_at = models.DateTimeField()
    text = models.TextField()
    in_languages = models.JSONField(null=True, blank=True)  # the product's own words, for the language of each reader
    source = models.CharField(max_length=300, null=True, blank=True)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [models.Index(fields=["incident", "-happened_at", "-id"])]

    @property
    def what(self) -> str:
        """What it says in one line: the label of an event, or the text that somebody wrote."""
        return str(catalogue.label(self.event)) if self.event else self.text

    @property
    def note(self) -> str:
        """What stands below that line, in the language of the reader where the words are the product's own."""
        if not self.event:
            return self.source or ""
        return (self.in_languages or {}).get(language_of(get_language()), self.text)


class Evidence(Kept):
    """A kept file: its bytes lie outside the served tree and leave only as a download."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=255)
    note = models.CharField(max_length=300, null=True, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=120, unique=True, editable=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["incident", "sha256"], name="evidence_bytes_once")]

    def __str__(self):
        return self.name


class Task(Kept):
    """Something that somebody has to do: a measure with an owner and a date, a promised fact, a review."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    what = models.CharField(_("what"), max_length=300)
    why = models.TextField(_("why"), null=True, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    owner_name = models.CharField(_("owner, when it is nobody here"), max_length=200, null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    origin = models.CharField(max_length=60, null=True, blank=True)  # the playbook's or the rule's code
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = [F("done_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["due_at"])]
        constraints = [together("task_done_together", "done_at", "done_by")]

    def __str__(self):
        return self.what


class RegisterImport(models.Model):
    """A table that a person brings: kept while its columns are mapped and its rows looked at, then imported whole."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="register_imports")
    name = models.CharField(max_length=255)
    location = models.CharField(max_length=120, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    header_row = models.PositiveSmallIntegerField(null=True, blank=True)
    sheet = models.CharField(max_length=100, null=True, blank=True)
    mapping = models.JSONField(default=dict)  # column of the table to the field that it fills
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [together("import_done_together", "imported_at", "imported_by", "imported_count")]

    def __str__(self):
        return self.name


class MappingPreset(models.Model):
    """How the columns of a table were mapped last time, found again by the names of its columns."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mapping_presets")
    columns = models.CharField(max_length=64)  # SHA-256 of the names of the columns
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "columns"], name="preset_once")]
