"""The people and the organisations of the demo; nobody here exists, and example.org receives no mail."""

from dataclasses import dataclass
from datetime import datetime

from breachreg.accounts import actions
from breachreg.accounts.models import Organisation, Role, User
from breachreg.management.demo.sign_ins import SignIn

HOSPITAL = {
    "name": "Hôpital des Trois Rivières", "slug": "hopital", "reference_prefix": "HOP", "siren": "123456782",
    "sector": "health_social", "headcount": 2140, "address": "1 rue des Saules", "postal_code": "35000",
    "city": "Rennes", "legal_representative_civility": "sir", "legal_representative_last_name": "Morel",
    "legal_representative_first_name": "Étienne", "legal_representative_email": "direction@example.org",
    "contact_civility": "madam", "contact_last_name": "Diallo", "contact_first_name": "Awa",
    "contact_function": "Déléguée à la protection des données", "contact_email": "dpo@example.org",
    "contact_phone": "02 00 00 00 00", "regimes": ("gdpr", "health", "insurance"),
}  # fmt: skip
TOWN_HALL = {
    "name": "Mairie de Valbourg", "slug": "mairie", "reference_prefix": "MAI", "siren": "987654324",
    "sector": "public_administration", "headcount": 180, "address": "Place de l'Hôtel-de-Ville",
    "postal_code": "29000", "city": "Valbourg", "contact_civility": "sir", "contact_last_name": "Novak",
    "contact_first_name": "Dan", "contact_function": "Délégué à la protection des données",
    "contact_email": "dan.novak@example.org", "contact_phone": "02 00 00 00 01", "regimes": ("gdpr",),
}  # fmt: skip
MUTUAL = {
    "name": "Mutuelle du Ponant", "slug": "mutuelle", "reference_prefix": "MUT", "siren": "111222337",
    "sector": "finance_insurance", "headcount": 310, "address": "12 quai de la Fosse", "postal_code": "44000", "city": "Nantes",
    "contact_civility": "madam", "contact_last_name": "Marchal", "contact_first_name": "Léna",
    "contact_function": "Déléguée à la protection des données", "contact_email": "lena.marchal@example.org",
    "contact_phone": "02 00 00 00 02", "regimes": ("gdpr",),
}  # fmt: skip

PEOPLE = (
    ("awa", "Awa Diallo", Role.DPO, "hospital", "DPO"),
    ("ines", "Inès Caron", Role.DPO, "hospital", "DPO, second"),
    ("bruno", "Bruno Lefèvre", Role.LEGAL_REVIEWER, "hospital", "legal reviewer"),
    ("chloe", "Chloé Martin", Role.AUDITOR, "hospital", "auditor"),
    ("farid", "Farid Benali", Role.ADMINISTRATOR, "hospital", "administrator"),
    ("rose", "Rose Petit", Role.REPORTER, "hospital", "reporter"),
    ("dan", "Dan Novak", Role.DPO, "town_hall", "DPO of another organisation"),
    ("lena", "Léna Marchal", Role.DPO, "mutual", "DPO of an insurer (DORA)"),
)


@dataclass(frozen=True)
class Cast:
    hospital: Organisation
    town_hall: Organisation
    mutual: Organisation
    people: dict[str, User]
    sign_ins: tuple[SignIn, ...]

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error


def gather(*, password: str, at: datetime) -> Cast:
    """Found the organisations and open the accounts, all with the same password."""
    houses = {
        "hospital": actions.found_organisation(by=None, at=at, **HOSPITAL),
        "town_hall": actions.found_organisation(by=None, at=at, **TOWN_HALL),
        "mutual": actions.found_organisation(by=None, at=at, **MUTUAL),
    }
    people, shown = {}, []
    for key, name, role, house, who in PEOPLE:
        user = actions.add_person(email=address_of(name), full_name=name, by=None, at=at, password=password)
        actions.give_role(user=user, organisation=houses[house], role=role, by=None, at=at)
        people[key] = user
        shown.append(SignIn(user.email, f"{name}, {who}, {houses[house].name}"))
    return Cast(houses["hospital"], houses["town_hall"], houses["mutual"], people, tuple(shown))


def address_of(name: str) -> str:
    """awa.diallo@example.org for Awa Diallo."""
    plain = name.lower().translate(str.maketrans("éèçïâ", "eecia"))
    return ".".join(plain.split()) + "@example.org"
