"""Goods picked for one reader: of the categories of what they looked at and bought, what others buy most and they have not seen yet.

Nothing is kept for it: it follows from what is remembered of the reader anyway, and goes when that is forgotten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import chain, zip_longest
from uuid import UUID

from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from tenants.tenancy.standing import FOUND

ORDERS, CATEGORIES, OF_EACH = 20, 5, 24
FOR_SEEN, FOR_BOUGHT = 1, 2  # what a look and a purchase weigh
PER_SHOP = 3
MOST_CONSIDERED = 40  # of what was looked at
LEAST = 4  # fewer make no row


def for_you(seen: Sequence[Listing], buyer_id: UUID | None, most: int) -> list[Listing]:
    """At most `most` goods that can be bought, at most three of a shop; none for somebody of whom too little is known. Three queries."""
    bought = _bought(buyer_id) if buyer_id else {}
    weights = Counter({category: FOR_BOUGHT * n for category, n in Counter(bought.values()).items()})
    weights.update({category: FOR_SEEN * n for category, n in Counter(listing.category_id for listing in seen).items()})
    known = {*bought, *(listing.pk for listing in seen)}
    found = _by_turns(_candidates([category for category, _weight in weights.most_common(CATEGORIES)], known))
    of_shop: Counter[UUID] = Counter()
    picked: list[Listing] = []
    for listing in found:
        of_shop[listing.merchant_id] += 1
        if of_shop[listing.merchant_id] <= PER_SHOP and len(picked) < most:
            picked.append(listing)
    return picked if len(picked) >= LEAST else []


def _bought(buyer_id: UUID) -> dict[UUID, int]:
    """What was in the newest orders, with its category."""
    return dict(Listing.objects.filter(pk__in=bought_keys(buyer_id)).values_list("pk", "category_id"))


def bought_keys(buyer_id: UUID) -> set[UUID]:
    """Listings in the newest orders."""
    orders = OrderCopy.objects.filter(buyer_id=buyer_id).order_by("-placed_at", "-id").values_list("lines", flat=True)[:ORDERS]
    return {UUID(line["product_id"]) for lines in orders for line in lines}


def _candidates(categories: Sequence[int], known: Collection[UUID]) -> list[list[Listing]]:
    """Of each category, in the order given, what is bought most."""
    if not categories:
        return []
    of_category: dict[int, list[Listing]] = defaultdict(list)
    open_goods = Listing.objects.filter(is_on_sale=True, in_stock=True, merchant__status__in=FOUND).exclude(pk__in=known)
    best = [open_goods.filter(category_id=category).order_by("-sold", "pk").values("pk")[:OF_EACH] for category in categories]
    keys = [row["pk"] for row in (best[0].union(*best[1:], all=True) if len(best) > 1 else best[0])]
    for listing in Listing.objects.filter(pk__in=keys).select_related("merchant").order_by("-sold", "pk"):
        of_category[listing.category_id].append(listing)
    return [of_category[category] for category in categories]


def _by_turns(rows: list[list[Listing]]) -> list[Listing]:
    """One of each row after another, so that no category fills the page."""
    return [listing for listing in chain.from_iterable(zip_longest(*rows)) if listing is not None]
