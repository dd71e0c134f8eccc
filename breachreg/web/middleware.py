"""What every request gets: the instant, the language, and an honest answer when the trail can't be written."""

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone, translation

from breachreg.audit.actions import TrailUnavailable


class Now:
    """Give the request its instant (aware, UTC): the only place where a page takes the time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = timezone.now()
        request.organisation = None
        request.abilities = frozenset()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()  # a page of an organisation activates its zone


class PersonLanguage:
    """Speak the person's language, or the cookie's, or French; never guess from the browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self._language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def _language_of(self, request) -> str:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen in known:
            return chosen
        return request.user.language if request.user.is_authenticated else settings.LANGUAGE_CODE


class TrailGuard:
    """Answer 503 with the remedy when an entry can't be written: the change it speaks of was not made."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, TrailUnavailable):
            return None
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "60"
        return response
