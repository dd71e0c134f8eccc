"""Whether this process can answer: one word for a load balancer or a container's health check."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from breachreg.web.pages import public_page


@public_page()
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the database answers, and 503 when it does not: this process is to be left alone for now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
