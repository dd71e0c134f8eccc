"""One word for whoever asks whether this process can answer."""

from django.db import OperationalError, connection


def no_database(*_):
    raise OperationalError("connection refused")


def test_health_is_ok_when_the_database_answers(client, db):
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_without_a_database_the_answer_is_503_and_tells_nothing(client, db):
    with connection.execute_wrapper(no_database):
        answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer")
