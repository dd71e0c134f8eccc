"""One e-mail of a run: the sealed letter as text and as plain HTML, nothing fetched, nothing that tracks.

No image, no link of ours, no List-Unsubscribe: this is no newsletter, and the law asks that it arrives. The visible
sender is the organisation at the installation's address, so that SPF, DKIM and DMARC speak of one domain.
"""

import io
import json
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

from breachreg.letters import placeholders, wording
from breachreg.letters.content import parts
from breachreg.letters.layout import Block
from breachreg.letters.models import Channel, Letter
from breachreg.letters.people import Person
from breachreg.letters.production import Press
from breachreg.letters.run_models import Dispatch, Run
from breachreg.letters.seal import date_line


class Messages:
    """The e-mails of a run, each letter read once."""

    def __init__(self, run: Run):
        self.run, self._texts, self._presses = run, {}, {}

    def of(self, line: Dispatch, person: Person) -> EmailMessage:
        """The message of one person. Raises MissingValues, which the preparation has ruled out."""
        letter = line.letter
        if letter.pk not in self._texts:
            self._texts[letter.pk] = LetterText(letter, self.run)
        text = self._texts[letter.pk]
        message = EmailMultiAlternatives(
            subject=text.subject, body=text.plain(person, line.reference), from_email=bounce_address(), to=[person.email],
            headers={
                "From": sender(self.run), "Message-ID": f"<{line.message_id}@{domain()}>", "Auto-Submitted": "auto-generated",
                **({"Reply-To": text.reply_to} if text.reply_to else {}),
            },
        )
        message.attach_alternative(text.html(person, line.reference), "text/html")
        if self.run.attaches_pdf:
            message.attach(f"{line.reference}.pdf", self._pdf(letter, person, line.reference), "application/pdf")
        return message

    def _pdf(self, letter: Letter, person: Person, reference: str) -> bytes:
        if letter.pk not in self._presses:
            self._presses[letter.pk] = Press(letter, self.run.started_at or self.run.prepared_at)
        out = io.BytesIO()
        self._presses[letter.pk].write(out, [(person, reference, Channel.EMAIL)])
        return out.getvalue()


class LetterText:
    """A sealed letter, ready to be written as an e-mail to anybody on its list."""

    def __init__(self, letter: Letter, run: Run):
        sealed = json.loads(letter.sealed_text)
        organisation = run.incident.organisation
        at = (run.started_at or run.prepared_at).astimezone(organisation.zone)
        self.language, self.subject, self.sender = sealed["language"], sealed["subject"], sealed["sender"]
        self.date = date_line(sealed["place"], at, self.language)
        self.reply_to = organisation.contact_email
        self.parts = [(part.heading[self.language], _blocks(part.code, sealed["parts"][part.code])) for part in parts()]

    def plain(self, person: Person, reference: str) -> str:
        """The letter as text."""
        pieces = ["\n".join(self.sender), self.date, wording.REFERENCE[self.language].format(reference)]
        for heading, blocks in self._filled(person, reference):
            pieces += [heading.upper()] if heading else []
            pieces += ["\n".join(f"- {item}" for item in block.items) if block.items else block.text for block in blocks]
        return "\n\n".join(pieces) + "\n"

    def html(self, person: Person, reference: str) -> str:
        """The letter as plain HTML: headings, paragraphs, lists."""
        context = {
            "language": self.language, "subject": self.subject, "sender": self.sender, "date": self.date,
            "reference": wording.REFERENCE[self.language].format(reference), "parts": self._filled(person, reference),
        }
        return render_to_string("letters/paper/message.html", context)

    def _filled(self, person: Person, reference: str) -> list[tuple[str, list[Block]]]:
        values = wording.person_values(person, reference, self.language)
        return [
            (heading, [_fill(block, values) for block in blocks]) for heading, blocks in self.parts if blocks
        ]


def _blocks(code: str, text: str) -> list[Block]:
    if code == "closing":  # a signature: each line stays a line
        return [Block("paragraph", line.strip()) for line in text.splitlines() if line.strip()]
    return wording.blocks_of(text)


def _fill(block: Block, values: dict[str, str]) -> Block:
    return Block(block.kind, placeholders.fill(block.text, values), tuple(placeholders.fill(item, values) for item in block.items))


def sender(run: Run) -> str:
    """Who the message says it is from: the organisation by name, at the installation's address."""
    return formataddr((run.incident.organisation.name, sender_address()))


def sender_address() -> str:
    """The address that stands in the From line."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def bounce_address() -> str:
    """The address to which mail servers return what they could not deliver (the envelope's sender)."""
    return settings.LETTERS_BOUNCES_TO or sender_address()


def domain() -> str:
    """What stands behind the @ of our Message-IDs."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
