"""What a shop plans with its prices: a reduction of the next days, and a list for customers who buy much. Buyers meet neither yet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from demo.catalogue import key_of
from demo.steps import merchant_of
from marketplace.flows.price_lists import put_list_prices, save_group, save_list
from marketplace.flows.prices import plan_reduction
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.models import PriceList, Reduction
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.pricing.reductions import reduced
from tenants.tenancy.schemas import merchant_schema

SHOP, OFF, FOR_MUCH = "kiln", Decimal(15), Decimal(20)


def plan_prices(by: Actor) -> None:
    """In one shop; what is there already stays."""
    with merchant_schema(merchant_of(SHOP)):
        if Reduction.objects.exists() or PriceList.objects.exists():
            return
        products = list(Product.objects.filter(status=Product.Status.ON_SALE).order_by("created_at", "pk")[:4])
        sold = Variant.objects.filter(product__in=products, is_active=True)
        regular = {row.variant_id: row.sale for row in in_force().filter(variant__in=sold)}
        begins = clock.now() + timedelta(days=3)
        plan_reduction(
            by=by,
            reduction_id=key_of(SHOP, "reduction"),
            name="冬季上新 · Winter",
            starts_at=begins,
            ends_at=begins + timedelta(days=10),
            prices={key: reduced(sale, OFF) for key, sale in regular.items()},
            percent=OFF,
        )
        group = save_group(by=by, group_id=key_of(SHOP, "group"), name="批发 · Trade", tags=["批发"])
        money = next(iter(regular.values()))
        row = save_list(
            by=by, list_id=key_of(SHOP, "list"), name="批发价 · Trade prices", group_id=group.pk, currency=money.currency, starts_at=None, ends_at=None
        )
        put_list_prices(by=by, list_id=row.pk, prices={(key, 1): reduced(sale, FOR_MUCH) for key, sale in regular.items()})
