"""Who is answered at the addresses of notifications: everybody who reads incidents reads them, the DPO writes, legal reviews."""

from datetime import timedelta

from breachreg.notifications import actions, controllers, printing, review
from breachreg.notifications.models import Seal
from breachreg.register import actions as register
from breachreg.register import assessments, awareness, filings
from breachreg.register.models import Duty, FilingKind
from tests.access import DPOS, LEGAL, NOBODY, READERS, Line
from tests.notifications.conftest import FACTS

REVIEWERS = frozenset({LEGAL})
BOTH = DPOS | REVIEWERS


def furnish(world):
    """A notification that was commented on, approved and sealed."""
    hours = lambda count: world.noon + timedelta(hours=count)  # noqa: E731
    world.hospital.legal_representative_civility, world.hospital.legal_representative_last_name = "sir", "Morvan"
    world.hospital.legal_representative_first_name = "Yann"
    world.hospital.legal_representative_email = "direction@example.org"
    world.hospital.save()
    reported = register.report_incident(organisation=world.hospital, title="Courriel égaré", by=world.awa, at=world.noon)
    breach = register.qualify_as_breach(incident=reported, reasons="Oui.", by=world.awa, at=world.noon)
    aware = awareness.become_aware(
        incident=breach, aware_at=world.noon, stated_by="Awa", evidence="Appel", by=world.awa, at=world.noon
    )
    told = register.amend_facts(incident=aware, by=world.awa, at=hours(1), narrative="Envoi à un tiers.", **FACTS)
    notification = actions.draft(incident=told, kind=FilingKind.INITIAL, by=world.awa, at=hours(1))
    actions.submit(notification=notification, seen=notification.version, by=world.awa, at=hours(1))
    notification.refresh_from_db()
    world.thread = review.comment(notification=notification, text="Préciser le nombre.", by=world.bruno, at=hours(2))
    notification.refresh_from_db()
    review.approve(notification=notification, seen=notification.version, by=world.bruno, at=hours(2))
    notification.refresh_from_db()
    world.notification = notification
    world.seal = Seal.objects.filter(version__notification=notification).first()
    world.notice = controllers.add(
        incident=told, controller=controllers.Controller("Clinique du Lac", email="dpo@example.org"), by=world.awa,
        at=hours(3),
    )
    world.printed = printing.order_letters(incident=told, with_email=True, by=world.awa, at=hours(3))
    printing.draw_due(hours(3))
    world.not_notified = not_notified(world, hours)
    world.filed = filings.record_filing(
        incident=breach_of(world), kind=FilingKind.INITIAL, filed_at=hours(3), receipt_number="V-1", by=world.awa, at=hours(3)
    )


def breach_of(world):
    """A breach that was filed without a draft."""
    reported = register.report_incident(organisation=world.hospital, title="Clé perdue", by=world.awa, at=world.noon)
    return register.qualify_as_breach(incident=reported, reasons="Oui.", by=world.awa, at=world.noon)


def not_notified(world, hours):
    """A breach that it was decided not to notify, confirmed by a second person."""
    reported = register.report_incident(organisation=world.hospital, title="Clé chiffrée", by=world.awa, at=world.noon)
    breach = register.qualify_as_breach(incident=reported, reasons="Oui.", by=world.awa, at=world.noon)
    assessment = assessments.assess(incident=breach, answers={}, by=world.awa, at=hours(1))
    decision = assessments.decide(
        incident=breach, assessment=assessment, duty=Duty.REGISTER_ONLY, reasons="Chiffrée, clé sûre.",
        departure_reasons="La clé n'a pas quitté le coffre.", by=world.awa, at=hours(1),
    )
    assessments.settle_decision(decision=decision, accept=True, note="", by=world.bruno, at=hours(2))
    return breach


def page(get=NOBODY, post=NOBODY, *more, **data):
    def args(world):
        found = [one(world) if callable(one) else one for one in more]
        return [world.notification.incident.reference, world.notification.number, *found]

    return Line(get=get, post=post, args=args, data=data)


def thread(world):
    return world.thread.pk


def of_incident(get=NOBODY, post=NOBODY, *more):
    """An address below an incident, which names no notification."""

    def args(world):
        return [world.notification.incident.reference, *(one(world) if callable(one) else one for one in more)]

    return Line(get=get, post=post, args=args)


def notice(world):
    return world.notice.number


def printed(world):
    return world.printed.number


def kept_quiet(get=NOBODY, post=NOBODY):
    return Line(get=get, post=post, args=lambda world: [world.not_notified.reference])


LINES = {
    "notification": Line(get=READERS, args=lambda world: [world.notification.incident.reference]),
    "notification-draft": Line(post=DPOS, args=lambda world: [world.notification.incident.reference]),
    "notification-elsewhere": of_incident(DPOS, DPOS),
    "notification-receipt-correct": Line(
        get=DPOS, post=DPOS, args=lambda world: [world.filed.incident.reference, world.filed.pk],
    ),
    "notification-page": page(READERS),
    "notification-section": page(DPOS, DPOS, "breach"),
    "notification-follow": page(NOBODY, DPOS),
    "notification-kind": page(NOBODY, DPOS),
    "notification-submit": page(NOBODY, DPOS),
    "notification-take-back": page(NOBODY, DPOS),
    "notification-abandon": page(DPOS, DPOS),
    "notification-draft-pdf": page(READERS),
    "notification-sealed": page(READERS, NOBODY, lambda world: world.seal.pk),
    "notification-version-data": page(READERS, NOBODY, lambda world: world.seal.version.number),
    "notification-compare": page(READERS),
    "notification-approve": page(NOBODY, REVIEWERS),
    "notification-send-back": page(NOBODY, REVIEWERS),
    "notification-review-after": page(REVIEWERS, REVIEWERS),
    "notification-comment": page(BOTH, BOTH),
    "notification-comment-field": page(BOTH, BOTH, "description"),
    "notification-reply": page(NOBODY, BOTH, thread),
    "notification-resolve": page(NOBODY, BOTH, thread),
    "notification-suggestion": page(NOBODY, DPOS, thread),
    "notification-cockpit": page(DPOS),
    "notification-cockpit-size": page(NOBODY, DPOS),
    "notification-tick": page(NOBODY, DPOS, "description"),
    "notification-receipt": page(DPOS, DPOS),
    "notification-summary": of_incident(READERS, NOBODY, "insurer"),
    "decision-file": kept_quiet(READERS),
    "decision-file-seal": kept_quiet(NOBODY, DPOS),
    "controllers": of_incident(READERS),
    "controllers-add": of_incident(DPOS, DPOS),
    "controllers-import": of_incident(DPOS, DPOS),
    "controllers-send": of_incident(NOBODY, DPOS),
    "controllers-track": of_incident(READERS),
    "controllers-progress": of_incident(READERS),
    "controllers-print": of_incident(DPOS, DPOS),
    "controllers-print-download": of_incident(READERS, NOBODY, printed),
    "controllers-print-posted": of_incident(DPOS, DPOS, printed),
    "controller": of_incident(READERS, NOBODY, notice),
    "controller-letter": of_incident(READERS, NOBODY, notice),
    "controller-told": of_incident(DPOS, DPOS, notice),
    "controller-acknowledged": of_incident(NOBODY, DPOS, notice),
}
