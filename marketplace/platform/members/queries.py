"""What a person keeps: reads."""

from __future__ import annotations

from uuid import UUID

from marketplace.platform.members.models import Favourite, Follow


def favourite_ids(user_id: UUID) -> list[UUID]:
    """Keys of all listings the person saved."""
    return list(Favourite.objects.filter(user_id=user_id).values_list("listing_id", flat=True))


def followed_ids(user_id: UUID) -> list[UUID]:
    """Keys of all merchants whose shop the person follows."""
    return list(Follow.objects.filter(user_id=user_id).values_list("merchant_id", flat=True))
