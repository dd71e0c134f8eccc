"""What stands in a text: found with its confidence, and what only looks like it left alone. All values are invented."""

import pytest

from breachreg.mailboxes.census.detectors import findings
from breachreg.mailboxes.census.finding import LIKELY, POSSIBLE, SURE, Finding, masked


def found(text, category):
    best = {}
    for kind, confidence, value in findings(text):
        if kind == category:
            best[value] = max(best.get(value, 0), confidence)
    return best


@pytest.mark.parametrize(
    ("text", "category", "values"),
    [
        ("Mon IBAN FR76 3000 6000 0112 3456 7890 189 merci", "iban", {"FR7630006000011234567890189": SURE}),
        ("IBAN:FR7630006000011234567890189;BIC AGRIFRPP", "iban", {"FR7630006000011234567890189": SURE}),
        ("iban fr76 3000 6000 0112 3456 7890 189", "iban", {"FR7630006000011234567890189": SURE}),
        ("FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189 BIC AGRIFRPP", "iban", {"FR7630006000011234567890189": SURE}),
        ("DE89 3704 0044 0532 0130 00", "iban", {"DE89370400440532013000": SURE}),
        ("compte FR76 3000 6000 0112 3456 7890 188", "iban", {"FR7630006000011234567890188": POSSIBLE}),
        ("réf. FR76 3000 6000 0112 3456 7890 188", "iban", {}),
        ("XFR7630006000011234567890189", "iban", {}),
        ("carte 4970 1012 3412 3450", "card", {}),
        ("carte 4111 1111 1111 1111 exp 09/27", "card", {}),  # three digits or more must differ
        ("CB 4539-5787-6362-1486", "card", {"4539578763621486": SURE}),
        ("2024 4539 5787 6362 1486", "card", {"4539578763621486": SURE}),
        ("numéro 4539578763621486.", "card", {"4539578763621486": LIKELY}),
        ("Amex 3782 822463 10005", "card", {"378282246310005": SURE}),
        ("https://x.example/4539578763621486", "card", {}),
        ("id=4539578763621486", "card", {}),
        ("9939578763621486", "card", {}),
        ("1 85 05 78 006 084 91", "nir", {"1850578006084": SURE}),
        ("NIR:185057800608491", "nir", {"1850578006084": SURE}),
        ("185.05.78.006.084/91 et 06 12 34 56 78", "nir", {"1850578006084": SURE}),
        ("2 84 03 2A 123 456 {key}", "nir", {"284032A123456": SURE}),
        ("2 84 03 2b 123 456 {key_b}", "nir", {"284032B123456": SURE}),
        ("sécurité sociale : 1850578006084", "nir", {"1850578006084": LIKELY}),
        ("sécurité sociale : 1 85 05 78 006 084 92", "nir", {"1850578006084": POSSIBLE}),
        ("facture 185057800608492", "nir", {}),
        ("Tél. 06 12 34 56 78", "phone", {"0612345678": SURE}),
        ("+33 (0)6.12.34.56.78", "phone", {"0612345678": SURE}),
        ("0033612345678", "phone", {"0612345678": LIKELY}),
        ("tel:0240414243", "phone", {"0240414243": LIKELY}),
        ("0240414243", "phone", {"0240414243": POSSIBLE}),
        ("+49 30 901820", "phone", {"+4930901820": LIKELY}),
        ("commande 12 34 56 78 90 12 34", "phone", {}),
        ("né le 12/03/1980 à Rennes", "birth_date", {"1980-03-12": SURE}),
        ("Date de naissance : 1980-03-12", "birth_date", {"1980-03-12": SURE}),
        ("née le 1er août 1975", "birth_date", {"1975-08-01": SURE}),
        ("born 3 March 1985", "birth_date", {"1985-03-03": SURE}),
        ("réunion le 12/03/1980", "birth_date", {}),
        ("12 bis rue des Lilas, 35000 Rennes", "postal_address", {"12 bis rue des lilas 35000": SURE}),
        ("4, avenue du Général Leclerc\n75014 PARIS", "postal_address", {"4, avenue du general leclerc 75014": SURE}),
        ("au 12 rue des Lilas", "postal_address", {"12 rue des lilas": POSSIBLE}),
        ("voici 3 cours de piano", "postal_address", {"3 cours de piano": POSSIBLE}),
        ("10 avenue des Champs-Élysées 75008\n", "postal_address", {"10 avenue des champs-elysees 75008": LIKELY}),
        ("Lieu-dit Le Bourg, 35000 Rennes", "postal_address", {"lieu-dit le bourg 35000": LIKELY}),
        ("BP 123, 35000 Rennes", "postal_address", {"bp 123 35000": LIKELY}),
        ("mot de passe : Tr0is!Rivieres", "password", {"Tr0is!Rivieres": SURE}),
        ("Password is hunter22", "password", {"hunter22": LIKELY}),
        ("mdp=azerty", "password", {"azerty": POSSIBLE}),
        ("Mot de passe oublié ?", "password", {}),
        ("mot de passe : https://x.example/reset", "password", {}),
        ("mot de passe : ********", "password", {}),
        ("Passeport n° 12AB34567", "identity_document", {"12AB34567": SURE}),
        ("permis de conduire 13AA00002", "identity_document", {"13AA00002": LIKELY}),
        *((text, "identity_document", {"880692310285": LIKELY}) for text in ("CNI n° 880692310285", "carte nationale d’identité : 880692310285", "pièce d'identité 880692310285")),
        *((text, "identity_document", {"X4RTBPFW4": LIKELY}) for text in ("CNI : X4RTBPFW4", "ma carte d'identité numéro X4RTBPFW4", "ID card number X4RTBPFW4")),
        ("Passport number: C01X00T47", "identity_document", {"C01X00T47": LIKELY}),
        ("carte d'identité perdue, dossier 20240312", "identity_document", {}),
        ("permis de construire 075 123 24 00012", "identity_document", {}),
        ("identité visuelle 2024AB123", "identity_document", {}),
        ("passeport talent demandé le 12/03/2024", "identity_document", {}),
        ("IDFRABERTHIER<<<<<<<<<<<<<<<<<923102\n8806923102858CORINNE<<<<<<<6512068F6", "identity_document", {"880692310285": SURE}),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", "identity_document", {"L898902C3": SURE}),
        # Line breaks, quoting, tables, and the older form of a French account
        *((text, "iban", {"FR7630006000011234567890189": SURE}) for text in (
            "FR76 3000 6000 0112\n3456 7890 189", "> FR76 3000 6000 0112 3456\r\n> 7890 189", "IBAN\nFR 76 3000 6000 0112 3456 7890 189",
            "IBAN|FR76|3000|6000|0112|3456|7890|189", "FR76.3000.6000.0112.3456.7890.189", "RIB 30006 00001 12345678901 89")),
        ("IBAN FR14 2004 1010 0505 0001 3M02 606", "iban", {"FR1420041010050500013M02606": SURE}),
        ("RIB : 20041 01005 0500013M026 06", "iban", {"FR1420041010050500013M02606": SURE}),
        ("RIB : 20041 01005 0500013M026 07", "iban", {}),
        ("FR7630006000011234567890189BIC", "iban", {"FR7630006000011234567890189": LIKELY}),
        # Numbers of orders, parcels and files that look like cards, phones and NIR
        ("commande n° 4539578763621486", "card", {"4539578763621486": POSSIBLE}),
        ("n° de facture 5105105105105100", "card", {"5105105105105100": POSSIBLE}),
        ("réf 4539578763621486-01", "card", {"4539578763621486": POSSIBLE}),
        ("4539.5787.6362.1486", "card", {"4539578763621486": SURE}),
        ("IMEI 490154203237518", "card", {}),
        ("tracking 61299998820821171811", "card", {}),
        ("EAN 3760123456789", "card", {}),
        ("commande n° 0612345678", "phone", {"0612345678": POSSIBLE}),
        ("réf. 06 12 34 56 78 90", "phone", {"0612345678": POSSIBLE}),
        ("05 12 2024 10 30", "phone", {"0512202410": POSSIBLE}),
        ("06 12 34 56 78 06 98 76 54 32", "phone", {"0612345678": SURE, "0698765432": SURE}),
        ("SIRET 732 829 320 00074, TVA FR44732829320", "phone", {}),
        ("SIRET 732 829 320 00074", "nir", {}),
        ("ISBN 978-2-07-036822-8", "phone", {}),
        ("colissimo 8R01234567890", "phone", {}),
        ("colis 185057800608491", "nir", {"1850578006084": LIKELY}),
        ("n° SS : 1 85 05 78 006 084\nclé 91", "nir", {"1850578006084": SURE}),
        ("NIR\n1\t85\t05\t78\t006\t084\t91", "nir", {"1850578006084": SURE}),
        ("née hors de France : 1 85 05 99 351 084 38", "nir", {"1850599351084": SURE}),
        # Dates of birth among other dates
        ("Née à Rennes le 12/03/1980", "birth_date", {"1980-03-12": SURE}),
        ("né à Saint-Étienne, le 3 mars 1985", "birth_date", {"1985-03-03": SURE}),
        ("né(e) le : 12.03.80", "birth_date", {"1980-03-12": LIKELY}),
        ("born on March 3, 1985", "birth_date", {"1985-03-03": SURE}),
        ("DOB: 03/25/1980", "birth_date", {"1980-03-25": SURE}),
        ("Nom  Prénom  Date de naissance\nMartin  Léa  12/03/1980", "birth_date", {"1980-03-12": LIKELY}),
        *((text, "birth_date", {}) for text in (
            "ne le faites pas avant le 12/03/2024", "naissance du projet le 12/03/2020", "congé de naissance du 12/03/2024",
            "acte de naissance délivré le 12/03/2024", "birthday party 12/03/2025", "né le 31/02/1980")),
        # Passwords, and words about passwords
        ("mot de passe du fichier : Paie_2024", "password", {"Paie_2024": SURE}),
        ("le mdp du zip c'est Toto1234", "password", {"Toto1234": LIKELY}),
        ("pass: Winter2024", "password", {"Winter2024": LIKELY}),
        ("code wifi : 12345678", "password", {"12345678": POSSIBLE}),
        *((text, "password", {}) for text in (
            "mot de passe : voir ci-dessous", "changez votre mot de passe : cliquez ici", "your password is about to expire",
            "Votre mot de passe expire dans 3 jours", "Le mot de passe doit contenir 8 caractères", "password must be changed",
            "mot de passe : [email protected]", "code postal : 35000", "politique de mot de passe 2024-2025")),
        ("Numéro fiscal 30 23 217 600 053", "tax_number", {"3023217600053": SURE}),
    ],
)  # fmt: skip
def test_values(text, category, values):
    text = text.replace("{key}", "97").replace("{key_b}", "27")
    assert found(text, category) == values


def test_corsica_counts_as_19_and_18_in_the_key():
    assert 97 - int("2840319123456") % 97 == 97
    assert 97 - int("2840318123456") % 97 == 27


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Le patient suit une chimiothérapie après sa chirurgie, diabète connu.", SURE),
        ("En arrêt maladie depuis lundi", LIKELY),
        ("grossesse", POSSIBLE),
        ("il est enceinte du bâtiment B", None),
        ("Elle est enceinte ; l’enceinte acoustique est livrée", POSSIBLE),
        ("Le tropique du Cancer et une dépression tropicale", None),
        ("symptômes du virus informatique", None),
        ("en mi-temps thérapeutique", LIKELY),
        ("he has a sick note", LIKELY),
        ("Bonne santé et bonne année", None),
        ("le développement du logiciel", None),
    ],
)
def test_health_words(text, confidence):
    assert max(found(text, "health").values(), default=None) == confidence


def test_union_words_are_whole_words():
    assert found("Liste CFDT et cotisation syndicale", "union")
    assert not found("scftd vecgta", "union")


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("délégué CGT", LIKELY), ("adhérente CFDT", LIKELY), ("cotisation syndicale", LIKELY), ("trade union", LIKELY), ("CGT", POSSIBLE),
        ("syndicat de copropriété", None), ("le syndicat des eaux", None), ("syndicat intercommunal", None), ("prêt syndiqué", None),
        ("RSS syndication", None), ("European Union", None), ("credit union", None), ("syndic de l’immeuble", None),
    ],
)  # fmt: skip
def test_union_words_and_their_false_friends(text, confidence):
    assert max(found(text, "union").values(), default=None) == confidence


def test_decomposed_accents_are_read_like_others():
    assert found("arre\u0302t maladie, hospitalise\u0301", "health")


def test_the_same_text_in_another_dress_is_read_once():
    known = set()
    assert list(findings("IBAN FR76 3000 6000 0112 3456 7890 189", known))
    assert not list(findings("<b> IBAN </b>FR76 3000 6000 0112 3456 7890 189".replace("<b>", "").replace("</b>", ""), known))
    assert list(findings("IBAN DE89 3704 0044 0532 0130 00", known))


@pytest.mark.parametrize(
    ("finding", "shown"),
    [
        (Finding("iban", SURE, "FR7630006000011234567890189"), "FR•••••••••••••••••••••0189"),
        (Finding("password", SURE, "Tr0is!"), "••••••••"),
        (Finding("birth_date", SURE, "1980-03-12"), "1980-••-••"),
        (Finding("postal_address", SURE, "12 rue des lilas 35000"), "••• 35000"),
        (Finding("phone", SURE, "0612345678"), "06••••••78"),
        (Finding("health", SURE, "diabete"), "diabete"),
    ],
)
def test_a_sample_shows_too_little_to_be_used(finding, shown):
    assert masked(finding) == shown


@pytest.mark.parametrize("text", ["1" * 200_000, "+" * 200_000, "1 " * 100_000, "FR76" * 50_000, "12 rue " * 30_000, "mot de passe : " * 20_000,
                                  "né le " * 40_000, "1.2-3/4(" * 20_000, "A1" * 100_000, "p<" * 100_000, "a@" * 100_000])  # fmt: skip
def test_no_text_stalls_the_reading(text):
    list(findings(text))
