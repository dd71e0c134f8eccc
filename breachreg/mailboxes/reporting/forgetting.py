"""Reported messages are not kept for ever: what led to no incident goes half a year after it was judged.

The bytes go with the rows, once the transaction is committed; the trail keeps what was received, with its hash. What
led to an incident stays with it, and goes when the incident is purged.
"""

from datetime import datetime, timedelta

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from breachreg.accounts.models import Organisation
from breachreg.audit.actions import record
from breachreg.mailboxes.models import Acknowledgement, Campaign, CampaignMark, IncomingMail, Report

KEPT = timedelta(days=183)
MOST_AT_ONCE = 200


def forget_due(at: datetime) -> int:
    """Remove what was judged half a year ago and led to no incident; the number of reports that went."""
    return sum(_forget(organisation, at) for organisation in Organisation.objects.order_by("pk"))


@transaction.atomic
def _forget(organisation: Organisation, at: datetime) -> int:
    """Remove one organisation's old reports, and the mail in which nothing else was reported."""
    old = Report.objects.filter(organisation=organisation, incident=None, judged_at__lte=at - KEPT)
    reports = list(old.order_by("pk").select_for_update()[:MOST_AT_ONCE])
    campaigns = {report.campaign_id for report in reports}
    Report.objects.filter(pk__in=[report.pk for report in reports]).delete()
    empty = list(_empty(organisation, at)[:MOST_AT_ONCE])
    if not reports and not empty:
        return 0
    Acknowledgement.objects.filter(incoming__in=empty).delete()
    IncomingMail.objects.filter(pk__in=[mail.pk for mail in empty]).delete()
    Campaign.objects.filter(~Exists(Report.objects.filter(campaign=OuterRef("pk"))), pk__in=campaigns).delete()
    record(
        action="message.forgotten", by=None, at=at, organisation=organisation,
        details={"reports": len(reports), "sha256": sorted({row.sha256 for row in (*reports, *empty)})},
    )
    places = [row.location for row in (*reports, *empty)]
    transaction.on_commit(lambda: [storages["default"].delete(place) for place in places])
    return len(reports)


def _empty(organisation: Organisation, at: datetime) -> QuerySet[IncomingMail]:
    """Mail that was read long ago and of which no report is left: they went here, or with a purged incident."""
    reported = Exists(Report.objects.filter(incoming=OuterRef("pk")))
    return IncomingMail.objects.filter(~reported, organisation=organisation, done_at__isnull=False, received_at__lte=at - KEPT)


def emptied_with(incident_key: int) -> list[QuerySet]:
    """The mail and the campaigns of which no report is left once those of this incident are gone, in an order in which
    they can go after them. Their keys are read now.
    """
    others = Report.objects.filter(Q(incident=None) | ~Q(incident=incident_key))
    mine = Report.objects.filter(incident=incident_key)
    mails = IncomingMail.objects.filter(~Exists(others.filter(incoming=OuterRef("pk"))), pk__in=mine.values("incoming"))
    campaigns = Campaign.objects.filter(~Exists(others.filter(campaign=OuterRef("pk"))), pk__in=mine.values("campaign"))
    mail_keys, campaign_keys = list(mails.values_list("pk", flat=True)), list(campaigns.values_list("pk", flat=True))
    return [
        Acknowledgement.objects.filter(incoming__in=mail_keys), IncomingMail.objects.filter(pk__in=mail_keys),
        CampaignMark.objects.filter(campaign__in=campaign_keys), Campaign.objects.filter(pk__in=campaign_keys),
    ]  # fmt: skip
