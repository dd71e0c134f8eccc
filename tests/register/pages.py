"""What the tests of the register's pages share."""

from django.urls import reverse


def address(view, incident, *more):
    return reverse(view, args=[incident.organisation.slug, incident.reference, *more])


def text_of(answer) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")
