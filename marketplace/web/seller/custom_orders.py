"""Customised orders (定制管理): what buyers wished, line by line, and how far the shop is with each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.flows.custom_lines import begin_making, finish_making
from marketplace.kernel import clock
from marketplace.kernel.texts import localised
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.customising.queries import asked_in_order, waiting_for_answer
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.customising.wishes import in_words
from marketplace.web.lists.bulk import Bulk, with_each
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.overview import MOST_COUNTED, ToDo, capped
from marketplace.web.seller.orders import left_to_ship
from tenants.access.actors import actor_of
from tenants.access.rights import Right

# Something of it is still to leave, of an order that is paid and lives.
TO_LEAVE = Q(line__order__status=OrderStatus.CONFIRMED, line__quantity__gt=F("line__cancelled") + F("line__shipped"))
ASKED = "asked"
SHOWS: dict[str, Q] = {
    Making.TO_CONFIRM: TO_LEAVE & Q(state=Making.TO_CONFIRM) & ~Q(waiting_for_answer()),
    ASKED: TO_LEAVE & Q(state=Making.TO_CONFIRM) & Q(waiting_for_answer()),
    Making.MAKING: TO_LEAVE & Q(state=Making.MAKING),
    Making.READY: TO_LEAVE & Q(state=Making.READY),
    "sent": Q(line__shipped__gt=0, line__quantity=F("line__cancelled") + F("line__shipped")),
}


class CustomFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="by_show",
        choices=[
            Making.choices[0],
            (ASKED, pgettext_lazy("making", "Waits for the buyer's answer")),
            *Making.choices[1:],
            ("sent", pgettext_lazy("making", "Sent")),
        ],
    )
    since, until = Since("placed_at"), Until("placed_at")

    def search(self, queryset: QuerySet[CustomLine], name: str, value: str) -> QuerySet[CustomLine]:
        """By number of the order, or SKU."""
        text = value.strip()
        return queryset.filter(Q(line__order__number__startswith=text) | Q(line__sku__iexact=text))

    def by_show(self, queryset: QuerySet[CustomLine], name: str, value: str) -> QuerySet[CustomLine]:
        return queryset.filter(SHOWS[value])


def _prepared(request: HttpRequest, rows: list[Any]) -> None:
    now = clock.now()
    for row in rows:
        row.pieces = row.line.quantity - row.line.cancelled
        row.left, row.left_tone = left_to_ship(row.line.order, now)
        row.can_be_asked = row.state == Making.TO_CONFIRM and row.line.order.status == OrderStatus.CONFIRMED and row.pieces and not row.is_asked


custom_orders = ListPage(
    title=_lazy("Customised orders"),
    name="custom-orders",
    right=Right.VIEW_ORDERS,
    columns=[
        Column(_lazy("Order"), "order", sort=("placed_at", "pk"), is_fixed=True),
        Column(_lazy("What is wished"), "wishes"),
        Column(_lazy("Pieces"), "pieces", end=True),
        Column(_lazy("Status"), "state"),
        Column(_lazy("Ship by"), "ship_by"),
        Column(_lazy("SKU"), "sku", is_extra=True),
    ],
    row_template="seller/_custom_order_row.html",
    rows=lambda request: CustomLine.objects.filter(line__order__paid_at__isnull=False).select_related("line__order").prefetch_related(asked_in_order()),
    filters=CustomFilter,
    order=("-placed_at", "-pk"),
    search_hint=_lazy("Number of the order, SKU"),
    empty=_lazy("Nothing to make yet. What buyers wish of your customised products stands here as soon as it is paid."),
    teach=Teach(_lazy("To your products"), "products", Right.VIEW_PRODUCTS),
    export_name="custom-orders",
    export_head=[
        _lazy("Order"),
        _lazy("Placed"),
        _lazy("Ship by"),
        _lazy("Status"),
        _lazy("SKU"),
        _lazy("Article"),
        _lazy("Variant"),
        _lazy("Pieces"),
        _lazy("What is wished"),
        _lazy("Questions and answers"),
        _lazy("Surcharge of a piece"),
        _lazy("Currency"),
    ],
    export=lambda row: [
        (
            row.line.order.number,
            row.placed_at,
            row.line.order.ship_by,
            row.get_state_display(),
            row.line.sku,
            localised(row.line.titles).text,
            " / ".join(localised(value).text for _attribute, value in row.line.options),
            row.pieces,
            in_words(row.wishes),
            " · ".join(f"{one.text} {one.answer or '–'}" for one in row.questions.all()),
            row.surcharge,
            row.currency,
        )
    ],
    bulk=[
        Bulk(_lazy("Begin to make"), "custom-orders-begin", Right.SHIP_ORDERS, "edit", do=lambda by, key: begin_making(by=by, key=key)),
        Bulk(_lazy("They are ready"), "custom-orders-finish", Right.SHIP_ORDERS, "check", do=lambda by, key: finish_making(by=by, key=key)),
    ],
    prepare=_prepared,
)


def todos() -> list[ToDo]:
    """Wishes that nobody has read yet, by the first moment at which one has to leave."""
    waits = CustomLine.objects.filter(SHOWS[Making.TO_CONFIRM]).order_by("line__order__ship_by")
    due = list(waits.values_list("line__order__ship_by", flat=True)[: MOST_COUNTED + 1])
    label = ngettext("customised line to confirm", "customised lines to confirm", len(due))
    return [ToDo(capped(len(due)), label, f"{reverse('custom-orders')}?show={Making.TO_CONFIRM}", "warn", due=due[0])] if due else []


def begin_chosen(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} line is being made.", "{n} lines are being made.", n).format(n=n)

    return with_each(request, custom_orders, "custom-orders-begin", told)


def finish_chosen(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} line is ready.", "{n} lines are ready.", n).format(n=n)

    return with_each(request, custom_orders, "custom-orders-finish", told)


def begin(request: HttpRequest, custom_id: UUID) -> HttpResponse:
    order = begin_making(by=actor_of(request), key=custom_id)
    messages.success(request, _("It is being made. The buyer sees that."))
    return HttpResponseRedirect(reverse("order", args=[order.number]) + "#ship")


def finish(request: HttpRequest, custom_id: UUID) -> HttpResponse:
    order = finish_making(by=actor_of(request), key=custom_id)
    messages.success(request, _("It is ready and can be packed."))
    return HttpResponseRedirect(reverse("order", args=[order.number]) + "#ship")
