"""Honest sentences for what nobody knows yet: what it is, how French agrees with it, who owes it and for when."""

from breachreg.law import form
from breachreg.notifications.record import Record
from breachreg.notifications.words import day, typeset
from breachreg.register.models import Promise

# What is not known yet: the subject of its sentence, and how French agrees with it.
SUBJECTS = {
    "started_at": ("La date de début de la violation", "f", "The date on which the breach began"),
    "ended_at": ("La date de fin de la violation", "f", "The date on which the breach ended"),
    "ongoing": ("La fin de la violation", "f", "Whether the breach goes on"),
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
    "parties": ("L’implication d’autres organismes", "f", "Whether other bodies are involved"),
    "processor_told_at": ("La date de notification par le prestataire", "f", "The date on which the processor told"),
    "media": ("Le support des données", "m", "The medium of the data"),
    "directly_identifiable": ("Le caractère identifiable des personnes", "m", "Whether the people can be identified"),
    "description": ("Le descriptif de la violation", "m", "The description of the breach"),
    "delay_reasons": ("L’exposé des motifs du retard", "m", "The account of the reasons for the delay"),
    "communication": ("La décision d’informer les personnes", "f", "The decision to inform the people"),
    "informed_on": ("La date d’information des personnes", "f", "The date on which the people were informed"),
    "informed_count": ("Le nombre de personnes informées", "m", "The number of people informed"),
    "informed_by": ("Le moyen d’information des personnes", "m", "The means of informing the people"),
    "to_inform_on": ("La date prévue pour informer les personnes", "f", "The date planned for informing the people"),
    "to_inform_by": ("Le moyen prévu pour informer les personnes", "m", "The means planned for informing the people"),
    "cross_border": ("Le caractère transfrontalier du traitement", "m", "Whether the processing is cross-border"),
    "other_data_protection_authority": (
        "La notification à une autre autorité de protection des données", "fd", "Whether another data-protection authority is notified",
    ),
    "other_authority": (
        "Le signalement à une autre autorité ou le dépôt d’une plainte", "md", "Whether another authority is told or a complaint filed",
    ),
    "aware_at": ("La date de prise de connaissance", "f", "The date of awareness"),
}
_AGREEMENT = {
    "m": ("n’est pas encore établi", "il est attendu"),
    "f": ("n’est pas encore établie", "elle est attendue"),
    "md": ("n’est pas encore décidé", "la décision est attendue"),
    "fd": ("n’est pas encore décidée", "la décision est attendue"),
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


def may_wait(fact: str) -> bool:
    """Whether the initial notification can go without a fact, named as in the record (Art. 33(4))."""
    fields = (field for field in form.load().fields if fact in (field.code, *PROMISED_AS.get(field.code, ())))
    return all(field.may_wait for field in fields)


def offers_unknown(fact: str) -> bool:
    """Whether “not determined for the moment” is among the form's answers for a fact."""
    choices = [field.choices_from for field in form.load().fields if field.code == fact]
    return any(term.get("unknown") for known in choices if known for term in known.terms)


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
