"""A content in, a paper out: a notification as a draft, approved or filed, in the order of the CNIL's form."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.law.form import Field, Section
from breachreg.notifications.answers import (
    Answers,
    Circumstances,
    Source,
    form,
    in_words,
    instant_words,
    is_asked,
)
from breachreg.notifications.compare import LONG_TEXT, Difference, since
from breachreg.notifications.neutral import digest, serialise
from breachreg.notifications.paper import Changed, Chapter, Line, Missing, Paper
from breachreg.notifications.unknowns import SUBJECTS

DRAFT, APPROVED, FILED = "draft", "approved", "filed"
LONG = frozenset({"long_text"})
TITLES = {
    "initial": gettext_noop("Initial notification of a personal-data breach"),
    "complementary": gettext_noop("Complementary notification of a personal-data breach"),
    "complete": gettext_noop("Complete notification of a personal-data breach"),
    "withdrawal": gettext_noop("Withdrawal of the notification of a personal-data breach"),
}
SOURCES = {
    Source.RECORD: gettext_noop("From the record"),
    Source.ASSESSMENT: gettext_noop("From the assessment"),
    Source.ORGANISATION: gettext_noop("From the organisation's settings"),
    Source.COMPOSED: gettext_noop("Composed from the facts"),
    Source.FILINGS: gettext_noop("From the filings"),
    Source.TYPED: gettext_noop("Typed here"),
}


def notification(content: dict, *, kind: str, language: str, at: datetime, trail: dict | None = None) -> Paper:
    """The paper of a content (content.py). `kind` is draft, approved or filed; `trail` says who approved and filed what."""
    with translation.override(language):
        return _Writer(content, kind, language, at, trail or {}).paper()


class _Writer:
    """Writes one paper in the language in force."""

    def __init__(self, content: dict, kind: str, language: str, at: datetime, trail: dict):
        self.content, self.kind, self.language, self.at, self.trail = content, kind, language, at, trail
        self.zone = ZoneInfo(content["zone"])
        self.entries: dict[str, dict] = content["answers"]
        self.answers: Answers = {code: entry["value"] for code, entry in self.entries.items()}
        self.circumstances = Circumstances(**content["circumstances"])
        self.changes = self._changes()
        self.data = serialise(content)

    def paper(self) -> Paper:
        organisation = self.content["organisation"]
        return Paper(
            language=self.language,
            title=_(TITLES[self.circumstances.kind]),
            reference=self.content["reference"],
            version=self._version(),
            created_at=self.at,
            kind=self.kind,
            letterhead=tuple(organisation["letterhead"]),
            eyebrow=_("To the Commission nationale de l'informatique et des libertés (CNIL), Art. 33 GDPR"),
            mark=_("DRAFT — not for filing") if self.kind == DRAFT else "",
            author=organisation["name"],
            facts=tuple(self._facts()),
            notice=self._notice(),
            changes_title=_("What changed since what the CNIL holds") if self._builds_on else "",
            changes_lead=self._changes_lead(),
            changes=tuple(self._changed()),
            missing_title=_("What is not known yet"),
            missing=tuple(self._missing()),
            chapters=tuple(self._chapters()),
            closing=tuple(self._closing()),
            data=self.data,
            data_name=f"{self.content['reference']}-{self.content['number']}-v{self.content['version']}.json",
            data_sha256=digest(self.data),
        )

    def _version(self) -> str:
        kinds = {DRAFT: _("draft"), APPROVED: _("approved"), FILED: _("filed")}
        words = {"number": self.content["number"], "version": self.content["version"], "kind": kinds[self.kind]}
        return _("notification %(number)s · version %(version)s · %(kind)s") % words

    def _notice(self) -> str:
        if self.kind == DRAFT:
            return _("This is a draft for review. It has not been approved and must not be sent.")
        if self.language == "en":
            return _("Reading version in English. What was filed is the French version; texts written in French stay in French.")
        return ""

    def _facts(self) -> Iterator[Line]:
        clock = self.content["clock"]
        yield Line(_("Internal reference"), (self.content["reference"],))
        yield self._instant_line(_("Awareness"), clock["aware_at"])
        yield self._instant_line(_due(clock), clock["due_at"])
        if self.trail.get("filed_at"):
            yield self._instant_line(_("Filed with the CNIL"), self.trail["filed_at"])
            yield Line(_("Receipt number"), tuple(filter(None, [self.trail.get("receipt")])), unknown=_("none given"))

    def _instant_line(self, label: str, instant: str | None) -> Line:
        value = (instant_words(instant, self.zone),) if instant else ()
        return Line(label, value, unknown=_("not established yet"))

    def _missing(self) -> Iterator[Missing]:
        """The open questions: each with its own sentence when there is one, the others of a section together."""
        for section in form().sections:
            plain = []
            for field in section.fields:
                if not self._is_shown(field) or not self._is_open(field):
                    continue
                unknown = self.content["unknowns"].get(field.code, {})
                if unknown.get("owed_by") or field.code in SUBJECTS:
                    yield self._missing_one(section, unknown)
                else:
                    plain.append(field.label(self.language))
            if plain:
                yield Missing(where=f"{section.number}.", sentence=" · ".join(plain))

    def _missing_one(self, section: Section, unknown: dict) -> Missing:
        owed = _("Owed by %(who)s.") % {"who": unknown["owed_by"]} if unknown.get("owed_by") else ""
        return Missing(where=f"{section.number}.", sentence=self._sentence(unknown), owed_by=owed)

    def _is_open(self, field: Field) -> bool:
        return self.answers.get(field.code) in (None, "") and field.needed != "optional"

    def _sentence(self, unknown: dict) -> str:
        return unknown.get(self.language) or _("Not known yet.")

    def _chapters(self) -> Iterator[Chapter]:
        for section in form().sections:
            lines = tuple(self._line(field) for field in section.fields if self._is_shown(field))
            if lines:
                yield Chapter(title=section.label(self.language), number=str(section.number), lines=lines)

    def _is_shown(self, field: Field) -> bool:
        if field.needed == "optional" and self.answers.get(field.code) in (None, ""):
            return False
        return is_asked(field, self.answers, self.circumstances)

    def _line(self, field: Field) -> Line:
        entry = self.entries.get(field.code, {"value": None, "source": Source.TYPED})
        value = self._value(field, entry)
        own_language = self._own_language(field, entry)
        return Line(
            label=field.label(self.language),
            value=value,
            unknown=self._sentence(self.content["unknowns"].get(field.code, {})),
            note=_(SOURCES[entry["source"]]) if self.kind == DRAFT and value else "",
            is_long=field.type in LONG or sum(map(len, value)) > LONG_TEXT,
            code=field.code,
            change=self.changes[field.code].pieces if field.code in self.changes else (),
            language=own_language,
            change_language="fr" if self.language == "en" and field.type in ("text", "long_text") else "",
        )

    def _value(self, field: Field, entry: dict) -> tuple[str, ...]:
        if self.language == "en" and entry.get("english"):
            return (entry["english"],)
        return in_words(field, entry["value"], self.language, self.zone)

    def _own_language(self, field: Field, entry: dict) -> str:
        is_written = field.type in ("long_text", "text")
        return "fr" if self.language == "en" and is_written and not entry.get("english") else ""

    def _changes(self) -> dict[str, Difference]:
        held = self.content.get("held")
        if held is None:
            return {}
        found = since(held, self.answers, language=self.language, zone=self.zone)
        return {difference.code: difference for difference in found}

    @property
    def _builds_on(self) -> bool:
        return self.circumstances.kind in ("complementary", "withdrawal")

    def _changes_lead(self) -> str:
        """Which version the authority holds, and whether that is all that it holds."""
        if not self._builds_on:
            return ""
        held = self.content.get("held_as")
        if held is None:
            return _("The CNIL was told without a text of this register: there is nothing to compare with.")
        words = {
            "number": held["number"], "version": held["version"], "when": instant_words(held["filed_at"], self.zone),
            "receipt": held["receipt"] or _("without a number"),
        }
        lead = [_("It holds notification %(number)s, version %(version)s, filed on %(when)s (receipt: %(receipt)s).") % words]
        if not self.changes:
            lead.append(_("No answer differs from it."))
        if held["filed_elsewhere"]:
            lead.append(_("Since then it was also told without a text of this register; that is not compared here."))
        return " ".join(lead)

    def _changed(self) -> Iterator[Changed]:
        sections = {field.code: section.number for section in form().sections for field in section.fields}
        for code, change in self.changes.items():
            is_text = change.field.type in ("text", "long_text")
            yield Changed(
                where=f"{sections[code]}.", label=change.field.label(self.language), size=change.told,
                removed=() if change.is_long else change.removed, added=() if change.is_long else self._added(change),
                language="fr" if is_text and self.language == "en" else "",
            )

    def _added(self, change: Difference) -> tuple[str, ...]:
        """What came; a long text that was not there before is read in its section."""
        return () if sum(map(len, change.added)) > LONG_TEXT else change.added

    def _closing(self) -> Iterator[Chapter]:
        lines = tuple(self._trail_lines())
        if lines:
            yield Chapter(title=_("How this version came about"), lines=lines)

    def _trail_lines(self) -> Iterator[Line]:
        labels = {"submitted": _("Submitted for review"), "approved": _("Approved"), "unapproved": _("Filed without approval"), "recorded": _("Filing recorded")}
        for name, label in labels.items():
            if self.trail.get(f"{name}_at"):
                words = {"who": self.trail[f"{name}_by"], "when": instant_words(self.trail[f"{name}_at"], self.zone)}
                value = [_("%(who)s, %(when)s") % words, self.trail.get(f"{name}_note", "")]
                yield Line(label, tuple(filter(None, value)))
        yield Line(_("SHA-256 of the attached data"), (digest(self.data),))


def _due(clock: dict) -> str:
    """What the line of the due instant is called, by the length that the clock was given."""
    if not clock["aware_at"] or not clock["due_at"]:
        return _("Due")
    length = datetime.fromisoformat(clock["due_at"]) - datetime.fromisoformat(clock["aware_at"])
    return _("Due (%(hours)s hours later)") % {"hours": length // timedelta(hours=1)}
