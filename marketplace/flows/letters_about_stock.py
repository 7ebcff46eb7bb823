"""What shops are told of their stock. Reactions: each runs once for an event."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.bundles import parts_seen_of
from marketplace.flows.events import BundlesStopped
from marketplace.kernel.formats import format_count
from marketplace.merchant.catalogue.models import Product
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


def bundles_stopped(event: BundlesStopped) -> None:
    """Whoever keeps the products is told which bundles nobody can buy now, and why. What has been mended meanwhile is not worth a letter."""
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def troubles() -> list[tuple[UUID, str, str]]:
        """(bundle, title, what keeps it from being sold), in the reader's language."""
        with merchant_schema(event.merchant_id):
            titles = {row.pk: row.title.text for row in Product.objects.filter(pk__in=event.product_ids, status=Product.Status.ON_SALE).order_by("pk")}
            parts = parts_seen_of(titles)
            said = [
                (key, title, [_("{sku}: {why}").format(sku=part.variant.sku, why=part.trouble) for part in parts[key] if part.trouble])
                for key, title in titles.items()
            ]
        return [(key, title, " ".join(why)) for key, title, why in said if why]

    def compose() -> Message:
        (key, title, why), *more = troubles() or first
        what = ngettext("{title} and {n} more", "{title} and {n} more", len(more)).format(title=title, n=format_count(len(more))) if more else title
        path = "/products/?sale=stopped" if more else f"/products/{key}/#bundle"
        return worded("bundle_stopped", {"title": what, "why": why}, link=workbench_url(merchant, path))

    if first := troubles():
        tell(staff_with([merchant.pk], Right.EDIT_PRODUCTS)[merchant.pk], compose)


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
