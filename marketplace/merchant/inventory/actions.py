"""Stock: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.inventory.models import StockLocation


@verb
def make_default_location(*, by: Actor) -> StockLocation:
    """The place goods lie at, from a shop's first day."""
    location, _made = StockLocation.objects.get_or_create(is_default=True, defaults={"names": {"zh-hans": "默认仓库", "en": "Main warehouse"}})
    return location
