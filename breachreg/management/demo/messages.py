"""What the hospital's people reported: a campaign that somebody followed, a false change of bank details, a newsletter.

Every name is made up, and every domain ends in .example or is example.org, where no mail goes.
"""

from email.message import EmailMessage

from breachreg.mailboxes.indicators import actions as indicators
from breachreg.mailboxes.models import Report, Source, Verdict
from breachreg.mailboxes.reporting import intake, triage
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register.models import Incident
from breachreg.register.playbooks import actions as book
from breachreg.register.playbooks import applying, measures
from breachreg.register.playbooks.models import Standing
from breachreg.register.work import finish_task

CONTACTS = (
    ("it", "Astreinte informatique", "02 00 00 00 10", "astreinte@example.org", "Jour et nuit ; demander l'équipe messagerie"),
    ("security", "Maël Le Gall, RSSI", "02 00 00 00 11", "rssi@example.org", None),
    ("finance", "Service des mandats", "02 00 00 00 12", "mandats@example.org", "Rappeler avant tout changement de RIB"),
    ("communication", "Cellule communication", "02 00 00 00 13", None, None),
    ("provider", "Nuages d'Armor SAS, support", "02 00 00 00 20", "support@example.net", "Contrat n° 2024-118"),
    ("insurer", "Mutuelle des Établissements, cyber", "02 00 00 00 21", None, "Déclarer sous 72 heures"),
)
PORTAL = (
    ("Basculer le portail de rendez-vous sur la page d'attente", "it", 1, "first_signal"),
    ("Prévenir les secrétariats et le standard", "communication", 2, "first_signal"),
    ("Vérifier qu'aucun rendez-vous n'a été perdu ni montré à un autre patient", "department", 24, "aware"),
)


def preparations(cast: Cast) -> Story:
    """Made on a quiet day: the contact book, and a playbook of the hospital's own."""
    at = yield ago(days=100)
    for role, name, phone, email, note in CONTACTS:
        book.save_contact(
            organisation=cast.hospital, role=role, name=name, phone=phone, email=email, note=note, user=None, by=cast.awa, at=at
        )
    playbook = book.write_playbook(
        organisation=cast.hospital, title="Panne du portail patients", origins=None, by=cast.awa, at=at,
        lead="Quand le portail de rendez-vous ne répond plus ou montre les données d'un autre.",
    )
    for what, role, hours, counted_from in PORTAL:
        book.add_step(
            playbook=playbook, what=what, why=None, role=role, hours=hours, counted_from=counted_from, by=cast.awa, at=at
        )


def response_to_mailbox(cast: Cast, incident: Incident) -> Story:
    """The playbook of a compromised mailbox, half done, and the measures that the incident cites."""
    at = yield ago(days=6)
    incident.refresh_from_db()
    applying.apply_playbook(incident=incident, key="mailbox", by=cast.awa, at=at)
    at = yield ago(days=5, hours=20)
    for code in ("contain", "revoke", "evidence", "rules", "call_back", "others", "disregard"):
        finish_task(task=incident.tasks.get(origin=f"playbook:mailbox:{code}"), by=cast.awa, at=at)
    for code in ("updates", "strong_passwords"):
        measures.cite_measure(incident=incident, code=code, standing=Standing.BEFORE, by=cast.awa, at=at)
    measures.cite_measure(
        incident=incident, code="multi_factor", standing=Standing.AFTER, owner_name="Maël Le Gall, RSSI",
        due_at=at + ago(days=30), by=cast.awa, at=at,
    )
    measures.cite_measure(
        incident=incident, code="reporting_address", standing=Standing.AFTER, owner=cast.awa, due_at=at + ago(days=10),
        by=cast.awa, at=at,
    )
    at = yield ago(days=5, hours=14)
    for code in ("origin", "census"):
        finish_task(task=incident.tasks.get(origin=f"playbook:mailbox:{code}"), by=cast.awa, at=at)
    for text, note in (("admissions-hopital.example", "domaine du transfert"), ("203.0.113.66", "connexions inconnues")):
        indicators.add_indicator(incident=incident, text=text, note=note, by=cast.awa, at=at)


def reported_messages(cast: Cast) -> Story:
    """Nine reports in three weeks; four of them are one campaign, and one person typed a password."""
    at = yield ago(days=16)
    newsletter = _report(cast, at, "Rose Petit", _newsletter(), "C'est vraiment de nous ?")
    at = yield ago(days=15, hours=22)
    triage.judge(
        reports=[newsletter], verdict=Verdict.HARMLESS, reason="Lettre du comité social, envoyée par son prestataire habituel.",
        by=cast.awa, at=at,
    )
    at = yield ago(days=4)
    bank = _report(cast, at, "Service des mandats", _bank_details(), "Le fournisseur demande un nouveau RIB. Nous n'avons rien payé.")
    at = yield ago(days=3, hours=23)
    triage.judge(
        reports=[bank], verdict=Verdict.RECEIVED, by=cast.awa, at=at,
        reason="Faux changement de RIB ; le fournisseur, rappelé au numéro connu, n'a rien demandé.",
    )
    at = yield ago(days=1, hours=6)
    first = _report(cast, at, "Nolwenn Abgrall", _full_mailbox("nolwenn.abgrall"), "J'ai cliqué et tapé mon mot de passe, je suis désolée.")
    at = yield ago(days=1, hours=5)
    for name in ("Paul Stéphan", "Hanna Kerjean"):
        _report(cast, at, name, _full_mailbox(name.lower().replace(" ", ".").replace("é", "e")), "Je n'ai pas cliqué.")
    at = yield ago(days=1, hours=4)
    triage.judge(
        reports=list(first.campaign.reports.waiting().filter(pk=first.pk)), verdict=Verdict.FOLLOWED, by=cast.awa, at=at,
        reason="Nolwenn Abgrall a saisi son mot de passe ; compte bloqué à 14 h.",
    )
    first.refresh_from_db()
    incident = triage.open_incident(report=first, title="Mot de passe saisi sur une fausse page de messagerie", playbook="mailbox", by=cast.awa, at=at)
    indicators.take_from_report(incident=incident, report=first, by=cast.awa, at=at)
    at = yield ago(hours=5)
    _report(cast, at, "Youn Madec", _full_mailbox("youn.madec"), None)
    at = yield ago(hours=3)
    _report(cast, at, "Rose Petit", _invoice(), "Je n'attends aucun colis.")


def _report(cast: Cast, at, who: str, suspicious: EmailMessage, said: str | None) -> Report:
    address = who.lower().replace(" ", ".").replace("é", "e") + "@example.org"
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = f"{who} <{address}>", "alerte@example.org", f"TR: {suspicious['Subject']}"
    outer["Message-ID"] = f"<{address}-{int(at.timestamp())}>"
    outer.set_content(said or "")
    outer.add_attachment(suspicious)
    mail, _ = intake.keep_mail(organisation=cast.hospital, raw=outer.as_bytes(), source=Source.IMAP, by=None, at=at)
    return intake.read_now(mail, at)[0]


def _message(sender: str, subject: str, to: str, text: str, page: str | None = None, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html")
    return message


def _full_mailbox(to: str) -> EmailMessage:
    link = f"https://connexion.exarnple.org/quota?u={to}"
    return _message(
        '"Service informatique" <support@exarnple.org>', "Votre boîte aux lettres est pleine à 98 %", f"{to}@example.org",
        f"Vos messages seront bloqués ce soir. Libérez de l'espace : {link}",
        f'<p>Vos messages seront bloqués ce soir. <a href="{link}">https://messagerie.example.org</a></p>'
        '<img src="https://pixel.exarnple.org/o.gif" width="1" height="1">',
        Reply_To="quota@boite-pleine.example", Return_Path="<bounce@exarnple.org>", Message_ID=f"<{to}@exarnple.org>",
        Authentication_Results="mx.example.org; spf=fail smtp.mailfrom=exarnple.org; dkim=none; dmarc=fail header.from=exarnple.org",
    )


def _bank_details() -> EmailMessage:
    message = _message(
        "Comptabilité Textiles Bréhat <compta@textiles-brehat.example>", "Changement de coordonnées bancaires", "mandats@example.org",
        "Bonjour, merci d'utiliser désormais le RIB ci-joint pour toutes les factures en cours. C'est urgent.",
        Reply_To="compta.brehat@courrier-rapide.example", Message_ID="<rib-1@textiles-brehat.example>",
        Authentication_Results="mx.example.org; spf=pass smtp.mailfrom=textiles-brehat.example; dkim=pass; dmarc=pass",
    )
    message.add_attachment(b"%PDF-1.4\n% RIB\n" + b" " * 2000, maintype="application", subtype="pdf", filename="RIB-2026.pdf")
    return message


def _invoice() -> EmailMessage:
    message = _message(
        "Suivi colis <suivi@livraison-express.example>", "Votre colis est en attente de paiement", "rose.petit@example.org",
        "Réglez 1,99 € pour recevoir votre colis : http://203.0.113.45/colis/paiement", Message_ID="<colis-7@livraison-express.example>",
        Authentication_Results="mx.example.org; spf=softfail smtp.mailfrom=livraison-express.example; dkim=none",
    )
    message.add_attachment(b"MZ\x90\x00" + b"\0" * 1200, maintype="application", subtype="pdf", filename="etiquette.pdf.exe")
    return message


def _newsletter() -> EmailMessage:
    return _message(
        "Comité social <lettre@comite-social.example>", "Vos avantages du mois", "rose.petit@example.org",
        "Billetterie, vacances, sport : https://comite-social.example/mars", Message_ID="<mars@comite-social.example>",
        Authentication_Results="mx.example.org; spf=pass smtp.mailfrom=comite-social.example; dkim=pass; dmarc=pass",
    )
