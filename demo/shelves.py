"""How one shop of the demo arranges its goods for its visitors: by hand, and by two rules."""

from __future__ import annotations

from demo.catalogue import both, key_of
from demo.steps import merchant_of
from marketplace.kernel.actors import Actor
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.shelves.actions import make_shop_category
from marketplace.merchant.shelves.models import ShopCategory
from tenants.tenancy.schemas import merchant_schema

SHOP, PICKED = "kiln", 7
BY_RULE = (
    (
        "small-money",
        ["百元以内", "Under 100"],
        ["一顿饭的钱，用上好几年。", "The price of a meal, for years at the table."],
        {"to": 100_00, "sort": "price_up"},
    ),
    ("new-here", ["近期上新", "New here"], ["最近一季出窑。", "Out of the kiln this season."], {"days": 120, "sort": "newest"}),
)


def arrange_a_shop(by: Actor) -> None:
    """In one shop; what is there already stays."""
    with merchant_schema(merchant_of(SHOP)):
        if ShopCategory.objects.exists():
            return
        goods = Product.objects.filter(status=Product.Status.ON_SALE).order_by("created_at", "pk").values_list("pk", flat=True)
        gifts = {
            "names": both(["送礼之选", "Gifts"]),
            "texts": both(["开箱就能送，附手写卡片。", "Ready to give, with a card written by hand."]),
            "picks": list(goods[: PICKED * 3 : 3]),
            "is_shown": True,
        }
        make_shop_category(by=by, category_id=key_of(SHOP, "gifts"), kind="picked", fields=gifts)
        for code, names, texts, rule in BY_RULE:
            fields = {"names": both(names), "texts": both(texts), "rule": rule, "is_shown": True}
            make_shop_category(by=by, category_id=key_of(SHOP, code), kind="rule", fields=fields)
