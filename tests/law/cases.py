"""Worked examples of the European Data Protection Board, as a person would enter them in the form.

Only what the example says is answered; what it leaves open stays unknown.
"""

from breachreg.law.facts import Facts


def _facts(**answers) -> Facts:
    return Facts.from_answers(answers)


RANSOMWARE = {
    "natures": ["availability"],
    "origins": ["hacking"],
    "causes": ["external_malicious"],
    "continuing": False,
    "already_public": False,
    "revealing_controller": False,
    "identifiability": "maximum",
}
INTRUSION = RANSOMWARE | {"natures": ["confidentiality"], "recipients": "unknown_number", "protection": "none"}
MISDELIVERY = {
    "natures": ["confidentiality"],
    "origins": ["wrong_recipient"],
    "causes": ["internal_accidental"],
    "continuing": False,
    "already_public": False,
    "revealing_controller": False,
    "protection": "none",
    "identifiability": "maximum",
    "recipients": "few_known",
    "recipient_trusted": False,
}
THEFT = {
    "natures": ["confidentiality"],
    "origins": ["lost_device"],
    "causes": ["external_malicious"],
    "continuing": False,
    "already_public": False,
    "revealing_controller": False,
    "identifiability": "maximum",
    "recipients": "no_evidence",
}
PLAIN_IDENTITY = {
    "data_categories": ["civil_status", "contact"],
    "sensitive_categories": [],
    "simple_context": "nothing_more",
    "identity": "name_or_contact",
}

# EDPB Guidelines 01/2021: case number -> (facts, duty, facts that must be among the deciding ones)
CASES = {
    1: (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {
            "people_categories": ["customers", "employees"],
            "people_count": {"low": 24, "likely": 48, "high": 60},
            "recipients": "nobody_proven",
            "protection": "strong",
            "key_safe": True,
            "restoration": "in_good_time",
        },
        "register_only",
        {"recipients", "restoration", "protection"},
    ),
    2: (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {
            "people_categories": ["employees", "customers"],
            "people_count": {"low": 24, "likely": 48, "high": 60},
            "recipients": "nobody_proven",
            "protection": "none",
            "restoration": "with_effort",
            "effect_on_people": "minor",
            "critical_service": False,
        },
        "notify",
        {"restoration"},
    ),
    3: (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {
            "people_categories": ["patients", "employees"],
            "people_count": {"low": 2000, "likely": 5000, "high": 9000},
            "sensitive_categories": ["health"],
            "sensitive_context": "explicit",
            "recipients": "nobody_proven",
            "protection": "none",
            "restoration": "with_effort",
            "effect_on_people": "serious",
            "critical_service": True,
        },
        "notify_and_tell",
        {"restoration", "effect_on_people"},
    ),
    4: (
        RANSOMWARE
        | {
            "natures": ["confidentiality", "availability"],
            "data_categories": ["civil_status", "official_documents", "financial"],
            "sensitive_categories": [],
            "identity": "official_identifier",
            "people_categories": ["customers", "employees"],
            "people_count": {"low": 2000, "likely": 4000, "high": 9000},
            "recipients": "unknown_number",
            "protection": "none",
            "restoration": "never",
            "critical_service": False,
        },
        "notify_and_tell",
        {"recipients", "data_categories"},
    ),
    5: (
        INTRUSION
        | {
            "data_categories": ["civil_status", "contact", "other"],
            "other_data": ["simple"],
            "sensitive_categories": [],
            "simple_context": "some_profile",
            "identity": "identity_set",
            "people_categories": ["other"],
            "people_count": 213,
        },
        "notify_and_tell",
        {"data_categories", "causes"},
    ),
    6: (
        INTRUSION
        | {
            "data_categories": ["credentials"],
            "unlocked": ["simple"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "identity": "name_or_contact",
            "identifiability": "limited",
            "people_categories": ["users"],
            "people_count": 1200,
            "protection": "strong",
            "key_safe": True,
        },
        "register_only",
        {"protection", "key_safe"},
    ),
    7: (
        INTRUSION
        | {
            "data_categories": ["civil_status", "credentials", "contact"],
            "unlocked": ["financial"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "financial_context": "ordinary",
            "identity": "official_identifier",
            "people_categories": ["customers"],
            "people_count": 2000,
        },
        "notify_and_tell",
        {"data_categories", "unlocked"},
    ),
    8: (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {
            "origins": ["other"],
            "causes": ["unknown"],
            "data_categories": ["contact"],
            "people_categories": ["customers"],
        },
        "notify",
        {"recipients"},
    ),
    9: (
        MISDELIVERY
        | {
            "data_categories": ["civil_status", "contact"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "people_categories": ["customers"],
            "people_count": 24,
            "recipient_trusted": True,
            "deletion_confirmed": True,
        },
        "register_only",
        {"recipient_trusted", "deletion_confirmed"},
    ),
    10: (
        THEFT
        | PLAIN_IDENTITY
        | {
            "natures": ["confidentiality", "availability"],
            "people_categories": ["minors"],
            "people_count": {"low": 10, "likely": 40, "high": 100},
            "protection": "strong",
            "key_safe": True,
            "restoration": "in_good_time",
        },
        "register_only",
        {"protection", "key_safe"},
    ),
    11: (
        THEFT
        | {
            "data_categories": ["civil_status", "contact"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "identity": "identity_set",
            "people_categories": ["customers"],
            "people_count": {"low": 100_000, "likely": 100_000, "high": None},
            "protection": "none",
        },
        "notify_and_tell",
        {"protection", "people_count", "identity"},
    ),
    12: (
        THEFT
        | PLAIN_IDENTITY
        | {
            "natures": ["confidentiality", "availability"],
            "origins": ["lost_paper"],
            "sensitive_categories": ["health"],
            "sensitive_context": "explicit",
            "revealing_controller": True,
            "people_categories": ["patients", "vulnerable"],
            "protection": "none",
            "restoration": "never",
        },
        "notify_and_tell",
        {"sensitive_categories", "recipients"},
    ),
    13: (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {"data_categories": ["contact", "civil_status"], "people_categories": ["customers"], "people_count": 2},
        "register_only",
        {"recipients", "data_categories"},
    ),
    14: (
        MISDELIVERY
        | {
            "data_categories": ["civil_status", "contact", "social_security_number"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "people_categories": ["users"],
            "people_count": {"low": 60_000, "likely": 60_000, "high": None},
            "recipients": "many_known",
        },
        "notify_and_tell",
        {"data_categories", "recipients"},
    ),
    15: (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {
            "sensitive_categories": ["health"],
            "sensitive_context": "little",
            "people_categories": ["customers"],
            "people_count": 15,
        },
        "register_only",
        {"recipients", "sensitive_context"},
    ),
    16: (
        MISDELIVERY
        | {
            "data_categories": ["civil_status", "contact", "other"],
            "other_data": ["simple"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "identity": "identity_set",
            "people_categories": ["customers"],
            "people_count": 1,
        },
        "notify",
        {"identity"},
    ),
    17: (
        INTRUSION
        | {
            "natures": ["confidentiality", "integrity"],
            "origins": ["wrong_person_portal"],
            "data_categories": ["contact", "civil_status", "other"],
            "other_data": ["behavioural"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "behavioural_context": "ordinary",
            "identity": "identity_set",
            "people_categories": ["customers"],
            "people_count": 1,
            "alteration": "recoverable",
        },
        "notify_and_tell",
        {"causes"},
    ),
    18: (
        INTRUSION
        | {
            "data_categories": ["civil_status", "contact", "financial"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "financial_context": "ordinary",
            "identity": "identity_set",
            "people_categories": ["employees", "other"],
            "people_count": 99,
            "continuing": True,
        },
        "notify_and_tell",
        {"causes", "data_categories"},
    ),
}


def case(number: int) -> Facts:
    return _facts(**CASES[number][0])
