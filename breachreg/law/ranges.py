"""A value that is not quite known: the least it can be, what is likely, the most it can be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """`low <= likely <= high`; a known value has the three equal. Raises ValueError when they are out of order."""

    low: Any
    likely: Any
    high: Any

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"out of order: {self.low} ≤ {self.likely} ≤ {self.high}")

    @property
    def is_known(self) -> bool:
        return self.low == self.high

    def contains(self, other: "Range") -> bool:
        """True when `other` lies within this range."""
        return self.low <= other.low and other.high <= self.high


def exactly(value: Any) -> Range:
    return Range(value, value, value)


def lift(function: Callable, *ranges: Range) -> Range:
    """Apply a function that grows with each argument to the low ends, the likely values and the high ends."""
    return Range(*map(function, *((each.low, each.likely, each.high) for each in ranges)))


def highest(*ranges: Range) -> Range:
    return lift(max, *ranges) if len(ranges) > 1 else ranges[0]
