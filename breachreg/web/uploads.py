"""A file that is too large never reaches the disc: the rest of it is passed over, and what was typed arrives.

The limit of a page is chosen by the view with ``limit_uploads``; elsewhere ``UPLOAD_MAX_BYTES`` holds.
"""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect


class LimitHandler(FileUploadHandler):
    """Stops a file at its limit and remembers its field in ``request.too_large`` (field → name and limit in bytes)."""

    def __init__(self, request: HttpRequest | None = None, most: int | None = None):
        super().__init__(request)
        self.most = most or settings.UPLOAD_MAX_BYTES

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > self.most:
            too_large = getattr(self.request, "too_large", {})
            self.request.too_large = {**too_large, self.field_name: (self.file_name, self.most)}
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


def limit_uploads(most: Callable[[], int]) -> Callable:
    """Let a view take files of at most ``most()`` bytes. Goes outside every decorator that reads the form."""

    def decorate(view):
        protected = csrf_protect(view)

        @csrf_exempt  # the token stands in the form: it is checked once the handler with the limit is in place
        @wraps(view)
        def limited(request: HttpRequest, *args, **kwargs):
            request.upload_handlers = [LimitHandler(request, most()), *request.upload_handlers[1:]]
            return protected(request, *args, **kwargs)

        return limited

    return decorate


def say_too_large(form: forms.Form, request: HttpRequest) -> None:
    """Put the reason and the remedy at the file's question, instead of "choose a file"."""
    for field, (name, most) in getattr(request, "too_large", {}).items():
        if field in form.fields:
            form.errors.pop(field, None)
            message = _("“%(name)s” is larger than %(most)s MB. Compress or split it, or keep it elsewhere and note where.")
            form.add_error(field, message % {"name": name, "most": most // 2**20})
