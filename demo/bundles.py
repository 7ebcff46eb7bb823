"""A bundle in one shop of the demo: three things at one price, from the stock of each."""

from __future__ import annotations

from decimal import Decimal

from demo.catalogue import key_of
from demo.steps import merchant_of
from marketplace.flows.bundles import make_bundle
from marketplace.flows.publish_product import publish_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.queries import free_of_variants
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.pricing.reductions import reduced
from tenants.tenancy.schemas import merchant_schema

SHOP, OFF, ENOUGH = "kiln", Decimal(12), 12
PIECES = (1, 2, 1)


def make_a_bundle(by: Actor) -> None:
    """In one shop; what is there already stays."""
    with merchant_schema(merchant_of(SHOP)):
        key = key_of(SHOP, "bundle")
        if Product.objects.filter(pk=key).exists():
            return
        products = Product.objects.filter(status=Product.Status.ON_SALE).order_by("created_at", "pk")
        firsts = [Variant.objects.filter(product=row, is_active=True).order_by("position").first() for row in products[:12]]
        known = [row for row in firsts if row is not None]
        free = free_of_variants([row.pk for row in known])
        parts = [(row.pk, n) for row, n in zip([row for row in known if free.get(row.pk, 0) >= ENOUGH], PIECES, strict=False)]
        prices = {row.variant_id: row.sale for row in in_force().filter(variant_id__in=[key for key, _n in parts])}
        if len(parts) < len(PIECES) or len(prices) < len(parts):
            return
        singly = Money.sum((prices[variant].times(n) for variant, n in parts), next(iter(prices.values())).currency)
        row = make_bundle(
            by=by,
            product_id=key,
            titles={"zh-hans": "窑火日常四件套", "en": "Kiln Fire everyday set, four pieces"},
            sku="KILN-SET-4",
            price=Money(reduced(singly, OFF).minor // 100 * 100, singly.currency),
            parts=parts,
        )
        publish_product(by=by, product_id=row.pk)
