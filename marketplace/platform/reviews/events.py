from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ReviewWritten(Event):
    """A buyer said something of goods that have arrived."""

    topic = "review.written"
    merchant_id: UUID
    review_id: UUID


@dataclass(frozen=True)
class ReviewAnswered(Event):
    """The shop answered a review."""

    topic = "review.answered"
    merchant_id: UUID
    review_id: UUID


@dataclass(frozen=True)
class ShopScoreMoved(Event):
    """What buyers may expect of a shop has moved by a tenth of a star, or by several."""

    topic = "shop.score_moved"
    merchant_id: UUID


@dataclass(frozen=True)
class QuestionAsked(Event):
    """Somebody asks about a product."""

    topic = "question.asked"
    merchant_id: UUID
    question_id: UUID


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """The shop, or somebody who has bought the product, answered a question."""

    topic = "question.answered"
    merchant_id: UUID
    question_id: UUID
    answer_id: UUID
