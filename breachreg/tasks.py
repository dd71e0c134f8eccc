"""What is done in the background: one sweep a minute asks each room for its due rows.

A Celery message is only a wake-up. A lost message, a skipped minute or a second beat changes nothing, because a row is
claimed by a conditional update (register/leases.py) before anything is done for it.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from breachreg.celery import app
from breachreg.desk import search
from breachreg.exports import deliveries, leaving, stamps, takings
from breachreg.letters import mailing, post, preparing, purge, returns, runs, strays
from breachreg.letters import reading as recipient_tables
from breachreg.mailboxes.examinations import work as examining
from breachreg.mailboxes.reporting import acknowledgements, fetching, forgetting, intake
from breachreg.notifications import controllers, printing
from breachreg.notifications import messages as review_messages
from breachreg.register import notices, own_clocks, reminders
from breachreg.retention import purge as incident_purge
from breachreg.scrutiny import mails as question_mails

log = logging.getLogger(__name__)

DUE_WORK: list[Callable[[datetime], object]] = [
    reminders.send_due,
    notices.send_due,
    own_clocks.follow_due,
    controllers.send_due,
    printing.draw_due,
    review_messages.send_due,
    recipient_tables.read_due,
    preparing.prepare_due,
    post.produce_due,
    post.remove_due,
    strays.remove_due,
    purge.purge_due,
    mailing.send_due,
    returns.fetch_due,
    runs.end_due,
    fetching.fetch_due,
    intake.read_due,
    acknowledgements.send_due,
    forgetting.forget_due,
    examining.examine_due,
    question_mails.send_due,
    search.catch_up_everywhere,
    leaving.make_due,
    leaving.remove_expired,
    deliveries.sign_due,
    stamps.stamp_due,
    deliveries.send_due,
    takings.tell_due,
    incident_purge.purge_due,
]
"""What each room does when its rows are due: functions that take the instant (aware, UTC)."""


@app.task(ignore_result=True)
def sweep() -> None:
    """Do what is due now, in every room; the only place where background work takes the time."""
    sweep_at(timezone.now())


def sweep_at(at: datetime) -> None:
    """Do what is due at this instant (aware, UTC). A room that fails does not keep the others from their work."""
    troubles = []
    for work in DUE_WORK:
        try:
            work(at)
        except Exception as trouble:  # raised again below, when every room had its turn
            log.exception("due work failed: %s.%s", work.__module__, work.__qualname__)
            troubles.append(trouble)
    if troubles:
        raise ExceptionGroup("due work failed", troubles)
