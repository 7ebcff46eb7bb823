"""How the demo's shops did: limits that were announced before the past began, the months that are over, and what the operator says to two of them."""

from __future__ import annotations

from datetime import timedelta

from demo.steps import operator
from marketplace.flows.evaluate_shops import evaluate_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.platform.evaluations.actions import decide_evaluation, set_evaluation_rule
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from marketplace.platform.evaluations.queries import PROPOSED, periods_over, shops_waiting
from tenants.tenancy.models import Market

BEFORE = timedelta(days=94)  # the shops are some hours older
PRAISE = "发货准时，退货少，请继续保持。"
WARNING = "发货经常晚于承诺时间，请在下个月改善；需要延长发货时间请先与招商经理商量。"


def evaluate_past(by: Actor) -> None:
    """Once, when the past has been made: each shop's months that are over."""
    if EvaluationRule.objects.exists():
        return
    with clock.shifted(-BEFORE):
        set_evaluation_rule(by=by, every="month", limits=PROPOSED, least_orders=10, least_reviews=5, why="运营标准第四条")
    zone = Market.objects.get().tz
    for period in periods_over(clock.now(), zone):
        for merchant_id in list(shops_waiting(period, zone).order_by("pk").values_list("pk", flat=True)):
            evaluate_shop(by=SYSTEM, merchant_id=merchant_id, first=period.first)
    graded = Evaluation.objects.order_by("-first_day", "pk")
    if best := graded.filter(grade="A").first():
        decide_evaluation(by=operator(), evaluation_id=best.pk, consequence="praise", remark=PRAISE)
    if late := next((row for row in graded if row.part("in_time")["grade"] == "D" and row.grade), None):
        decide_evaluation(by=operator(), evaluation_id=late.pk, consequence="warning", remark=WARNING)
