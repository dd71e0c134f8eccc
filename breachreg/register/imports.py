"""Bring a register: a table is kept while its columns are mapped and its rows looked at, then it is imported whole.

One row that can't be read stops the import, and nothing is half-imported. The file is thrown away afterwards; its
fingerprint stays in the trail.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.law import vocabulary
from breachreg.register import actions, cnil_open_data, deadlines, filings, parties
from breachreg.register.awareness import began_after
from breachreg.register.columns import TARGETS, Draft, Stated, guess_mapping, read_mapped, read_published
from breachreg.register.files import drop_file, keep_file
from breachreg.register.models import (
    FilingKind,
    Incident,
    InstantKind,
    InstantStatement,
    MappingPreset,
    Precision,
    Qualification,
    RegisterImport,
)  # fmt: skip
from breachreg.register.tables import Limits, Table, TableError, open_table

LIMITS = Limits(rows=5_000)
OPEN_DATA = "cnil_open_data"
PLAIN_COLUMNS = tuple(
    target.code for target in TARGETS
    if target.code not in {"title", "reported_at", "aware_at", "filed_at", "receipt_number", "qualification",
                           "qualification_reasons", "people", "records", "processor", "lessons", "first_signal_at",
                           "occurred_from", "occurred_to"}
)  # fmt: skip
INSTANTS = {
    "occurred_from": InstantKind.OCCURRED_FROM, "occurred_to": InstantKind.OCCURRED_TO,
    "first_signal_at": InstantKind.FIRST_SIGNAL, "aware_at": InstantKind.AWARE,
}


class AlreadyImported(Exception):
    """This table was imported before."""


class RowsRefused(Exception):
    """Rows that can't be imported; nothing was. ``drafts`` are those with their troubles."""

    def __init__(self, drafts: list[Draft]):
        super().__init__(_("Nothing was imported: %(count)s rows need your attention.") % {"count": len(drafts)})
        self.drafts = drafts


@dataclass(frozen=True)
class Preview:
    """What the rows of a table become."""

    drafts: list[Draft]

    @property
    def wrong(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.is_fine]


def bring_table(*, organisation: Organisation, file: BinaryIO, name: str, by: User, at: datetime) -> RegisterImport:
    """Keep a table that a person wants to import, with the mapping of last time or a guess.

    Raises FileRefused or TableError.
    """
    table = open_table(file, name, limits=LIMITS)
    kept = keep_file(file, name, most=LIMITS.size)
    with _taken_away_on_failure(kept.location), transaction.atomic():
        brought = RegisterImport.objects.create(
            organisation=organisation, name=name, location=kept.location, sha256=kept.sha256,
            mapping=first_mapping(organisation, table.header), added_at=at, added_by=by,
        )
        record(
            action="register.brought", by=by, at=at, organisation=organisation, subject=brought,
            details={"name": name, "sha256": kept.sha256, "columns": list(table.header)},
        )
    return brought


@transaction.atomic
def map_columns(
    *, brought: RegisterImport, mapping: dict, by: User, at: datetime, header_row: int | None = None,
    sheet: str | None = None,
) -> RegisterImport:
    """Say which field each column fills; remembered for the next table with the same columns. Raises TableError."""
    if brought.imported_at:
        raise AlreadyImported(_("This table was imported before."))
    brought.mapping, brought.header_row, brought.sheet = mapping, header_row, sheet or None
    brought.save(update_fields=["mapping", "header_row", "sheet"])
    with opened(brought) as table:
        MappingPreset.objects.update_or_create(
            organisation=brought.organisation, columns=columns_of(table.header),
            defaults={"mapping": mapping, "saved_at": at, "saved_by": by},
        )
    return brought


@transaction.atomic
def import_register(*, brought: RegisterImport, by: User, at: datetime, closes: bool) -> list[Incident]:
    """Import every row, or none: raises RowsRefused, AlreadyImported or TableError.

    ``closes``: these are incidents of the past, and each is closed as it comes in. No clock is started by an import,
    because its alarms would speak of the past; where awareness and filing are both known, the clock is kept as met.
    """
    claimed = RegisterImport.objects.filter(pk=brought.pk, imported_at=None).update(
        imported_at=at, imported_by=by, imported_count=0
    )
    if not claimed:
        raise AlreadyImported(_("This table was imported before."))
    preview = preview_of(brought, at)
    if preview.wrong:
        raise RowsRefused(preview.wrong)
    incidents = [_import_row(brought, draft, by, at, closes) for draft in preview.drafts]
    RegisterImport.objects.filter(pk=brought.pk).update(imported_count=len(incidents))
    record(
        action="register.imported", by=by, at=at, organisation=brought.organisation, subject=brought,
        details={"name": brought.name, "sha256": brought.sha256, "rows": len(incidents)},
    )
    transaction.on_commit(lambda: drop_file(brought.location))
    return incidents


@transaction.atomic
def drop_table(*, brought: RegisterImport, by: User, at: datetime) -> None:
    """Throw a table away that will not be imported. Raises AlreadyImported."""
    if brought.imported_at:
        raise AlreadyImported(_("This table was imported before."))
    record(
        action="register.import_dropped", by=by, at=at, organisation=brought.organisation, subject=brought,
        details={"name": brought.name, "sha256": brought.sha256},
    )
    location = brought.location
    brought.delete()
    transaction.on_commit(lambda: drop_file(location))


def preview_of(brought: RegisterImport, at: datetime) -> Preview:
    """What each row becomes, with every trouble: cells, duplicates, dates to come. Raises TableError."""
    known = set(
        Incident.objects.filter(organisation=brought.organisation, former_reference__isnull=False).values_list(
            "former_reference", flat=True
        )
    )
    drafts = []
    with opened(brought) as table:
        for draft in drafts_of(brought, table):
            _check(draft, brought, known, at)
            drafts.append(draft)
    if not drafts:
        raise TableError(brought.name, _("there is no row below the header. Choose another header row, or another file."))
    return Preview(drafts)


def drafts_of(brought: RegisterImport, table: Table) -> Iterator[Draft]:
    """Each row read under the mapping; a row of a wrong width carries its trouble."""
    zone = brought.organisation.zone
    for row in table.rows():
        if row.problem:
            yield Draft(row.number, troubles={"": row.problem})
            continue
        cells = dict(zip(table.header, row.cells, strict=True))
        if brought.mapping.get("preset") == OPEN_DATA:
            yield read_published(row.number, cells, zone)
        else:
            yield read_mapped(row.number, cells, brought.mapping.get("columns", {}), zone)


def first_mapping(organisation: Organisation, header: tuple[str, ...]) -> dict:
    """The preset of the CNIL's open data, or what was chosen last time for these columns, or a guess by their names."""
    if cnil_open_data.is_open_data(header):
        return {"preset": OPEN_DATA}
    remembered = MappingPreset.objects.filter(organisation=organisation, columns=columns_of(header)).first()
    return remembered.mapping if remembered else {"columns": guess_mapping(header)}


def columns_of(header: tuple[str, ...]) -> str:
    """A fingerprint of the names of the columns."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


@contextmanager
def opened(brought: RegisterImport) -> Iterator[Table]:
    """The table of an import, open for reading. Raises TableError."""
    with storages["default"].open(brought.location) as file:
        yield open_table(
            file.file, brought.name, header_row=brought.header_row, sheet=brought.sheet, limits=LIMITS
        )


def title_of(draft: Draft) -> str:
    """The row's own title, or one made of what it says."""
    if title := draft.values.get("title"):
        return title
    language = get_language() or "fr"
    labels = [
        vocabulary.load(name).label(codes[0], language)
        for name, codes in (("origins", draft.values.get("origins")), ("natures", draft.values.get("natures")))
        if codes
    ]
    words = labels[:1] or [draft.values.get("former_reference") or _("Imported incident")]
    if sector := draft.values.get("controller_sector"):
        words.append(vocabulary.load("sectors").label(sector, language))
    return " · ".join(words)[:200]


def facts_of(draft: Draft) -> dict:
    """The columns of the incident that the row fills."""
    values = draft.values
    facts = {code: values[code] for code in PLAIN_COLUMNS if values.get(code) is not None}
    facts |= {column: values[column].at for column in INSTANTS if values.get(column)}
    facts["is_aware_day_only"] = values.get("is_aware_day_only", False)
    for name in ("people", "records"):
        amount = values.get(name) or (None, None, None)
        facts |= dict(zip((f"{name}_low", f"{name}_likely", f"{name}_high"), amount, strict=True))
    if facts.get("has_sensitive_data") is False:
        facts["sensitive_categories"] = ()
    return facts


def _check(draft: Draft, brought: RegisterImport, known: set[str], at: datetime) -> None:
    """Add what only the whole row, the register or the present can tell."""
    reference = draft.values.get("former_reference")
    if reference and reference in known:
        draft.troubles[_("Reference in your register")] = _(
            "“%(value)s” is in the register already, or twice in this file. Remove the row."
        ) % {"value": reference}
    if reference:
        known.add(reference)
    for target in TARGETS:
        value = draft.values.get(target.code)
        if isinstance(value, Stated) and value.at > at:
            draft.troubles[str(target.label)] = _("this instant lies ahead. Correct it.")
    if draft.is_fine:
        _read_same_day_together(draft, brought)
        _check_whole(draft, brought, at)


def _read_same_day_together(draft: Draft, brought: RegisterImport) -> None:
    """A day of awareness without a time counts from 00:00, also when the breach began later on that day."""
    aware, began = draft.values.get("aware_at"), draft.values.get("occurred_from")
    if aware and aware.precision == Precision.DAY:
        same_day = not began or not began_after(aware.at, began.at, True, brought.organisation.zone)
        draft.values["is_aware_day_only"] = same_day


def _check_whole(draft: Draft, brought: RegisterImport, at: datetime) -> None:
    reported = draft.values.get("reported_at")
    incident = Incident(
        organisation=brought.organisation, year=1, number=1, reference="x", title=title_of(draft),
        reported_at=reported.at if reported else at, reported_by=brought.added_by, **facts_of(draft),
    )
    try:
        incident.clean_fields()
        incident.validate_constraints(exclude={"number", "year", "reference", "organisation"})
    except ValidationError as error:
        draft.troubles.update(_troubles_of(error))
    filed, aware = draft.values.get("filed_at"), draft.values.get("aware_at")
    if filed and aware and filed.at < aware.at and filed.precision != Precision.MONTH:
        draft.troubles[_("Filed with the authority on")] = _("this is before the awareness. Check both instants.")


def _troubles_of(error: ValidationError) -> dict[str, str]:
    remedies = {
        "incident_starts_before_it_ends": _("The end would come before the start. Correct one of the two."),
        "incident_starts_before_awareness": _("This is before the breach began. Correct this instant, or the start of the breach."),
    }
    troubles = {}
    for field, messages in error.message_dict.items():
        text = " ".join(messages)
        remedy = next((words for name, words in remedies.items() if name in text), text)
        troubles["" if field == "__all__" else field] = remedy
    return troubles


def _import_row(brought: RegisterImport, draft: Draft, by: User, at: datetime, closes: bool) -> Incident:
    values, reported = draft.values, draft.values.get("reported_at")
    incident = actions.report_incident(
        organisation=brought.organisation, title=title_of(draft), is_imported=True, by=by, at=at,
        reported_at=reported.at if reported else None, **facts_of(draft),
    )
    _keep_statements(incident, draft, brought, by, at)
    if values.get("processor"):
        parties.name_party(incident=incident, role="processor", name=values["processor"][:200], by=by, at=at)
    incident = _keep_qualification(incident, values, by, at)
    if values.get("filed_at"):
        _keep_filing(incident, values, by, at)
    if closes and incident.qualification:
        incident = actions.close_incident(incident=incident, lessons=values.get("lessons"), by=by, at=at)
    return incident


def _keep_statements(incident: Incident, draft: Draft, brought: RegisterImport, by: User, at: datetime) -> None:
    made = InstantStatement.objects.bulk_create(
        InstantStatement(
            incident=incident, kind=kind, at=stated.at, is_date_only=stated.precision != Precision.INSTANT,
            zone=brought.organisation.time_zone, stated_by=brought.name[:200],
            evidence=_("Imported, row %(row)s") % {"row": draft.number}, recorded_at=at, recorded_by=by,
        )
        for column, kind in INSTANTS.items()
        if (stated := draft.values.get(column))
    )
    if made:
        record(
            action="instant.stated", by=by, at=at, organisation=incident.organisation, subject=incident,
            details={"kinds": [str(statement.kind) for statement in made], "stated_by": brought.name, "row": draft.number},
        )


def _keep_qualification(incident: Incident, values: dict, by: User, at: datetime) -> Incident:
    """A row without a qualification but with a filing was a breach; without either it waits to be qualified."""
    qualification = values.get("qualification") or (Qualification.BREACH if values.get("filed_at") else None)
    if qualification is None:
        return incident
    reasons = values.get("qualification_reasons") or _("As it stood in the imported register.")
    conclude = {
        Qualification.BREACH: actions.qualify_as_breach, Qualification.NOT_A_BREACH: actions.conclude_not_a_breach,
    }[qualification]
    return conclude(incident=incident, reasons=reasons, by=by, at=at)


def _keep_filing(incident: Incident, values: dict, by: User, at: datetime) -> None:
    filed: Stated = values["filed_at"]
    filings.record_filing(
        incident=incident, kind=FilingKind.INITIAL, filed_at=filed.at, precision=filed.precision,
        receipt_number=values.get("receipt_number"), by=by, at=at,
    )
    if incident.aware_at and filed.precision == Precision.INSTANT:
        deadlines.keep_past_clock(incident=incident, met_at=filed.at, by=by, at=at)


@contextmanager
def _taken_away_on_failure(location: str):
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            drop_file(location)
