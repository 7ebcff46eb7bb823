"""The journal: verbs. Nothing else writes postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.models import (
    Account,
    CommissionRule,
    JournalEntry,
    Payout,
    Posting,
    Statement,
)
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.models import Merchant
from tenants.tenancy.own import check_not_own

SET_COMMISSION = "commission.set"  # the kind of request for two people


@dataclass(frozen=True)
class Side:
    """One side of an entry; a positive amount is a debit."""

    account: Account
    amount: Money
    merchant_id: UUID | None = None


def debit(account: Account, amount: Money, merchant_id: UUID | None = None) -> Side:
    return Side(account, amount, merchant_id)


def credit(account: Account, amount: Money, merchant_id: UUID | None = None) -> Side:
    return Side(account, -amount, merchant_id)


class Unbalanced(ValueError):
    """Debits and credits differ: always a defect. The database refuses it too."""


@verb
def post(*, by: Actor, kind: str, ref: str, sides: Sequence[Side], order_id: UUID | None = None, order_number: str = "") -> JournalEntry:
    """Post a balanced entry, once per (kind, ref): the second call returns the first entry. Sides of zero are left out.

    An entry that moves one order's money names it.

    Raises Unbalanced unless debits equal credits in each currency.
    """
    totals: dict[str, int] = {}
    for side in sides:
        totals[side.amount.currency] = totals.get(side.amount.currency, 0) + side.amount.minor
    if any(totals.values()):
        raise Unbalanced(f"{kind} {ref}: {totals}")
    with transaction.atomic():
        entry = JournalEntry(kind=kind, ref=ref, order_id=order_id, order_number=order_number)
        JournalEntry.objects.bulk_create([entry], ignore_conflicts=True)
        stored = JournalEntry.objects.get(kind=kind, ref=ref)
        if stored.pk == entry.pk:
            Posting.objects.bulk_create(
                [
                    Posting(entry=stored, account=side.account, merchant_id=side.merchant_id, currency=side.amount.currency, amount_minor=side.amount.minor)
                    for side in sides
                    if side.amount
                ]
            )
    return stored


@verb
def set_commission(*, by: Actor, rate: Decimal, merchant_id: UUID | None = None, category_id: int | None = None, why: str = "") -> CommissionRule:
    """From now on. Orders that are placed keep the rate they were placed with. Raises InvalidInput, MerchantUnknown, for what is not there,
    and SecondPersonNeeded.

    A rule whose merchant or category is not there is refused, and never read as one for all; so is one for both, which would be read
    as one for the whole shop.
    """
    needs_two(by, SET_COMMISSION)
    check_commission(rate, merchant_id, category_id)
    with transaction.atomic():
        of: dict[str, Any] = {"merchant_id": merchant_id, "category_id": category_id}
        former = commission_rule(merchant_id, category_id)
        rule = CommissionRule.objects.create(rate=rate, since=clock.now(), **of)
        audit(
            by=by,
            action="commission.set",
            subject="commission_rule",
            subject_id=rule.pk,
            merchant_id=merchant_id,
            before={"rate": former.rate} if former else None,
            after={"rate": rate, "category": category_id},
            why=why,
        )
    return rule


def commission_rule(merchant_id: UUID | None, category_id: int | None) -> CommissionRule | None:
    """The rule in force for just this: a shop, a category, or, with neither, all."""
    of: dict[str, Any] = {"merchant_id": merchant_id, "category_id": category_id}
    return CommissionRule.objects.filter(**of).order_by("-since", "-pk").first()


def check_commission(rate: Decimal, merchant_id: UUID | None, category_id: int | None) -> None:
    """Raises InvalidInput, MerchantUnknown, NotForOwnShops."""
    if not 0 <= rate < 1:
        raise InvalidInput(field="rate", why=_("A commission is 0 % or more, and below 100 %."))
    if merchant_id is not None and not Merchant.objects.filter(pk=merchant_id).exists():
        raise MerchantUnknown
    if merchant_id is not None:
        check_not_own(merchant_id)
    if category_id is not None and not Category.objects.filter(pk=category_id, merged_into=None).exists():
        raise InvalidInput(field="category", why=_("Choose a category."))
    if merchant_id is not None and category_id is not None:
        raise InvalidInput(field="category", why=_("Choose a shop or a category, not both: the shop's own rate comes before its categories'."))


@verb
def open_payout(*, by: Actor, statement: Statement, n: int, rail: str = "bank") -> Payout:
    """A statement's money waits to be paid; `n` counts from 1 and rises when the bank sent the former one back.

    Opened by a person it waits, besides, until two people release it.
    """
    return Payout.objects.create(
        rail=rail,
        statement=statement,
        merchant_id=statement.merchant_id,
        n=n,
        key=f"po:{statement.pk}:{n}",
        currency=statement.currency,
        amount_minor=statement.payout_minor,
        released_at=None if by.kind == "person" else clock.now(),
    )
