"""The clocks of the demo: the regimes of a hospital, its insurer's contract, and what it declared under NIS 2."""

from breachreg.law.exemptions import Shown
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register import actions, instants, own_clocks
from breachreg.register.charge import put_in_charge
from breachreg.register.exemptions import review_exemption
from breachreg.register.met import meet_clock
from breachreg.register.models import Incident, InstantKind


def regimes_and_contracts(cast: Cast) -> Story:
    """Which regimes concern the hospital, and what its insurance policy asks for."""
    at = yield ago(days=89)
    own_clocks.choose_regimes(
        organisation=cast.hospital, regimes=("nis2", "insurance", "health"), contract_hours=48, by=cast.awa, at=at
    )
    at = yield ago(days=89, minutes=-10)
    own_clocks.save_own_clock(
        organisation=cast.hospital, name="Déclarer l’incident à l’assureur", addressee="Assureur cyber", instant="aware", hours=120,
        source="Police cyber 2026, article 7.2", by=cast.awa, at=at,
    )


def declarations_of_mailbox(cast: Cast) -> Story:
    """A significant incident: early warning, health agency and complaint in time; the final report is still to come."""
    at = yield ago(days=5, hours=11)
    incident = Incident.objects.get(organisation=cast.hospital, title__contains="admissions")
    incident = put_in_charge(incident=incident, owner=cast.awa, by=cast.awa, at=at)
    incident = actions.amend_facts(incident=incident, risk_regimes=("nis2", "health"), by=cast.awa, at=at)
    instants.state_instant(
        incident=incident, kind=InstantKind.ATTACK_KNOWN, instant=at - ago(hours=14), by=cast.awa, at=at, stated_by="Équipe messagerie",
        evidence="Règle de transfert et connexions inconnues relevées",
    )
    at = yield ago(days=5, hours=10)
    _done(incident, "nis2_early_warning", "CERT-FR, DEMO-2026-118", cast, at)
    _done(incident, "health_report", "CERT Santé, DEMO-4471", cast, at)
    at = yield ago(days=4, hours=8)
    _done(incident, "insurance_complaint", "Procès-verbal DEMO-2026/0312", cast, at)
    at = yield ago(days=3, hours=9)
    _done(incident, "nis2_notification", "CERT-FR, DEMO-2026-118", cast, at)
    own = incident.deadlines.get(own_clock__isnull=False)
    meet_clock(deadline=own, met_at=at, reference="Sinistre DEMO-77120", by=cast.awa, at=at)


def declarations_of_host(cast: Cast) -> Story:
    """No regime of security is triggered by what happened at the host; the insurer and the police are told in time."""
    at = yield ago(days=21, hours=20)
    incident = Incident.objects.get(organisation=cast.hospital, title__contains="hébergeur")
    incident = actions.amend_facts(incident=incident, risk_regimes=(), by=cast.awa, at=at)
    _done(incident, "insurance_complaint", "Procès-verbal DEMO-2026/0287", cast, at)
    own = incident.deadlines.get(own_clock__isnull=False)
    meet_clock(deadline=own, met_at=at, reference="Sinistre DEMO-77084", by=cast.awa, at=at)


def exemption_of_laptop(cast: Cast, incident: Incident) -> Story:
    """The worksheet of Art. 34(3)(a), begun while nobody knows yet whether the disk was encrypted."""
    at = yield ago(minutes=50)
    incident.refresh_from_db()
    shown = {
        "applied_before": Shown(True, "Chiffrement du disque posé à la livraison du poste, fiche du parc"),
        "state_of_the_art": Shown(True, "AES-256, configuration relevée par le service informatique"),
        "key_safe": Shown(None, ""),
    }
    review_exemption(incident=incident, code="protection_before", shown=shown, takes_over=False, by=cast.awa, at=at)


def _done(incident: Incident, rule: str, reference: str, cast: Cast, at) -> None:
    deadline = incident.deadlines.get(rule=rule)
    meet_clock(deadline=deadline, met_at=at - ago(minutes=20), reference=reference, by=cast.awa, at=at)
