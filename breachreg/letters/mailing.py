"""The e-mails of a run: one claimed before it is handed to the mail server, noted when the server has taken it.

Killed between the server's 250 and our note, the line is claimed again when its lease has run out, and the same message
leaves again under the same Message-ID. A server that is away holds the run, which says so, and costs no line a try.
"""

import logging
import smtplib
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.letters import ledger
from breachreg.letters.message import Messages
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.recipients import rows
from breachreg.letters.redaction import without_addresses
from breachreg.letters.run_models import Dispatch, Run, RunState

log = logging.getLogger(__name__)

LONGEST_TURN = timedelta(seconds=50)
"""A sweep sends for so long; the next one, a minute later, goes on."""
BATCH = 20
"""Lines claimed at once: what a killed worker makes wait, and what a pause lets go."""
MOST_TRIES = 8
RETRY, LATEST_RETRY = timedelta(minutes=5), timedelta(hours=4)
HOLD, LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=30)
REFUSALS_IN_A_ROW = 25
"""So many permanent refusals without a success are the server's opinion of us, not of so many people."""


class Away(Exception):
    """The mail server can't be reached, or refuses us altogether; says why."""


class Clock:
    """The instant of the sweep, moving on with the time that really passes, so that leases are true."""

    def __init__(self, at: datetime):
        self._at, self._started = at, time.monotonic()

    def now(self) -> datetime:
        return self._at + self._passed

    def is_over(self) -> bool:
        return self._passed >= LONGEST_TURN

    @property
    def _passed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._started)


def send_due(at: datetime) -> int:
    """Send the e-mails of the runs that are being sent, as fast as the rate allows; the number that left. ``at`` is UTC."""
    clock = Clock(at)
    waiting = Dispatch.objects.to_be_sent(Channel.EMAIL).due(at).filter(run=OuterRef("pk"))
    runs = Run.objects.filter(state=RunState.SENDING).filter(Q(held_until=None) | Q(held_until__lte=at)).filter(Exists(waiting))
    return sum(Turn(run, clock).take() for run in runs.select_related("incident__organisation").order_by("started_at"))


@dataclass
class Turn:
    """What one worker sends of one run in one sweep, over one conversation with the mail server."""

    run: Run
    clock: Clock
    results: Counter = field(default_factory=Counter)
    refusals: int = 0

    def take(self) -> int:
        """Send until nothing is left for us, the minute's rate is used up, or the server is away; the number sent."""
        self.post, self.messages = mail.get_connection(), Messages(self.run)
        try:
            while not self.clock.is_over() and (slots := free_slots(self.run, self.clock.now(), BATCH)):
                batch = ledger.claim(way=Channel.EMAIL, at=self.clock.now(), run=self.run, most=slots)
                if not batch or not self._send_all(batch):
                    break
        finally:
            self.post.close()
            self._record()
        return self.results["sent"]

    def _send_all(self, batch: list[Dispatch]) -> bool:
        """Send these; False when the server is away, and the rest was given back."""
        people = [row.person for row in rows([line.recipient for line in batch])]
        for place, (line, person) in enumerate(zip(batch, people, strict=True)):
            try:
                self._send(line, person)
            except Away as trouble:
                ledger.give_back(batch[place:], at=self.clock.now(), trouble=str(trouble), untried=True)
                hold(self.run, str(trouble), self.clock.now())
                return False
        return True

    def _send(self, line: Dispatch, person: Person | None) -> None:
        if line.recipient.removed_at or person is None:
            self._note_gone(line, person is None)
            return
        try:
            self._open()
            self.post.send_messages([self.messages.of(line, person)])
        except smtplib.SMTPRecipientsRefused as refusal:
            self._refused(line, person, *next(iter(refusal.recipients.values())))
        except smtplib.SMTPDataError as refusal:
            self._refused(line, person, refusal.smtp_code, refusal.smtp_error)
        except (OSError, smtplib.SMTPException) as trouble:
            log.warning("%s: the mail server is away: %s", self.run, trouble)
            self.post.close()
            raise Away(_away(self.run, trouble)) from trouble
        else:
            self.results["sent"] += ledger.note_sent(line, at=self.clock.now())
            self.refusals = 0
            if self.run.held_times:
                release(self.run)

    def _open(self) -> None:
        if isinstance(self.post, SmtpBackend):
            self.post.open()  # and it stays open for the next one; a folder as outbox takes a file for each message

    def _refused(self, line: Dispatch, person: Person, code: int, answer: bytes) -> None:
        said = without_addresses(f"{code} {answer.decode(errors='replace')}", person.email)[:300]
        if code < 500 and line.attempts < MOST_TRIES:
            again = min(RETRY * 2 ** (line.attempts - 1), LATEST_RETRY)
            self.results["later"] += ledger.give_back([line], at=self.clock.now(), trouble=said, again_at=self.clock.now() + again)
            return
        self.refusals += 1
        if self.refusals > REFUSALS_IN_A_ROW:
            raise Away(_refuses_all(self.run, said))
        self.results["refused"] += ledger.note_failed(line, said, at=self.clock.now())

    def _note_gone(self, line: Dispatch, purged: bool) -> None:
        with translation.override(self.run.incident.organisation.language):
            why = _("The addresses of this incident's recipients were purged.") if purged else _("Taken off the list before it was sent.")
        self.results["cancelled"] += ledger.note_cancelled(line, why, at=self.clock.now())

    @transaction.atomic
    def _record(self) -> None:
        """One entry a turn; the lines themselves say which. A killed worker's lines are in the totals of the next entry."""
        if self.results:
            details = {"turn": dict(self.results), "so far": ledger.totals(self.run)}
            organisation = self.run.incident.organisation
            record(action="run.mailed", by=None, at=self.clock.now(), organisation=organisation, subject=self.run, details=details)


def free_slots(run: Run, now: datetime, wanted: int) -> int:
    """How many messages may leave now, taken from the minute's rate of this run, whoever else sends from it."""
    rate = settings.LETTERS_EMAILS_PER_MINUTE
    if not rate:
        return wanted
    minute = now.replace(second=0, microsecond=0)
    mine = Run.objects.filter(pk=run.pk)
    mine.filter(Q(minute_at=None) | Q(minute_at__lt=minute)).update(minute_at=minute, minute_count=0)
    for _attempt in range(5):
        used = mine.values_list("minute_count", flat=True).get()
        free = min(wanted, rate - used)
        if free <= 0:
            return 0
        if mine.filter(minute_at=minute, minute_count=used).update(minute_count=used + free):
            return free
    return 0


def hold(run: Run, reason: str, now: datetime) -> None:
    """Let the run wait, ever longer, and say why; its lines lose nothing."""
    after = min(HOLD * 2 ** min(run.held_times, 8), LONGEST_HOLD)
    Run.objects.filter(pk=run.pk, state=RunState.SENDING).update(
        held_until=now + after, held_reason=reason[:1000], held_times=F("held_times") + 1
    )


def release(run: Run) -> None:
    """The server answers again."""
    Run.objects.filter(pk=run.pk).update(held_until=None, held_reason="", held_times=0)
    run.held_times = 0


def _away(run: Run, trouble: Exception) -> str:
    with translation.override(run.incident.organisation.language):
        return _("The mail server does not take messages now (%(why)s). Nothing is lost: it is tried again by itself. Check EMAIL_URL and the server.") % {"why": str(trouble)[:300]}


def _refuses_all(run: Run, said: str) -> str:
    with translation.override(run.incident.organisation.language):
        return _("The mail server refused many messages in a row, the last with “%(answer)s”. No more people are marked as refused: ask whoever runs the server, then pause and go on.") % {"answer": said}
