"""A list in pages: never fails on a page number that somebody typed, and shows the way around."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.http import HttpRequest
from django.utils.functional import cached_property

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

    def __init__(self, object_list, per_page: int, most: int | None = None):
        super().__init__(object_list, per_page)
        self.most = most

    @cached_property
    def count(self) -> int:
        """How many rows the pages reach; counting stops at `most`, because counting all takes longer than showing some."""
        if self.most is None:
            return super().count
        return min(self._counted, self.most)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than the pages reach; the page says so."""
        return self.most is not None and self._counted > self.most

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by().values("pk")[: self.most + 1].count()

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


def paginate(request: HttpRequest, objects, per_page: int = PER_PAGE, most: int | None = None) -> PagedList:
    """The page of `objects` that the address asks for (`?page=`); the first or last one when there is no such page.

    `most` bounds how many rows of a queryset are counted and reached; parts/pager.html says when there are more.
    """
    return Pager(objects, per_page, most).get_page(request.GET.get("page"))
