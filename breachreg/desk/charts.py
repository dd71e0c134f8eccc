"""Numbers in, bars out: what templates/desk/chart.html draws as SVG, with the table that says the same."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Bar:
    """One bar: `width` is its length as a percentage of the longest; shares are fractions of one, or None."""

    label: str
    count: int
    kind: str = "plain"
    share: float | None = None
    compared_share: float | None = None
    width: str = "0%"
    x: str = "0%"
    mark: str = ""
    short: str = ""

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.share)

    @property
    def compared_percent(self) -> int | None:
        return None if self.compared_share is None else round(100 * self.compared_share)


@dataclass(frozen=True)
class Chart:
    """A title and its bars; columns stand side by side (a year's months), the others lie one below the other."""

    title: str
    bars: list[Bar]
    are_columns: bool = False
    is_compared: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(bar.count for bar in self.bars)

    @property
    def top(self) -> int:
        return max((bar.count for bar in self.bars), default=0)


def bars(rows: Iterable[tuple[str, int]], more: Iterable[Bar] = ()) -> list[Bar]:
    """Bars with their lengths. With shares the whole width is 100 %, without them the longest bar."""
    plain = [*(Bar(label, count) for label, count in rows), *more]
    longest = max((bar.count for bar in plain), default=0) or 1
    return [
        replace(
            bar,
            width=_percent(bar.share if bar.share is not None else bar.count / longest),
            x=_percent(place / len(plain)),
            mark="" if bar.compared_share is None else _percent(bar.compared_share),
        )
        for place, bar in enumerate(plain)
    ]


def _percent(part: float) -> str:
    return f"{100 * part:.2f}%"
