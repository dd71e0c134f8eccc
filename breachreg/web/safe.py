"""Text that a spreadsheet would take for a formula, made harmless (OWASP, CSV injection)."""

DANGEROUS = frozenset("=+-@\t\r\n|%＝＋－＠")
"""First characters that make a spreadsheet compute, or that hide one that does; the wide ones are their twins."""


def harmless(value):
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe in front."""
    if not isinstance(value, str) or value[:1].isalnum():  # the most of them, at once
        return value
    if value and (value[0] in DANGEROUS or value.lstrip()[:1] in DANGEROUS):
        return "'" + value
    return value
