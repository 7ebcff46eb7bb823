"""The one list of both back offices: keyset pages, filters, sorting and columns in the address, tabs with capped counts, saved views,
work on many rows at once, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.kernel.money import Money
from marketplace.platform.backoffice.access import choice_of
from marketplace.platform.backoffice.models import ListChoice
from marketplace.web.lists import forms, views
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.columns import Column, Head, Text, chosen_columns, heads_of, order_of
from marketplace.web.lists.counts import capped, capped_count, capped_counts
from marketplace.web.lists.keyset import keyset_page
from tenants.access.rights import Right

__all__ = ["Column", "Head", "ListPage", "Tab", "Teach", "capped_count"]

WIDER = 2  # so many times the rows when a person wants them compact


@dataclass(frozen=True)
class Tab:
    label: str
    value: str
    is_now: bool
    count: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class Teach:
    """The way out of an empty list: a button to a route, for who has the right."""

    label: Text
    route: str
    right: Right | None = None


@dataclass(frozen=True)
class Whole:
    """Another form of a list's file: all there is of each row, as a table that can be read back. Its columns follow from the rows.

    `begin` is given all rows and returns the headings, and what turns some of the rows into lines.
    """

    do_not_call_in_templates = True

    label: Text
    begin: Callable[[QuerySet[Any]], tuple[list[str], Callable[[list[Any]], Iterable[Sequence[object]]]]]


@dataclass(frozen=True)
class ListPage:
    """A list. `rows` gives the queryset of whoever asks; everything else is how it looks.

    `name` is its route's; `right` what that route asks for, so that jobs can ask again. `filters` is a django-filter class; a filter called
    `q` is the search box, one called `show` the tabs. `prepare` may fetch what the rows of a page need besides, all at once.
    """

    do_not_call_in_templates = True

    title: Text
    columns: Sequence[Column]
    row_template: str
    rows: Callable[[HttpRequest], QuerySet[Any]]
    filters: type[django_filters.FilterSet]
    name: str = ""
    right: Right | None = None
    order: tuple[str, ...] = ("-created_at", "-pk")
    size: int = 25
    uncounted: tuple[str, ...] = ("q",)  # filters under which only the tab that is shown is counted: what they ask is dear
    empty: Text = ""
    teach: Teach | None = None
    search_hint: Text = ""
    base: str = "seller/base.html"
    actions_template: str = ""
    bulk: Sequence[Bulk] = ()
    amount: str = ""  # the attribute of a row that is added up over what is chosen
    amount_field: str = ""  # the same as a column of minor units
    prepare: Callable[[HttpRequest, list[Any]], None] = field(default=lambda request, rows: None)
    # As a file: its name, the heads, and the rows of values that a row of the list becomes (one, or several).
    export_name: str = ""
    export_head: Sequence[Text] = ()
    export: Callable[[Any], Iterable[Sequence[object]]] | None = None
    whole: Whole | None = None
    is_grid: bool = False  # rows stand beside each other, for what is looked at rather than read
    export_right: Right | None = None  # besides `right`, where taking the rows out is more than seeing them

    @property
    def is_exported(self) -> bool:
        """For the template, which would call `export` itself where it asks for it."""
        return self.export is not None

    def may_export(self, request: HttpRequest) -> bool:
        return self.is_exported and (self.export_right is None or request.user.has_perm(self.export_right.full_name))  # type: ignore[union-attr]

    @property
    def is_arranged(self) -> bool:
        """Whether a person may choose its columns."""
        return bool(self.name) and all(column.key for column in self.columns)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return forms.take(self, request)
        merchant_id, user_id = merchant_of(request), request.user.pk
        saved = list(views.of_list(request, self.name)) if self.name else []
        if not request.GET and (begins := next((view for view in saved if view.is_default and view.user_id == user_id), None)):
            return HttpResponseRedirect(views.address(request.path, begins))
        columns, density = choice_of(user_id, merchant_id, self.name) if self.name else ([], "")
        if asked := request.GET.get("cols"):
            columns = asked[:500].split(",")
        context = self.context(request, columns, density) | {"views": saved, "view_now": views.now(request, saved)}
        template = "lists/_swap.html" if request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request else "lists/list.html"  # type: ignore[attr-defined]
        response = render(request, template, context)
        response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
        return response

    def found(self, request: HttpRequest) -> tuple[QuerySet[Any], django_filters.FilterSet]:
        """The rows that the address means, of whoever asks."""
        filterset = self.filters(request.GET, queryset=self.rows(request), request=request)
        return (filterset.qs if filterset.is_valid() else filterset.queryset.none()), filterset

    def order_of(self, request: HttpRequest) -> tuple[str, ...]:
        return order_of(request, self.columns, self.order, request.GET.get("show", ""))

    def context(self, request: HttpRequest, wanted: Sequence[str], density: str) -> dict[str, Any]:
        found, filterset = self.found(request)
        order, tab = self.order_of(request), request.GET.get("show", "")
        is_compact = density == ListChoice.Density.COMPACT
        size = self.size * WIDER if is_compact else self.size
        page = keyset_page(found, order, size=size, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        self.prepare(request, page.rows)
        columns = chosen_columns(self.columns, wanted)
        bulk = [each for each in self.bulk if request.user.has_perm(each.right.full_name)]  # type: ignore[union-attr]
        is_all = bool(bulk) and request.GET.get("all") == "1" and bool(page.rows)
        teach = self.teach if self.teach and (not self.teach.right or request.user.has_perm(self.teach.right.full_name)) else None  # type: ignore[union-attr]
        tabs, count = self._counted_tabs(request, filterset, found)
        return {
            "list": self,
            "title": self.title,
            "page": page,
            "columns": columns,
            "heads": heads_of(request, columns, order, tab),
            "every_column": [(column, column in columns) for column in [*columns, *(other for other in self.columns if other not in columns)]],
            "is_compact": is_compact,
            "filter_form": filterset.form,
            "choices": [bound for bound in filterset.form if bound.name not in ("q", "show") and not bound.is_hidden],
            "kept": [(name, request.GET[name]) for name in ("show", "sort", "cols", "view", *hidden_of(filterset)) if request.GET.get(name)],
            "may_export": self.may_export(request),
            "tabs": tabs,
            "count": count,
            "chips": chips_of(request, filterset),
            "is_filtered": any(request.GET.get(name) for name in filterset.filters),
            "has_search": "q" in filterset.filters,
            "base": self.base,
            "bulk": bulk,
            "can_take_all": any(not each.shows and each.do for each in bulk) and bool(page.after or page.before),
            "is_all": is_all,
            "all_of_them": self.all_of_them(found) if is_all else None,
            "share_right": forms.sharing_right(request),
            "job_id": uuid4(),
            "teach": teach,
            "teach_href": reverse(teach.route) if teach else "",
        }

    def all_of_them(self, found: QuerySet[Any]) -> tuple[int, Money | None]:
        """How many rows there are exactly, and what they come to."""
        number = found.order_by().count()
        if not self.amount_field:
            return number, None
        sums = list(found.order_by().values("currency").annotate(sum=Sum(self.amount_field)))
        return number, Money(sums[0]["sum"], sums[0]["currency"]) if len(sums) == 1 else None

    def _counted_tabs(self, request: HttpRequest, filterset: django_filters.FilterSet, found: QuerySet[Any]) -> tuple[list[Tab], str]:
        """Tabs with how many rows each has, and how many are shown. What is searched for is counted where one is, not seven times."""
        show = filterset.filters.get("show")
        now = request.GET.get("show", "")
        values = [("", _("All")), *((value, str(label)) for value, label in show.extra["choices"])] if show else []
        is_dear = any(request.GET.get(name) for name in self.uncounted)
        others = [] if is_dear or not filterset.is_valid() else [value for value, _label in values if value != now]
        querysets = [found]
        for value in others:
            data = request.GET.copy()
            data["show"] = value
            querysets.append(self.filters(data, queryset=self.rows(request), request=request).qs)
        here, *rest = capped_counts(querysets)
        counts = dict(zip(others, map(capped, rest), strict=True)) | {now: capped(here)}
        return [Tab(label, value, value == now, counts.get(value, "")) for value, label in values], capped(here)


def hidden_of(filterset: django_filters.FilterSet) -> list[str]:
    """Filters that other pages lead to and nobody sets by hand."""
    return [bound.name for bound in filterset.form if bound.is_hidden]


def chips_of(request: HttpRequest, filterset: django_filters.FilterSet) -> list[Chip]:
    """Each filter that is on (the tab excepted), as it would be said."""
    if not filterset.is_valid():
        return []
    chips = []
    for name, value in filterset.form.cleaned_data.items():
        if name == "show" or value in (None, "", []) or isinstance(value, UUID):  # a key says nothing to a person
            continue
        bound = filterset.form[name]
        choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())} if not hasattr(value, "pk") else {}
        query = request.GET.copy()
        for gone in (name, "after", "before", "all"):
            query.pop(gone, None)
        said = getattr(value, "name", None) or choices.get(str(value)) or str(value)
        chips.append(Chip(_("Search") if name == "q" else str(bound.label), said, f"{request.path}?{query.urlencode()}"))
    return chips


def merchant_of(request: HttpRequest) -> UUID | None:
    merchant = getattr(request, "merchant", None)
    return merchant.pk if merchant else None


def base_of(request: HttpRequest) -> str:
    """The template that a page of this back office stands in: a shop's workbench, or the console."""
    return "seller/base.html" if merchant_of(request) else "operator/base.html"
