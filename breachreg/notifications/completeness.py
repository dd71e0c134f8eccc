"""What keeps a notification from leaving, what would make it better, what may wait: each with its article.

Article 33(3) GDPR says what a notification contains at least; 33(4) lets information that is not there yet follow in
phases; 33(1) asks for the reasons when it comes after the deadline.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from breachreg.law.delays import has_gaps
from breachreg.law.form import Field
from breachreg.notifications.answers import Answers, Circumstances, asked
from breachreg.notifications.prefill import FORM_TYPE
from breachreg.register.models import FilingKind

BLOCKS, ADVISABLE, MAY_WAIT = "blocks", "advisable", "may_wait"
# A person answers for these words: a composed text is only a first draft of them.
OWNED_BY_A_PERSON = frozenset({"delay_reasons"})


@dataclass(frozen=True)
class Point:
    """One thing about one question: how much it weighs, why, and the article ("" when only the form asks for it)."""

    weight: str
    field: Field
    reason: str
    article: str = ""

    @property
    def citation(self) -> str:
        return f"Art. {self.article}" if self.article else ""


def check(answers: Answers, circumstances: Circumstances, composed: Container[str] = ()) -> list[Point]:
    """Every point about a draft, in the form's order. `composed` are the codes whose text nobody made their own yet."""
    return list(_points(answers, circumstances, composed))


def blocking(answers: Answers, circumstances: Circumstances, composed: Container[str] = ()) -> list[Point]:
    """The points that keep the draft from being approved or filed."""
    return [point for point in _points(answers, circumstances, composed) if point.weight == BLOCKS]


def _points(answers: Answers, circumstances: Circumstances, composed: Container[str]) -> Iterator[Point]:
    for field in asked(answers, circumstances):
        if answers.get(field.code) in (None, "", []):
            if point := _gap(field, circumstances, answers):
                yield point
        elif field.code == "delay_reasons" and has_gaps(str(answers[field.code])):
            yield Point(BLOCKS, field, _("These reasons still have a gap. Fill in each […], or take its sentence out."), "33(1)")
        elif field.code in OWNED_BY_A_PERSON and field.code in composed and circumstances.is_late:
            yield Point(BLOCKS, field, _("Drafted from the timeline: rewrite it in your words. Saving makes it yours."), field.answers)


def _gap(field: Field, circumstances: Circumstances, answers: Answers) -> Point | None:
    if answers.get(field.code) == [] and field.type != "parties":
        return None  # "none of them" is an answer
    if circumstances.kind == FilingKind.WITHDRAWAL:
        return Point(BLOCKS, field, _("A withdrawal names the notification and says why."), field.answers)
    if field.code == "delay_reasons":
        return Point(BLOCKS, field, _("After its deadline the notification says why it is late."), "33(1)")
    if field.needed == "optional" or field.type == "parties":
        return None
    form_type = FORM_TYPE[FilingKind(circumstances.kind)]
    if field.needed == "initial":
        return Point(BLOCKS, field, _("The authority's form asks for it in every notification."), field.answers)
    if form_type == "initial":
        return Point(MAY_WAIT, field, _("It may follow in a complementary notification."), "33(4)")
    if form_type == "complete" and field.answers.startswith("33(3)"):
        return Point(BLOCKS, field, _("A complete notification contains it. Answer it, or file an initial one."), field.answers)
    return Point(ADVISABLE, field, _("It is still open. Answer it, or say when it will be known."), field.answers)
