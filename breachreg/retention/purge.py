"""The purge: incident by incident, all of its rows in one transaction, then its files; killed at any point, it goes on.

What goes is read from the one list of personal.py, so a table that a room adds tomorrow goes as well. The database
checks the rest: a row that still pointed at one of these would fail the transaction, and everything would stay.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, models, transaction

from breachreg.audit import personal
from breachreg.audit.actions import TrailUnavailable, record
from breachreg.audit.models import Entry
from breachreg.audit.purging import purge_words
from breachreg.exports import leaving
from breachreg.mailboxes.reporting.forgetting import emptied_with
from breachreg.register.models import DecisionState, Incident, Tombstone
from breachreg.retention import files
from breachreg.retention.due import why_spared
from breachreg.retention.models import Going, Spared
from breachreg.retention.weight import ROOMS, room_of

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_AT_ONCE = 200
AT_ONCE = 500


class NotOurs(Exception):
    """Somebody else has this row by now; nothing was done."""


def purge_due(at: datetime) -> int:
    """Purge what two people decided on; the number of incidents that went."""
    return sum(_try(going, at) for going in Going.objects.claim(at, most=MOST_AT_ONCE, lease=LEASE))


def _try(going: Going, at: datetime) -> bool:
    try:
        if going.purged_at is None:
            purge_rows(going, at)
        if going.purged_at is not None:
            remove_files(going, at)
    except NotOurs:
        return False
    except (OSError, DatabaseError, TrailUnavailable) as trouble:
        log.warning("%s could not be purged: %s", going.reference, trouble)
        going.give_back(at, trouble=f"{type(trouble).__name__}: {trouble}"[:500])
        return False
    return going.spared is None


@transaction.atomic
def purge_rows(going: Going, at: datetime) -> None:
    """Remove the rows of a claimed incident and the words of its entries, or spare it. Raises NotOurs."""
    incident = Incident.objects.select_for_update().filter(pk=going.incident_key).first()
    spared = why_spared(incident, at) if incident else Spared.GONE
    if incident is None or spared:
        _spare(going, incident, spared, at)
        return
    doomed = list(_doomed(incident))
    places = [place for rows in doomed for place in files.places_of(rows)]
    tombstone = _bury(incident, at)
    words = Words(incident, doomed)
    counts = {rows.model: count for rows in doomed if (count := rows.count())}
    entry = purge_words(
        of=words.numbers, organisation=incident.organisation, subject=tombstone, at=at,
        details={"incident": incident.reference, "purge": going.proposal.number, "rows": _by_name(counts), "files": len(places)},
    )
    for rows in doomed:
        _delete(rows)
    told = sum(count for model, count in counts.items() if room_of(model) in ROOMS)  # what the preview counted
    _mark_purged(going, places, told, entry.content.details["words"], at)


def _doomed(incident: Incident) -> Iterator[models.QuerySet]:
    """The rows that go, table by table, in the order in which they can; keys are read now, before anything goes."""
    emptied = list(emptied_with(incident.pk))
    for model, way in personal.with_the_record().items():
        yield models.QuerySet(model).filter(**{way or "pk": incident.pk})
    yield from emptied


def _by_name(counts: dict[type[models.Model], int]) -> dict[str, int]:
    return {model._meta.model_name: count for model, count in counts.items()}


def _delete(rows: models.QuerySet) -> None:
    # Plain SQL: collecting rows to delete them one by one would note each as a change of the incident (history.py), and
    # look for what points at it, which the order answers and the database checks at the commit.
    rows._raw_delete(rows.db)


def _bury(incident: Incident, at: datetime) -> Tombstone:
    decision = incident.decisions.filter(state=DecisionState.IN_FORCE).first()
    filing = incident.filings.order_by("filed_at", "pk").first()
    return Tombstone.objects.create(
        organisation=incident.organisation, incident_key=incident.pk, year=incident.year, number=incident.number,
        reference=incident.reference, qualification=incident.qualification, duty=decision and decision.duty,
        reported_at=incident.reported_at, aware_at=incident.aware_at, filed_at=filing and filing.filed_at,
        told_on=incident.told_on, closed_at=incident.closed_at, kept_years=incident.organisation.kept_years, purged_at=at,
    )


def _mark_purged(going: Going, places: list, rows: int, words: int, at: datetime) -> None:
    done = {"purged_at": at, "files": [list(place) for place in places], "file_count": len(places), "row_count": rows, "word_count": words}
    if not Going.objects.filter(pk=going.pk, claim=going.claim, purged_at=None).update(**done):
        transaction.set_rollback(True)
        raise NotOurs(going.reference)
    for name, value in done.items():
        setattr(going, name, value)


def _spare(going: Going, incident: Incident | None, why: Spared, at: datetime) -> None:
    if not going.finish(at):
        raise NotOurs(going.reference)
    Going.objects.filter(pk=going.pk).update(spared=why)
    going.spared = why
    record(
        action="retention.spared", by=None, at=at, organisation=going.proposal.organisation,
        subject=incident or going.proposal, details={"incident": going.reference, "reason": str(why)},
    )


class Words:
    """The entries that speak of an incident or of a row that goes with it, and still have their words."""

    def __init__(self, incident: Incident, doomed: list[models.QuerySet]):
        self.incident, self.doomed = incident, doomed

    def numbers(self) -> set[int]:
        entries = Entry.objects.of_organisation(self.incident.organisation).filter(content__isnull=False).order_by()
        found = set(entries.in_file_of(self.incident).values_list("number", flat=True))
        for rows in self.doomed:
            found |= self._about(entries, rows)
        return found

    def _about(self, entries: models.QuerySet, rows: models.QuerySet) -> set[int]:
        """Entries on rows of this table that stand in no file of the incident (a reported message before its verdict)."""
        kind = rows.model._meta.model_name
        elsewhere = entries.filter(object_type=kind).exclude(file_type="incident", file_id=str(self.incident.pk))
        named = list(elsewhere.values_list("object_id", flat=True).distinct())
        found: set[int] = set()
        for start in range(0, len(named), AT_ONCE):
            keys = [str(key) for key in rows.filter(pk__in=named[start : start + AT_ONCE]).values_list("pk", flat=True)]
            found |= set(elsewhere.filter(object_id__in=keys).values_list("number", flat=True))
        return found


def remove_files(going: Going, at: datetime) -> None:
    """Remove the files of an incident whose rows are gone, and the exports that may still hold it. Raises OSError, NotOurs."""
    organisation = going.proposal.organisation
    exports = leaving.holding(organisation, made_until=going.purged_at)
    files.remove([*map(tuple, going.files), *(("exports", export.location) for export in exports)])
    with transaction.atomic():
        tombstone = Tombstone.objects.get(incident_key=going.incident_key)
        _purge_late_words(going, tombstone, at)
        taken_back = leaving.take_back(exports=exports, at=at)
        if not going.finish(at):
            transaction.set_rollback(True)
            raise NotOurs(going.reference)
        Going.objects.filter(pk=going.pk).update(files=[])
        record(
            action="retention.files_removed", by=None, at=at, organisation=organisation, subject=tombstone,
            details={"incident": going.reference, "files": going.file_count, "exports": taken_back},
        )


def _purge_late_words(going: Going, tombstone: Tombstone, at: datetime) -> None:
    """Whoever was reading the incident while it went may have left an entry that names it."""
    late = Entry.objects.filter(file_type="incident", file_id=str(going.incident_key), content__isnull=False)
    if late.exists():
        purge_words(
            of=lambda: late.values_list("number", flat=True), organisation=tombstone.organisation, subject=tombstone, at=at,
            details={"incident": going.reference, "purge": going.proposal.number},
        )
