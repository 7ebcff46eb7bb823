"""What people are told when a shop ends: its owners at every step, buyers whose orders are not finished when it stops selling. Reactions."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel import clock
from marketplace.kernel.formats import format_day
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.letters import Message
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
    shop, contact = change.merchant, Market.objects.get().contact_email
    who = [_("Begun by {person}.").format(person=change.by_label)] if change.is_owners else []
    said = [_("The market says: {reason}").format(reason=change.reason)] if change.reason and not change.is_owners else []
    if change.after == S.CLOSED:
        kept = _("Everything of the shop can be fetched for {days} days in its workbench, also if you have packed it before.").format(days=KEPT_DAYS)
        lines = [_("Nothing of it is open any more. Buyers keep their orders; its web address is given to nobody else."), kept]
        if not change.is_owners:
            lines.insert(0, _("Nothing was left, and nobody has kept it open: it has closed by itself."))
        return Message(
            "shop_closed", _("“{name}” has closed").format(name=shop.name), lines, button=(_("Take everything along"), workbench_url(shop, "/export/"))
        )
    if change.after == S.CLOSING:
        lines = [
            *who,
            *said,
            _("It takes no more orders. What is open is still shipped, taken back and paid; the workbench lists what is left."),
            _("An owner can take it back until the shop is closed.") if change.is_owners else _("Answer to {contact}.").format(contact=contact),
        ]
        return Message(
            "shop_closing", _("“{name}” is being closed").format(name=shop.name), lines, button=(_("See what is left"), workbench_url(shop, "/closing/"))
        )
    by = _("Taken back by {person}.").format(person=change.by_label) if change.is_owners else _("The market has taken it back.")
    how = _("It is suspended, as it was before.") if change.after == S.SUSPENDED else _("Buyers can find it and order from it.")
    return Message("shop_kept", _("“{name}” stays").format(name=shop.name), [by, how], button=(_("To the workbench"), workbench_url(shop)))


def nothing_left(event: NothingLeft) -> None:
    """The owners, once, when the last thing is settled."""
    row = Closing.objects.select_related("merchant").get(pk=event.closing_id)
    if row.status == Closing.Status.RUNNING and row.closes_at:
        tell(owners_of(event.merchant_id), lambda: _of_nothing_left(row))


def _of_nothing_left(row: Closing) -> Message:
    shop, at = row.merchant, format_day(row.closes_at) if row.closes_at else ""
    lines = [
        _("Orders, returns and money of the shop are settled."),
        _("Close it now, or it closes by itself on {at}.").format(at=at),
        _("Everything of the shop can be fetched before and for {days} days after.").format(days=KEPT_DAYS),
    ]
    return Message(
        "shop_nothing_left", _("Nothing is left of “{name}”").format(name=shop.name), lines, button=(_("Close it"), workbench_url(shop, "/closing/"))
    )


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
    lines = [
        _("The shop takes no more orders. What you have ordered there is still sent, and can be returned as before."),
        _("Your orders and what was paid stay in your account, also when the shop is gone."),
    ]
    return Message(
        "shop_of_order_closes", _("“{name}” closes; your order goes on").format(name=shop.name), lines, button=(_("To my orders"), market_url("/orders/"))
    )
