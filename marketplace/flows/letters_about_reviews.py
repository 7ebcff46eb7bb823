"""What shops and buyers are told by mail of reviews, questions and answers. Reactions: each runs once for an event."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.events import OrderCompleted
from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel import clock
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.texts import localised
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.letters import NEWS_FOR, Message
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
        given = ngettext("{n} star", "{n} stars", review.stars).format(n=review.stars)
        return Message(
            "bad_review",
            _("{stars} for “{product}”").format(stars=given, product=review.listing.title.text),
            [_("A buyer is not content:"), f"“{review.text}”" if review.text else _("They wrote nothing beside it.")],
            button=(_("Answer in the workbench"), workbench_url(review.merchant, "/reviews/?show=unanswered")),
            closing=[_("Everybody reads your answer. Say what you do about it.")],
        )

    tell(people, compose)


def question_asked(event: QuestionAsked) -> None:
    """Somebody waits for the shop's answer."""
    question = Question.objects.select_related("listing", "merchant").get(pk=event.question_id)
    if question.answered_at:
        return
    people = staff_with([question.merchant_id], Right.ANSWER_BUYERS)[question.merchant_id]
    tell(
        people,
        lambda: Message(
            "question_asked",
            _("A question about “{product}”").format(product=question.listing.title.text),
            [f"“{question.text}”"],
            button=(_("Answer in the workbench"), workbench_url(question.merchant, "/questions/?show=unanswered")),
        ),
    )


def review_answered(event: ReviewAnswered) -> None:
    """The shop answered the buyer."""
    review = BuyerReview.objects.select_related("listing", "merchant", "buyer").get(pk=event.review_id)
    tell(
        [review.buyer],
        lambda: Message(
            "review_answered",
            _("{shop} answered your review").format(shop=review.merchant.name),
            [_("Your review of “{product}”:").format(product=review.listing.title.text), f"“{review.answer}”"],
            button=(_("To your reviews"), market_url(f"/account/reviews/?{urlencode({'show': 'written'})}")),
        ),
    )


def question_answered(event: QuestionAnswered) -> None:
    """Whoever asked is told of each answer, but not of their own."""
    answer = Answer.objects.select_related("question__listing", "question__asker", "question__merchant").get(pk=event.answer_id)
    question = answer.question
    if answer.author_id == question.asker_id or not answer.is_shown or not question.is_shown:
        return

    def compose() -> Message:
        who = _("{shop} answered your question").format(shop=question.merchant.name) if answer.is_by_shop else _("A buyer answered your question")
        return Message(
            "question_answered",
            who,
            [_("You asked about “{product}”: {question}").format(product=question.listing.title.text, question=question.text), f"“{answer.text}”"],
            button=(_("To the product"), market_url(f"/p/{question.listing_id}/")),
        )

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
    tell(
        [order.buyer],
        lambda: Message(
            "review_asked",
            _("How is what you bought from {shop}?").format(shop=order.merchant.name),
            [", ".join(title.text for title in titles), _("A few words help others to choose, and the shop to do better. We ask once.")],
            button=(_("Write a review"), market_url(f"/orders/{order.number}/review/")),
        ),
        or_in=order.group.language,
    )
