"""A version as data: what is frozen, attached to the PDF and hashed, in neutral codes instead of labels.

The same version always gives the same bytes: sorted keys, UTF-8, no spaces that could differ.
"""

import hashlib
import json

FORMAT = "breachreg.notification"
FORMAT_VERSION = 1


def serialise(content: dict) -> bytes:
    """The bytes of a content, which its SHA-256 is taken over."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
