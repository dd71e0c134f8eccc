"""From a letter's sealed text to a page: headings, paragraphs, bullets, and the lines that differ by person."""

import re
from datetime import datetime
from typing import Any

from breachreg.letters import placeholders
from breachreg.letters.content import parts
from breachreg.letters.layout import Block
from breachreg.letters.layout import Letter as Paper
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.seal import date_line

BULLET = re.compile(r"^\s*[-•–]\s+")
REFERENCE = {"fr": "Réf. : {}", "en": "Ref.: {}"}
DRAFT = {"fr": "Projet – ne pas envoyer", "en": "Draft – do not send"}


def paper(contents: dict[str, Any], at: datetime, *, is_draft: bool = False) -> Paper:
    """The page of a letter dated ``at`` (aware, in the organisation's zone), with a slot for each line that differs."""
    language = contents["language"]
    blocks: list[Block] = []
    for part in parts():
        text = contents["parts"][part.code].strip()
        if text and part.heading[language]:
            blocks.append(Block("heading", part.heading[language]))
        if part.code != "closing":
            blocks += blocks_of(text)
    closing = [Block("paragraph", line.strip()) for line in contents["parts"]["closing"].splitlines() if line.strip()]
    marked, slots = _with_slots([*blocks, *closing])
    blocks, signature = marked[: len(blocks)], [block.text for block in marked[len(blocks) :]]
    return Paper(
        language=language, subject=contents["subject"], sender=tuple(contents["sender"]),
        date=date_line(contents["place"], at, language), blocks=tuple(blocks), signature=tuple(signature), slots=slots,
        draft=DRAFT[language] if is_draft else "",
    )


def blocks_of(text: str) -> list[Block]:
    """Paragraphs and bullets of a text: a blank line ends a paragraph, a dash at the start of a line makes a bullet."""
    blocks: list[Block] = []
    for line in text.splitlines():
        if BULLET.match(line):
            item = BULLET.sub("", line).strip()
            if blocks and blocks[-1].kind == "bullets":
                blocks[-1] = Block("bullets", items=(*blocks[-1].items, item))
            else:
                blocks.append(Block("bullets", items=(item,)))
        elif line.strip():
            blocks.append(Block("paragraph", line.strip()))
    return blocks


def slot_texts(page: Paper, person: Person, reference: str, way: str = Channel.POST) -> dict[str, Any]:
    """What one person's letter shows in each slot; one that goes by e-mail needs no postal address.

    Raises MissingValues or BadAddress.
    """
    values = person_values(person, reference, page.language)
    return {
        "address": person.address_lines(page.language) if way == Channel.POST else (person.name(page.language), person.email),
        "reference": REFERENCE[page.language].format(reference),
        **{slot: placeholders.fill(text, values) for slot, text in page.slots.items()},
    }


def person_values(person: Person, reference: str, language: str) -> dict[str, str]:
    """The values of the placeholders that differ by person."""
    return {
        "salutation": person.salutation(language), "name": person.name(language), "reference": reference,
        "concerned": person.about,
    }  # fmt: skip


def _with_slots(blocks: list[Block]) -> tuple[list[Block], dict[str, str]]:
    """Give every paragraph or bullet that differs by person a slot of its own."""
    slots: dict[str, str] = {}

    def slotted(text: str) -> str:
        if not placeholders.differs_by_person(text):
            return text
        name = f"line_{len(slots)}"
        slots[name] = text
        return f"@@{name}@@"

    marked = [Block(b.kind, slotted(b.text), tuple(slotted(item) for item in b.items)) for b in blocks]
    return marked, slots
