"""The figures of a census in words, and as facts of the incident that a person may take over."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.web.fields import Amount

CATEGORIES = {
    "iban": (_("Bank accounts (IBAN)"), "financial"), "card": (_("Payment cards"), "financial"),
    "nir": (_("Social-security numbers (NIR)"), "social_security_number"), "tax_number": (_("Tax numbers"), "financial"),
    "identity_document": (_("Identity documents"), "official_documents"), "phone": (_("Telephone numbers"), "contact"),
    "birth_date": (_("Dates of birth"), "civil_status"), "postal_address": (_("Postal addresses"), "contact"),
    "password": (_("Passwords in clear"), "credentials"), "health": (_("Words of health"), "health"),
    "union": (_("Words of trade unions"), "trade_union"),
}  # fmt: skip
"""Of each category of the census: its name, and the code of the incident's vocabulary that it becomes."""
SENSITIVE = frozenset({"health", "trade_union"})
CONFIDENCES = {3: _("sure"), 2: _("likely"), 1: _("possible")}
TROUBLES = {
    "member_skipped": _("A file in the archive is no message and was passed over"),
    "member_unreadable": _("A file in the archive could not be read"),
    "chunk_unreadable": _("A stretch of the mailbox could not be read"), "too_large": _("A message is too large and was read in part"),
    "document_stopped_the_reader": _("An attachment stopped its reader"), "text_cut": _("An attachment is so long that it was read in part"),
    "document_unreadable": _("An attachment could not be read (encrypted, damaged, or another format)"),
    "forged_header": _("A header holds line breaks that its writer slipped in"), "odd_charset": _("A text names a character set that does not exist; it was read as well as possible"),
    "repeated_header": _("A header that may stand once stands several times"), "too_many_parts": _("A message has too many parts; the first ones were read"),
    "nested_too_deep": _("Archives or messages are nested too deep"), "archive_unreadable": _("A member of an archive could not be read"),
}  # fmt: skip
GROUPS = {
    "correspondents_inside": _("wrote or were written to, inside the organisation"),
    "correspondents_outside": _("wrote or were written to, outside"), "senders": _("wrote"), "recipients": _("were written to"),
    "named_only": _("are only named in a text or an attachment"), "told_falsely": _("received a message that was sent in the window of access"),
    "data_found": _("wrote or are named in a message with data in it, likely or sure"),
    "automatic": _("addresses of machines, not counted as people"),
}  # fmt: skip


@dataclass(frozen=True)
class CategoryLine:
    label: object
    messages: list[int]
    people: list[int]
    samples: list[dict]


def category_lines(figures: dict) -> list[CategoryLine]:
    """The categories that were found, those of most messages first."""
    lines = [
        CategoryLine(
            CATEGORIES[code][0], found["messages"], found["people"],
            [sample | {"confidence": CONFIDENCES[sample["confidence"]]} for sample in found["samples"]],
        )
        for code, found in figures["categories"].items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.messages[1], reverse=True)


def found_codes(figures: dict) -> tuple[list[str], list[str]]:
    """The codes of the incident's vocabularies that a census supports: categories of data, sensitive ones."""
    codes = dict.fromkeys(CATEGORIES[code][1] for code in figures["categories"])
    if figures["people"][2]:
        codes = {"contact": None} | codes
    return [code for code in codes if code not in SENSITIVE], [code for code in codes if code in SENSITIVE]


def proposed_codes(figures: dict) -> list[str]:
    """Those that are ticked at first: found with more than the least confidence."""
    return ["contact"] + [CATEGORIES[code][1] for code, found in figures["categories"].items() if found["messages"][1]]


def facts_to_take(file: ExaminedFile, said: dict) -> dict:
    """The columns of the incident that a person's choice changes; what stands there already stays."""
    incident = file.examination.incident
    facts: dict = {}
    if said.get("data_categories"):
        facts["data_categories"] = _joined(incident.data_categories, said["data_categories"])
    if said.get("sensitive_categories"):
        facts["has_sensitive_data"] = True
        facts["sensitive_categories"] = _joined(incident.sensitive_categories, said["sensitive_categories"])
    for name in ("people", "records"):
        if amount := said.get(name):
            facts |= {f"{name}_{part}": getattr(amount, part) for part in Amount._fields}
    return facts


def _joined(known: tuple | None, more: tuple) -> tuple:
    return tuple(dict.fromkeys([*(known or ()), *more]))


