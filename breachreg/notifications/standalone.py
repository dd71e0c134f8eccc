"""Papers about an incident that are no notification: the file of a decision not to notify, summaries for others."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.law.form import Field
from breachreg.notifications.answers import form, in_words, instant_words, is_asked, written
from breachreg.notifications.content import letterhead
from breachreg.notifications.neutral import digest, serialise
from breachreg.notifications.paper import Chapter, Line, Paper
from breachreg.notifications.prefill import fill
from breachreg.notifications.record import Record
from breachreg.notifications.unknowns import unknown
from breachreg.register.models import Decision

AUDIENCES = {
    "complaint": {
        "title": gettext_noop("Summary of the facts for a complaint"),
        "to": gettext_noop("For the police, the gendarmerie or the public prosecutor"),
        "fields": ("started_at", "ended_at", "aware_at", "natures", "origins", "causes", "parties", "data_categories", "people_count"),
        "texts": ("description", "discovery"),
    },
    "insurer": {
        "title": gettext_noop("Summary of the facts for the insurer"),
        "to": gettext_noop("For the insurer of cyber risks"),
        "fields": ("started_at", "aware_at", "natures", "origins", "causes", "people_count", "records_count", "severity", "communication"),
        "texts": ("description", "measures_before", "measures_after"),
    },
    "anssi": {
        "title": gettext_noop("Summary of the incident for the ANSSI"),
        "to": gettext_noop("For the Agence nationale de la sécurité des systèmes d'information (CERT-FR)"),
        "fields": ("sector", "started_at", "ended_at", "ongoing", "aware_at", "natures", "origins", "causes", "media", "parties"),
        "texts": ("description", "measures_before", "measures_after"),
    },
}  # fmt: skip


def summary(record: Record, audience: str, *, language: str, at: datetime) -> Paper:
    """One page on the incident for another addressee, from the same record. Raises KeyError for an unknown audience."""
    chosen = AUDIENCES[audience]
    with translation.override(language):
        facts = [*_lines(record, chosen["fields"], language)]
        return Paper(
            language=language, title=_(chosen["title"]), reference=record.incident.reference,
            version=_("as of %(when)s") % {"when": instant_words(at, record.zone)}, created_at=at, kind="summary",
            letterhead=tuple(letterhead(record)), eyebrow=_(chosen["to"]), author=record.organisation.name,
            facts=(Line(_("Internal reference"), (record.incident.reference,)), *_contact(record), *facts),
            chapters=tuple(_texts(record, chosen["texts"], language)),
        )


def _lines(record: Record, codes: tuple[str, ...], language: str) -> Iterator[Line]:
    filled = fill(record)
    answers = {code: one.value for code, one in filled.items()}
    for code in codes:
        field = form().field(code)
        if is_asked(field, answers, record.circumstances):
            yield _line(field, answers[code], record, language)


def _line(field: Field, answer, record: Record, language: str) -> Line:
    return Line(
        field.label(language), in_words(field, answer, language, record.zone),
        unknown=unknown(record, field.code, language), is_long=field.type == "long_text", code=field.code,
    )


def _contact(record: Record) -> Iterator[Line]:
    organisation = record.organisation
    name = " ".join(filter(None, [organisation.contact_first_name, organisation.contact_last_name]))
    parts = [name, organisation.contact_function, organisation.contact_phone, organisation.contact_email]
    yield Line(_("Contact person"), (", ".join(filter(None, parts)),) if any(parts) else (), unknown=_("not established yet"))


def _texts(record: Record, codes: tuple[str, ...], language: str) -> Iterator[Chapter]:
    filled = fill(record)
    for code in codes:
        field, one = form().field(code), filled[code]
        text = one.english if language == "en" and one.english else one.value
        yield Chapter(title=field.label(language), text=text or unknown(record, code, language))


def not_notifying(record: Record, decision: Decision, *, language: str, at: datetime, is_draft: bool) -> Paper:
    """The reasoned file of a decision not to notify: facts, effects, measures, the decision and its second signature."""
    content = _decision_content(record, decision)
    data = serialise(content)
    with translation.override(language):
        return Paper(
            language=language, title=_("Decision not to notify a personal-data breach"),
            reference=record.incident.reference, version=_("draft") if is_draft else _("sealed"), created_at=at,
            kind="decision", letterhead=tuple(letterhead(record)), author=record.organisation.name,
            eyebrow=_("Documentation of a personal-data breach, Art. 33(5) GDPR"),
            mark=_("DRAFT — not confirmed") if is_draft else "",
            facts=tuple(_decision_facts(record, decision)),
            notice=_("This decision counts once a second person has confirmed it.") if is_draft else "",
            chapters=tuple(_decision_chapters(record, decision, language)),
            data=data, data_name=f"{record.incident.reference}-not-notifying.json", data_sha256=digest(data),
        )


def _decision_content(record: Record, decision: Decision) -> dict:
    assessment = decision.assessment
    return {
        "format": "breachreg.not_notifying", "format_version": 1, "reference": record.incident.reference,
        "facts": {code: one.value for code, one in fill(record).items()},
        "assessment": {
            "number": assessment.number, "rule_version": assessment.rule_version, "facts": assessment.facts,
            "score": [str(assessment.score_low), str(assessment.score_likely), str(assessment.score_high)],
            "recommended_duty": assessment.recommended_duty,
        } if assessment else None,
        "decision": {
            "duty": decision.duty, "reasons": decision.reasons, "departure_reasons": decision.departure_reasons,
            "decided_at": written(decision.decided_at), "decided_by": str(decision.decided_by),
            "seconded_at": written(decision.seconded_at), "second_note": decision.second_note,
            "seconded_by": str(decision.seconded_by) if decision.seconded_by else None,
        },
    }  # fmt: skip


def _decision_facts(record: Record, decision: Decision) -> Iterator[Line]:
    yield Line(_("Internal reference"), (record.incident.reference,))
    aware_at = record.incident.aware_at
    yield Line(_("Awareness"), (instant_words(aware_at, record.zone),) if aware_at else (), unknown=_("not established yet"))
    yield Line(_("Decision"), (str(decision.get_duty_display()),))
    yield _signed(_("Decided by"), decision.decided_by, decision.decided_at, record.zone)
    yield _signed(_("Confirmed by a second person"), decision.seconded_by, decision.seconded_at, record.zone)


def _signed(label: str, person, at: datetime | None, zone: ZoneInfo) -> Line:
    if person is None or at is None:
        return Line(label, unknown=_("Not signed yet."))
    return Line(label, (_("%(who)s, %(when)s") % {"who": person, "when": instant_words(at, zone)},))


def _decision_chapters(record: Record, decision: Decision, language: str) -> Iterator[Chapter]:
    facts = ("natures", "origins", "causes", "started_at", "aware_at", "data_categories", "sensitive_categories", "people_categories", "people_count", "records_count")
    effects, measures = ("consequences", "harms", "severity"), ("measures_before", "measures_after")
    yield from _texts(record, ("description",), language)
    yield Chapter(_("Facts"), tuple(_lines(record, facts, language)), number="1")
    yield Chapter(_("Effects"), tuple(_lines(record, effects, language)), number="2")
    yield Chapter(_("Measures"), tuple(_lines(record, measures, language)), number="3")
    yield Chapter(_("Assessment of the risk"), tuple(_assessment_lines(decision, language)), number="4")
    yield Chapter(_("Reasons for not notifying"), tuple(_reason_lines(decision)), number="5")


def _assessment_lines(decision: Decision, language: str) -> Iterator[Line]:
    assessment = decision.assessment
    if assessment is None:
        yield Line(_("Score"), unknown=_("No score was computed."))
        return
    sentence = assessment.explanation.get("score", {}).get("sentence", {}).get(language, "")
    yield Line(_("Score"), tuple(filter(None, [f"{assessment.score_likely} ({assessment.score_low} – {assessment.score_high})", sentence])))
    yield Line(_("Recommended"), (str(assessment.get_recommended_duty_display()),))
    yield Line(_("Rules"), (assessment.rule_version,))


def _reason_lines(decision: Decision) -> Iterator[Line]:
    yield Line(_("Reasons"), (decision.reasons,), is_long=True)
    if decision.departure_reasons:
        yield Line(_("Why it departs from the recommendation"), (decision.departure_reasons,), is_long=True)
    if decision.second_note:
        yield Line(_("Note of the second person"), (decision.second_note,), is_long=True)
