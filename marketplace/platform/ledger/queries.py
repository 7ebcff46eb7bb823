"""Reads of the journal: balances are sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from marketplace.kernel.money import Money
from marketplace.platform.ledger.errors import NoCommissionRule
from marketplace.platform.ledger.models import (
    Account,
    CommissionRule,
    JournalEntry,
    Posting,
    Statement,
    StatementLine,
)
from tenants.tenancy.own import is_own, own_shops


@dataclass(frozen=True)
class Rates:
    """The commission rules in force, to ask for many lines at once."""

    by_merchant: Mapping[UUID, Decimal]
    by_category: Mapping[int, Decimal]
    general: Decimal
    own_shops: Collection[UUID] = ()  # the market's, which takes no commission from itself

    def rate(self, merchant_id: UUID, category_path: Sequence[int]) -> Decimal:
        """The most specific: the merchant's own, then the nearest category's, then the general one. Nothing of the market's own shops."""
        if merchant_id in self.own_shops:
            return Decimal(0)
        if merchant_id in self.by_merchant:
            return self.by_merchant[merchant_id]
        for category_id in reversed(category_path):
            if category_id in self.by_category:
                return self.by_category[category_id]
        return self.general


def commission_rates() -> Rates:
    """Raises NoCommissionRule when there is no general rate: a missing rule is refused, never read as zero."""
    by_merchant: dict[UUID, Decimal] = {}
    by_category: dict[int, Decimal] = {}
    general: Decimal | None = None
    for rule in CommissionRule.objects.order_by("since", "pk"):  # the later rule wins
        if rule.merchant_id:
            by_merchant[rule.merchant_id] = rule.rate
        elif rule.category_id:
            by_category[rule.category_id] = rule.rate
        else:
            general = rule.rate
    if general is None:
        raise NoCommissionRule
    return Rates(by_merchant, by_category, general, own_shops().keys())


def balance(account: Account, currency: str, merchant_id: UUID | None = None) -> Money:
    """Debits less credits: what stands on an account (a liability is negative)."""
    which = {"merchant_id": merchant_id} if merchant_id else {}
    total = Posting.objects.filter(account=account, currency=currency, **which).aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(total or 0, currency)


def trial_balance(currency: str) -> list[tuple[Account, Money]]:
    """Every account with its balance; the sum of all is zero."""
    sums = dict(Posting.objects.filter(currency=currency).values_list("account").annotate(sum=Sum("amount_minor")))
    return [(account, Money(sums.get(account.value, 0), currency)) for account in Account]


def earned_on(merchant_id: UUID) -> Account:
    """The account on which a shop's earnings stand: what the market owes it, or, of its own shop, the market's income."""
    return Account.OWN_SALES if is_own(merchant_id) else Account.MERCHANT_PAYABLE


def closing_of(merchant_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each merchant's last statement carried over, in minor units; merchants without a statement are left out."""
    last = Statement.objects.filter(merchant_id__in=merchant_ids).order_by("merchant_id", "-created_at", "-id").distinct("merchant_id")
    return dict(last.values_list("merchant_id", "closing_minor"))


LINE_KINDS = {
    "order_completed": StatementLine.Kind.SALE,
    "order_refunded": StatementLine.Kind.REFUND,
    "order_charged_back": StatementLine.Kind.CHARGEBACK,
    "transfer_reversed": StatementLine.Kind.REVERSAL,
    "fee": StatementLine.Kind.FEE,
}


def lines_from_journal(entries: Iterable[JournalEntry]) -> list[StatementLine]:
    """Statement lines that follow from journal entries alone (with their postings), so a statement can be derived again.

    What a buyer paid, or got back, stands on escrow, refunds due or disputes; the commission on its income account; what came
    back from the merchant's account at the rail, and is owed to it again, on the rail's clearing account. A fee is all it takes
    from what the merchant is owed.
    """
    lines = []
    for entry in entries:
        by_account: dict[str, int] = {}
        for posting in entry.postings.all():
            by_account[posting.account] = by_account.get(posting.account, 0) + posting.amount_minor
        kind = LINE_KINDS[entry.kind]
        if entry.order_id is None and kind != StatementLine.Kind.FEE:
            raise ValueError(f"journal entry {entry.kind} {entry.ref} names no order")
        bought = sum(by_account.get(account, 0) for account in (Account.BUYER_ESCROW, Account.REFUNDS_DUE, Account.DISPUTES))
        lines.append(
            StatementLine(
                entry=entry,
                kind=kind,
                order_id=entry.order_id,
                order_number=entry.order_number,
                completed_at=entry.at,
                currency=entry.postings.all()[0].currency,
                sales_minor=bought,
                commission_minor=-by_account.get(Account.COMMISSION_INCOME, 0),
                reversed_minor=by_account.get(Account.RAIL_CLEARING, 0),
                fees_minor=by_account[Account.MERCHANT_PAYABLE] if kind == StatementLine.Kind.FEE else 0,
            )
        )
    return lines
