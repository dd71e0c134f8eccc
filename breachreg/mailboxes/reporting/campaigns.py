"""What belongs together: messages that share a link, a file, or their sender and subject, are one campaign.

Links and hosts that half of the world's messages hold join nothing: those of the organisation itself, and the bare
addresses of large public services.
"""

import hashlib
import re
from collections import Counter
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from breachreg.accounts.models import Organisation
from breachreg.mailboxes.models import Campaign, CampaignMark
from breachreg.mailboxes.reading.addresses import is_inside, refanged, registrable
from breachreg.mailboxes.reading.message import Attachment, MessageFacts

EVERYWHERE = frozenset(
    ["apple.com", "facebook.com", "google.com", "instagram.com", "linkedin.com", "live.com", "microsoft.com", "office.com", "outlook.com", "twitter.com", "w3.org", "whatsapp.com", "x.com", "youtube.com"]
)
PICTURES = frozenset(["png", "jpeg", "gif"])
"""Logos and signatures, which unrelated messages share."""
_ANSWERED = re.compile(r"^\s*(?:(?:re|tr|fw|fwd|aw)\s*:\s*)+", re.I)
_NUMBERS = re.compile(r"\d+")


class Mark(NamedTuple):
    """A sign of a campaign: its kind (link, file, sender), its value, and the words that explain it."""

    kind: str
    value: str
    words: str

    @property
    def digest(self) -> str:
        """The value as the table keeps it."""
        return hashlib.sha256(self.value.encode("utf-8", "replace")).hexdigest()


def marks_of(facts: MessageFacts, own_domains: frozenset[str]) -> list[Mark]:
    """The signs by which a message can be recognised in others, once each."""
    links = [mark for link in facts.links if (mark := _link_mark(link.target, link.host, own_domains))]
    files = [Mark("file", one.sha256, one.name or one.sha256) for one in facts.attachments if _is_telling(one)]
    found = {(mark.kind, mark.value): mark for mark in [*links, *files, *_sender_mark(facts)]}
    return list(found.values())


def join(organisation: Organisation, marks: list[Mark], title: str, at: datetime) -> tuple[Campaign, list[Mark]]:
    """The campaign that shares most of these marks, or a new one, and the marks that are shared.

    Call it inside a transaction that holds the organisation's row: two messages of one campaign may come in at once.
    """
    known = {
        (mark.kind, mark.value): mark.campaign_id
        for mark in CampaignMark.objects.filter(organisation=organisation, value__in=[mark.digest for mark in marks])
    }
    votes = Counter(campaign for mark in marks if (campaign := known.get((mark.kind, mark.digest))))
    if votes:
        most = max(votes.values())
        campaign = Campaign.objects.get(pk=min(pk for pk, count in votes.items() if count == most))
        Campaign.objects.filter(pk=campaign.pk, last_at__lt=at).update(last_at=at)
        Campaign.objects.filter(pk=campaign.pk, first_at__gt=at).update(first_at=at)
    else:
        campaign = Campaign.objects.create(organisation=organisation, title=title[:300], first_at=at, last_at=at)
    CampaignMark.objects.bulk_create(
        CampaignMark(organisation=organisation, campaign=campaign, kind=mark.kind, value=mark.digest)
        for mark in marks
        if (mark.kind, mark.digest) not in known
    )
    return campaign, [mark for mark in marks if known.get((mark.kind, mark.digest)) == campaign.pk]


def _link_mark(target: str, host: str, own_domains: frozenset[str]) -> Mark | None:
    if not host or is_inside(host, own_domains):
        return None
    path = _path(refanged(target))
    if path in ("", "/") and registrable(host) in EVERYWHERE:
        return None
    # What stands behind the path often names the recipient, and differs from message to message.
    return Mark("link", f"{host}{path}", target)


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _is_telling(attachment: Attachment) -> bool:
    return attachment.size > 0 and attachment.kind not in PICTURES


def _sender_mark(facts: MessageFacts) -> list[Mark]:
    if not (facts.sender and facts.sender.address and facts.subject):
        return []
    subject = _NUMBERS.sub("#", _ANSWERED.sub("", facts.subject)).casefold().strip()
    words = f"{facts.sender.address}, {facts.subject}"
    return [Mark("sender", f"{facts.sender.address}\n{subject}", words)] if subject else []
