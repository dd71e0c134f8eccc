"""What a detector says: a category, how sure it is, and the value, which its caller only hashes."""

from typing import NamedTuple

SURE, LIKELY, POSSIBLE = 3, 2, 1
IBAN, CARD, NIR, TAX_NUMBER, IDENTITY_DOCUMENT = "iban", "card", "nir", "tax_number", "identity_document"
PHONE, BIRTH_DATE, POSTAL_ADDRESS, PASSWORD, HEALTH, UNION = (
    "phone", "birth_date", "postal_address", "password", "health", "union",
)  # fmt: skip
CATEGORIES = (IBAN, CARD, NIR, TAX_NUMBER, IDENTITY_DOCUMENT, PHONE, BIRTH_DATE, POSTAL_ADDRESS, PASSWORD, HEALTH, UNION)
BY_WORD = frozenset({HEALTH, UNION})
"""Found by words: the values are the words, and the people are those of the message."""


class Finding(NamedTuple):
    category: str
    confidence: int
    value: str


def masked(finding: Finding) -> str:
    """A value as a sample may show it: enough to recognise the kind, too little to use."""
    value = finding.value
    if finding.category in BY_WORD:
        return value
    if finding.category == PASSWORD:
        return "•" * 8
    if finding.category == BIRTH_DATE:
        return value[:4] + "-••-••"
    if finding.category == POSTAL_ADDRESS:
        return "••• " + value[-5:] if value[-5:].isdigit() else "•••"
    kept = 4 if len(value) > 11 else 2
    return value[:2] + "•" * (len(value) - 2 - kept) + value[-kept:]
