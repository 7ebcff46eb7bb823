"""A shop's self-assessments beside each other, and how far it is, for its own pages and the operator's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marketplace.web.readiness.grid import by_stage, stage_now
from marketplace.web.readiness.items import items_of
from tenants.onboarding.models import Topic
from tenants.onboarding.self_checks import history, latest
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


@dataclass(frozen=True)
class Row:
    """A topic through time: its scores, the oldest first, and whether the last is above (1) or below (-1) the one before."""

    name: str
    scores: list[int]
    change: int


@dataclass(frozen=True)
class Trend:
    dates: list[datetime]
    rows: list[Row]


def trend_of(merchant_id: UUID, n: int) -> Trend | None:
    """The last `n` self-assessments; None where there is none."""
    rows = history(merchant_id, n)
    if not rows:
        return None
    found = []
    for topic in Topic:
        scores = [row.scores[topic.value] for row in rows]
        step = scores[-1] - scores[-2] if len(scores) > 1 else 0
        found.append(Row(str(topic.label), scores, (step > 0) - (step < 0)))
    return Trend([row.at for row in rows], found)


def readiness_of(merchant: Merchant) -> dict[str, Any]:
    """For the operator: how far a shop is, stage by stage, what is left where it stands now, and its last self-assessments."""
    with merchant_schema(merchant.pk):
        items = items_of(merchant)
    now = stage_now(items)
    return {
        "stages": by_stage(items),
        "now": now,
        "left": [item for item in now.items if not item.is_done],
        "done": sum(item.is_done for item in items),
        "total": len(items),
        "assessed": latest(merchant.pk),
        "trend": trend_of(merchant.pk, 4),
    }
