"""Papers to draw in tests, without a database: a usual notification and a hostile one."""

from datetime import UTC, datetime, timedelta

from breachreg.accounts.models import Organisation
from breachreg.notifications import content, papers, prefill
from breachreg.notifications.record import Record
from breachreg.register.models import Deadline, Incident, InstantStatement, Promise

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
FACTS = {
    "natures": ("confidentiality", "availability"), "origins": ("lost_device",), "causes": ("internal_accidental",),
    "data_categories": ("civil_status", "contact"), "sensitive_categories": ("health",),
    "people_categories": ("patients",), "people_low": 1000, "people_likely": 1200, "people_high": 1500,
    "consequences": ("spread", "linked"), "harms": ("loss_of_control",), "severity": "significant",
    "communication": "undetermined", "occurred_from": NOON - timedelta(hours=5),
    "measures_before": "Disque chiffré, à confirmer auprès du service informatique.",
}  # fmt: skip


def organisation(**more) -> Organisation:
    return Organisation(
        **{
            "name": "Hôpital des Trois Rivières", "slug": "hopital", "reference_prefix": "HOP", "siren": "123456782",
            "sector": "health_social", "address": "1 rue des Saules", "postal_code": "35000", "city": "Rennes",
            "contact_civility": "madam", "contact_last_name": "Diallo", "contact_first_name": "Awa",
            "contact_function": "Déléguée à la protection des données", "contact_email": "awa.diallo@example.org",
            "contact_phone": "02 00 00 00 00", "time_zone": "Europe/Paris", **more,
        }
    )  # fmt: skip


def record(of=None, kind="initial", **facts) -> Record:
    of = of or organisation()
    incident = Incident(
        organisation=of, reference="HOP-2026-0007",
        **{
            "title": "Ordinateur portable perdu dans le train", "report": "Perdu entre Rennes et Paris.",
            "aware_at": NOON, **FACTS, **facts,
        },
    )
    statement = InstantStatement(kind="aware", at=NOON, stated_by="Awa Diallo", evidence="Appel du service informatique")
    promise = Promise(field="records", owed_by="Service informatique", promised_for=NOON + timedelta(days=1))
    return Record(
        incident=incident, organisation=of, at=NOON + timedelta(hours=4), kind=kind, promises=(promise,),
        statements=(statement,), deadline=Deadline(rule="gdpr_33", started_at=NOON, due_at=NOON + timedelta(hours=72)),
        by_kind={"aware": statement},
    )


def frozen(of_record=None, held=None, **values) -> dict:
    of_record = of_record or record()
    entries = {}
    for code, filled in prefill.fill(of_record).items():
        entries[code] = {"value": values.get(code, filled.value), "source": "typed" if code in values else filled.source}
        if filled.english and code not in values:
            entries[code]["english"] = filled.english
    return content.freeze(of_record, entries, number=1, version=2, held=held)


def paper(kind="draft", language="fr", trail=None, **more):
    return papers.notification(frozen(**more), kind=kind, language=language, at=NOON + timedelta(hours=4), trail=trail)


HOSTILE = {
    "description": "".join(
        [
            "<script>alert(1)</script><img src='http://127.0.0.1:9/x.png'><img src=file:///etc/passwd>",
            "<link rel=attachment href='file:///etc/hostname'><style>@import url(http://127.0.0.1:9/a.css);</style>",
            "</td></table><iframe src='http://127.0.0.1:9/'></iframe> {{ 7|add:7 }} {% now 'Y' %} &amp; &#x3c;b&#x3e; ",
            "file:///etc/passwd http://127.0.0.1:9/x url(file:///etc/passwd) ",
        ]
    ),
    "discovery": "Mot. " * 2000,  # 10,000 characters
    "measures_after": "X" * 10_000,  # without a single place to break
    "date_comments": "محمد علي · שלום כהן · 张伟 · 山田太郎 · 김철수 · Ωμέγα · Юлия · 😀 🚀 · \x07bell \u202ereversed\u202c \ue000",
}
