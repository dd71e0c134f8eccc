"""Clocks that need a second look: an insurer under DORA, and an awareness that waits for its second person."""

from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register import actions, assessments, awareness, instants, own_clocks
from breachreg.register.charge import put_in_charge
from breachreg.register.models import InstantKind


def attack_on_mutual(cast: Cast) -> Story:
    """A financial entity: until somebody says when the incident was classified as major, DORA's clock counts from the awareness."""
    at = yield ago(days=60)
    own_clocks.choose_regimes(organisation=cast.mutual, regimes=("dora", "insurance"), contract_hours=None, by=cast.lena, at=at)
    own_clocks.save_own_clock(
        organisation=cast.mutual, name="Informer le groupe de l'incident", addressee="Direction des risques du groupe", instant="aware",
        hours=24, source="Politique de sécurité du groupe, chapitre 9", by=cast.lena, at=at,
    )
    at = yield ago(hours=9)
    incident = actions.report_incident(
        organisation=cast.mutual, title="Comptes d'adhérents ouverts avec des mots de passe volés ailleurs", by=cast.lena, at=at,
        report="Le prestataire de supervision relève des milliers de connexions depuis des adresses inconnues.",
    )
    at = yield ago(hours=8)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.lena, at=at,
        reasons="Au moins trois cents comptes ont été ouverts ; ils montrent les remboursements et les coordonnées bancaires.",
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=25), by=cast.lena, at=at, stated_by="Supervision",
        evidence="Journal des connexions du portail, extrait de 6 h",
    )
    at = yield ago(hours=7)
    incident = put_in_charge(incident=incident, owner=cast.lena, by=cast.lena, at=at)
    incident = actions.amend_facts(
        incident=incident, by=cast.lena, at=at, risk_regimes=("dora",), natures=("confidentiality",), origins=("hacking",),
        causes=("external_malicious",), data_categories=("civil_status", "contact", "financial", "credentials"),
        people_categories=("customers",), people_low=300, is_ongoing=True,
    )
    instants.state_instant(
        incident=incident, kind=InstantKind.ATTACK_KNOWN, instant=at - ago(hours=2), by=cast.lena, at=at, stated_by="Supervision",
        evidence="Alerte de la supervision",
    )


def open_share(cast: Cast) -> Story:
    """Awa would count from the check and not from the call: Inès has not answered, and the earlier instant drives the alarms."""
    at = yield ago(hours=41)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Fichier de paie trouvé sur un partage ouvert à tous", by=cast.rose, at=at,
        report="En cherchant un modèle de note, j'ai ouvert un tableau avec les salaires de tout le service.",
    )
    at = yield ago(hours=40)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at, reasons="Le tableau porte les noms, les numéros de sécurité sociale et les salaires d'agents.",
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=40), by=cast.awa, at=at, stated_by="Rose Petit", evidence="Appel au service informatique",
    )
    at = yield ago(hours=20)
    incident = actions.amend_facts(
        incident=incident, by=cast.awa, at=at, natures=("confidentiality",), origins=("other",), causes=("internal_accidental",),
        origin_other="Droits du partage trop larges depuis une migration", data_categories=("civil_status", "social_security_number", "financial"),
        has_sensitive_data=False, sensitive_categories=(), people_categories=("employees",), people_low=58, people_likely=58, people_high=58,
        is_ongoing=False, narrative="Un tableau de paie était lisible par tous les agents depuis la migration du partage. Les droits ont été "
        "repris le jour même ; les journaux du serveur sont en cours de lecture.",
    )
    assessments.assess(
        incident=incident, by=cast.awa, at=at,
        answers={
            "our_role": "controller", "simple_context": "nothing_more", "financial_context": "ordinary", "identity": "official_identifier",
            "identifiability": "maximum", "recipients": "left_open", "protection": "none", "continuing": False,
            "revealing_controller": False, "already_public": False,
        },
    )
    at = yield ago(hours=10)
    incident.refresh_from_db()
    awareness.propose_awareness(
        incident=incident, aware_at=at - ago(hours=16), by=cast.awa, at=at, stated_by="Service informatique",
        evidence="Relevé des droits du partage et ouverture du fichier",
        reason="L'appel de Rose ne disait pas ce que contenait le tableau ; ce n'est qu'en l'ouvrant que nous avons été raisonnablement "
        "certains que des données personnelles étaient exposées.",
    )
