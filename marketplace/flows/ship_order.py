"""Goods out: the merchant accepts, packs, and hands parcels to a carrier; an order may go out in several."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.flows.copies import copy_order
from marketplace.flows.events import OrderShipped
from marketplace.flows.receive import await_receipt
from marketplace.kernel.actors import Actor
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.customising.actions import check_made
from marketplace.merchant.fulfilment.actions import (
    clean_parcel,
    hand_over_package,
    package_of,
    pieces_of,
    remove_package,
    write_package,
)
from marketplace.merchant.fulfilment.errors import PackageGone
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.actions import note_packed_from, ship_stock
from marketplace.merchant.orders.actions import (
    accept_order,
    locked_order,
    note_packed,
    note_shipped,
    note_unpacked,
    order_to_ship,
)
from marketplace.merchant.orders.models import Order
from tenants.tenancy.schemas import current_merchant_id


@verb
def take_order(*, by: Actor, number: str) -> Order:
    """The merchant accepts an order of the open schema. Safe to repeat. Raises OrderUnknown, NotPaidYet, IllegalMove."""
    with transaction.atomic():
        order: Order = accept_order(by=by, number=number)
        copy_order(by=by, order=order)
    return order


@verb
def pack_order(*, by: Actor, package_id: UUID, number: str, quantities: Mapping[UUID, int] | None = None, location_id: UUID | None = None) -> Package:
    """Pack a parcel: line id → quantity (None: all that is left), at a place (None: as the order is held). The same `package_id` packs one.

    Raises OrderUnknown, NotPaidYet, IllegalMove, NothingToShip, HeldElsewhere, NotMadeYet.
    """
    with transaction.atomic():
        locked_order(number=number)
        if same := Package.objects.filter(pk=package_id, order__number=number).first():
            return same
        order, packs = note_packed(by=by, number=number, quantities=quantities)
        check_made(packs)
        package: Package = write_package(by=by, package_id=package_id, order=order, lines=packs)
        if location_id is not None:
            note_packed_from(by=by, order_id=order.pk, package_id=package.pk, location_id=location_id, pieces=pieces_of(package))
        copy_order(by=by, order=order)
    return package


@verb
def unpack_order(*, by: Actor, number: str, package_id: UUID) -> Order:
    """Open a parcel again that has not left. Raises OrderUnknown, PackageUnknown, PackageGone."""
    with transaction.atomic():
        order = order_to_ship(number)
        package = package_of(order, package_id)
        if package.status != Package.Status.PACKED:
            raise PackageGone
        order = note_unpacked(by=by, order_id=order.pk, pieces=remove_package(by=by, package=package))
        copy_order(by=by, order=order)
    return order


@verb
def ship_package(*, by: Actor, number: str, package_id: UUID, carrier: str, tracking_number: str) -> Package:
    """Hand a packed parcel to a carrier. A parcel that has left stays as it is.

    Raises OrderUnknown, NotPaidYet, IllegalMove, PackageUnknown, InvalidInput.
    """
    carrier, tracking_number = clean_parcel(carrier, tracking_number)
    with transaction.atomic():
        order = locked_order(number=number)
        package = package_of(order, package_id)
        if package.status == Package.Status.SHIPPED:
            return package
        pieces = pieces_of(package)
        order = note_shipped(by=by, order_id=order_to_ship(number).pk, pieces=pieces)
        package = hand_over_package(by=by, package=package, carrier=carrier, tracking_number=tracking_number)
        ship_stock(by=by, order_id=order.pk, shipped=pieces, ref=order.number, package_id=package.pk)
        copy_order(by=by, order=order)
        await_receipt(order)
        record(OrderShipped(merchant_id=current_merchant_id(), order_id=order.pk, package_id=package.pk))
    return package


@verb
def ship_order(
    *,
    by: Actor,
    package_id: UUID,
    number: str,
    carrier: str,
    tracking_number: str,
    quantities: Mapping[UUID, int] | None = None,
    location_id: UUID | None = None,
) -> Package:
    """Pack a parcel and hand it over in one step. The same `package_id` ships one parcel.

    Raises what pack_order and ship_package raise.
    """
    clean_parcel(carrier, tracking_number)
    with transaction.atomic():
        pack_order(by=by, package_id=package_id, number=number, quantities=quantities, location_id=location_id)
        package: Package = ship_package(by=by, number=number, package_id=package_id, carrier=carrier, tracking_number=tracking_number)
    return package
