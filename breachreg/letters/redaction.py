"""What mail servers answer often repeats the address: it is taken out before it is kept, for the ledger names nobody."""

import re

LEFT_OUT = "…"
SHORTEST = 3
"""Characters of the part before the @ below which it could be any word."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'=]+@[^\s<>()\[\],;:\"'=]*[^\s<>()\[\],;:\"'=.]")


def without_addresses(text: str, email: str = "") -> str:
    """The text without any e-mail address, and without the name of this mailbox where it stands alone."""
    text = _ADDRESS.sub(LEFT_OUT, text)
    mailbox = email.partition("@")[0]
    if len(mailbox) >= SHORTEST:
        text = re.sub(rf"(?<!\w){re.escape(mailbox)}(?!\w)", LEFT_OUT, text, flags=re.IGNORECASE)
    return text
