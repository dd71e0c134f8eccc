"""What comes in becomes reports, in two steps: its bytes are kept, once, and then read.

A worker that dies between the two leaves a row that is due; one that a message kills again and again is parked, with
its bytes, for a person to look at with other tools. Nothing of a message is ever rendered, opened or fetched.
"""

import hashlib
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.mailboxes.indicators.observing import observe
from breachreg.mailboxes.models import IncomingMail, Report, ReportingMailbox, Source
from breachreg.mailboxes.reading import intake as reading
from breachreg.mailboxes.reading import outlook
from breachreg.mailboxes.reading.addresses import domain_of, is_inside
from breachreg.mailboxes.reading.message import MessageFacts, facts_of
from breachreg.mailboxes.reading.mime import LIMITS
from breachreg.mailboxes.reporting import acknowledgements, campaigns, sealing

MOST_READINGS = 25
"""How often a reader may die over a message before it is left alone; a machine that is restarted often must not do that."""


class NotAMessage(ValueError):
    """The file is no message; says what to bring instead."""


def keep_mail(
    *, organisation: Organisation, raw: bytes, source: Source, by: User | None, at: datetime, name: str | None = None,
    box: str | None = None, uid: int | None = None, is_cut: bool = False,
) -> tuple[IncomingMail, bool]:
    """Keep what came in, byte for byte; True when it is new, False when the same bytes were kept before."""
    sha256 = hashlib.sha256(raw).hexdigest()
    if known := IncomingMail.objects.filter(organisation=organisation, sha256=sha256).first():
        return known, False
    mail = IncomingMail(
        organisation=organisation, source=source, sha256=sha256, size=len(raw), is_cut=is_cut, name=name, box=box,
        uid=uid, received_at=at, brought_by=by, due_at=at, location=sealing.keep(raw, organisation, "mail"),
    )
    return _write_mail(mail, by, at)


@transaction.atomic
def _write_mail(mail: IncomingMail, by: User | None, at: datetime) -> tuple[IncomingMail, bool]:
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:  # somebody kept the same bytes a moment ago
        return IncomingMail.objects.get(organisation=mail.organisation, sha256=mail.sha256), False
    record(
        action="message.received", by=by, at=at, organisation=mail.organisation, subject=mail,
        details={"sha256": mail.sha256, "size": mail.size, "source": mail.source},
    )
    return mail, True


def read_due(at: datetime) -> int:
    """Read everything that was kept and not read yet; the number of reports written."""
    return sum(len(read_mail(mail=mail, at=at)) for mail in IncomingMail.objects.claim(at))


def read_now(mail: IncomingMail, at: datetime) -> list[Report]:
    """Read this mail, unless somebody else does so at this moment; its reports."""
    if claimed := IncomingMail.objects.claim_one(mail.pk, at):
        read_mail(mail=claimed, at=at)
    return list(Report.objects.filter(incoming=mail).order_by("position"))


def read_mail(*, mail: IncomingMail, at: datetime) -> list[Report]:
    """Turn a claimed mail into one report for each message in it; parks one that was tried too often."""
    if mail.attempts > MOST_READINGS:
        _park(mail, at)
        return []
    own = own_domains(mail.organisation)
    whole = sealing.read(mail.location)
    if outlook.is_outlook_message(whole):
        whole = reading.message_bytes(whole)
    found = what_is_reported(whole, mail.source, own)
    read = [(raw, facts_of(raw, known_domains=own)) for raw in found.messages]
    places = [
        sealing.keep(raw, mail.organisation, f"{mail.sha256} {position}") for position, (raw, _facts) in enumerate(read)
    ]
    return _write_reports(mail, whole, found, list(zip(read, places, strict=True)), own, at)


def what_is_reported(raw: bytes, source: str, own: frozenset[str]) -> reading.Forwarded:
    """The reported messages: those that a colleague forwards, or the message itself when it comes from outside.

    An uploaded message of somebody outside is the suspicious one, whatever it carries; so is one that was redirected
    as it came, which may quote earlier messages.
    """
    found = reading.forwarded(raw)
    is_ours = bool(found.reporter) and is_inside(domain_of(found.reporter.address), own)
    if not is_ours and (source == Source.UPLOAD or found.is_inline):
        found.messages, found.is_inline, found.note = [raw], False, ""
    return found


@transaction.atomic
def _write_reports(
    mail: IncomingMail, whole: bytes, found: reading.Forwarded, read: list, own: frozenset[str], at: datetime
) -> list[Report]:
    Organisation.objects.select_for_update().get(pk=mail.organisation_id)  # campaigns are joined one after the other
    if not mail.finish(at):
        return []
    _name_reporter(mail, found)
    reports = [
        _report(mail, position, raw, facts, place, own, found.is_inline)
        for position, ((raw, facts), place) in enumerate(read)
    ]
    Report.objects.bulk_create(reports)
    for report, ((_raw, facts), _place) in zip(reports, read, strict=True):
        observe(report, facts, own)
    acknowledgements.plan(mail=mail, found=found, raw=whole, own=own, at=at)
    record(
        action="message.read", by=mail.brought_by, at=at, organisation=mail.organisation, subject=mail,
        details={"sha256": mail.sha256, "reports": len(reports)},
    )
    return reports


def _name_reporter(mail: IncomingMail, found: reading.Forwarded) -> None:
    if mail.source == Source.UPLOAD:
        mail.reporter_name, mail.reporter_address = mail.brought_by.full_name, mail.brought_by.email
    elif found.reporter:
        mail.reporter_name = _clean(found.reporter.name[:200]) or None
        mail.reporter_address = _clean(found.reporter.address[:320]) or None
    mail.note = _clean(found.note) or None
    mail.save(update_fields=["reporter_name", "reporter_address", "note"])


def _report(
    mail: IncomingMail, position: int, raw: bytes, facts: MessageFacts, place: str, own: frozenset[str], is_inline: bool
) -> Report:
    sender = facts.sender
    title = _clean(facts.subject or (sender.address if sender else "")) or facts.sha256[:12]
    campaign, shared = campaigns.join(mail.organisation, campaigns.marks_of(facts, own), title, mail.received_at)
    return Report(
        organisation=mail.organisation, incoming=mail, position=position, campaign=campaign,
        grouped_by=[[mark.kind, _clean(mark.words[:500])] for mark in shared][:20], received_at=mail.received_at,
        sha256=facts.sha256, size=facts.size, location=place, is_inline=is_inline,
        subject=_clean(facts.subject or "") or None, sender_name=_clean(sender.name[:320]) or None if sender else None,
        sender_address=_clean(sender.address[:320]) or None if sender else None, sent_at=facts.sent_at,
        facts=plain_facts(facts),
    )


def plain_facts(facts: MessageFacts) -> dict:
    """The facts as JSON holds them; what has a column of its own is left out."""
    columns = {"sha256", "size", "subject", "sender", "sent_at"}
    found = {name: value for name, value in asdict(facts).items() if name not in columns}
    found["authentication"] = [result._asdict() for result in facts.authentication]
    found["lookalikes"] = [one._asdict() for one in facts.lookalikes]
    found["troubles"] = [one._asdict() for one in facts.troubles]
    return _cleaned(found)


def _cleaned(value):
    match value:
        case str():
            return _clean(value)
        case dict():
            return {name: _cleaned(each) for name, each in value.items()}
        case list() | tuple():
            return [_cleaned(each) for each in value]
    return value


def _clean(text: str) -> str:
    # PostgreSQL refuses the character U+0000 and lone surrogates; a hostile message may hold both.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


@transaction.atomic
def _park(mail: IncomingMail, at: datetime) -> None:
    trouble = _("Reading this message failed %(times)s times.") % {"times": MOST_READINGS}
    if mail.give_up(at, trouble=trouble):
        record(
            action="message.unreadable", by=None, at=at, organisation=mail.organisation, subject=mail,
            details={"sha256": mail.sha256},
        )


def original_of(report: Report) -> tuple[bytes, str]:
    """The bytes of a reported message as they were brought, and the ending of a file that holds them."""
    brought = sealing.read(report.incoming.location)
    return (brought, "msg") if outlook.is_outlook_message(brought) else (sealing.read(report.location), "eml")


def own_domains(organisation: Organisation) -> frozenset[str]:
    """The organisation's own domains: as its settings say, or that of its contact."""
    mailbox = ReportingMailbox.objects.filter(organisation=organisation).first()
    if mailbox and mailbox.domains:
        return frozenset(mailbox.domains)
    return frozenset(filter(None, [domain_of(organisation.contact_email or "")]))


def bring_file(*, organisation: Organisation, raw: bytes, name: str, by: User, at: datetime) -> tuple[list[Report], bool]:
    """Take in an uploaded .eml or .msg file; its reports, and whether it is new. Raises NotAMessage."""
    try:
        reading.message_bytes(raw)
    except reading.NoMessage as error:
        message = _("“%(name)s” is no message. Save the message as .eml or .msg in the mail programme, and choose that file.")
        raise NotAMessage(message % {"name": name}) from error
    mail, is_new = keep_mail(
        organisation=organisation, raw=raw[: LIMITS.size], source=Source.UPLOAD, by=by, at=at, name=name[:255],
        is_cut=len(raw) > LIMITS.size,
    )
    return read_now(mail, at), is_new
