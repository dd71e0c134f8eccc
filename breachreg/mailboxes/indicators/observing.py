"""What a reported message shows that indicators can be compared with, written down when it is read."""

from breachreg.mailboxes.indicators import values
from breachreg.mailboxes.indicators.models import ReportObservable
from breachreg.mailboxes.indicators.values import Value, widened
from breachreg.mailboxes.models import Report
from breachreg.mailboxes.reading.addresses import is_inside
from breachreg.mailboxes.reading.message import MessageFacts


def observe(report: Report, facts: MessageFacts, own: frozenset[str]) -> None:
    """Write down what a message shows, inside the transaction that writes its report."""
    ReportObservable.objects.bulk_create(
        (
            ReportObservable(organisation=report.organisation, report=report, kind=one.kind, value=one.value)
            for one in sorted(observables_of(facts, own))
        ),
        batch_size=500,
    )


def observables_of(facts: MessageFacts, own: frozenset[str]) -> set[Value]:
    """What a message shows that indicators can be compared with; what belongs to the organisation itself is left out."""
    named = [("address", address) for address in facts.addresses]
    linked = [("url", link.target) for link in facts.links if link.host]
    hashed = [(kind, digest) for file in facts.attachments if file.size for kind, digest in (("sha256", file.sha256), ("md5", file.md5))]
    found: set[Value] = set()
    for kind, text in [*named, *linked, *hashed]:
        try:
            value = Value(kind, values.normalised(kind, text))
        except ValueError:
            continue  # a hostile message holds what is no address at all: its report shows it as it stands
        found |= {one for one in widened(value) if not is_ours(one, own)}
    return found


def is_ours(one: Value, own: frozenset[str]) -> bool:
    """Whether an address, domain or link is the organisation's own."""
    match one.kind:
        case "address":
            return is_inside(one.value.rpartition("@")[2], own)
        case "domain":
            return is_inside(one.value, own)
        case "url":
            return is_inside(one.value.partition("/")[0].partition(":")[0], own)
    return False
