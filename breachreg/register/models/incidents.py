"""What happened: the row that the whole product turns around, with every field of the CNIL's form."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import abilities_of
from breachreg.accounts.fields import CodesField
from breachreg.accounts.models import Organisation, User
from breachreg.audit.history import Kept, KeptQuerySet
from breachreg.register.models.constraints import ChecksAtOnce, in_order, together


class Qualification(models.TextChoices):
    BREACH = "breach", _("Personal-data breach")
    NOT_A_BREACH = "not_a_breach", _("Not a personal-data breach")


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


class Incident(ChecksAtOnce, Kept):
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
    former_reference = models.CharField(
        _("reference in the register it came from"), max_length=60, null=True, blank=True
    )
    controller_name = models.CharField(
        _("controller, when it is not the organisation"), max_length=200, null=True, blank=True
    )
    controller_sector = models.CharField(_("controller's sector"), max_length=60, null=True, blank=True)
    processing_activities = models.TextField(_("processing activities concerned"), null=True, blank=True)
    risk_regimes = CodesField(_("regimes this incident triggers"), vocabulary="regimes")

    # Where it stands
    qualification = models.CharField(
        _("qualification"), max_length=20, choices=Qualification.choices, null=True, blank=True
    )
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
    is_aware_day_only = models.BooleanField(default=False, editable=False)  # aware_at is 00:00 of that day, the strict reading
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
            together(
                "incident_qualified_together", "qualification", "qualified_at", "qualified_by", "qualification_reasons"
            ),
            together("incident_closed_together", "closed_at", "closed_by"),
            *in_order("incident", "records_low", "records_likely", "records_high"),
            *in_order("incident", "people_low", "people_likely", "people_high"),
            models.CheckConstraint(
                name="incident_starts_before_it_ends",
                condition=Q(occurred_from__isnull=True)
                | Q(occurred_to__isnull=True)
                | Q(occurred_from__lte=F("occurred_to")),
            ),
            models.CheckConstraint(
                name="incident_starts_before_awareness",
                condition=Q(occurred_from__isnull=True)
                | Q(aware_at__isnull=True)
                | Q(is_aware_day_only=True)  # whether it is the same day, the actions check in the organisation's zone
                | Q(occurred_from__lte=F("aware_at")),
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
