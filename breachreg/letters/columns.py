"""The columns of a table of recipients: what each is called in the wild, so that a header maps itself."""

import re
import unicodedata
from collections.abc import Sequence
from types import SimpleNamespace

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "civility": _("Civility"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "line2": _("Line 2: flat, floor, care of"),
    "line3": _("Line 3: entrance, building"),
    "line4": _("Line 4: number and street"),
    "line5": _("Line 5: locality, PO box"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "country": _("Country"),
    "email": _("E-mail address"),
    "channel": _("Way wanted (post or e-mail)"),
    "language": _("Language of the letter (fr or en)"),
    "capacity": _("Capacity (person, guardian or heir)"),
    "about": _("The minor or the deceased, for a guardian or heir"),
    "data": _("Data that this person lost"),
}
NAMES = {
    "civility": "civilite civility titre title genre salutation",
    "first_name": "prenom prenoms firstname givenname forename",
    "last_name": "nom nomdefamille nomusage lastname surname familyname name nomcomplet destinataire",
    "line2": "l2 ligne2 line2 adresse2 address2 complement complementadresse complementdadresse appartement",
    "line3": "l3 ligne3 line3 adresse3 address3 batiment residence entree",
    "line4": "l4 ligne4 line4 adresse address adresse1 address1 voie rue numeroetvoie street adressepostale",
    "line5": "l5 ligne5 line5 lieudit bp boitepostale",
    "postcode": "cp codepostal postcode postalcode zip zipcode",
    "city": "ville city town commune localite",
    "country": "pays country",
    "email": "email mail courriel adressemail adresseelectronique emailaddress adressecourriel",
    "channel": "canal channel envoi moyen",
    "language": "langue language lang",
    "capacity": "qualite capacite capacity",
    "about": "personneconcernee enfant mineur nommineur nomenfant defunt child minor deceased about",
    "data": "donnees donneesconcernees categories categoriesdedonnees data datacategories datalost",
}
COLUMNS = SimpleNamespace(
    post_words=frozenset({"post", "poste", "courrier", "lettre", "letter", "mail postal", "papier"}),
    email_words=frozenset({"email", "e-mail", "mail", "courriel", "mél"}),
    civilities={
        "mme": "madam", "madame": "madam", "mlle": "madam", "mademoiselle": "madam", "f": "madam", "ms": "madam",
        "mrs": "madam", "miss": "madam", "m": "sir", "mr": "sir", "monsieur": "sir", "h": "sir", "mister": "sir",
    },
)  # fmt: skip


def guess(header: Sequence[str]) -> dict[str, int]:
    """Our column → its position in this header, for every name that is known; the first match wins."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        for field, names in NAMES.items():
            if field not in found and plain(name) in names.split():
                found[field] = place
                break
    return found


def plain(name: str) -> str:
    """The letters and figures of a text, without capitals, accents, blanks and signs."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]", "", decomposed)
