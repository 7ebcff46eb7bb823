"""What a shop's owners are told of its evaluations. Reactions: each runs once for an event."""

from __future__ import annotations

from marketplace.kernel.formats import full_day
from marketplace.platform.evaluations.events import EvaluationDecided, EvaluationMade
from marketplace.platform.evaluations.models import Evaluation
from marketplace.platform.notices.messages import worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.hosts import workbench_url

KINDS = {Evaluation.Consequence.PRAISE: "evaluation_praise", Evaluation.Consequence.WARNING: "evaluation_warning"}


def evaluation_made(event: EvaluationMade) -> None:
    """The owners hear the grade; where too few orders gave none, nobody is told."""
    row = _found(event)
    if row.grade:
        _tell(row, "evaluation_made")


def evaluation_decided(event: EvaluationDecided) -> None:
    """A warning or praise goes to the owners; that nothing follows stands in the workbench."""
    row = _found(event)
    if kind := KINDS.get(Evaluation.Consequence(row.consequence)):
        _tell(row, kind)


def _found(event: EvaluationMade | EvaluationDecided) -> Evaluation:
    return Evaluation.objects.select_related("merchant").get(pk=event.evaluation_id)


def _tell(row: Evaluation, kind: str) -> None:
    shop = row.merchant

    def facts() -> dict[str, str]:
        days = {"first": full_day(row.first_day), "last": full_day(row.last_day)}
        return {"name": shop.name, "grade": row.grade, **days} if kind == "evaluation_made" else {"name": shop.name, "reason": row.remark, **days}

    tell(staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk], lambda: worded(kind, facts(), link=workbench_url(shop, "/evaluations/")))
