"""People on a letter's list: encrypted, found by whole words, listed once."""

import pytest
from django.db import connection

from breachreg.audit.models import Entry
from breachreg.letters import recipients
from breachreg.letters.models import Channel, Recipient
from breachreg.letters.people import BadRecipient, Person, opened
from breachreg.letters.vault import box_for_reading, box_of
from tests.letters.conftest import JEANNE


def test_a_person_comes_back_as_they_were_typed(jeanne):
    assert opened(box_for_reading(jeanne.letter.incident), Recipient.objects.get().sealed) == JEANNE


def test_no_table_holds_a_name_an_address_or_an_e_mail_in_clear(sealed, awa, noon):
    person = Person("Zwingelstein", "Philomène", line4="77 quai Unique", postcode="35000", city="Trifouillis", email="zw@example.net")
    recipients.add_recipient(letter=sealed, person=person, channel=Channel.POST, by=awa, at=noon)
    dump = _every_value_of_every_table()
    for secret in ("Zwingelstein", "Philomène", "quai Unique", "QUAI UNIQUE", "Trifouillis", "zw@example.net"):
        assert secret.encode() not in dump, secret


def _every_value_of_every_table() -> bytes:
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            values += [value for row in cursor.fetchall() for value in row]
    return b"\n".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in values)


def test_one_incidents_data_can_not_be_opened_with_anothers_key(jeanne, incident, awa, noon, hospital):
    from cryptography.exceptions import InvalidTag

    from breachreg.register import actions as register

    other = register.report_incident(organisation=hospital, title="Autre", by=awa, at=noon)
    with pytest.raises(InvalidTag):
        box_of(other, noon).open(jeanne.sealed)


@pytest.mark.parametrize("words", ["Martin", "MARTIN", " martin ", "HOP-2026-0001-L1-000001", "1"])
def test_a_person_is_found_by_whole_name_or_reference(jeanne, words):
    assert list(recipients.search(jeanne.letter, words)) == [jeanne]


def test_a_part_of_a_name_finds_nobody(jeanne):
    assert not recipients.search(jeanne.letter, "Mart").exists()


def test_the_same_person_is_listed_twice_only_when_somebody_says_so(jeanne, awa, noon):
    again = Person("MARTIN", "jeanne", line4="12 RUE DES LILAS", postcode="35000", city="RENNES")
    with pytest.raises(recipients.AlreadyOnTheList) as listed:
        recipients.add_recipient(letter=jeanne.letter, person=again, channel=Channel.POST, by=awa, at=noon)
    assert listed.value.recipient == jeanne
    recipients.add_recipient(
        letter=jeanne.letter, person=again, channel=Channel.POST, by=awa, at=noon, even_if_listed=True
    )
    assert recipients.to_write_to(jeanne.letter).count() == 2


@pytest.mark.parametrize(
    ("person", "channel", "fields"),
    [
        (Person(""), Channel.EMAIL, {"last_name", "email"}),
        (Person("Martin", email="nowhere"), Channel.EMAIL, {"email"}),
        (Person("Martin"), Channel.POST, {"line4", "city", "postcode"}),
        (Person("Martin", civility="duke", email="m@example.net"), Channel.EMAIL, {"civility"}),
    ],
)
def test_a_person_who_can_not_be_written_to_is_refused_field_by_field(person, channel, fields):
    with pytest.raises(BadRecipient) as refused:
        person.check(channel)
    assert {field for field, _ in refused.value.problems} == fields


def test_taking_off_and_putting_back_is_recorded_once_each(jeanne, awa, noon):
    for _ in range(2):
        recipients.remove_recipient(recipient=jeanne, by=awa, at=noon)
    assert not recipients.to_write_to(jeanne.letter).exists()
    recipients.restore_recipient(recipient=jeanne, by=awa, at=noon)
    assert recipients.to_write_to(jeanne.letter).get() == jeanne
    taken = Entry.objects.filter(action__startswith="recipient.").values_list("action", flat=True)
    assert list(taken) == ["recipient.added", "recipient.removed", "recipient.restored"]


@pytest.mark.parametrize(
    ("person", "language", "salutation"),
    [
        (Person("Martin", "Jeanne", "madam"), "fr", "Madame Martin,"),
        (Person("Nguyễn", "Văn An", "sir"), "en", "Dear Mr Nguyễn,"),
        (Person("Martin", "Camille"), "fr", "Madame, Monsieur,"),
    ],
)
def test_each_is_addressed_as_they_are_known(person, language, salutation):
    assert person.salutation(language) == salutation
