"""What shops are told of their stock. Reactions: each runs once for an event."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.formats import format_count
from marketplace.merchant.inventory.events import StockRanLow
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

SHOWN = 5


def ran_low(event: StockRanLow) -> None:
    """Whoever keeps the stock is told what fell below its safety stock. What has been filled up meanwhile is not worth a letter."""
    with merchant_schema(event.merchant_id):
        rows = StockLevel.objects.filter(pk__in=event.level_ids, variant__is_active=True).select_related("variant__product", "location")
        low = [
            (row.variant.product.title.text, row.variant.sku, row.available, row.wanted) for row in rows.order_by("variant__sku") if row.available < row.wanted
        ]
    if not low:
        return
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def compose() -> Message:
        more = len(low) - 1
        what = low[0][0] if not more else ngettext("{title} and {n} more", "{title} and {n} more", more).format(title=low[0][0], n=format_count(more))
        left = [f"{sku}: {format_count(free)} / {format_count(safety)}" for _title, sku, free, safety in low[:SHOWN]]
        facts = {"what": what, "left": _(", ").join(left) + ("…" if len(low) > SHOWN else "")}
        return worded("stock_low", facts, link=workbench_url(merchant, "/replenish/?show=low"))

    tell(staff_with([merchant.pk], Right.KEEP_STOCK)[merchant.pk], compose)
