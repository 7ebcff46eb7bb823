"""The public copies of prices: what everybody pays now, and, where that will change or is not the same for all, everything that holds or is to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.history import Period, Prior, Span, announced_at, lowest_before, lowest_prior, paid
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import not_over, rates
from marketplace.platform.listings.gaps import gaps_of
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.reduced import note_reductions
from marketplace.platform.prices.actions import put_offered_prices
from marketplace.platform.prices.models import OfferedPrice
from marketplace.platform.prices.resolving import unit_price
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id

CHANGES = "prices.change"


@dataclass(frozen=True)
class Shown:
    """What anybody pays for one piece at this moment."""

    sale_minor: int
    market_minor: int | None
    currency: str


def shown_prices(variant_ids: Iterable[UUID]) -> dict[UUID, Shown]:
    """Of the variants that have a price, in the schema that is open. One statement."""
    found = {}
    for key, held in rates(variant_ids).items():
        if (price := unit_price(held)) is not None:
            market = max((rate.market_minor or 0 for rate in held if rate.price_list_id is None), default=0)
            found[key] = Shown(price.minor, market or None, price.currency)
    return found


@verb
def copy_offered(*, by: Actor, products: Collection[Product]) -> None:
    """Write anew what the market has to know of these products' prices besides the one on the listing: mostly nothing.

    The products are locked, so that of two changes at once the second copies what both made.
    """
    now, merchant_id = clock.now(), current_merchant_id()
    ids = sorted(row.pk for row in products)
    list(Product.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    active: dict[UUID, UUID] = dict(Variant.objects.filter(product_id__in=ids, is_active=True).values_list("pk", "product_id"))
    more = Q(is_reduction=True) | Q(price_list__isnull=False) | Q(starts_at__gt=now) | Q(ends_at__isnull=False)
    varied = set(not_over(now).filter(more, variant_id__in=active).values_list("variant_id", flat=True))
    rows = list(not_over(now).filter(variant_id__in=varied)) if varied else []
    priors = _priors({key: active[key] for key in varied}, rows) if rows else {}
    put_offered_prices(
        by=by,
        merchant_id=merchant_id,
        product_ids=ids,
        rows=[
            OfferedPrice(
                merchant_id=merchant_id,
                product_id=active[row.variant_id],
                variant_id=row.variant_id,
                price_list_id=row.price_list_id,
                from_quantity=row.from_quantity,
                currency=row.currency,
                sale_minor=row.sale_minor,
                market_minor=row.market_minor,
                is_reduction=row.is_reduction,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                lowest_minor=priors[row.pk].minor if row.pk in priors else None,
                lowest_since=priors[row.pk].since if row.pk in priors else None,
                copied_at=now,
            )
            for row in rows
        ],
    )
    note_reductions(by=by, merchant_id=merchant_id, listing_ids=ids, are_reduced=any(row.is_reduction for row in rows))
    if rows:
        watch()


def _priors(variants: dict[UUID, UUID], rows: Collection[Price]) -> dict[UUID, Prior]:
    """The lowest earlier price beside each reduced period of these variants (variant → product), where there is one to name."""
    reduced = [row for row in rows if row.is_reduction]
    if not reduced:
        return {}
    zone, now = Market.objects.get().tz, clock.now()
    products = {variants[row.variant_id] for row in reduced}
    periods = periods_of({row.variant_id for row in reduced})
    gaps = _gaps_of(products)
    since = dict(Listing.objects.filter(pk__in=products).values_list("pk", "published_at"))
    found = {}
    for row in reduced:
        history = paid(periods[row.variant_id])
        begins = next(
            (
                one.starts_at
                for one in history
                if one.is_reduced and (row.ends_at is None or one.starts_at < row.ends_at) and (one.ends_at is None or one.ends_at > max(row.starts_at, now))
            ),
            None,
        )
        if begins is None:
            continue
        product_id = variants[row.variant_id]
        prior = lowest_prior(history, max(begins, row.starts_at), zone, since.get(product_id, now), gaps[product_id])
        if prior:
            found[row.pk] = prior
    return found


def watch() -> None:
    """Have the copies of the open shop follow at the next moment at which a price of it begins or ends."""
    merchant_id, now = current_merchant_id(), clock.now()
    mine = OfferedPrice.objects.filter(merchant_id=merchant_id)
    moments = [
        mine.filter(starts_at__gt=now).order_by("starts_at").values_list("starts_at", flat=True).first(),
        mine.filter(ends_at__gt=now).order_by("ends_at").values_list("ends_at", flat=True).first(),
    ]
    if mine.filter(passed(now)).exists():
        moments.append(now)
    if known := [moment for moment in moments if moment is not None]:
        set_deadline(kind=CHANGES, subject_id=merchant_id, merchant_id=merchant_id, due_at=min(known))
    else:
        meet(kind=CHANGES, subject_id=merchant_id)


def passed(now: datetime) -> Q:
    """Copies of periods that have begun or ended since they were written."""
    return Q(starts_at__gt=F("copied_at"), starts_at__lte=now) | Q(ends_at__gt=F("copied_at"), ends_at__lte=now)


def periods_of(variant_ids: Collection[UUID]) -> dict[UUID, list[Period]]:
    """Every ordinary price there was, is or will be: regular and reduced."""
    found: dict[UUID, list[Period]] = defaultdict(list)
    for row in Price.objects.filter(variant_id__in=variant_ids, price_list=None):
        found[row.variant_id].append(Period(row.starts_at, row.ends_at, row.sale_minor, row.is_reduction))
    return found


def _gaps_of(product_ids: Collection[UUID]) -> dict[UUID, list[Span]]:
    found = gaps_of(current_merchant_id(), product_ids)
    return {key: [Span(*gap) for gap in found[key]] for key in product_ids}


def priors_now(variant_ids: Collection[UUID], at: datetime | None = None) -> dict[UUID, Prior]:
    """The lowest earlier price of each variant at a moment: of the reduction that holds then, or of one that would begin then."""
    at, zone = at or clock.now(), Market.objects.get().tz
    products = dict(Variant.objects.filter(pk__in=variant_ids).values_list("pk", "product_id"))
    periods, gaps = periods_of(variant_ids), _gaps_of(set(products.values()))
    since = dict(Listing.objects.filter(pk__in=products.values()).values_list("pk", "published_at"))
    found = {}
    for key, product_id in products.items():
        history = paid(periods[key])
        prior = lowest_before(history, announced_at(history, at) or at, zone, since.get(product_id, at), gaps[product_id])
        if prior is not None:
            found[key] = prior
    return found
