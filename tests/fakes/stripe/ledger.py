"""Balance transactions. Balances are their sums; what is available depends on the clock."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.fakes.stripe.errors import Refusal, invalid
from tests.fakes.stripe.world import World, type_object

# What each type is called in reports. Source: docs.stripe.com/reports/reporting-categories
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "topup": "topup",
}


def book(
    world: World,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    *,
    account: str | None = None,
    fee: int = 0,
    fee_name: str = "Stripe processing fees",
    available_on: int | None = None,
    category: str | None = None,
    description: str | None = None,
) -> type_object:
    """Write one balance transaction: `amount` gross and signed, `fee` taken off it (negative: given back)."""
    details: list[dict[str, Any]] = []
    if fee:
        details.append({"amount": fee, "application": None, "currency": currency, "description": fee_name, "type": "stripe_fee"})
    return world.make(
        "txn",
        "balance_transaction",
        account=account,
        amount=amount,
        available_on=world.now() if available_on is None else available_on,
        balance_type="payments",
        currency=currency,
        description=description,
        exchange_rate=None,
        fee=fee,
        fee_details=details,
        net=amount - fee,
        reporting_category=category or CATEGORIES[kind],
        source=source,
        type=kind,
    )


def sums(world: World, account: str) -> tuple[dict[str, int], dict[str, int]]:
    """Available and pending, by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    for row in world.all("balance_transaction", account):
        (available if row["available_on"] <= world.now() else pending)[row["currency"]] += row["net"]
    return available, pending


def available(world: World, account: str, currency: str) -> int:
    return sums(world, account)[0].get(currency, 0)


def balance(world: World, account: str) -> type_object:
    ready, pending = sums(world, account)
    currencies = sorted({*ready, *pending} or {"usd"})

    def amounts(of: dict[str, int]) -> list[dict[str, Any]]:
        return [{"amount": of.get(one, 0), "currency": one, "source_types": {"card": of.get(one, 0)}} for one in currencies]

    return {"object": "balance", "available": amounts(ready), "livemode": False, "pending": amounts(pending)}


def insufficient(what: str = "Insufficient funds in Stripe account.") -> Refusal:
    return invalid(f"{what} You can use the /v1/balance endpoint to view your Stripe balance.", code="balance_insufficient")


def fee_for(world: World, amount: int) -> int:
    """The processing fee, rounded half up."""
    return (amount * world.terms.fee_basis_points + 5_000) // 10_000 + world.terms.fee_fixed


ZERO_DECIMALS = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"}
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "cny": "CN¥"}


def spelled(amount: int, currency: str) -> str:
    """For messages and pages: €12.50, 12.50 CHF."""
    digits = f"{amount:,}" if currency in ZERO_DECIMALS else f"{amount // 100:,}.{amount % 100:02d}"
    return f"{SIGNS[currency]}{digits}" if currency in SIGNS else f"{digits} {currency.upper()}"
