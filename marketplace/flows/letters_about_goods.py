"""What shops are told of goods that the market takes off sale and releases. Reactions: each runs once for an event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import ngettext

from marketplace.kernel.formats import format_count
from marketplace.platform.listings.events import GoodsReleased, GoodsTakenOff
from marketplace.platform.listings.models import Listing
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Merchant


def taken_off(event: GoodsTakenOff) -> None:
    """Whoever keeps the products is told which, and why."""
    _tell("goods_taken_off", event.merchant_id, event.listing_ids, event.why, all_of_them="/products/?sale=by_market")


def released(event: GoodsReleased) -> None:
    """The same people are told that the shop decides again."""
    _tell("goods_released", event.merchant_id, event.listing_ids, event.why, all_of_them="/products/")


def _tell(kind: str, merchant_id: UUID, listing_ids: Sequence[UUID], why: str, *, all_of_them: str) -> None:
    """One letter, however many products."""
    merchant = Merchant.objects.get(pk=merchant_id)
    rows = list(Listing.objects.filter(pk__in=listing_ids).order_by("pk"))

    def compose() -> Message:
        first, *more = rows
        title = first.title.text
        if more:
            title = ngettext("{title} and {n} more", "{title} and {n} more", len(more)).format(title=title, n=format_count(len(more)))
        link = workbench_url(merchant, all_of_them if more else f"/products/{first.pk}/")
        return worded(kind, {"title": title, "titles": "\n".join(row.title.text for row in rows) if more else "", "reason": why}, link=link)

    if rows:
        tell(staff_with([merchant.pk], Right.EDIT_PRODUCTS)[merchant.pk], compose)
