"""The letter of a processor to one controller (Art. 33(2) GDPR), composed from the record and the controller's extract."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.utils import translation

from breachreg.law.vocabulary import load as vocabulary
from breachreg.notifications import sentences
from breachreg.notifications.answers import day_words, label_of, number_words
from breachreg.notifications.content import letterhead
from breachreg.notifications.models import ControllerNotice
from breachreg.notifications.paper import Chapter, Paper
from breachreg.notifications.record import Record
from breachreg.notifications.unknowns import unknown
from breachreg.notifications.words import typeset


def subject(notice: ControllerNotice, record: Record) -> str:
    """The subject of the message."""
    words = {
        "fr": "Violation de données personnelles dont votre organisme est responsable de traitement",
        "en": "Personal-data breach concerning data that you control",
    }
    return f"{words[notice.language]} ({record.incident.reference})"


def letter(notice: ControllerNotice, record: Record) -> str:
    """The letter as text: the kept one once it was sent, composed from the record before that."""
    return notice.text or "\n\n".join(filter(None, _paragraphs(notice, record)))


def paper(notice: ControllerNotice, record: Record, *, at: datetime, for_post: bool = False) -> Paper:
    """The letter as a document; it is marked as a draft until it was sent, unless it is drawn ``for_post``."""
    language = notice.language
    marks = {"fr": "PROJET — pas encore envoyé", "en": "DRAFT — not sent yet"}
    kinds = {"fr": ("projet", "courrier"), "en": ("draft", "letter")}
    is_final = for_post or notice.sent_at is not None
    dated_at = notice.sent_at or at
    with translation.override(language):
        day = day_words(dated_at.astimezone(record.zone).date())
    return Paper(
        language=language, title=subject(notice, record).rsplit(" (", 1)[0], reference=record.incident.reference,
        version=kinds[language][is_final], created_at=dated_at, kind="letter",
        mark="" if is_final else marks[language], letterhead=tuple(letterhead(record)), author=record.organisation.name,
        recipient=tuple(filter(None, [notice.controller, notice.contact, *re.split(r"\s*[\n,;]\s*", notice.address or "")])), eyebrow=day,
        chapters=(Chapter(title="Article 33(2) RGPD" if language == "fr" else "Article 33(2) GDPR", text=letter(notice, record)),),
        data_sha256="",
    )


def _paragraphs(notice: ControllerNotice, record: Record) -> Iterator[str]:
    language = notice.language
    parts = (_opening, _what_happened, _theirs, _measures, _what_follows, _contact)
    for part in parts:
        yield typeset(part(notice, record, language), language)


def _opening(notice, record, language):
    if language == "fr":
        return (
            f"Madame, Monsieur,\n\nEn application de l’article 33, paragraphe 2, du RGPD, {record.organisation.name}, votre sous-traitant, "
            f"vous informe d’une violation de données à caractère personnel que nous traitons pour le compte de {notice.controller}."
        )
    return (
        f"Dear Sir or Madam,\n\nUnder Article 33(2) GDPR, {record.organisation.name}, your processor, informs you of a breach of "
        f"personal data that we process on behalf of {notice.controller}."
    )


def _what_happened(notice, record, language):
    return sentences.for_controller(record, language)


def _theirs(notice, record, language):
    with translation.override(language):
        count = number_words(notice.people_count) if notice.people_count is not None else ""
    extract = f"{notice.extract.strip().rstrip('.')}." if notice.extract else ""
    if language == "fr":
        number = f"Personnes concernées pour votre organisme : {count}." if count else "Le nombre de personnes concernées pour votre organisme n’est pas encore établi ; nous vous le communiquerons dès qu’il le sera."
        data = f" Données concernées pour votre organisme : {extract}" if extract else ""
    else:
        number = f"People concerned for your organisation: {count}." if count else "The number of people concerned for your organisation is not established yet; we shall tell you as soon as it is."
        data = f" Data concerned for your organisation: {extract}" if extract else ""
    return number + data


def _measures(notice, record, language):
    measures = record.incident.measures_after or unknown(record, "measures_after", language)
    return f"Mesures prises ou prévues : {measures}" if language == "fr" else f"Measures taken or planned: {measures}"


def _what_follows(notice, record, language):
    consequences = record.incident.consequences or ()
    likely = " ; ".join(label_of(vocabulary("consequences"), code, language) for code in consequences)
    if language == "fr":
        text = f"Conséquences probables : {likely}.\n\n" if likely else ""
        return text + (
            "Il vous appartient, comme responsable de traitement, d’apprécier le risque et, le cas échéant, de notifier la CNIL "
            f"dans les {record.limit_hours} heures de la prise de connaissance (article 33, paragraphe 1) et d’informer les personnes (article 34)."
        )
    text = f"Likely consequences: {likely.replace(' ;', ';')}.\n\n" if likely else ""
    return text + (
        f"As controller you assess the risk and, where required, notify the supervisory authority within {record.limit_hours} hours of becoming "
        "aware (Article 33(1)) and tell the people (Article 34)."
    )


def _contact(notice, record, language):
    organisation = record.organisation
    name = " ".join(filter(None, [organisation.contact_first_name, organisation.contact_last_name]))
    details = ", ".join(filter(None, [name, organisation.contact_function, organisation.contact_phone, organisation.contact_email]))
    if not details:
        return record.organisation.name
    start = "Pour toute question" if language == "fr" else "For any question"
    colon = " :" if language == "fr" else ":"
    return f"{start}{colon} {details}.\n\n{record.organisation.name}"
