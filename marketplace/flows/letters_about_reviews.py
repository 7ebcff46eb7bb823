"""What shops and buyers are told of reviews, questions and answers. Reactions: each runs once for an event."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.events import OrderCompleted
from marketplace.kernel import clock
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.texts import localised
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.messages import NEWS_FOR, Message, worded
from marketplace.platform.notices.telling import tell
from marketplace.platform.reviews.events import QuestionAnswered, QuestionAsked, ReviewAnswered, ReviewWritten
from marketplace.platform.reviews.models import Answer, BuyerReview, Question
from marketplace.platform.reviews.queries import to_review
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.hosts import market_url, workbench_url

BAD = 2  # stars, or fewer: the shop is told at once
REMINDER, REMIND_AFTER = "order.review", timedelta(days=5)


def review_written(event: ReviewWritten) -> None:
    """The shop looks after whoever is not content; all reviews stand in its list."""
    review = BuyerReview.objects.select_related("listing", "merchant").get(pk=event.review_id)
    if review.stars > BAD or review.answered_at:
        return
    people = staff_with([review.merchant_id], Right.ANSWER_BUYERS)[review.merchant_id]

    def compose() -> Message:
        facts = {
            "stars": ngettext("{n} star", "{n} stars", review.stars).format(n=review.stars),
            "product": review.listing.title.text,
            "text": f"“{review.text}”" if review.text else _("They wrote nothing beside it."),
        }
        return worded("bad_review", facts, link=workbench_url(review.merchant, "/reviews/?show=unanswered"))

    tell(people, compose)


def question_asked(event: QuestionAsked) -> None:
    """Somebody waits for the shop's answer."""
    question = Question.objects.select_related("listing", "merchant").get(pk=event.question_id)
    if question.answered_at:
        return
    people = staff_with([question.merchant_id], Right.ANSWER_BUYERS)[question.merchant_id]
    link = workbench_url(question.merchant, "/questions/?show=unanswered")
    tell(people, lambda: worded("question_asked", {"product": question.listing.title.text, "text": question.text}, link=link))


def review_answered(event: ReviewAnswered) -> None:
    """The shop answered the buyer."""
    review = BuyerReview.objects.select_related("listing", "merchant", "buyer").get(pk=event.review_id)
    link = market_url(f"/account/reviews/?{urlencode({'show': 'written'})}")

    def compose() -> Message:
        facts = {"shop": review.merchant.name, "product": review.listing.title.text, "text": review.answer}
        return worded("review_answered", facts, link=link)

    tell([review.buyer], compose)


def question_answered(event: QuestionAnswered) -> None:
    """Whoever asked is told of each answer, but not of their own."""
    answer = Answer.objects.select_related("question__listing", "question__asker", "question__merchant").get(pk=event.answer_id)
    question = answer.question
    if answer.author_id == question.asker_id or not answer.is_shown or not question.is_shown:
        return

    def compose() -> Message:
        facts = {
            "who": question.merchant.name if answer.is_by_shop else _("A buyer"),
            "product": question.listing.title.text,
            "question": question.text,
            "text": answer.text,
        }
        return worded("question_answered", facts, link=market_url(f"/p/{question.listing_id}/"))

    tell([question.asker], compose)


# ── Once, some days after receipt ────────────────────────────────────────────────────────────────────────────────────


def remind_later(event: OrderCompleted) -> None:
    """Whoever has not reviewed an order by then is asked once. Not where that time is over: the order was received long ago."""
    order = OrderCopy.objects.get(pk=event.order_id)
    due_at = (order.completed_at or clock.now()) + REMIND_AFTER
    if due_at > clock.now() - NEWS_FOR:
        set_deadline(kind=REMINDER, subject_id=order.pk, merchant_id=order.merchant_id, due_at=due_at)


def ask_for_review(event: DeadlineReached) -> None:
    """Reaction to the deadline `order.review`."""
    order = OrderCopy.objects.select_related("group", "buyer", "merchant").get(pk=event.subject_id)
    left = to_review(order.buyer_id, [order])
    if not left or len(left[0].lines) < len(order.lines):
        return  # at least some of it is reviewed
    titles = [localised(line["titles"]) for line in left[0].lines]

    def compose() -> Message:
        facts = {"shop": order.merchant.name, "goods": ", ".join(title.text for title in titles)}
        return worded("review_asked", facts, link=market_url(f"/orders/{order.number}/review/"))

    tell([order.buyer], compose, or_in=order.group.language)
