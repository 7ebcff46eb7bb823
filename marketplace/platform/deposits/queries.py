"""How much is asked of whom, how deposits stand, and whether they agree with the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from marketplace.kernel.money import Money
from marketplace.platform.deposits.models import Deposit, DepositRule, DepositTerms
from marketplace.platform.ledger.models import Account, Posting
from marketplace.platform.listings.models import Listing
from tenants.onboarding.models import Application
from tenants.onboarding.standing import seller_of
from tenants.tenancy.models import Market, Merchant

Target = tuple[str, int | None, UUID | None]  # kind of seller, category, merchant
EVERYBODY: Target = ("", None, None)


@dataclass(frozen=True)
class Required:
    """How much, and by which rule; None: nothing is asked for."""

    amount: Money
    rule: DepositRule | None


def target_of(rule: DepositRule) -> Target:
    return rule.kind, rule.category_id, rule.merchant_id


def rules_in_force() -> dict[Target, DepositRule]:
    """The later of two for the same; those that were taken back are left out."""
    latest: dict[Target, DepositRule] = {}
    for rule in DepositRule.objects.select_related("category", "merchant").order_by("since", "pk"):
        latest[target_of(rule)] = rule
    return {target: rule for target, rule in latest.items() if rule.amount_minor is not None}


def is_asked_by_category() -> bool:
    """Whether how much a shop deposits depends on what it sells."""
    return any(rule.category_id and rule.amount_minor for rule in rules_in_force().values())


def rule_for(target: Target) -> DepositRule | None:
    """The rule in force for just this."""
    kind, category_id, merchant_id = target
    of: dict[str, Any] = {"kind": kind, "category_id": category_id, "merchant_id": merchant_id}
    rule = DepositRule.objects.filter(**of).order_by("-since", "-pk").first()
    return rule if rule is not None and rule.amount_minor is not None else None


def highest(rules: Iterable[DepositRule], kind: str, paths: Sequence[Sequence[int]]) -> DepositRule | None:
    """Of the general rules that fit such a seller of goods in these categories (paths from the root), the one that asks for most."""
    sold = {key for path in paths for key in path}
    fitting = [
        rule for rule in rules if rule.merchant_id is None and (not rule.kind or rule.kind == kind) and (rule.category_id is None or rule.category_id in sold)
    ]
    return max(fitting, key=lambda rule: rule.amount_minor or 0, default=None)


def required_of(merchant: Merchant) -> Required:
    """What is asked of a merchant now: nothing of one that closes, and nothing of the market's own."""
    nothing = Money.zero(Market.objects.get().currency)
    if merchant.is_own or merchant.status in (Merchant.Status.CLOSING, Merchant.Status.CLOSED):
        return Required(nothing, None)
    rules = rules_in_force()
    rule = rules.get(("", None, merchant.pk)) or highest(rules.values(), seller_of(merchant.pk)[0], _sold_by(merchant.pk))
    return Required(rule.amount if rule else nothing, rule)


def _sold_by(merchant_id: UUID) -> list[list[int]]:
    """The categories it said it would sell in, and those it does sell in."""
    said = Application.objects.filter(merchant_id=merchant_id).values_list("sells", flat=True).first() or []
    does = Listing.objects.filter(merchant_id=merchant_id, is_listed=True).order_by().values_list("category__path", flat=True).distinct()
    return [*said, *does]


def terms() -> DepositTerms:
    return DepositTerms.objects.first() or DepositTerms()


def deposit_of(merchant_id: UUID) -> Deposit:
    """As it stands; an empty one for a merchant of whom nothing was ever asked."""
    return Deposit.objects.filter(pk=merchant_id).first() or Deposit(merchant_id=merchant_id, currency=Market.objects.get().currency)


def reference_of(merchant: Merchant) -> str:
    """What a merchant writes on its transfer, so that the operator knows whose money it is."""
    return f"BZJ{merchant.ordinal:06d}"


def off_the_journal() -> list[tuple[UUID, int, int]]:
    """(merchant, held as copied, held by the journal) of deposits where the two differ: always empty, or something is broken."""
    sums = Posting.objects.filter(account=Account.MERCHANT_DEPOSIT).values_list("merchant_id").annotate(sum=Sum("amount_minor"))
    booked = {merchant_id: -total for merchant_id, total in sums}
    kept = dict(Deposit.objects.values_list("merchant_id", "held_minor"))
    return [(key, kept.get(key, 0), booked.get(key, 0)) for key in sorted({*kept, *booked}) if kept.get(key, 0) != booked.get(key, 0)]
