"""Public copies of prices: verbs. They are called by the flow that changes prices, in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.prices.models import OfferedList, OfferedListBuyer, OfferedPrice


@verb
def put_offered_prices(*, by: Actor, merchant_id: UUID, product_ids: Collection[UUID], rows: Iterable[OfferedPrice]) -> None:
    """These are the copies of these products' variants, and no others."""
    OfferedPrice.objects.filter(merchant_id=merchant_id, product_id__in=product_ids).delete()
    OfferedPrice.objects.bulk_create(rows, batch_size=1000)


@verb
def put_offered_lists(*, by: Actor, merchant_id: UUID, lists: Collection[OfferedList], buyers: Iterable[OfferedListBuyer]) -> None:
    """These are the shop's lists and who buys by them."""
    OfferedList.objects.bulk_create(lists, update_conflicts=True, unique_fields=["id"], update_fields=["position", "is_on", "for_everybody"])
    OfferedListBuyer.objects.filter(price_list__merchant_id=merchant_id).delete()
    OfferedListBuyer.objects.bulk_create(buyers, batch_size=1000)
