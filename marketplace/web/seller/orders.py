"""The order workbench: what came in, and getting it out."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.texts import localised
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, label_of
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.pages import Column, ListPage
from tenants.access.rights import Right

SHOWS: dict[str, Q] = {
    "to_ship": Q(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED]),
    "unpaid": Q(status=OrderStatus.AWAITING_PAYMENT),
    "shipped": Q(status=OrderStatus.CONFIRMED, fulfilment_status=FulfilmentStatus.SHIPPED),
    "after_sales": Q(open_returns__gt=0),
    "completed": Q(status=OrderStatus.COMPLETED),
    "cancelled": Q(status=OrderStatus.CANCELLED),
}


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="by_show",
        choices=[
            ("to_ship", _lazy("To ship")),
            ("unpaid", _lazy("Unpaid")),
            ("shipped", _lazy("Shipped")),
            ("after_sales", _lazy("After-sales")),
            ("completed", _lazy("Completed")),
            ("cancelled", _lazy("Cancelled")),
        ],
    )
    since = django_filters.DateFilter(field_name="placed_at", lookup_expr="date__gte", label=_lazy("Since"), widget=forms.DateInput(attrs={"type": "date"}))

    def search(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """By number, recipient, phone, SKU, or tracking number."""
        text = value.strip()
        lines = OrderLine.objects.filter(sku__iexact=text).values("order_id")
        return queryset.filter(
            Q(number__startswith=text)
            | Q(address__recipient__icontains=text)
            | Q(address__phone__endswith=text)
            | Q(pk__in=lines)
            | Q(packages__tracking_number__iexact=text)
        ).distinct()

    def by_show(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(SHOWS[value])


def _with_lines(request: HttpRequest, rows: list[Any]) -> None:
    by_order: dict[Any, list[OrderLine]] = {row.pk: [] for row in rows}
    for line in OrderLine.objects.filter(order_id__in=by_order).order_by("position"):
        by_order[line.order_id].append(line)
    for row in rows:
        row.shown_lines = by_order[row.pk]


orders = ListPage(
    title=_lazy("Orders"),
    columns=[
        Column(_lazy("Order")),
        Column(_lazy("Goods")),
        Column(_lazy("Buyer"), wide_only=True),
        Column(_lazy("Status")),
        Column(_lazy("Amount"), end=True),
        Column("", end=True),
    ],
    row_template="seller/_order_row.html",
    rows=lambda request: Order.objects.all(),
    filters=OrderFilter,
    order=("-placed_at", "-pk"),
    search_hint=_lazy("Number, recipient, phone, article, tracking number"),
    empty=_lazy("No order yet. As soon as somebody buys from you, it stands here, with the time by which to ship it."),
    export_name="orders",
    export_head=[
        _lazy("Order"),
        _lazy("Placed"),
        _lazy("Paid"),
        _lazy("Ship by"),
        _lazy("Status"),
        _lazy("Recipient"),
        _lazy("Phone"),
        _lazy("Address"),
        _lazy("SKU"),
        _lazy("Article"),
        _lazy("Variant"),
        _lazy("Quantity"),
        _lazy("Shipped"),
        _lazy("Cancelled"),
        _lazy("Returned"),
        _lazy("Line total"),
        _lazy("Delivery share"),
        _lazy("Tax"),
        _lazy("Commission"),
        _lazy("Order total"),
        _lazy("Currency"),
    ],
    export=lambda row: [
        (
            row.number,
            row.placed_at,
            row.paid_at,
            row.ship_by,
            label_of(row.status, row.payment_status, row.fulfilment_status, row.open_returns).label,
            row.address.get("recipient"),
            row.address.get("phone"),
            " ".join(row.address.get(name, "") for name in ("province", "city", "district", "street")),
            line.sku,
            localised(line.titles).text,
            " / ".join(localised(value).text for _attribute, value in line.options),
            line.quantity,
            line.shipped,
            line.cancelled,
            line.returned,
            line.total,
            line.freight,
            line.tax,
            line.commission,
            row.total,
            row.currency,
        )
        for line in row.shown_lines
    ],
    bulk=[
        Bulk(_lazy("Accept"), "orders-accept", Right.SHIP_ORDERS, "check"),
        Bulk(_lazy("Packing slips"), "packing-slips", Right.VIEW_ORDERS, "print", shows=True),
    ],
    prepare=_with_lines,
)
