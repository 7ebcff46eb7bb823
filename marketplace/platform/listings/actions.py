"""Public copies: verbs. They are called by the flow that changes the product, in its transaction.

Locks are taken in one order: the shop's (holding.py), its listings by key, their variants. A transaction may write several copies, so whatever
locks a listing for a change of its product takes the shop's lock before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.errors import ChangeUnknown
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.gaps import note_gaps
from marketplace.platform.listings.holding import NOT_HELD, judge, lock
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange, stamp_of
from tenants.tenancy.stamps import change_stamps

# What a listing gathers in the market, and what reduced.py and taking_off.py keep: no copy of a product overwrites it.
GATHERED = ("id", "published_at", "sold", "rating_sum", "rating_count")
KEPT = (*GATHERED, "lowest_minor", "lowest_since", "reduced_until", "saved_percent", "is_taken_off", "taken_off_at", "taken_off_why")
COPIED = [field.name for field in Listing._meta.fields if field.name not in KEPT]
COPIED_OF_VARIANT = [field.name for field in ListingVariant._meta.fields if field.name != "id"]
IN_ONE_EVENT = 500


@verb
def put_listings(*, by: Actor, merchant_id: UUID, listings: Iterable[Listing], variants: Iterable[ListingVariant]) -> None:
    """Write copies, new or changed; variants that are gone from a copy are removed.

    A copy says by `is_on_sale` what the product wishes; whether its shop may sell such goods, and the market
    lets it, is worked out here.
    """
    listings, variants = sorted(listings, key=lambda listing: listing.pk), list(variants)
    judge(merchant_id, listings)
    ids = [listing.pk for listing in listings]
    Listing.objects.bulk_create(listings, update_conflicts=True, unique_fields=["id"], update_fields=COPIED, batch_size=500)
    kept = {variant.pk for variant in variants}
    if gone := [pk for pk in ListingVariant.objects.filter(listing_id__in=ids).values_list("pk", flat=True) if pk not in kept]:
        ListingVariant.objects.filter(pk__in=gone).delete()
    ListingVariant.objects.bulk_create(variants, update_conflicts=True, unique_fields=["id"], update_fields=COPIED_OF_VARIANT, batch_size=1000)
    note_gaps(ids)
    announce(merchant_id, ids)


@verb
def put_offers(*, by: Actor, merchant_id: UUID, listing_id: UUID, variants: Iterable[ListingVariant]) -> None:
    """Copy prices and stock onto the variants a listing has; one that the product no longer has cannot be bought."""
    lock(merchant_id, shared=True)
    offered = {variant.pk: variant for variant in variants}
    listing = Listing.objects.select_for_update(of=("self",)).get(pk=listing_id, merchant_id=merchant_id)
    held = list(listing.variants.order_by("pk"))
    for row in held:
        offer = offered.get(row.pk)
        row.in_stock = offer is not None and offer.in_stock
        if offer is not None:
            row.price_minor, row.market_minor = offer.price_minor, offer.market_minor
    ListingVariant.objects.bulk_update(held, ["in_stock", "price_minor", "market_minor"])
    still = [row for row in held if row.pk in offered] or held
    lowest = min(still, key=lambda row: row.price_minor)
    listing.price_minor, listing.market_minor = lowest.price_minor, lowest.market_minor
    listing.price_to_minor, listing.in_stock = max(row.price_minor for row in still), any(row.in_stock for row in held)
    listing.changed_at = clock.now()
    listing.save(update_fields=["price_minor", "market_minor", "price_to_minor", "in_stock", "changed_at"])
    announce(merchant_id, [listing_id])


@verb
def take_off_sale(*, by: Actor, merchant_id: UUID, listing_id: UUID) -> None:
    lock(merchant_id, shared=True)
    Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(is_listed=False, is_on_sale=False, changed_at=clock.now())
    note_gaps([listing_id])
    announce(merchant_id, [listing_id])


@verb
def note_stock(*, by: Actor, merchant_id: UUID, in_stock: Mapping[UUID, bool]) -> list[UUID]:
    """Copy whether variants can be had. Only what differs is written and announced. Which of them can no longer be had."""
    changed: set[UUID] = set()
    ended: list[UUID] = []
    of_these = ListingVariant.objects.filter(pk__in=in_stock).values("listing_id")
    list(Listing.objects.filter(pk__in=of_these, merchant_id=merchant_id).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    for variant in ListingVariant.objects.filter(pk__in=in_stock, listing__merchant_id=merchant_id).order_by("pk").select_for_update(of=("self",)):
        if variant.in_stock != in_stock[variant.pk]:
            ListingVariant.objects.filter(pk=variant.pk).update(in_stock=in_stock[variant.pk])
            changed.add(variant.listing_id)
            ended += [variant.pk] if variant.in_stock else []
    if changed:
        had = ListingVariant.objects.filter(listing_id=OuterRef("pk"), in_stock=True)
        Listing.objects.filter(pk__in=changed).update(in_stock=Exists(had), changed_at=clock.now())
        announce(merchant_id, sorted(changed))
    return ended


@verb
def note_listed(*, by: Actor, merchant_id: UUID, listing_ids: list[UUID]) -> None:
    """Listings that hide when sold out: on sale while something of them can be had."""
    for is_in_stock in (True, False):
        rows = Listing.objects.filter(pk__in=listing_ids, merchant_id=merchant_id, in_stock=is_in_stock)
        rows.update(is_listed=is_in_stock, is_on_sale=NOT_HELD if is_in_stock else False)
    note_gaps(listing_ids)
    announce(merchant_id, sorted(listing_ids))


@verb
def put_change(*, by: Actor, merchant_id: UUID, product_id: UUID, version: int, is_new: bool, proposed: Mapping[str, Any]) -> ProductChange:
    """Put a product into the operator's queue; one that waits there already keeps its place and shows what is new."""
    with transaction.atomic():
        waiting = ProductChange.objects.select_for_update(of=("self",)).filter(
            product_id=product_id, merchant_id=merchant_id, status=ProductChange.Status.WAITING
        )
        change = waiting.first() or ProductChange(product_id=product_id, merchant_id=merchant_id, is_new=is_new)
        change.version, change.proposed, change.currency, change.submitted_by = version, dict(proposed), proposed["currency"], by.label
        change.save()
        audit(
            by=by,
            action="product.submitted",
            subject="product",
            subject_id=product_id,
            merchant_id=merchant_id,
            after={"version": version, "change": change.pk},
        )
    return change


@dataclass(frozen=True)
class NewChange:
    """A product that asks to be let onto the market, as put_change() takes it."""

    product_id: UUID
    version: int
    is_new: bool
    proposed: Mapping[str, Any]


@verb
def put_changes(*, by: Actor, merchant_id: UUID, changes: Sequence[NewChange]) -> list[ProductChange]:
    """Put many products of one shop into the operator's queue, with one row in the log; those that wait there already keep their place."""
    with transaction.atomic():
        rows = ProductChange.objects.select_for_update(of=("self",)).filter(
            product_id__in=[one.product_id for one in changes], merchant_id=merchant_id, status=ProductChange.Status.WAITING
        )
        waiting = {row.product_id: row for row in rows}
        fresh = []
        for one in changes:
            row = waiting.get(one.product_id)
            if row is None:
                row = waiting[one.product_id] = ProductChange(product_id=one.product_id, merchant_id=merchant_id, is_new=one.is_new)
                fresh.append(row)
            row.version, row.proposed, row.currency, row.submitted_by = one.version, dict(one.proposed), one.proposed["currency"], by.label
        new = {row.product_id for row in fresh}
        there = [row for row in waiting.values() if row.product_id not in new]
        ProductChange.objects.bulk_update(there, ["version", "proposed", "currency", "submitted_by"], batch_size=200)
        ProductChange.objects.bulk_create(fresh, batch_size=500)
        if changes:
            audit(
                by=by,
                action="products.submitted",
                subject="products",
                subject_id=len(changes),
                merchant_id=merchant_id,
                after={"products": {str(one.product_id): one.version for one in changes}},
            )
    return [waiting[one.product_id] for one in changes]


@verb
def close_change(*, by: Actor, change: ProductChange, status: str, reason: str = "", notes: Mapping[str, str] | None = None, is_by_rule: bool = False) -> None:
    """A locked change is decided, or taken back."""
    change.status, change.reason, change.decided_by, change.decided_at = status, reason, by.label, clock.now()
    change.notes, change.is_by_rule = dict(notes or {}), is_by_rule
    change.save(update_fields=["status", "reason", "decided_by", "decided_at", "notes", "is_by_rule"])


def merchant_of_change(change_id: UUID) -> UUID:
    """Whose it is; that never changes, so nothing is locked. Raises ChangeUnknown."""
    merchant_id = ProductChange.objects.filter(pk=change_id).values_list("merchant_id", flat=True).first()
    if merchant_id is None:
        raise ChangeUnknown
    return merchant_id


def locked_change(change_id: UUID) -> ProductChange:
    """Raises ChangeUnknown."""
    change = ProductChange.objects.select_for_update(of=("self",)).filter(pk=change_id).first()
    if change is None:
        raise ChangeUnknown
    return change


@verb
def note_sold(*, by: Actor, merchant_id: UUID, sold: Mapping[UUID, int]) -> None:
    """Add pieces sold to what the listings have been sold by so far: what is bought most is shown first."""
    for listing_id, pieces in sorted(sold.items()):
        Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(sold=F("sold") + pieces, changed_at=clock.now())
    announce(merchant_id, sorted(sold))


@verb
def note_rating(*, by: Actor, merchant_id: UUID, listing_id: UUID, stars: int, reviews: int) -> None:
    """Add to what a listing is rated by: a review that appears (its stars, 1), changes (the difference, 0) or goes (minus its stars, -1)."""
    Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(
        rating_sum=F("rating_sum") + stars, rating_count=F("rating_count") + reviews, changed_at=clock.now()
    )
    announce(merchant_id, [listing_id])


@verb
def set_rating(*, by: Actor, merchant_id: UUID, listing_id: UUID, stars: int, reviews: int) -> None:
    """Write what a recount has found."""
    Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(rating_sum=stars, rating_count=reviews, changed_at=clock.now())
    announce(merchant_id, [listing_id])


def announce(merchant_id: UUID, listing_ids: list[UUID]) -> None:
    change_stamps(stamp_of(key) for key in listing_ids)
    for start in range(0, len(listing_ids), IN_ONE_EVENT):
        record(ListingsChanged(merchant_id=merchant_id, listing_ids=listing_ids[start : start + IN_ONE_EVENT]))
