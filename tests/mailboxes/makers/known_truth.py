"""A mailbox of any size of which everything is known: who is in it, which numbers, in which messages.

Every person, number and address is invented by a seeded generator; numbers have right checksums where they count, and
wrong ones where they must not. Used by the tests and by benchmarks/census.py.
"""

import base64
import io
import quopri
import random
import unicodedata
import zipfile
from collections import defaultdict
from pathlib import Path

import openpyxl
from stdnum import luhn
from stdnum.iban import calc_check_digits

OWNER = "compta@hopital-troisrivieres.example"
FIRST = ["Anaïs", "Benoît", "Célia", "David", "Élodie", "Farid", "Gaëlle", "Hugo", "Inès", "Jules", "Karim", "Léa", "Marc", "Nadia", "Oscar", "Paul", "Rose", "Sami", "Théo", "Zoé"]
LAST = ["Moreau", "Lefèvre", "Garnier", "Petit", "Rousseau", "Fontaine", "Chevalier", "Robin", "Masson", "Sanchez", "Girard", "Bonnet", "Dupuis", "Lambert", "Henry"]
PLAIN = ["Bonjour,", "je", "reviens", "vers", "vous", "au", "sujet", "de", "notre", "dernière", "réunion.", "Le", "compte", "rendu", "est", "en", "cours", "de", "rédaction", "et", "vous", "sera", "transmis", "dans", "la", "semaine.", "Merci", "de", "me", "confirmer", "votre", "présence", "au", "prochain", "comité,", "prévu", "dans", "la", "grande", "salle.", "Le", "planning", "des", "équipes", "est", "affiché", "au", "secrétariat", ";", "chacun", "peut", "proposer", "des", "changements.", "Pensez", "à", "signer", "la", "feuille", "de", "présence.", "Les", "travaux", "de", "la", "toiture", "commenceront", "après", "les", "congés.", "Bien", "cordialement,", "et", "bonne", "fin", "de", "journée", "à", "tous", "les", "collègues."]
NOISE = (
    "Votre commande 2024-0098-7765-4412 est expédiée. Suivi : 6A09876543210. Réf. dossier 4539148803436468 bis.",  # no valid check digit
    "https://suivi.example/t/4970101234567890?session=1850578006084 et https://example.org/06/12/34/56/78",
    "Message-ID 20240310221409.4539578763621487@mx.example, boundary=----=_Part_4970101234567890",
    "Facture n° 185057800608437 du 12/03/2024, montant 1 234,56 EUR, TVA 20 %, code 75012-0001.",
    "IBAN non communiqué, RIB à venir. Numéro de carte perdu. Mot de passe oublié ? Demandez au support.",
    "Horodatage 1710108849123456, UUID 123e4567-e89b-12d3-a456-426614174000, sha256 4539578763621487abcdef",
    "Réunion le 03/04/2024 à 10 h 30, salle 0612, poste 4512, copie de l’ordre 12 34 56 78 90 12 34.",
)


class Truth:
    """What the mailbox holds: per category, the distinct values and the messages; and the people of the headers."""

    def __init__(self):
        self.values = defaultdict(set)
        self.messages = defaultdict(set)
        self.correspondents = set()

    def add(self, number: int, category: str, value: str) -> None:
        self.values[category].add(value)
        self.messages[category].add(number)


class Maker:
    """Makes message number N of the mailbox, always the same for the same seed."""

    def __init__(self, seed: int = 20260310):
        self.chance = random.Random(seed)
        self.truth = Truth()
        people = self.chance.sample([(first, last, n) for first in FIRST for last in LAST for n in range(10)], 1500)
        self.people = [(f"{first} {last}", f"{_plain(first)}.{_plain(last)}{n}@client{n}.example") for first, last, n in people]

    # Numbers

    def iban(self) -> tuple[str, str]:
        country, length = self.chance.choice([("FR", 23), ("FR", 23), ("DE", 18), ("BE", 12)])
        bban = self.digits(length)
        if country == "FR":
            key = 97 - (89 * int(bban[:5]) + 15 * int(bban[5:10]) + 3 * int(bban[10:21])) % 97
            bban = f"{bban[:21]}{key:02d}"
        if country == "BE":
            bban = f"{bban[:10]}{int(bban[:10]) % 97 or 97:02d}"
        number = country + calc_check_digits(country + "00" + bban) + bban
        return number, self.style(number, 4)

    def card(self) -> tuple[str, str]:
        head = self.chance.choice(["4", "51", "53", "55"])
        body = head + self.digits(15 - len(head))
        number = body + luhn.calc_check_digit(body)
        return number, self.style(number, 4)

    def nir(self) -> tuple[str, str]:
        department = self.chance.choice([f"{self.chance.randint(1, 95):02d}", "2A", "2B"])
        if department == "20":
            department = "2B"
        head = f"{self.chance.choice('12')}{self.chance.randint(30, 99)}{self.chance.randint(1, 12):02d}{department}{self.chance.randint(1, 990):03d}{self.chance.randint(1, 999):03d}"
        key = 97 - int(head.replace("2A", "19").replace("2B", "18")) % 97
        whole = f"{head}{key:02d}"
        spaced = f"{head[0]} {head[1:3]} {head[3:5]} {head[5:7]} {head[7:10]} {head[10:13]} {key:02d}"
        return head, self.chance.choice([whole, spaced, spaced.replace(" ", "\u00a0")])

    def phone(self) -> tuple[str, str]:
        number = f"0{self.chance.choice('1234567')}{self.digits(8)}"
        pairs = [number[i : i + 2] for i in range(0, 10, 2)]
        return number, self.chance.choice([" ".join(pairs), ".".join(pairs), "+33 " + " ".join([number[1], *pairs[1:]]), "-".join(pairs)])

    def birth(self) -> tuple[str, str]:
        year, month, day = self.chance.randint(1940, 2010), self.chance.randint(1, 12), self.chance.randint(1, 28)
        words = self.chance.choice(["né le", "née le", "date de naissance :", "Date of birth:"])
        return f"{year}-{month:02d}-{day:02d}", f"{words} {day:02d}/{month:02d}/{year}"

    def digits(self, count: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(count))

    def style(self, number: str, size: int) -> str:
        return " ".join(number[i : i + size] for i in range(0, len(number), size)) if self.chance.random() < 0.6 else number

    LINES = {
        "iban": "Voici mon IBAN : {} pour le virement.", "card": "Carte {} expire 09/27.", "nir": "N° de sécurité sociale {}.",
        "phone": "Vous pouvez me joindre au {}.", "birth_date": "Patient {}, dossier joint.",
        "password": "Votre mot de passe : {}", "health": "{}", "postal_address": "Adresse : {}",
    }  # fmt: skip

    def fact(self, number: int, category: str) -> str:
        if category == "password":
            value = shown = "Tr0is" + self.digits(4) + self.chance.choice("!?#")
        elif category == "health":
            value = "arret maladie"
            shown = "Le patient est en arrêt maladie depuis la chirurgie ; la chimiothérapie commence lundi."
        elif category == "postal_address":
            street, code = self.chance.randint(1, 150), self.chance.randint(1000, 95999)
            value = f"{street} {code:05d}"
            shown = f"{street} rue des Lilas, {code:05d} Valbourg"
        else:
            value, shown = {"iban": self.iban, "card": self.card, "nir": self.nir, "phone": self.phone, "birth_date": self.birth}[category]()
        self.truth.add(number, category, value)
        return self.LINES[category].format(shown)

    # Messages

    def text(self, number: int) -> str:
        chance = self.chance
        words = [chance.choice(PLAIN) for _ in range(chance.randint(60, 320))]
        lines = [" ".join(words[i : i + 14]) for i in range(0, len(words), 14)]
        for category, share in (("iban", 0.03), ("card", 0.01), ("nir", 0.02), ("phone", 0.15), ("birth_date", 0.02), ("password", 0.005), ("health", 0.01), ("postal_address", 0.02)):
            if chance.random() < share:
                lines.insert(chance.randrange(len(lines)), self.fact(number, category))
        if chance.random() < 0.2:
            lines.insert(chance.randrange(len(lines)), chance.choice(NOISE))
        return "\n".join(lines)

    def message(self, number: int) -> bytes:
        chance = self.chance
        (name, sender), (_, other) = chance.choice(self.people), chance.choice(self.people)
        to = [OWNER] + ([other] if chance.random() < 0.3 else [])
        self.truth.correspondents.update([sender, *to])
        minute = number % 60
        head = (
            f"From: {_encoded(name)} <{sender}>\nTo: {', '.join(to)}\nSubject: {_encoded('Dossier n° ' + str(number % 977))}\n"
            f"Date: Tue, {number % 28 + 1:02d} Mar 2026 {number % 24:02d}:{minute:02d}:00 +0000\nMessage-ID: <{number}@mx.example>\nMIME-Version: 1.0\n"
        )
        body = self.body(number)
        return (head + body).encode()

    def body(self, number: int) -> str:
        chance, text = self.chance, self.text(number)
        form = chance.random()
        if form < 0.35:
            return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text + "\n"
        if form < 0.55:
            return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + _quoted(text) + "\n"
        if form < 0.75:
            return _multipart("alternative", [("text/plain; charset=utf-8", text), ("text/html; charset=utf-8", _page(text))])
        if form < 0.9:
            return "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + _b64(_page(text).encode())
        if form < 0.95:
            return _multipart("mixed", [("text/plain; charset=utf-8", text), ("image/jpeg; name=p.jpg", b"\xff\xd8\xff" + chance.randbytes(20_000))])
        return _multipart("mixed", [("text/plain; charset=utf-8", text), self.file(number)])

    def file(self, number: int):
        category = self.chance.choice(["iban", "nir", "card"])
        lines = [self.fact(number, category) for _ in range(self.chance.randint(1, 4))]
        kind = self.chance.choice(["pdf", "docx", "xlsx", "csv", "zip", "eml"])
        data = MAKERS[kind](lines)
        return (f"application/octet-stream; name=piece.{kind}", data) if kind != "eml" else ("message/rfc822", data)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isascii() and c.isalnum())


def _encoded(text: str) -> str:
    return text if text.isascii() else "=?utf-8?b?" + base64.b64encode(text.encode()).decode() + "?="


def _quoted(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


def _b64(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def _page(text: str) -> str:
    rows = "".join(f"<p style='margin:0'>{line}</p>\n" for line in text.replace("IBAN :", "<b>IBAN</b>&nbsp;:").split("\n"))
    return f"<html><head><style>p{{color:#4970101234567890}}</style></head><body>{rows}</body></html>"


def _multipart(kind: str, parts: list) -> str:
    boundary = "=_frontiere_0612345678"
    out = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for content_type, content in parts:
        out.append(f"--{boundary}\nContent-Type: {content_type}")
        if content_type == "message/rfc822":
            out.append("\n" + content.decode())
        elif isinstance(content, bytes):
            out.append("Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n" + _b64(content))
        else:
            out.append("Content-Transfer-Encoding: quoted-printable\n\n" + _quoted(content))
    return "\n".join([*out, f"--{boundary}--", ""])


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF with these lines, written by hand."""
    text = b"".join(b"(" + line.encode("cp1252", "replace").replace(b"(", b"").replace(b")", b"") + b") Tj T*\n" for line in lines)
    stream = b"BT /F1 12 Tf 50 750 Td 14 TL\n" + text + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


def docx(lines: list[str]) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    # A word processor cuts a line into runs where it likes.
    paragraphs = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{line[:9]}</w:t></w:r><w:r><w:t xml:space='preserve'>{line[9:]}</w:t></w:r></w:p>" for line in lines)
    return packed({
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "word/document.xml": f"<w:document xmlns:w='{word}'><w:body>{paragraphs}</w:body></w:document>",
    })  # fmt: skip


def xlsx(lines: list[str]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Nom", "Valeur"])
    for line in lines:
        book.active.append(["Dupont", line])
    book.save(out)
    return out.getvalue()


def csv_file(lines: list[str]) -> bytes:
    return ("Nom;Valeur\r\n" + "\r\n".join(f"Dupont;{line}" for line in lines)).encode("cp1252")


def packed(members: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def eml(lines: list[str]) -> bytes:
    return ("From: interne@hopital-troisrivieres.example\nSubject: piece\nContent-Type: text/plain; charset=utf-8\n\n" + "\n".join(lines) + "\n").encode()


MAKERS = {
    "pdf": pdf, "docx": docx, "xlsx": xlsx, "csv": csv_file, "eml": eml,
    "zip": lambda lines: packed({"dossier/a.txt": "\n".join(lines), "b.csv": csv_file(lines)}),
}  # fmt: skip


def write_mbox(path: Path, count: int, seed: int = 20260310) -> Truth:
    """Write a mailbox of so many messages, and return what is in it."""
    maker = Maker(seed)
    with path.open("wb") as out:
        for number in range(count):
            body = maker.message(number).replace(b"\nFrom ", b"\n>From ")
            out.write(b"From expediteur@client.example Tue Mar 10 22:14:09 2026\n" + body.rstrip(b"\n") + b"\n\n")
    return maker.truth
