"""A calendar that a person's own program reads at a secret address: the deadlines of the incidents that they may see.

Of the address only a digest is kept. Making a new one ends the old one; taking it away ends it at once. What it shows
is looked up at each reading with the person's roles as they are then.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction

from breachreg.accounts.access import abilities_of, organisations_of
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.desk import events  # noqa: F401 (declares what this room does)
from breachreg.desk.models import CalendarFeed
from breachreg.register.models import Deadline

KEPT_IN_IT = timedelta(days=90)
"""How long a deadline that is past stays in the calendar."""
SHOWN = 2000


@transaction.atomic
def make_feed(*, user: User, by: User, at: datetime) -> str:
    """Give a person a secret address, in place of the one before; the secret, which is shown this once."""
    secret = secrets.token_urlsafe(32)
    replaced, _none = CalendarFeed.objects.filter(user=user).delete()
    CalendarFeed.objects.create(user=user, digest=digest(secret), made_at=at)
    record(action="feed.made", by=by, at=at, subject=user, details={"replaces": bool(replaced)})
    return secret


@transaction.atomic
def end_feed(*, user: User, by: User, at: datetime) -> bool:
    """Take the secret address away; False when there was none."""
    ended, _none = CalendarFeed.objects.filter(user=user).delete()
    if ended:
        record(action="feed.ended", by=by, at=at, subject=user)
    return bool(ended)


@transaction.atomic
def read_feed(*, secret: str, at: datetime) -> User | None:
    """The person whose calendar this secret opens, None for a wrong one; the first reading of a day leaves an entry."""
    feed = CalendarFeed.objects.select_related("user").filter(digest=digest(secret), user__is_active=True).first()
    if feed is None:
        return None
    today: date = at.date()
    if CalendarFeed.objects.filter(pk=feed.pk).exclude(read_on=today).update(read_on=today):
        record(action="feed.read", by=feed.user, at=at, subject=feed.user)
    return feed.user


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def deadlines_of(user: User, at: datetime) -> list[Deadline]:
    """The deadlines with a due instant of the incidents that this person may read, in each of their organisations."""
    read = [one for one in organisations_of(user) if "incident.read" in abilities_of(user, one)]
    due = Deadline.objects.filter(incident__organisation__in=read, cancelled_at=None, due_at__gte=at - KEPT_IN_IT)
    return list(due.select_related("incident__organisation", "own_clock").order_by("due_at", "pk")[:SHOWN])
