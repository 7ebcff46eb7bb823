"""What people are told when a shop ends: its owners at every step, buyers whose orders are not finished when it stops selling. Reactions."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.formats import format_day
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.owners import owners_of
from tenants.accounts.models import User
from tenants.tenancy.events import NothingLeft, ShopMoved
from tenants.tenancy.exports import KEPT_DAYS
from tenants.tenancy.hosts import market_url, workbench_url
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Closing, Market, Merchant, ShopChange

S = Merchant.Status
AT_ONCE = 200  # buyers told in one transaction


def owners_hear(event: ShopMoved) -> None:
    """Every owner, the one who did it included: whoever closes a shop with somebody else's password is found out by this letter."""
    change = ShopChange.objects.select_related("merchant").get(pk=event.change_id)
    if S.CLOSING in (event.before, event.after):
        tell(owners_of(event.merchant_id), lambda: _of_move(change))


def _of_move(change: ShopChange) -> Message:
    shop, person = change.merchant, change.by_label if change.is_owners else ""
    if change.after == S.CLOSED:
        facts = {"name": shop.name, "person": person, "at": "" if change.is_owners else format_day(change.at), "days": str(KEPT_DAYS)}
        return worded("shop_closed", facts, link=workbench_url(shop, "/export/"))
    if change.after == S.CLOSING:
        reason, contact = ("", "") if change.is_owners else (change.reason, Market.objects.get().contact_email)
        facts = {"name": shop.name, "person": person, "reason": reason, "contact": contact}
        return worded("shop_closing", facts, link=workbench_url(shop, "/closing/"))
    how = _("It is suspended, as it was before.") if change.after == S.SUSPENDED else _("Buyers can find it and order from it.")
    return worded("shop_kept", {"name": shop.name, "person": person or _("the market"), "how": how}, link=workbench_url(shop))


def nothing_left(event: NothingLeft) -> None:
    """The owners, once, when the last thing is settled."""
    row = Closing.objects.select_related("merchant").get(pk=event.closing_id)
    if row.status == Closing.Status.RUNNING and row.closes_at:
        tell(owners_of(event.merchant_id), lambda: _of_nothing_left(row))


def _of_nothing_left(row: Closing) -> Message:
    shop, at = row.merchant, format_day(row.closes_at) if row.closes_at else ""
    return worded("shop_nothing_left", {"name": shop.name, "at": at, "days": str(KEPT_DAYS)}, link=workbench_url(shop, "/closing/"))


# ── Buyers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def buyers_hear(event: ShopMoved) -> None:
    """Whoever still waits for goods, or may send some back, hears that this goes on."""
    if event.after == S.CLOSING:
        tell_buyers.request(change_id=str(event.change_id), beyond="")


@market_task
def tell_buyers(change_id: str, beyond: str) -> None:
    """Some of the buyers, by their keys, and then the next."""
    change = ShopChange.objects.select_related("merchant").get(pk=change_id)
    if change.merchant.status != S.CLOSING:
        return
    keys = list(buyers_with_something_open(change.merchant_id, beyond)[:AT_ONCE])
    tell(User.objects.filter(pk__in=keys, is_active=True).order_by("pk"), lambda: _to_buyer(change.merchant))
    if len(keys) == AT_ONCE:
        tell_buyers.request(change_id=change_id, beyond=str(keys[-1]))


def buyers_with_something_open(merchant_id: UUID, beyond: str = "") -> QuerySet[OrderCopy, UUID]:
    since = clock.now() - timedelta(days=Market.objects.get().return_days)
    still = Q(status__in=[OrderStatus.CONFIRMED, OrderStatus.ON_HOLD]) | Q(status=OrderStatus.COMPLETED, completed_at__gte=since) | Q(open_returns__gt=0)
    rows = OrderCopy.objects.filter(still, merchant_id=merchant_id)
    return (rows.filter(buyer_id__gt=beyond) if beyond else rows).order_by("buyer_id").values_list("buyer_id", flat=True).distinct()


def _to_buyer(shop: Merchant) -> Message:
    return worded("shop_of_order_closes", {"name": shop.name}, link=market_url("/orders/"))
