"""The examples of EDPB Guidelines 9/2022, Annex B, as facts."""

from breachreg.law.facts import Facts

from .cases import INTRUSION, MISDELIVERY, PLAIN_IDENTITY, RANSOMWARE, THEFT, _facts

# EDPB Guidelines 9/2022, Annex B
EXAMPLES = {
    "i": (
        THEFT
        | PLAIN_IDENTITY
        | {
            "protection": "strong",
            "key_safe": True,
            "natures": ["confidentiality", "availability"],
            "restoration": "in_good_time",
        },
        "register_only",
        {"protection", "key_safe"},
    ),
    "ii": (
        INTRUSION | PLAIN_IDENTITY | {"people_count": 40, "people_categories": ["customers"]},
        "notify",
        {"recipients"},
    ),
    "iii": (
        {
            "natures": ["availability"],
            "origins": ["other"],
            "causes": ["internal_accidental"],
            "restoration": "in_good_time",
        },
        "register_only",
        {"restoration"},
    ),
    "iv, with consequences": (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {
            "people_count": 400,
            "people_categories": ["customers"],
            "recipients": "nobody_proven",
            "protection": "none",
            "restoration": "never",
            "effect_on_people": "minor",
            "critical_service": False,
        },
        "notify",
        {"restoration"},
    ),
    "iv, serious effect": (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {"recipients": "nobody_proven", "restoration": "never", "effect_on_people": "serious"},
        "notify_and_tell",
        {"effect_on_people"},
    ),
    "iv, backup restored in good time": (
        RANSOMWARE | PLAIN_IDENTITY | {"recipients": "nobody_proven", "restoration": "in_good_time"},
        "register_only",
        {"restoration"},
    ),
    "v": (
        MISDELIVERY
        | {
            "data_categories": ["civil_status", "contact", "financial"],
            "sensitive_categories": [],
            "simple_context": "nothing_more",
            "financial_context": "ordinary",
            "identity": "name_or_contact",
            "people_categories": ["customers"],
            "people_count": {"low": 1, "likely": 1, "high": None},
        },
        "notify",
        {"data_categories"},
    ),
    "vi": (
        INTRUSION
        | {
            "data_categories": ["credentials", "other"],
            "unlocked": ["behavioural", "financial"],
            "other_data": ["behavioural"],
            "sensitive_categories": [],
            "people_categories": ["customers"],
        },
        "notify_and_tell",
        {"data_categories"},
    ),
    "vii": (
        PLAIN_IDENTITY
        | {
            "our_role": "controller",
            "natures": ["confidentiality"],
            "origins": ["wrong_person_portal"],
            "causes": ["external_accidental"],
            "recipients": "no_evidence",
            "protection": "none",
            "people_categories": ["customers"],
        },
        "notify",
        {"recipients"},
    ),
    "viii": (
        RANSOMWARE
        | PLAIN_IDENTITY
        | {
            "sensitive_categories": ["health"],
            "people_categories": ["patients"],
            "restoration": "with_effort",
            "critical_service": True,
        },
        "notify_and_tell",
        {"restoration"},
    ),
    "ix": (
        MISDELIVERY
        | {
            "data_categories": ["civil_status", "contact"],
            "sensitive_categories": [],
            "identity": "identity_set",
            "people_categories": ["students"],
            "people_count": {"low": 500, "likely": 2000, "high": None},
            "recipients": "many_known",
        },
        "notify",
        {"recipients"},
    ),
    "x, few addresses, nothing revealed": (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {"data_categories": ["contact"], "people_count": 8, "people_categories": ["customers"]},
        "register_only",
        {"recipients", "data_categories"},
    ),
    "x, many addresses": (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {
            "data_categories": ["contact"],
            "recipients": "many_known",
            "people_count": 150,
            "people_categories": ["customers"],
        },
        "notify",
        {"recipients"},
    ),
    "x, the list of a psychotherapist": (
        MISDELIVERY
        | PLAIN_IDENTITY
        | {
            "data_categories": ["contact"],
            "revealing_controller": True,
            "simple_context": "intimate_assumptions",
            "people_count": 40,
            "people_categories": ["patients"],
        },
        "notify_and_tell",
        {"revealing_controller"},
    ),
}


def example(number: str) -> Facts:
    return _facts(**EXAMPLES[number][0])
