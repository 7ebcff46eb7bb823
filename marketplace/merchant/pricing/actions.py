"""Prices: verbs. All run in the merchant's schema that is open; the flow above copies what buyers read (flows/prices.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.pricing.errors import PlanUnknown
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import REGULAR, begin, give_up, in_force, lock
from tenants.tenancy.schemas import current_merchant_id

Prices = Mapping[UUID, tuple[Money, Money | None]]  # sale price and market price by variant


@verb
def set_prices(*, by: Actor, prices: Prices) -> int:
    """Set regular price and market price of variants (by id) from now on; what is unchanged stays, and what is planned for later too.

    Returns how many changed. Raises InvalidInput: a sale price is above zero, a market price not below it.
    """
    check_prices(prices)
    with transaction.atomic():
        lock(prices)
        now = clock.now()
        current = {price.variant_id: price for price in in_force(now).filter(variant_id__in=prices)}
        changed = {
            variant_id: (sale, market)
            for variant_id, (sale, market) in prices.items()
            if (held := current.get(variant_id)) is None or (held.sale, held.market) != (sale, market)
        }
        if changed:
            begin(now, changed)
            audit(
                by=by,
                action="prices.set",
                subject="prices",
                subject_id=len(changed),
                merchant_id=current_merchant_id(),
                before={str(key): current[key].sale_minor for key in changed if key in current},
                after={str(key): sale.minor for key, (sale, _market) in changed.items()},
            )
    return len(changed)


def check_prices(prices: Prices) -> None:
    """Raises InvalidInput, naming the variant."""
    for variant_id, (sale, market) in prices.items():
        if sale.minor <= 0:
            raise InvalidInput(field="price", why=_("A price is more than zero."), variant_id=variant_id)
        if market is not None and market < sale:
            why = _("The market price is not below the sale price; leave it empty if there is none.")
            raise InvalidInput(field="market_price", why=why, variant_id=variant_id)


@verb
def schedule_prices(*, by: Actor, prices: Prices, starts_at: datetime) -> int:
    """The regular prices of variants from a later moment on. A second plan for the same moment takes the place of the first.

    Returns how many variants. Raises InvalidInput: as set_prices, and for a moment that is past.
    """
    check_prices(prices)
    with transaction.atomic():
        lock(prices)
        if starts_at <= clock.now():
            raise InvalidInput(field="starts_at", why=_("Choose a moment that is still to come."))
        before = {str(row.variant_id): row.sale_minor for row in in_force(starts_at).filter(variant_id__in=prices)}
        begin(starts_at, prices)
        audit(
            by=by,
            action="prices.scheduled",
            subject="prices",
            subject_id=len(prices),
            merchant_id=current_merchant_id(),
            before=before,
            after={"starts_at": starts_at, **{str(key): sale.minor for key, (sale, _market) in prices.items()}},
        )
    return len(prices)


@verb
def unschedule_prices(*, by: Actor, price_ids: Collection[UUID]) -> list[UUID]:
    """Regular prices that have not begun are called off; what held before goes on. Returns the variants. Raises PlanUnknown."""
    with transaction.atomic():
        keys = list(Price.objects.filter(pk__in=price_ids).values_list("variant_id", flat=True))
        lock(keys)
        rows = list(Price.objects.filter(REGULAR, pk__in=price_ids, starts_at__gt=clock.now()))
        if len(rows) != len(set(price_ids)):
            raise PlanUnknown
        if any(not Price.objects.filter(REGULAR, variant_id=row.variant_id, ends_at=row.starts_at).exists() for row in rows):
            raise PlanUnknown  # the first price of a variant: without it there would be none
        give_up(rows)
        audit(
            by=by,
            action="prices.unscheduled",
            subject="prices",
            subject_id=len(rows),
            merchant_id=current_merchant_id(),
            before={str(row.variant_id): {"starts_at": row.starts_at, "price": row.sale_minor} for row in rows},
        )
    return keys
