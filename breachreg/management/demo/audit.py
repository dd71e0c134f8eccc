"""The yearly audit of the demo's register: tickets held against it, a sample, questions, and the trail that it leaves."""

import io

from breachreg.exports import deliveries, leaving, trail
from breachreg.exports.models import Channel, Export, Form
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register.models import Incident
from breachreg.scrutiny import questions, sampling, tickets
from breachreg.scrutiny.models import Ticket

TICKETS = (
    ("INC-20417", 24, "Hébergeur : intrusion sur un serveur de sauvegarde"),
    ("INC-20452", 13, "Poste infecté à la pharmacie, réinstallé"),
    ("INC-20466", 9, "Imprimante du secrétariat en panne"),
    ("INC-20498", 6, "Boîte des admissions : règle de transfert inconnue"),
    ("INC-20503", 4, "Clé USB trouvée en salle de réunion"),
)
"""Number, days ago, title: as the IT department would export them."""


def yearly_audit(cast: Cast) -> Story:
    """Chloé brings the tickets, draws a sample and asks; Awa matches, rules out and answers one of two questions."""
    at = yield ago(days=2, hours=6)
    brought = tickets.bring(
        organisation=cast.hospital, file=io.BytesIO(_table(at)), name="tickets-informatique.csv", by=cast.chloe, at=at
    )
    tickets.import_tickets(brought=brought, mapping=brought.mapping, header_row=None, by=cast.chloe, at=at)
    sample = sampling.draw(
        organisation=cast.hospital, size=5, scope="breaches", by=cast.chloe, at=at, seed="audit-annuel",
        purpose="Contrôle annuel du registre",
    )
    at = yield ago(days=2, hours=4)
    host, mailbox = _incident("hébergeur"), _incident("admissions")
    tickets.note_on(incident=host, number="INC-20417", by=cast.awa, at=at)
    tickets.note_on(incident=mailbox, number="INC-20498", by=cast.awa, at=at)
    tickets.dismiss(
        ticket=Ticket.objects.get(organisation=cast.hospital, key="INC-20466"), by=cast.awa, at=at,
        reason="Panne de matériel : l'imprimante ne garde aucun document.",
    )
    at = yield ago(days=1, hours=23)
    first = questions.ask(
        organisation=cast.hospital, incident=host, rule="high_risk_not_told", by=cast.chloe, at=at,
        text="La décision prévoit d'informer les 3 200 patients. Pourquoi n'y a-t-il encore ni courrier ni date ?",
    )
    at = yield ago(days=1, hours=22)
    item = sample.items.select_related("incident").first()
    sampling.conclude(
        item=item, conclusion="to_improve", by=cast.chloe, at=at,
        note="Les faits figurent au registre ; les motifs de la décision n'ont pas été repris de l'ancien registre.",
    )
    questions.ask(
        organisation=cast.hospital, item=item, by=cast.chloe, at=at,
        text="Où sont conservés les motifs de la décision, antérieurs à l'import ?",
    )
    at = yield ago(days=1, hours=4)
    questions.answer(
        question=first, by=cast.awa, at=at,
        text="L'hébergeur n'a remis les adresses qu'hier. Le courrier est en préparation ; il partira avant la fin du mois.",
    )


def kept_trail(cast: Cast) -> Story:
    """Checkpoints leave for the auditors' office each day; Chloé verifies the trail and takes the register as a sealed pack."""
    at = yield ago(days=3, hours=2)
    trail.add_destination(
        organisation=cast.hospital, channel=Channel.EMAIL, address="commissaires@example.org", by=cast.awa, at=at
    )
    for days in (3, 2, 1):
        at = yield ago(days=days, hours=1)
        trail.make_checkpoint(organisation=cast.hospital, by=None, at=at, reason="daily")
        deliveries.send_due(at)
    at = yield ago(days=1)
    trail.verify_trail(organisation=cast.hospital, by=cast.chloe, at=at)
    export = leaving.order(organisation=cast.hospital, form=Form.PACK, language="fr", by=cast.chloe, at=at)
    if leaving.make_now(export, at):
        leaving.hand_out(export=Export.objects.get(pk=export.pk), by=cast.chloe, at=at).close()


def _table(at) -> bytes:
    """The table as Excel in France writes it: semicolons, Windows-1252."""
    lines = [f"{number};{at - ago(days=days):%d/%m/%Y};{title}" for number, days, title in TICKETS]
    return "\r\n".join(["Numéro;Date d'ouverture;Objet", *lines, ""]).encode("cp1252")


def _incident(title: str) -> Incident:
    return Incident.objects.select_related("organisation").get(title__contains=title)
