"""Shops as cards: how much each sells and a few of its goods, read from the public rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef

from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.models import Merchant

GOODS_ON_A_CARD = 3
KINDS_ON_A_CARD = 2


@dataclass
class ShopCard:
    """A shop as ui/shop_card.html takes it: how much it sells, and a few of its goods."""

    merchant: Merchant
    goods: int
    listings: list[Listing] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # names of the top categories it sells most in

    @property
    def url(self) -> str:
        return shop_url(self.merchant)


def shop_cards(merchants: Sequence[Merchant]) -> list[ShopCard]:
    """Cards for shops: four queries, however many shops."""
    on_sale = Listing.objects.filter(merchant_id__in=[merchant.pk for merchant in merchants], is_on_sale=True)
    goods: dict[UUID, Counter[int]] = defaultdict(Counter)
    for merchant_id, root, n in on_sale.values_list("merchant_id", "category__path__0").annotate(n=Count("id")):
        goods[merchant_id][root] = n
    best = Listing.objects.filter(merchant_id=OuterRef("pk"), is_on_sale=True).order_by("-published_at").values("pk")[:GOODS_ON_A_CARD]
    shown = dict(Merchant.objects.filter(pk__in=goods).annotate(best=ArraySubquery(best)).values_list("pk", "best"))
    listings = Listing.objects.in_bulk([key for keys in shown.values() for key in keys])
    roots = Category.objects.in_bulk({root for counts in goods.values() for root in counts})
    return [
        ShopCard(
            m,
            goods[m.pk].total(),
            [listings[key] for key in shown.get(m.pk, [])],
            [roots[root].name for root, _n in goods[m.pk].most_common(KINDS_ON_A_CARD) if root in roots],
        )
        for m in merchants
    ]
