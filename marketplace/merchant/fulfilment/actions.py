"""Parcels: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.fulfilment.carriers import CARRIERS
from marketplace.merchant.fulfilment.models import Package, PackageLine
from marketplace.merchant.orders.models import Order

TRACKING = re.compile(r"[A-Za-z0-9-]{6,40}\Z")


def clean_parcel(carrier: str, tracking_number: str) -> tuple[str, str]:
    """Raises InvalidInput, naming the field."""
    tracking_number = tracking_number.replace(" ", "").upper()
    if carrier not in CARRIERS:
        raise InvalidInput(field="carrier", why=_("Choose a carrier."))
    if not TRACKING.match(tracking_number):
        raise InvalidInput(field="tracking_number", why=_("A tracking number has 6 to 40 letters, digits or hyphens."))
    return carrier, tracking_number


@verb
def write_package(*, by: Actor, package_id: UUID, order: Order, carrier: str, tracking_number: str, lines: Mapping[UUID, int]) -> Package:
    with transaction.atomic():
        package = Package(pk=package_id, order=order, carrier=carrier, tracking_number=tracking_number)
        package.save(force_insert=True)
        PackageLine.objects.bulk_create([PackageLine(package=package, line_id=line_id, quantity=quantity) for line_id, quantity in lines.items()])
    return package
