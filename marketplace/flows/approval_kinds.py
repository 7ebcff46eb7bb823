"""What takes two people: each kind with its rights, how an order of it is checked and frozen, and the one verb that carries it out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.appoint_owner import APPOINT, carry_out, plan_owner
from marketplace.flows.close_account import ERASE, check_not_gone, check_not_needed, erase_account
from marketplace.flows.closing import start_closing
from marketplace.flows.deposit_kinds import KINDS_OF_DEPOSITS
from marketplace.flows.kinds import Kind, Order, Plan
from marketplace.flows.merge_accounts import MERGE, check_mergeable, merge_accounts
from marketplace.flows.package_kinds import KINDS_OF_PACKAGES
from marketplace.flows.pay_out import RELEASE, locked_accounts, release_payouts
from marketplace.flows.shop_life import open_or_away, reopen_shop, suspend_shop
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.masks import masked_email
from marketplace.kernel.money import Money
from marketplace.platform.approvals.actions import LIMITS, set_limit
from marketplace.platform.approvals.errors import AlreadyAsked
from marketplace.platform.approvals.queries import limit_of, waiting
from marketplace.platform.ledger.actions import SET_COMMISSION, check_commission, commission_rule, set_commission
from marketplace.platform.ledger.errors import AccountMissing, PayoutClosed
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.actions import SET_RAIL, check_rail, set_rail
from marketplace.platform.payments.errors import RefundNotFailed
from marketplace.platform.payments.models import PayoutAccount, Refund
from marketplace.platform.payments.moving import PAID_OTHERWISE, note_paid_otherwise
from marketplace.platform.taxonomy.actions import SET_TAX, check_tax, set_tax_rate, tax_in_force
from tenants.access.rights import Right
from tenants.accounts.errors import PersonUnknown
from tenants.accounts.models import User
from tenants.tenancy.errors import MerchantUnknown, ShopNotOpen
from tenants.tenancy.life import CLOSE, MOVES, REOPEN, SUSPEND, closing_of
from tenants.tenancy.models import Market, Merchant, ShopChange


def _merchant(order: Order) -> Merchant:
    found = Merchant.objects.filter(pk=order["merchant_id"]).first()
    if found is None:
        raise MerchantUnknown
    return found


def _of_shop(merchant: Merchant, order: dict[str, Any], to: str, more: dict[str, Any]) -> Plan:
    if not MOVES.allows(merchant.status, to):
        raise ShopNotOpen(status=merchant.get_status_display())
    return Plan(order, "merchant", str(merchant.pk), {"status": merchant.status}, {"status": to, **more}, merchant.pk)


def _plan_suspension(order: Order) -> Plan:
    merchant, kind = _merchant(order), order["kind"]
    if kind not in ShopChange.Kind.values:
        raise InvalidInput(field="kind", why=_("Choose why the shop is suspended."))
    if merchant.status == Merchant.Status.CLOSING:
        raise ShopNotOpen(status=merchant.get_status_display())
    return _of_shop(merchant, {"merchant_id": str(merchant.pk), "kind": kind}, Merchant.Status.SUSPENDED, {"kind": kind})


def _suspend(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    suspend_shop(by=by, merchant_id=UUID(order["merchant_id"]), kind=order["kind"], reason=why)
    return {}


def _plan_reopening(order: Order) -> Plan:
    merchant = _merchant(order)
    closing = closing_of(merchant.pk)
    if merchant.status != Merchant.Status.SUSPENDED and (closing is None or closing.is_owners):  # an owner who goes is not held
        raise ShopNotOpen(status=merchant.get_status_display())
    return _of_shop(merchant, {"merchant_id": str(merchant.pk)}, open_or_away(merchant.pk), {})


def _reopen(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    reopen_shop(by=by, merchant_id=UUID(order["merchant_id"]), reason=why)
    return {}


def _plan_closing(order: Order) -> Plan:
    merchant = _merchant(order)
    return _of_shop(merchant, {"merchant_id": str(merchant.pk)}, Merchant.Status.CLOSING, {})


def _close(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    start_closing(by=by, merchant_id=UUID(order["merchant_id"]), reason=why)
    return {}


def _plan_rail(order: Order) -> Plan:
    rail, market = str(order["rail"]), Market.objects.get()
    check_rail(rail)
    if rail == market.rail:
        raise InvalidInput(field="rail", why=_("Buyers pay that way already."))
    return Plan({"rail": rail}, "market", "rail", {"rail": market.rail}, {"rail": rail})


def _set_rail(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    set_rail(by=by, rail=order["rail"], why=why)
    return {}


def _plan_commission(order: Order) -> Plan:
    rate, merchant_id = Decimal(order["rate"]), UUID(order["merchant_id"]) if order["merchant_id"] else None
    category_id: int | None = order["category_id"]
    check_commission(rate, merchant_id, category_id)
    former = commission_rule(merchant_id, category_id)
    before = {"rate": str(former.rate.normalize()) if former else None}
    kept = {"rate": str(rate.normalize()), "merchant_id": order["merchant_id"], "category_id": category_id}
    return Plan(kept, "commission", f"{merchant_id or ''}:{category_id or ''}", before, {"rate": kept["rate"]}, merchant_id)


def _set_commission(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    merchant_id = UUID(order["merchant_id"]) if order["merchant_id"] else None
    set_commission(by=by, rate=Decimal(order["rate"]), merchant_id=merchant_id, category_id=order["category_id"], why=why)
    return {}


def _plan_tax(order: Order) -> Plan:
    rate = Decimal(order["rate"])
    check_tax(order["tax_class"], rate)
    former = tax_in_force(order["tax_class"])
    kept = {"rate": str(rate.normalize()), "tax_class": order["tax_class"]}
    return Plan(kept, "tax", order["tax_class"], {"rate": str(former.rate.normalize()) if former else None}, {"rate": kept["rate"]})


def _set_tax(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    set_tax_rate(by=by, tax_class=order["tax_class"], rate=Decimal(order["rate"]), why=why)
    return {}


def _plan_release(order: Order) -> Plan:
    """Which payouts, how much, and to which account: an account that changes meanwhile makes the request one that can only be refused."""
    payouts = list(Payout.objects.filter(pk__in=order["payouts"]).select_related("statement", "merchant").order_by("statement__number", "n"))
    if not payouts or len(payouts) != len(set(order["payouts"])):
        raise InvalidInput(field="payout", why=_("Choose at least one payout."))
    if any(payout.status != Payout.Status.DUE or (payout.rail != "bank" and payout.released_at) for payout in payouts):
        raise PayoutClosed
    ids = {str(payout.pk) for payout in payouts}
    for other in waiting().filter(kind=RELEASE).exclude(subject_id=order["batch"]):
        if ids & set(other.order["payouts"]):
            raise AlreadyAsked(number=other.number)
    accounts = {row.merchant_id: row for row in locked_accounts([payout.merchant_id for payout in payouts])}
    if lacking := sorted({payout.merchant.name for payout in payouts if not _goes_to(payout, accounts.get(payout.merchant_id))}):
        raise AccountMissing(shops=", ".join(lacking))
    lines = [
        {
            "statement": f"{payout.statement.number}/{payout.n}" if payout.n > 1 else payout.statement.number,
            "merchant": str(payout.merchant_id),
            "to": _goes_to(payout, accounts.get(payout.merchant_id)),
            "account": accounts[payout.merchant_id].version,
            "minor": payout.amount_minor,
        }
        for payout in payouts
    ]
    total = Money.sum((payout.amount for payout in payouts), payouts[0].currency)
    return Plan({"batch": order["batch"], "payouts": sorted(ids)}, "payouts", order["batch"], {"payouts": lines}, {"count": len(lines)}, amount=total)


def _goes_to(payout: Payout, account: PayoutAccount | None) -> str:
    """The account a payout goes to, as the second person sees it; "" where there is none on its way."""
    if account is None or account.kind != (PayoutAccount.Kind.BANK if payout.rail == "bank" else PayoutAccount.Kind.STRIPE):
        return ""
    return account.in_words


def _release(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    batch = release_payouts(by=by, batch_id=key, payout_ids=[UUID(text) for text in order["payouts"]])
    return {"batch": batch.number} if batch else {}


def _plan_limit(order: Order) -> Plan:
    currency = Market.objects.get().currency
    if not 0 <= order["minor"] < 10**13:
        raise InvalidInput(field="limit", why=_("Write an amount of zero or more."))
    of, before = str(order["of"]), {"minor": limit_of(str(order["of"]), currency).minor}
    return Plan({"of": of, "minor": order["minor"]}, "limit", of, before, {"minor": order["minor"]})


def _set_limit(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    set_limit(by=by, kind=order["of"], limit=Money(order["minor"], Market.objects.get().currency), why=why)
    return {}


def _plan_refund(order: Order) -> Plan:
    refund = Refund.objects.select_related("payment__group").filter(pk=order["refund_id"], status=Refund.Status.FAILED).first()
    if refund is None:
        raise RefundNotFailed
    kept, before = {"refund_id": str(refund.pk)}, {"status": refund.status, "group": refund.payment.group.number}
    return Plan(kept, "refund", str(refund.pk), before, {"status": Refund.Status.DONE}, amount=refund.amount)


def _refund_otherwise(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    note_paid_otherwise(by=by, refund_id=UUID(order["refund_id"]), reason=why)
    return {}


def _shown_as(user: User) -> dict[str, Any]:
    return {"name": user.name, "email": masked_email(user.email)}


def _plan_erasing(order: Order) -> Plan:
    user = User.objects.filter(pk=order["user_id"]).first()
    if user is None:
        raise PersonUnknown
    check_not_gone(user.pk)
    check_not_needed(user.pk)
    return Plan({"user_id": str(user.pk)}, "person", str(user.pk), _shown_as(user), {"erased": True})


def _erase(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    erase_account(by=by, user_id=UUID(order["user_id"]), why=why)
    return {}


def _plan_merging(order: Order) -> Plan:
    """Which accounts, and which of them stays. What moves is what there is when it is approved."""
    loser, winner = check_mergeable(UUID(order["loser_id"]), UUID(order["winner_id"]))
    kept = {"loser_id": str(loser.pk), "winner_id": str(winner.pk)}
    return Plan(kept, "person", str(loser.pk), {"loser": _shown_as(loser), "winner": _shown_as(winner)}, {"into": str(winner.pk)})


def _merge(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    return {"moved": merge_accounts(by=by, loser_id=UUID(order["loser_id"]), winner_id=UUID(order["winner_id"]), why=why)}


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            SUSPEND,
            _lazy("Suspend a shop"),
            Right.SANCTION_MERCHANTS,
            Right.APPROVE_SANCTIONS,
            _plan_suspension,
            _suspend,
            outcome=_lazy("The shop takes no orders from now on, and its owner reads your colleague's reason."),
        ),
        Kind(
            REOPEN,
            _lazy("Reopen a shop"),
            Right.SANCTION_MERCHANTS,
            Right.APPROVE_SANCTIONS,
            _plan_reopening,
            _reopen,
            outcome=_lazy("The shop takes orders again."),
        ),
        Kind(
            CLOSE,
            _lazy("Close a shop"),
            Right.SANCTION_MERCHANTS,
            Right.APPROVE_SANCTIONS,
            _plan_closing,
            _close,
            outcome=_lazy("The shop takes no orders from now on, and closes for good once nothing of it is open. Its owner reads your colleague's reason."),
        ),
        Kind(
            APPOINT,
            _lazy("Give a shop an owner"),
            Right.SANCTION_MERCHANTS,
            Right.APPROVE_SANCTIONS,
            plan_owner,
            carry_out,
            outcome=_lazy("This person may do everything in the shop from now on. Everybody who leads there gets a letter with your colleague's reason."),
        ),
        Kind(
            SET_RAIL,
            _lazy("Change how buyers pay"),
            Right.MANAGE_MARKET,
            Right.APPROVE_PAYOUTS,
            _plan_rail,
            _set_rail,
            outcome=_lazy("New orders are paid that way from now on; orders that exist keep theirs."),
        ),
        Kind(
            SET_COMMISSION,
            _lazy("Change a commission rate"),
            Right.MANAGE_MARKET,
            Right.APPROVE_RATES,
            _plan_commission,
            _set_commission,
            outcome=_lazy("The rate holds from now on; orders that exist keep theirs."),
        ),
        Kind(
            SET_TAX,
            _lazy("Change a tax rate"),
            Right.MANAGE_MARKET,
            Right.APPROVE_RATES,
            _plan_tax,
            _set_tax,
            outcome=_lazy("The rate holds from now on; orders that exist keep theirs."),
        ),
        Kind(
            RELEASE,
            _lazy("Release payouts"),
            Right.PAY_OUT,
            Right.APPROVE_PAYOUTS,
            _plan_release,
            _release,
            has_limit=True,
            outcome=_lazy("The bank file is made, and transfers leave by the payment provider."),
        ),
        Kind(
            LIMITS,
            _lazy("Change what one person may pay out alone"),
            Right.PAY_OUT,
            Right.APPROVE_PAYOUTS,
            _plan_limit,
            _set_limit,
            outcome=_lazy("The limit holds from now on."),
        ),
        Kind(
            PAID_OTHERWISE,
            _lazy("Note a refund as paid otherwise"),
            Right.PAY_OUT,
            Right.APPROVE_PAYOUTS,
            _plan_refund,
            _refund_otherwise,
            outcome=_lazy("The refund counts as paid from the market's bank account."),
        ),
        Kind(
            ERASE,
            _lazy("Erase an account"),
            Right.MANAGE_CONSUMERS,
            Right.APPROVE_CONSUMERS,
            _plan_erasing,
            _erase,
            outcome=_lazy("Name, mail, phone, addresses and sign-ins are gone for good; orders stay without a name. Nobody can undo it."),
        ),
        Kind(
            MERGE,
            _lazy("Merge two accounts"),
            Right.MANAGE_CONSUMERS,
            Right.APPROVE_CONSUMERS,
            _plan_merging,
            _merge,
            outcome=_lazy("Everything moves to the account that stays; nobody signs in with the other again. Nobody can undo it."),
        ),
        *KINDS_OF_DEPOSITS,
        *KINDS_OF_PACKAGES,
    )
}
