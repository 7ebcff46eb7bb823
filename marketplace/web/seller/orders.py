"""The order list of the workbench: what came in, and what a packer needs to get it out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.ship_order import take_order
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.texts import localised
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.customising.queries import with_wishes
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.orders.errors import OrderUnknown
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.search_keys import about_the_order
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, label_of
from marketplace.platform.customising.wishes import in_words
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.rights import Right

SHOWS: dict[str, Q] = {
    "to_ship": Q(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED]),
    "unpaid": Q(status=OrderStatus.AWAITING_PAYMENT),
    "shipped": Q(status=OrderStatus.CONFIRMED, fulfilment_status=FulfilmentStatus.SHIPPED),
    "to_use": Q(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.TO_REDEEM, FulfilmentStatus.TO_HAND_OUT]),
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
            ("to_use", pgettext_lazy("order", "To be used")),
            ("after_sales", _lazy("After-sales")),
            ("completed", _lazy("Completed")),
            ("cancelled", _lazy("Cancelled")),
        ],
    )
    since, until = Since("placed_at"), Until("placed_at")
    customer = django_filters.ModelChoiceFilter(
        queryset=lambda request: Customer.objects.all(), method="of_customer", label=_lazy("Customer"), widget=forms.HiddenInput
    )

    def search(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """By number, recipient (also in pinyin or its initials), end of the phone's number, SKU or tracking number.

        Each is in an index of its own. Asking for all of them in one condition would use none, so first it is found out which of them the
        words mean at all: nearly always one.
        """
        text = value.strip()
        meant: list[Q] = []
        lines, parcels = OrderLine.objects.filter(sku__iexact=text), Package.objects.filter(tracking_number__iexact=text)
        if lines.exists():
            meant.append(Q(pk__in=lines.values("order_id")))
        if parcels.exists():
            meant.append(Q(pk__in=parcels.values("order_id")))
        own = about_the_order(text)
        if own is not None and (not meant or Order.objects.filter(own).exists()):
            meant.append(own)
        where = Q()
        for each in meant:
            where |= each
        return queryset.filter(where) if meant else queryset.none()

    def of_customer(self, queryset: QuerySet[Order], name: str, value: Customer) -> QuerySet[Order]:
        return queryset.filter(buyer_id=value.buyer_id)

    def by_show(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(SHOWS[value])


def _with_lines(request: HttpRequest, rows: list[Any]) -> None:
    by_order: dict[Any, list[OrderLine]] = {row.pk: [] for row in rows}
    for line in with_wishes(list(OrderLine.objects.filter(order_id__in=by_order).order_by("position"))):
        by_order[line.order_id].append(line)
    now = clock.now()
    for row in rows:
        row.shown_lines = by_order[row.pk]
        row.pieces = sum(line.quantity - line.cancelled for line in row.shown_lines)
        row.left, row.left_tone = left_to_ship(row, now)


def left_to_ship(row: Order, now: datetime) -> tuple[str, str]:
    """How long there is to hand the order to a carrier, in words, and how loud to say it; nothing where nobody waits."""
    waits = row.status == OrderStatus.CONFIRMED and row.fulfilment_status in (FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED)
    if not waits or row.ship_by is None:
        return "", ""
    minutes = int((row.ship_by - now).total_seconds() / 60)
    if row.ship_by < now:
        return _("{span} late").format(span=_span(-minutes)), "danger"
    return _("{span} left").format(span=_span(minutes)), "warn" if minutes < 24 * 60 else "ink-3"


def _span(minutes: int) -> str:
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes) if hours else _("{minutes} min").format(minutes=minutes)


def _accept(by: Actor, key: UUID) -> None:
    number = Order.objects.filter(pk=key).values_list("number", flat=True).first()
    if number is None:
        raise OrderUnknown
    take_order(by=by, number=number)


orders = ListPage(
    title=_lazy("Orders"),
    name="orders",
    right=Right.VIEW_ORDERS,
    columns=[
        Column(_lazy("Order"), "order", sort=("placed_at", "pk"), is_fixed=True),
        Column(_lazy("Goods"), "goods"),
        Column(_lazy("Recipient"), "buyer", wide_only=True),
        Column(_lazy("Status"), "status", sort=("ship_by", "pk"), sort_in=("to_ship",)),
        Column(_lazy("Amount"), "amount", end=True, sort=("total_minor", "pk")),
        Column(_lazy("SKU"), "sku", is_extra=True),
        Column(_lazy("Pieces"), "pieces", end=True, is_extra=True),
        Column(_lazy("Buyer's note"), "note", is_extra=True),
        Column(_lazy("Paid"), "paid", is_extra=True),
        Column(_lazy("To you"), "earned", end=True, is_extra=True),
        Column("", "do", end=True, is_fixed=True),
    ],
    row_template="seller/_order_row.html",
    rows=lambda request: Order.objects.all(),
    filters=OrderFilter,
    order=("-placed_at", "-pk"),
    search_hint=_lazy("Number, recipient or pinyin, end of phone, SKU, tracking number"),
    empty=_lazy("No order yet. As soon as somebody buys from you, it stands here, with the time by which to ship it."),
    teach=Teach(_lazy("To your products"), "products", Right.VIEW_PRODUCTS),
    amount="total",
    amount_field="total_minor",
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
        _lazy("What is wished"),
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
            in_words(line.wishes),
        )
        for line in row.shown_lines
    ],
    bulk=[
        Bulk(_lazy("Accept"), "orders-accept", Right.SHIP_ORDERS, "check", do=_accept),
        Bulk(_lazy("Packing slips"), "packing-slips", Right.VIEW_ORDERS, "print", shows=True),
    ],
    prepare=_with_lines,
)
