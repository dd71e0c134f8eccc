"""Checkpoints leave the machine: signed once a day where something was done, and sent once to each address.

A message or a call says nothing of any incident: numbers, a hash, a time and a signature; and, where an authority
dated the checkpoint, its timestamp.
"""

from base64 import b64encode
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.audit import calls, checkpoints
from breachreg.audit.actions import record
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports.models import Channel, CheckpointStamp, Delivery
from breachreg.exports.trail import make_checkpoint
from breachreg.register.sending import REFUSED, headers_of, send_once

EVERY = timedelta(days=1)
PATIENCE = 15
"""Seconds that a webhook may take to answer."""

HEADERS = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "BreachReg"}


def sign_due(at: datetime) -> int:
    """Sign the chain of each organisation in which something was done since its last checkpoint of a day ago or more.

    Two sweeps at once sign once, because each looks again under the lock of the chain.
    """
    return sum(_sign(organisation, at) for organisation in Organisation.objects.order_by("pk"))


@transaction.atomic
def _sign(organisation: Organisation, at: datetime) -> bool:
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    last = Checkpoint.objects.filter(organisation_id=organisation.pk, deliveries__isnull=False).order_by("-pk").first()
    last = last or Checkpoint.objects.filter(organisation_id=organisation.pk).order_by("-pk").first()
    if last and last.at > at - EVERY:
        return False
    since = Entry.objects.of_organisation(organisation).filter(number__gt=last.number if last else 0)
    if not since.exclude(action__in=["trail.signed", "checkpoint.sent"]).exists():
        return False
    make_checkpoint(organisation=organisation, by=None, at=at, reason="daily")
    return True


def send_due(at: datetime) -> int:
    """Send every checkpoint that is due; the number of those that left."""
    return sum(_send(delivery, at) for delivery in Delivery.objects.wanted().claim(at))


def _send(delivery: Delivery, at: datetime) -> bool:
    send = SENDERS[delivery.destination.channel]
    with translation.override(delivery.destination.organisation.language):
        return send_once(
            delivery, at, send=lambda: send(delivery), note=lambda: _note(delivery, at), refused=(calls.NoAnswer,)
        )


def _note(delivery: Delivery, at: datetime) -> None:
    destination = delivery.destination
    record(
        action="checkpoint.sent", by=None, at=at, organisation=destination.organisation, subject=destination,
        details={"entry": delivery.checkpoint.organisation_number, "to": destination.address},
    )


def _mail(delivery: Delivery) -> None:
    words = {"organisation": delivery.destination.organisation.name, "entry": delivery.checkpoint.organisation_number}
    lines = [
        _("Keep this message. It shows how far the trail of %(organisation)s had come, and holds nothing about any incident.") % words,
        _("To check it later, paste the lines below on the page “Checkpoints”, or give them to the verifier of a sealed pack."),
        "", delivery.checkpoint.text,
    ]  # fmt: skip
    message = EmailMessage(
        subject=_("Checkpoint of the trail of %(organisation)s: entry %(entry)s") % words, body="\n".join(lines),
        to=[delivery.destination.address],
        headers=headers_of(delivery),
    )
    if token := _token(delivery):
        message.attach("checkpoint.txt", delivery.checkpoint.text, "text/plain")
        message.attach("checkpoint.tst", token, "application/octet-stream")
    try:
        message.send()
    except REFUSED as trouble:
        raise calls.NoAnswer(_("the mail server does not take it (%(why)s)") % {"why": trouble}) from trouble


def _call(delivery: Delivery) -> None:
    lines = delivery.checkpoint.text
    if token := _token(delivery):
        lines += f"{checkpoints.TIMESTAMP}{b64encode(token).decode()}\n"
    calls.post(delivery.destination.address, lines.encode(), HEADERS, patience=PATIENCE)


def _token(delivery: Delivery) -> bytes | None:
    token = CheckpointStamp.objects.filter(checkpoint=delivery.checkpoint_id).values_list("token", flat=True).first()
    return bytes(token) if token else None


SENDERS = {Channel.EMAIL: _mail, Channel.WEBHOOK: _call}
