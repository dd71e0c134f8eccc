"""An order for a file becomes its bytes: the rows it asks for, in its format and language.

Nothing here writes to the database; leaving.py keeps the order, records it, and hands the file out.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from breachreg.accounts.models import Organisation
from breachreg.exports import csvfile, jsonfile, opendata, xlsxfile
from breachreg.exports.columns import COLUMNS, Column, without_personal
from breachreg.exports.kinds import Choice, Code, Codes, Day, Instant, Many, Number, Reader, Text, YesNo, plain
from breachreg.exports.models import Form
from breachreg.exports.rows import Table
from breachreg.register.forms import FilterForm
from breachreg.register.models import Incident, Tombstone
from breachreg.web.safe import harmless
from breachreg.web.zones import place_of


@dataclass(frozen=True)
class Order:
    """What a file says of itself: whose register, made when, narrowed to what, for which reader.

    ``made_at`` is aware; ``checkpoint`` is the signed text that leaves with the file. ``as_of`` is null for the register
    as it stands; otherwise ``purged`` is the number of incidents of that time that can't be rebuilt.
    """

    organisation: Organisation
    form: str
    language: str
    made_at: datetime
    filters: dict = field(default_factory=dict)
    is_redacted: bool = False
    checkpoint: str | None = None
    timestamp: bytes | None = None
    as_of: datetime | None = None
    purged: int = 0

    @property
    def reader(self) -> Reader:
        return Reader(self.language, self.organisation.zone)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that this form and this reader get."""
        if self.form == Form.OPEN_DATA:
            return opendata.NEEDED
        return without_personal(COLUMNS) if self.is_redacted else COLUMNS


def file_name(order: Order) -> str:
    """A name that sorts by date and says whose register it is, and whether names were left out: it may be sent to a stranger."""
    kind = {Form.OPEN_DATA: "cnil.csv", Form.PACK: "zip", Form.INCIDENT: "zip"}.get(order.form, order.form)
    day = (order.as_of or order.made_at).astimezone(order.organisation.zone)
    word = {"fr": "registre", "en": "register"}[order.language]
    without = {"fr": "-expurge", "en": "-redacted"}[order.language] if order.is_redacted else ""
    if order.form == Form.INCIDENT:
        return f"{order.filters['reference']}-{day:%Y-%m-%d-%Hh%M}{without}.{kind}"
    then = {"fr": "au-", "en": "as-of-"}[order.language] if order.as_of else ""
    return f"{word}-{order.organisation.slug}-{then}{day:%Y-%m-%d-%Hh%M}{without}.{kind}"


def write_pack(order: Order, again: Callable[[], Table], file: BinaryIO) -> int:
    """Write a sealed pack; ``again`` gives the table anew each time it is called. Gives the number of rows."""
    from breachreg.exports import pack

    with override(order.language), _no_search_for_cycles(order.form):
        return pack.write(order, *pack.writers(order, again, _json, _csv), file)


def write_incident(
    order: Order, incident: Incident, again: Callable[[], Table], file: BinaryIO, progress: Callable[[int], None]
) -> int:
    """Write the sealed file of one incident; ``again`` gives its row anew each time. Gives the number of files in it."""
    from breachreg.exports import dossier

    with override(order.language):
        return dossier.write(
            order, incident, lambda stream: _json(order, again(), stream), lambda stream: _pdf(order, again(), stream),
            file, progress,
        )


def write(order: Order, table: Table, file: BinaryIO, progress: Callable[[int], None] | None = None) -> int:
    """Write the table to a binary file in the form that was ordered; give the number of rows.

    ``progress`` is told how many rows were taken, batch by batch. Raises CellTooLong or TooManyPages.
    """
    watched = Table(table.columns, _watched(table.batches, progress) if progress else table.batches, table.count)
    with override(order.language), _no_search_for_cycles(order.form):
        return WRITERS[order.form](order, watched, file)


@contextmanager
def _no_search_for_cycles(form: str) -> Iterator[None]:
    """Values become lines without a cycle of references: looking for some among all these rows takes a sixth of the time."""
    pauses = form != Form.PDF and gc.isenabled()
    if pauses:
        gc.disable()
    try:
        yield
    finally:
        if pauses:
            gc.enable()


def about(order: Order, table: Table, reader: Reader) -> list[tuple[str, str]]:
    """The lines that a workbook or a printed register says of itself, its instants as this reader reads them."""
    say = Instant().words(reader, "")
    lines = [
        (_("Register of personal-data breaches (Art. 33(5) GDPR)"), order.organisation.name),
        (_("Made"), say(order.made_at)),
        *_as_of(order, say),
        (_("Time zone"), f"{place_of(order.organisation.time_zone)} ({order.organisation.time_zone})"),
        (_("Incidents"), str(table.count)),
        (_("Narrowed to"), filters_in_words(order.filters)),
        (_("Personal data"), _("left out") if order.is_redacted else _("included")),
    ]
    lines += [(_("Purged at the end of its retention"), _gone_in_words(stone, say)) for stone in gone(order)]
    if order.checkpoint:
        lines.append((_("Checkpoint of the trail"), order.checkpoint.strip()))
    return lines


def gone(order: Order) -> QuerySet[Tombstone]:
    """What is left of the incidents that were purged: in every file of the whole register, whatever it is narrowed to."""
    stones = order.organisation.tombstones.all()
    return stones.none() if order.form == Form.INCIDENT else stones.filter(purged_at__lte=order.as_of or order.made_at)


def _gone_in_words(stone: Tombstone, say: Callable) -> str:
    concluded = stone.get_duty_display() if stone.duty else stone.get_qualification_display()
    dated = ((_("reported"), stone.reported_at), (_("closed"), stone.closed_at), (_("purged"), stone.purged_at))
    return " · ".join([stone.reference, *filter(None, [concluded]), *(f"{name} {say(at)}" for name, at in dated)])


def _as_of(order: Order, say: Callable) -> list[tuple[str, str]]:
    if order.as_of is None:
        return []
    lines = [(_("As it stood on"), f"{say(order.as_of)} · {_('rebuilt from the trail; names of people are those of today')}")]
    if order.purged:
        lines.append((_("Can't be rebuilt"), _("%(count)s incidents that stood there then: their retention ended since, and a purge removed what the trail said of them.") % {"count": order.purged}))
    return lines


def filters_in_words(filters: dict) -> str:
    """The filters of the list that the file follows, as the list names them; how it is sorted narrows nothing."""
    if "reference" in filters:  # the file of one incident
        return filters["reference"]
    form = FilterForm(filters, years=[filters.get("year")])
    answers = {name: dict(getattr(field, "choices", ())) for name, field in form.fields.items()}
    kept = [
        _("%(question)s: %(answer)s") % {"question": form.fields[name].label, "answer": answers[name].get(value, value)}
        for name, value in filters.items() if name in answers and value not in (None, "")
    ]  # fmt: skip
    return " · ".join(kept) or _("nothing: every incident")


def _csv(order: Order, table: Table, file: BinaryIO) -> int:
    said = table.in_words(order.reader, _("not known yet"), guard=harmless)
    return csvfile.write_columns(_dated_headings(order, table), said, file)


def _dated_headings(order: Order, table: Table) -> list[str]:
    """The headings; those of instants name the zone, for a cell can't."""
    zone = place_of(order.organisation.time_zone)
    return [
        f"{heading} ({zone})" if isinstance(column.kind, Instant) else heading
        for column, heading in zip(table.columns, table.headings(order.reader), strict=True)
    ]


def _xlsx(order: Order, table: Table, file: BinaryIO) -> int:
    cells = table.cells(order.reader, _("not known yet"))
    styles = [STYLES[type(column.kind)] for column in table.columns]
    return xlsxfile.write(
        _dated_headings(order, table), styles, cells, file, count=table.count, about=about(order, table, order.reader)
    )


STYLES = {
    Instant: xlsxfile.TIMED, Day: xlsxfile.DATED, Number: xlsxfile.NUMBER, Text: xlsxfile.TEXT, Many: xlsxfile.TEXT,
    **dict.fromkeys((Choice, Code, Codes, YesNo), xlsxfile.WORD),
}  # fmt: skip
"""What a workbook holds in a column of each kind."""


def _json(order: Order, table: Table, file: BinaryIO) -> int:
    head = {
        "organisation": order.organisation.name, "made_at": Instant().plain(order.made_at),
        "as_of": Instant().plain(order.as_of), "not_rebuilt": order.purged,
        "filters": order.filters, "redacted": order.is_redacted,
        "checkpoint": order.checkpoint, "purged": [{name: plain(getattr(stone, name)) for name in jsonfile.GONE["properties"]} for stone in gone(order)],
    }  # fmt: skip
    return jsonfile.write(head, [column.key for column in table.columns], table.in_json(), file)


def _open_data(order: Order, table: Table, file: BinaryIO) -> int:
    return csvfile.write(opendata.headings(), opendata.in_words(table.rows, order.reader), file)


def _pdf(order: Order, table: Table, file: BinaryIO) -> int:
    from breachreg.exports import paper

    reader = replace(order.reader, on_paper=True)
    return paper.write(order, table, reader, about(order, table, reader), file)


WRITERS = {Form.CSV: _csv, Form.XLSX: _xlsx, Form.JSON: _json, Form.OPEN_DATA: _open_data, Form.PDF: _pdf}


def _watched(batches: Iterator, progress: Callable[[int], None]) -> Iterator:
    taken = 0
    for batch in batches:
        taken += len(batch[0])
        progress(taken)
        yield batch
