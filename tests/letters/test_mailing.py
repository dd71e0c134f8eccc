"""The e-mails of a run, through a real SMTP server: each once, however the work is cut off."""

from datetime import timedelta

import pytest

from breachreg.audit.models import Entry
from breachreg.letters import ledger, mailing, preparing, recipients, runs
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.run_models import Result, Run, RunState
from tests.letters.mailserver import serving


@pytest.fixture
def post_office(settings, free_port):
    settings.LETTERS_EMAILS_PER_MINUTE = 0
    settings.DEFAULT_FROM_EMAIL = "BreachReg <registre@example.org>"
    with serving(settings, free_port) as sink:
        yield sink


def run_of(sealed, awa, bruno, noon, how_many, attaches_pdf=False):
    """A started run to so many people by e-mail."""
    for number in range(1, how_many + 1):
        person = Person(f"Martin {number}", "Jeanne", "madam", email=f"j{number}@example.net")
        recipients.add_recipient(letter=sealed, person=person, channel=Channel.EMAIL, by=awa, at=noon)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon, attaches_pdf=attaches_pdf)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    runs.approve(run=runs.check(run=run, by=awa, at=noon), by=bruno, at=noon)
    return runs.start(run=run, by=awa, at=noon)


@pytest.fixture
def run(sealed, awa, bruno, noon):
    return run_of(sealed, awa, bruno, noon, 3)


def test_each_person_gets_the_sealed_letter_as_text_and_plain_html(run, post_office, noon):
    assert mailing.send_due(noon) == 3
    message = post_office.messages[0]
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for said in ("Madame Martin 1,", "HOP-2026-0001-L1-000001", "10 mars 2026"):
        assert said in text and said in html
    assert message["Subject"] == run.letters.get().subject and message["From"].addresses[0].addr_spec == "registre@example.org"
    assert message["From"].addresses[0].display_name == "Hôpital des Trois Rivières"
    assert message["Reply-To"] == "awa.diallo@example.org" and message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message


def test_nothing_in_the_message_is_fetched_or_tracks(run, post_office, noon):
    mailing.send_due(noon)
    html = post_office.messages[0].get_body(("html",)).get_content()
    assert not {"<img", "src=", "href=", "url(", "<link", "<script", "<style"} & {mark for mark in ("<img", "src=", "href=", "url(", "<link", "<script", "<style") if mark in html}


def test_the_letter_is_attached_as_pdf_where_that_was_asked_for(sealed, awa, bruno, post_office, noon):
    run_of(sealed, awa, bruno, noon, 1, attaches_pdf=True)
    mailing.send_due(noon)
    [attached] = post_office.messages[0].iter_attachments()
    assert attached.get_filename() == "HOP-2026-0001-L1-000001.pdf" and attached.get_content().startswith(b"%PDF-")


def test_returns_go_to_the_address_that_was_set_for_them(run, post_office, settings, noon):
    settings.LETTERS_BOUNCES_TO = "retours@example.org"
    mailing.send_due(noon)
    assert post_office.envelopes[0][0] == "retours@example.org"
    assert post_office.messages[0]["From"].addresses[0].addr_spec == "registre@example.org"


def test_killed_between_the_servers_250_and_our_note_it_leaves_again_under_the_same_message_id(run, post_office, noon, monkeypatch):
    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "note_sent", killed)
        with pytest.raises(SystemExit):
            mailing.send_due(noon)
    assert mailing.send_due(noon + timedelta(minutes=1)) == 0
    assert mailing.send_due(noon + timedelta(minutes=6)) == 3
    ids = [message["Message-ID"] for message in post_office.messages]
    assert len(ids) == 4 and len(set(ids)) == 3 and ids[0] == ids[1]


def test_an_address_refused_for_good_is_marked_and_offered_the_post(run, post_office, noon):
    post_office.answers["j2@example.net"] = "550 5.1.1 no such mailbox"
    assert mailing.send_due(noon) == 2
    line = run.dispatches.get(result=Result.FAILED)
    assert "550" in line.explanation and "no such mailbox" in line.explanation and line.offers_second_way


@pytest.mark.parametrize("where", ["answers", "data_answers"])
def test_a_temporary_refusal_is_tried_again_ever_later_and_given_up_in_the_end(run, post_office, noon, where):
    getattr(post_office, where)["j2@example.net"] = "451 4.7.1 greylisted"
    assert mailing.send_due(noon) == 2
    assert mailing.send_due(noon + timedelta(minutes=1)) == 0
    at, line = noon, run.dispatches.get(recipient__number=2)
    assert "greylisted" in line.trouble
    for _day in range(8):
        at += timedelta(hours=5)
        mailing.send_due(at)
    line.refresh_from_db()
    assert (line.result, line.attempts) == (Result.FAILED, 8)


def test_a_mail_server_that_is_away_holds_the_run_which_says_so_and_marks_nobody(run, settings, noon, free_port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    assert mailing.send_due(noon) == 0
    run.refresh_from_db()
    assert "ne prend pas de message" in run.held_reason and run.held_until > noon
    assert set(run.dispatches.values_list("result", "attempts")) == {(Result.WAITING, 0)}
    settings.LETTERS_EMAILS_PER_MINUTE = 0
    with serving(settings, free_port) as sink:
        assert mailing.send_due(noon + timedelta(seconds=30)) == 0
        assert mailing.send_due(noon + timedelta(minutes=2)) == 3
    assert len(sink.messages) == 3
    run.refresh_from_db()
    assert (run.held_reason, run.held_times) == ("", 0)


def test_a_server_that_refuses_everybody_does_not_spend_the_whole_list(sealed, awa, bruno, post_office, noon, monkeypatch):
    monkeypatch.setattr(mailing, "REFUSALS_IN_A_ROW", 3)
    run = run_of(sealed, awa, bruno, noon, 6)
    post_office.data_answers |= {f"j{number}@example.net": "554 5.7.1 spam" for number in range(1, 7)}
    mailing.send_due(noon)
    assert ledger.totals(run) == {"failed": 3, "waiting": 3}
    run.refresh_from_db()
    assert "554 5.7.1 spam" in run.held_reason


def test_no_more_leave_in_a_minute_than_the_rate_whoever_sends(run, post_office, settings, noon):
    settings.LETTERS_EMAILS_PER_MINUTE = 2
    assert (mailing.send_due(noon), mailing.send_due(noon)) == (2, 0)
    assert mailing.send_due(noon + timedelta(minutes=1)) == 1


def test_whoever_was_taken_off_the_list_meanwhile_gets_nothing(run, post_office, awa, noon):
    recipients.remove_recipient(recipient=run.dispatches.first().recipient, by=awa, at=noon)
    assert mailing.send_due(noon) == 2
    assert run.dispatches.first().result == Result.CANCELLED


def test_a_paused_run_sends_nothing_and_a_resumed_one_goes_on(run, post_office, awa, noon):
    runs.pause(run=run, by=awa, at=noon)
    assert mailing.send_due(noon) == 0
    runs.resume(run=run, by=awa, at=noon)
    assert mailing.send_due(noon) == 3
    runs.end_due(noon)
    assert Run.objects.get().state == RunState.DONE


def test_each_turn_leaves_one_entry_with_what_was_sent(run, post_office, noon):
    mailing.send_due(noon)
    details = Entry.objects.get(action="run.mailed").content.details
    assert details == {"turn": {"sent": 3}, "so far": {"sent": 3}}
