"""The demo is built through the actions, and shows what the product is for."""

import pytest
from django.core.management import CommandError, call_command

from breachreg.accounts.models import Organisation
from breachreg.audit.models import Entry
from breachreg.audit.verify import verify
from breachreg.exports.models import Delivery, Export
from breachreg.letters import ledger
from breachreg.letters.models import Letter
from breachreg.register.models import DecisionState, Incident, Qualification
from breachreg.scrutiny.models import Question, Sample, Ticket


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("demo", verbosity=0)
    return Incident.objects.filter(organisation__slug="hopital")


def test_the_demo_tells_every_story_once(demo, capsys):
    assert Organisation.objects.count() == 3
    assert demo.filter(is_imported=True).count() == 16
    assert demo.filter(qualification=Qualification.NOT_A_BREACH).count() == 1
    late = demo.get(title__contains="hébergeur")
    assert late.delay_reasons
    assert late.filings.first().filed_at > late.deadlines.get(rule="gdpr_33").due_at
    assert demo.get(title__contains="Planning").notifications.get().state == "in_review"
    mailbox = demo.get(title__contains="admissions")
    assert mailbox.decisions.get(state=DecisionState.IN_FORCE).duty == "notify_and_tell"
    assert list(mailbox.notifications.values_list("kind", "state")) == [
        ("initial", "filed"), ("complementary", "filed"), ("complementary", "sent_back"),
    ]
    waiting = mailbox.notifications.get(state="sent_back")
    assert waiting.threads.exclude(suggestion="").get(resolved_at=None).quote
    assert mailbox.deadlines.get(rule="cnil_complementary").met_at
    archive = demo.get(title__contains="cabinets")
    assert archive.controller_notices.filter(sent_at__isnull=False).count() == 5
    assert archive.decisions.get().file.pages
    assert [letter.recipients.count() for letter in Letter.objects.filter(incident=mailbox).order_by("number")] == [1200, 36, 0]
    finished, waiting = mailbox.runs.order_by("number")
    assert (finished.state, ledger.totals(finished)) == ("done", {"sent": 35, "returned": 2})
    assert finished.batches.get().state == "handed_over"
    assert (waiting.state, waiting.dispatches.count()) == ("checked", 1200)
    laptop = demo.get(title__contains="portable")
    assert laptop.deadlines.get(rule="gdpr_33").met_at is None
    assert laptop.people_likely is None
    assert Ticket.objects.unmatched().count() == 2
    assert sorted(Question.objects.values_list("state", flat=True)) == ["answered", "asked"]
    assert Sample.objects.get().items.count() == 5
    assert Delivery.objects.filter(done_at__isnull=False).count() == 3
    assert Export.objects.get().form == "pack"
    assert verify().holds
    dates = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert dates == sorted(dates)


def test_the_demo_shows_clocks_that_wait_for_somebody_and_versions_side_by_side(demo):
    share = demo.get(title__contains="partage")
    strict, proposed = share.statements.filter(kind="aware").order_by("at")
    assert (strict.state, proposed.state) == ("in_force", "pending")
    assert share.deadlines.get(rule="gdpr_33").started_at == strict.at
    assert demo.get(title__contains="Planning").assessments.count() == 2
    attack = Incident.objects.get(organisation__slug="mutuelle")
    stand_in = attack.deadlines.get(rule="dora_initial")
    assert (stand_in.is_assumed, stand_in.started_from) == (True, "aware")
    assert {"gdpr_33", "dora_initial", "insurance_complaint"} <= set(attack.deadlines.values_list("rule", flat=True))
    assert attack.deadlines.filter(own_clock__isnull=False).count() == 1


def test_the_demo_never_goes_into_a_register_that_is_in_use(awa, hospital):
    with pytest.raises(CommandError, match="empty"):
        call_command("demo")
