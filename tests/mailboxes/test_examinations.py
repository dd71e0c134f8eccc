"""The examination of a mailbox: a file is kept, recognised, confirmed, read once, shown, and taken over by a person."""

import io
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from breachreg.audit.actions import TrailUnavailable
from breachreg.mailboxes.examinations import actions, analysis, judging, work
from breachreg.mailboxes.examinations.domains import own_domains_of
from breachreg.mailboxes.examinations.models import Kind, KnownRule, LogLine
from breachreg.mailboxes.indicators import matching
from breachreg.mailboxes.indicators.values import Value
from breachreg.register.leases import MOST_ATTEMPTS
from tests.mailboxes.examining import break_the_trail, mbox
from tests.mailboxes.makers import logs, messages

RULES = (
    b"Name,Enabled,SubjectOrBodyContainsWords,ForwardTo,DeleteMessage,MarkAsRead,MoveToFolder\r\n"
    b'.,True,"facture, virement",collecte@evil.example,True,True,\r\n'
    b"Lettre,True,newsletter,,False,False,Archives 2026\r\n"
)


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (RULES, "x.csv", Kind.RULES),
        (b'[{"Name": ".", "DeleteMessage": true, "MarkAsRead": true}]', "x.json", Kind.RULES),
        (b'{"value": [{"displayName": ".", "actions": {"delete": true}}]}', "x.json", Kind.RULES),
        (b'require ["fileinto"];\nif true { discard; }\n', "x.sieve", Kind.RULES),
        (b"<?xml version='1.0'?><feed/>", "mailFilters.xml", Kind.RULES),
        (logs.portal_csv(logs.attack()), "x.csv", Kind.LOG),
        (logs.powershell_csv(logs.attack()), "x.csv", Kind.LOG),
        (logs.sign_ins_json(), "x.json", Kind.LOG),
        (logs.sign_ins_csv(), "x.csv", Kind.LOG),
        (logs.google_json(), "x.json", Kind.LOG),
        (mbox(messages.ordinary()), "x.mbox", Kind.STORE),
        (messages.ordinary(), "x.eml", Kind.STORE),
        (b"bonjour tout le monde\n", "x.txt", None),
    ],
)
def test_a_file_is_recognised_by_its_content(examination, awa, noon, raw, name, kind):
    file, is_new = actions.bring_file(examination=examination, file=io.BytesIO(raw), name=name, by=awa, at=noon)
    assert (file.guessed_kind, file.kind, is_new) == (kind, None, True)


def test_nothing_is_read_before_a_person_confirmed_the_kind(examination, awa, noon):
    file, _is_new = actions.bring_file(examination=examination, file=io.BytesIO(RULES), name="r.csv", by=awa, at=noon)
    work.examine_due(noon)
    file.refresh_from_db()
    assert file.state == "unconfirmed"


def test_the_same_file_twice_is_one_file_and_one_evidence(bring, examination, awa, noon, incident):
    bring(RULES, "r.csv")
    again, is_new = actions.bring_file(examination=examination, file=io.BytesIO(RULES), name="autre.csv", by=awa, at=noon)
    assert (is_new, again.evidence.name, incident.evidence.count()) == (False, "r.csv", 1)


def test_the_suspicious_rule_stands_first_with_its_reasons(bring, examination):
    bring(RULES, "r.csv")
    first, second = judging.judged_rules(examination)
    assert (first.rule.name, first.verdict.level, second.verdict.level) == (".", "alarming", "ordinary")
    assert {reason.code for reason in first.verdict.reasons} >= {"forwards_outside", "odd_name", "money_words", "marks_as_read"}


def test_a_log_tells_from_where_and_when_the_rule_of_an_export_was_made(bring, examination):
    bring(RULES, "r.csv")
    bring(logs.portal_csv(logs.attack()), "log.csv")
    first = judging.judged_rules(examination)[0]
    assert first.rule.made_from == logs.STRANGE
    assert {"strange_address", "after_strange_sign_in"} <= {reason.code for reason in first.verdict.reasons}
    assert first.source == "r.csv"


def test_the_domain_of_the_examined_mailbox_is_ours_unless_it_is_everybody_s(incident, awa, noon):
    ours = actions.open_examination(incident=incident, mailbox="compta@filiale.example", by=awa, at=noon)
    theirs = actions.open_examination(incident=incident, mailbox="hopital@gmail.com", by=awa, at=noon)
    assert {"example.org", "filiale.example"} >= own_domains_of(ours) >= {"filiale.example"}
    assert "gmail.com" not in own_domains_of(theirs)


def test_a_rule_declared_known_is_known_until_that_is_undone(bring, examination, hospital, awa, noon):
    bring(RULES, "r.csv")
    rule = judging.judged_rules(examination)[0].rule
    known = actions.declare_known(organisation=hospital, rule=rule, reason="Le parapheur", by=awa, at=noon)
    assert actions.declare_known(organisation=hospital, rule=rule, reason="Encore", by=awa, at=noon) == known
    assert "known" in [one.verdict.level for one in judging.judged_rules(examination)]
    assert actions.undo_known(known=known, by=awa, at=noon)
    assert not actions.undo_known(known=known, by=awa, at=noon)
    assert judging.judged_rules(examination)[0].verdict.level == "alarming"
    with pytest.raises(ValidationError, match="systèmes"):
        actions.declare_known(organisation=hospital, rule=rule, reason=" ", by=awa, at=noon)


def test_two_exports_of_the_same_log_add_each_record_once(bring, examination):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    count = LogLine.objects.filter(examination=examination).count()
    second = bring(logs.powershell_csv(logs.attack()), "b.csv")
    assert LogLine.objects.filter(examination=examination).count() == count == len(logs.attack())
    assert second.result["new"] == 0


def test_a_log_proposes_a_window_and_a_person_confirms_it(bring, examination, awa, noon):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    assert examination.analysis["start"] == "2026-03-09T22:10:00+00:00"
    assert logs.STRANGE in examination.analysis["strange"]
    assert examination.access_from is None
    with pytest.raises(ValidationError, match="précède"):
        actions.set_window(examination=examination, start=noon, end=noon.replace(hour=1), by=awa, at=noon)
    actions.set_window(examination=examination, start=noon.replace(hour=1), end=noon, by=awa, at=noon)
    examination.refresh_from_db()
    assert examination.access_to == noon


def test_chosen_lines_are_copied_into_the_timeline_once_with_their_source(bring, examination, incident, awa, noon):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    line = LogLine.objects.filter(examination=examination, kind="rule").first()
    later = line.at.replace(year=line.at.year + 1)
    assert actions.copy_lines(examination=examination, lines=[line.pk], by=awa, at=later) == 1
    assert actions.copy_lines(examination=examination, lines=[line.pk], by=awa, at=later) == 0
    entry = incident.timeline.get(kind="note")
    assert entry.happened_at == line.at
    assert f"a.csv, ligne {line.row}" in entry.source


def test_the_addresses_of_a_log_are_compared_with_indicators(bring, hospital):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    assert [match.where for match in matching.seen(hospital, Value("ip", logs.STRANGE))] == [f"Journal de {logs.OWNER}\u00a0: a.csv"]


def test_what_is_no_log_is_parked_with_the_remedy_and_can_be_confirmed_as_something_else(bring, examination, awa, noon):
    file = bring(RULES, "r.csv", kind=Kind.LOG)
    assert file.state == "unreadable"
    assert "journal d’audit unifié" in file.trouble
    actions.confirm_kind(file=file, kind=Kind.RULES, by=awa, at=noon)
    work.examine_due(noon)
    file.refresh_from_db()
    assert file.state == "done"
    with pytest.raises(actions.NotNow):
        actions.confirm_kind(file=file, kind=Kind.LOG, by=awa, at=noon)


def test_the_dirty_log_is_read_and_what_could_not_be_is_listed(bring, pages, examination):
    file = bring(logs.dirty_csv(), "sale.csv")
    assert file.result["unreadable"]
    assert file.result["repeated"] >= 2 * len(logs.attack())
    answer = pages.get("examination-log", examination.pk)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "n’ont pas pu être lues" in html and "aucune date (CreationTime)" in html


@pytest.mark.parametrize("name", ["examination", "examination-progress", "examination-rules", "examination-log", "examination-census"])
def test_each_page_answers_empty_and_filled(bring, pages, examination, name, store):
    assert pages.get(name, examination.pk).status_code == 200
    bring(RULES, "r.csv")
    bring(logs.portal_csv(logs.attack()), "a.csv")
    bring(store, "b.mbox")
    assert pages.get(name, examination.pk).status_code == 200


def test_the_way_from_the_incident_to_a_read_file(pages, incident):
    made = pages.post("examinations", mailbox="Compta@Example.org")
    examination = incident.examinations.get()
    assert made.url.endswith(f"/{examination.pk}/")
    assert examination.mailbox == "compta@example.org"
    upload = io.BytesIO(RULES)
    upload.name = "r.csv"
    assert pages.post("examination", examination.pk, file=upload).status_code == 302
    file = examination.files.get()
    assert pages.post("examination-confirm", examination.pk, file.pk, kind="rules").status_code == 302
    work.examine_due(file.brought_at + timedelta(minutes=1))
    answer = pages.get("examination-rules", examination.pk).content.decode()
    assert "collecte@evil.example" in answer, re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer))
    exported = pages.post("examination-rules-file", examination.pk).content.decode("utf-8-sig")
    assert "r.csv" in exported


def test_a_rule_is_declared_known_and_undone_on_its_page(bring, pages, examination):
    bring(RULES, "r.csv")
    shape = judging.judged_rules(examination)[0].rule.shape
    assert pages.get("rule-known", examination.pk, shape).status_code == 200
    assert pages.post("rule-known", examination.pk, shape, reason="").status_code == 422
    assert pages.post("rule-known", examination.pk, shape, reason="Le parapheur").status_code == 302
    assert pages.post("rule-undo", examination.pk, shape).status_code == 302
    assert KnownRule.objects.get().undone_at is not None


def test_lines_are_ticked_and_the_window_confirmed_on_the_page(bring, pages, examination, incident):
    bring(logs.portal_csv(logs.attack()), "a.csv")
    line = LogLine.objects.filter(examination=examination, kind="rule").first()
    pages.post("examination-log-copy", examination.pk, line=[line.pk, "x"])
    assert incident.timeline.filter(kind="note").count() == 1
    assert pages.post("examination-window", examination.pk).status_code == 422
    data = {"start_day": "2026-03-09", "start_time": "22:00", "end_day": "2026-03-10", "end_time": "03:00"}
    assert pages.post("examination-window", examination.pk, **data).status_code == 302
    examination.refresh_from_db()
    assert examination.access_set_by is not None


def test_a_file_whose_reader_fails_again_and_again_is_parked_and_says_so(examination, awa, noon, monkeypatch):
    file, _is_new = actions.bring_file(examination=examination, file=io.BytesIO(RULES), name="r.csv", by=awa, at=noon)
    actions.confirm_kind(file=file, kind=Kind.RULES, by=awa, at=noon)
    monkeypatch.setitem(work._READERS, Kind.RULES, lambda file, at: 1 / 0)
    at = noon
    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            work.examine_due(at)
        at += work.LEASE
    work.examine_due(at)
    file.refresh_from_db()
    assert file.state == "unreadable"


def test_without_the_trail_nothing_is_changed(bring, examination, hospital, awa, noon, monkeypatch):
    file = bring(RULES, "r.csv")
    rule = judging.judged_rules(examination)[0].rule
    break_the_trail(monkeypatch)
    for action in (
        lambda: actions.declare_known(organisation=hospital, rule=rule, reason="x", by=awa, at=noon),
        lambda: actions.set_window(examination=examination, start=noon, end=noon, by=awa, at=noon),
        lambda: actions.open_examination(incident=examination.incident, mailbox="autre@example.org", by=awa, at=noon),
    ):
        with pytest.raises((TrailUnavailable, DatabaseError)):
            action()
    examination.refresh_from_db()
    assert not KnownRule.objects.exists()
    assert examination.access_from is None
    assert examination.incident.examinations.count() == 1
    assert file.state == "done"
    assert analysis.analyse(examination)["start"] is None
