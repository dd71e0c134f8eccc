"""Draw incidents at random so that anybody can draw the same again, without us.

The population is the list of references, sorted, one a line. Each gets the SHA-256 of ``seed|reference`` in UTF-8; the
sample is the ``size`` references with the smallest digests, in that order. ``RECIPE`` is this in plain Python.
"""

import csv
import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TextIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.law.clock import start_of_day
from breachreg.register.models import Filing, Incident, Qualification
from breachreg.scrutiny.models import Conclusion, Sample, SampleItem, SampleScope
from breachreg.web.safe import harmless

MOST = 200
"""Incidents in one sample: more than anybody reads."""

LARGEST = 200_000
"""References in one population: it is kept with the sample."""

RECIPE = """\
import hashlib
references = open("population.txt", encoding="utf-8").read().split()
digest = lambda reference: hashlib.sha256(f"{SEED}|{reference}".encode()).hexdigest()
print(*sorted(references, key=digest)[:SIZE], sep="\\n")
"""


def drawn(references: Iterable[str], seed: str, size: int) -> list[tuple[str, str]]:
    """The sample as pairs (reference, digest), in the order of their digests."""
    return sorted(((reference, digest_of(seed, reference)) for reference in references), key=lambda pair: pair[1])[:size]


def digest_of(seed: str, reference: str) -> str:
    """What a reference is drawn by."""
    return hashlib.sha256(f"{seed}|{reference}".encode()).hexdigest()


def population(organisation: Organisation, scope: str, since_on: date | None, until_on: date | None) -> QuerySet:
    """The incidents that a sample is drawn from; the days are those of the organisation's calendar, both included."""
    found = Incident.objects.filter(organisation=organisation)
    filed = Exists(Filing.objects.filter(incident=OuterRef("pk")))
    breaches = found.breaches()
    found = {
        SampleScope.ALL: found, SampleScope.BREACHES: breaches, SampleScope.NOT_NOTIFIED: breaches.exclude(filed),
        SampleScope.NOTIFIED: breaches.filter(filed),
        SampleScope.NOT_A_BREACH: found.filter(qualification=Qualification.NOT_A_BREACH),
    }[SampleScope(scope)]
    if since_on:
        found = found.filter(reported_at__gte=start_of_day(since_on, organisation.zone))
    if until_on:
        found = found.filter(reported_at__lt=start_of_day(until_on + timedelta(days=1), organisation.zone))
    return found


@transaction.atomic
def draw(
    *, organisation: Organisation, size: int, scope: str, by: User, at: datetime, since_on: date | None = None,
    until_on: date | None = None, seed: str | None = None, purpose: str | None = None, submission: uuid.UUID | None = None,
) -> Sample:
    """Draw a sample and keep what it takes to draw it again. The same ``submission`` twice is one sample.

    Without ``seed`` one is made. Raises ValidationError when nothing, or too much, fits the filters.
    """
    if submission and (known := Sample.objects.filter(organisation=organisation, submission=submission).first()):
        return known
    if not 1 <= size <= MOST:
        raise ValidationError({"size": _("Enter a number from 1 to %(most)s.") % {"most": MOST}})
    found = population(organisation, scope, since_on, until_on)
    keys = dict(found.order_by("reference").values_list("reference", "pk")[: LARGEST + 1])
    if not keys:
        raise ValidationError({"scope": _("No incident fits. Choose another scope, or a longer period.")})
    if len(keys) > LARGEST:
        raise ValidationError({"since_on": _("More than %(most)s incidents fit. Choose a shorter period.") % {"most": LARGEST}})
    seed = seed or secrets.token_hex(8)
    lines = "\n".join(sorted(keys)) + "\n"
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # one number after the other
    last = Sample.objects.filter(organisation=organisation).aggregate(last=Max("number"))["last"] or 0
    sample = Sample.objects.create(
        organisation=organisation, number=last + 1, purpose=purpose or None, scope=scope, since_on=since_on,
        until_on=until_on, seed=seed, size=size, population=lines, population_count=len(keys),
        population_sha256=hashlib.sha256(lines.encode()).hexdigest(), submission=submission or uuid.uuid4(), drawn_at=at,
        drawn_by=by,
    )
    chosen = drawn(keys, seed, size)
    SampleItem.objects.bulk_create(
        SampleItem(sample=sample, incident_id=keys[reference], rank=rank, digest=digest)
        for rank, (reference, digest) in enumerate(chosen, start=1)
    )
    said = {name: value for name, value in snapshot(sample).items() if name != "population"}
    record(
        action="sample.drawn", by=by, at=at, organisation=organisation, subject=sample, changes=difference({}, said),
        details={"drawn": [reference for reference, digest in chosen]},
    )
    return sample


@transaction.atomic
def conclude(*, item: SampleItem, conclusion: str, note: str, by: User, at: datetime) -> SampleItem:
    """Say what the auditor found on one incident of a sample; saying it anew replaces it, the trail keeps both."""
    before = snapshot(item, ("conclusion", "note"))
    item.conclusion, item.note = Conclusion(conclusion), note.strip() or None
    item.concluded_at, item.concluded_by = at, by
    item.save(update_fields=["conclusion", "note", "concluded_at", "concluded_by"])
    record(
        action="sample.concluded", by=by, at=at, organisation=item.sample.organisation, subject=item,
        changes=difference(before, snapshot(item, ("conclusion", "note"))),
    )
    return item


@transaction.atomic
def note_reading(*, sample: Sample, by: User, at: datetime) -> None:
    """Record that a person read this sample."""
    record(action="sample.opened", by=by, at=at, organisation=sample.organisation, subject=sample)


@transaction.atomic
def write_csv(*, sample: Sample, file: TextIO, by: User, at: datetime) -> None:
    """Write the sample with its conclusions as CSV, and record that it left."""
    writer = csv.writer(file, delimiter=";")
    writer.writerow([_("Rank"), _("Reference"), _("Title"), _("Conclusion"), _("Note"), _("By"), _("SHA-256 of seed|reference")])
    for item in sample.items.select_related("incident", "concluded_by"):
        row = [
            item.rank, item.incident.reference, item.incident.title, item.get_conclusion_display() or "", item.note or "",
            item.concluded_by or "", item.digest,
        ]  # fmt: skip
        writer.writerow([harmless(str(cell)) for cell in row])
    record(action="sample.exported", by=by, at=at, organisation=sample.organisation, subject=sample)
