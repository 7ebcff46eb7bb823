"""What somebody likes, for who agreed that searches rank it a little higher: categories and brands of what they looked at and bought.

Nothing is kept for it but the consent: it follows from what is remembered of the reader anyway, and goes when that is forgotten.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from marketplace.platform.listings.models import Listing
from marketplace.platform.members.models import Profile, Seen
from storefront.account.for_you import FOR_BOUGHT, FOR_SEEN, MOST_CONSIDERED, bought_keys

ENOUGH = 2  # one that was bought, or two that were looked at
MOST = 5  # categories, and as many brands


@dataclass(frozen=True)
class Liked:
    """Keys of categories and brands, those that weigh most first."""

    categories: tuple[int, ...] = ()
    brands: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.categories or self.brands)


def has_agreed(person: UUID | None) -> bool:
    return person is not None and Profile.objects.filter(user_id=person, personalised_since__isnull=False).exists()


def liked_by(person: UUID | None) -> Liked:
    """Nothing without consent, nor of a visitor. At most four queries."""
    if person is None or not has_agreed(person):
        return Liked()
    seen = Seen.objects.filter(user_id=person).order_by("-seen_at", "-id").values_list("listing__category_id", "listing__brand_id")[:MOST_CONSIDERED]
    bought = Listing.objects.filter(pk__in=bought_keys(person)).values_list("category_id", "brand_id")
    categories: Counter[int] = Counter()
    brands: Counter[int] = Counter()
    for weight, rows in ((FOR_BOUGHT, bought), (FOR_SEEN, seen)):
        for category, brand in rows:
            categories[category] += weight
            if brand is not None:
                brands[brand] += weight
    return Liked(_most(categories), _most(brands))


def _most(weights: Counter[int]) -> tuple[int, ...]:
    """Of equals those with the lower key, so that the order of pages does not change by itself."""
    enough = sorted(((-weight, key) for key, weight in weights.items() if weight >= ENOUGH))
    return tuple(key for _weight, key in enough[:MOST])
