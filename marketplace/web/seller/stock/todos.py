"""What of the stock waits for somebody, for the workbench's first page."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import ngettext

from marketplace.flows.bundles import stopped_bundles
from marketplace.kernel import clock
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.models import Restock, StockTransfer
from marketplace.merchant.inventory.queries import SELLS
from marketplace.merchant.inventory.restocking import OPEN
from marketplace.web.overview import MOST_COUNTED, ToDo, capped
from marketplace.web.seller.stock.shared import LOW, levels
from marketplace.web.seller.stock.stocktakes import waiting
from tenants.tenancy.models import Market


def todos(market: Market, user_id: UUID) -> list[ToDo]:
    """Sold out, bundles that cannot be bought, low, counted and to be approved, late from a supplier, on the way."""
    found = []
    on_sale = Variant.objects.filter(is_active=True, product__status=Product.Status.ON_SALE, product__parts__isnull=True)  # bundles lie nowhere
    could = levels().filter(SELLS, free__gt=0, variant__in=on_sale).values("variant")
    out = on_sale.exclude(pk__in=could)[: MOST_COUNTED + 1].count()
    if out:
        found.append(ToDo(capped(out), ngettext("variant on sale is out of stock", "variants on sale are out of stock", out), "/stock/?show=out"))
    stopped = len(stopped_bundles())
    if stopped:
        found.append(
            ToDo(capped(stopped), ngettext("bundle on sale that nobody can buy", "bundles on sale that nobody can buy", stopped), "/products/?sale=stopped")
        )
    low = levels().filter(LOW, variant__is_active=True, variant__product__status=Product.Status.ON_SALE)[: MOST_COUNTED + 1].count()
    if low:
        found.append(ToDo(capped(low), ngettext("variant is below its safety stock", "variants are below their safety stock", low), "/stock/?show=low"))
    counted = waiting(user_id)[: MOST_COUNTED + 1].count()
    if counted:
        found.append(ToDo(capped(counted), ngettext("stocktake to approve", "stocktakes to approve", counted), "/stocktakes/?show=waiting"))
    today = clock.day_of(clock.now(), market.tz)
    late = Restock.objects.filter(status__in=OPEN, expected_on__lt=today)[: MOST_COUNTED + 1].count()
    if late:
        found.append(ToDo(capped(late), ngettext("order from a supplier is late", "orders from suppliers are late", late), "/restocks/"))
    sent = StockTransfer.objects.filter(status=StockTransfer.Status.SENT)[: MOST_COUNTED + 1].count()
    if sent:
        found.append(ToDo(capped(sent), ngettext("transfer on its way to confirm", "transfers on their way to confirm", sent), "/transfers/?show=sent"))
    return found
