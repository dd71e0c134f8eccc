"""Numbers that a checksum or a form of their own gives away: IBAN and RIB, cards, NIR, tax numbers, phones, MRZ.

Checksums are python-stdnum's. A number that an order, a parcel or a file carries may have a right check digit by
chance: the words just before it take a step off its confidence.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.fr import nif, nir

from breachreg.mailboxes.census.finding import (
    CARD,
    IBAN,
    IDENTITY_DOCUMENT,
    LIKELY,
    NIR,
    PHONE,
    POSSIBLE,
    SURE,
    TAX_NUMBER,
    Finding,
)

_DIGIT = re.compile("[0-9]")
_GAP = "[ .\\-\u00a0\u202f]"
_RUN = re.compile("[0-9](?:[ .\\-\u00a0\u202f/()]{0,2}[0-9]){7,60}")
_NIR = re.compile(
    rf"(?=(?<![0-9])([1-478]{_GAP}?[0-9]{{2}}{_GAP}?(?:0[1-9]|[1-9][0-9]){_GAP}?(?:[0-9]{{2}}|2[ABab]){_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{3}}"
    rf"(?:{_GAP}?/?{_GAP}?[0-9]{{2}})?)(?![0-9]))"
)
_CORSICAN = re.compile(rf"(?<![0-9A-Za-z])[1-478]{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?2[ABab]{_GAP}?[0-9 .\-\u00a0\u202f/]{{6,14}}")
_LOOSE_NIR = re.compile(
    r"(?<![0-9])[1-478][\s.\-]{0,2}[0-9]{2}[\s.\-]{0,2}[0-9]{2}[\s.\-]{0,2}[0-9][0-9ab][\s.\-]{0,2}[0-9]{3}[\s.\-]{0,2}[0-9]{3}"
    r"[\s.\-:/(]{0,4}(?:cle)?[\s.\-:/(]{0,3}[0-9]{2}(?![0-9])"
)
"""With line breaks, tabs or the word "clé" in it: only looked for where the text speaks of such numbers."""
_CARD = re.compile(
    r"(?=(?<![0-9])((?:[2-6][0-9]{3}(?:[ .\-\u00a0\u202f]?[0-9]{4}){3}|3[47][0-9]{2}[ \-\u00a0]?[0-9]{6}[ \-\u00a0]?[0-9]{5}"
    r"|3[0689][0-9]{2}[ \-\u00a0]?[0-9]{6}[ \-\u00a0]?[0-9]{4}|[56][0-9]{18}))(?![0-9]))"
)
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:2[2-9][1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|095|[689])|6(?:011|4[4-9]|5|2|304|759|761|762|763)|50|5[678]|352[89]|35[3-8]"
)
_FRENCH_PHONE = re.compile(rf"(?<![0-9])(?:(?:\+|00){_GAP}?33{_GAP}?(?:\(0\){_GAP}?)?|0)[1-9](?:{_GAP}?[0-9]{{2}}){{4}}(?![0-9])")
_REGULAR = re.compile(rf"0[1-9]({_GAP})[0-9]{{2}}(?:\1[0-9]{{2}}){{3}}")
_FURTHER_PAIRS = re.compile(rf"(?:{_GAP}[0-9]{{2}})*(?![0-9])")
_FOREIGN_PHONE = re.compile(rf"\+(?!33)[1-9][0-9]{{0,2}}(?:(?:{_GAP}|[()]){{0,2}}[0-9]{{2,4}}){{3,5}}(?![0-9])")
_TAX = re.compile(r"(?<![0-9])[0-3][0-9](?: ?[0-9]{2}(?: ?[0-9]{3}){3}| ?[0-9]{11})(?![0-9])")
_IBAN = re.compile(r"[A-Z]{2} ?[0-9]{2}(?:[\s.>|\-]{0,4}[0-9A-Za-z]){11,40}")
_SMALL_IBAN = re.compile(_IBAN.pattern, re.I)
_RIB = re.compile(r"(?<![0-9a-z])([0-9]{5})[\s.\-|]{0,3}([0-9]{5})[\s.\-|]{0,3}([0-9a-z]{11})[\s.\-|]{0,3}([0-9]{2})(?![0-9a-z])")
_LETTER_OF_RIB = str.maketrans("abcdefghijklmnopqrstuvwxyz", "12345678912345678923456789")
_MRZ = re.compile(r"(?:P[A-Z<]|ID|I[A-Z<]|TS)[A-Z<]{3}[A-Z0-9<]{25,39}\s{1,3}[A-Z0-9<]{30,44}")

_NIR_WORDS = re.compile(r"\bnir\b|secu\b|securite sociale|n[°o]? ?ss\b|immatriculation|insee|assure")
_OF_NIR = frozenset({"nir", "secu", "securite", "ss", "immatriculation", "insee", "assure", "assuree", "social", "sociale"})
_CARD_WORDS = frozenset({"carte", "cb", "card", "visa", "mastercard", "amex", "cvv", "cvc", "cryptogramme", "expiration", "expire", "exp"})
_PHONE_WORDS = frozenset({"tel", "telephone", "portable", "mobile", "phone", "fax", "gsm", "appeler", "joindre"})
_IBAN_WORDS = frozenset({"iban", "rib", "compte", "virement", "account"})
_OTHER_NUMBERS = re.compile(
    r"(?:colis|colissimo|chronopost|suivi|tracking|parcel|commande|order|facture|invoice|devis|quote|siret|siren|imei|reference|ref|dossier"
    r"|ticket|serie|serial|article|ean|isbn|client|contrat|transaction)s?\b[^a-z0-9]{0,4}(?:(?:n|no|num|numero|number|nr)\b[^a-z0-9]{0,4})?$"
)
"""What stands just before a number that is no card and no phone, whatever its digits."""


def numbers(text: str, lowered: str, words: set[str]) -> Iterator[Finding]:
    """The numbers of a text; ``lowered`` is the text folded, ``words`` its distinct words."""
    for match in _RUN.finditer(text):
        if text[match.end() : match.end() + 1].isdigit():
            continue  # longer than any number: a blob
        start = match.start()
        before = text[start - 1 : start]
        if before in "+(" and before:
            start -= 1
            before = text[start - 1 : start]
        if before.isalnum() or (before and before in "_/=#&%@"):
            continue  # it goes on from a word, a link or an identifier
        run = text[start : match.end()]
        taken: set[str] = set()
        count = len(_DIGIT.findall(run))
        if count >= 13:
            yield from _numbers_of(run, lowered, words, start, taken)
        if count >= 9:
            yield from _phones_of(run, lowered, words, start, taken)
    if "2a" in lowered or "2b" in lowered:
        yield from (f for m in _CORSICAN.finditer(text) for f in _nirs(m[0].rstrip(" .-/"), lowered, m.start()))
    if not words.isdisjoint(_OF_NIR):
        yield from _loose_nirs(lowered)
    yield from _accounts(text, lowered, words)
    if "<<" in text:
        yield from (f for m in _MRZ.finditer(text) if (f := _machine_readable(m[0])))


def _step_down(confidence: int, lowered: str, at: int) -> int:
    """One step less when the words before the number say that it is something else's."""
    return max(POSSIBLE, confidence - 1) if _OTHER_NUMBERS.search(lowered, max(0, at - 40), at) else confidence


def _numbers_of(run: str, lowered: str, words: set[str], at: int, taken: set) -> Iterator[Finding]:
    for finding in _nirs(run, lowered, at):
        taken.add(finding.value[:10])
        yield finding
    for match in _CARD.finditer(run):
        number = _digits(match[1])
        if _ISSUERS.match(number) and luhn.is_valid(number) and len(set(number)) > 2 and not nir.is_valid(number):
            grouped = match[1] != number
            confidence = SURE if grouped or words & _CARD_WORDS else LIKELY
            yield Finding(CARD, _step_down(confidence, lowered, at + match.start()), number)
            taken.add(number[:10])
    if "fiscal" in words or "fiscale" in words or "spi" in words or "tax" in words:
        for match in _TAX.finditer(run):
            if nif.is_valid(_digits(match[0])):
                yield Finding(TAX_NUMBER, SURE, _digits(match[0]))


def _nirs(run: str, lowered: str, at: int) -> Iterator[Finding]:
    for match in _NIR.finditer(run):
        number = re.sub(r"[^0-9ABab]", "", match[1]).upper()
        if len(number) == 15 and nir.is_valid(number):
            yield Finding(NIR, _step_down(SURE, lowered, at + match.start()), number[:13])
        elif _NIR_WORDS.search(lowered, max(0, at - 60), at + 1) and _is_plausible_nir(number):
            yield Finding(NIR, LIKELY if len(number) == 13 else POSSIBLE, number[:13])


def _loose_nirs(lowered: str) -> Iterator[Finding]:
    for match in _LOOSE_NIR.finditer(lowered):
        number = re.sub(r"[^0-9ab]", "", match[0].replace("cle", "")).upper()
        if len(number) == 15 and nir.is_valid(number):
            yield Finding(NIR, SURE, number[:13])


def _is_plausible_nir(number: str) -> bool:
    month = int(number[3:5])
    return 1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99


def _phones_of(run: str, lowered: str, words: set[str], at: int, taken: set) -> Iterator[Finding]:
    for match in _FRENCH_PHONE.finditer(run):
        digits = _digits(match[0])
        number = "0" + digits[-9:]
        if any(number in value or value in digits for value in taken):
            continue
        yield Finding(PHONE, _step_down(_confidence_of_phone(match, run, words), lowered, at + match.start()), number)
    if "+" in run:
        yield from (Finding(PHONE, LIKELY, "+" + _digits(m[0])) for m in _FOREIGN_PHONE.finditer(run))


def _confidence_of_phone(match: re.Match, run: str, words: set[str]) -> int:
    """A number in even pairs is sure; one of a longer row of pairs, or cut unevenly as dates are, is only possible."""
    digits = _digits(match[0])
    if match[0].startswith(("+", "00")):
        return SURE if match[0].startswith("+") or len(match[0]) > len(digits) else LIKELY
    if len(match[0]) == len(digits):
        return LIKELY if digits[1] in "67" or words & _PHONE_WORDS else POSSIBLE
    further = _FURTHER_PAIRS.match(run, match.end())
    if further and len(_DIGIT.findall(further[0])) % 10:
        return POSSIBLE
    return SURE if _REGULAR.fullmatch(match[0]) else LIKELY if words & _PHONE_WORDS else POSSIBLE


# Accounts


def _accounts(text: str, lowered: str, words: set[str]) -> Iterator[Finding]:
    for match in (_SMALL_IBAN if "iban" in words else _IBAN).finditer(text):
        if not text[match.start() - 1 : match.start()].isalnum() and (found := _iban(match[0], words)):
            yield found
    if "rib" in words or "guichet" in words or "banque" in words or "bancaires" in words:
        yield from (found for match in _RIB.finditer(lowered) if (found := _rib(*match.groups())))


@lru_cache(maxsize=4096)
def _length_of_iban(country: str) -> int | None:
    info = iban_number._ibandb.info(country)[0][1]
    parts = re.findall(r"(\d+)!?[nac]", info.get("bban", ""))
    return 4 + sum(map(int, parts)) if parts else None


def _iban(candidate: str, words: set[str]) -> Finding | None:
    country = candidate[:2].upper()
    length = _length_of_iban(country)
    if not length:
        return None
    compact, end = "", 0
    while end < len(candidate) and len(compact) < length:
        compact += candidate[end] if candidate[end].isalnum() else ""
        end += 1
    if len(compact) < length or candidate[end : end + 1].isdigit():
        return None
    compact = compact.upper()
    is_glued = candidate[end : end + 1].isalpha()  # to the next word, as the text of a PDF often is
    if _remainder(compact) == 1 and iban_number.is_valid(compact, check_country=False):
        # The country's own check knows the banks of some day; an unknown bank makes a number less sure, not wrong.
        return Finding(IBAN, SURE if iban_number.is_valid(compact) and not is_glued else LIKELY, compact)
    digits = sum(map(str.isdigit, compact))
    is_told = bool(words & _IBAN_WORDS) and not is_glued and "\n" not in candidate[:end]
    return Finding(IBAN, POSSIBLE, compact) if is_told and digits > length // 2 else None


def _remainder(number: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97


def _rib(bank: str, branch: str, account: str, key: str) -> Finding | None:
    """A French account without its IBAN, by the key of the RIB; the value is the IBAN, so that both are one."""
    total = 89 * int(bank) + 15 * int(branch) + 3 * int(account.translate(_LETTER_OF_RIB))
    if 97 - total % 97 != int(key):
        return None
    bban = (bank + branch + account + key).upper()
    return Finding(IBAN, SURE, f"FR{iban_number.calc_check_digits('FR00' + bban)}{bban}")


# Identity documents


_MRZ_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def _machine_readable(zone: str) -> Finding | None:
    """The number of an identity document from its machine-readable zone, when a check digit agrees (ICAO 9303)."""
    first, second = zone.split()[0], zone.split()[1]
    number, digit = (second[:9], second[9:10]) if first.startswith("P") else (first[5:14], first[14:15])
    if first.startswith("IDFRA") and len(first) == 36:  # the French card of before 2021
        number, digit = second[:12], second[12:13]
    total = sum(_MRZ_VALUES[letter] * (7, 3, 1)[place % 3] for place, letter in enumerate(number))
    return Finding(IDENTITY_DOCUMENT, SURE, number.strip("<")) if digit.isdigit() and total % 10 == int(digit) else None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text)) if "(0)" not in text else "".join(filter(str.isdigit, text.replace("(0)", "")))
