"""Play several stories side by side in order of time, so that the trail and the references read as they would have.

A story is a generator: it yields how long ago its next step happened, and takes that step when it is resumed with the
instant. The last step lies before now.
"""

import heapq
from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from itertools import count

Story = Generator[timedelta, datetime, None]
"""Yields "so long ago"; is sent the instant (aware, UTC)."""


def play(stories: Iterable[Story], *, now: datetime) -> None:
    """Take every step of every story, the earliest first. Raises ValueError when a story goes back in time."""
    order, waiting = count(), []
    for story in stories:
        heapq.heappush(waiting, (now - next(story), next(order), story))
    last = waiting[0][0]
    while waiting:
        at, _place, story = heapq.heappop(waiting)
        if at < last:
            raise ValueError(f"{story.__name__} goes back in time, to {at:%Y-%m-%d %H:%M}")
        last = at
        try:
            ago = story.send(at)
        except StopIteration:
            continue
        heapq.heappush(waiting, (now - ago, next(order), story))


def ago(*, days: float = 0, hours: float = 0, minutes: float = 0) -> timedelta:
    """How long before now."""
    return timedelta(days=days, hours=hours, minutes=minutes)
