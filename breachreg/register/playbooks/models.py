"""An organisation's own playbooks, its contacts, and what was applied to an incident."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.fields import CodesField
from breachreg.accounts.models import Organisation, User
from breachreg.register.models import Incident, Task, together


class CountedFrom(models.TextChoices):
    FIRST_SIGNAL = "first_signal", _("from the first signal")
    AWARE = "aware", _("from the awareness")
    APPLIED = "applied", _("from the moment it is applied")


class OwnPlaybook(models.Model):
    """A playbook that an organisation wrote itself; ended, it is no longer proposed, and what was applied stays."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="playbooks")
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("title"), max_length=200)
    lead = models.TextField(_("what it is for"), null=True, blank=True)
    origins = CodesField(_("proposed for these origins"), vocabulary="origins")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["title", "pk"]
        constraints = [together("own_playbook_ended_together", "ended_at", "ended_by")]

    def __str__(self):
        return self.title


class OwnStep(models.Model):
    """A task of an organisation's own playbook."""

    playbook = models.ForeignKey(OwnPlaybook, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("what"), max_length=300)
    why = models.TextField(_("why"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=30)
    hours = models.PositiveIntegerField(_("hours"), null=True, blank=True)
    counted_from = models.CharField(max_length=20, choices=CountedFrom.choices, default=CountedFrom.APPLIED)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["playbook", "position"], name="own_step_place_once")]

    def __str__(self):
        return self.what


class AppliedPlaybook(models.Model):
    """A playbook that was applied to an incident, once; ``key`` is its code, or "own-" and the number of one's own."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="applied_playbooks")
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=500)
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["applied_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "key"], name="playbook_applied_once")]

    def __str__(self):
        return self.title


class Contact(models.Model):
    """Somebody of an organisation's contact book: who plays a role when something happened, and how to reach them."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    version = models.PositiveIntegerField(default=1, editable=False)
    role = models.CharField(_("role"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(_("telephone"), max_length=60, null=True, blank=True)
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, null=True, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["role", "name", "pk"]
        constraints = [together("contact_ended_together", "ended_at", "ended_by")]

    def __str__(self):
        return self.name


class Standing(models.TextChoices):
    BEFORE = "before", _("in place before")
    AFTER = "after", _("decided after")


class PreventionMeasure(models.Model):
    """A measure that an incident cites: in place before it, or decided after it with an owner and a date (its task)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="prevention_measures")
    code = models.CharField(max_length=40, null=True, blank=True)  # null: in one's own words
    text = models.CharField(_("measure"), max_length=300)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    task = models.OneToOneField(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="measure")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["standing", "recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "code"], condition=Q(code__isnull=False), name="measure_code_once"),
            models.UniqueConstraint(fields=["incident", "text"], name="measure_text_once"),
            models.CheckConstraint(name="measure_before_has_no_task", condition=Q(standing="after") | Q(task__isnull=True)),
        ]

    def __str__(self):
        return self.text
