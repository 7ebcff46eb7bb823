"""The public copies of customisations, as they follow from products: for buyers, and for the operator who reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.queries import fields_by_product
from marketplace.platform.customising.actions import put_customisations, put_surcharges
from marketplace.platform.customising.models import ListedCustomisation
from tenants.tenancy.schemas import current_merchant_id


@verb
def copy_customisations(*, by: Actor, products: Iterable[Product]) -> None:
    """Write what buyers may wish of approved products of the open shop."""
    merchant_id, ids = current_merchant_id(), [row.pk for row in products]
    copies = [ListedCustomisation(pk=key, merchant_id=merchant_id, fields=fields, days=days) for key, (fields, days) in fields_by_product(ids).items()]
    put_customisations(by=by, merchant_id=merchant_id, listing_ids=ids, copies=copies)


@verb
def copy_surcharges(*, by: Actor, product: Product) -> None:
    """Of a product on sale whose words wait for review: what was approved stays, at what it costs now."""
    held = fields_by_product([product.pk]).get(product.pk)
    if held is not None:
        put_surcharges(by=by, merchant_id=current_merchant_id(), listing_id=product.pk, fields=held[0], days=held[1])


def customising_proposed(product_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What may be wished of each of these products, as proposals hold it; of those where something may."""
    return {key: {"fields": fields, "days": days} for key, (fields, days) in fields_by_product(product_ids).items()}
