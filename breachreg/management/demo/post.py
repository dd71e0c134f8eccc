"""Somebody whose e-mail came back is told on paper; those whose address nobody knows read a notice of the hospital."""

from breachreg.letters import actions, ledger, post, public, purge, runs
from breachreg.letters.models import Group, PublicationKind
from breachreg.letters.run_models import Result
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.letters import first_draft
from breachreg.management.demo.stage import Story, ago
from breachreg.register.models import Incident


def second_way_on_paper(cast: Cast, incident: Incident) -> Story:
    """One of the two e-mails that came back is tried by post: its letter is printed and handed to the post office."""
    at = yield ago(days=2, minutes=45)
    purge.set_term(organisation=cast.hospital, days=90, by=cast.awa, at=at)
    run = incident.runs.select_related("incident__organisation").get(number=1)
    returned = run.dispatches.filter(result=Result.RETURNED).order_by("place").first()
    ledger.try_second_way(dispatch=returned, by=cast.awa, at=at)
    post.produce_due(at)
    at = yield ago(days=2, minutes=40)
    batch = run.batches.select_related("run__incident__organisation").get()
    post.hand_over(batch=batch, to="La Poste, bureau de Rennes Colombier", handed_over_at=at, by=cast.awa, at=at)
    runs.end_if_done(run, at)


def notice_to_the_public(cast: Cast, incident: Incident) -> Story:
    """For those whose address nobody knows: a text on the hospital's site, reviewed and sealed like the letter."""
    at = yield ago(days=2, minutes=35)
    incident.refresh_from_db()
    letter = first_draft(cast, incident, at, group=Group.PUBLIC)
    letter = actions.submit_letter(letter=letter, by=cast.awa, at=at)
    at = yield ago(days=2, minutes=20)
    letter = actions.approve_letter(letter=letter, by=cast.bruno, at=at)
    at = yield ago(days=2, minutes=5)
    public.note_publication(
        letter=letter, kind=PublicationKind.PAGE, place="Page d’accueil du site de l’hôpital",
        address="https://hopital-trois-rivieres.example/incident-messagerie", published_at=at, by=cast.awa, at=at,
    )
