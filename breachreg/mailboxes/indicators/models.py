"""Indicators of an incident, and what was observed in messages and logs, in the form in which both are compared."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.mailboxes.indicators.values import LONGEST, Kind
from breachreg.mailboxes.models import Report
from breachreg.register.models import Incident
from breachreg.web.dates import day_words
from breachreg.web.zones import local


class Indicator(models.Model):
    """A sign by which the same attack is recognised elsewhere; once an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="indicators")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("value"), max_length=LONGEST)
    note = models.CharField(_("note"), max_length=300, null=True, blank=True)
    source = models.CharField(max_length=300, null=True, blank=True)  # the file or the message that it comes from
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "value"]
        constraints = [models.UniqueConstraint(fields=["incident", "kind", "value"], name="indicator_once")]
        indexes = [models.Index(fields=["kind", "value"])]

    def __str__(self):
        return self.value


class Observable(models.Model):
    """Something seen somewhere: a room's table derives from this, and says where. Matching finds every such table."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=LONGEST)

    PLACE = ()
    """What ``place`` reads of other tables, for ``select_related``."""

    class Meta:
        abstract = True

    def place(self) -> tuple[str, str]:
        """Where it was seen, in words, and the address of that page."""
        raise NotImplementedError


class ReportObservable(Observable):
    """An address, domain, link, hash or IP address of a reported message."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="observables")

    PLACE = ("report__organisation",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "kind", "value"], name="report_observable_once")]
        indexes = [models.Index(fields=["organisation", "kind", "value"])]

    def place(self) -> tuple[str, str]:
        """The reported message."""
        day = day_words(local(self.report.received_at))
        words = _t("Message reported on %(day)s: %(subject)s") % {"day": day, "subject": self.report.subject or _t("no subject")}
        return words, reverse("message-report", args=[self.report.organisation.slug, self.report_id])
