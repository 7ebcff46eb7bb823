"""One order of the workbench, and getting it out."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.kernel import clock
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus
from marketplace.web.seller.parcel_forms import CancelForm, HandoverForm, ParcelForm
from tenants.access.rights import Right


def order(request: HttpRequest, number: str) -> HttpResponse:
    return order_page(request, number)


def order_page(
    request: HttpRequest, number: str, *, parcel: ParcelForm | None = None, handover: HandoverForm | None = None, cancel: CancelForm | None = None
) -> HttpResponse:
    """The order with all that can be done with it now; a form that was refused is shown as it was filled in."""
    found = order_for_staff(number)
    lines = list(found.lines.order_by("position"))
    may_ship = request.user.has_perm(Right.SHIP_ORDERS.full_name)
    is_live = may_ship and found.status == OrderStatus.CONFIRMED and found.payment_status in (PaymentStatus.PAID, PaymentStatus.PART_REFUNDED)
    has_left = any(line.to_pack for line in lines)
    packages = list(found.packages.order_by("packed_at", "pk").prefetch_related("lines__line"))
    for package in packages:
        if is_live and package.status == Package.Status.PACKED:
            form = handover if handover and handover.package_id == package.pk else HandoverForm(package_id=package.pk)
            package.form = form  # type: ignore[attr-defined]
    refused = [form for form in (parcel, handover, cancel) if form and form.errors]
    context = {
        "title": found.number,
        "form": refused[0] if refused else None,
        "order": found,
        "lines": lines,
        "packages": packages,
        "returns": list(found.returns.order_by("requested_at")),
        "changes": list(found.changes.order_by("at", "pk")),
        "can_accept": is_live and found.accepted_at is None,
        "parcel_form": (parcel or ParcelForm(lines=lines, initial={"package_id": uuid4()})) if is_live and has_left else None,
        "cancel_form": (cancel or CancelForm(lines=lines)) if is_live and has_left else None,
        "cancel_is_open": bool(cancel and cancel.errors),
        "is_late": found.ship_by and found.fulfilment_status == FulfilmentStatus.NONE and found.status == OrderStatus.CONFIRMED and clock.now() > found.ship_by,
        "kept_commission": found.commission - found.commission_returned,
    }
    return render(request, "seller/order.html", context, status=422 if refused else 200)
