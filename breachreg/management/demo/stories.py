"""What happened in the demo's hospital and town hall, in French as people write it, through the actions they use."""

from datetime import datetime
from pathlib import Path

from breachreg.management.demo.audit import kept_trail, yearly_audit
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.clocks import (
    declarations_of_host,
    declarations_of_mailbox,
    exemption_of_laptop,
    regimes_and_contracts,
)
from breachreg.management.demo.letters import letter_to_patients, letters_on_their_way
from breachreg.management.demo.mailbox import examine_mailbox
from breachreg.management.demo.messages import preparations, reported_messages, response_to_mailbox
from breachreg.management.demo.notifications import complements_to_mailbox, shared_archive
from breachreg.management.demo.post import notice_to_the_public, second_way_on_paper
from breachreg.management.demo.regimes import attack_on_mutual, open_share
from breachreg.management.demo.retention import disputed_file, misdirected_fax, stolen_agenda
from breachreg.management.demo.stage import Story, ago
from breachreg.notifications import actions as notifications
from breachreg.notifications import filing, review
from breachreg.register import actions, assessments, awareness, imports, instants, parties, promises
from breachreg.register.models import Duty, FilingKind, Incident, InstantKind
from breachreg.register.work import finish_task

OPEN_DATA = Path(__file__).parent / "cnil-notifications-sample.csv"


def former_register(cast: Cast) -> Story:
    """The sixteen rows of the CNIL's open data, imported as the register of before."""
    at = yield ago(days=90)
    with OPEN_DATA.open("rb") as file:
        brought = imports.bring_table(
            organisation=cast.hospital, file=file, name=OPEN_DATA.name, by=cast.awa, at=at
        )
    at = yield ago(days=90, minutes=-6)
    imports.import_register(brought=brought, by=cast.awa, at=at, closes=True)


def not_a_breach(cast: Cast) -> Story:
    """A lost badge that gives access to nothing: the reasoned conclusion stays in the register."""
    at = yield ago(days=31)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Badge de cantine perdu", by=cast.rose, at=at,
        report="J'ai perdu mon badge de cantine sur le parking du personnel.",
    )
    at = yield ago(days=31, hours=-5)
    incident = actions.conclude_not_a_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="Le badge porte un numéro d'ordre sans nom ni photographie, et n'ouvre aucune porte. Le prestataire "
        "confirme que le numéro ne permet pas de retrouver une personne hors de son système, qui n'est pas touché.",
    )
    at = yield ago(days=30)
    actions.close_incident(
        incident=incident, by=cast.awa, at=at,
        lessons="Rappeler que tout badge perdu est à signaler, même sans accès : la vérification a pris une heure.",
    )


def late_processor(cast: Cast) -> Story:
    """A host told us eleven days late, and its list of files came later still: a late filing with its reasons."""
    at = yield ago(days=24)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Accès non autorisé chez l'hébergeur du portail de rendez-vous", by=cast.awa,
        at=at, report="Courriel de l'hébergeur reçu ce matin : intrusion sur un serveur de sauvegarde.",
    )
    at = yield ago(days=24, minutes=-30)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="L'hébergeur confirme que des sauvegardes du portail ont été copiées.",
    )
    incident = instants.state_instant(
        incident=incident, kind=InstantKind.OCCURRED_FROM, instant=at - ago(days=11), by=cast.awa, at=at,
        stated_by="Hébergeur, service sécurité", evidence="Courriel de l'hébergeur", is_estimated=True,
    )
    parties.name_party(
        incident=incident, role="processor", name="Nuages d'Armor SAS", contact="securite@example.net", by=cast.awa,
        at=at, told_us_at=at - ago(hours=1),
    )
    incident.refresh_from_db()
    incident = instants.state_instant(
        incident=incident, kind=InstantKind.PROCESSOR_AWARE, instant=at - ago(days=9), by=cast.awa, at=at,
        stated_by="Hébergeur, service sécurité", evidence="Compte rendu d'incident de l'hébergeur", is_estimated=True,
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(hours=1), by=cast.awa, at=at, stated_by="Awa Diallo",
        evidence="Le courriel de l'hébergeur affirme que des données du portail ont été copiées.",
    )
    at = yield ago(days=22)
    incident = actions.amend_facts(incident=incident, by=cast.awa, at=at, **_PROCESSOR_FACTS)
    assessment = assessments.assess(incident=incident, by=cast.awa, at=at, answers=_HACKED_ANSWERS)
    _decide(assessment, Duty.NOTIFY_AND_TELL, cast, at, "Intrus malveillant, identité et coordonnées de 3 200 patients.")
    at = yield ago(days=20, hours=20)
    notification = notifications.draft(
        incident=_fresh(incident), kind=FilingKind.INITIAL, by=cast.awa, at=at
    )
    notification = notifications.write(
        notification=notification, seen=notification.version, by=cast.awa, at=at,
        values={"delay_reasons": _DELAY},
    )
    notifications.submit(notification=notification, seen=notification.version, by=cast.awa, at=at)
    at = yield ago(days=20, hours=18)
    notification.refresh_from_db()
    review.approve(notification=notification, seen=notification.version, by=cast.bruno, at=at)
    at = yield ago(days=20, hours=16)
    notification.refresh_from_db()
    filing.file(
        notification=notification, seen=notification.version, filed_at=at - ago(minutes=10),
        receipt_number="DEMO-0000117", by=cast.awa, at=at, delay_reasons=_DELAY,
    )
    at = yield ago(days=19, hours=4)
    complement = notifications.draft(incident=_fresh(incident), kind=FilingKind.COMPLEMENTARY, by=cast.awa, at=at)
    notifications.submit(notification=complement, seen=complement.version, by=cast.awa, at=at)
    at = yield ago(days=18, hours=22)
    complement.refresh_from_db()
    review.approve(notification=complement, seen=complement.version, by=cast.bruno, at=at)
    at = yield ago(days=18, hours=20)
    complement.refresh_from_db()
    filing.file(
        notification=complement, seen=complement.version, filed_at=at - ago(minutes=10), receipt_number="DEMO-0000121",
        by=cast.awa, at=at, delay_reasons=_DELAY,
    )
    at = yield ago(days=16)
    actions.amend_facts(
        incident=_fresh(incident), by=cast.awa, at=at, communication="informed", told_on=at.date(), told_count=3200,
        telling_channels="Courrier postal et message sur le portail",
    )


def compromised_mailbox(cast: Cast) -> Story:
    """A mailbox read for a week through a rule; filed in time, and 1,200 people to be told."""
    at = yield ago(days=6, hours=3)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Boîte aux lettres des admissions compromise", by=cast.rose, at=at,
        report="Des patients nous rappellent pour un message demandant de changer de RIB. Nous n'avons rien envoyé.",
    )
    at = yield ago(days=6, hours=1)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="Une règle transfère vers l'extérieur les messages qui contiennent « facture » ou « RIB » ; la boîte "
        "contient les pièces jointes des admissions.",
    )
    incident = instants.state_instant(
        incident=incident, kind=InstantKind.OCCURRED_FROM, instant=at - ago(days=8), by=cast.awa, at=at,
        stated_by="Équipe messagerie", evidence="Première connexion inconnue dans le journal", is_estimated=True,
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=20), by=cast.awa, at=at, stated_by="Équipe messagerie",
        evidence="Règle de transfert relevée et journal des connexions",
    )
    yield from response_to_mailbox(cast, incident)
    at = yield ago(days=5, hours=12)
    incident.refresh_from_db()
    incident = actions.amend_facts(incident=incident, by=cast.awa, at=at, **_MAILBOX_FACTS)
    assessment = assessments.assess(incident=incident, by=cast.awa, at=at, answers=_HACKED_ANSWERS | {"continuing": False})
    _decide(assessment, Duty.NOTIFY_AND_TELL, cast, at, "Attaquant actif, faux messages déjà partis, RIB et données de santé.")
    yield from examine_mailbox(cast, incident)
    at = yield ago(days=4, hours=2)
    notification = notifications.draft(incident=_fresh(incident), kind=FilingKind.INITIAL, by=cast.awa, at=at)
    notifications.submit(notification=notification, seen=notification.version, by=cast.awa, at=at)
    at = yield ago(days=3, hours=14)
    notification.refresh_from_db()
    review.approve(notification=notification, seen=notification.version, by=cast.bruno, at=at)
    at = yield ago(days=3, hours=10, minutes=32)
    notification.refresh_from_db()
    filing.file(
        notification=notification, seen=notification.version, filed_at=at, receipt_number="DEMO-0000142",
        by=cast.awa, at=at,
    )
    finish_task(task=incident.tasks.get(origin="playbook:mailbox:authority"), by=cast.awa, at=at)
    yield from letter_to_patients(cast, incident)
    yield from letters_on_their_way(cast, incident)
    yield from second_way_on_paper(cast, incident)
    yield from notice_to_the_public(cast, incident)
    yield from complements_to_mailbox(cast, incident)


def missent_email(cast: Cast) -> Story:
    """Fifty-nine hours after the awareness, the draft waits for Bruno."""
    at = yield ago(hours=60)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Planning de consultations envoyé à un mauvais destinataire", by=cast.rose,
        at=at, report="J'ai envoyé le planning de la semaine à une mauvaise adresse de la liste.",
    )
    at = yield ago(hours=59, minutes=30)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="Le fichier contient le nom et le motif de consultation de patients, lus par un tiers.",
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=30), by=cast.awa, at=at, stated_by="Rose Petit",
        evidence="Message envoyé, retrouvé dans les éléments envoyés",
    )
    at = yield ago(hours=58)
    incident = actions.amend_facts(
        incident=incident, by=cast.awa, at=at, natures=("confidentiality",), origins=("wrong_recipient",), people_categories=("patients",)
    )
    assessments.assess(incident=incident, by=cast.awa, at=at, answers=_MISSENT_FIRST_ANSWERS)
    at = yield ago(hours=30)
    incident = actions.amend_facts(incident=_fresh(incident), by=cast.awa, at=at, **_MISSENT_FACTS)
    assessment = assessments.assess(incident=incident, by=cast.awa, at=at, answers=_MISSENT_ANSWERS)
    _decide(assessment, Duty.NOTIFY_AND_TELL, cast, at, "Motifs de consultation lus par une personne sans lien avec nous.")
    at = yield ago(hours=8)
    notification = notifications.draft(incident=_fresh(incident), kind=FilingKind.INITIAL, by=cast.awa, at=at)
    notifications.submit(notification=notification, seen=notification.version, by=cast.awa, at=at)
    at = yield ago(hours=3)
    notification.refresh_from_db()
    review.comment(
        notification=notification, by=cast.bruno, at=at, field="description",
        text="Peut-on dire à quelle heure le destinataire a confirmé la suppression ? @Awa Diallo",
    )


def lost_laptop(cast: Cast) -> Story:
    """Two hours ago, and half of it is unknown."""
    at = yield ago(hours=2)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Ordinateur portable oublié dans le train", by=cast.rose, at=at,
        report="J'ai oublié mon ordinateur dans le train de 7 h 42. Il y a des dossiers de patients dessus, je crois.",
    )
    at = yield ago(hours=1, minutes=40)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="Des comptes rendus y sont enregistrés ; personne ne sait encore si le disque est chiffré.",
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=15), by=cast.awa, at=at, stated_by="Rose Petit",
        evidence="Appel au standard ; l'objet n'est pas aux objets trouvés",
    )
    at = yield ago(hours=1, minutes=20)
    incident = actions.amend_facts(
        incident=incident, by=cast.awa, at=at, natures=("confidentiality",), origins=("lost_device",),
        media=("laptop",), people_categories=("patients",), is_ongoing=True,
    )
    at = yield ago(hours=1, minutes=10)
    promises.promise_fact(
        incident=incident, field="people", owed_by="Service informatique", promised_for=at + ago(hours=20),
        note="Sauvegarde de la nuit à comparer", by=cast.awa, at=at,
    )
    yield from exemption_of_laptop(cast, incident)


def town_hall_paper(cast: Cast) -> Story:
    """What Dan's organisation keeps, and nobody of the hospital sees."""
    at = yield ago(days=9)
    incident = actions.report_incident(
        organisation=cast.town_hall, title="Registre papier des inscriptions scolaires égaré", by=cast.dan, at=at,
        report="Le registre n'est plus dans l'armoire du bureau des écoles.",
    )
    at = yield ago(days=9, hours=-2)
    actions.qualify_as_breach(
        incident=incident, by=cast.dan, at=at, reasons="Noms, adresses et dates de naissance d'enfants.",
    )


STORIES = (
    preparations, regimes_and_contracts, former_register, not_a_breach, late_processor, declarations_of_host, shared_archive,
    town_hall_paper, compromised_mailbox, declarations_of_mailbox, missent_email, lost_laptop, reported_messages, yearly_audit,
    stolen_agenda, misdirected_fax, disputed_file, kept_trail, attack_on_mutual, open_share,
)


def _fresh(incident: Incident) -> Incident:
    return Incident.objects.select_related("organisation").get(pk=incident.pk)


def _decide(assessment, duty: Duty, cast: Cast, at: datetime, reasons: str) -> None:
    departs = duty != assessment.recommended_duty
    assessments.decide(
        incident=assessment.incident, assessment=assessment, duty=duty, reasons=reasons, by=cast.awa, at=at,
        departure_reasons="Les faits encore inconnus nous font choisir la prudence." if departs else None,
    )


_DELAY = (
    "L'hébergeur n'a transmis la liste des fichiers copiés que trois jours après son premier message. Sans elle, nous ne "
    "pouvions dire ni quelles données ni combien de personnes étaient concernées. Nous aurions dû déposer une "
    "notification initiale sans attendre ; la procédure a été corrigée en ce sens."
)
_HACKED_ANSWERS = {
    "our_role": "controller", "simple_context": "some_profile", "identity": "identity_set", "identifiability": "maximum",
    "sensitive_context": "assumptions", "financial_context": "some", "recipients": "unknown_number", "protection": "none",
    "continuing": False, "revealing_controller": True, "already_public": False,
}  # fmt: skip
_MISSENT_FIRST_ANSWERS = {"our_role": "controller", "recipients": "few_known", "protection": "none", "continuing": False}
_MISSENT_ANSWERS = {
    "our_role": "controller", "simple_context": "nothing_more", "identity": "name_or_contact",
    "identifiability": "maximum", "sensitive_context": "assumptions", "recipients": "few_known",
    "recipient_trusted": False, "protection": "none", "continuing": False, "revealing_controller": True,
    "already_public": False,
}  # fmt: skip
_PROCESSOR_FACTS = {
    "natures": ("confidentiality",), "origins": ("hacking",), "causes": ("external_malicious",), "media": ("server",),
    "is_ongoing": False, "is_period_established": False,
    "discovery": "L'hébergeur a relevé une copie inhabituelle de sauvegardes lors d'un contrôle de ses journaux.",
    "narrative": "Un attaquant a utilisé le compte d'un technicien de l'hébergeur pour copier deux sauvegardes du "
    "portail de prise de rendez-vous. Le compte a été fermé et les clés ont été changées.",
    "data_categories": ("civil_status", "contact"), "has_sensitive_data": True, "sensitive_categories": ("health",),
    "people_categories": ("patients",), "people_low": 3000, "people_likely": 3200, "people_high": 3400,
    "records_likely": 9600, "are_people_identifiable": True,
    "measures_before": "Accès nominatifs, journaux conservés un an, sauvegardes non chiffrées.",
    "consequences": ("spread", "linked", "misused"), "harms": ("loss_of_control", "identity_theft"),
    "severity": "significant",
    "measures_after": "Fermeture du compte, changement des clés, chiffrement des sauvegardes demandé sous un mois.",
    "communication": "planned", "is_cross_border": False, "notifies_other_dpa": False,
}  # fmt: skip
_MAILBOX_FACTS = {
    "natures": ("confidentiality", "integrity"), "origins": ("hacking",), "causes": ("external_malicious",),
    "media": ("mailbox",), "is_ongoing": False, "is_period_established": True,
    "discovery": "Des patients ont rappelé le service après un message demandant un changement de RIB.",
    "narrative": "Un agent a saisi son mot de passe sur une fausse page de connexion. L'attaquant a créé une règle de "
    "transfert, lu les messages pendant une semaine, puis écrit aux patients au nom du service des admissions.",
    "data_categories": ("civil_status", "contact", "financial"), "has_sensitive_data": True,
    "sensitive_categories": ("health",), "people_categories": ("patients", "employees"), "people_low": 1100,
    "people_likely": 1200, "people_high": 1500, "are_people_identifiable": True,
    "measures_before": "Authentification double sur les comptes d'administration seulement.",
    "consequences": ("spread", "linked", "misused"), "harms": ("loss_of_control", "fraud", "financial_loss"),
    "severity": "significant",
    "measures_after": "Sessions révoquées, règle supprimée, double authentification étendue à toutes les boîtes.",
    "communication": "planned", "is_cross_border": False, "notifies_other_dpa": False,
    "other_authorities": ("health_agency", "police"),
}  # fmt: skip
_MISSENT_FACTS = {
    "natures": ("confidentiality",), "origins": ("wrong_recipient",), "causes": ("internal_accidental",),
    "media": ("mailbox",), "is_ongoing": False,
    "discovery": "L'agent a reconnu son erreur en relisant la liste des destinataires.",
    "narrative": "Le planning de la semaine a été envoyé à une personne extérieure dont l'adresse ressemble à celle du "
    "secrétariat. Elle a été priée de le supprimer ; sa confirmation est attendue.",
    "data_categories": ("civil_status",), "has_sensitive_data": True, "sensitive_categories": ("health",),
    "people_categories": ("patients",), "people_low": 41, "people_likely": 41, "people_high": 41,
    "are_people_identifiable": True, "consequences": ("spread",), "harms": ("loss_of_control",),
    "measures_after": "Rappel du message, demande écrite de suppression.", "communication": "planned",
}  # fmt: skip
