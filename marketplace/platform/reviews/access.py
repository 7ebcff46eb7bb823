"""Who may get which review and question."""

from __future__ import annotations

from uuid import UUID

from marketplace.platform.reviews.errors import QuestionUnknown, ReviewUnknown
from marketplace.platform.reviews.models import Answer, BuyerReview, Question


def locked_review(review_id: UUID, *, buyer_id: UUID | None = None, merchant_id: UUID | None = None, shown: bool = False) -> BuyerReview:
    """A review to change: the buyer's own, or one of the merchant's goods. Raises ReviewUnknown, also for somebody else's."""
    rows = BuyerReview.objects.select_for_update(of=("self",)).filter(pk=review_id)
    rows = rows.filter(buyer_id=buyer_id) if buyer_id else rows
    rows = rows.filter(merchant_id=merchant_id) if merchant_id else rows
    row = rows.filter(is_shown=True).first() if shown else rows.first()
    if row is None:
        raise ReviewUnknown
    return row


def locked_question(question_id: UUID, *, merchant_id: UUID | None = None, shown: bool = False) -> Question:
    """A question to change: any, or one about the merchant's goods. Raises QuestionUnknown, also for somebody else's."""
    rows = Question.objects.select_for_update(of=("self",)).filter(pk=question_id)
    rows = rows.filter(merchant_id=merchant_id) if merchant_id else rows
    row = rows.filter(is_shown=True).first() if shown else rows.first()
    if row is None:
        raise QuestionUnknown
    return row


def locked_answer(answer_id: UUID) -> Answer:
    """Raises QuestionUnknown."""
    row = Answer.objects.select_for_update(of=("self",)).select_related("question").filter(pk=answer_id).first()
    if row is None:
        raise QuestionUnknown
    return row
