"""What is done to the indicators of an incident: added by hand, from a message or from a file, and removed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.mailboxes.indicators import reading
from breachreg.mailboxes.indicators.models import Indicator
from breachreg.mailboxes.indicators.observing import is_ours
from breachreg.mailboxes.indicators.values import Kind, Value, guess, normalised
from breachreg.mailboxes.models import Report
from breachreg.mailboxes.reading.addresses import registrable
from breachreg.mailboxes.reporting.campaigns import EVERYWHERE, PICTURES
from breachreg.mailboxes.reporting.intake import own_domains
from breachreg.register.models import Incident


@dataclass(frozen=True)
class Outcome:
    """What an import did: how many indicators are new, how many were there, and what could not be taken over."""

    added: int
    known: int
    troubles: list[reading.Trouble]


@transaction.atomic
def add_indicator(
    *, incident: Incident, text: str, by: User, at: datetime, kind: str | None = None, note: str | None = None
) -> bool:
    """Add one indicator, its kind guessed when it is not given; False when it is there already. Raises ValidationError."""
    try:
        value = Value(kind, normalised(kind, text)) if kind else guess(text)
    except ValueError as error:
        raise ValidationError({"value": str(error)}) from error
    added = _add(incident, [reading.Found(1, value.kind, value.value, note)], None, by, at)
    if added:
        record(
            action="indicator.added", by=by, at=at, organisation=incident.organisation, subject=incident,
            changes={"indicator": [None, value.value]}, details={"kind": value.kind},
        )
    return bool(added)


@transaction.atomic
def import_indicators(*, incident: Incident, raw: bytes, name: str, by: User, at: datetime) -> Outcome:
    """Add the indicators of a CSV, a MISP event or a STIX bundle. The same file twice adds nothing. Raises NotReadable."""
    found = reading.read(raw)
    source = f"{found.title} ({name})" if found.title else name
    added = _add(incident, found.found, source[:300], by, at)
    if added:
        record(
            action="indicator.imported", by=by, at=at, organisation=incident.organisation, subject=incident,
            details={
                "name": name, "form": found.form, "sha256": hashlib.sha256(raw).hexdigest(), "added": added,
                "not_taken_over": len(found.troubles),
            },
        )  # fmt: skip
    distinct = len({(one.kind, one.value) for one in found.found})
    return Outcome(added, distinct - added, found.troubles)


@transaction.atomic
def take_from_report(*, incident: Incident, report: Report, by: User, at: datetime) -> int:
    """Make indicators of what a reported message shows and what is not the organisation's own; how many are new."""
    found = [reading.Found(1, one.kind, one.value) for one in telling(report)]
    added = _add(incident, found, str(report)[:300], by, at)
    if added:
        record(
            action="indicator.added", by=by, at=at, organisation=incident.organisation, subject=incident,
            details={"report": report.pk, "added": added},
        )
    return added


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: User, at: datetime) -> None:
    """Take an indicator away that was added by mistake."""
    incident = indicator.incident
    record(
        action="indicator.removed", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"indicator": [indicator.value, None]}, details={"kind": indicator.kind},
    )
    indicator.delete()


def telling(report: Report) -> list[Value]:
    """What of a message tells the attack: its sender, where its links lead, and its files; nothing that is everywhere."""
    own, facts = own_domains(report.organisation), report.facts
    texts: list[tuple[str, str]] = [(Kind.ADDRESS, report.sender_address or "")]
    texts += [(Kind.ADDRESS, facts["reply_to"]["address"])] if facts.get("reply_to") else []
    for link in facts.get("links", ()):
        if link["host"] and registrable(link["host"]) not in EVERYWHERE:
            texts += [(Kind.URL, link["target"]), (Kind.DOMAIN, link["host"]), (Kind.IP, link["host"])]
    texts += [(Kind.SHA256, file["sha256"]) for file in facts.get("attachments", ()) if file["size"] and file["kind"] not in PICTURES]
    return list(dict.fromkeys(one for kind, text in texts if (one := _value(kind, text)) and not is_ours(one, own)))


def _value(kind: str, text: str) -> Value | None:
    try:
        return Value(kind, normalised(kind, text))
    except ValueError:
        return None


def _add(incident: Incident, found: Iterable[reading.Found], source: str | None, by: User, at: datetime) -> int:
    Incident.objects.select_for_update().get(pk=incident.pk)
    before = incident.indicators.count()
    rows = [
        Indicator(
            incident=incident, kind=one.kind, value=one.value, note=one.note, source=source, added_at=at, added_by=by
        )
        for one in found
    ]
    Indicator.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return incident.indicators.count() - before
