"""What is open between a shop and everybody else, each kind counted by a function: orders, returns, money, requests.

They read the market's own copies and its ledger; one looks into the shop's schema. The page of all of them is marketplace/config/obligations.py.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.formats import format_count, format_money
from marketplace.merchant.inventory.models import Reservation
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus
from marketplace.platform.approvals.queries import waiting
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.ledger.models import Account, Payout
from marketplace.platform.ledger.queries import balance
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.payments.models import DisputeShare, PayoutAccount, Refund, RefundAllocation, TransferReversal
from marketplace.platform.virtual.kinds import GoodsKind
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.obligations import Obligation, Turn
from tenants.tenancy.schemas import merchant_schema

LATE_MINUTES = 10  # so long after its end a return period still counts: a wish that was sent in its last moment is on record by then
TO_SHIP = (FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED)


def unpaid_orders(merchant: Merchant) -> Obligation | None:
    """Placed, their goods held, not paid yet. They expire by themselves."""
    rows = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.AWAITING_PAYMENT)
    if not (n := rows.count()):
        return None
    return Obligation(
        "unpaid_orders",
        ngettext("{n} order waits to be paid", "{n} orders wait to be paid", n).format(n=format_count(n)),
        Turn.BUYER,
        _("What is not paid in time ends by itself."),
        "/orders/?show=unpaid",
        f"/orders/?merchant={merchant.pk}&show={OrderStatus.AWAITING_PAYMENT}",
        rows.aggregate(last=Max("group__hold_until"))["last"],
    )


def orders_on_hold(merchant: Merchant) -> Obligation | None:
    n = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.ON_HOLD).count()
    if not n:
        return None
    label = ngettext("{n} order is on hold", "{n} orders are on hold", n).format(n=format_count(n))
    where = f"/orders/?merchant={merchant.pk}&show={OrderStatus.ON_HOLD}"
    return Obligation("orders_on_hold", label, Turn.MARKET, "", "/orders/", where)


def orders_to_ship(merchant: Merchant) -> Obligation | None:
    n = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.CONFIRMED, fulfilment_status__in=TO_SHIP).count()
    if not n:
        return None
    return Obligation(
        "orders_to_ship",
        ngettext("{n} paid order is not shipped", "{n} paid orders are not shipped", n).format(n=format_count(n)),
        Turn.SHOP,
        _("Ship them, or cancel what cannot be sent."),
        "/orders/?show=to_ship",
        f"/orders/?merchant={merchant.pk}&show={OrderStatus.CONFIRMED}",
    )


def orders_to_receive(merchant: Merchant) -> Obligation | None:
    """On their way. Who says nothing has received them."""
    n = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.CONFIRMED, kind=GoodsKind.GOODS).exclude(fulfilment_status__in=TO_SHIP).count()
    if not n:
        return None
    return Obligation(
        "orders_to_receive",
        ngettext("{n} order is on its way", "{n} orders are on their way", n).format(n=format_count(n)),
        Turn.BUYER,
        _("Counts as received {days} days after the last parcel left, if the buyer says nothing.").format(days=Market.objects.get().receive_days),
        "/orders/?show=shipped",
        f"/orders/?merchant={merchant.pk}&show={OrderStatus.CONFIRMED}",
    )


def vouchers_to_use(merchant: Merchant) -> Obligation | None:
    """Virtual goods that were paid and have not reached their buyers: vouchers that can be used, codes about to be handed out."""
    n = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.CONFIRMED).exclude(kind=GoodsKind.GOODS).count()
    if not n:
        return None
    return Obligation(
        "vouchers_to_use",
        ngettext("{n} order has vouchers to be used", "{n} orders have vouchers to be used", n).format(n=format_count(n)),
        Turn.SHOP,
        _("Redeem them, or cancel them: then they are paid back. What expires is paid back by itself."),
        "/orders/?show=to_use",
        f"/orders/?merchant={merchant.pk}&show={OrderStatus.CONFIRMED}",
    )


def open_returns(merchant: Merchant) -> Obligation | None:
    n = ReturnCopy.objects.filter(merchant=merchant, ended_at=None).count()
    if not n:
        return None
    label = ngettext("{n} return is open", "{n} returns are open", n).format(n=format_count(n))
    return Obligation("open_returns", label, Turn.SHOP, _("Answer, inspect and pay back."), "/returns/", f"/returns/?merchant={merchant.pk}")


def refunds_under_way(merchant: Merchant) -> Obligation | None:
    open_ones = ~Q(refund__status=Refund.Status.DONE)
    n = RefundAllocation.objects.filter(open_ones, merchant=merchant).values("refund").distinct().count()
    n += TransferReversal.objects.filter(transfer__merchant=merchant, status=TransferReversal.Status.DUE).count()
    if not n:
        return None
    label = ngettext("{n} refund is under way", "{n} refunds are under way", n).format(n=format_count(n))
    return Obligation("refunds_under_way", label, Turn.MARKET, _("The money goes back by the way it came."), "/returns/", "/refunds/")


def return_periods(merchant: Merchant) -> Obligation | None:
    """Buyers may still give goods back: a shop that was gone before could not answer."""
    days, now = Market.objects.get().return_days, clock.now()
    since = now - timedelta(days=days, minutes=LATE_MINUTES)
    rows = OrderCopy.objects.filter(merchant=merchant, status=OrderStatus.COMPLETED, completed_at__gte=since).exclude(payment_status=PaymentStatus.REFUNDED)
    if not (n := rows.count()):
        return None
    return Obligation(
        "return_periods",
        ngettext("{n} received order can still come back", "{n} received orders can still come back", n).format(n=format_count(n)),
        Turn.TIME,
        "",
        "/orders/?show=completed",
        f"/orders/?merchant={merchant.pk}&show={OrderStatus.COMPLETED}",
        rows.aggregate(last=Max("completed_at"))["last"] + timedelta(days=days, minutes=LATE_MINUTES),
    )


def disputes(merchant: Merchant) -> Obligation | None:
    n = DisputeShare.objects.filter(merchant=merchant, dispute__closed_at=None).values("dispute").distinct().count()
    if not n:
        return None
    label = ngettext("{n} payment is disputed", "{n} payments are disputed", n).format(n=format_count(n))
    return Obligation("disputes", label, Turn.MARKET, _("The buyer's bank decides."), "/orders/", "/disputes/")


def balance_open(merchant: Merchant) -> Obligation | None:
    """What the ledger owes the shop, or the shop the market."""
    market = Market.objects.get()
    owed = -balance(Account.MERCHANT_PAYABLE, market.currency, merchant.pk)
    if owed.minor > 0:
        hint = _("Settled from {days} days after receipt on.").format(days=market.settle_days)
        label = _("{amount} is earned and not settled").format(amount=format_money(owed))
        return Obligation("balance_owed_to_shop", label, Turn.MARKET, hint, "/statements/", "/settlement/")
    if owed.minor < 0:
        hint = _("Pay it to the market: {contact}").format(contact=market.contact_email)
        label = _("The shop owes {amount}").format(amount=format_money(-owed))
        return Obligation("balance_owed_by_shop", label, Turn.SHOP, hint, "/statements/", f"/statements/?merchant={merchant.pk}")
    return None


def payouts_under_way(merchant: Merchant) -> Obligation | None:
    n = Payout.objects.filter(merchant=merchant, status__in=[Payout.Status.DUE, Payout.Status.SENT]).count()
    if not n:
        return None
    label = ngettext("{n} payout is under way", "{n} payouts are under way", n).format(n=format_count(n))
    where = f"/payouts/?merchant={merchant.pk}"
    if not PayoutAccount.objects.filter(merchant=merchant).exclude(kind=PayoutAccount.Kind.STRIPE, payouts_enabled=False).exists():
        return Obligation("payouts_under_way", label, Turn.SHOP, _("Say where the money goes: no account is given yet."), "/payout-account/", where)
    return Obligation("payouts_under_way", label, Turn.MARKET, _("The market pays it to the shop's account."), "/statements/", where)


def requests_waiting(merchant: Merchant) -> Obligation | None:
    """What of this shop waits for a second person."""
    n = waiting().filter(merchant_id=merchant.pk).count()
    if not n:
        return None
    label = ngettext("{n} request about the shop waits for a second person", "{n} requests about the shop wait for a second person", n)
    return Obligation("requests_waiting", label.format(n=format_count(n)), Turn.MARKET, "", "", f"/approvals/?merchant={merchant.pk}&show=waiting")


def products_in_review(merchant: Merchant) -> Obligation | None:
    n = ProductChange.objects.filter(merchant=merchant, status=ProductChange.Status.WAITING).count()
    if not n:
        return None
    label = ngettext("{n} product waits for review", "{n} products wait for review", n).format(n=format_count(n))
    where = f"/reviews/?merchant={merchant.pk}&show={ProductChange.Status.WAITING}"
    return Obligation("products_in_review", label, Turn.SHOP, _("Withdraw them, or wait for the review."), "/products/?show=waiting", where)


def stock_held(merchant: Merchant) -> Obligation | None:
    """Pieces that lie ready for orders: gone when those are shipped or cancelled."""
    if merchant.status == Merchant.Status.OPENING:
        return None  # it has no schema yet
    with merchant_schema(merchant.pk):
        n = Reservation.objects.filter(status__in=[Reservation.Status.HELD, Reservation.Status.ALLOCATED]).count()
    if not n:
        return None
    label = ngettext("Stock is held for {n} line of orders", "Stock is held for {n} lines of orders", n).format(n=format_count(n))
    where = f"/orders/?merchant={merchant.pk}"
    return Obligation("stock_held", label, Turn.SHOP, _("Free once the orders are shipped or cancelled."), "/orders/", where)
