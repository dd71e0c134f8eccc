"""HTML to the words a reader would see, in linear time and without a parser that hostile input could stall."""

import html
import re

_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|em|font|i|o:p|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,4000})?/?>", re.I)
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]{0,8000}>")
_UNSEEN = (("<style", "</style"), ("<script", "</script"), ("<!--", "-->"), ("<head", "</head"))


def from_html(source: str) -> str:
    """The visible text of a page or a message; block elements become spaces, inline ones vanish."""
    for opening, closing in _UNSEEN:
        source = _without(source, opening, closing)
    source = _INLINE.sub("", source)
    return html.unescape(_TAG.sub(" ", source))


def _without(source: str, opening: str, closing: str) -> str:
    lowered = source.lower()
    if opening not in lowered or len(lowered) != len(source):
        return source
    kept, at, start = [], 0, lowered.find(opening)
    while start >= 0:
        after = start + len(opening)
        if opening[-1].isalpha() and lowered[after : after + 1].isalpha():  # another element, such as <header>
            start = lowered.find(opening, after)
            continue
        end = lowered.find(closing, after)
        kept.append(source[at:start])
        if end < 0:
            return " ".join(kept)
        at = lowered.find(">", end) + 1 or len(lowered)
        start = lowered.find(opening, at)
    kept.append(source[at:])
    return " ".join(kept)
