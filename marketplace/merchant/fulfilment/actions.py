"""Parcels: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.fulfilment.errors import PackageUnknown
from marketplace.merchant.fulfilment.models import Package, PackageLine
from marketplace.merchant.orders.models import Order
from marketplace.platform.delivery.queries import carriers

TRACKING = re.compile(r"[A-Za-z0-9-]{6,40}\Z")


def clean_parcel(carrier: str, tracking_number: str) -> tuple[str, str]:
    """Raises InvalidInput, naming the field."""
    tracking_number = tracking_number.replace(" ", "").upper()
    if carrier not in carriers():
        raise InvalidInput(field="carrier", why=_("Choose a carrier."))
    if not TRACKING.match(tracking_number):
        raise InvalidInput(field="tracking_number", why=_("A tracking number has 6 to 40 letters, digits or hyphens."))
    return carrier, tracking_number


@verb
def write_package(*, by: Actor, package_id: UUID, order: Order, lines: Mapping[UUID, int]) -> Package:
    """A parcel that is packed and has not left."""
    with transaction.atomic():
        package = Package(pk=package_id, order=order, status=Package.Status.PACKED)
        package.save(force_insert=True)
        PackageLine.objects.bulk_create([PackageLine(package=package, line_id=line_id, quantity=quantity) for line_id, quantity in lines.items()])
    return package


@verb
def hand_over_package(*, by: Actor, package: Package, carrier: str, tracking_number: str) -> Package:
    """The carrier has it. Raises InvalidInput for a number that this order has already."""
    package.status, package.shipped_at = Package.Status.SHIPPED, clock.now()
    package.carrier, package.tracking_number = carrier, tracking_number
    try:
        with transaction.atomic():
            package.save(update_fields=["status", "shipped_at", "carrier", "tracking_number"])
    except IntegrityError as twice:
        raise InvalidInput(field="tracking_number", why=_("This order has a parcel with this tracking number already.")) from twice
    return package


@verb
def remove_package(*, by: Actor, package: Package) -> dict[UUID, int]:
    """Open a parcel that has not left; what was in it. Of an order that is locked."""
    pieces = pieces_of(package)
    package.delete()
    return pieces


def pieces_of(package: Package) -> dict[UUID, int]:
    """Line id → quantity."""
    return dict(package.lines.values_list("line_id", "quantity"))


def package_of(order: Order, package_id: UUID) -> Package:
    """A parcel of this order. Raises PackageUnknown."""
    package: Package | None = Package.objects.filter(pk=package_id, order=order).first()
    if package is None:
        raise PackageUnknown
    return package
