"""Who may get which evaluation."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from marketplace.kernel.errors import NotFound
from marketplace.platform.evaluations.models import Evaluation


def evaluation_for_operator(evaluation_id: UUID) -> Evaluation:
    """Raises NotFound."""
    found = Evaluation.objects.filter(pk=evaluation_id).select_related("merchant", "rule").first()
    if found is None:
        raise NotFound
    return found


def evaluations_of_merchant(merchant_id: UUID) -> QuerySet[Evaluation]:
    """The merchant's own, newest first."""
    return Evaluation.objects.filter(merchant_id=merchant_id).order_by("-first_day", "-pk")
