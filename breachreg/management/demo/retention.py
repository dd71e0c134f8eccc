"""Incidents of long ago: one that was purged, one that is due and proposed, one that a dispute keeps."""

from datetime import datetime

from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register import actions, awareness, filings, holds
from breachreg.register.models import FilingKind, Incident
from breachreg.retention import proposals, purge


def stolen_agenda(cast: Cast) -> Story:
    """Closed more than seven years ago, purged last year by Inès and Awa: the register keeps its tombstone."""
    at = yield ago(days=2990)
    incident = _reported(cast, at, "Agenda papier volé dans un véhicule de service", "Le véhicule a été fracturé dans la nuit ; l'agenda du service y était resté.")
    yield from _filed_and_closed(cast, incident, days=2990, receipt="DEMO-0000009")
    at = yield ago(days=400)
    proposal = proposals.propose(organisation=cast.hospital, by=cast.ines, at=at)
    at = yield ago(days=399)
    proposals.approve(proposal=proposal, by=cast.awa, at=at)
    at = yield ago(days=399, minutes=-1)
    purge.purge_due(at)


def misdirected_fax(cast: Cast) -> Story:
    """Its five years are over: Inès proposed that it goes, and Awa has not answered yet."""
    at = yield ago(days=2130)
    incident = _reported(cast, at, "Compte rendu télécopié à un mauvais cabinet", "Un cabinet voisin nous a rapporté la télécopie reçue ce matin.")
    yield from _filed_and_closed(cast, incident, days=2130, receipt="DEMO-0000031")
    at = yield ago(days=2)
    proposals.propose(organisation=cast.hospital, by=cast.ines, at=at)


def disputed_file(cast: Cast) -> Story:
    """As old, but a patient sues: a legal hold keeps it."""
    at = yield ago(days=2080)
    incident = _reported(cast, at, "Dossier consulté par un agent sans motif", "Une patiente a appris par un tiers le motif de son hospitalisation.")
    yield from _filed_and_closed(cast, incident, days=2080, receipt="DEMO-0000033")
    at = yield ago(days=300)
    holds.set_hold(
        incident=incident, by=cast.awa, at=at,
        reason="Action en réparation devant le tribunal judiciaire : les pièces sont à conserver jusqu'à la décision définitive.",
    )


def _reported(cast: Cast, at: datetime, title: str, report: str) -> Incident:
    return actions.report_incident(organisation=cast.hospital, title=title, report=report, by=cast.rose, at=at)


def _filed_and_closed(cast: Cast, incident: Incident, *, days: int, receipt: str) -> Story:
    at = yield ago(days=days, hours=-3)
    incident = actions.qualify_as_breach(incident=incident, reasons="Des données de santé nommées ont été lues par un tiers.", by=cast.awa, at=at)
    awareness.become_aware(
        incident=incident, aware_at=at, stated_by="Awa Diallo", evidence="Constat sur place", by=cast.awa, at=at
    )
    at = yield ago(days=days - 1)
    incident.refresh_from_db()
    filings.record_filing(incident=incident, kind=FilingKind.COMPLETE, filed_at=at, receipt_number=receipt, by=cast.awa, at=at)
    at = yield ago(days=days - 40)
    incident.refresh_from_db()
    actions.close_incident(incident=incident, lessons="Consigne rappelée à toutes les équipes.", by=cast.awa, at=at)
