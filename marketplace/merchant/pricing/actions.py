"""Prices: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.pricing.models import Price
from tenants.tenancy.schemas import current_merchant_id


@verb
def set_prices(*, by: Actor, prices: Mapping[UUID, tuple[Money, Money | None]]) -> int:
    """Set sale price and market price of variants (by id); what is unchanged stays. Each change begins a new period.

    Returns how many changed. Raises InvalidInput: a sale price is above zero, a market price not below it.
    """
    for variant_id, (sale, market) in prices.items():
        if sale.minor <= 0:
            raise InvalidInput(field="price", why=_("A price is more than zero."), variant_id=variant_id)
        if market is not None and market < sale:
            why = _("The market price is not below the sale price; leave it empty if there is none.")
            raise InvalidInput(field="market_price", why=why, variant_id=variant_id)
    with transaction.atomic():
        list(Variant.objects.filter(pk__in=prices).order_by("pk").select_for_update())  # two changes of one price follow each other
        current = {price.variant_id: price for price in Price.objects.filter(variant_id__in=prices, ends_at=None)}
        changed = {
            variant_id: (sale, market)
            for variant_id, (sale, market) in prices.items()
            if (held := current.get(variant_id)) is None or (held.sale, held.market) != (sale, market)
        }
        now = clock.now()
        Price.objects.filter(variant_id__in=changed, ends_at=None).update(ends_at=now)
        Price.objects.bulk_create(
            [
                Price(variant_id=variant_id, currency=sale.currency, sale_minor=sale.minor, market_minor=market.minor if market else None, starts_at=now)
                for variant_id, (sale, market) in changed.items()
            ]
        )
        if changed:
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
