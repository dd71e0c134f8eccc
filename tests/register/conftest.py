"""Until the rooms to the right have all their pages, an address that the register links to answers in their stead."""

import types

import pytest
from django.http import HttpResponse
from django.urls import NoReverseMatch, clear_url_caches, path, reverse

import breachreg.urls

NEIGHBOURS = {
    "incident": "o/<slug:organisation>/incidents/<str:reference>/", "report": "o/<slug:organisation>/report/",
    "desk": "o/<slug:organisation>/desk/", "search": "o/<slug:organisation>/search/",
    "notification": "o/<slug:organisation>/incidents/<str:reference>/notification/",
    "letters": "o/<slug:organisation>/incidents/<str:reference>/letters/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _neighbours(settings):
    missing = [path(address, lambda request, **kwargs: HttpResponse(), name=name) for name, address in NEIGHBOURS.items() if not _is_there(name, address)]
    if missing:
        urls = types.ModuleType("urls_with_neighbours")
        urls.urlpatterns = [*breachreg.urls.urlpatterns, *missing]
        settings.ROOT_URLCONF = urls
        clear_url_caches()
    yield
    clear_url_caches()


def _is_there(name: str, address: str) -> bool:
    try:
        reverse(name, args=["hopital", "HOP-2026-0001"][: address.count("<")])
    except NoReverseMatch:
        return False
    return True
