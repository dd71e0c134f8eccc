"""The figures that a DPO reports every year: how many breaches, of what kind, how fast they were notified.

A breach belongs to the year of its awareness (of its report, while that is not known), on the organisation's calendar.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from django.db.models import Min, Q
from django.utils.dates import MONTHS, MONTHS_AP
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.desk.charts import Bar, Chart, bars
from breachreg.law import clock, vocabulary
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.listing import years_of
from breachreg.register.models import Incident, Precision

COMPARED = Path(__file__).parent / "data" / "cnil_open_data.toml"


class Breach(NamedTuple):
    """What the figures need of one breach."""

    aware_at: datetime | None
    reported_at: datetime
    natures: tuple[str, ...] | None
    origins: tuple[str, ...] | None
    causes: tuple[str, ...] | None
    communication: str | None
    filed_at: datetime | None
    due_at: datetime | None

    @property
    def counted_at(self) -> datetime:
        return self.aware_at or self.reported_at

    @property
    def took(self) -> timedelta | None:
        """Elapsed time from awareness to the first filing, when both are known to the minute."""
        return self.filed_at - self.aware_at if self.filed_at and self.aware_at else None

    @property
    def is_late(self) -> bool:
        """Whether it was filed after the due instant of the rule that is kept with the record."""
        return bool(self.filed_at and self.due_at and self.filed_at > self.due_at)


@dataclass(frozen=True)
class Year:
    """A year of an organisation in numbers."""

    year: int
    incidents: int
    breaches: int
    notified: int
    told: int
    timed: int
    on_time: int
    median_time: timedelta | None
    charts: list[Chart]

    @property
    def is_empty(self) -> bool:
        return not self.incidents


def of_year(organisation: Organisation, year: int) -> Year:
    """The figures of one year."""
    here = Incident.objects.filter(organisation=organisation).filter(_within(organisation, year))
    found = list(_breaches(here))
    times = [breach.took for breach in found if breach.took is not None]
    timed = [breach for breach in found if breach.filed_at and breach.due_at]
    return Year(
        year=year,
        incidents=here.count(),
        breaches=len(found),
        notified=here.breaches().filter(filings__isnull=False).distinct().count(),
        told=sum(breach.communication == "informed" for breach in found),
        timed=len(timed),
        on_time=sum(not breach.is_late for breach in timed),
        median_time=median(times) if times else None,
        charts=[
            _by_month(found, organisation),
            _by_time([breach for breach in found if breach.took is not None]),
            _by_code(_("By nature"), "natures", found),
            _by_code(_("By origin"), "origins", found),
            _by_code(_("By cause"), "causes", found),
        ],
    )


def years(organisation: Organisation) -> list[int]:
    """The years that the register covers, the latest first."""
    return years_of(organisation)


@cache
def compared() -> dict:
    """Published notifications to compare with, and where they come from."""
    return tomllib.loads(COMPARED.read_text(encoding="utf-8"))


def _within(organisation: Organisation, year: int) -> Q:
    zone = organisation.zone
    start = clock.start_of_day(date(year, 1, 1), zone)
    end = clock.start_of_day(date(year + 1, 1, 1), zone)
    aware = Q(aware_at__gte=start, aware_at__lt=end)
    return aware | Q(aware_at=None, reported_at__gte=start, reported_at__lt=end)


def _breaches(incidents) -> Iterable[Breach]:
    to_the_minute = Q(filings__precision=Precision.INSTANT)
    article_33 = Q(deadlines__rule=ARTICLE_33, deadlines__cancelled_at=None)
    rows = incidents.breaches().order_by().annotate(
        first_filed_at=Min("filings__filed_at", filter=to_the_minute), was_due_at=Min("deadlines__due_at", filter=article_33)
    )
    columns = ("aware_at", "reported_at", "natures", "origins", "causes", "communication", "first_filed_at", "was_due_at")
    return (Breach(*row) for row in rows.values_list(*columns).iterator(chunk_size=2000))


def _by_month(found: list[Breach], organisation: Organisation) -> Chart:
    counted = Counter(breach.counted_at.astimezone(organisation.zone).month for breach in found)
    months = [Bar(str(MONTHS[month]), counted[month], short=str(MONTHS_AP[month])) for month in MONTHS]
    return Chart(_("By month"), bars([], months), are_columns=True)


def _by_time(filed: list[Breach]) -> Chart:
    in_time = [breach.took / timedelta(hours=1) for breach in filed if not breach.is_late]
    counted = [
        (_("under 24 h"), sum(hour < 24 for hour in in_time)),
        (_("24 to 48 h"), sum(24 <= hour < 48 for hour in in_time)),
        (_("48 h to the deadline"), sum(hour >= 48 for hour in in_time)),
    ]
    late = Bar(_("after the deadline"), len(filed) - len(in_time), kind="late")
    return Chart(_("From awareness to the first filing"), bars(counted, [late]))


def _by_code(title: str, name: str, found: list[Breach]) -> Chart:
    answers = [getattr(breach, name) for breach in found]
    counted = Counter(code for codes in answers for code in codes or ())
    published, total = compared()[name], compared()["notifications"]
    words = vocabulary.load(name)
    known = sum(codes is not None for codes in answers)
    rows = [
        Bar(
            words.label(code, get_language() or "fr"), counted[code],
            share=counted[code] / known if known else None, compared_share=published.get(code, 0) / total,
        )
        for code in words.codes
        if counted[code] or published.get(code)
    ]
    unknown = len(answers) - known
    besides = [Bar(_("Not known yet"), unknown, kind="unknown", share=unknown / len(answers))] if unknown else []
    return Chart(title, bars([], [*rows, *besides]), is_compared=True)
