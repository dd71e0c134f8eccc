"""The next best action on an incident, in words, with its reason: what moves it forward, or keeps it on time.

The first rule that applies gives the step. Nothing is decided here; each step leads to the page where a person does it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from breachreg.desk.facts import label_of
from breachreg.desk.standing import Standing
from breachreg.notifications.models import State
from breachreg.register.clock_words import words_of
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Qualification


@dataclass(frozen=True)
class Step:
    """What to do, why, on which page, and which ability it takes."""

    title: str
    reason: str
    action: str
    view: str
    ability: str


def next_step(standing: Standing) -> Step | None:
    """The next step, or None when the incident is closed and nothing waits."""
    for rule in RULES:
        if step := rule(standing):
            return step
    return None


def _qualify(standing: Standing) -> Step | None:
    if standing.incident.qualification is not None:
        return None
    return Step(
        _("Say whether personal data were breached"),
        _("No clock runs before that. Most facts can wait; this answer and its reasons can't."),
        _("Qualify"), "qualify", "incident.manage",
    )


def _settle_awareness(standing: Standing) -> Step | None:
    if standing.pending_awareness is None:
        return None
    return Step(
        _("Confirm or refuse the change of the awareness"),
        _("It takes a second person. Until then the earlier of the two instants drives the alarms."),
        _("Look at the change"), "aware", "incident.second",
    )


def _become_aware(standing: Standing) -> Step | None:
    if standing.incident.qualification != Qualification.BREACH or standing.awareness:
        return None
    return Step(
        _("Record when the organisation became aware"),
        _("The clock runs from that instant. Without it nobody is warned before it is over."),
        _("Record the awareness"), "aware", "incident.manage",
    )


def _assess(standing: Standing) -> Step | None:
    if not _is_open_breach(standing) or standing.assessment:
        return None
    return Step(
        _("Assess the risk to the people"),
        _("It shows whether the authority and the people must be told, and which missing fact would change that."),
        _("Assess"), "assess", "incident.manage",
    )


def _decide(standing: Standing) -> Step | None:
    if not _is_open_breach(standing) or standing.decision:
        return None
    if standing.reopened:
        return Step(
            _("Decide again: the facts changed"),
            _("They now recommend more than what was decided. The clock runs from the same instant as before."),
            _("Decide"), "decide", "incident.manage",
        )
    return Step(
        _("Decide what the risk asks for"),
        _("The assessment recommends; a named person decides and says why."),
        _("Decide"), "decide", "incident.manage",
    )


def _second(standing: Standing) -> Step | None:
    if not standing.decision_waits:
        return None
    return Step(
        _("Confirm or refuse the decision not to notify"),
        _("A decision not to notify counts once a second person agrees. The clock runs until then."),
        _("Look at the decision"), "second", "incident.second",
    )


def _draft(standing: Standing) -> Step | None:
    if not _must_notify(standing) or standing.filings or standing.notification:
        return None
    return Step(
        _("Draft the notification"),
        _("It fills itself from the record. What is not known yet may follow: the initial notification can go without it."),
        _("Draft"), "notification", "notification.write",
    )


def _write(standing: Standing) -> Step | None:
    if not _is_at(standing, State.DRAFT, State.SENT_BACK):
        return None
    sent_back = standing.notification.state == State.SENT_BACK
    return Step(
        _("Answer the review, then submit the draft again") if sent_back else _("Read the draft and submit it for review"),
        _missing_words(standing), _("Open the draft"), "notification", "notification.write",
    )


def _review(standing: Standing) -> Step | None:
    if not _is_at(standing, State.IN_REVIEW):
        return None
    return Step(
        _("Review the notification"),
        _("Somebody other than its author approves it; approval seals the text."),
        _("Review"), "notification", "notification.review",
    )


def _file(standing: Standing) -> Step | None:
    if not _is_at(standing, State.APPROVED):
        return None
    return Step(
        _("File the notification with the CNIL, and record its receipt"),
        _("It is approved. The clock stops with the filing, not with the approval."),
        _("Open what to type"), "notification", "notification.write",
    )


def _tell(standing: Standing) -> Step | None:
    if not standing.must_tell or standing.decision_waits or standing.incident.communication == "informed":
        return None
    return Step(
        _("Tell the people concerned"),
        _("The risk to them is high: Article 34 asks for it without undue delay, in plain words."),
        _("Write the letters"), "letters", "letter.write",
    )


def _promise(standing: Standing) -> Step | None:
    if not _must_notify(standing) or standing.is_completed or not standing.nobody_owes:
        return None
    return Step(
        _("Name who owes: %(fact)s") % {"fact": label_of(standing.nobody_owes[0].fact.name).lower()},
        _("Nobody has promised it yet, and the complementary notification needs it."),
        _("Name a person"), "promises", "incident.manage",
    )


def _complete(standing: Standing) -> Step | None:
    if not _must_notify(standing) or standing.is_completed or not standing.filings:
        return None
    return Step(
        _("Complete the notification"),
        _("The authority holds the initial one and expects the rest, within 72 hours of it where possible."),
        _("Draft the complement"), "notification", "notification.write",
    )


def _keep_time(standing: Standing) -> Step | None:
    running = [one for one in standing.deadlines if one.rule != ARTICLE_33 and one.met_at is None and one.due_at is not None]
    if not standing.incident.is_open or not running:
        return None
    first = min(running, key=lambda one: one.due_at)
    return Step(
        _("See to: %(clock)s") % {"clock": words_of(first)},
        _("This clock is over and nobody has said that it was done.") if first.due_at < standing.at
        else _("This clock runs and nobody has said yet that it was done."),
        _("Open the clocks"), "clocks", "incident.manage",
    )


def _finish(standing: Standing) -> Step | None:
    if not standing.incident.is_open or not standing.tasks:
        return None
    return Step(
        _("Finish: %(task)s") % {"task": standing.tasks[0].what},
        _("It is the first of the measures that are still open."),
        _("Open the measures"), "tasks", "incident.manage",
    )


def _close(standing: Standing) -> Step | None:
    if not standing.incident.is_open:
        return None
    return Step(
        _("Close the incident with what was learnt"),
        _("Nothing is due any more. It stays in the register and can be opened again."),
        _("Close"), "close", "incident.manage",
    )


def _is_open_breach(standing: Standing) -> bool:
    return standing.incident.is_open and standing.incident.is_breach


def _must_notify(standing: Standing) -> bool:
    return _is_open_breach(standing) and standing.must_notify


def _is_at(standing: Standing, *states: State) -> bool:
    """Whether the notification that is being written has reached one of these states."""
    return _is_open_breach(standing) and standing.notification is not None and standing.notification.state in states


def _missing_words(standing: Standing) -> str:
    if not standing.gaps:
        return _("Everything that the form asks for is known.")
    return _("%(count)d facts are not known yet; the initial notification can go without most of them.") % {
        "count": len(standing.gaps)
    }


RULES: tuple[Callable[[Standing], Step | None], ...] = (
    _qualify, _settle_awareness, _become_aware, _assess, _decide, _second, _draft, _write, _review, _file, _tell,
    _promise, _complete, _keep_time, _finish, _close,
)
