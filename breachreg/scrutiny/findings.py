"""Findings of consistency: what the product finds when it reads the register against itself (rules.py)."""

import csv
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.register.models import Incident
from breachreg.scrutiny import finders  # noqa: F401  (names what each rule finds)
from breachreg.scrutiny.rules import Rule, rules
from breachreg.web.safe import harmless


@dataclass(frozen=True)
class Tally:
    """A rule, how often it finds something, and since when at the earliest."""

    rule: Rule
    count: int
    since: datetime | None


@dataclass(frozen=True)
class Finding:
    """One thing found: by which rule, since when, where it stands and where its reader may go for it."""

    rule: Rule
    since: datetime
    url: str
    title: str
    incident: Incident | None = None


def tallies(organisation: Organisation, at: datetime) -> list[Tally]:
    """Every rule with what it finds, the gravest and longest first; one query a rule, whatever the size."""
    return [_tally(rule, rule.found(organisation, at)) for rule in rules().values()]


def _tally(rule: Rule, found: QuerySet) -> Tally:
    counted = found.order_by().aggregate(count=Count("pk"), first=Min("since"))
    return Tally(rule, counted["count"], counted["first"])


def rows(rule: Rule, organisation: Organisation, at: datetime) -> QuerySet:
    """What a rule finds, the longest first, to be cut into pages."""
    found = rule.found(organisation, at).order_by("since", "pk")
    return found.only("pk", "reference", "title") if found.model is Incident else found


def told(rule: Rule, row: object, organisation: Organisation, *, mends: bool) -> Finding:
    """A row as a finding with its address: where it is mended, or where it is seen by somebody who changes nothing."""
    page = rule.page_for(mends=mends)
    if isinstance(row, Incident):
        return Finding(rule, row.since, reverse(page, args=[organisation.slug, row.reference]), row.title, row)
    return Finding(rule, row.since, reverse(page, args=[organisation.slug]), str(row))


def of_incident(incident: Incident, at: datetime, *, mends: bool) -> list[Finding]:
    """What every rule finds on one incident."""
    found = []
    for rule in rules().values():
        queryset = rule.found(incident.organisation, at)
        if queryset.model is Incident and (row := queryset.filter(pk=incident.pk).first()):
            found.append(told(rule, row, incident.organisation, mends=mends))
    return found


@transaction.atomic
def write_csv(*, organisation: Organisation, file: TextIO, mends: bool, by: User, at: datetime) -> None:
    """Write all that every rule finds as CSV, days in the organisation's zone, and record that it left."""
    writer = csv.writer(file, delimiter=";")
    writer.writerow([_("Severity"), _("What was found"), _("Source"), _("Reference"), _("Title"), _("Since"), _("Where")])
    counts = {}
    for rule in rules().values():
        found = [told(rule, row, organisation, mends=mends) for row in rows(rule, organisation, at).iterator()]
        counts |= {rule.code: len(found)} if found else {}
        for finding in found:
            reference = finding.incident.reference if finding.incident else ""
            since = finding.since.astimezone(organisation.zone).date().isoformat()
            cells = [rule.severity_label, rule.sentence, rule.source, reference, finding.title, since, settings.BASE_URL + finding.url]
            writer.writerow([harmless(str(cell)) for cell in cells])
    record(action="findings.exported", by=by, at=at, organisation=organisation, details={"found": counts})
