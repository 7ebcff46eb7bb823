"""Prices as buyers meet them: every change of a shop's prices is copied in its transaction, and copies follow when a period begins or ends.

What is paid never waits for that: cart and placing ask which period holds (platform/prices/resolving.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.flows.offered_prices import copy_offered, passed, shown_prices, watch
from marketplace.flows.publish_product import copy_offers, copy_products
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.pricing import actions, reductions
from marketplace.merchant.pricing.models import Price, Reduction
from marketplace.platform.listings.models import ListingVariant, stamp_of
from marketplace.platform.prices.models import OfferedPrice
from tenants.tenancy.schemas import merchant_schema
from tenants.tenancy.stamps import change_stamps

AT_ONCE = 200  # products that follow in one transaction


@verb
def plan_reduction(
    *,
    by: Actor,
    reduction_id: UUID,
    name: str,
    starts_at: datetime,
    ends_at: datetime | None,
    prices: Mapping[UUID, Money],
    percent: Decimal | None = None,
) -> Reduction:
    """Raises InvalidInput, NoReduction."""
    with transaction.atomic():
        row = reductions.plan_reduction(by=by, reduction_id=reduction_id, name=name, starts_at=starts_at, ends_at=ends_at, prices=prices, percent=percent)
        copy_prices(by=by, variant_ids=set(prices))
    return row


@verb
def change_reduction(
    *, by: Actor, reduction_id: UUID, name: str, starts_at: datetime, ends_at: datetime | None, prices: Mapping[UUID, Money] | None = None
) -> Reduction:
    """Raises ReductionUnknown, ReductionOver, InvalidInput, NoReduction."""
    with transaction.atomic():
        row, touched = reductions.change_reduction(by=by, reduction_id=reduction_id, name=name, starts_at=starts_at, ends_at=ends_at, prices=prices)
        copy_prices(by=by, variant_ids=touched)
    return row


@verb
def stop_reduction(*, by: Actor, reduction_id: UUID) -> Reduction:
    """Raises ReductionUnknown, ReductionOver."""
    with transaction.atomic():
        row, touched = reductions.stop_reduction(by=by, reduction_id=reduction_id)
        copy_prices(by=by, variant_ids=touched)
    return row


@verb
def resume_reduction(*, by: Actor, reduction_id: UUID) -> Reduction:
    """Raises ReductionUnknown, ReductionOver, NoReduction."""
    with transaction.atomic():
        row, touched = reductions.resume_reduction(by=by, reduction_id=reduction_id)
        copy_prices(by=by, variant_ids=touched)
    return row


@verb
def set_prices(*, by: Actor, prices: actions.Prices) -> int:
    """Regular prices from now on, outside the product form. Raises InvalidInput."""
    with transaction.atomic():
        changed: int = actions.set_prices(by=by, prices=prices)
        copy_prices(by=by, variant_ids=set(prices))
    return changed


@verb
def schedule_prices(*, by: Actor, prices: actions.Prices, starts_at: datetime) -> int:
    """Raises InvalidInput."""
    with transaction.atomic():
        planned: int = actions.schedule_prices(by=by, prices=prices, starts_at=starts_at)
        copy_prices(by=by, variant_ids=set(prices))
    return planned


@verb
def unschedule_prices(*, by: Actor, price_ids: Collection[UUID]) -> None:
    """Raises PlanUnknown."""
    with transaction.atomic():
        copy_prices(by=by, variant_ids=set(actions.unschedule_prices(by=by, price_ids=price_ids)))


@verb
def copy_prices(*, by: Actor, variant_ids: Collection[UUID]) -> None:
    """Prices of these variants have changed, now or for later: what buyers read of their products follows."""
    keys = set(Product.objects.filter(variants__in=variant_ids).values_list("pk", flat=True))
    follow(by=by, products=_still_on_sale(keys))
    watch()


def _still_on_sale(keys: Collection[UUID]) -> list[Product]:
    """Locked, and as they are once nobody else is at them: what was put on sale meanwhile is among them, what was taken off is not."""
    rows = Product.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    return [row for row in rows if row.status == Product.Status.ON_SALE]


@verb
def follow(*, by: Actor, products: Collection[Product]) -> None:
    """Copy everything that holds or is to come, and write the listings anew whose price of this moment is another."""
    copy_offered(by=by, products=products)
    by_key = {row.pk: row for row in products}
    copies = list(ListingVariant.objects.filter(listing_id__in=by_key))
    shown = shown_prices([copy.pk for copy in copies])
    moved = {
        copy.listing_id for copy in copies if (price := shown.get(copy.pk)) and (copy.price_minor, copy.market_minor) != (price.sale_minor, price.market_minor)
    }
    if reviewed := [by_key[key] for key in sorted(moved) if by_key[key].review == Product.Review.APPROVED]:
        copy_products(by=by, products=reviewed)
    for key in sorted(moved):
        if by_key[key].review != Product.Review.APPROVED:
            copy_offers(by=by, product=by_key[key])
    change_stamps(stamp_of(key) for key in by_key)  # prices by quantity stand on kept pages, too


def follow_when_due(event: DeadlineReached) -> None:
    """Reaction to the deadline `prices.change`: listing, search and kept pages follow what buyers have been paying since. Safe to repeat."""
    if event.merchant_id is None:
        raise ValueError("prices belong to a merchant")
    with transaction.atomic(), merchant_schema(event.merchant_id):
        mine = OfferedPrice.objects.filter(passed(clock.now()), merchant_id=event.merchant_id)
        products = list(mine.order_by("product_id").values_list("product_id", flat=True).distinct()[:AT_ONCE])
        rows = _still_on_sale(products)
        follow(by=SYSTEM, products=rows)
        gone = set(products) - {row.pk for row in rows}
        OfferedPrice.objects.filter(merchant_id=event.merchant_id, product_id__in=gone).update(copied_at=clock.now())
        watch()


def what_will_happen(since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What is planned with the open shop's prices between two moments, in order: for a calendar.

    Each has `at`, `kind` ("reduction_begins", "reduction_ends", "price_begins"), `name`, `variants` (how many), and `reduction_id`;
    a price that begins for one product alone its `product_id`.
    """
    found: list[dict[str, Any]] = []
    for row in Reduction.objects.filter(stopped_at=None).prefetch_related("lines"):
        for kind, at in (("reduction_begins", row.starts_at), ("reduction_ends", row.ends_at)):
            if at is not None and since <= at < until:
                found.append({"at": at, "kind": kind, "name": row.name, "variants": len(row.lines.all()), "reduction_id": row.pk})
    planned: dict[datetime, list[UUID]] = defaultdict(list)
    changing = Price.objects.filter(price_list=None, is_reduction=False, ends_at__gt=clock.now()).values("variant")  # few, and found by an index
    soonest = max(since, clock.now() + timedelta(seconds=1))
    begins = Price.objects.filter(price_list=None, is_reduction=False, starts_at__gte=soonest, starts_at__lt=until, variant__in=changing)
    for at, product_id in begins.values_list("starts_at", "variant__product_id"):
        planned[at].append(product_id)
    for at, products in planned.items():
        only = products[0] if len(set(products)) == 1 else None
        found.append({"at": at, "kind": "price_begins", "name": "", "variants": len(products), "reduction_id": None, "product_id": only})
    return sorted(found, key=lambda one: (one["at"], one["kind"]))
