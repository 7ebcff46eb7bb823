"""A month of a shop, led in days to come, and its evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from marketplace.flows.evaluate_shops import evaluate_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.evaluations.actions import set_evaluation_rule
from marketplace.platform.evaluations.grades import next_month
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from marketplace.platform.evaluations.queries import PROPOSED
from tenants.tenancy.models import Market
from tests.databases import MERCHANTS
from tests.flows.days import today

EASY = {"limits": PROPOSED, "least_orders": 1, "least_reviews": 1, "why": "as announced"}


def first_day() -> date:
    """Of the month the shops are graded for: after the market's world was made."""
    return next_month(today())


@contextmanager
def on(day: date, hour: int = 12) -> Iterator[None]:
    moment = datetime.combine(day, time(hour), Market.objects.get().tz)
    with clock.shifted(moment - clock.now()):
        yield


def announced(every: str = "month", **changed: object) -> EvaluationRule:
    """Set in the month before."""
    with on(first_day() - timedelta(days=3)):
        return set_evaluation_rule(by=SYSTEM, every=every, **(EASY | changed))


def look_day() -> date:
    """The first day on which the month may be evaluated."""
    return next_month(first_day()) + timedelta(days=7)


def graded(shop: str = "a") -> Evaluation | None:
    with on(look_day()):
        return evaluate_shop(by=SYSTEM, merchant_id=MERCHANTS[shop], first=first_day())


def an_evaluation(shop: str) -> Evaluation:
    if not EvaluationRule.objects.exists():
        announced()
    row = graded(shop)
    assert row is not None
    return row


def some_evaluations() -> list[Evaluation]:
    """One of each merchant, without a single order."""
    return [an_evaluation(shop) for shop in MERCHANTS]
