"""Public communication (Art. 34(3)(c)): a page and a press text from the elements of one sealed text, and where it was published.

The sealed text is that of a letter to the public: it is written, reviewed and sealed like any other. Each publication is
noted with place and instant, and becomes the evidence of the exemption's worksheet.
"""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.law.exemptions import Shown
from breachreg.letters import seal
from breachreg.letters.content import parts
from breachreg.letters.models import Group, Letter, Publication
from breachreg.register import exemptions
from breachreg.register.actions import note_event

EXEMPTION, CLAIM = "disproportionate_effort", "public_communication"
PRESS = {"fr": "COMMUNIQUÉ DE PRESSE", "en": "PRESS RELEASE"}
END = "###"


class NotSealed(Exception):
    """Only a sealed text to the public can be published."""


def page_text(letter: Letter, at: datetime) -> str:
    """The text of a page on the organisation's site: headings and parts in the order of a letter. Raises MissingValues."""
    said = seal.contents(letter)
    return "\n\n".join([said["subject"], *_parts(said), said["parts"]["closing"], _dated(letter, said, at)]).strip() + "\n"


def press_text(letter: Letter, at: datetime) -> str:
    """The same elements as a press release: dateline, who, what, and whom to ask at the end. Raises MissingValues."""
    said = seal.contents(letter)
    lead = f"{_dated(letter, said, at)} – {said['parts']['opening']}".strip()
    body = [text for code, text in _by_code(said) if code not in ("opening", "contact")]
    contact = "\n".join(_with_heading("contact", said))
    return "\n\n".join([PRESS[said["language"]], said["subject"], lead, *body, contact, *said["sender"][:1], END]).strip() + "\n"


@transaction.atomic
def note_publication(
    *, letter: Letter, kind: str, place: str, address: str | None, published_at: datetime, by: User, at: datetime
) -> Publication:
    """Say where and when the sealed text was published; it becomes evidence for the exemption of Art. 34(3)(c).

    Raises NotSealed, ValidationError, or AlreadyClosed when the incident is closed.
    """
    if letter.group != Group.PUBLIC or not letter.is_approved:
        raise NotSealed(_("Only a sealed text to the public can be published: have it reviewed first."))
    if published_at > at:
        raise ValidationError({"published_at": _("This lies in the future. Note it once it happened.")})
    made = Publication(
        letter=letter, kind=kind, place=place.strip(), address=address or None, published_at=published_at,
        text_sha256=letter.sealed_sha256, recorded_at=at, recorded_by=by,
    )  # fmt: skip
    made.full_clean()
    made.save()
    details = {"kind": kind, "place": made.place, "address": made.address, "published_at": published_at.isoformat()}
    record(
        action="letter.published", by=by, at=at, organisation=letter.incident.organisation, subject=letter,
        details={**details, "sha256": made.text_sha256},
    )  # fmt: skip
    note_event(incident=letter.incident, event="letter.published", by=by, at=at, text=f"{letter.reference}: {made.place}")
    _give_evidence(letter, by, at)
    return made


def _give_evidence(letter: Letter, by: User, at: datetime) -> None:
    """Write what was published into a new version of the exemption's worksheet; its other claims stay as they were."""
    before = exemptions.shown_in(exemptions.latest(letter.incident).get(EXEMPTION))
    evidence = "\n".join(evidence_of(letter))
    exemptions.review_exemption(
        incident=letter.incident, code=EXEMPTION, shown={**before, CLAIM: Shown(True, evidence)}, takes_over=False, by=by, at=at
    )


def evidence_of(letter: Letter) -> Iterator[str]:
    """Each publication of an incident's texts to the public on a line: when, where, which text."""
    zone = letter.incident.organisation.zone
    found = Publication.objects.filter(letter__incident=letter.incident).select_related("letter__incident")
    for each in found.order_by("published_at"):
        where = f"{each.place} ({each.address})" if each.address else each.place
        yield f"{each.published_at.astimezone(zone):%Y-%m-%d %H:%M} – {where} – {each.letter.reference}, SHA-256 {each.text_sha256}"


def _dated(letter: Letter, said: dict, at: datetime) -> str:
    return seal.date_line(said["place"], at.astimezone(letter.incident.organisation.zone), said["language"])


def _by_code(said: dict) -> Iterator[tuple[str, str]]:
    for part in parts():
        if part.code != "closing" and (text := "\n".join(_with_heading(part.code, said))):
            yield part.code, text


def _parts(said: dict) -> list[str]:
    return [text for _code, text in _by_code(said)]


def _with_heading(code: str, said: dict) -> Iterator[str]:
    text = said["parts"][code].strip()
    heading = next(part.heading[said["language"]] for part in parts() if part.code == code)
    if text and heading:
        yield heading
    if text:
        yield text
