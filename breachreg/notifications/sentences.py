"""Facts in, sentences out: the texts of the form composed in good French (and in English), unknowns said honestly.

Each function gives a text in "fr" or "en", or "" when the record holds nothing to say. Instants are shown in the
organisation's zone.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.utils import formats, translation

from breachreg.law.vocabulary import load as vocabulary
from breachreg.notifications.answers import count_words, label_of
from breachreg.notifications.record import Record, is_day_only
from breachreg.register.models import InstantKind, Promise, Qualification

_BEFORE_SIGN = re.compile(r" ([;:!?»])")

NATURE_NOUNS = {
    "confidentiality": {"fr": "de la confidentialité", "en": "confidentiality"},
    "integrity": {"fr": "de l’intégrité", "en": "integrity"},
    "availability": {"fr": "de la disponibilité", "en": "availability"},
}

# What is not known yet: the subject of its sentence, and how French agrees with it.
SUBJECTS = {
    "started_at": ("La date de début de la violation", "f", "The date on which the breach began"),
    "ended_at": ("La date de fin de la violation", "f", "The date on which the breach ended"),
    "natures": ("La nature de la violation", "f", "The nature of the breach"),
    "origins": ("L’origine de l’incident", "f", "The origin of the incident"),
    "causes": ("La cause de l’incident", "f", "The cause of the incident"),
    "data_categories": ("La liste des données concernées", "f", "The list of the data concerned"),
    "sensitive_categories": ("La présence de données sensibles", "f", "Whether special categories of data are concerned"),
    "records_count": ("Le nombre d’enregistrements", "m", "The number of records"),
    "people_categories": ("Les catégories de personnes concernées", "fp", "The categories of people concerned"),
    "people_count": ("Le nombre de personnes", "m", "The number of people"),
    "measures_before": ("Le relevé des mesures de sécurité préalables", "m", "The list of the measures in place before"),
    "consequences": ("L’analyse des conséquences probables", "f", "The analysis of the likely consequences"),
    "harms": ("L’analyse des préjudices potentiels", "f", "The analysis of the potential harm"),
    "severity": ("Le niveau de gravité", "m", "The level of severity"),
    "measures_after": ("Le détail des mesures prises à la suite de la violation", "m", "The list of the measures taken after the breach"),
    "discovery": ("Le récit de la découverte", "m", "The account of the discovery"),
    "aware_at": ("La date de prise de connaissance", "f", "The date of awareness"),
}
_AGREEMENT = {
    "m": ("n’est pas encore établi", "il est attendu"),
    "f": ("n’est pas encore établie", "elle est attendue"),
    "fp": ("ne sont pas encore établies", "elles sont attendues"),
}

# A promise of the ledger may be made under the form's code or under the record's own name of the fact.
PROMISED_AS = {
    "people_count": ("people", "people_likely", "people_low", "people_high"),
    "records_count": ("records", "records_likely", "records_low", "records_high"),
    "started_at": ("occurred_from",),
    "ended_at": ("occurred_to",),
    "description": ("narrative",),
    "informed_on": ("told_on",),
    "to_inform_on": ("telling_planned_on",),
    "harm_other": ("harms_other",),
}


def unknown(record: Record, code: str, language: str, label: str = "") -> str:
    """The honest sentence for a question that nobody can answer yet, with who owes the answer and for when."""
    promise = promise_of(record, code)
    if code not in SUBJECTS:
        return _unknown_by_label(promise, label, language, record)
    french, agreement, english = SUBJECTS[code]
    if language == "en":
        when = f"; the answer is expected by {_promised_day(promise, record, 'en')}" if _is_dated(promise) else ""
        return f"{english} is not established yet{when}." if agreement != "fp" else f"{english} are not established yet{when}."
    missing, expected = _AGREEMENT[agreement]
    when = f" ; {expected} pour le {_promised_day(promise, record, 'fr')}" if _is_dated(promise) else ""
    return typeset(f"{french} {missing}{when}.", "fr")


def promise_of(record: Record, code: str) -> Promise | None:
    """The open promise for a question of the form."""
    return record.promise_of(code, *PROMISED_AS.get(code, ()))


def _unknown_by_label(promise, label, language, record) -> str:
    if language == "en":
        when = f"; expected by {_promised_day(promise, record, 'en')}" if _is_dated(promise) else ""
        return f"Not known yet{when}."
    when = f" ; réponse attendue pour le {_promised_day(promise, record, 'fr')}" if _is_dated(promise) else ""
    return typeset(f"Pas encore connu{when}.", "fr")


def _is_dated(promise: Promise | None) -> bool:
    return bool(promise and promise.promised_for)


def _promised_day(promise: Promise, record: Record, language: str) -> str:
    return day(promise.promised_for, record, language)


def day(instant: datetime, record: Record, language: str) -> str:
    """The day of an instant in the organisation's zone, with the year when it is not this one."""
    local = instant.astimezone(record.zone)
    same_year = local.year == record.at.astimezone(record.zone).year
    with translation.override(language):
        return formats.date_format(local, "j F" if same_year else "j F Y")


def moment(instant: datetime, record: Record, language: str, kind: InstantKind | None = None) -> str:
    """An instant inside a sentence: "10 mars 2026 à 12 h 05"; the day alone when only the day is known."""
    local = instant.astimezone(record.zone)
    with translation.override(language):
        when = formats.date_format(local, "j F Y")
    if kind and is_day_only(record, kind):
        return when
    return f"{when} à {local:%H} h {local:%M}" if language == "fr" else f"{when} at {local:%H:%M}"


def join(words: Iterable[str], language: str) -> str:
    """Words as a list in a sentence: "a, b et c"."""
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'et' if language == 'fr' else 'and'} {words[-1]}"


def typeset(text: str, language: str) -> str:
    """French spacing: what stands before ; : ! ? and inside « » never breaks."""
    return _BEFORE_SIGN.sub("\u00a0\\1", text).replace("« ", "«\u00a0") if language == "fr" else text


def withdrawal(record: Record, language: str) -> str:
    """Why a notification is withdrawn; "" while the incident still counts as a breach, for a person to say."""
    incident = record.incident
    if incident.qualification != Qualification.NOT_A_BREACH:
        return ""
    number = next((filing.receipt_number for filing in record.filings if filing.receipt_number), None)
    reasons = (incident.qualification_reasons or "").strip()
    if language == "fr":
        which = f"la notification n° {number}" if number else "la notification déposée"
        text = f"{_controller(record)} retire {which} : après analyse, l’incident n’est pas une violation de données à caractère personnel. {reasons}"
    else:
        which = f"notification no. {number}" if number else "the notification that was filed"
        text = f"{_controller(record)} withdraws {which}: on analysis, the incident is not a personal-data breach. {reasons}"
    return typeset(text.strip(), language)


def description(record: Record, language: str) -> str:
    """What happened, as far as it is known, and what is not known yet."""
    parts = (_awareness, _reported, _period, _nature, _origin, _data, _people)
    return typeset(" ".join(filter(None, (part(record, language) for part in parts))), language)


def for_controller(record: Record, language: str) -> str:
    """What happened as one controller may know it: without the report's words and without the numbers of the others."""
    parts = (_awareness, _period, _nature, _origin, _data)
    return typeset(" ".join(filter(None, (part(record, language) for part in parts))), language)


def _awareness(record, language):
    incident = record.incident
    if incident.aware_at is None:
        return f"Incident : {incident.title}." if language == "fr" else f"Incident: {incident.title}."
    when = moment(incident.aware_at, record, language, InstantKind.AWARE)
    if language == "fr":
        return (
            f"Le {when}, {_controller(record)} a pris connaissance d’une violation de données à caractère personnel : "
            f"{_in_sentence(incident.title)}."
        )
    return f"On {when}, {_controller(record)} became aware of a personal-data breach: {_in_sentence(incident.title)}."


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
    return f"Les faits ont été signalés ainsi : « {report} »" if language == "fr" else f"It was reported in these words: “{report}”"


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
        return f"Elle a entraîné une perte {nouns} des données."
    return f"It caused a loss of {nouns} of the data."


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
    labels = " ; ".join(label_of(vocabulary(name), code, language) for code in codes)
    return f"{french} : {labels}." if language == "fr" else f"{english}: {labels.replace(' ;', ';')}."


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
        return f"{who} Nombre estimé de personnes : {number}.".strip()
    return f"{who} Estimated number of people: {number}.".strip()


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
    evidence = (statement.evidence or "").strip().rstrip(".")
    if language == "fr":
        told = f"La prise de connaissance est établie au {when}"
        return told + (f" par {by}" if by else "") + (f" ; élément de preuve : {evidence}" if evidence else "") + "."
    told = f"The awareness is established at {when}"
    return told + (f" by {by}" if by else "") + (f"; evidence: {evidence}" if evidence else "") + "."


_INSTANTS = {
    InstantKind.OCCURRED_FROM: ("la date de début", "the start"),
    InstantKind.OCCURRED_TO: ("la date de fin", "the end"),
    InstantKind.AWARE: ("la prise de connaissance", "the awareness"),
}


def comments_on_the_dates(record: Record, language: str) -> str:
    """Which of the dates are estimated, or known to the day only."""
    place = 0 if language == "fr" else 1
    estimated = [words[place] for kind, words in _INSTANTS.items() if _is(record, kind, "is_estimated")]
    day_only = [words[place] for kind, words in _INSTANTS.items() if _is(record, kind, "is_date_only")]
    texts = (
        ("Date estimée : {} ; elle sera précisée.", "Heure inconnue, seul le jour est établi : {}.")
        if language == "fr"
        else ("Estimated: {}; it will be made precise.", "Time unknown, only the day is established: {}.")
    )
    found = [text.format(join(words, language)) for text, words in zip(texts, (estimated, day_only), strict=True) if words]
    return typeset(" ".join(found), language)


def _is(record: Record, kind: InstantKind, name: str) -> bool:
    statement = record.by_kind.get(kind)
    return bool(statement and getattr(statement, name))
