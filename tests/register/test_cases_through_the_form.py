"""The worked cases of the guidelines, and those reasoned by hand, typed into the forms that a person uses, give their outcome."""

import pytest
from django.urls import reverse

from breachreg.law.facts import Facts
from breachreg.register import actions
from breachreg.register.models import Incident
from breachreg.register.reading import Explained
from breachreg.register.weighing import FROM_THE_RECORD, PEOPLE_COUNT, facts_of
from tests.law.annex_b import EXAMPLES
from tests.law.cases import CASES
from tests.law.reasoned_cases import REASONED

SECTIONS = {
    "breach": ("natures", "origins", "causes"),
    "data_and_people": ("data_categories", "sensitive_categories", "people_categories"),
}
WORKED = [
    *(pytest.param(*worked, id=f"case {number}") for number, worked in CASES.items()),
    *(pytest.param(*worked, id=f"example {number}") for number, worked in EXAMPLES.items()),
    *(pytest.param(*worked, id=name) for name, worked in REASONED.items()),
]


def typed(value):
    """An answer as a browser posts it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (value or ["none_of_them"]) if isinstance(value, list) else value


def fill_in_the_facts(client, incident, answers):
    for section, names in SECTIONS.items():
        address = reverse("facts-section", args=["hopital", incident.reference, section])
        form = client.get(address).context["form"]
        posted = {name: typed(answers[name]) for name in names if answers.get(name)}
        if section == "data_and_people":
            if "sensitive_categories" in answers:
                posted["has_sensitive_data"] = "yes" if answers["sensitive_categories"] else "no"
            count = answers.get(PEOPLE_COUNT) or {}
            spread = count if isinstance(count, dict) else dict.fromkeys(("low", "likely", "high"), count)
            posted |= {f"people_{end}": number for end, number in spread.items() if number is not None}
        hidden = {"version": form.fields["version"].initial, "seen": form.initial["seen"]}
        assert client.post(address, hidden | posted).status_code == 302, (section, posted)


def answer_the_questions(client, incident, answers):
    address = reverse("assess-questions", args=["hopital", incident.reference])
    form = client.get(address).context["form"]
    asked = {name: value for name, value in answers.items() if name not in {*FROM_THE_RECORD, PEOPLE_COUNT}}
    assert set(asked) <= set(form.fields), "a question of the case is not asked on the page"
    posted = {"version": form.fields["version"].initial} | {name: typed(value) for name, value in asked.items()}
    assert client.post(address, posted).status_code == 302


@pytest.mark.parametrize(("answers", "duty", "deciding"), WORKED)
def test_a_worked_case_typed_into_the_forms_gives_its_outcome_and_names_the_deciding_facts(
    client, hospital, awa, noon, answers, duty, deciding
):
    incident = actions.report_incident(organisation=hospital, title="Cas", by=awa, at=noon)
    incident = actions.qualify_as_breach(incident=incident, reasons="Oui.", by=awa, at=noon)
    client.force_login(awa)
    fill_in_the_facts(client, incident, answers)
    answer_the_questions(client, incident, answers)
    incident = Incident.objects.get(pk=incident.pk)
    assert facts_of(incident) == Facts.from_answers(answers)
    made = incident.assessments.get()
    assert made.recommended_duty == duty
    carried = {fact for factor in made.explanation["duty"]["factors"] if factor["carried"] for fact in factor["facts"]}
    assert deciding <= carried
    page = client.get(reverse("assess", args=["hopital", incident.reference])).content.decode()
    assert Explained(made).duty.split(":")[0].strip("\u00a0 ") in page
