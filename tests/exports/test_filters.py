"""Each filter on the screen is a filter of the file: the same incidents, in the same order."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from breachreg.exports import leaving, making
from breachreg.exports.views.register import FILTERS
from breachreg.law import vocabulary
from breachreg.register import actions as register
from breachreg.register import awareness, filings
from breachreg.register.forms import FilterForm
from breachreg.register.listing import SORTS
from breachreg.register.models import FilingKind, ReferenceCounter

ORIGIN = vocabulary.load("origins").codes[0]
STATES = [state for state, _label in FilterForm(years=[]).fields["state"].choices if state]
ANSWERS = [
    {}, {"q": "clé"}, {"nature": "integrity"}, {"origin": ORIGIN}, {"year": "2025"}, {"year": "2026"},
    {"q": "clé", "state": "open", "nature": "confidentiality", "year": "2026", "sort": "-title"},
    *({"state": state} for state in STATES), *({"sort": sort} for sort in SORTS), *({"sort": f"-{sort}"} for sort in SORTS),
]  # fmt: skip


@pytest.fixture
def seven(hospital, awa, noon):
    """Incidents that differ in everything that can be asked for."""

    def reported(title, at=noon):
        return register.report_incident(organisation=hospital, title=title, by=awa, at=at)

    def breach(title, aware_at, **facts):
        incident = register.qualify_as_breach(incident=reported(title), reasons="Oui", by=awa, at=noon)
        incident = awareness.become_aware(incident=incident, aware_at=aware_at, stated_by="Awa", evidence="Appel", by=awa, at=noon)
        return register.amend_facts(incident=incident, by=awa, at=noon, **facts)

    reported("Clé du bureau", at=noon - timedelta(days=90))
    reported("Registre papier")
    breach("Clé USB", noon, natures=("confidentiality",), people_likely=4)
    breach("Serveur", noon - timedelta(days=9), natures=("integrity",), origins=(ORIGIN,), people_likely=900)
    told = breach("Courriel égaré", noon - timedelta(hours=3), natures=("confidentiality", "integrity"))
    filings.record_filing(incident=told, kind=FilingKind.INITIAL, filed_at=noon, receipt_number="R1", by=awa, at=noon)
    register.conclude_not_a_breach(incident=reported("Clé de la cave"), reasons="Sans données", by=awa, at=noon)
    ended = register.conclude_not_a_breach(incident=reported("Fausse alerte"), reasons="Rien", by=awa, at=noon)
    register.close_incident(incident=ended, lessons=None, by=awa, at=noon)


def test_the_file_takes_every_question_of_the_list():
    assert set(FilterForm(years=[]).fields) | {"sort"} == set(FILTERS)


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda answers: " ".join(f"{name}={value}" for name, value in answers.items()))
def test_a_filter_on_the_screen_is_a_filter_of_the_file(client, seven, awa, noon, answers):
    client.force_login(awa)
    with time_machine.travel(noon + timedelta(hours=1), tick=False):
        shown = [incident.reference for incident in client.get(reverse("incidents", args=["hopital"]), answers).context["page_obj"]]
        order = {"form": "csv", "language": "fr", "submission": str(uuid.uuid4())}
        response = client.post(reverse("exports", args=["hopital"], query=answers), order)
        data = b"".join(response.streaming_content).decode("utf-8-sig")
    filed = [row["Référence"] for row in csv.DictReader(io.StringIO(data, newline=""), delimiter=";")]
    assert filed == shown
    assert 0 < len(shown) < 7 or not answers or set(answers) == {"sort"}


def test_the_list_leads_to_the_file_with_what_it_is_narrowed_to(client, seven, awa, bruno):
    client.force_login(awa)
    page = client.get(reverse("incidents", args=["hopital"]), {"q": "clé", "sort": "-title", "page": "1"}).text
    assert f'href="{reverse("exports", args=["hopital"])}?q=cl%C3%A9&amp;sort=-title"' in page
    client.force_login(bruno)
    assert f'href="{reverse("exports", args=["hopital"])}"' not in client.get(reverse("incidents", args=["hopital"])).text


def test_a_year_that_the_list_offers_is_a_filter_of_the_file_also_when_nothing_is_left_of_it(client, seven, hospital, awa, noon):
    """Its incidents were purged; the file must not hold those of other years instead."""
    ReferenceCounter.objects.create(organisation=hospital, year=2018, last=1)
    client.force_login(awa)
    page = client.get(reverse("exports", args=["hopital"]), {"year": "2018"})
    assert (page.context["count"], page.context["filters"]) == (0, {"year": "2018"})
    assert leaving.listed(hospital, awa, {"year": "2018"}, noon).count() == 0


def test_a_filter_that_the_list_refuses_is_not_said_to_narrow_the_file(client, seven, awa):
    client.force_login(awa)
    page = client.get(reverse("exports", args=["hopital"]), {"year": "1789"})
    assert (page.context["count"], page.context["filters"]) == (7, {})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Référence ou mots\u00a0: =1 · État\u00a0: Clos · Nature\u00a0: Perte de l'intégrité · Année\u00a0: 2025"),
        ("en", "Reference or words: =1 · State: Closed · Nature: Loss of integrity · Year: 2025"),
    ],
)
def test_a_file_says_its_filters_in_the_words_of_the_list(language, said):
    filters = {"q": "=1", "state": "closed", "nature": "integrity", "year": "2025", "sort": "-title"}
    with override(language):
        assert making.filters_in_words(filters) == said
        assert making.filters_in_words({"reference": "HOP-2026-0001"}) == "HOP-2026-0001"
