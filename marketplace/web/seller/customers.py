"""Customers of the shop: who bought here, and only what the shop's own orders, returns and reviews hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.price_lists import tag_customer
from marketplace.kernel.errors import MarketError
from marketplace.kernel.masks import masked_phone
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.customers.actions import LONGEST_TAG, MOST_SIGNS, MOST_TAGS, customer_here, note_on_customer
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.search_keys import about_the_order
from marketplace.platform.reviews.models import BuyerReview
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach, capped_count
from tenants.access.actors import actor_of
from tenants.access.rights import Right

SHOWN = 10
REGULAR = 3  # paid orders from which on a customer is a regular one


class CustomerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="tab", choices=[("once", _lazy("Bought once")), ("regular", _lazy("Regular customers")), ("tagged", _lazy("With tags"))]
    )
    least = django_filters.NumberFilter(field_name="orders", lookup_expr="gte", label=_lazy("Orders, at least"), min_value=0, max_value=10**6)
    spent = django_filters.NumberFilter(method="spent_at_least", label=_lazy("Spent, at least"), min_value=0, max_value=10**9)
    tag = django_filters.CharFilter(method="with_tag", label=_lazy("Tag"), max_length=LONGEST_TAG)
    since, until = Since("last_order_at"), Until("last_order_at")

    def search(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        """By what their orders are found by: number, recipient (also in pinyin), end of the phone's number; or by a tag."""
        text = value.strip()
        where = Q(tags__contains=[text])
        if (orders := about_the_order(text)) is not None:
            where |= Q(buyer_id__in=Order.objects.filter(orders).values("buyer_id"))
        return queryset.filter(where)

    def tab(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return queryset.filter({"once": Q(orders=1), "regular": Q(orders__gte=REGULAR), "tagged": ~Q(tags=[])}[value])

    def spent_at_least(self, queryset: QuerySet[Customer], name: str, value: Any) -> QuerySet[Customer]:
        return queryset.filter(spent_minor__gte=int(value * 100))

    def with_tag(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return queryset.filter(tags__contains=[value.strip()])


def _exported(row: Customer) -> list[tuple[object, ...]]:
    return [(row.name, row.orders, row.spent, row.currency, row.first_order_at, row.last_order_at, ", ".join(row.tags))]


customers = ListPage(
    title=_lazy("Customers"),
    name="customers",
    right=Right.VIEW_CUSTOMERS,
    columns=[
        Column(pgettext_lazy("person", "Name"), "name", is_fixed=True),
        Column(_lazy("Tags"), "tags"),
        Column(_lazy("Orders"), "orders", end=True, sort=("orders", "pk")),
        Column(_lazy("Spent"), "spent", end=True, sort=("spent_minor", "pk")),
        Column(_lazy("Latest order"), "latest", end=True, sort=("last_order_at", "pk")),
        Column(_lazy("First order"), "first", end=True, is_extra=True),
    ],
    row_template="seller/_customer_row.html",
    rows=lambda request: Customer.objects.all(),
    filters=CustomerFilter,
    order=("-last_order_at", "-pk"),
    search_hint=_lazy("Name, phone, order number or tag"),
    empty=_lazy("Nobody has bought here yet. Whoever pays an order stands here from then on."),
    teach=Teach(_lazy("To the products"), "products", Right.VIEW_PRODUCTS),
    export_name="customers",
    export_right=Right.EXPORT_CUSTOMERS,
    export_head=[
        pgettext_lazy("person", "Name"),
        _lazy("Orders"),
        _lazy("Spent"),
        _lazy("Currency"),
        _lazy("First order"),
        _lazy("Latest order"),
        _lazy("Tags"),
    ],
    export=_exported,
    base="seller/base.html",
)


class NoteForm(forms.Form):
    note_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_lazy("Note; only your team reads it"), max_length=MOST_SIGNS, widget=forms.Textarea(attrs={"rows": 2}))


class TagsForm(forms.Form):
    tags = forms.CharField(
        label=_lazy("Tags"),
        required=False,
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        help_text=_lazy("Words of your own with commas between them, such as: gift buyer, wholesale"),
    )

    def words(self) -> list[str]:
        return [word for word in self.cleaned_data["tags"].replace("，", ",").replace("、", ",").split(",") if word.strip()]


def customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    return _page(request, customer_here(customer_id))


def noted(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    row, form = customer_here(customer_id), NoteForm(request.POST)
    if form.is_valid():
        try:
            note_on_customer(by=actor_of(request), customer_id=row.pk, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("customer", args=[row.pk]))
    return _page(request, row, note=form)


def tagged(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    row, form = customer_here(customer_id), TagsForm(request.POST)
    if form.is_valid():
        try:
            tag_customer(by=actor_of(request), customer_id=row.pk, tags=form.words())
        except MarketError as refusal:
            form.add_error("tags", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("customer", args=[row.pk]))
    return _page(request, row, tags=form)


def _page(request: HttpRequest, row: Customer, *, note: NoteForm | None = None, tags: TagsForm | None = None) -> HttpResponse:
    orders = Order.objects.filter(buyer_id=row.buyer_id)
    returns = Return.objects.filter(order__buyer_id=row.buyer_id)
    reviews = BuyerReview.objects.filter(merchant=request.merchant, buyer_id=row.buyer_id)  # type: ignore[attr-defined]
    sees_orders = request.user.has_perm(Right.VIEW_ORDERS.full_name)
    context = {
        "title": row.name or _("Somebody who left the market"),
        "row": row,
        "places": _places(orders) if sees_orders and row.name else [],
        "sees_orders": sees_orders,
        "orders": list(orders.order_by("-placed_at", "-pk")[:SHOWN]),
        "order_count": capped_count(orders),
        "returns": list(returns.select_related("order").order_by("-requested_at", "-pk")[:SHOWN]),
        "return_count": capped_count(returns),
        "reviews": list(reviews.select_related("listing", "order").order_by("-written_at", "-pk")[:SHOWN]),
        "notes": list(row.notes.order_by("-at")[:SHOWN]),
        "note_form": note or NoteForm(initial={"note_id": uuid4()}),
        "tags_form": tags or TagsForm(initial={"tags": ", ".join(row.tags)}),
    }
    bad = any(form is not None and form.errors for form in (note, tags))
    return render(request, "seller/customer.html", context, status=422 if bad else 200)


def _places(orders: QuerySet[Order]) -> list[dict[str, str]]:
    """Where the latest orders went, each place once, with the phone's middle hidden."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for address in orders.order_by("-placed_at").values_list("address", flat=True)[:SHOWN]:
        kept = {name: str(address.get(name, "")) for name in ("recipient", "phone", "province", "city", "district")}
        found.setdefault(tuple(kept.values()), {**kept, "phone": masked_phone(kept["phone"])})
    return list(found.values())
