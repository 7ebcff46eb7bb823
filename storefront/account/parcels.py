"""All parcels of a buyer, whichever shop sent them, read from the public copies of the orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.flows.receive import RECEIPT
from marketplace.kernel.models import Deadline
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from storefront.account.aftersales import moment_of
from storefront.account.tabs import Tab, tabs
from tenants.access.actors import person_of

ORDERS_A_PAGE = 10


@dataclass
class Parcel:
    """One package on its way, with what is in it."""

    order: OrderCopy
    carrier: str
    number: str
    shipped_at: datetime
    lines: list[tuple[dict[str, Any], int]]  # line of the order, pieces of it
    is_last: bool  # nothing more comes for this order

    @property
    def has_arrived(self) -> bool:
        return self.order.status == OrderStatus.COMPLETED or self.order.fulfilment_status == FulfilmentStatus.DELIVERED


def parcels_of(copy: OrderCopy) -> list[Parcel]:
    """The packages a carrier has, newest first."""
    is_last = copy.fulfilment_status in (FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED)
    found = [
        Parcel(
            copy,
            package["carrier"],
            package["tracking_number"],
            datetime.fromisoformat(package["shipped_at"]),
            [(copy.lines[no - 1], n) for no, n in package.get("lines", ()) if 0 < no <= len(copy.lines)],
            is_last,
        )
        for package in copy.packages
    ]
    return sorted(found, key=lambda parcel: parcel.shipped_at, reverse=True)


def _with_parcels(user_id: UUID, status: str) -> QuerySet[OrderCopy]:
    rows = OrderCopy.objects.filter(buyer_id=user_id, status=status).exclude(packages=[])
    return rows.select_related("merchant", "group").order_by("-placed_at", "-pk")


def on_the_way(user_id: UUID) -> list[Parcel]:
    """Parcels of the newest orders that have not been received, newest first."""
    return sorted(
        (parcel for copy in _with_parcels(user_id, OrderStatus.CONFIRMED)[:ORDERS_A_PAGE] for parcel in parcels_of(copy)),
        key=lambda parcel: parcel.shipped_at,
        reverse=True,
    )


def parcels(request: HttpRequest) -> HttpResponse:
    """Two queries a page: orders with parcels, and until when their receipt is awaited."""
    shown: list[Tab] = tabs(request, "show", {"": pgettext("parcel", "On the way"), "arrived": _("Arrived")})
    status = OrderStatus.COMPLETED if shown[1].is_now else OrderStatus.CONFIRMED
    rows = _with_parcels(person_of(request).pk, status)
    if after := moment_of(request.GET.get("after", "")):
        rows = rows.filter(placed_at__lt=after)
    page = list(rows[: ORDERS_A_PAGE + 1])
    copies = page[:ORDERS_A_PAGE]
    waiting = Deadline.objects.filter(kind=RECEIPT, subject_id__in=[copy.pk for copy in copies], status=Deadline.Status.WAITING)
    due = dict(waiting.values_list("subject_id", "due_at"))
    found = [(parcel, due.get(copy.pk)) for copy in copies for parcel in parcels_of(copy)]
    older = copies[-1].placed_at.isoformat() if len(page) > ORDERS_A_PAGE else ""
    return render(request, "account/parcels.html", {"section": "parcels", "parcels": found, "tabs": shown, "older": older})
