"""Whether this process can answer: one word for a load balancer or a container's health check."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from breachreg.web.pages import public_page


@public_page()
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
