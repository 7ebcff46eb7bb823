"""The operator settles: a statement per merchant over orders that have waited long enough. A second run pays nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from marketplace.flows.events import StatementIssued
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.errors import NothingToSettle
from marketplace.platform.ledger.models import (
    Account,
    JournalEntry,
    Statement,
    StatementLine,
)
from tenants.tenancy.models import Market, Merchant


@dataclass(frozen=True)
class Due:
    """What a merchant would get if settled now."""

    merchant: Merchant
    orders: int
    sales: Money
    commission: Money
    first: datetime
    last: datetime

    @property
    def payout(self) -> Money:
        return self.sales - self.commission


def settle_until() -> datetime:
    """Orders completed up to this moment have waited long enough."""
    return clock.now() - timedelta(days=Market.objects.get().settle_days)


def preview() -> list[Due]:
    """What a run would settle now, by merchant. Two queries."""
    currency = Market.objects.get().currency
    rows = list(
        OrderCopy.objects.filter(completed_at__lte=settle_until(), settled_at=None)
        .values("merchant_id")
        .annotate(orders=Count("id"), sales=Sum("total_minor"), kept=Sum("commission_minor"), first=Min("completed_at"), last=Max("completed_at"))
        .order_by("merchant_id")
    )
    merchants = Merchant.objects.in_bulk([row["merchant_id"] for row in rows])
    return [
        Due(merchants[row["merchant_id"]], row["orders"], Money(row["sales"], currency), Money(row["kept"], currency), row["first"], row["last"])
        for row in rows
    ]


@verb
def settle(*, by: Actor, merchant_ids: Sequence[UUID]) -> list[Statement]:
    """Settle these merchants, each in a transaction of its own. Raises NothingToSettle when none has anything due."""
    until = settle_until()
    statements = [statement for merchant_id in merchant_ids if (statement := _settle_one(by, merchant_id, until))]
    if not statements:
        raise NothingToSettle
    return statements


def _settle_one(by: Actor, merchant_id: UUID, until: datetime) -> Statement | None:
    with transaction.atomic():
        due = list(
            OrderCopy.objects.select_for_update(of=("self",))
            .filter(merchant_id=merchant_id, completed_at__lte=until, settled_at=None)
            .order_by("completed_at", "pk")
        )
        if not due:
            return None
        market, now = Market.objects.get(), clock.now()
        sales = Money.sum((copy.total for copy in due), market.currency)
        commission = Money.sum((copy.commission for copy in due), market.currency)
        payout = sales - commission
        statement = Statement.objects.create(
            number=free_number(Statement.objects, now, market.tz),
            merchant_id=merchant_id,
            until=until,
            currency=market.currency,
            sales_minor=sales.minor,
            commission_minor=commission.minor,
            payout_minor=payout.minor,
        )
        entries = {entry.ref: entry for entry in JournalEntry.objects.filter(kind="order_completed", ref__in=[copy.number for copy in due])}
        StatementLine.objects.bulk_create(
            [
                StatementLine(
                    statement=statement,
                    entry=entries[copy.number],
                    order_id=copy.pk,
                    order_number=copy.number,
                    completed_at=copy.completed_at or until,
                    currency=copy.currency,
                    sales_minor=copy.total_minor,
                    commission_minor=copy.commission_minor,
                )
                for copy in due
            ]
        )
        OrderCopy.objects.filter(pk__in=[copy.pk for copy in due]).update(settled_at=now)
        post(
            by=by,
            kind="statement",
            ref=statement.number,
            sides=[debit(Account.MERCHANT_PAYABLE, payout, merchant_id), credit(Account.PAYOUT_CLEARING, payout)],
        )
        audit(
            by=by,
            action="statement.issued",
            subject="statement",
            subject_id=statement.number,
            merchant_id=merchant_id,
            after={"orders": len(due), "payout": payout.minor},
        )
        record(StatementIssued(merchant_id=merchant_id, statement_id=statement.pk))
    return statement
