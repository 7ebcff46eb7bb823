"""What a shop plans: a reduction of the next days and one that runs, a list for customers who buy much, goods that go off at a low stock; and the
market's page of what is reduced now, in all shops."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from demo.catalogue import key_of
from demo.steps import merchant_of
from marketplace.flows.price_lists import put_list_prices, save_group, save_list
from marketplace.flows.prices import plan_reduction
from marketplace.flows.sale_conditions import set_conditions
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.queries import stocks_of
from marketplace.merchant.pricing.models import PriceList, Reduction
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.pricing.reductions import reduced
from marketplace.platform.taxonomy.models import VirtualCategory
from marketplace.platform.taxonomy.virtual import keep_virtual
from tenants.tenancy.schemas import merchant_schema

SHOP, OFF, FOR_MUCH = "kiln", Decimal(15), Decimal(20)
REDUCED = {
    "names": {"zh-hans": "正在降价", "en": "Reduced now"},
    "texts": {
        "zh-hans": "各店正在降价的商品，价格旁边是降价前 30 天的最低价。",
        "en": "What shops sell for less now, beside the lowest price of the 30 days before.",
    },
    "rule": {"reduced": 1},
    "is_shown": True,
    "in_menu": True,
}


def plan_prices(by: Actor) -> None:
    """In one shop; what is there already stays."""
    if not VirtualCategory.objects.filter(code="reduced").exists():
        keep_virtual(by=by, virtual_id=None, seen=0, code="reduced", fields=REDUCED)
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
        _reduce_now(by)
        _when_on_sale(by)
        group = save_group(by=by, group_id=key_of(SHOP, "group"), name="批发 · Trade", tags=["批发"])
        money = next(iter(regular.values()))
        row = save_list(
            by=by, list_id=key_of(SHOP, "list"), name="批发价 · Trade prices", group_id=group.pk, currency=money.currency, starts_at=None, ends_at=None
        )
        put_list_prices(by=by, list_id=row.pk, prices={(key, 1): reduced(sale, FOR_MUCH) for key, sale in regular.items()})


def _reduce_now(by: Actor) -> None:
    """A few others for a fortnight."""
    products = list(Product.objects.filter(status=Product.Status.ON_SALE).order_by("created_at", "pk")[4:7])
    regular = {row.variant_id: row.sale for row in in_force().filter(variant__product__in=products, variant__is_active=True)}
    now = clock.now()
    plan_reduction(
        by=by,
        reduction_id=key_of(SHOP, "running"),
        name="周年 · Anniversary",
        starts_at=now,
        ends_at=now + timedelta(days=14),
        prices={key: reduced(sale, OFF) for key, sale in regular.items()},
        percent=OFF,
    )


def _when_on_sale(by: Actor) -> None:
    """One went off by its condition, because little is left; another goes off when little will be."""
    products = list(Product.objects.filter(status=Product.Status.ON_SALE).order_by("-created_at", "-pk")[:2])
    stock = stocks_of([row.pk for row in products])
    for row, off_at in zip(products, (stock[products[0].pk], 5), strict=True):
        set_conditions(by=by, product_ids=[row.pk], off_at=off_at, on_at=off_at + 10, waits_for_stock=False)
