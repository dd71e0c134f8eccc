"""Breaches of our own making, weighed by hand by the guidelines' factors before the engine saw them.

Each stands beside a neighbour that differs by the fact that a lawyer would look at. Only what such a story tells is
answered; what it leaves open stays unknown.
"""

from breachreg.law.facts import Facts

LIGHT = {"data_categories": ["civil_status", "contact"], "sensitive_categories": [], "identity": "name_or_contact",
         "simple_context": "nothing_more", "identifiability": "maximum", "already_public": False,
         "revealing_controller": False}  # fmt: skip
HEALTH = LIGHT | {"sensitive_categories": ["health"], "sensitive_context": "explicit"}
ENDED = {"continuing": False}
RANSOM = ENDED | {"origins": ["hacking"], "causes": ["external_malicious"]}
MISSENT = ENDED | {"natures": ["confidentiality"], "origins": ["wrong_recipient"], "causes": ["internal_accidental"],
                   "protection": "none", "recipients": "few_known"}  # fmt: skip
LOST = ENDED | {"natures": ["confidentiality"], "origins": ["lost_device"], "causes": ["internal_accidental"],
                "recipients": "no_evidence"}  # fmt: skip
PUBLISHED = {"natures": ["confidentiality"], "origins": ["unintended_publication"], "causes": ["internal_accidental"],
             "protection": "none", "recipients": "unknown_number"}  # fmt: skip

FURTHER = {
    "a town's ransomware: restored overnight, the logs prove that nothing left": (
        RANSOM | LIGHT | {"natures": ["availability"], "recipients": "nobody_proven", "restoration": "in_good_time", "people_count": 900},
        "register_only", {"recipients", "restoration"}, "recipients",
    ),
    "the same, but the logs were encrypted too": (
        RANSOM | LIGHT | {"natures": ["availability"], "recipients": "no_evidence", "protection": "none", "restoration": "in_good_time", "people_count": 900},
        "notify", {"recipients"}, "protection",
    ),
    "the same, with the files of the staff on the intruder's own site": (
        RANSOM | LIGHT | {"natures": ["confidentiality", "availability"], "recipients": "unknown_number", "protection": "none",
                          "restoration": "in_good_time", "people_count": 90, "identity": "official_identifier",
                          "data_categories": ["civil_status", "social_security_number", "financial"]},
        "notify_and_tell", {"recipients", "causes", "data_categories"}, "protection",
    ),
    "an encrypted laptop lost on a train, its key at the office": (
        LOST | HEALTH | {"protection": "strong", "key_safe": True, "people_count": 3000},
        "register_only", {"protection", "key_safe"}, "key_safe",
    ),
    "the same, and nobody knows yet where the key is": (
        LOST | HEALTH | {"protection": "strong", "people_count": 3000},
        "notify", {"protection"}, "key_safe",
    ),
    "the same, with the code on a note in the bag": (
        LOST | HEALTH | {"protection": "strong", "key_safe": False, "people_count": 3000},
        "notify_and_tell", {"key_safe", "sensitive_categories"}, "key_safe",
    ),
    "a patient's results sent to another patient": (
        MISSENT | HEALTH | {"recipient_trusted": False, "people_count": 1, "people_categories": ["patients"]},
        "notify_and_tell", {"sensitive_categories"}, "recipient_trusted",
    ),
    "the same, to a doctor bound by secrecy who has not yet answered": (
        MISSENT | HEALTH | {"recipient_trusted": True, "people_count": 1, "people_categories": ["patients"]},
        "notify", {"recipient_trusted", "deletion_confirmed"}, "deletion_confirmed",
    ),
    "the same doctor has confirmed the deletion in writing": (
        MISSENT | HEALTH | {"recipient_trusted": True, "deletion_confirmed": True, "people_count": 1, "people_categories": ["patients"]},
        "register_only", {"recipient_trusted", "deletion_confirmed"}, "deletion_confirmed",
    ),
    "passwords of a bank tried from elsewhere: two thousand accounts opened": (
        ENDED | LIGHT | {"natures": ["confidentiality"], "origins": ["hacking"], "causes": ["external_malicious"], "protection": "none",
                         "recipients": "unknown_number", "data_categories": ["civil_status", "credentials", "financial"],
                         "unlocked": ["financial"], "financial_context": "ordinary", "people_count": 2000},
        "notify_and_tell", {"causes", "unlocked"}, "protection",
    ),
    "a mailbox with invoices forwarded outside by a rule that still runs": (
        LIGHT | {"natures": ["confidentiality"], "origins": ["hacking"], "causes": ["external_malicious"], "protection": "none",
                 "recipients": "unknown_number", "data_categories": ["contact", "financial"], "financial_context": "some",
                 "continuing": True, "people_count": 60},
        "notify_and_tell", {"causes", "continuing"}, "protection",
    ),
    "the grades of four hundred pupils on a public page, found by a search engine": (
        PUBLISHED | LIGHT | ENDED | {"data_categories": ["civil_status", "other"], "other_data": ["simple"], "people_categories": ["minors"], "people_count": 400},
        "notify", {"recipients"}, "recipients",
    ),
    "the same page with the pupils' handicaps": (
        PUBLISHED | HEALTH | ENDED | {"people_categories": ["minors"], "people_count": 400},
        "notify_and_tell", {"sensitive_categories", "recipients"}, "recipients",
    ),
    "a directory of elected officials that was public before": (
        PUBLISHED | LIGHT | {"already_public": True, "people_count": 40},
        "register_only", {"already_public"}, "already_public",
    ),
    "a caller passes for a customer and has the bills sent elsewhere": (
        ENDED | LIGHT | {"natures": ["confidentiality", "integrity"], "origins": ["verbal_disclosure"], "causes": ["external_malicious"],
                         "protection": "none", "recipients": "unknown_number", "identity": "identity_set",
                         "data_categories": ["civil_status", "contact", "financial"], "financial_context": "some",
                         "alteration": "recoverable", "people_count": 1},
        "notify_and_tell", {"causes"}, "recipients",
    ),
    "paper files of an addiction clinic stolen with the car": (
        ENDED | HEALTH | {"natures": ["confidentiality", "availability"], "origins": ["lost_paper"], "causes": ["external_malicious"],
                          "protection": "none", "recipients": "no_evidence", "revealing_controller": True, "people_count": 12,
                          "people_categories": ["patients"], "restoration": "with_effort", "effect_on_people": "minor"},
        "notify_and_tell", {"sensitive_categories", "revealing_controller"}, None,
    ),
    "three hundred addresses in plain sight of one another": (
        MISSENT | LIGHT | {"data_categories": ["contact"], "recipients": "many_known", "people_count": 300},
        "notify", {"recipients", "people_count"}, "recipients",
    ),
    "two parcels swapped, both sent back unopened": (
        MISSENT | LIGHT | {"data_categories": ["contact"], "recipients": "nobody_proven", "people_count": 2},
        "register_only", {"recipients"}, "recipients",
    ),
    "benefits not paid for a week because the accounts were wiped": (
        ENDED | LIGHT | {"natures": ["availability"], "origins": ["other"], "causes": ["internal_accidental"], "restoration": "with_effort",
                         "effect_on_people": "serious", "critical_service": True, "people_count": 700},
        "notify_and_tell", {"restoration", "effect_on_people"}, "restoration",
    ),
    "a nurse reads the file of a neighbour": (
        ENDED | HEALTH | {"natures": ["confidentiality"], "origins": ["other"], "causes": ["internal_malicious"], "protection": "none",
                          "recipients": "few_known", "recipient_trusted": False, "people_count": 1, "people_categories": ["patients"]},
        "notify_and_tell", {"causes", "sensitive_categories"}, "protection",
    ),
}  # fmt: skip


def further(name: str) -> Facts:
    return Facts.from_answers(FURTHER[name][0])
