"""Samples: drawn at random, drawn again by anybody from seed and list, concluded on by the auditor."""

import csv
import hashlib
import io
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import actions as register
from breachreg.scrutiny import sampling
from breachreg.scrutiny.models import Sample, SampleItem

DAY = timedelta(days=1)


@pytest.fixture
def register_of_twelve(hospital, awa, noon):
    """One incident a day from 10 March on; every second one is a breach."""
    made = []
    for number in range(12):
        at = noon + number * DAY
        incident = register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=at)
        if number % 2:
            incident = register.qualify_as_breach(incident=incident, reasons="Données.", by=awa, at=at)
        made.append(incident)
    return made


def draw(hospital, chloe, noon, **more):
    return sampling.draw(organisation=hospital, by=chloe, at=noon + 30 * DAY, **{"size": 4, "scope": "all", "seed": "2026", **more})


def references(sample) -> list[str]:
    return [item.incident.reference for item in sample.items.select_related("incident")]


def test_the_same_seed_draws_the_same(register_of_twelve, hospital, chloe, noon):
    first, second = (draw(hospital, chloe, noon) for _ in range(2))
    assert references(first) == references(second) and first.number + 1 == second.number
    assert references(draw(hospital, chloe, noon, seed="2027")) != references(first)


def test_without_a_seed_one_is_made_and_kept(register_of_twelve, hospital, chloe, noon):
    seeds = {draw(hospital, chloe, noon, seed=None).seed for _ in range(3)}
    assert len(seeds) == 3 and all(len(seed) == 16 for seed in seeds)


def test_the_draw_is_by_the_digest_of_seed_and_reference(register_of_twelve, hospital, chloe, noon):
    sample = draw(hospital, chloe, noon)
    every = sorted((hashlib.sha256(f"2026|{one.reference}".encode()).hexdigest(), one.reference) for one in register_of_twelve)
    assert references(sample) == [reference for digest, reference in every[:4]]
    assert [item.digest for item in sample.items.all()] == [digest for digest, reference in every[:4]]


def test_anybody_draws_it_again_with_the_recipe(register_of_twelve, hospital, chloe, noon, tmp_path):
    sample = draw(hospital, chloe, noon)
    (tmp_path / "population.txt").write_text(sample.population, encoding="utf-8")
    recipe = f'SEED, SIZE = "{sample.seed}", {sample.size}\n{sampling.RECIPE}'
    said = subprocess.run([sys.executable, "-I", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.split() == references(sample)


def test_the_list_is_that_of_the_day_even_when_incidents_come_later(register_of_twelve, hospital, awa, chloe, noon):
    sample = draw(hospital, chloe, noon)
    register.report_incident(organisation=hospital, title="Plus tard", by=awa, at=noon + 31 * DAY)
    assert sample.population.split() == [one.reference for one in register_of_twelve]
    assert hashlib.sha256(sample.population.encode()).hexdigest() == sample.population_sha256


@pytest.mark.parametrize(("scope", "count"), [("all", 12), ("breaches", 6), ("not_notified", 6), ("notified", 0), ("not_a_breach", 0)])
def test_each_scope_draws_from_its_own(register_of_twelve, hospital, scope, count):
    assert sampling.population(hospital, scope, None, None).count() == count


def test_the_days_are_those_of_the_organisation_both_included(register_of_twelve, hospital, awa, noon):
    register.report_incident(organisation=hospital, title="De nuit", by=awa, at=noon.replace(hour=23, minute=30))
    day = noon.date() + DAY
    found = sampling.population(hospital, "all", day, day)
    assert {one.title for one in found} == {"Incident 1", "De nuit"}


def test_a_sample_larger_than_what_there_is_takes_all(register_of_twelve, hospital, chloe, noon):
    assert draw(hospital, chloe, noon, size=50).items.count() == 12


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 201}, {"scope": "notified"}])
def test_a_sample_of_nothing_is_refused(register_of_twelve, hospital, chloe, noon, wrong):
    with pytest.raises(ValidationError):
        draw(hospital, chloe, noon, **wrong)


def test_another_organisation_is_not_drawn_from(register_of_twelve, town_hall, dan, noon):
    with pytest.raises(ValidationError):
        draw(town_hall, dan, noon)


def test_without_its_entry_no_sample_is_kept(register_of_twelve, hospital, chloe, noon, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        draw(hospital, chloe, noon)
    assert (Sample.objects.count(), SampleItem.objects.count()) == (0, 0)


def test_the_trail_keeps_seed_and_drawn_references(register_of_twelve, hospital, chloe, noon):
    sample = draw(hospital, chloe, noon)
    content = Entry.objects.select_related("content").get(action="sample.drawn").content
    assert content.details["drawn"] == references(sample) and content.changes["seed"] == [None, "2026"]


def test_a_conclusion_said_anew_replaces_the_first_and_the_trail_keeps_both(register_of_twelve, hospital, chloe, noon):
    item = draw(hospital, chloe, noon).items.first()
    sampling.conclude(item=item, conclusion="in_order", note="", by=chloe, at=noon)
    sampling.conclude(item=item, conclusion="not_in_order", note="Sans motifs.", by=chloe, at=noon + DAY)
    item.refresh_from_db()
    assert (item.conclusion, item.note) == ("not_in_order", "Sans motifs.")
    changes = Entry.objects.select_related("content").filter(action="sample.concluded").last().content.changes
    assert changes["conclusion"] == ["in_order", "not_in_order"]


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing(register_of_twelve, hospital, awa, chloe, noon, as_):
    for one in register_of_twelve:
        type(one).objects.filter(pk=one.pk).update(title="=1+1")
    sample = draw(hospital, chloe, noon)
    answer = as_(chloe).get(reverse("sample-csv", args=["hopital", sample.number]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 5 and rows[1][2] == "'=1+1"
    assert Entry.objects.last().action == "sample.exported"


def test_the_page_shows_seed_recipe_and_items(as_, register_of_twelve, hospital, chloe, noon):
    sample = draw(hospital, chloe, noon)
    page = as_(chloe).get(reverse("sample", args=["hopital", sample.number]))
    assert sample.seed in page.text and sample.population_sha256 in page.text
    assert all(reference in page.text for reference in references(sample))
    assert as_(chloe).get(reverse("sample-population", args=["hopital", sample.number])).text == sample.population


def test_a_period_that_ends_before_it_begins_is_refused(as_, register_of_twelve, chloe):
    wrong = {"scope": "all", "size": "3", "since_on": "2026-03-12", "until_on": "2026-03-10"}
    answer = as_(chloe).post(reverse("samples", args=["hopital"]), wrong)
    assert answer.status_code == 422 and Sample.objects.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_sample(as_, register_of_twelve, hospital, chloe, noon, django_assert_max_num_queries):
    small, large = draw(hospital, chloe, noon, size=1), draw(hospital, chloe, noon, size=12)
    browser = as_(chloe)
    browser.get(reverse("samples", args=["hopital"]))

    def queries(sample):
        with django_assert_max_num_queries(40) as counted:
            browser.get(reverse("sample", args=["hopital", sample.number]))
        return len(counted)

    assert queries(small) == queries(large)
