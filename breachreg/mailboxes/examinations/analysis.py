"""What the logs of an examination say together: the proposed window with its evidence, and the addresses."""

from collections.abc import Iterator

from breachreg.mailboxes.examinations.domains import own_domains_of
from breachreg.mailboxes.examinations.models import Examination, KnownRule, LogLine
from breachreg.mailboxes.indicators.values import Kind as IndicatorKind
from breachreg.mailboxes.log.record import FAILED_SIGN_IN, SIGN_IN, Record
from breachreg.mailboxes.log.window import Examiner
from breachreg.mailboxes.rules.verdict import Surroundings

MOST_ADDRESSES = 500
MOST_EVIDENCE = 500


def records_of(examination: Examination, **only) -> Iterator[Record]:
    """The records of every log of an examination, in the order in which they happened."""
    for content in LogLine.objects.filter(examination=examination, **only).values_list("content", flat=True).iterator(2000):
        yield Record.from_json(content)


def analyse(examination: Examination) -> dict:
    """The analysis as plain data; instants are ISO 8601 in UTC. What was left out of a list is counted."""
    indicators = examination.incident.indicators.filter(kind=IndicatorKind.IP).values_list("value", flat=True)
    examiner = Examiner(surroundings_of(examination, with_log=False), frozenset(indicators))
    throttled = 0
    for record in records_of(examination):
        examiner.feed(record)
        throttled += str(record.details.get("properties", {}).get("IsThrottled", "")).lower() == "true"
    window = examiner.window()
    uses = sorted(examiner.uses.items(), key=lambda item: (item[0] not in window.addresses, item[1].first))
    return {
        "first": _text(examiner.first), "last": _text(examiner.last), "throttled": throttled,
        "start": _text(window.start), "end": _text(window.end), "is_still_open": window.is_still_open,
        "strange": window.addresses, "evidence_count": len(window.evidence),
        "evidence": [[e.code, e.row, e.at.isoformat(), e.address, e.what, e.is_usual] for e in window.evidence[:MOST_EVIDENCE]],
        "address_count": len(uses),
        "addresses": [
            {
                "address": ip, "first": use.first.isoformat(), "last": use.last.isoformat(), "counts": dict(use.counts),
                "clients": sorted(use.clients)[:10], "places": sorted(use.places)[:10], "users": sorted(use.users)[:10],
                "signed_in": use.counts.get(SIGN_IN, 0), "failed": use.counts.get(FAILED_SIGN_IN, 0),
                "days": len(use.days), "is_strange": ip in window.addresses,
            }
            for ip, use in uses[:MOST_ADDRESSES]
        ],
    }  # fmt: skip


def surroundings_of(examination: Examination, *, with_log: bool = True) -> Surroundings:
    """What the rules of an examination are judged by: own domains, known rules, and what its logs found strange."""
    organisation = examination.incident.organisation
    known = KnownRule.objects.filter(organisation=organisation, undone_at=None).values_list("shape", flat=True)
    found = (examination.analysis or {}) if with_log else {}
    strange = frozenset(found.get("strange", ()))
    sign_ins = LogLine.objects.filter(examination=examination, kind=SIGN_IN, address__in=strange) if strange else LogLine.objects.none()
    return Surroundings(
        own_domains=own_domains_of(examination), known_shapes=frozenset(known), strange_addresses=strange,
        strange_sign_ins=tuple(sign_ins.values_list("at", flat=True)[:10_000]),
    )  # fmt: skip


def _text(moment) -> str | None:
    return moment.isoformat() if moment else None
