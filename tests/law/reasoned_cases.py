"""Breaches reasoned from the law before the engine saw them: the outcome with its reason, and the facts that must decide.

Articles 33(1) and 34(1) GDPR, by the factors of EDPB Guidelines 9/2022, IV.B. None stands in a guideline. Only what a
person in charge would know on that day is answered.
"""

from breachreg.law.facts import Facts

from .further_cases import ENDED, HEALTH, LIGHT, LOST, MISSENT, PUBLISHED

HACKED = ENDED | {"origins": ["hacking"], "causes": ["external_malicious"], "protection": "none"}
OUTAGE = {"natures": ["availability"], "origins": ["other"], "causes": ["internal_accidental"]}
PAY = LIGHT | {"data_categories": ["civil_status", "contact", "financial", "social_security_number"],
               "identity": "official_identifier", "financial_context": "ordinary", "people_categories": ["employees"]}  # fmt: skip
OPEN_DOOR = ENDED | {"natures": ["confidentiality"], "origins": ["wrong_person_portal"], "causes": ["internal_accidental"],
                     "protection": "none"}  # fmt: skip
CHILDREN = LIGHT | {"data_categories": ["civil_status", "other"], "other_data": ["simple"], "people_categories": ["minors"], "people_count": 30}
RESEARCH = HACKED | HEALTH | {"natures": ["confidentiality"], "recipients": "unknown_number", "people_count": 4000}
PHONE = ENDED | LIGHT | {"natures": ["confidentiality"], "origins": ["lost_device"], "causes": ["external_malicious"],
                         "protection": "weak_or_partial", "people_count": 250, "people_categories": ["customers"]}  # fmt: skip

REASONED = {
    "an encrypted laptop lost with the only copy of sixty complaints": (
        # Unreadable, so no loss of confidentiality; but nothing brings the complaints back (Guidelines 9/2022, II.D).
        LOST | LIGHT | {"natures": ["confidentiality", "availability"], "protection": "strong", "key_safe": True, "people_count": 60,
                        "restoration": "never", "effect_on_people": "minor", "critical_service": False},
        "notify", {"restoration"},
    ),
    "files of the social aid found in the street": (
        # Readable paper, incomes of people in need, and a night during which anybody may have read them.
        LOST | LIGHT | {"origins": ["lost_paper"], "protection": "none", "data_categories": ["civil_status", "contact", "financial"],
                        "financial_context": "ordinary", "identity": "identity_set", "people_categories": ["vulnerable"], "people_count": 35},
        "notify_and_tell", {"data_categories", "recipients"},
    ),
    "a message to the forty patients of a clinic for HIV, all in plain sight of one another": (
        # Being on the list says the illness (Annex B, example x), and each may know another.
        MISSENT | HEALTH | {"data_categories": ["contact"], "recipient_trusted": False, "revealing_controller": True, "people_count": 40,
                            "people_categories": ["patients"]},
        "notify_and_tell", {"revealing_controller"},
    ),
    "the invitation of a bakery, twenty-five addresses in plain sight": (
        # Annex B, example x: a minor number of addresses and nothing else revealed.
        MISSENT | LIGHT | {"data_categories": ["contact"], "recipient_trusted": False, "people_count": 25, "people_categories": ["customers"]},
        "register_only", {"recipients", "data_categories"},
    ),
    "the pay of two hundred and forty colleagues mailed to all staff": (
        # National numbers, accounts and salaries with too many to be called back (01/2021, case 14).
        MISSENT | PAY | {"recipients": "many_known", "people_count": 240},
        "notify_and_tell", {"recipients", "data_categories"},
    ),
    "the pay of twelve colleagues opened by an assistant bound by secrecy, who confirmed the deletion": (
        # 01/2021, case 9: few, trusted, deleted in writing.
        MISSENT | PAY | {"recipient_trusted": True, "deletion_confirmed": True, "people_count": 12},
        "register_only", {"recipient_trusted", "deletion_confirmed"},
    ),
    "sick leave and appraisals posted on a social network by an employee who was dismissed": (
        # Ill will, health, and no way back.
        ENDED | HEALTH | {"natures": ["confidentiality"], "origins": ["unintended_publication"], "causes": ["internal_malicious"],
                          "protection": "none", "recipients": "unknown_number", "people_categories": ["employees"], "people_count": 60},
        "notify_and_tell", {"sensitive_categories", "recipients"},
    ),
    "another's order shown when the number in the address is changed: only its finder did, twice, as the logs prove": (
        # Two people, an order each, a finder who is known (01/2021, case 13).
        OPEN_DOOR | LIGHT | {"recipients": "few_known", "recipient_trusted": False, "people_count": 2, "people_categories": ["customers"]},
        "register_only", {"recipients", "data_categories"},
    ),
    "the same door open for two years before forty thousand birth dates, and no logs": (
        # Nothing says that anybody came (Annex B, example vii): a risk can't be ruled out, a high one is not likely.
        OPEN_DOOR | LIGHT | {"recipients": "left_open", "identity": "identity_set", "people_count": 40_000, "people_categories": ["customers"]},
        "notify", {"recipients"},
    ),
    "the same, and somebody offers the list for sale": (
        OPEN_DOOR | LIGHT | {"recipients": "unknown_number", "causes": ["external_malicious"], "identity": "identity_set",
                             "people_count": 40_000, "people_categories": ["customers"]},
        "notify_and_tell", {"recipients", "causes"},
    ),
    "a folder of fifty names open to all colleagues for a week, and no sign that one looked": (
        OPEN_DOOR | LIGHT | {"recipients": "left_open", "people_count": 50, "people_categories": ["employees"]},
        "register_only", {"recipients"},
    ),
    "eighteen hundred applications in an open store for two days, downloaded whole by somebody who scans for such stores": (
        # As 01/2021, case 5: enough to pass for a person, in the hands of who was looking for it.
        PUBLISHED | LIGHT | ENDED | {"causes": ["internal_accidental", "external_malicious"], "data_categories": ["civil_status", "contact", "other"],
                                     "other_data": ["simple"], "simple_context": "some_profile", "identity": "identity_set",
                                     "people_count": 1800},
        "notify_and_tell", {"recipients", "causes"},
    ),
    "the same store, whose logs are whole and show nobody": (
        PUBLISHED | LIGHT | ENDED | {"recipients": "nobody_proven", "identity": "identity_set", "people_count": 1800},
        "register_only", {"recipients"},
    ),
    "the photographs of a nursery sent to one family too many, which deleted them": (
        # Children aggravate and do not decide alone: a known family, pictures of an ordinary day.
        MISSENT | CHILDREN | {"recipient_trusted": False},
        "register_only", {"recipients", "data_categories"},
    ),
    "the same photographs with the names on an open page for a month": (
        PUBLISHED | CHILDREN | ENDED,
        "notify", {"recipients"},
    ),
    "the addresses of children in care, sent to a parent who must not know them": (
        # One letter is enough: their safety is at stake.
        MISSENT | LIGHT | {"recipient_trusted": False, "people_count": 2, "people_categories": ["minors", "vulnerable"],
                           "simple_context": "critical_for_safety"},
        "notify_and_tell", {"simple_context"},
    ),
    "a hospital's records out of reach for three hours of a night, and no care changed": (
        # Annex B, example iii.
        OUTAGE | HEALTH | {"restoration": "in_good_time", "people_categories": ["patients"], "people_count": 900},
        "register_only", {"restoration"},
    ),
    "the same for three days, surgery postponed and ambulances sent elsewhere": (
        # 01/2021, case 3, without an attacker: the harm is the same.
        OUTAGE | HEALTH | {"restoration": "with_effort", "effect_on_people": "serious", "critical_service": True,
                           "people_categories": ["patients"], "people_count": 900},
        "notify_and_tell", {"restoration", "effect_on_people"},
    ),
    "the accounts of a library away for three days, loans noted on paper": (
        OUTAGE | LIGHT | {"restoration": "with_effort", "effect_on_people": "none", "critical_service": False, "people_count": 3000},
        "register_only", {"effect_on_people"},
    ),
    "the provider of the payroll attacked, nine hundred files on the site of the attackers": (
        HACKED | PAY | {"our_role": "controller", "natures": ["confidentiality"], "recipients": "unknown_number", "people_count": 900},
        "notify_and_tell", {"causes", "data_categories"},
    ),
    "the data of a study copied by an intruder, coded, and the table of codes safe elsewhere": (
        # Pseudonymised data are personal data still: a risk remains, a high one is not likely without the table.
        RESEARCH | {"identifiability": "negligible"},
        "notify", {"recipients"},
    ),
    "the same, and the table of codes taken as well": (
        RESEARCH,
        "notify_and_tell", {"sensitive_categories", "recipients"},
    ),
    "the telephone of a salesman stolen, opened by four digits": (
        # Four digits are no encryption to the state of the art; light data, an unknown thief.
        PHONE | {"recipients": "no_evidence"},
        "notify", {"recipients"},
    ),
    "the same, wiped from afar before anybody had unlocked it, as its log proves": (
        PHONE | {"recipients": "nobody_proven"},
        "register_only", {"recipients"},
    ),
    "the list of thirty members of a chess club on a key lost in a tram": (
        # Little, but readable, and nobody knows by whom: a risk can't be called unlikely.
        LOST | LIGHT | {"protection": "none", "people_count": 30, "people_categories": ["members"]},
        "notify", {"recipients"},
    ),
    "a password typed into a false page and changed ten minutes later, with no sign-in in the logs": (
        HACKED | LIGHT | {"natures": ["confidentiality"], "data_categories": ["credentials"], "unlocked": ["nothing"],
                          "recipients": "nobody_proven", "people_count": 1, "people_categories": ["employees"]},
        "register_only", {"recipients"},
    ),
    "the members of a trade union sent to their employer by mistake": (
        # Membership is a special category, and the one reader is the one who must not know.
        MISSENT | LIGHT | {"sensitive_categories": ["trade_union"], "sensitive_context": "explicit", "revealing_controller": True,
                           "recipient_trusted": False, "people_count": 45, "people_categories": ["members", "employees"]},
        "notify_and_tell", {"sensitive_categories"},
    ),
    "blood groups mixed up overnight and put right before anybody used them": (
        HEALTH | {"natures": ["integrity"], "origins": ["other"], "causes": ["internal_accidental"], "alteration": "restored_before_use",
                          "people_categories": ["patients"], "people_count": 70},
        "register_only", {"alteration"},
    ),
    "the same, found when two transfusions had been prepared": (
        HEALTH | {"natures": ["integrity"], "origins": ["other"], "causes": ["internal_accidental"], "alteration": "recoverable",
                          "effect_on_people": "serious", "people_categories": ["patients"], "people_count": 70},
        "notify_and_tell", {"alteration", "effect_on_people"},
    ),
    "three hundred and fifty whole cards taken from a page of payment": (
        HACKED | LIGHT | {"natures": ["confidentiality"], "recipients": "unknown_number", "data_categories": ["civil_status", "financial"],
                          "financial_context": "full", "people_count": 350, "people_categories": ["customers"]},
        "notify_and_tell", {"causes", "data_categories"},
    ),
    "the journeys of eight thousand hirers of bicycles read through an interface left open for six weeks": (
        # A detailed profile of daily life, in unknown hands.
        PUBLISHED | LIGHT | ENDED | {"data_categories": ["location", "contact"], "behavioural_context": "detailed_profile",
                                     "people_count": 8000, "people_categories": ["users"]},
        "notify_and_tell", {"data_categories", "recipients"},
    ),
    "a customer's fall, filmed by the camera of a shop and passed on by a guard to his friends for fun": (
        # On purpose and against the person, though the film says little.
        ENDED | LIGHT | {"natures": ["confidentiality"], "origins": ["other"], "causes": ["internal_malicious"], "protection": "none",
                         "data_categories": ["other"], "other_data": ["simple"], "identifiability": "significant",
                         "recipients": "few_known", "recipient_trusted": False, "people_count": 1, "people_categories": ["customers"]},
        "notify", {"causes"},
    ),
    "a copy of one passport lost in the post": (
        # An identity document lets somebody pass for its holder, who can have it cancelled once told.
        LOST | LIGHT | {"origins": ["lost_mail"], "protection": "none", "data_categories": ["official_documents", "civil_status"],
                        "identity": "official_identifier", "people_count": 1, "people_categories": ["customers"]},
        "notify_and_tell", {"data_categories", "recipients"},
    ),
    "computers given away with six hundred invoices on them, wiped by the charity under its agreement": (
        MISSENT | LIGHT | {"origins": ["discarded_device"], "data_categories": ["civil_status", "financial"], "financial_context": "some",
                           "recipient_trusted": True, "deletion_confirmed": True, "people_count": 600},
        "register_only", {"recipient_trusted", "deletion_confirmed"},
    ),
    "eight thousand letters to donors of blood, each to a wrong household": (
        # 01/2021, case 16 (letters put into the wrong envelopes), at scale: one household holds the data of one person.
        LIGHT | ENDED | {"natures": ["confidentiality", "integrity"], "origins": ["lost_mail"], "causes": ["internal_accidental"],
                         "protection": "none", "sensitive_categories": ["health"], "sensitive_context": "general",
                         "recipients": "few_known", "recipient_trusted": False, "alteration": "recoverable", "effect_on_people": "minor",
                         "people_count": 8000, "people_categories": ["users"]},
        "notify", {"people_count"},
    ),
    "a criminal file sent to the other side of a trial, which keeps and uses it": (
        # A known recipient is no protection when it is the adversary of the people.
        MISSENT | LIGHT | {"data_categories": ["civil_status", "offences"], "sensitive_context": "explicit", "recipient_trusted": False,
                           "people_count": 3, "people_categories": ["customers"]},
        "notify_and_tell", {"data_categories", "sensitive_context"},
    ),
}  # fmt: skip


def reasoned(name: str) -> Facts:
    return Facts.from_answers(REASONED[name][0])
