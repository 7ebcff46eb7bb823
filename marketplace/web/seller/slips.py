"""The packing slip: what goes into a parcel and to whom. `?parcel=` prints the slip of one parcel, else of what is to be packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from marketplace.merchant.fulfilment.actions import package_of, pieces_of
from marketplace.merchant.fulfilment.errors import PackageUnknown
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.models import OrderLine
from marketplace.web.paper import missing, pdf_response


@dataclass
class Item:
    line: OrderLine
    quantity: int


def _context(request: HttpRequest, number: str) -> dict[str, Any]:
    order = order_for_staff(number)
    package: Package | None = None
    if asked := request.GET.get("parcel", ""):
        try:
            package = package_of(order, UUID(asked))
        except ValueError:
            raise PackageUnknown from None
    lines = list(order.lines.order_by("position"))
    if package:
        pieces = pieces_of(package)
        items = [Item(line, pieces[line.pk]) for line in lines if line.pk in pieces]
    else:
        items = [Item(line, line.to_pack) for line in lines if line.to_pack] or [Item(line, line.quantity - line.cancelled) for line in lines]
    query = f"?parcel={package.pk}" if package else ""
    return {
        "title": order.number,
        "order": order,
        "package": package,
        "items": items,
        "pieces": sum(item.quantity for item in items),
        "no_pdf": missing(),
        "pdf_address": reverse("packing-slip-pdf", args=[order.number]) + query,
    }


def slip(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "seller/slip.html", _context(request, number))


def slip_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Raises NoPdf."""
    return pdf_response(request, "seller/slip_paper.html", _context(request, number), f"slip-{number}")
