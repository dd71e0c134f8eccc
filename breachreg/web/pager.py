"""A list in pages: never fails on a page number that somebody typed, and shows the way around."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.http import HttpRequest

PER_PAGE = 25


class PagedList(Page):
    """A page that knows which numbers to show: the ends, the neighbours, and gaps between them."""

    gap = Paginator.ELLIPSIS

    @property
    def elided(self):
        return self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1)


class Pager(Paginator):
    """Finds the keys of a page first and reads only their rows, so that a late page of a long list is as quick as the
    first one: the keys stand in an index, the rows hold long texts."""

    def page(self, number):
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return self._get_page(self._rows(first, min(first + self.per_page, self.count)), number, self)

    def _rows(self, first: int, last: int):
        rows = self.object_list
        if not isinstance(rows, QuerySet) or rows._iterable_class is not ModelIterable:
            return rows[first:last]
        keys = list(rows.values_list("pk", flat=True)[first:last])
        found = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
        return [found[key] for key in keys if key in found]

    def _get_page(self, *args, **kwargs):
        return PagedList(*args, **kwargs)


def paginate(request: HttpRequest, objects, per_page: int = PER_PAGE) -> PagedList:
    """The page of `objects` that the address asks for (`?page=`); the first or last one when there is no such page."""
    return Pager(objects, per_page).get_page(request.GET.get("page"))
