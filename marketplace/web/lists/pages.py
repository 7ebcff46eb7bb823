"""The one list of both back offices: keyset pages, filters and search kept in the address, tabs, capped counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.kernel.formats import format_count
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.exports import MOST_ROWS, ExportTooLarge, csv_response, csv_text, dated, note_export
from marketplace.web.lists.keyset import keyset_page
from tenants.access.actors import actor_of

Text = str | Promise
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Column:
    """A head: rows are drawn by the list's row template, in the same order."""

    label: Text
    end: bool = False
    wide_only: bool = False


@dataclass(frozen=True)
class Tab:
    label: str
    value: str
    is_now: bool


@dataclass(frozen=True)
class ListPage:
    """A list. `rows` gives the queryset of whoever asks; everything else is how it looks.

    `filters` is a django-filter class; a filter called `q` is the search box, one called `show` the tabs.
    `prepare` may fetch what the rows of a page need besides, all at once.
    """

    do_not_call_in_templates = True

    title: Text
    columns: Sequence[Column]
    row_template: str
    rows: Callable[[HttpRequest], QuerySet[Any]]
    filters: type[django_filters.FilterSet]
    order: tuple[str, ...] = ("-created_at", "-pk")
    size: int = 25
    empty: Text = ""
    search_hint: Text = ""
    base: str = "seller/base.html"
    actions_template: str = ""
    bulk: Sequence[Bulk] = ()  # its row template then begins with lists/_tick.html
    prepare: Callable[[HttpRequest, list[Any]], None] = field(default=lambda request, rows: None)
    # As CSV: the file's name, the heads, and the rows of values that a row of the list becomes (one, or several).
    export_name: str = ""
    export_head: Sequence[Text] = ()
    export: Callable[[Any], Iterable[Sequence[object]]] | None = None

    @property
    def is_exported(self) -> bool:
        """For the template, which would call `export` itself where it asks for it."""
        return self.export is not None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        filterset = self.filters(request.GET, queryset=self.rows(request), request=request)
        found = filterset.qs if filterset.is_valid() else filterset.queryset.none()
        if self.export and request.GET.get("export") == "csv":
            return self._as_csv(request, found, filterset)
        page = keyset_page(found, self.order, size=self.size, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        self.prepare(request, page.rows)
        is_filtered = any(request.GET.get(name) for name in filterset.filters)
        context = {
            "list": self,
            "title": self.title,
            "page": page,
            "filter_form": filterset.form,
            "choices": [bound for bound in filterset.form if bound.name not in ("q", "show")],
            "tabs": self._tabs(filterset),
            "count": capped_count(found),
            "is_filtered": is_filtered,
            "has_search": "q" in filterset.filters,
            "base": self.base,
            "bulk": [each for each in self.bulk if request.user.has_perm(each.right.full_name)],
        }
        template = "lists/_rows.html" if request.htmx and not request.htmx.boosted else "lists/list.html"  # type: ignore[attr-defined]
        return render(request, template, context)

    def _as_csv(self, request: HttpRequest, found: QuerySet[Any], filterset: django_filters.FilterSet) -> HttpResponse:
        """All rows that the filters leave, not only those of the page. Raises ExportTooLarge."""
        rows = list(found.order_by(*self.order)[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            raise ExportTooLarge(most=format_count(MOST_ROWS))
        self.prepare(request, rows)
        merchant = getattr(request, "merchant", None)
        filters = {name: request.GET[name] for name in filterset.filters if request.GET.get(name)}
        note_export(by=actor_of(request), what=self.export_name, merchant_id=merchant.pk if merchant else None, rows=len(rows), filters=filters)
        lines = (line for row in rows for line in self.export(row))  # type: ignore[misc]
        return csv_response(dated(self.export_name), csv_text(self.export_head, lines))

    def _tabs(self, filterset: django_filters.FilterSet) -> list[Tab]:
        show = filterset.filters.get("show")
        if show is None:
            return []
        now = filterset.form.data.get("show", "")
        return [Tab(_("All"), "", not now), *(Tab(str(label), value, value == now) for value, label in show.extra["choices"])]


def capped_count(queryset: QuerySet[Any]) -> str:
    """How many rows, counted up to a thousand: nobody waits for an exact million."""
    found = queryset.order_by()[: MOST_COUNTED + 1].count()
    return f"{format_count(MOST_COUNTED)}+" if found > MOST_COUNTED else format_count(found)
