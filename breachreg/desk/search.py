"""Search over references, titles, people, notes and names of evidence.

The trail says which incidents changed: what is behind is read again, a bounded number at a time, by the sweep and by
each search. So nothing has to be told to the search, and nothing that changed is forgotten.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.models import Entry
from breachreg.desk.models import LONGEST_WORD, SearchProgress, SearchWord, SearchWordQuerySet
from breachreg.desk.words import stems, words_of
from breachreg.register.models import Incident

AT_ONCE = 300
ENTRIES_AT_ONCE = 3000
MOST_WORDS = 8
MOST_FOUND = 1000

# Where a word may stand, each with its bit, in the order in which the places are named.
PLACES = {
    16: _("reference or title"),
    8: _("facts"),
    4: _("people"),
    2: _("notes"),
    1: _("names of evidence"),
}
TITLE, A_FACT, PEOPLE, NOTES, FILES = PLACES
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


def find(*, user: User, organisation: Organisation, words: str) -> list[int]:
    """The keys of the incidents that hold every word (or begin one with it), up to a bound, the newest first; those with
    all of them in the title before the others.
    """
    wanted = wanted_words(words)
    rows = SearchWord.objects.visible_to(user, organisation)
    if not wanted:
        return []
    in_title = _holding(rows.filter(places__gte=TITLE), wanted)
    anywhere = _holding(rows, wanted)
    return list(dict.fromkeys([*in_title, *anywhere]))[:MOST_FOUND]


def wanted_words(words: str) -> list[str]:
    """The different words that are looked for, as they are kept."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in stems(words)))[:MOST_WORDS]


def hits(keys: list[int], words: str) -> list[Hit]:
    """These incidents, in this order, each with the places in which the words stand."""
    incidents = Incident.objects.in_bulk(keys)
    bits: dict[int, int] = defaultdict(int)
    wanted = tuple(wanted_words(words))
    for key, word, places in SearchWord.objects.filter(incident__in=keys).values_list("incident_id", "word", "places"):
        if word.startswith(wanted):
            bits[key] |= places
    return [
        Hit(incidents[key], [label for bit, label in PLACES.items() if bits[key] & bit]) for key in keys if key in incidents
    ]


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
    SearchWord.objects.filter(incident__in=keys).delete()
    SearchWord.objects.bulk_create([row for incident in read for row in rows_of(incident)], batch_size=2000)


def rows_of(incident: Incident) -> Iterator[SearchWord]:
    """The words of an incident, each with its places."""
    places: dict[str, int] = defaultdict(int)
    for bit, texts in _texts(incident).items():
        for word in words_of(texts):
            places[word[:LONGEST_WORD]] |= bit
    for word, bits in places.items():
        yield SearchWord(incident=incident, organisation_id=incident.organisation_id, word=word, places=bits)


def _texts(incident: Incident) -> dict[int, list[str | None]]:
    return {
        TITLE: [incident.reference, incident.title],
        A_FACT: [getattr(incident, name) for name in FACTS],
        PEOPLE: list(_people(incident)),
        NOTES: [text for entry in incident.timeline.all() for text in (entry.text, entry.source)],
        FILES: [text for file in incident.evidence.all() for text in (file.name, file.note)],
    }


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


def _holding(rows: SearchWordQuerySet, words: list[str]) -> list[int]:
    """The keys of the incidents with a row for each word, the newest first. The longest word, mostly the rarest, leads."""
    leading, *others = sorted(words, key=len, reverse=True)
    found = rows.standing_for(leading)
    for word in others:
        found = found.filter(Exists(rows.filter(incident=OuterRef("incident")).beginning(word)))
    return list(found.order_by("-incident_id").values_list("incident_id", flat=True)[:MOST_FOUND])
