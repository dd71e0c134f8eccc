"""What a person concludes on reported messages: harmless, phishing received or followed, a breach; and the incident.

Each verb is one transaction with one entry in the trail. A judgement is a conditional update: of two people who judge
the same message, the second one changes nothing and is told so.
"""

import io
import uuid
import zipfile
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.mailboxes.models import SERIOUS, Campaign, Report, Verdict
from breachreg.mailboxes.reporting.intake import original_of
from breachreg.register.actions import report_incident
from breachreg.register.evidence import add_evidence
from breachreg.register.files import FileRefused
from breachreg.register.instants import state_instant
from breachreg.register.models import Incident, InstantKind
from breachreg.register.playbooks.applying import apply_playbook


class NotNow(Exception):
    """The step is not possible in this state; says which comes first."""


@transaction.atomic
def judge(*, reports: Iterable[Report], verdict: Verdict, reason: str, by: User, at: datetime) -> int:
    """Say what these reports of one organisation are; the number of those that nobody had judged meanwhile.

    Raises ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason: a colleague will ask.")})
    keys = [report.pk for report in reports]
    open_keys = list(Report.objects.select_for_update().filter(pk__in=keys, verdict=None).order_by("pk").values_list("pk", flat=True))
    judged = Report.objects.filter(pk__in=open_keys).update(
        verdict=verdict, verdict_reason=reason.strip(), judged_at=at, judged_by=by
    )
    if judged:
        campaign = Campaign.objects.select_related("organisation").get(reports__pk=open_keys[0])
        record(
            action="message.judged", by=by, at=at, organisation=campaign.organisation, subject=campaign,
            changes={"verdict": [None, str(verdict)]}, details={"reports": open_keys, "reason": reason.strip()},
        )
    return judged


@transaction.atomic
def undo_judgement(*, report: Report, by: User, at: datetime) -> bool:
    """Put a report back into the queue; False when it waits already. Raises NotNow when it led to an incident."""
    current = Report.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=report.pk)
    if current.incident_id:
        raise NotNow(_("An incident was opened from this message. Conclude there whether it is a breach."))
    if current.verdict is None:
        return False
    Report.objects.filter(pk=report.pk).update(verdict=None, verdict_reason=None, judged_at=None, judged_by=None)
    record(
        action="message.judgement_undone", by=by, at=at, organisation=current.organisation, subject=current,
        changes={"verdict": [current.verdict, None]}, details={"reason": current.verdict_reason},
    )
    return True


@transaction.atomic
def take_out(*, report: Report, by: User, at: datetime) -> Campaign:
    """Take a report out of a campaign that it does not belong to; it gets one of its own. Raises NotNow when it is alone."""
    current = Report.objects.select_for_update(of=("self",)).select_related("organisation", "campaign").get(pk=report.pk)
    if not current.campaign.reports.exclude(pk=current.pk).exists():
        raise NotNow(_("This message is alone in its campaign already."))
    own = Campaign.objects.create(
        organisation=current.organisation, title=str(current)[:300], first_at=current.received_at, last_at=current.received_at
    )
    Report.objects.filter(pk=current.pk).update(campaign=own, grouped_by=[])
    record(
        action="message.parted", by=by, at=at, organisation=current.organisation, subject=current,
        changes={"campaign": [current.campaign_id, own.pk]},
    )
    return own


@transaction.atomic
def open_incident(
    *, report: Report, title: str, by: User, at: datetime, submission: uuid.UUID | None = None, playbook: str | None = None
) -> Incident:
    """Enter an incident from a message that was followed, or that shows a breach, with the campaign's evidence.

    Every message of the campaign that nobody tied to another incident goes along, with its SHA-256; the tasks of a
    playbook are given at once when it is named. Raises NotNow when the judgement is another, ValidationError naming
    the field.
    """
    current = Report.objects.select_for_update(of=("self",)).select_related("organisation", "incident__organisation").get(pk=report.pk)
    if current.incident:
        return current.incident
    along = _along(current)
    incident = report_incident(
        organisation=current.organisation, title=title.strip(), by=by, at=at, submission=submission,
        report=_summary(current, along), media=("mailbox",),
    )
    incident = _state_first_signal(incident, along, by, at)
    _tie(incident, along, "message.incident_opened", by, at)
    if playbook:
        apply_playbook(incident=incident, key=playbook, by=by, at=at)
    return incident


@transaction.atomic
def attach(*, report: Report, incident: Incident, by: User, at: datetime) -> Incident:
    """Add a message, with those of its campaign, to an incident that is in the register already.

    Raises NotNow when the judgement is another, when the message belongs to an incident, or when that one is closed.
    """
    current = Report.objects.select_for_update(of=("self",)).select_related("organisation", "incident").get(pk=report.pk)
    if current.incident_id:
        raise NotNow(_("This message belongs to %(incident)s already.") % {"incident": current.incident.reference})
    if incident.organisation_id != current.organisation_id or incident.closed_at:
        raise NotNow(_("Choose an open incident of this organisation."))
    _tie(incident, _along(current), "message.attached", by, at)
    return incident


def _state_first_signal(incident: Incident, along: list[Report], by: User, at: datetime) -> Incident:
    first = along[0]
    return state_instant(
        incident=incident, kind=InstantKind.FIRST_SIGNAL, instant=first.received_at, by=by, at=at,
        stated_by=first.incoming.reporter_name or first.incoming.reporter_address,
        evidence=_("First message of this campaign to the reporting address"),
    )


def _along(report: Report) -> list[Report]:
    """The messages of a report's campaign that go along with it to an incident."""
    if report.verdict not in SERIOUS:
        raise NotNow(_("Judge the message first: an incident comes from a phishing that was followed, or from a breach."))
    found = Report.objects.filter(campaign=report.campaign_id, incident=None, verdict__isnull=False)
    return list(found.exclude(verdict=Verdict.HARMLESS).select_related("incoming").order_by("received_at", "pk"))


def _tie(incident: Incident, reports: list[Report], action: str, by: User, at: datetime) -> None:
    _keep_evidence(incident, reports, by, at)
    Report.objects.filter(pk__in=[one.pk for one in reports]).update(incident=incident)
    record(
        action=action, by=by, at=at, organisation=incident.organisation, subject=incident,
        details={"reports": [one.pk for one in reports], "sha256": sorted({one.sha256 for one in reports})},
    )


def _summary(report: Report, along: list[Report]) -> str:
    sender = (report.sender_address or _("a sender who is not named")).replace(".", "[.]").replace("@", "[@]")
    lines = [
        _("Opened from a message to the reporting address: “%(subject)s”, from %(sender)s.")
        % {"subject": report.subject or _("no subject"), "sender": sender},
        str(report.verdict_reason),
    ]
    if len(along) > 1:
        lines.insert(1, _("Messages of the same campaign: %(count)s.") % {"count": len(along)})
    return "\n".join(lines)


def _keep_evidence(incident: Incident, reports: list[Report], by: User, at: datetime) -> None:
    kept = set(incident.evidence.values_list("sha256", flat=True))
    for report in reports:
        if report.sha256 in kept:
            continue
        kept.add(report.sha256)
        files = [f"{one['name'] or '?'} {one['sha256']}" for one in report.facts.get("attachments", ())]
        note = _("Files in it (SHA-256): %(files)s") % {"files": ", ".join(files)} if files else None
        _keep(incident, report, note[:300] if note else None, by, at)


def _keep(incident: Incident, report: Report, note: str | None, by: User, at: datetime) -> None:
    raw, ending = original_of(report)
    name = f"message-{report.received_at:%Y%m%d}-{report.sha256[:8]}"
    try:
        add_evidence(incident=incident, file=io.BytesIO(raw), name=f"{name}.{ending}", by=by, at=at, note=note)
    except FileRefused:  # bytes that no text holds: kept all the same, in an archive
        packed = _zipped(raw, f"{name}.{ending}")
        add_evidence(incident=incident, file=packed, name=f"{name}.zip", by=by, at=at, note=note)


def _zipped(raw: bytes, name: str) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), raw)
    return packed


@transaction.atomic
def note_opening(*, report: Report, by: User, at: datetime) -> None:
    """Record that a person read this report."""
    record(action="message.opened", by=by, at=at, organisation=report.organisation, subject=report)


@transaction.atomic
def note_download(*, report: Report, by: User, at: datetime) -> None:
    """Record that a person took a copy of this message."""
    record(
        action="message.downloaded", by=by, at=at, organisation=report.organisation, subject=report,
        details={"sha256": report.sha256},
    )


def waiting(organisation: Organisation):
    """The reports of an organisation that wait for a judgement: what the desk counts."""
    return Report.objects.filter(organisation=organisation).waiting()
