"""The law as data and pure functions: clocks, facts, score, duty, vocabulary, form, advice. Nothing here knows Django."""

from .checks import check

__all__ = ["check"]
