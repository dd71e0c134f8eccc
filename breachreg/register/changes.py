"""The building blocks of the register's actions: a change under a check of the version, and a line on the timeline."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import LANGUAGES, User
from breachreg.audit import catalogue
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register import events  # noqa: F401 (declares what this room does)
from breachreg.register.models import Incident, TimelineEntry, TimelineKind
from breachreg.register.promises import keep_promises


class Stale(Exception):
    """Somebody else changed the incident since this page was opened; carries the incident as it stands now."""

    def __init__(self, incident: Incident):
        super().__init__(
            _("Somebody changed this incident after you opened the page. Nothing of yours was saved or lost: compare, then save again.")
        )
        self.incident = incident


class NotTheSecondPerson(Exception):
    """The person who proposed or decided can't be the one who confirms it."""


def change(
    *, incident: Incident, action: str, by: User | None, at: datetime, details: dict | None = None, **fields
) -> Incident:
    """Write these columns if the incident still has the version it was read with, with one entry in the trail.

    The building block of the register's actions; call it inside their transaction. Raises Stale or ValidationError.
    """
    current = Incident.objects.select_for_update().get(pk=incident.pk)
    if current.version != incident.version:
        raise Stale(current)
    before = snapshot(current)
    for name, value in fields.items():
        setattr(current, name, value)
    changes = difference(before, snapshot(current))
    if not changes:
        return current
    current.full_clean()
    current.version += 1
    won = Incident.objects.filter(pk=current.pk, version=incident.version).update(
        version=F("version") + 1, **{name: getattr(current, name) for name in fields}
    )
    if not won:
        raise Stale(Incident.objects.get(pk=incident.pk))
    record(
        action=action, by=by, at=at, organisation=current.organisation, subject=current, changes=changes,
        details=details,
    )
    keep_promises(incident=current, columns=fields, by=by, at=at)
    return current


def note_event(
    *, incident: Incident, event: str, by: User | None, at: datetime, text: str | Mapping[str, str] = ""
) -> TimelineEntry:
    """Put an action of any room on the incident's timeline, inside that action's transaction. Raises UndeclaredEvent.

    ``text`` is what a person wrote; words of the product come in every language (``in_every_language``).
    """
    catalogue.label(event)
    words = None if isinstance(text, str) else dict(text)
    return TimelineEntry.objects.create(
        incident=incident, kind=TimelineKind.EVENT, event=event, happened_at=at, in_languages=words,
        text=words[incident.organisation.language] if words else text, recorded_at=at, recorded_by=by,
    )


def in_every_language(label: object) -> dict[str, str]:
    """A translatable label in each language of the interface."""
    words = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            words[code] = str(label)
    return words
