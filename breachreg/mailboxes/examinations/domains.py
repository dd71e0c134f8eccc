"""Which domains are the organisation's own, for an examined mailbox."""

from breachreg.mailboxes.examinations.models import Examination
from breachreg.mailboxes.reading.addresses import domain_of
from breachreg.mailboxes.reporting.intake import own_domains
from breachreg.mailboxes.words import public_providers


def own_domains_of(examination: Examination) -> frozenset[str]:
    """The organisation's domains and that of the examined mailbox, unless it is one of a provider open to everybody."""
    domain = domain_of(examination.mailbox)
    known = own_domains(examination.incident.organisation)
    return known if domain in public_providers() else known | {domain}
