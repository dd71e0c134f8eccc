"""Facts in, sentences out: the texts of the form composed in good French (and in English), unknowns said honestly.

Each function gives a text in "fr" or "en", or "" when the record holds nothing to say. Instants are shown in the
organisation's zone.
"""

import re

from django.utils import translation

from breachreg.law.vocabulary import load as vocabulary
from breachreg.notifications.answers import count_words, label_of
from breachreg.notifications.record import Record
from breachreg.notifications.unknowns import unknown
from breachreg.notifications.words import join, moment, typeset
from breachreg.register.models import InstantKind, Qualification

_EXAMPLES = re.compile(r" \((?:ex|e\.g\.|Passeports|passports)[^()]*\)")

NATURE_NOUNS = {
    "confidentiality": {"fr": "de confidentialité", "en": "confidentiality"},
    "integrity": {"fr": "d’intégrité", "en": "integrity"},
    "availability": {"fr": "de disponibilité", "en": "availability"},
}

def withdrawal(record: Record, language: str) -> str:
    """Why a notification is withdrawn; "" while the incident still counts as a breach, for a person to say."""
    incident = record.incident
    if incident.qualification != Qualification.NOT_A_BREACH:
        return ""
    number = next((filing.receipt_number for filing in record.filings if filing.receipt_number), None)
    reasons = (incident.qualification_reasons or "").strip()
    if language == "fr":
        which = f"la notification n° {number}" if number else "la notification déposée"
        text = (
            f"Le responsable de traitement ({_controller(record)}) retire {which} : après analyse, l’incident ne constitue pas "
            f"une violation de données à caractère personnel. {reasons}"
        )
    else:
        which = f"notification no. {number}" if number else "the notification that was filed"
        text = f"The controller ({_controller(record)}) withdraws {which}: on analysis, the incident is not a personal-data breach. {reasons}"
    return typeset(text.strip(), language)


def description(record: Record, language: str) -> str:
    """What happened, as far as it is known, and what is not known yet."""
    parts = (_awareness, _reported, _period, _nature, _origin, _data, _people)
    return typeset(" ".join(filter(None, (part(record, language) for part in parts))), language)


def for_controller(record: Record, language: str) -> str:
    """What happened as one controller may know it: without the report's words and without the numbers of the others."""
    parts = (_we_became_aware, _period, _nature, _origin, _data)
    return typeset(" ".join(filter(None, (part(record, language) for part in parts))), language)


def _awareness(record, language):
    who = {"fr": f"le responsable de traitement ({_controller(record)}) a", "en": f"the controller ({_controller(record)})"}
    return _became_aware(record, language, who)


def _we_became_aware(record, language):
    return _became_aware(record, language, {"fr": "nous avons", "en": "we"})


def _became_aware(record, language, who):
    incident = record.incident
    if incident.aware_at is None:
        return f"Incident : {incident.title}." if language == "fr" else f"Incident: {incident.title}."
    when = moment(incident.aware_at, record, language, InstantKind.AWARE)
    if language == "fr":
        return (
            f"Le {when}, {who['fr']} pris connaissance d’une violation de données à caractère personnel : "
            f"{_in_sentence(incident.title)}."
        )
    return f"On {when}, {who['en']} became aware of a personal-data breach: {_in_sentence(incident.title)}."


def _controller(record: Record) -> str:
    return record.incident.controller_name or record.organisation.name


def _in_sentence(title: str) -> str:
    """A title inside a sentence: its full stop goes; its first letter goes down unless the word is an acronym."""
    title = title.strip().rstrip(".")
    first_word = title.split(" ", 1)[0]
    return title if len(first_word) > 1 and first_word.isupper() else title[:1].lower() + title[1:]


def _reported(record, language):
    report = (record.incident.report or "").strip()
    if not report:
        return ""
    report = report if report[-1] in ".!?…" else f"{report}."
    return f"Le signalement décrit les faits en ces termes : « {report} »" if language == "fr" else f"The report says: “{report}”"


def _period(record, language):
    incident = record.incident
    if incident.occurred_from is None:
        return unknown(record, "started_at", language)
    start = moment(incident.occurred_from, record, language, InstantKind.OCCURRED_FROM)
    if incident.occurred_to:
        end = moment(incident.occurred_to, record, language, InstantKind.OCCURRED_TO)
        return f"La violation a commencé le {start} et a pris fin le {end}." if language == "fr" else f"The breach began on {start} and ended on {end}."
    if incident.is_ongoing:
        return f"La violation a commencé le {start} et se poursuit." if language == "fr" else f"The breach began on {start} and goes on."
    begun = f"La violation a commencé le {start}." if language == "fr" else f"The breach began on {start}."
    return f"{begun} {unknown(record, 'ended_at', language)}"


def _nature(record, language):
    natures = record.incident.natures
    if not natures:
        return unknown(record, "natures", language)
    nouns = join((NATURE_NOUNS[code][language] for code in natures if code in NATURE_NOUNS), language)
    if language == "fr":
        return f"La violation a entraîné une perte {nouns} des données."
    return f"The breach caused a loss of {nouns} of the data."


def _origin(record, language):
    incident = record.incident
    if not incident.origins and not incident.causes:
        return (
            "L’origine et la cause de l’incident ne sont pas encore établies." if language == "fr"
            else "The origin and the cause of the incident are not established yet."
        )
    origin = _listed("Origine de l’incident", "Origin of the incident", "origins", incident.origins, language)
    cause = _listed("Cause", "Cause", "causes", incident.causes, language)
    return " ".join(filter(None, (
        origin or unknown(record, "origins", language), cause or unknown(record, "causes", language),
    )))


def _listed(french: str, english: str, name: str, codes, language: str) -> str:
    if not codes:
        return ""
    labels = " ; ".join(_in_list(label_of(vocabulary(name), code, language)) for code in codes)
    return f"{french} : {labels}." if language == "fr" else f"{english}: {labels.replace(' ;', ';')}."


def _in_list(label: str) -> str:
    """A label of the form inside a list: without its examples, which are not what happened, and in lower case."""
    label = _EXAMPLES.sub("", label)
    for plain, accented in (("Etat", "état"), ("Equipement", "équipement")):
        label = label.replace(plain, accented, 1) if label.startswith(plain) else label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _data(record, language):
    incident = record.incident
    if not incident.data_categories:
        return unknown(record, "data_categories", language)
    data = _listed("Données concernées", "Data concerned", "data_categories", incident.data_categories, language)
    sensitive = _listed("Données sensibles", "Special categories of data", "sensitive_categories", incident.sensitive_categories, language)
    return " ".join(filter(None, (data, sensitive)))


def _people(record, language):
    incident = record.incident
    count = {part: getattr(incident, f"people_{part}") for part in ("low", "likely", "high")}
    who = _listed("Personnes concernées", "People concerned", "people_categories", incident.people_categories, language)
    if all(value is None for value in count.values()):
        return " ".join(filter(None, (who, unknown(record, "people_count", language))))
    with translation.override(language):
        number = count_words(count)
    if language == "fr":
        return f"{who} Le nombre de personnes concernées est estimé à {number}.".strip()
    return f"{who} The number of people concerned is estimated at {number}.".strip()


def discovery(record: Record, language: str) -> str:
    """How it came to light: the first signal, who says when the organisation became aware, on what evidence."""
    incident, parts = record.incident, []
    if incident.first_signal_at:
        when = moment(incident.first_signal_at, record, language, InstantKind.FIRST_SIGNAL)
        parts.append(f"Le premier signal est parvenu le {when}." if language == "fr" else f"The first signal came on {when}.")
    if incident.told_by_processor_at:
        when = moment(incident.told_by_processor_at, record, language, InstantKind.TOLD_BY_PROCESSOR)
        parts.append(
            f"Le sous-traitant a informé le responsable de traitement le {when}." if language == "fr"
            else f"The processor told the controller on {when}."
        )
    parts.append(_how_aware(record, language))
    return typeset(" ".join(filter(None, parts)), language)


def _how_aware(record, language):
    statement = record.by_kind.get(InstantKind.AWARE)
    if statement is None:
        return ""
    when = moment(statement.at, record, language, InstantKind.AWARE)
    by = (statement.stated_by or "").strip()
    evidence = _in_sentence(statement.evidence or "")
    if language == "fr":
        told = f"La prise de connaissance{f', constatée par {by},' if by else ''} est fixée au {when}"
        return told + (f" ; élément à l’appui : {evidence}" if evidence else "") + "."
    told = f"The awareness{f', stated by {by},' if by else ''} is fixed at {when}"
    return told + (f"; evidence: {evidence}" if evidence else "") + "."


_INSTANTS = {
    InstantKind.OCCURRED_FROM: {"fr": "la date de début", "en": "the start"},
    InstantKind.OCCURRED_TO: {"fr": "la date de fin", "en": "the end"},
    InstantKind.AWARE: {"fr": "la date de prise de connaissance", "en": "the awareness"},
}


def comments_on_the_dates(record: Record, language: str) -> str:
    """Which of the dates are estimated, or known to the day only."""
    found = [
        text(join(words, language), len(words), language)
        for name, text in (("is_estimated", _estimated), ("is_date_only", _day_only))
        if (words := [of[language] for kind, of in _INSTANTS.items() if _is(record, kind, name)])
    ]
    return typeset(" ".join(found), language)


def _estimated(what: str, number: int, language: str) -> str:
    if language == "fr":
        verb = "sont estimées et seront précisées" if number > 1 else "est estimée et sera précisée"
        return f"{what[:1].upper()}{what[1:]} {verb}."
    return f"{what[:1].upper()}{what[1:]} {'are estimates and' if number > 1 else 'is an estimate and'} will be made precise."


def _day_only(what: str, number: int, language: str) -> str:
    if language == "fr":
        return f"Pour {what}, seul le jour est établi ; l’heure est inconnue."
    return f"For {what}, only the day is established; the time is unknown."


def _is(record: Record, kind: InstantKind, name: str) -> bool:
    statement = record.by_kind.get(kind)
    return bool(statement and getattr(statement, name))
