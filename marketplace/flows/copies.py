"""The public copies of orders and returns follow from the merchant's rows alone, and are written anew after each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.bundles.queries import bought_in
from marketplace.merchant.customising.queries import wished_of
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.checkout.actions import put_return_copy, update_copy
from marketplace.platform.checkout.models import ReturnCopy
from tenants.tenancy.schemas import current_merchant_id

COPIED = (
    "status",
    "payment_status",
    "fulfilment_status",
    "refunded_minor",
    "commission_returned_minor",
    "open_returns",
    "ship_by",
    "accepted_at",
    "completed_at",
    "cancelled_at",
)


@verb
def copy_order(*, by: Actor, order: Order) -> None:
    """Copy how an order of the open merchant stands: statuses, money, lines, parcels."""
    lines = list(order.lines.order_by("position"))
    changed: dict[str, Any] = {name: getattr(order, name) for name in COPIED}
    changed["lines"] = copied_lines(lines, bought_in([order.pk]), wished_of([order.pk]))
    changed["packages"] = _copied_packages(order, lines)
    update_copy(by=by, order_id=order.pk, changed=changed)


def copied_lines(lines: Sequence[OrderLine], bundles: Mapping[UUID, Mapping[str, Any]], wished: Mapping[UUID, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as OrderCopy.lines holds them; those that were bought in a bundle name it, those that are made to wishes say them ("custom")."""
    return [
        {
            "id": str(line.pk),
            "product_id": str(line.product_id),
            "titles": line.titles,
            "options": line.options,
            "picture": line.picture,
            "quantity": line.quantity,
            "packed": line.packed,
            "shipped": line.shipped,
            "cancelled": line.cancelled,
            "returned": line.returned,
            "unit_minor": line.unit_minor,
            "total_minor": line.total_minor,
            **({"custom": wished[line.pk]} if line.pk in wished else {}),
            **_of_bundle(bundles.get(line.pk), bundles.get(lines[n - 1].pk) if n else None),
        }
        for n, line in enumerate(lines)
    ]


def _of_bundle(bundle: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The bundle that a line was bought in, and whether the line is the first of it."""
    if bundle is None:
        return {}
    return {"bundle": bundle, "begins_bundle": before is None or before["id"] != bundle["id"]}


def _copied_packages(order: Order, lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    positions = {line.pk: line.position for line in lines}
    packages = order.packages.filter(status=Package.Status.SHIPPED).order_by("shipped_at", "pk").prefetch_related("lines")
    return [
        {
            "id": str(package.pk),
            "carrier": package.carrier,
            "tracking_number": package.tracking_number,
            "shipped_at": package.shipped_at.isoformat() if package.shipped_at else "",
            "lines": sorted([positions[part.line_id], part.quantity] for part in package.lines.all()),
        }
        for package in packages
    ]


@verb
def copy_return(*, by: Actor, row: Return) -> None:
    """Copy how a return of the open merchant stands."""
    lines = row.lines.select_related("line").order_by("line__position")
    put_return_copy(
        by=by,
        copy=ReturnCopy(
            id=row.pk,
            order_id=row.order_id,
            merchant_id=current_merchant_id(),
            buyer_id=row.order.buyer_id,
            number=row.number,
            status=row.status,
            reason=row.reason,
            note=row.note,
            answer=row.answer,
            report=row.report,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            lines=[
                {
                    "id": str(part.line_id),
                    "titles": part.line.titles,
                    "options": part.line.options,
                    "picture": part.line.picture,
                    "quantity": part.quantity,
                    "accepted": part.accepted,
                }
                for part in lines
            ],
            currency=row.currency,
            amount_minor=row.amount_minor,
            requested_at=row.requested_at,
            due_at=row.due_at,
            ended_at=row.ended_at,
        ),
    )
