"""What led to no incident goes half a year after it was judged, with its bytes; what did, stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.mailboxes.indicators.models import ReportObservable
from breachreg.mailboxes.models import Campaign, IncomingMail, Report, Verdict
from breachreg.mailboxes.reporting import forgetting, intake, triage
from tests.mailboxes.makers import messages


@pytest.fixture
def judged(hospital, awa, noon, messages_folder):
    """A message found harmless, one that was followed, and one that waits."""

    def bring(subject):
        raw = messages.ordinary(subject=subject, sender=f"{len(subject)}@evil.example", body=f"http://evil.example/{len(subject)}")
        return intake.bring_file(organisation=hospital, raw=raw, name="m.eml", by=awa, at=noon)[0][0]

    harmless, followed, waits = bring("a"), bring("bb"), bring("ccc")
    triage.judge(reports=[harmless], verdict=Verdict.HARMLESS, reason="Exercice.", by=awa, at=noon)
    triage.judge(reports=[followed], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    triage.open_incident(report=followed, title="Hameçonnage", by=awa, at=noon)
    return harmless, followed, waits


def test_what_led_to_no_incident_goes_with_its_bytes(judged, noon, messages_folder, django_capture_on_commit_callbacks):
    harmless, followed, waits = judged
    kept = [one.location for one in (harmless, harmless.incoming)]
    assert all((messages_folder / place).exists() for place in kept)
    with django_capture_on_commit_callbacks(execute=True):
        assert forgetting.forget_due(noon + forgetting.KEPT) == 1
    assert not any((messages_folder / place).exists() for place in kept)
    assert set(Report.objects.all()) == {followed, waits}
    assert IncomingMail.objects.count() == Campaign.objects.count() == 2
    assert not ReportObservable.objects.exclude(report__in=[followed, waits]).exists()
    assert (messages_folder / followed.location).exists()
    assert Entry.objects.filter(action="message.forgotten").count() == 1


def test_nothing_goes_before_its_time_or_twice(judged, noon):
    assert forgetting.forget_due(noon + forgetting.KEPT - timedelta(seconds=1)) == 0
    assert forgetting.forget_due(noon + forgetting.KEPT) == 1
    assert forgetting.forget_due(noon + 2 * forgetting.KEPT) == 0


def test_nothing_goes_when_the_trail_cannot_be_written(judged, noon, monkeypatch, messages_folder):
    def refuse(*args, **kwargs):
        raise DatabaseError("the trail is away")

    monkeypatch.setattr("breachreg.audit.actions._append", refuse)
    with pytest.raises(TrailUnavailable):
        forgetting.forget_due(noon + forgetting.KEPT)
    assert Report.objects.count() == 3
    assert (messages_folder / judged[0].location).exists()
