"""Products and shops a person keeps in mind, and products they looked at: verbs.

Like the cart these are preferences: they are not audited, and taking something out leaves no trace of it anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.models import Listing
from marketplace.platform.members.errors import TooManyKept
from marketplace.platform.members.models import Favourite, Follow, Profile, Seen
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import FOUND

MOST_FAVOURITES = 500
MOST_FOLLOWS = 200
MOST_SEEN = 60


@verb
def save_favourite(*, by: Actor, listing_id: UUID) -> Favourite:
    """Keep a product in mind with its price of now. Saved before: stays as it is. Raises NotFound, TooManyKept."""
    with transaction.atomic():
        listing = Listing.objects.filter(pk=listing_id).only("currency", "price_minor").first()
        if listing is None:
            raise NotFound
        if known := Favourite.objects.filter(user_id=by.person, listing_id=listing_id).first():
            return known
        if Favourite.objects.filter(user_id=by.person).count() >= MOST_FAVOURITES:
            raise TooManyKept(most=MOST_FAVOURITES)
        row, _made = Favourite.objects.get_or_create(
            user_id=by.person, listing_id=listing_id, defaults={"currency": listing.currency, "saved_minor": listing.price_minor}
        )
    return row


@verb
def drop_favourites(*, by: Actor, listing_ids: Sequence[UUID]) -> list[tuple[UUID, str, int, datetime]]:
    """Take products out; what is not in is left alone. Returns what they were: (listing, currency, saved price, moment), for `put_back`."""
    with transaction.atomic():
        mine = Favourite.objects.select_for_update().filter(user_id=by.person, listing_id__in=listing_ids)
        gone = list(mine.values_list("listing_id", "currency", "saved_minor", "saved_at"))
        mine.delete()
    return gone


@verb
def put_back(*, by: Actor, rows: Sequence[tuple[UUID, str, int, datetime]]) -> int:
    """Undo `drop_favourites`: with the prices and moments they had. Returns how many came back; a product that is no more does not."""
    with transaction.atomic():
        there = set(Listing.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
        room = MOST_FAVOURITES - Favourite.objects.filter(user_id=by.person).count()
        again = [
            Favourite(user_id=by.person, listing_id=key, currency=currency, saved_minor=saved_minor, saved_at=saved_at)
            for key, currency, saved_minor, saved_at in rows
            if key in there
        ][: max(room, 0)]
        Favourite.objects.bulk_create(again, ignore_conflicts=True)
    return len(again)


@verb
def follow_shop(*, by: Actor, merchant_id: UUID) -> None:
    """Raises NotFound for a shop that is not open, TooManyKept."""
    with transaction.atomic():
        if not Merchant.objects.filter(pk=merchant_id, status__in=FOUND).exists():
            raise NotFound
        if Follow.objects.filter(user_id=by.person).count() >= MOST_FOLLOWS:
            raise TooManyKept(most=MOST_FOLLOWS)
        Follow.objects.get_or_create(user_id=by.person, merchant_id=merchant_id)


@verb
def unfollow_shop(*, by: Actor, merchant_id: UUID) -> None:
    """Safe to repeat."""
    Follow.objects.filter(user_id=by.person, merchant_id=merchant_id).delete()


@verb
def note_seen(*, by: Actor, listing_ids: Sequence[UUID]) -> None:
    """That the person looked at these, the last of them just now. Nothing is kept of somebody who switched it off, and never more
    than the newest 60."""
    with transaction.atomic():
        if Profile.objects.filter(user_id=by.person, remembers_seen=False).exists():
            return
        there = set(Listing.objects.filter(pk__in=listing_ids).values_list("pk", flat=True))
        now = clock.now()
        rows = [
            Seen(user_id=by.person, listing_id=key, seen_at=now + timedelta(microseconds=n)) for n, key in enumerate(dict.fromkeys(listing_ids)) if key in there
        ]
        Seen.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "listing"], update_fields=["seen_at"])
        kept = Seen.objects.filter(user_id=by.person).order_by("-seen_at", "-id").values_list("pk", flat=True)
        if old := list(kept[MOST_SEEN : MOST_SEEN + 100]):
            Seen.objects.filter(pk__in=old).delete()


@verb
def forget_seen(*, by: Actor, listing_id: UUID | None = None) -> None:
    """Forget one product that was looked at, or (None) all of them."""
    mine = Seen.objects.filter(user_id=by.person)
    (mine.filter(listing_id=listing_id) if listing_id else mine).delete()


@verb
def set_remembering(*, by: Actor, remembers_seen: bool) -> None:
    """Whether products one looked at are kept; switching it off forgets them."""
    with transaction.atomic():
        Profile.objects.update_or_create(user_id=by.person, defaults={"remembers_seen": remembers_seen})
        if not remembers_seen:
            forget_seen(by=by)


@verb
def set_personalised(*, by: Actor, is_on: bool) -> None:
    """Whether searches rank what the person looked at and bought a little higher: only from when they agree to it, and as long. Safe to repeat."""
    with transaction.atomic():
        profile, _made = Profile.objects.select_for_update().get_or_create(user_id=by.person)
        if bool(profile.personalised_since) != is_on:
            profile.personalised_since = clock.now() if is_on else None
            profile.save(update_fields=["personalised_since"])
