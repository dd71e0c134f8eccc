"""A text to the personal data that stand in it: category, confidence, and the value (which its caller only hashes).

Confidence is SURE (a checksum and a form that chance does not make), LIKELY (the form and its surroundings speak for
it) or POSSIBLE (the form alone). Numbers are checked by python-stdnum; dates, words and forms are our own.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.fr import nif, nir

from breachreg.mailboxes.words import folded, folded_with_words, word_list

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


_DIGIT = re.compile("[0-9]")
_GAP = "[ .\\-\u00a0\u202f]"
_RUN = re.compile("[0-9](?:[ .\\-\u00a0\u202f/()]{0,2}[0-9]){7,60}")
_NIR = re.compile(
    rf"(?=(?<![0-9])([1-478]{_GAP}?[0-9]{{2}}{_GAP}?(?:0[1-9]|[1-9][0-9]){_GAP}?(?:[0-9]{{2}}|2[ABab]){_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{3}}"
    rf"(?:{_GAP}?/?{_GAP}?[0-9]{{2}})?)(?![0-9]))"
)
_CORSICAN = re.compile(rf"(?<![0-9A-Za-z])[1-478]{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?2[ABab]{_GAP}?[0-9 .\-\u00a0\u202f/]{{6,14}}")
_CARD = re.compile(
    r"(?=(?<![0-9])((?:[2-6][0-9]{3}(?:[ \-\u00a0]?[0-9]{4}){3}|3[47][0-9]{2}[ \-\u00a0]?[0-9]{6}[ \-\u00a0]?[0-9]{5}"
    r"|3[0689][0-9]{2}[ \-\u00a0]?[0-9]{6}[ \-\u00a0]?[0-9]{4}|[56][0-9]{18}))(?![0-9]))"
)
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:2[2-9][1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|095|[689])|6(?:011|4[4-9]|5|2|304|759|761|762|763)|50|5[678]|352[89]|35[3-8]"
)
_FRENCH_PHONE = re.compile(rf"(?<![0-9])(?:(?:\+|00){_GAP}?33{_GAP}?(?:\(0\){_GAP}?)?|0)[1-9](?:{_GAP}?[0-9]{{2}}){{4}}(?![0-9])")
_FOREIGN_PHONE = re.compile(rf"\+(?!33)[1-9][0-9]{{0,2}}(?:(?:{_GAP}|[()]){{0,2}}[0-9]{{2,4}}){{3,5}}(?![0-9])")
_TAX = re.compile(r"(?<![0-9])[0-3][0-9](?: ?[0-9]{2}(?: ?[0-9]{3}){3}| ?[0-9]{11})(?![0-9])")
_IBAN = re.compile("[A-Z]{2}[0-9]{2}(?:[ \u00a0\u202f\\-]?[0-9A-Za-z]){11,40}")
_SMALL_IBAN = re.compile(_IBAN.pattern, re.I)
_DATE = re.compile(r"(?<![0-9/.\-])(?:(0?[1-9]|[12][0-9]|3[01])([/.\- ])(0?[1-9]|1[0-2])\2((?:19|20)[0-9]{2})|((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))(?![0-9])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier january", "fevrier february", "mars march", "avril april", "mai may", "juin june", "juillet july",
         "aout august", "septembre september", "octobre october", "novembre november", "decembre december"), 1)
    for name in names.split()
}  # fmt: skip
_WRITTEN_DATE = re.compile(r"(?<![0-9])(0?[1-9]|[12][0-9]|3[01])(?:er|st|nd|rd|th)?\s+(" + "|".join(_MONTHS) + r")\s+((?:19|20)[0-9]{2})(?![0-9])")
_BIRTH = re.compile(r"\b(?:nee?\(?e?\)?\s+(?:le\b|en\b|:)|naissance|birth\s*date|date of birth|birthday|born|d\.?o\.?b\b|d\.?d\.?n\b|date\s+(?:de\s+)?naiss)")
_NEAR = 48
"""Characters between the words "born on" and the date."""

_BIRTH_WORDS = frozenset({"ne", "nee", "naissance", "naiss", "birth", "birthdate", "birthday", "born", "dob", "ddn"})
_STREET_WORDS = frozenset(
    ["rue", "avenue", "av", "ave", "boulevard", "bd", "bvd", "blvd", "place", "chemin", "chem", "impasse", "allee", "allees", "route", "rte", "quai", "cours", "square", "faubourg", "fbg", "lotissement", "passage", "sentier", "villa", "esplanade", "promenade"]
)
_STREET = re.compile(
    r"([0-9]{1,4})(?: ?(?:bis|ter|quater|[a-d]))?,? {1,3}("
    + "|".join(sorted(_STREET_WORDS, key=len, reverse=True))
    + r")\b\.? ([a-z0-9' \-.]{2,60}?)(?=$|[,;|\n\r\t]|  | - |[0-9]{5}\b)"
)
_TOWN = re.compile(r"(?<![0-9])(?:f-?)?((?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3})[ ,]{1,3}([a-z][a-z' \-]{2,40})")
_TOWN_WITHIN = 90
_PASSWORD_WORDS = frozenset({"mot", "mots", "motdepasse", "mdp", "password", "passwd", "pwd", "passphrase", "pass", "passcode", "code"})
_PASSWORD = re.compile(
    r"\b(?:mots? de passe|motdepasse|mdp|password|passwd|pwd|passphrase|pass ?code|code (?:d['’]acc[eè]s|pin|secret|confidentiel))"
    r"(?:\s+(?:provisoire|temporaire|wifi|wi-fi|initial|actuel|est le suivant|is|est))?\s*(?:[:=]|\best\b|\bis\b|(?<=est)|(?<=is)|(?<=suivant))\s*[:«\"'“]?\s*"
    r"([^\s«»\"“”<>]{4,64})",
    re.I,
)
_NO_PASSWORDS = frozenset(
    ["oublie", "perdu", "expire", "incorrect", "personnel", "confidentiel", "valide", "invalide", "requis", "obligatoire", "modifie", "change", "sera", "vous", "votre", "notre", "forgotten", "expired", "required", "invalid", "incorrect", "changed", "reset", "correct", "different", "toujours", "trop", "celui", "envoye", "suivant", "the", "your", "incorrecte", "identique", "temporaire", "securise", "unique", "none", "null", "n/a"]
)
_DOCUMENT_WORDS = frozenset({"passeport", "passport", "cni", "identite", "identity", "permis", "sejour", "titre", "licence", "license"})
_DOCUMENTS = (
    (re.compile(r"passe?port[^0-9]{0,30}?\b([0-9]{2}[ ]?[a-z]{2}[ ]?[0-9]{5})(?![0-9a-z])"), SURE),
    (re.compile(r"(?:cni|carte (?:nationale )?d.?identite|identity card)[^0-9]{0,40}?\b([0-9]{12}|[0-9a-z]{4}[0-9][0-9a-z]{4}|[0-9]{2}[0-9a-z]{2}[0-9]{8})(?![0-9a-z])"), LIKELY),
    (re.compile(r"permis(?: de conduire)?[^0-9]{0,30}?\b([0-9]{2}[ ]?[a-z]{2}[ ]?[0-9]{5}|[0-9]{12})(?![0-9a-z])"), LIKELY),
    (re.compile(r"titre de sejour[^0-9]{0,30}?\b([0-9]{10}|[0-9a-z]{2}[0-9]{7}[0-9a-z]?)(?![0-9a-z])"), LIKELY),
)  # fmt: skip
_MRZ = re.compile(r"(?:P[A-Z<]|ID|I[A-Z<]|TS)[A-Z<]{3}[A-Z0-9<]{25,39}\s{1,3}[A-Z0-9<]{30,44}")
_NIR_WORDS = re.compile(r"\bnir\b|secu\b|securite sociale|n[°o]? ?ss\b|immatriculation|insee|assure")
_CARD_WORDS = frozenset({"carte", "cb", "card", "visa", "mastercard", "amex", "cvv", "cvc", "cryptogramme", "expiration", "expire", "exp"})
_PHONE_WORDS = frozenset({"tel", "telephone", "portable", "mobile", "phone", "fax", "gsm", "appeler", "joindre"})
_IBAN_WORDS = frozenset({"iban", "rib", "compte", "virement", "account"})


def findings(text: str, known: set[str] | None = None) -> Iterator[Finding]:
    """Everything found in a text; the same value may come more than once.

    ``known`` holds the words of the texts of this message read before, and takes in those of this one. A text all of
    whose words are known is the same text in another dress (HTML beside plain text), and is passed over.
    """
    lowered, words = folded_with_words(text)
    if known is not None:
        if words <= known:
            return
        known |= words
    yield from _by_word(lowered, words)
    yield from _by_number(text, lowered, words)
    yield from _by_context(text, lowered, words)


def _by_word(lowered: str, words: set[str]) -> Iterator[Finding]:
    for category in (HEALTH, UNION):
        found = word_list(category).found_in(lowered, words)
        if found:
            is_phrase = any(" " in word for word in found)
            confidence = SURE if len(found) >= 3 else LIKELY if len(found) == 2 or is_phrase else POSSIBLE
            yield from (Finding(category, confidence, word) for word in found)


def _by_number(text: str, lowered: str, words: set[str]) -> Iterator[Finding]:
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
            yield from _phones_of(run, words, taken)
    if "2a" in lowered or "2b" in lowered:
        yield from (f for m in _CORSICAN.finditer(text) for f in _nirs(m[0].rstrip(" .-/"), lowered, m.start()))
    for match in (_SMALL_IBAN if "iban" in words else _IBAN).finditer(text):
        if not text[match.start() - 1 : match.start()].isalnum() and (found := _iban(match[0], words)):
            yield found
    if "<<" in text:
        yield from (f for m in _MRZ.finditer(text) if (f := _machine_readable(m[0])))


def _numbers_of(run: str, lowered: str, words: set[str], at: int, taken: set) -> Iterator[Finding]:
    for finding in _nirs(run, lowered, at):
        taken.add(finding.value[:10])
        yield finding
    for match in _CARD.finditer(run):
        number = _digits(match[1])
        if _ISSUERS.match(number) and luhn.is_valid(number) and len(set(number)) > 2 and not nir.is_valid(number):
            grouped = match[1] != number
            yield Finding(CARD, SURE if grouped or words & _CARD_WORDS else LIKELY, number)
            taken.add(number[:10])
    if "fiscal" in words or "fiscale" in words or "spi" in words or "tax" in words:
        for match in _TAX.finditer(run):
            if nif.is_valid(_digits(match[0])):
                yield Finding(TAX_NUMBER, SURE, _digits(match[0]))


def _nirs(run: str, lowered: str, at: int) -> Iterator[Finding]:
    for match in _NIR.finditer(run):
        number = re.sub(r"[^0-9ABab]", "", match[1]).upper()
        if len(number) == 15 and nir.is_valid(number):
            yield Finding(NIR, SURE, number[:13])
        elif _NIR_WORDS.search(lowered, max(0, at - 60), at + 1) and _is_plausible_nir(number):
            yield Finding(NIR, LIKELY if len(number) == 13 else POSSIBLE, number[:13])


def _is_plausible_nir(number: str) -> bool:
    month = int(number[3:5])
    return 1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99


def _phones_of(run: str, words: set[str], taken: set) -> Iterator[Finding]:
    for match in _FRENCH_PHONE.finditer(run):
        digits = _digits(match[0])
        number = "0" + digits[-9:]
        if any(number in value or value in digits for value in taken):
            continue
        is_grouped = len(match[0]) > len(digits) or match[0].startswith("+")
        is_mobile = number[1] in "67" or digits.startswith(("33", "0033"))
        yield Finding(PHONE, SURE if is_grouped else LIKELY if is_mobile or words & _PHONE_WORDS else POSSIBLE, number)
    if "+" in run:
        yield from (Finding(PHONE, LIKELY, "+" + _digits(m[0])) for m in _FOREIGN_PHONE.finditer(run))


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
    if len(compact) < length or candidate[end : end + 1].isalnum():
        return None
    compact = compact.upper()
    if _remainder(compact) == 1 and iban_number.is_valid(compact, check_country=False):
        # The country's own check knows the banks of some day; an unknown bank makes a number less sure, not wrong.
        return Finding(IBAN, SURE if iban_number.is_valid(compact) else LIKELY, compact)
    digits = sum(map(str.isdigit, compact))
    return Finding(IBAN, POSSIBLE, compact) if words & _IBAN_WORDS and digits > length // 2 else None


def _remainder(number: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97


_MRZ_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def _machine_readable(zone: str) -> Finding | None:
    """The number of an identity document from its machine-readable zone, when a check digit agrees (ICAO 9303)."""
    first, second = zone.split()[0], zone.split()[1]
    number, digit = (second[:9], second[9:10]) if first.startswith("P") else (first[5:14], first[14:15])
    total = sum(_MRZ_VALUES[letter] * (7, 3, 1)[place % 3] for place, letter in enumerate(number))
    return Finding(IDENTITY_DOCUMENT, SURE, number.strip("<")) if digit.isdigit() and total % 10 == int(digit) else None


def _by_context(text: str, lowered: str, words: set[str]) -> Iterator[Finding]:
    if words & _BIRTH_WORDS:
        yield from _birth_dates(lowered)
    if words & _STREET_WORDS:
        yield from _postal_addresses(lowered)
    if words & _PASSWORD_WORDS:
        yield from _passwords(text)
    if words & _DOCUMENT_WORDS:
        for pattern, confidence in _DOCUMENTS:
            yield from (
                Finding(IDENTITY_DOCUMENT, confidence, re.sub(r"\s", "", m[1]).upper()) for m in pattern.finditer(lowered)
            )


def _birth_dates(lowered: str) -> Iterator[Finding]:
    for word in _BIRTH.finditer(lowered):
        near = lowered[word.end() : word.end() + _NEAR]
        if match := _DATE.search(near):
            day, month, year = (match[1], match[3], match[4]) if match[4] else (match[7], match[6], match[5])
            yield Finding(BIRTH_DATE, SURE, f"{year}-{int(month):02d}-{int(day):02d}")
        elif match := _WRITTEN_DATE.search(near):
            yield Finding(BIRTH_DATE, SURE, f"{match[3]}-{_MONTHS[match[2]]:02d}-{int(match[1]):02d}")


def _postal_addresses(lowered: str) -> Iterator[Finding]:
    for match in _STREET.finditer(lowered):
        if lowered[match.start() - 1 : match.start()].isalnum():
            continue
        street = " ".join(match[0].split()).strip(" ,.-")
        town = _TOWN.search(lowered, match.end(), match.end() + _TOWN_WITHIN)
        if town:
            yield Finding(POSTAL_ADDRESS, SURE, f"{street} {town[1]}")
        else:
            yield Finding(POSTAL_ADDRESS, POSSIBLE, street)


def _passwords(text: str) -> Iterator[Finding]:
    for match in _PASSWORD.finditer(text):
        value = match[1].rstrip(".,;:)")
        if len(value) < 4 or folded(value) in _NO_PASSWORDS or "://" in value or set(value) <= set("*•.x_-"):
            continue
        kinds = sum((any(c.islower() for c in value), any(c.isupper() for c in value[1:]), any(c.isdigit() for c in value), any(not c.isalnum() for c in value)))
        yield Finding(PASSWORD, SURE if kinds >= 3 else LIKELY if kinds == 2 else POSSIBLE, value)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text)) if "(0)" not in text else "".join(filter(str.isdigit, text.replace("(0)", "")))


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
