"""Packing slips: what goes into a parcel and to whom. `?parcel=` prints the slip of one parcel, else of what is to be packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.merchant.bundles.queries import with_bundles
from marketplace.merchant.customising.queries import with_wishes
from marketplace.merchant.fulfilment.actions import package_of, pieces_of
from marketplace.merchant.fulfilment.errors import PackageUnknown
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.errors import NothingIsShipped, OrderUnknown
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.web.lists.bulk import chosen
from marketplace.web.paper import missing, pdf_response


@dataclass
class Item:
    line: OrderLine
    quantity: int


@dataclass
class Slip:
    order: Order
    package: Package | None
    items: list[Item]

    @property
    def pieces(self) -> int:
        return sum(item.quantity for item in self.items)


def _slip(order: Order, package: Package | None = None) -> Slip:
    """Of a parcel, else of what is to be packed; where everything is, of the whole order."""
    lines = with_wishes(with_bundles(list(order.lines.order_by("position"))))
    if package:
        pieces = pieces_of(package)
        return Slip(order, package, [Item(line, pieces[line.pk]) for line in lines if line.pk in pieces])
    return Slip(order, None, [Item(line, line.to_pack) for line in lines if line.to_pack] or [Item(line, line.quantity - line.cancelled) for line in lines])


def _context(request: HttpRequest, number: str) -> dict[str, Any]:
    order = order_for_staff(number)
    if order.is_virtual:
        raise NothingIsShipped(number=order.number)
    package: Package | None = None
    if asked := request.GET.get("parcel", ""):
        try:
            package = package_of(order, UUID(asked))
        except ValueError:
            raise PackageUnknown from None
    query = f"?parcel={package.pk}" if package else ""
    return {
        "title": order.number,
        "slips": [_slip(order, package)],
        "no_pdf": missing(),
        "pdf_address": reverse("packing-slip-pdf", args=[order.number]) + query,
    }


def _context_of_several(request: HttpRequest) -> dict[str, Any]:
    """Of all orders that were ticked in the list, each on a page of its own, oldest first; virtual goods are in no parcel, and left out.

    Raises InvalidInput, OrderUnknown, NothingIsShipped where nothing else was ticked.
    """
    keys = chosen(request)
    orders = list(Order.objects.filter(pk__in=keys).order_by("placed_at", "pk"))
    if len(orders) < len(keys):
        raise OrderUnknown
    shipped = [order for order in orders if not order.is_virtual]
    if orders and not shipped:
        raise NothingIsShipped(number=orders[0].number)
    orders = shipped
    return {
        "title": _("Packing slips"),
        "slips": [_slip(order) for order in orders],
        "no_pdf": missing(),
        "pdf_address": f"{reverse('packing-slips-pdf')}?{urlencode([('chosen', order.pk) for order in orders])}",
    }


def slips(request: HttpRequest) -> HttpResponse:
    return render(request, "seller/slip.html", _context_of_several(request))


def slips_pdf(request: HttpRequest) -> HttpResponse:
    """Raises NoPdf."""
    return pdf_response(request, "seller/slip_paper.html", _context_of_several(request), "packing-slips")


def slip(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "seller/slip.html", _context(request, number))


def slip_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Raises NoPdf."""
    return pdf_response(request, "seller/slip_paper.html", _context(request, number), f"slip-{number}")
