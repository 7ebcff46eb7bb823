"""Something said and asked about a product of merchant a, and the back offices' forms about it, filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from marketplace.merchant.catalogue.models import Product
from marketplace.platform.reviews.actions import Opinion, review_order
from marketplace.platform.reviews.asking import answer_question, ask_question
from tests import factories as make


@dataclass
class Said:
    review: UUID
    question: UUID
    answer: UUID


def say_and_ask(product: Product) -> Said:
    order = make.a_completed_group(("a", product, 1)).orders.get()
    by = make.acting(order.buyer)
    (review,) = review_order(by=by, key=uuid4(), order_id=order.pk, opinions=[Opinion(UUID(order.lines[0]["id"]), 2)])
    question = ask_question(by=by, question_id=uuid4(), listing_id=product.pk, text="Is it heavy?")
    return Said(review, question.pk, answer_question(by=by, question_id=question.pk, text="No").pk)


FORMS_ABOUT: dict[tuple[str, str], Callable[[Said], tuple[str, dict[str, Any]]]] = {
    ("workbench", "review-answer"): lambda said: (f"/reviews/{said.review}/answer/", {"text": "Thank you"}),
    ("workbench", "question-answer"): lambda said: (f"/questions/{said.question}/answer/", {"text": "Yes"}),
    ("console", "buyer-review-shown"): lambda said: (f"/buyer-reviews/{said.review}/shown/", {"then": "hide", "reason": "insults"}),
    ("console", "question-shown"): lambda said: (f"/questions/{said.question}/shown/", {"then": "hide", "reason": "an advertisement"}),
    ("console", "answer-shown"): lambda said: (f"/answers/{said.answer}/shown/", {"then": "hide", "reason": "a telephone number"}),
}
