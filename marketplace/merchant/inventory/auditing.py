"""What is told in the log of stocktakes and of orders from suppliers: both are known by their number."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.merchant.inventory.models import Restock, Stocktake
from tenants.tenancy.schemas import current_merchant_id


def stock_audit(by: Actor, row: Stocktake | Restock, action: str, before: Mapping[str, object] | None, after: Mapping[str, object], why: str = "") -> None:
    audit(
        by=by,
        action=action,
        subject="stocktake" if isinstance(row, Stocktake) else "restock",
        subject_id=row.number,
        merchant_id=current_merchant_id(),
        before=dict(before) if before else None,
        after=dict(after),
        why=why.strip(),
    )
