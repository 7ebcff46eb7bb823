"""Shops are evaluated some days after a period is over: counted from the market's copies, graded by the limits of that period, and frozen.

What each figure means: docs/figures.md.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.states import Reason, ReturnStatus, is_shops_fault
from marketplace.platform.analytics.queries import PAID_WITHIN
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.evaluations.events import EvaluationMade
from marketplace.platform.evaluations.grades import Facts, Period, bounds, evaluated
from marketplace.platform.evaluations.models import Evaluation
from marketplace.platform.evaluations.queries import period_of, periods_over, rule_on, shops_of, shops_waiting
from marketplace.platform.reviews.models import BuyerReview
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Market

AT_A_TIME = 500  # shops a call of the duty asks for; the next one asks for more
FAULTS = [reason.value for reason in Reason if is_shops_fault(reason)]
CAME_TO_NOTHING = (ReturnStatus.REFUSED, ReturnStatus.WITHDRAWN, ReturnStatus.CLOSED)


def ask_for_evaluations() -> None:
    """Duty: each shop that has no evaluation of a period whose days are over is evaluated by a worker."""
    market = Market.objects.first()
    if market is None:
        return
    with transaction.atomic():
        for period in periods_over(clock.now(), market.tz):
            for merchant_id in shops_waiting(period, market.tz).order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]:
                evaluate.request(merchant_id=merchant_id, first=period.first.isoformat())


@market_task
def evaluate(*, merchant_id: UUID | str, first: str) -> None:
    evaluate_shop(by=SYSTEM, merchant_id=UUID(str(merchant_id)), first=date.fromisoformat(first))


@verb
def evaluate_shop(*, by: Actor, merchant_id: UUID, first: date) -> Evaluation | None:
    """How the shop did in the period that begins on `first`; what is there stays. Safe to repeat; of two at once one does it.

    None where no such period is over, or the shop was not open before it began or has closed.
    """
    zone, period, rule = Market.objects.get().tz, period_of(first), rule_on(first)
    if made := Evaluation.objects.filter(merchant_id=merchant_id, first_day=first).first():
        return made
    if period is None or rule is None or bounds(period, zone)[2] > clock.now() or not shops_of(period, zone).filter(pk=merchant_id).exists():
        return None
    grade, figures = evaluated(facts_of(merchant_id, period, zone), rule.limits, least_orders=rule.least_orders, least_reviews=rule.least_reviews)
    try:
        with transaction.atomic():
            row = Evaluation.objects.create(
                merchant_id=merchant_id, rule=rule, first_day=period.first, last_day=period.last, figures=figures, grade=grade, made_at=clock.now()
            )
            after = {"first_day": period.first.isoformat(), "grade": grade, "orders": figures["orders"]}
            audit(by=by, action="evaluation.made", subject="evaluation", subject_id=row.pk, merchant_id=merchant_id, after=after)
            record(EvaluationMade(merchant_id=merchant_id, evaluation_id=row.pk))
    except IntegrityError:  # somebody else was faster
        return Evaluation.objects.get(merchant_id=merchant_id, first_day=first)
    return row


def facts_of(merchant_id: UUID, period: Period, zone: ZoneInfo) -> Facts:
    """What the copies say of a shop's period, as it stood when its days of waiting were over."""
    first, end, look = bounds(period, zone)
    near = OrderCopy.objects.filter(merchant_id=merchant_id, placed_at__gte=first - PAID_WITHIN, placed_at__lt=end)
    paid = near.filter(group__paid_at__gte=first, group__paid_at__lt=end)
    ending = Q(cancelled_at=None) | Q(cancelled_at__gte=look)
    due = list(paid.filter(ending, ship_by__lt=look).values_list("ship_by", "packages"))
    reviews = BuyerReview.objects.filter(merchant_id=merchant_id, is_shown=True, written_at__gte=first, written_at__lt=end)
    written = reviews.aggregate(n=Count("pk"), stars=Sum("stars"))
    return Facts(
        orders=paid.count(),
        due=len(due),
        in_time=sum(left_in_time(ship_by, packages) for ship_by, packages in due if ship_by),
        came_back=paid.filter(Exists(_faulty(look).filter(order=OuterRef("pk")))).count(),
        reviews=written["n"],
        stars=written["stars"] or 0,
    )


def left_in_time(ship_by: datetime, packages: list[dict[str, str]]) -> bool:
    """Whether the first parcel of an order left when it should."""
    left = [datetime.fromisoformat(package["shipped_at"]) for package in packages if package.get("shipped_at")]
    return bool(left) and min(left) <= ship_by


def _faulty(look: datetime) -> QuerySet[ReturnCopy]:
    """Returns for a fault of the shop's, without those that had come to nothing by then."""
    asked = ReturnCopy.objects.filter(reason__in=FAULTS, requested_at__lt=look)
    return asked.exclude(status__in=CAME_TO_NOTHING, ended_at__lt=look)
