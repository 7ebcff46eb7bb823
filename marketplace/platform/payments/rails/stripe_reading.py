"""What Stripe's objects say, in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.rails.port import Account, Moved, Movement, Notice, SeenDispute

MOST_LINES = 90
DISPUTE_STATES = {"won": "won", "lost": "lost", "warning_closed": "closed"}


def line_items(orders: list[OrderCopy], currency: str) -> list[dict[str, Any]]:
    """What stands on Stripe's page: each line, and the delivery of each shop; of very many lines a sum for each shop."""

    def item(name: str, unit_minor: int, quantity: int = 1) -> dict[str, Any]:
        return {"quantity": quantity, "price_data": {"currency": currency.lower(), "unit_amount": unit_minor, "product_data": {"name": name[:250]}}}

    if sum(len(order.lines) + 1 for order in orders) > MOST_LINES:
        return [item(order.merchant.name, order.total_minor) for order in orders]
    found = []
    for order in orders:
        found += [item(localised(line["titles"]).text, line["unit_minor"], line["quantity"]) for line in order.lines]
        if order.freight_minor:
            found.append(item(_("Delivery, {shop}").format(shop=order.merchant.name), order.freight_minor))
    return found


def failure_of(intent: Any) -> str:
    error = intent.last_payment_error if intent is not None else None
    return str(error.code or "")[:60] if error is not None else ""


def refund_state_of(found: Any) -> Moved:
    state = {"succeeded": "done", "failed": "failed", "canceled": "failed"}.get(found.status, "sent")
    why = (found.failure_reason or found.status) if state == "failed" else ""
    about = found.metadata["refund"] if found.metadata is not None and "refund" in found.metadata else ""
    return Moved(state, found.id, why, about, came_back=getattr(found, "failure_balance_transaction", None) is not None)


def dispute_of(found: Any) -> SeenDispute:
    """Money is gone while what was booked for it is below nought; its intent names our attempt."""
    due = found.evidence_details.due_by if found.evidence_details else None
    state = DISPUTE_STATES.get(found.status, "inquiry" if found.status.startswith("warning_") else "open")
    metadata = found.payment_intent.metadata if found.payment_intent is not None else None
    return SeenDispute(
        ref=found.id,
        charge_ref=found.charge,
        attempt=metadata["attempt"] if metadata is not None and "attempt" in metadata else "",
        state=state,
        amount=Money(found.amount, found.currency.upper()),
        reason=found.reason or "",
        is_withdrawn=sum(part.amount for part in found.balance_transactions) < 0,
        answer_by=datetime.fromtimestamp(due, UTC) if due else None,
    )


def account_of(found: Any) -> Account:
    transfers = found.capabilities.transfers if found.capabilities is not None and hasattr(found.capabilities, "transfers") else "inactive"
    due = list(found.requirements.currently_due or []) if found.requirements is not None else []
    return Account(found.id, transfers == "active" and bool(found.payouts_enabled), bool(found.details_submitted), ", ".join(due)[:200], _owner(found))


def _owner(found: Any) -> str:
    """The company's name as Stripe was told it. What the business calls itself towards customers proves nothing: whoever fills in the form chooses it."""
    return str(getattr(getattr(found, "company", None), "name", None) or "")


def notice_of(event: Any) -> Notice:
    thing = event.data.object
    account = event.account if hasattr(event, "account") else ""
    return Notice(event.id, event.type, str(thing.id) if hasattr(thing, "id") else "", account or "")


def named(rows: Any, about: dict[str, str]) -> Any:
    """The row that carries our own name for it, or None."""
    (name, value), *_rest = about.items()
    for row in rows.auto_paging_iter():
        if row.metadata is not None and name in row.metadata and row.metadata[name] == value:
            return row
    return None


def movement_of(row: Any) -> Movement:
    currency = row.currency.upper()
    source = row.source if isinstance(row.source, str) else ""
    return Movement(row.id, row.type, source, Money(row.amount, currency), Money(row.fee, currency), datetime.fromtimestamp(row.created, UTC))
