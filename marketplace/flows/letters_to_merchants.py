"""What merchants and applicants are told, each reader in their own language. Reactions: each runs once for an event."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.events import OrderCancelled, OrderGroupPaid, PayoutMoved, ProductReviewed, ReturnMoved, StatementIssued
from marketplace.flows.letters_to_buyers import bill, goods
from marketplace.flows.review_product import NOTE_LABELS
from marketplace.kernel.formats import format_money, format_time
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.ledger.models import Payout, Statement
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.notices.messages import Message, Table, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.events import ApplicationReviewed
from tenants.onboarding.models import Application, Decision, Step
from tenants.tenancy.events import ShopOpened
from tenants.tenancy.hosts import market_url, shop_url, workbench_url
from tenants.tenancy.models import Merchant


def _tell_staff(merchant_id: UUID, right: Right, compose: Callable[[], Message]) -> None:
    tell(staff_with([merchant_id], right)[merchant_id], compose)


def new_orders(event: OrderGroupPaid) -> None:
    """A paid order waits to be shipped."""
    people = staff_with(event.merchant_ids, Right.VIEW_ORDERS)
    for order in OrderCopy.objects.filter(group_id=event.group_id).select_related("merchant").order_by("number"):
        tell(people[order.merchant_id], lambda order=order: _new_order(order))  # type: ignore[misc]


def _new_order(order: OrderCopy) -> Message:
    if order.is_virtual:
        facts = {"number": order.number, "amount": format_money(order.total)}
        return worded("new_virtual_order", facts, link=workbench_url(order.merchant, f"/orders/{order.number}/"), tables=[bill(order, _("Goods"))])
    facts = {"number": order.number, "amount": format_money(order.total), "at": format_time(order.ship_by) if order.ship_by else ""}
    return worded("new_order", facts, link=workbench_url(order.merchant, f"/orders/{order.number}/"), tables=[bill(order, _("Goods"))])


def order_cancelled(event: OrderCancelled) -> None:
    """The buyer gave up a paid order: it must not be sent."""
    if not event.by_buyer:
        return
    order = OrderCopy.objects.select_related("merchant").get(pk=event.order_id)
    link = workbench_url(order.merchant, f"/orders/{order.number}/")
    facts = {"number": order.number, "reason": event.reason}
    _tell_staff(order.merchant_id, Right.VIEW_ORDERS, lambda: worded("order_cancelled_by_buyer", facts, link=link, tables=[Table(_("Goods"), goods(order))]))


def return_moved(event: ReturnMoved) -> None:
    """A buyer asks to give something back, or has sent it."""
    if event.status not in (ReturnStatus.REQUESTED, ReturnStatus.SENT_BACK):
        return
    row = ReturnCopy.objects.select_related("merchant", "order").get(pk=event.return_id)

    def compose() -> Message:
        facts = {
            "number": row.order.number,
            "reason": " · ".join(filter(None, (str(Reason(row.reason).label), row.note))),
            "at": format_time(row.due_at) if row.due_at else "",
        }
        kind = "return_requested" if event.status == ReturnStatus.REQUESTED else "return_sent_back"
        return worded(kind, facts, link=workbench_url(row.merchant, f"/returns/{row.number}/"))

    _tell_staff(row.merchant_id, Right.HANDLE_RETURNS, compose)


def product_reviewed(event: ProductReviewed) -> None:
    """The market sent a product back, or refused it."""
    if event.is_approved:
        return
    change = ProductChange.objects.select_related("merchant").get(pk=event.change_id)
    link = workbench_url(change.merchant, f"/products/{change.product_id}/")
    kind = "product_refused" if change.status == ProductChange.Status.REFUSED else "product_sent_back"

    def compose() -> Message:
        notes = "\n".join(f"{NOTE_LABELS[field]}: {text}" for field, text in change.notes.items() if field in NOTE_LABELS)
        return worded(kind, {"title": change.title.text, "reason": change.reason, "notes": notes}, link=link)

    _tell_staff(change.merchant_id, Right.EDIT_PRODUCTS, compose)


def statement_ready(event: StatementIssued) -> None:
    """The market has settled. Nobody is told of the market's own shop: nothing is paid to anybody."""
    statement = Statement.objects.select_related("merchant").get(pk=event.statement_id)
    if statement.merchant.is_own:
        return

    def compose() -> Message:
        paid_out = format_money(statement.payout)
        table = Table(_("Statement"), _account_of(statement), (_("Paid out"), paid_out))
        link = workbench_url(statement.merchant, f"/statements/{statement.number}/")
        return worded("statement_ready", {"number": statement.number, "amount": paid_out}, link=link, tables=[table])

    _tell_staff(statement.merchant_id, Right.VIEW_STATEMENTS, compose)


def _account_of(statement: Statement) -> list[tuple[str, str]]:
    """Parts that add up to what is paid out; what is nothing is left out, but for sales and commission."""
    parts = [
        (_("Carried over"), statement.opening),
        (_("Sales"), statement.sales),
        (_("Refunds"), -statement.refunds),
        (_("Commission"), -statement.commission),
        (_("Commission returned"), statement.commission_returned),
        (_("Taken back from your account"), statement.reversed),
        (_("Carried over to the next statement"), -statement.closing),
    ]
    return [(name, format_money(amount)) for name, amount in parts if amount or name in (_("Sales"), _("Commission"))]


def payout_moved(event: PayoutMoved) -> None:
    """The bank sent money back: the shop has to look at its account."""
    if event.status != Payout.Status.RETURNED:
        return
    payout = Payout.objects.select_related("merchant", "statement").get(pk=event.payout_id)
    link = workbench_url(payout.merchant, "/payout-account/")
    _tell_staff(
        payout.merchant_id,
        Right.MANAGE_PAYOUTS,
        lambda: worded("payout_returned", {"amount": format_money(payout.amount), "reason": payout.failure}, link=link),
    )


# ── Applicants ───────────────────────────────────────────────────────────────────────────────────────────────────────


def application_reviewed(event: ApplicationReviewed) -> None:
    """A step of an application was decided."""
    row = Application.objects.select_related("applicant").get(pk=event.application_id)
    reason = row.reviews.filter(step=event.step).order_by("-at").values_list("reason", flat=True).first() or ""

    kind = {Decision.PASSED: "application_passed", Decision.MORE: "application_more", Decision.REJECTED: "application_rejected"}[Decision(event.decision)]
    link = market_url(f"/sell/applications/{row.number}/")
    if event.step == Step.QUALIFICATION and event.decision == Decision.PASSED:
        return  # the letter that the shop is open says more
    tell([row.applicant], lambda: worded(kind, {"step": str(Step(event.step).label), "reason": reason}, link=link), or_in=row.language)


def shop_opened(event: ShopOpened) -> None:
    """A shop can trade."""
    merchant, owner = Merchant.objects.get(pk=event.merchant_id), User.objects.get(pk=event.owner_id)
    kind = "own_shop_opened" if merchant.is_own else "shop_opened"
    tell([owner], lambda: worded(kind, {"name": merchant.name, "address": shop_url(merchant)}, link=workbench_url(merchant)))
