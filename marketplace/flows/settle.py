"""The operator settles: a statement per merchant over orders that have waited long enough. A second run pays nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from marketplace.flows.events import StatementIssued
from marketplace.flows.transfer_out import payout_rail, send_by_rail
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import credit, debit, open_payout, post
from marketplace.platform.ledger.errors import NothingToSettle
from marketplace.platform.ledger.models import (
    Account,
    JournalEntry,
    Payout,
    Posting,
    SettlementRun,
    Statement,
    StatementLine,
)
from marketplace.platform.ledger.queries import closing_of, lines_from_journal
from tenants.tenancy.models import Market, Merchant

SALE, REFUND, CHARGED_BACK, REVERSED = "order_completed", "order_refunded", "order_charged_back", "transfer_reversed"
SETTLED_KINDS = (SALE, REFUND, CHARGED_BACK, REVERSED)
FEE = "fee"  # of no order: settled when it is as old as an order has to be
EARNED = (Account.MERCHANT_PAYABLE, Account.OWN_SALES)  # of a shop that is paid, and of the market's own


@dataclass(frozen=True)
class Due:
    """What a merchant would get if settled now."""

    merchant: Merchant
    orders: int
    opening: Money
    sales: Money
    refunds: Money
    commission: Money
    commission_returned: Money
    reversed: Money
    fees: Money
    first: datetime
    last: datetime

    @property
    def net(self) -> Money:
        return self.opening + self.sales - self.refunds - self.commission + self.commission_returned + self.reversed - self.fees

    @property
    def payout(self) -> Money:
        """What is paid out: nothing while the merchant owes more than it earned, and nothing to the market's own shop."""
        nothing = Money.zero(self.net.currency)
        return nothing if self.merchant.is_own else max(self.net, nothing)

    @property
    def kept(self) -> Money:
        """What stays with the market: all that its own shop sold, less what went back."""
        return self.net if self.merchant.is_own else Money.zero(self.net.currency)


def settle_until() -> datetime:
    """Orders completed up to this moment have waited long enough."""
    return clock.now() - timedelta(days=Market.objects.get().settle_days)


def releasable(until: datetime) -> QuerySet[OrderCopy]:
    """Orders whose money may be settled: complete since long enough and in no return, or settled before (what went back since).

    Never those whose payment is disputed.
    """
    return OrderCopy.objects.filter(Q(settled_at__isnull=False) | Q(completed_at__lte=until, open_returns=0), is_disputed=False)


def _may_be_settled(until: datetime) -> Q:
    """Of postings: those of orders that may be, and fees up to then."""
    of_orders = Q(entry__kind__in=SETTLED_KINDS, entry__order_id__in=releasable(until).values("pk"))
    return of_orders | Q(entry__kind=FEE, entry__at__lte=until)


def held_back(until: datetime) -> dict[UUID, int]:
    """Merchant id → orders that would be settled were they not in a return, or disputed."""
    held = OrderCopy.objects.filter(Q(open_returns__gt=0) | Q(is_disputed=True), completed_at__lte=until, settled_at=None)
    return dict(held.values_list("merchant_id").annotate(n=Count("id")))


def preview(until: datetime | None = None) -> list[Due]:
    """What a run until then would settle, by merchant. Four queries."""
    currency = Market.objects.get().currency
    until = min(until or settle_until(), settle_until())
    postings = Posting.objects.filter(
        account__in=[*EARNED, Account.COMMISSION_INCOME],
        merchant__isnull=False,
        currency=currency,
        entry__statement_line=None,
    ).filter(_may_be_settled(until))
    sums: dict[UUID, dict[tuple[str, str], int]] = {}
    spans: dict[UUID, tuple[datetime, datetime]] = {}
    counts: dict[UUID, int] = {}
    for row in postings.values("merchant_id", "account", "entry__kind").annotate(
        sum=Sum("amount_minor"), first=Min("entry__at"), last=Max("entry__at"), orders=Count("entry__order_id", distinct=True)
    ):
        key = row["merchant_id"]
        sums.setdefault(key, {})[(row["entry__kind"], row["account"])] = -row["sum"]
        first, last = spans.get(key, (row["first"], row["last"]))
        spans[key] = min(first, row["first"]), max(last, row["last"])
        if row["entry__kind"] == SALE and row["account"] in EARNED:
            counts[key] = row["orders"]
    merchants = Merchant.objects.in_bulk(list(sums))
    openings = closing_of(list(sums))

    def due(key: UUID) -> Due:
        def of(kind: str, *accounts: Account) -> Money:
            return Money(sum(sums[key].get((kind, account.value), 0) for account in accounts), currency)

        commission = of(SALE, Account.COMMISSION_INCOME)
        returned = -(of(REFUND, Account.COMMISSION_INCOME) + of(CHARGED_BACK, Account.COMMISSION_INCOME))
        sales = of(SALE, *EARNED) + commission
        refunds = -(of(REFUND, *EARNED) + of(CHARGED_BACK, *EARNED)) + returned
        opening = Money(openings.get(key, 0), currency)
        reversed, fees = of(REVERSED, *EARNED), -of(FEE, *EARNED)
        return Due(merchants[key], counts.get(key, 0), opening, sales, refunds, commission, returned, reversed, fees, *spans[key])

    return [due(key) for key in sorted(sums)]


@verb
def settle(*, by: Actor, run_id: UUID, merchant_ids: Sequence[UUID], until: datetime | None = None) -> SettlementRun:
    """Settle these merchants, each in a transaction of its own; the same `run_id` goes on where a former call stopped.

    The market's own shop gets a statement too, and no payout: its sales are income already. Raises NothingToSettle when none has anything due.
    """
    until = min(until or settle_until(), settle_until())
    for merchant_id in sorted(set(merchant_ids)):
        _settle_one(by, run_id, merchant_id, until)
    run = SettlementRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NothingToSettle
    return run


def _settle_one(by: Actor, run_id: UUID, merchant_id: UUID, until: datetime) -> Statement | None:
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()  # two runs follow each other
        if merchant is None:
            return None
        market, now = Market.objects.get(), clock.now()
        entries = _due_entries(merchant_id, until)
        if not entries:
            return None
        lines = lines_from_journal(entries)
        opening = closing_of([merchant_id]).get(merchant_id, 0)
        statement = _write_statement(by, _run(by, run_id, until), merchant, opening, lines, market)
        orders = [line.order_id for line in lines if line.kind == StatementLine.Kind.SALE and line.order_id]
        OrderCopy.objects.filter(pk__in=orders).update(settled_at=now)
        if statement.payout_minor:
            post(
                by=by,
                kind="statement",
                ref=statement.number,
                sides=[debit(Account.MERCHANT_PAYABLE, statement.payout, merchant_id), credit(Account.PAYOUT_CLEARING, statement.payout)],
            )
            payout: Payout = open_payout(by=by, statement=statement, n=1, rail=payout_rail(merchant_id))
            send_by_rail(by=by, payout_id=payout.pk)
        record(StatementIssued(merchant_id=merchant_id, statement_id=statement.pk))
    return statement


def _due_entries(merchant_id: UUID, until: datetime) -> list[JournalEntry]:
    """Entries that move what this merchant is owed, or what the market's own shop earned, are on no statement, and may be settled. Their orders are locked."""
    mine = Posting.objects.filter(account__in=EARNED, merchant_id=merchant_id, entry__kind__in=SETTLED_KINDS, entry__statement_line=None)
    wanted = releasable(until).filter(merchant_id=merchant_id, pk__in=mine.values("entry__order_id"))
    locked = [copy.pk for copy in wanted.order_by("pk").select_for_update(of=("self",))]
    fees = Posting.objects.filter(account=Account.MERCHANT_PAYABLE, merchant_id=merchant_id, entry__kind=FEE, entry__statement_line=None, entry__at__lte=until)
    found = JournalEntry.objects.filter(Q(pk__in=mine.filter(entry__order_id__in=locked).values("entry_id")) | Q(pk__in=fees.values("entry_id")))
    return list(found.prefetch_related("postings").order_by("at", "pk"))


def _run(by: Actor, run_id: UUID, until: datetime) -> SettlementRun:
    market = Market.objects.get()
    number = free_number(SettlementRun.objects, clock.now(), market.tz)
    run, _made = SettlementRun.objects.get_or_create(pk=run_id, defaults={"number": number, "until": until, "by_label": by.label})
    return run


def _write_statement(by: Actor, run: SettlementRun, merchant: Merchant, opening: int, lines: list[StatementLine], market: Market) -> Statement:
    sales = [line for line in lines if line.kind == StatementLine.Kind.SALE]
    refunds = [line for line in lines if line.kind in (StatementLine.Kind.REFUND, StatementLine.Kind.CHARGEBACK)]
    total = opening + sum(line.sales_minor - line.commission_minor + line.reversed_minor - line.fees_minor for line in lines)
    statement = Statement.objects.create(
        number=free_number(Statement.objects, clock.now(), market.tz),
        run=run,
        merchant=merchant,
        until=run.until,
        currency=market.currency,
        opening_minor=opening,
        sales_minor=sum(line.sales_minor for line in sales),
        refunds_minor=-sum(line.sales_minor for line in refunds),
        commission_minor=sum(line.commission_minor for line in sales),
        commission_returned_minor=-sum(line.commission_minor for line in refunds),
        reversed_minor=sum(line.reversed_minor for line in lines),
        fees_minor=sum(line.fees_minor for line in lines),
        payout_minor=0 if merchant.is_own else max(total, 0),
        closing_minor=0 if merchant.is_own else min(total, 0),
        kept_minor=total if merchant.is_own else 0,
    )
    for line in lines:
        line.statement = statement
    StatementLine.objects.bulk_create(lines)
    audit(
        by=by,
        action="statement.issued",
        subject="statement",
        subject_id=statement.number,
        merchant_id=merchant.pk,
        after={"lines": len(lines), "payout": statement.payout_minor, "closing": statement.closing_minor}
        | ({"kept": statement.kept_minor} if merchant.is_own else {}),
    )
    return statement
