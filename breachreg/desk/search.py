"""Search over references, titles, people, notes and names of evidence.

The trail says which incidents changed: what is behind is read again, a bounded number at a time, by the sweep and by
each search. So nothing has to be told to the search, and nothing that changed is forgotten.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.models import Entry
from breachreg.desk.models import SearchDocument, SearchProgress
from breachreg.desk.words import document, stems
from breachreg.register.models import Incident

AT_ONCE = 300
ENTRIES_AT_ONCE = 3000
MOST_WORDS = 8
MOST_FOUND = 1000

# Columns of the document, in the order in which a match counts, with the words that say where it was found.
PLACES = {
    "title": _("reference or title"),
    "facts": _("facts"),
    "people": _("people"),
    "notes": _("notes"),
    "files": _("names of evidence"),
}
FACTS = (
    "report", "narrative", "discovery", "dates_comment", "delay_reasons", "qualification_reasons", "measures_before",
    "measures_after", "processing_activities", "origin_other", "cause_other", "data_other", "people_other",
    "harms_other", "consequences_other", "lessons", "other_authorities_detail", "cross_border_countries",
    "other_data_protection_authorities", "not_telling_evidence",
)


@dataclass(frozen=True)
class Hit:
    """An incident that was found, and where its words stand."""

    incident: Incident
    places: list


def find(*, user: User, organisation: Organisation, words: str) -> QuerySet[SearchDocument]:
    """The documents that hold every word (or begin one with it), those with all of them in the title first."""
    wanted = stems(words)[:MOST_WORDS]
    found = SearchDocument.objects.visible_to(user, organisation)
    if not wanted:
        return found.none()
    for word in wanted:
        found = found.filter(_holds(Concat(*PLACES, output_field=TextField()), word))
    in_title = Q(*(_holds(F("title"), word) for word in wanted))
    place = Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(place, "-pk")


def keys_of(found: QuerySet[SearchDocument]) -> list[int]:
    """The keys of what was found, in order, up to a bound: one reading of the documents gives pages and count."""
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def hits(keys: list[int], words: str) -> list[Hit]:
    """These documents, in this order, each with the places in which the words stand."""
    documents = SearchDocument.objects.select_related("incident").in_bulk(keys)
    return [hit(documents[key], words) for key in keys if key in documents]


def hit(found: SearchDocument, words: str) -> Hit:
    """A document that was found, with the places in which its words stand."""
    wanted = stems(words)[:MOST_WORDS]
    places = [label for column, label in PLACES.items() if any(f" {word}" in getattr(found, column) for word in wanted)]
    return Hit(found.incident, places)


@transaction.atomic
def catch_up(organisation: Organisation) -> int:
    """Read again what changed since the last time, up to a bound; return how many entries are still to be followed."""
    progress, _created = SearchProgress.objects.select_for_update().get_or_create(organisation=organisation)
    behind = Entry.objects.of_organisation(organisation).filter(number__gt=progress.number).order_by("number")
    entries = list(behind.values_list("number", "object_type", "object_id")[:ENTRIES_AT_ONCE])
    changed: dict[int, None] = {}
    for number, kind, key in entries:
        if kind == "incident":
            changed[int(key)] = None
        progress.number = number
        if len(changed) >= AT_ONCE:
            break
    if entries:
        _read_again(organisation, list(changed))
        progress.save(update_fields=["number"])
    return behind.filter(number__gt=progress.number).count() if len(entries) == ENTRIES_AT_ONCE or len(changed) >= AT_ONCE else 0


def catch_up_everywhere(at: datetime) -> int:
    """Let every organisation's search catch up once; return how many entries are still to be followed.

    Due at any instant: what is behind is known from the trail, not from the time.
    """
    return sum(catch_up(organisation) for organisation in Organisation.objects.order_by("pk"))


def _read_again(organisation: Organisation, keys: list[int]) -> None:
    incidents = Incident.objects.filter(organisation=organisation, pk__in=keys).select_related("reported_by", "owner")
    read = incidents.prefetch_related("timeline", "evidence", "parties", "promises", "statements", "tasks__owner")
    documents = [_document(incident) for incident in read]
    SearchDocument.objects.bulk_create(
        documents, update_conflicts=True, unique_fields=["incident"], update_fields=[*PLACES, "organisation"]
    )


def _document(incident: Incident) -> SearchDocument:
    return SearchDocument(
        incident=incident,
        organisation_id=incident.organisation_id,
        title=document([incident.reference, incident.title]),
        facts=document(getattr(incident, name) for name in FACTS),
        people=document(_people(incident)),
        notes=document(text for entry in incident.timeline.all() for text in (entry.text, entry.source)),
        files=document(text for file in incident.evidence.all() for text in (file.name, file.note)),
    )


def _people(incident: Incident):
    yield incident.reported_by.full_name
    yield incident.owner.full_name if incident.owner else None
    yield incident.controller_name
    for party in incident.parties.all():
        yield party.name
        yield party.contact
    for promise in incident.promises.all():
        yield promise.owed_by
    for statement in incident.statements.all():
        yield statement.stated_by
    for task in incident.tasks.all():
        yield task.owner.full_name if task.owner else task.owner_name


def _holds(text, word: str) -> GreaterThan:
    """Whether a word of the text begins like this; a plain look for the letters is faster than a pattern."""
    return GreaterThan(StrIndex(text, Value(f" {word}")), 0)
