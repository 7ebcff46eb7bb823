"""What merchants and applicants are told by mail, each reader in their own language. Reactions: each runs once for an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.events import OrderCancelled, OrderGroupPaid, PayoutMoved, ProductReviewed, ReturnMoved, StatementIssued
from marketplace.flows.letters_to_buyers import bill, goods
from marketplace.kernel.formats import format_money, format_time
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.ledger.models import Payout, Statement
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.notices.letters import Message, Table, post_letter, read_in
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.events import ApplicationReviewed
from tenants.onboarding.models import Application, Decision, Step
from tenants.tenancy.events import ShopOpened
from tenants.tenancy.hosts import market_url, shop_url, workbench_url
from tenants.tenancy.models import Market, Merchant


def tell(people: Iterable[User], compose: Callable[[], Message], or_in: str = "") -> None:
    """A letter to each, composed in their language; where nobody knows theirs `or_in` that, or the market's first."""
    first = or_in or Market.objects.get().languages[0]
    for person in people:
        with read_in(person.language or first):
            post_letter(person.email, compose())


def _tell_staff(merchant_id: UUID, right: Right, compose: Callable[[], Message]) -> None:
    tell(staff_with([merchant_id], right)[merchant_id], compose)


def new_orders(event: OrderGroupPaid) -> None:
    """A paid order waits to be shipped."""
    people = staff_with(event.merchant_ids, Right.VIEW_ORDERS)
    for order in OrderCopy.objects.filter(group_id=event.group_id).select_related("merchant").order_by("number"):
        tell(people[order.merchant_id], lambda order=order: _new_order(order))  # type: ignore[misc]


def _new_order(order: OrderCopy) -> Message:
    return Message(
        "new_order",
        _("New order {number}: {amount}").format(number=order.number, amount=format_money(order.total)),
        [_("It is paid. Ship it by {at}; after that the buyer may cancel it.").format(at=format_time(order.ship_by))] if order.ship_by else [_("It is paid.")],
        [bill(order, _("Goods"))],
        (_("Open it in the workbench"), workbench_url(order.merchant, f"/orders/{order.number}/")),
    )


def order_cancelled(event: OrderCancelled) -> None:
    """The buyer gave up a paid order: it must not be sent."""
    if not event.by_buyer:
        return
    order = OrderCopy.objects.select_related("merchant").get(pk=event.order_id)
    _tell_staff(
        order.merchant_id,
        Right.VIEW_ORDERS,
        lambda: Message(
            "order_cancelled_by_buyer",
            _("Order {number} was cancelled by the buyer: do not ship it").format(number=order.number),
            [_("The buyer says: {reason}").format(reason=event.reason), _("The goods are back in stock; the money goes back to the buyer.")],
            [Table(_("Goods"), goods(order))],
            (_("Open it in the workbench"), workbench_url(order.merchant, f"/orders/{order.number}/")),
        ),
    )


def return_moved(event: ReturnMoved) -> None:
    """A buyer asks to give something back, or has sent it."""
    if event.status not in (ReturnStatus.REQUESTED, ReturnStatus.SENT_BACK):
        return
    row = ReturnCopy.objects.select_related("merchant", "order").get(pk=event.return_id)

    def compose() -> Message:
        is_new = event.status == ReturnStatus.REQUESTED
        subject = _("A buyer wants to return something of order {number}") if is_new else _("Goods of order {number} are on their way back")
        lines = [" · ".join(filter(None, (str(Reason(row.reason).label), row.note)))]
        if row.due_at:
            wait = (
                _("Answer by {at}; if nobody does, it counts as agreed.") if is_new else _("Inspect it by {at}; if nobody does, all of it counts as accepted.")
            )
            lines.append(wait.format(at=format_time(row.due_at)))
        return Message(
            "return_requested" if is_new else "return_sent_back",
            subject.format(number=row.order.number),
            lines,
            button=(_("Open it in the workbench"), workbench_url(row.merchant, f"/returns/{row.number}/")),
        )

    _tell_staff(row.merchant_id, Right.HANDLE_RETURNS, compose)


def product_reviewed(event: ProductReviewed) -> None:
    """The market sent a product back."""
    if event.is_approved:
        return
    change = ProductChange.objects.select_related("merchant").get(pk=event.change_id)
    _tell_staff(
        change.merchant_id,
        Right.EDIT_PRODUCTS,
        lambda: Message(
            "product_sent_back",
            _("“{title}” needs a change before it goes on sale").format(title=change.title.text),
            [_("The market says: {reason}").format(reason=change.reason)],
            button=(_("Open it in the workbench"), workbench_url(change.merchant, f"/products/{change.product_id}/")),
        ),
    )


def statement_ready(event: StatementIssued) -> None:
    """The market has settled."""
    statement = Statement.objects.select_related("merchant").get(pk=event.statement_id)
    _tell_staff(
        statement.merchant_id,
        Right.VIEW_STATEMENTS,
        lambda: Message(
            "statement_ready",
            _("Statement {number}: {amount} for you").format(number=statement.number, amount=format_money(statement.payout)),
            [_("The market has settled with you. Every line of the statement leads to its order.")],
            [Table(_("Statement"), _account_of(statement), (_("Paid out"), format_money(statement.payout)))],
            (_("Open the statement"), workbench_url(statement.merchant, f"/statements/{statement.number}/")),
        ),
    )


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
    _tell_staff(
        payout.merchant_id,
        Right.MANAGE_PAYOUTS,
        lambda: Message(
            "payout_returned",
            _("Your payout of {amount} came back").format(amount=format_money(payout.amount)),
            [_("The bank says: {reason}").format(reason=payout.failure), _("Please check the payout account. The money waits and is paid again.")],
            button=(_("To the payout account"), workbench_url(payout.merchant, "/payout-account/")),
        ),
    )


# ── Applicants ───────────────────────────────────────────────────────────────────────────────────────────────────────


def application_reviewed(event: ApplicationReviewed) -> None:
    """A step of an application was decided."""
    row = Application.objects.select_related("applicant").get(pk=event.application_id)
    reason = row.reviews.filter(step=event.step).order_by("-at").values_list("reason", flat=True).first() or ""

    def compose() -> Message:
        step = Step(event.step).label
        subject, lines = {
            Decision.PASSED: (_("Your application: {step} passed"), [_("The next step follows; you need do nothing.")]),
            Decision.MORE: (_("Your application needs more"), [_("The market says: {reason}"), _("Add it and hand the application in again.")]),
            Decision.REJECTED: (_("Your application was not approved"), [_("The market says: {reason}"), _("You may apply anew.")]),
        }[Decision(event.decision)]
        return Message(
            "application_decided",
            subject.format(step=step),
            [line.format(reason=reason) for line in lines],
            button=(_("To the application"), market_url(f"/sell/applications/{row.number}/")),
        )

    if event.step == Step.QUALIFICATION and event.decision == Decision.PASSED:
        return  # the letter that the shop is open says more
    tell([row.applicant], compose, or_in=row.language)


def shop_opened(event: ShopOpened) -> None:
    """A shop can trade."""
    merchant, owner = Merchant.objects.get(pk=event.merchant_id), User.objects.get(pk=event.owner_id)
    tell(
        [owner],
        lambda: Message(
            "shop_opened",
            _("Your shop “{name}” is open").format(name=merchant.name),
            [_("It answers at {address}. Enter your goods in the workbench; each is reviewed before it goes on sale.").format(address=shop_url(merchant))],
            button=(_("To the workbench"), workbench_url(merchant)),
        ),
    )
