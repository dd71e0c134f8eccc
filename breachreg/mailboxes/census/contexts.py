"""What only the words around it give away: dates of birth, addresses, passwords, numbers of identity documents."""

import datetime
import re
from collections.abc import Iterator

from breachreg.mailboxes.census.finding import (
    BIRTH_DATE,
    IDENTITY_DOCUMENT,
    LIKELY,
    PASSWORD,
    POSSIBLE,
    POSTAL_ADDRESS,
    SURE,
    Finding,
)  # fmt: skip
from breachreg.mailboxes.words import folded


def by_context(text: str, lowered: str, words: set[str]) -> Iterator[Finding]:
    """What stands near the words that announce it; each kind is looked for only where such a word is."""
    if words & _BIRTH_WORDS:
        yield from _birth_dates(lowered)
    if words & _STREET_WORDS:
        yield from _postal_addresses(lowered)
    if words & _PLACE_WORDS:
        yield from _named_places(lowered)
    if words & _PASSWORD_WORDS:
        yield from _passwords(text)
    if words & _DOCUMENT_WORDS:
        yield from _documents(lowered)


# Dates of birth

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier january jan", "fevrier february feb", "mars march", "avril april apr", "mai may", "juin june", "juillet july",
         "aout august aug", "septembre september sept", "octobre october oct", "novembre november nov", "decembre december dec"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = "((?:19|20)[0-9]{2})"
_DATE = re.compile(
    rf"(?<![0-9/.\-])(?:([0-9]{{1,2}})([/.\- ])([0-9]{{1,2}})\2(?:{_YEAR}|([0-9]{{2}}))"
    rf"|{_YEAR}([/.\-])([0-9]{{1,2}})\7([0-9]{{1,2}})"
    rf"|([0-9]{{1,2}})(?:er|st|nd|rd|th)?(?: +of)?\s+{_MONTH}\s+{_YEAR}"
    rf"|{_MONTH}\s+([0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR})(?![0-9])"
)
_LABEL = r"date\s+(?:de\s+)?naiss(?:ance|\.)?|naissance\s*:|d\.?d\.?n\b|d\.?o\.?b\b|birth\s*date|date\s+of\s+birth|nee?s?\(?e?\)?\s*:"
_BORN = re.compile(
    rf"\b(?:(?P<label>{_LABEL})|(?P<born>nee?s?(?:\(e\))?(?:\s+(?:a|au|aux|en)\s+[a-z' \-(),0-9]{{2,40}}?)?,?\s+le\b"
    r"|born(?:\s+in\s+[a-z' \-,]{2,30}?)?\s+(?:on\s+)?(?:the\s+)?)|(?P<word>naissance|birthday))"
)
_FILLING = re.compile(r"[\s:;=,.|()*\"'>\-]*(?:(?:le|the|on|is|est|jj/mm/aaaa|dd/mm/yyyy|mm/dd/yyyy|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b[\s:;=,.|()*\"'>\-]*){0,3}")
_NEAR = 48
"""Characters between a label and its date, as in the columns of a table."""
_PIVOT = 30
"""A year of two digits above this is of the last century."""
_BIRTH_WORDS = frozenset({"ne", "nee", "nes", "nees", "naissance", "naiss", "birth", "birthdate", "birthday", "born", "dob", "ddn"})


def _birth_dates(lowered: str) -> Iterator[Finding]:
    for word in _BORN.finditer(lowered):
        at = _FILLING.match(lowered, word.end()).end()
        match, is_next = _DATE.match(lowered, at), True
        if not match and word["label"]:
            match, is_next = _DATE.search(lowered, word.end(), word.end() + _NEAR), False
        day = match and _day(match)
        if day:
            confidence = LIKELY if match[5] or not is_next else SURE
            yield Finding(BIRTH_DATE, POSSIBLE if word["word"] and not is_next else confidence, day.isoformat())


def _day(match: re.Match) -> datetime.date | None:
    """The day of a match; day and month change places where only that makes a date. None for what is no date."""
    g = match.groups()
    if g[0]:
        year = int(g[3]) if g[3] else int(g[4]) + (1900 if int(g[4]) > _PIVOT else 2000)
        pairs = [(int(g[2]), int(g[0])), (int(g[0]), int(g[2]))]
    elif g[5]:
        year, pairs = int(g[5]), [(int(g[7]), int(g[8]))]
    elif g[9]:
        year, pairs = int(g[11]), [(_MONTHS[g[10]], int(g[9]))]
    else:
        year, pairs = int(g[14]), [(_MONTHS[g[12]], int(g[13]))]
    for month, day in pairs:
        try:
            return datetime.date(year, month, day)
        except ValueError:
            continue
    return None


# Postal addresses

_STREET_WORDS = frozenset(
    ["rue", "avenue", "av", "ave", "boulevard", "bd", "bvd", "blvd", "place", "chemin", "chem", "impasse", "allee", "allees", "route", "rte", "quai", "cours", "square", "faubourg", "fbg", "lotissement", "passage", "sentier", "villa", "esplanade", "promenade"]
)
_PLACE_WORDS = frozenset({"lieu", "lieudit", "hameau", "residence", "bp"})
_STREET = re.compile(
    r"([0-9]{1,4})(?: ?(?:bis|ter|quater|[a-d]))?,? {1,3}("
    + "|".join(sorted(_STREET_WORDS, key=len, reverse=True))
    + r")\b\.? ([a-z0-9' \-.]{2,60}?)(?=$|[,;|\n\r\t]|  | - |[0-9]{5}\b)"
)
_CODE = "((?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3})"
_TOWN = re.compile(rf"(?<![0-9])(?:f-?)?{_CODE}(?:[ ,]{{1,3}}([a-z][a-z' \-]{{2,40}})|\s*(?=$|[\n\r]))")
_NAMED_PLACE = re.compile(rf"\b((?:lieu[- ]?dit|hameau|residence|bp ?[0-9]{{1,5}})\b[a-z0-9' \-.,\n\r]{{0,60}}?)[ ,\n\r\-]+(?:f-?)?{_CODE} {{1,3}}[a-z][a-z' \-]{{2,40}}")
_TOWN_WITHIN = 90


def _postal_addresses(lowered: str) -> Iterator[Finding]:
    for match in _STREET.finditer(lowered):
        if lowered[match.start() - 1 : match.start()].isalnum():
            continue
        street = " ".join(match[0].split()).strip(" ,.-")
        town = _TOWN.search(lowered, match.end(), match.end() + _TOWN_WITHIN)
        if town:
            yield Finding(POSTAL_ADDRESS, SURE if town[2] else LIKELY, f"{street} {town[1]}")
        else:
            yield Finding(POSTAL_ADDRESS, POSSIBLE, street)


def _named_places(lowered: str) -> Iterator[Finding]:
    for match in _NAMED_PLACE.finditer(lowered):
        place = " ".join(match[1].replace(",", " ").split()).strip(" ,.-")
        yield Finding(POSTAL_ADDRESS, LIKELY, f"{place} {match[2]}")


# Passwords

_PASSWORD_WORDS = frozenset({"mot", "mots", "motdepasse", "mdp", "password", "passwd", "pwd", "passphrase", "pass", "passcode", "code", "pin", "cle"})
_PASSWORD = re.compile(
    r"\b(?P<what>mots? de passe|motdepasse|mdp|password|passwd|pwd|passphrase|pass ?code|pass(?=\s*[:=])|pin(?=\s*[:=])"
    r"|cl[eé] (?:wifi|wi-fi|wpa2?)|code (?:d['’]acc[eè]s|pin|secret|confidentiel|wifi|wi-fi|de la porte|portail))"
    r"(?:(?P<of>(?:\s+(?:(?:du|de|des|pour|for|of|to|the|le|la|les|votre|your)\s+|de l['’]|d['’])*[\w.\-]{2,20}){0,2}?)"
    r"\s*(?P<sign>[:=]|\bc['’]est|\best(?:\s+le\s+suivant)?|\bis)|(?P<bare>))"
    r"\s*[:«\"'“]?\s*(?P<value>[^\s«»\"“”<>]{4,64})(?P<more>[ \u00a0]+[^\W\d_])?",
    re.I,
)
_NO_PASSWORDS = frozenset(
    ["oublie", "perdu", "expire", "incorrect", "personnel", "confidentiel", "valide", "invalide", "requis", "obligatoire", "modifie", "change", "sera", "vous", "votre", "notre", "forgotten", "expired", "required", "invalid", "changed", "reset", "correct", "different", "toujours", "trop", "celui", "envoye", "suivant", "the", "your", "incorrecte", "identique", "temporaire", "securise", "unique", "none", "null", "n/a", "about", "voir", "cliquez", "case-sensitive", "[email"]
)


def _passwords(text: str) -> Iterator[Finding]:
    for match in _PASSWORD.finditer(text):
        value = match["value"].rstrip(".,;:)")
        if len(value) < 4 or folded(value) in _NO_PASSWORDS or "://" in value or set(value) <= set("*•.x_-"):
            continue
        confidence = _confidence_of_password(value)
        is_told = match["sign"] in (":", "=")
        if confidence == POSSIBLE and (match["more"] or not is_told):
            continue  # a word of a sentence
        is_sure_to_be_meant = match["bare"] is None and (is_told or not match["of"].strip())
        if not is_sure_to_be_meant and not (any(map(str.isdigit, value)) and any(map(str.isalpha, value))):
            continue
        yield Finding(PASSWORD, confidence if is_sure_to_be_meant else LIKELY, value)


def _confidence_of_password(value: str) -> int:
    kinds = sum((any(c.islower() for c in value), any(c.isupper() for c in value[1:]), any(c.isdigit() for c in value), any(not c.isalnum() for c in value)))
    return SURE if kinds >= 3 else LIKELY if kinds == 2 else POSSIBLE


# Identity documents

_DOCUMENT_WORDS = frozenset({"passeport", "passport", "cni", "cnie", "identite", "identity", "id", "permis", "sejour", "titre", "licence", "license"})
_NUMBER_WORDS = r"(?:\s|[:.,°\-]|\b(?:n|no|nr|num|numero|number|francais|francaise|nationale|de)\b){0,12}"
_OLD_CARD = r"[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{8}"
_NEW_CARD = r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9bcdfghjklmnpqrstvwxz]{9}"
_DOCUMENTS = (
    (re.compile(r"passe?port[^0-9]{0,30}?\b([0-9]{2}[ ]?[a-z]{2}[ ]?[0-9]{5})(?![0-9a-z])"), SURE),
    (re.compile(rf"passe?port{_NUMBER_WORDS}\b((?=[a-z]{{0,4}}[0-9])(?:[0-9a-z]{{2}}[0-9x][0-9a-z]{{4,6}}))(?![0-9a-z])"), LIKELY),
    (re.compile(rf"(?:cnie?|(?:carte|piece) (?:nationale )?d.?identite|identity card|id card|identity document)[^0-9]{{0,40}}?\b({_OLD_CARD}|{_NEW_CARD})(?![0-9a-z])"), LIKELY),
    (re.compile(r"permis(?: de conduire)?[^0-9]{0,30}?\b([0-9]{2}[ ]?[a-z]{2}[ ]?[0-9]{5}|[0-9]{12})(?![0-9a-z])"), LIKELY),
    (re.compile(r"titre de sejour[^0-9]{0,30}?\b([0-9]{10}|[0-9a-z]{2}[0-9]{7}[0-9a-z]?)(?![0-9a-z])"), LIKELY),
)  # fmt: skip


def _documents(lowered: str) -> Iterator[Finding]:
    for pattern, confidence in _DOCUMENTS:
        for match in pattern.finditer(lowered):
            value = re.sub(r"\s", "", match[1]).upper()
            if sum(map(str.isdigit, value)) >= 2:
                yield Finding(IDENTITY_DOCUMENT, confidence, value)
