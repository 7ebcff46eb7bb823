"""Which rule holds when, which periods wait to be evaluated, and which shops."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.platform.evaluations.grades import Period, bounds, next_month, next_quarter, period_from
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from tenants.tenancy.models import Merchant

E = EvaluationRule.Every
MOST_MONTHS = 6  # so far back a period is still evaluated, where nothing ran meanwhile
# What a form begins with: limits for A, B and C; shares per ten thousand, ratings in hundredths of a star.
PROPOSED = {"in_time": [9_800, 9_500, 9_000], "returns": [100, 300, 600], "rating": [460, 420, 380]}


def rule_on(day: date) -> EvaluationRule | None:
    """The rule that holds for a period that begins on this day."""
    return EvaluationRule.objects.filter(first_day__lte=day).order_by("-at", "-pk").first()


def newest_rule() -> EvaluationRule | None:
    """The last one that was set, whether it has begun or not."""
    return EvaluationRule.objects.order_by("-at", "-pk").first()


def begins_next(every: str, today: date) -> date:
    """The first day of the next period, at which a new rule begins: no period is cut, neither of the old rule nor of the new."""
    now = rule_on(today)
    return next_quarter(today) if E.QUARTER in (every, now.every if now else "") else next_month(today)


def period_of(first: date) -> Period | None:
    """The period that begins on a day, by the rule that holds then."""
    rule = rule_on(first)
    return None if rule is None or rule.every == E.NEVER else period_from(first, is_quarter=rule.every == E.QUARTER)


def periods_over(now: datetime, zone: ZoneInfo) -> list[Period]:
    """The periods whose time to be evaluated has come, newest first."""
    month = now.astimezone(zone).date().replace(day=1)
    found = []
    for _n in range(MOST_MONTHS):
        period = period_of(month)
        if period and bounds(period, zone)[2] <= now:
            found.append(period)
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return found


def shops_of(period: Period, zone: ZoneInfo) -> QuerySet[Merchant]:
    """Who was open before the period began and has not closed for good; the market's own shops, too."""
    first, _end, _look = bounds(period, zone)
    return Merchant.objects.filter(Q(opened_at__lte=first), closed_at=None).exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED])


def shops_waiting(period: Period, zone: ZoneInfo) -> QuerySet[Merchant]:
    """Those of them that have no evaluation of this period yet."""
    return shops_of(period, zone).exclude(Exists(Evaluation.objects.filter(merchant=OuterRef("pk"), first_day=period.first)))
