"""A letter tells each person what their own data can lead to and what to do, most urgent first."""

import pytest

from breachreg.law import advice, vocabulary


def topics(**person):
    return {topic.code for topic in advice.counsel(**person).topics}


def test_each_person_is_told_about_their_own_data_only():
    assert topics(data=["contact"]) == {"electronic_contact", "postal_address"}
    assert topics(data=["social_security_number"], sensitive=["health"]) == {"social_security_number", "health"}
    assert topics(people=["minors"]) == {"minors"}
    assert topics() == set()


def test_a_finer_topic_replaces_the_general_one():
    assert topics(data=["financial"]) == {"financial"}
    assert topics(data=["financial"], details=["bank_account"]) == {"bank_account"}
    assert topics(data=["financial"], details=["payment_card", "bank_account"]) == {"payment_card", "bank_account"}


def test_data_that_were_only_missing_call_for_other_words_than_data_that_leaked():
    assert topics(data=["contact"], natures=["availability"]) == {"unavailable"}
    assert topics(data=["contact"], natures=["confidentiality", "integrity"]) == {
        "electronic_contact",
        "postal_address",
        "altered",
    }


def test_advice_comes_with_the_most_urgent_first_and_can_be_cut_there():
    found = advice.counsel(data=["contact", "credentials"], people=["minors"])
    said = found.advice("fr")
    assert said[0].startswith("Méfiez-vous") and said[1].startswith("Changez votre mot de passe")
    assert said[-1].startswith("Avant de répondre à un courrier")
    assert found.advice("fr", at_most=2) == said[:2]
    urgencies = {each.text("fr"): each.urgency for topic in found.topics for each in topic.advice}
    assert [urgencies[text] for text in said] == sorted(urgencies[text] for text in said)


def test_consequences_are_said_in_both_languages():
    found = advice.counsel(data=["official_documents"])
    assert found.topics[0].label("fr") == "Pièce d’identité" and found.topics[0].label("en") == "Identity document"
    assert found.consequences("fr") == (
        "Une copie de votre pièce peut servir à demander un crédit, une ligne téléphonique ou une location à votre nom.",
    )
    assert found.consequences("en") == (
        "A copy of your document can be used to ask for a loan, a telephone line or a lease in your name.",
    )


@pytest.mark.parametrize("name", ["data_categories", "sensitive_categories"])
def test_every_kind_of_data_that_a_person_can_lose_has_advice(name):
    kinds = [term.code for term in vocabulary.load(name).terms if term.code not in ("not_known", "other")]
    argument = {"data_categories": "data", "sensitive_categories": "sensitive"}[name]
    for code in kinds:
        found = advice.counsel(**{argument: [code]})
        assert found.consequences("fr") and found.advice("fr") and found.consequences("en") and found.advice("en")
        assert found.topics[0].label("fr") != found.topics[0].label("en")


def test_the_four_elements_of_article_34_2_are_listed_with_their_article():
    assert [each.article for each in advice.load().elements] == ["34(2)", "33(3)(b)", "33(3)(c)", "33(3)(d)"]
    assert advice.load().elements[1].text("fr") == "Le délégué à la protection des données ou un autre contact"


def test_everybody_is_told_what_we_will_never_ask():
    said = {each.code: each for each in advice.load().general}
    assert said["never_ask"].text("en").startswith("We will never ask you for a password")
    assert set(said) == {"never_ask", "type_the_address", "complaint_to_cnil"}
