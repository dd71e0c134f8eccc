"""A list in pages: never fails on a page number that somebody typed, and shows the way around."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 25


class PagedList(Page):
    """A page that knows which numbers to show: the ends, the neighbours, and gaps between them."""

    gap = Paginator.ELLIPSIS

    @property
    def elided(self):
        return self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1)


class Pager(Paginator):
    def _get_page(self, *args, **kwargs):
        return PagedList(*args, **kwargs)


def paginate(request: HttpRequest, objects, per_page: int = PER_PAGE) -> PagedList:
    """The page of `objects` that the address asks for (`?page=`); the first or last one when there is no such page."""
    return Pager(objects, per_page).get_page(request.GET.get("page"))
