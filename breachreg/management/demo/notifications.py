"""What the CNIL was told after the first notification, and what a processor tells those it works for."""

from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.notifications import actions as notifications
from breachreg.notifications import controllers, decision_files, filing, review
from breachreg.notifications.models import NoticeChannel, Notification
from breachreg.register import actions, assessments, awareness
from breachreg.register.models import Duty, FilingKind, Incident

FIRST_MEASURES = (
    "Sessions révoquées, règle supprimée, double authentification étendue à toutes les boîtes. Recensement de la boîte achevé : "
    "chaque personne concernée est identifiée. Domaine du transfert signalé à son hébergeur."
)
LATER_MEASURES = f"{FIRST_MEASURES} Les patients vont recevoir un courrier. Le faux domaine a été suspendu."
PRACTICES = (
    ("Cabinet d'imagerie des Lices", "Dr Maud Guillou", "lices@example.net", 212),
    ("Centre d'imagerie du Blosne", "Secrétariat médical", "blosne@example.net", 148),
    ("Cabinet d'imagerie de Cesson", "Dr Yves Perrot", "cesson@example.net", 96),
    ("Scanner de la Vilaine", None, "vilaine@example.net", 305),
    ("Imagerie médicale de Vitré", "Mme Fanny Roux", "vitre@example.net", 77),
    ("Cabinet Le Goff et associés", "Dr Anne Le Goff", None, 41),
    ("Radiologie de Fougères", "Dr Paul Hamon", None, None),
    ("Centre d'imagerie de Redon", None, "redon@example.net", 133),
)  # fmt: skip


def complements_to_mailbox(cast: Cast, incident: Incident) -> Story:
    """A first complementary notification, filed in time; a second one, sent back with a wording to accept."""
    at = yield ago(days=2)
    incident.refresh_from_db()
    incident = actions.amend_facts(
        incident=incident, by=cast.awa, at=at, people_low=1316, people_likely=1316, people_high=1316, records_likely=4270,
        measures_after=FIRST_MEASURES,
    )
    at = yield ago(days=1, hours=22)
    first = _drafted(incident, cast, at)
    at = yield ago(days=1, hours=12)
    thread = review.comment(
        notification=first, field="people_count", text="D'où vient ce nombre ? @Awa Diallo", by=cast.bruno, at=at
    )
    at = yield ago(days=1, hours=11)
    review.reply(thread=thread, text="Du recensement de la boîte, ligne par ligne, doublons retirés.", by=cast.awa, at=at)
    at = yield ago(days=1, hours=8)
    review.resolve(thread=thread, by=cast.bruno, at=at)
    review.approve(notification=first, seen=first.version, by=cast.bruno, at=at)
    at = yield ago(days=1, hours=2)
    first.refresh_from_db()
    filing.file(notification=first, seen=first.version, filed_at=at, receipt_number="DEMO-0000151", by=cast.awa, at=at)
    at = yield ago(hours=11)
    incident.refresh_from_db()
    incident = actions.amend_facts(incident=incident, by=cast.awa, at=at, measures_after=LATER_MEASURES)
    at = yield ago(hours=9)
    second = _drafted(incident, cast, at)
    at = yield ago(hours=4)
    review.comment(
        notification=second, field="measures_after", quote="Les patients vont recevoir un courrier.", by=cast.bruno, at=at,
        text="Dire le nombre et la date : la CNIL le demandera.",
        suggestion="Un courrier est imprimé pour chacune des 1 316 personnes ; il part cette semaine.",
    )
    review.comment(
        notification=second, field="communication", by=cast.bruno, at=at,
        text="@Awa Diallo, peut-on joindre le modèle de courrier approuvé ?",
    )
    review.send_back(
        notification=second, seen=second.version, by=cast.bruno, at=at,
        summary="Une phrase à reprendre sur les courriers, et une pièce à joindre. Le reste est prêt.",
    )


def _drafted(incident: Incident, cast: Cast, at) -> Notification:
    """A complementary notification, submitted for review as it was filled."""
    fresh = Incident.objects.select_related("organisation").get(pk=incident.pk)
    drafted = notifications.draft(incident=fresh, kind=FilingKind.COMPLEMENTARY, by=cast.awa, at=at)
    notifications.submit(notification=drafted, seen=drafted.version, by=cast.awa, at=at)
    drafted.refresh_from_db()
    return drafted


def shared_archive(cast: Cast) -> Story:
    """The hospital as a processor: it tells each practice (Art. 33(2)), and a second person confirms who notifies."""
    at = yield ago(days=13)
    incident = actions.report_incident(
        organisation=cast.hospital, title="Images de cabinets partenaires lisibles entre eux", by=cast.awa, at=at,
        report="Un cabinet voit dans l'archive partagée les images d'un autre cabinet.",
    )
    at = yield ago(days=13, hours=-2)
    incident = actions.qualify_as_breach(
        incident=incident, by=cast.awa, at=at,
        reasons="Depuis une mise à jour, le filtre par cabinet ne s'appliquait plus à la recherche par date.",
    )
    incident = awareness.become_aware(
        incident=incident, aware_at=at - ago(minutes=15), by=cast.awa, at=at, stated_by="Équipe imagerie",
        evidence="Recherche refaite avec deux comptes de cabinets",
    )
    at = yield ago(days=12, hours=20)
    incident = actions.amend_facts(incident=incident, by=cast.awa, at=at, **_ARCHIVE_FACTS)
    at = yield ago(days=12, hours=10)
    for name, contact, email, people in PRACTICES:
        controllers.add(
            incident=incident, by=cast.awa, at=at,
            controller=controllers.Controller(
                controller=name, contact=contact, email=email, people_count=people, address="35000 Rennes",
                extract="images et comptes rendus d'examens des douze derniers mois",
            ),
        )
    at = yield ago(days=12, hours=4)
    incident.refresh_from_db()
    assessment = assessments.assess(incident=incident, by=cast.awa, at=at, answers=_ARCHIVE_ANSWERS)
    decision = assessments.decide(
        incident=incident, assessment=assessment, duty=Duty.REGISTER_ONLY, by=cast.awa, at=at,
        reasons="Nous sommes sous-traitant de ces cabinets : chacun d'eux apprécie le risque et notifie, sur la base de notre courrier.",
        departure_reasons="La notification revient aux responsables de traitement (article 33, paragraphe 2).",
    )
    at = yield ago(days=11, hours=20)
    assessments.settle_decision(
        decision=decision, accept=True, note="Contrats vérifiés : les cabinets sont responsables de traitement.", by=cast.ines, at=at
    )
    at = yield ago(days=11, hours=18)
    decision_files.seal(decision=decision_files.current(incident), by=cast.awa, at=at)
    for notice in incident.controller_notices.filter(number__lte=5):
        controllers.note_told(notice=notice, channel=NoticeChannel.POST, told_at=at - ago(hours=1), by=cast.awa, at=at)
    at = yield ago(days=10)
    for notice in incident.controller_notices.filter(number__lte=2):
        controllers.acknowledge(notice=notice, by=cast.awa, at=at)


_ARCHIVE_ANSWERS = {
    "our_role": "processor", "simple_context": "nothing_more", "identity": "name_or_contact", "identifiability": "maximum",
    "sensitive_context": "assumptions", "recipients": "few_known", "recipient_trusted": True, "protection": "none",
    "continuing": False, "revealing_controller": True, "already_public": False,
}  # fmt: skip
_ARCHIVE_FACTS = {
    "natures": ("confidentiality",), "origins": ("other",), "causes": ("internal_accidental",), "media": ("server",),
    "is_ongoing": False,
    "narrative": "Une mise à jour de l'archive d'images a désactivé le filtre par cabinet. Pendant deux jours, les "
    "utilisateurs d'un cabinet pouvaient ouvrir les images d'un autre. Le filtre est rétabli.",
    "data_categories": ("civil_status",), "has_sensitive_data": True, "sensitive_categories": ("health",),
    "people_categories": ("patients",), "people_low": 900, "people_likely": 1012, "people_high": 1100,
    "are_people_identifiable": True, "consequences": ("spread",), "harms": ("loss_of_control",), "severity": "limited",
    "measures_after": "Filtre rétabli et vérifié par deux personnes ; journal des consultations remis à chaque cabinet.",
}  # fmt: skip
