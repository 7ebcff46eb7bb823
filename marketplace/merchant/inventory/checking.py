"""Whether the figures of stock agree with what they are made of: movements, and what is held for orders."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

AGREES = """
    WITH moved AS (SELECT level_id, sum(quantity) AS moved FROM merchant_inventory_stockmovement GROUP BY level_id),
    held AS (
        SELECT level_id,
            sum(quantity - shipped - released) FILTER (WHERE status = 'held') AS reserved,
            sum(quantity - shipped - released) FILTER (WHERE status = 'allocated') AS allocated
        FROM merchant_inventory_reservation WHERE status IN ('held', 'allocated') GROUP BY level_id
    )
    SELECT level.id, variant.sku, level.on_hand, coalesce(moved.moved, 0), level.reserved, coalesce(held.reserved, 0),
        level.allocated, coalesce(held.allocated, 0)
    FROM merchant_inventory_stocklevel AS level
    JOIN merchant_catalogue_variant AS variant ON variant.id = level.variant_id
    LEFT JOIN moved ON moved.level_id = level.id
    LEFT JOIN held ON held.level_id = level.id
    WHERE level.on_hand <> coalesce(moved.moved, 0) OR level.reserved <> coalesce(held.reserved, 0)
        OR level.allocated <> coalesce(held.allocated, 0)
    ORDER BY variant.sku, level.id
"""


@dataclass(frozen=True)
class Finding:
    """A level that does not agree: what it says, and what it is made of."""

    level_id: UUID
    sku: str
    on_hand: int
    moved: int
    reserved: int
    held_unpaid: int
    allocated: int
    held_paid: int

    def __str__(self) -> str:
        parts = [
            f"{name} {says}, {made}"
            for name, says, made, differs in (
                ("on hand", self.on_hand, f"its movements come to {self.moved}", self.on_hand != self.moved),
                ("reserved", self.reserved, f"unpaid orders hold {self.held_unpaid}", self.reserved != self.held_unpaid),
                ("allocated", self.allocated, f"paid orders hold {self.held_paid}", self.allocated != self.held_paid),
            )
            if differs
        ]
        return f"{self.sku} ({self.level_id}): {'; '.join(parts)}"


def findings() -> list[Finding]:
    """Every level of the open schema that does not agree; none is how it should be. In one statement, so that nothing moves meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(AGREES)
        return [Finding(level_id, sku, *map(int, numbers)) for level_id, sku, *numbers in cursor.fetchall()]
