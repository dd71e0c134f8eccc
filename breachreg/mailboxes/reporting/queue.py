"""The triage list: one line a campaign, with the message that came last in it, in a constant number of queries."""

from dataclasses import dataclass

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from breachreg.mailboxes.models import Campaign, Report, Verdict
from breachreg.mailboxes.reporting import words

VIEWS = ("waiting", "serious", "judged", "all")


@dataclass(frozen=True)
class Line:
    """A campaign as the list shows it."""

    campaign: Campaign
    latest: Report
    hints: list[str]


def narrowed(campaigns: QuerySet[Campaign], view: str) -> QuerySet[Campaign]:
    """The campaigns of a view of the list, with their numbers and the report that came last."""
    latest = Report.objects.filter(campaign=OuterRef("pk")).order_by(F("verdict").asc(nulls_first=True), "-received_at", "-pk")
    counted = campaigns.annotate(
        total=Count("reports"), waiting=Count("reports", filter=Q(reports__verdict=None)),
        reporters=Count("reports__incoming__reporter_address", distinct=True), latest=Subquery(latest.values("pk")[:1]),
        serious=Count("reports", filter=Q(reports__verdict__in=[Verdict.FOLLOWED, Verdict.BREACH])),
        newest=Max("reports__received_at"),
    ).order_by("-last_at", "-pk")
    match view:
        case "waiting":
            return counted.filter(waiting__gt=0)
        case "serious":
            return counted.filter(serious__gt=0)
        case "judged":
            return counted.filter(waiting=0, total__gt=0)
    return counted.filter(total__gt=0)


def lines_of(campaigns: list[Campaign]) -> list[Line]:
    """The lines of a page of the list."""
    found = Report.objects.filter(pk__in=[campaign.latest for campaign in campaigns]).select_related("incoming", "incident", "judged_by")
    reports = {report.pk: report for report in found}
    return [
        Line(campaign, reports[campaign.latest], words.hints(reports[campaign.latest].facts)) for campaign in campaigns
    ]
