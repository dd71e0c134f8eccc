"""Signs as printers set them: in French a space that does not break stands before “: ; ! ? » %” and after “«”."""

import re

NO_BREAK = "\u00a0"
_BEFORE = re.compile(r"(?<=\S) (?=[:;!?»%](?:\s|$|[.,)]))")
_AFTER = re.compile(r"(?<=«) ")


def typeset(text: str, language: str) -> str:
    """The text with its spaces kept from breaking where the language asks for it; no word changes."""
    if language != "fr":
        return text
    return _AFTER.sub(NO_BREAK, _BEFORE.sub(NO_BREAK, text))
