"""Evaluations: setting by which limits shops are graded, and saying what follows from a grade. Counting is in flows/evaluate_shops.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.evaluations.errors import DecidedBefore
from marketplace.platform.evaluations.events import EvaluationDecided
from marketplace.platform.evaluations.grades import MOST_STARS, WHOLE, is_high_good
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from marketplace.platform.evaluations.queries import PROPOSED, begins_next, newest_rule
from tenants.access.other_hands import check_other_hands
from tenants.tenancy.models import Market

MOST_NEEDED = 100_000
LETTERS = "abc"


def check_limits(limits: Mapping[str, Sequence[int]]) -> None:
    """Three of each figure, each less strict than the one before. Raises InvalidInput, naming the field `<figure>_<grade>`."""
    for name in PROPOSED:
        row, most = list(limits.get(name, [])), MOST_STARS if name == "rating" else WHOLE
        least = 100 if name == "rating" else 0
        if len(row) != len(LETTERS):
            raise InvalidInput(field=f"{name}_a", why=_("Give a limit for each of A, B and C."))
        for n, (letter, limit) in enumerate(zip(LETTERS, row, strict=True)):
            if not least <= limit <= most:
                raise InvalidInput(field=f"{name}_{letter}", why=_("This limit is outside of what the figure can be."))
            if n and not (limit < row[n - 1] if is_high_good(name) else limit > row[n - 1]):
                raise InvalidInput(field=f"{name}_{letter}", why=_("Each grade needs an easier limit than the one above it."))


@verb
def set_evaluation_rule(*, by: Actor, every: str, limits: Mapping[str, Sequence[int]], least_orders: int, least_reviews: int, why: str) -> EvaluationRule:
    """How shops are evaluated from the next period on; what runs or is over stays as it was announced. Raises InvalidInput, ReasonMissing."""
    check_reason(why, field="why")
    if every not in EvaluationRule.Every.values:
        raise InvalidInput(field="every", why=_("Choose how often shops are evaluated."))
    check_limits(limits)
    for name, needed in (("least_orders", least_orders), ("least_reviews", least_reviews)):
        if not 1 <= needed <= MOST_NEEDED:
            raise InvalidInput(field=name, why=_("Choose from {least} to {most}.").format(least=1, most=MOST_NEEDED))
    with transaction.atomic():
        market = Market.objects.select_for_update().get()  # two rules at once would each hold to be the latest
        former = newest_rule()
        row = EvaluationRule.objects.create(
            every=every,
            first_day=begins_next(every, clock.day_of(clock.now(), market.tz)),
            limits={name: list(limits[name]) for name in PROPOSED},
            least_orders=least_orders,
            least_reviews=least_reviews,
            reason=why.strip()[:500],
            by_label=by.label,
            at=clock.now(),
        )
        audit(by=by, action="evaluation.rule_set", subject="evaluation_rule", subject_id=row.pk, before=_told(former), after=_told(row), why=why)
    return row


def _told(row: EvaluationRule | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {"every": row.every, "from": row.first_day.isoformat(), "limits": row.limits, "orders": row.least_orders, "reviews": row.least_reviews}


@verb
def decide_evaluation(*, by: Actor, evaluation_id: UUID, consequence: str, remark: str) -> Evaluation:
    """Say once what follows from it, in words the shop reads. Raises NotFound, DecidedBefore, InvalidInput, ReasonMissing, OwnHands."""
    check_reason(remark, field="remark")
    if consequence not in Evaluation.Consequence.values:
        raise InvalidInput(field="consequence", why=_("Choose what follows from it."))
    with transaction.atomic():
        row = Evaluation.objects.select_for_update().filter(pk=evaluation_id).first()
        if row is None:
            raise NotFound
        check_other_hands(by, row.merchant_id)
        if row.decided_at is not None:
            raise DecidedBefore
        row.consequence, row.remark, row.decided_by, row.decided_at = consequence, remark.strip()[:500], by.label, clock.now()
        row.save(update_fields=["consequence", "remark", "decided_by", "decided_at"])
        audit(
            by=by,
            action="evaluation.decided",
            subject="evaluation",
            subject_id=row.pk,
            merchant_id=row.merchant_id,
            before={"consequence": None},
            after={"consequence": consequence, "grade": row.grade, "first_day": row.first_day.isoformat()},
            why=remark,
        )
        record(EvaluationDecided(merchant_id=row.merchant_id, evaluation_id=row.pk, consequence=consequence))
    return row
