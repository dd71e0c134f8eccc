"""What every request gets: the instant, the language, and an honest answer when the trail can't be written."""

import logging
from errno import EDQUOT, ENOSPC, EROFS

from django.conf import settings
from django.db import OperationalError
from django.shortcuts import render
from django.utils import timezone, translation

from breachreg.audit.actions import TrailUnavailable

log = logging.getLogger(__name__)

FULL = frozenset({ENOSPC, EDQUOT, EROFS})
"""What the operating system says when a file can't be written: no space left, none left to us, a read-only disk."""


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
    """Answer 503 with the remedy when nothing can be written: neither the entry nor the change it speaks of was.

    A full disk, or a database that was made read-only, may refuse the change before its entry; or the file that goes with it,
    or the count of the attempts to sign in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not _could_not_write(exception):
            return None
        log.error("%s %s: nothing was saved: %s", request.method, request.path, exception.__cause__ or exception)
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "60"
        request.session.modified = False  # it can't be written either, and nothing in it is to be kept
        return response


def _could_not_write(exception: Exception) -> bool:
    if isinstance(exception, OSError):
        return exception.errno in FULL
    return isinstance(exception, TrailUnavailable | OperationalError)
