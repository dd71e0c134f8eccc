"""Checkpoints leave the machine: signed once a day where something was done, and sent once to each address.

A message or a call says nothing of any incident: numbers, a hash, a time and a signature.
"""

import logging
import smtplib
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.audit.actions import record
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports.models import Channel, Delivery
from breachreg.exports.trail import make_checkpoint

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
PATIENCE = 15
"""Seconds that a webhook may take to answer."""


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
    return sum(_try(delivery, at) for delivery in Delivery.objects.claim(at))


def _try(delivery: Delivery, at: datetime) -> bool:
    try:
        return _send(delivery, at)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("checkpoint %s was not sent to %s: %s", delivery.checkpoint_id, delivery.destination, error)
        delivery.give_back(at, trouble=str(error)[:500])
        return False


@transaction.atomic
def _send(delivery: Delivery, at: datetime) -> bool:
    if not delivery.finish(at):
        return False
    destination = delivery.destination
    record(
        action="checkpoint.sent", by=None, at=at, organisation=destination.organisation, subject=destination,
        details={"entry": delivery.checkpoint.organisation_number, "to": destination.address},
    )
    {Channel.EMAIL: _mail, Channel.WEBHOOK: _call}[destination.channel](delivery)
    return True


def _mail(delivery: Delivery) -> None:
    organisation = delivery.destination.organisation
    with translation.override(organisation.language):
        words = {"organisation": organisation.name, "entry": delivery.checkpoint.organisation_number}
        lines = [
            _("Keep this message. It shows how far the trail of %(organisation)s had come, and holds nothing about any incident.") % words,
            _("To check it later, paste the lines below on the page “Checkpoints”, or give them to the verifier of a sealed pack."),
            "", delivery.checkpoint.text,
        ]  # fmt: skip
        message = EmailMessage(
            subject=_("Checkpoint of the trail of %(organisation)s: entry %(entry)s") % words, body="\n".join(lines),
            to=[delivery.destination.address],
            headers={"Message-ID": f"<checkpoint-{delivery.pk}@{urlsplit(settings.BASE_URL).hostname}>"},
        )
    message.send()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook is the address that a person named, and no other."""

    def redirect_request(self, *args, **kwargs):
        return None


def _call(delivery: Delivery) -> None:
    request = urllib.request.Request(
        delivery.destination.address, data=delivery.checkpoint.text.encode(), method="POST",
        headers={"Content-Type": "text/plain; charset=utf-8", "User-Agent": "BreachReg"},
    )
    try:
        with opener().open(request, timeout=PATIENCE):
            pass
    except urllib.error.HTTPError as error:
        raise OSError(f"HTTP {error.code}") from error


def opener() -> urllib.request.OpenerDirector:
    """What makes the call; without redirects and without proxies of the environment."""
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
