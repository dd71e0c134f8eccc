"""Search finds an incident however its words are typed, and only for those who may see it."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.desk import search
from breachreg.desk.models import SearchWord
from breachreg.desk.words import fold, stem
from breachreg.register import actions
from breachreg.register.evidence import add_evidence


@pytest.fixture
def found(hospital, awa):
    def look(words, user=awa, organisation=hospital):
        search.catch_up(organisation)
        return [hit.incident.title for hit in search.hits(search.find(user=user, organisation=organisation, words=words), words)]

    return look


@pytest.fixture
def theft(hospital, awa, noon):
    return actions.report_incident(
        organisation=hospital, title="Clés USB volées", report="Données médicales d'œdèmes, dans les journaux du bloc.",
        by=awa, at=noon,
    )


@pytest.mark.parametrize(
    "words",
    [
        "clé usb", "CLES volees", "cle", "donnée médicale", "DONNEES MEDICALES", "journal", "oedème", "œdeme",
        "hop-2026-0001", "0001", "awa diallo", "médic",
    ],
)  # fmt: skip
def test_accents_capitals_plurals_and_beginnings_do_not_matter(found, theft, words):
    assert found(words) == ["Clés USB volées"]


@pytest.mark.parametrize("words", ["clé ordinateur", "edicale", "zzz", "%", "_", "", "   "])
def test_what_is_not_there_is_not_found(found, theft, words):
    assert found(words) == []


@pytest.mark.parametrize(("plural", "singular"), [("journaux", "journal"), ("voleurs", "voleur"), ("jeux", "jeu"), ("bus", "bus")])
def test_a_plural_and_its_singular_have_one_stem(plural, singular):
    assert stem(plural) == stem(singular)


def test_a_number_keeps_its_last_digits():
    assert fold("N° 2026-0008") == ["n", "2026", "0008"]
    assert stem("2026") == "2026"


def test_notes_people_and_names_of_evidence_are_searched(found, theft, awa, noon):
    actions.add_timeline_note(
        incident=theft, happened_at=noon, text="Le gardien a vu une camionnette.", source="Poste de sécurité", by=awa, at=noon
    )
    add_evidence(incident=theft, file=io.BytesIO(b"%PDF-1.7 x"), name="constat-huissier.pdf", by=awa, at=noon)
    assert found("camionnettes") == found("securite") == found("huissier") == ["Clés USB volées"]


def test_it_says_where_the_words_stand(found, theft, awa, noon):
    actions.add_timeline_note(incident=theft, happened_at=noon, text="Une camionnette.", by=awa, at=noon)
    found("clé")
    [hit] = search.hits([theft.pk], "clé camionnette")
    assert [str(place) for place in hit.places] == [str(search.PLACES[place]) for place in (search.TITLE, search.NOTES)]


def test_a_changed_fact_is_found_and_the_old_one_is_not(found, theft, awa, noon):
    assert found("oedeme")
    actions.amend_facts(incident=theft, report="Rien de médical.", by=awa, at=noon + timedelta(hours=1))
    assert not found("oedeme")
    assert found("medical")


def test_a_match_in_the_title_comes_first(found, theft, hospital, awa, noon):
    actions.report_incident(organisation=hospital, title="Autre chose", report="Une clé perdue.", by=awa, at=noon)
    assert found("clé") == ["Clés USB volées", "Autre chose"]


def test_nothing_of_another_organisation_is_found(found, theft, dan, town_hall, hospital):
    assert found("clé", user=dan, organisation=town_hall) == []
    assert found("clé", user=dan, organisation=hospital) == []


def test_reading_the_trail_again_is_bounded_and_says_what_is_left(hospital, awa, noon, monkeypatch):
    monkeypatch.setattr(search, "AT_ONCE", 2)
    for number in range(5):
        actions.report_incident(organisation=hospital, title=f"Incident {number}", report="…", by=awa, at=noon)
    assert search.catch_up(hospital) > 0
    assert SearchWord.objects.values("incident").distinct().count() == 2
    while search.catch_up_everywhere(noon):
        pass
    assert SearchWord.objects.values("incident").distinct().count() == 5


def test_a_search_is_recorded_with_its_words(client, awa, theft):
    client.force_login(awa)
    page = client.get(reverse("search", args=["hopital"]), {"q": "clés"}).content.decode()
    assert "Clés USB volées" in page
    entry = Entry.objects.select_related("content").get(action="incident.searched")
    assert entry.content.details == {"words": "clés", "found": 1}


def test_a_search_without_words_asks_for_some(client, awa):
    client.force_login(awa)
    assert client.get(reverse("search", args=["hopital"])).status_code == 200
    assert client.get(reverse("search", args=["hopital"]), {"q": "!!!", "page": "9"}).status_code == 200


@pytest.mark.parametrize(("person", "status"), [("rose", 403), ("farid", 403), ("dan", 404)])
def test_people_who_may_not_read_incidents_do_not_search_them(client, request, hospital, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("search", args=["hopital"]), {"q": "clé"}).status_code == status


def test_a_search_takes_as_many_queries_with_ten_results_as_with_one(client, awa, hospital, noon, django_assert_max_num_queries):
    client.force_login(awa)

    def queries():
        with django_assert_max_num_queries(60) as counted:
            client.get(reverse("search", args=["hopital"]), {"q": "incident"})
        return len(counted)

    actions.report_incident(organisation=hospital, title="Incident", report="…", by=awa, at=noon)
    queries()
    few = queries()
    for _more in range(9):
        actions.report_incident(organisation=hospital, title="Incident", report="…", by=awa, at=noon)
    queries()
    assert queries() == few
