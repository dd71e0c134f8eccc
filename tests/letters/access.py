"""Who is answered at the addresses of letters: their text is read with the incident, their recipients by need."""

import io

from breachreg.letters import actions, imports, prefill, preparing, reading, recipients, runs, sealedfiles
from breachreg.letters.models import Channel
from breachreg.letters.post_models import Batch
from breachreg.letters.vault import box_for_reading
from breachreg.register import actions as register
from breachreg.register import awareness
from tests.access import DPOS, LEGAL, NOBODY, READERS, Line
from tests.letters.conftest import JEANNE, SEGMENT

REVIEWERS = frozenset({LEGAL})
BOTH = DPOS | REVIEWERS
TABLE = "nom;prénom;adresse;code postal;ville\nMartin;Jeanne;12 rue des Lilas;35000;Rennes\n;;;;\nSans adresse;;;;\n"
COLUMNS = {"last_name": 0, "first_name": 1, "line4": 2, "postcode": 3, "city": 4}


def furnish(world):
    """A sealed letter with somebody on its list, a comment, and a table with a row that was refused."""
    by_awa = {"by": world.awa, "at": world.noon}
    reported = register.report_incident(organisation=world.hospital, title="Ordinateur volé", **by_awa)
    breach = register.qualify_as_breach(incident=reported, reasons="Oui.", **by_awa)
    aware = awareness.become_aware(incident=breach, aware_at=world.noon, stated_by="Awa", evidence="Appel", **by_awa)
    known = register.amend_facts(
        incident=aware, natures=["confidentiality"], data_categories=["contact", "credentials"],
        sensitive_categories=["health"], occurred_from=world.noon, narrative="Un ordinateur portable a été volé.",
        measures_after="Nous avons coupé l’accès de cet ordinateur.", **by_awa,
    )
    texts = prefill.first_draft(known, prefill.Segment(**SEGMENT))
    letter = actions.write_letter(incident=known, **by_awa, **SEGMENT, **texts)
    letter = actions.submit_letter(letter=letter, **by_awa)
    world.comment = actions.comment_on_letter(letter=letter, text="Plus court.", by=world.bruno, at=world.noon)
    world.letter = actions.approve_letter(letter=letter, by=world.bruno, at=world.noon)
    world.jeanne = recipients.add_recipient(letter=world.letter, person=JEANNE, channel=Channel.POST, **by_awa)
    uploaded = imports.upload(letter=world.letter, file=io.BytesIO(TABLE.encode()), name="liste.csv", **by_awa)
    world.table = imports.choose_columns(entry=uploaded, columns=COLUMNS, **by_awa)
    reading.read_now(world.table, world.noon)
    public = SEGMENT | {"group": "public"}
    world.public = actions.write_letter(
        incident=known, **by_awa, **public, **prefill.first_draft(known, prefill.Segment(**public))
    )
    world.run = runs.prepare(incident=known, letters=[world.letter], **by_awa)
    preparing.prepare_now(world.run, world.noon)
    world.batch = Batch.objects.create(
        run=world.run, letter=world.letter, number=1, letters=1, pages=1, sheets=1, sha256="0" * 64, manifest_sha256="0" * 64, size=3,
        location=sealedfiles.keep([b"zip"], box_for_reading(known)), produced_at=world.noon,
    )


def page(get=NOBODY, post=NOBODY, *more):
    def args(world):
        return [world.letter.incident.reference, world.letter.number, *(one(world) for one in more)]

    return Line(get=get, post=post, args=args)


def comment(world):
    return world.comment.pk


def person(world):
    return world.jeanne.number


def table(world):
    return world.table.pk


def of_run(get=NOBODY, post=NOBODY, *more):
    return Line(get=get, post=post, args=lambda world: [world.run.incident.reference, world.run.number, *more])


def of_incident(get=NOBODY, post=NOBODY):
    return Line(get=get, post=post, args=lambda world: [world.letter.incident.reference])


def of_public(get=NOBODY, post=NOBODY, *more):
    return Line(get=get, post=post, args=lambda world: [world.letter.incident.reference, world.public.number, *more])


LINES = {
    "letters": of_incident(READERS),
    "letter-new": of_incident(DPOS, DPOS),
    "letter": page(READERS),
    "letter-text": page(DPOS, DPOS),
    "letter-segment": page(DPOS, DPOS),
    "letter-submit": page(NOBODY, DPOS),
    "letter-comment": page(NOBODY, BOTH),
    "letter-comment-settle": page(NOBODY, DPOS, comment),
    "letter-approve": page(NOBODY, REVIEWERS),
    "letter-send-back": page(REVIEWERS, REVIEWERS),
    "letter-rewrite": page(NOBODY, DPOS),
    "letter-specimen": page(READERS),
    "letter-public": of_public(READERS),
    "letter-publish": of_public(NOBODY, DPOS),
    "letter-public-text": of_public(READERS, NOBODY, "page"),
    "recipients": page(READERS),
    "recipient-add": page(DPOS, DPOS),
    "letters-pdf": page(READERS),
    "recipient": page(DPOS, DPOS, person),
    "recipient-pdf": page(READERS, NOBODY, person),
    "recipient-remove": page(NOBODY, DPOS, person),
    "recipient-restore": page(NOBODY, DPOS, person),
    "table-upload": page(DPOS, DPOS),
    "table": page(READERS, NOBODY, table),
    "table-doubles": page(DPOS, DPOS, table),
    "recipients-take-over": page(DPOS, DPOS),
    "table-columns": page(DPOS, DPOS, table),
    "table-confirm": page(NOBODY, DPOS, table),
    "table-discard": page(NOBODY, DPOS, table),
    "table-refusals": page(DPOS, NOBODY, table),
    "recipients-kept": Line(get=READERS),
    "recipients-term": Line(post=DPOS),
    "recipients-purge": of_incident(DPOS, DPOS),
    "runs": of_incident(READERS),
    "run-new": of_incident(DPOS, DPOS),
    "run": of_run(READERS),
    "run-post": of_run(READERS),
    "batch-zip": of_run(DPOS, NOBODY, 1),
    "batch-hand-over": of_run(DPOS, DPOS, 1),
    "batch-withdraw": of_run(NOBODY, DPOS, 1),
    "run-ledger": of_run(READERS),
    "run-ledger-csv": of_run(READERS),
    "run-proof": of_run(READERS, NOBODY, 1, "drawn"),
    "run-again": of_run(NOBODY, DPOS),
    "run-check": of_run(NOBODY, DPOS),
    "run-approve": of_run(NOBODY, BOTH),
    "run-start": of_run(NOBODY, DPOS),
    "run-pause": of_run(NOBODY, DPOS),
    "run-resume": of_run(NOBODY, DPOS),
    "run-cancel": of_run(NOBODY, DPOS),
    "line-second-way": of_run(NOBODY, DPOS, 1),
    "line-returned": of_run(DPOS, DPOS, 1),
    "run-message": Line(get=READERS, args=lambda world: [world.run.incident.reference, world.run.number, 1]),
    "letters-figures": of_incident(NOBODY, DPOS),
    "returns": Line(get=DPOS, post=DPOS),
    "returns-upload": Line(post=DPOS),
    "returns-forget": Line(post=DPOS),
}
