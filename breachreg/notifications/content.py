"""The content of a version: everything that is said, frozen as plain data that later labels and code can't change."""

from datetime import datetime

from django.utils import translation

from breachreg.notifications.answers import form, written
from breachreg.notifications.held import Held
from breachreg.notifications.neutral import FORMAT, FORMAT_VERSION
from breachreg.notifications.record import Record
from breachreg.notifications.unknowns import promise_of, unknown

KEPT_WHEN_UNKNOWN = ("owed_by", "promised_for")


def freeze(record: Record, entries: dict[str, dict], *, number: int, version: int, held: Held | None) -> dict:
    """The content of a version. `entries` are the answers with their sources; `held` what the authority holds (None: no text of ours)."""
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "reference": record.incident.reference,
        "number": number,
        "version": version,
        "read_at": written(record.at),
        "zone": record.organisation.time_zone,
        "organisation": {"name": record.organisation.name, "letterhead": letterhead(record)},
        "circumstances": vars(record.circumstances) | {"kind": str(record.kind)},
        "clock": {
            "aware_at": written(record.incident.aware_at),
            "due_at": written(record.due_at),
            "met_at": written(record.deadline.met_at) if record.deadline else None,
        },
        "answers": entries,
        "unknowns": unknowns(record, entries),
    }
    if held is not None:
        content |= {"held": held.answers, "held_as": held.as_content()}
    return content


def unknowns(record: Record, entries: dict[str, dict]) -> dict[str, dict]:
    """For each open question the honest sentence in both languages, who owes the answer, and for when."""
    found = {}
    for field in form().fields:
        if entries.get(field.code, {}).get("value") in (None, "") and field.needed != "optional":
            promise = promise_of(record, field.code)
            found[field.code] = {
                "fr": unknown(record, field.code, "fr"),
                "en": unknown(record, field.code, "en"),
                "owed_by": promise.owed_by if promise else None,
                "promised_for": _promised(promise.promised_for) if promise else None,
            }
    return found


def _promised(instant: datetime | None) -> str | None:
    return written(instant)


def letterhead(record: Record) -> list[str]:
    """The organisation's name, address and SIREN as the lines of a letterhead, as far as they are known."""
    organisation = record.organisation
    with translation.override("fr"):
        siren = f"SIREN {organisation.siren}" if organisation.siren else ""
    return list(filter(None, [organisation.name, organisation.address, organisation.place, siren]))
