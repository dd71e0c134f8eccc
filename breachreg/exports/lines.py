"""Lines of a file, made from the columns of a batch; what is the same in each line is one piece of text for all."""

from collections.abc import Iterable, Sequence
from itertools import chain, repeat

Piece = str | Sequence[str]
"""Of every line: a text that is the same in each, or a column with one text a line."""


class Same(list):
    """A column that holds one value in every row, which is said, quoted and encoded once."""

    def __init__(self, value, count: int):
        super().__init__(repeat(value, count))


def is_same(values: Sequence) -> bool:
    """Whether a column (of one row at least) holds one value in every row."""
    return type(values) is Same or (values[0] == values[-1] and values.count(values[0]) == len(values))


def join(pieces: Iterable[Piece], count: int) -> bytes:
    """So many lines in UTF-8, each of these pieces, one after the other."""
    parts: list[Iterable[bytes]] = []
    same = ""
    for piece in pieces:
        if isinstance(piece, str):
            same += piece
        elif type(piece) is Same:
            same += piece[0]
        else:
            parts += [repeat(same.encode()), map(str.encode, piece)]
            same = ""
    return b"".join(chain.from_iterable(zip(*parts, repeat(same.encode(), count), strict=False)))
