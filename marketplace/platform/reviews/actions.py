"""Reviews of goods and ratings of shops: verbs. What listings and shops are rated by changes in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.errors import GroupUnknown
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.actions import note_rating
from marketplace.platform.reviews.access import locked_review
from marketplace.platform.reviews.errors import AlreadyAdded, AlreadyReviewed, NotReceivedYet, OwnShop
from marketplace.platform.reviews.events import ReviewAnswered, ReviewWritten, ShopScoreMoved
from marketplace.platform.reviews.models import BuyerReview, HelpfulVote, ShopRating, ShopScore
from marketplace.platform.reviews.pictures import MOST_PICTURES
from marketplace.platform.reviews.queries import reviewable_lines
from marketplace.platform.reviews.words import clean_text, language_of
from tenants.accounts.models import Membership

MOST_SIGNS, MOST_ANSWERED = 1000, 500


@dataclass(frozen=True)
class Opinion:
    """Of one line of an order: 1 to 5 stars, words if one likes, keys of stored pictures (store_pictures)."""

    line_id: UUID
    stars: int
    text: str = ""
    pictures: Sequence[str] = ()


@dataclass(frozen=True)
class Marks:
    """Of the shop, 1 to 5 each."""

    goods: int
    service: int
    delivery: int


@verb
def review_order(*, by: Actor, key: UUID, order_id: UUID, opinions: Sequence[Opinion], marks: Marks | None = None, is_anonymous: bool = True) -> list[UUID]:
    """Review lines of one's own order that has arrived, and rate its shop (once): all of it or nothing. The same `key` does it once.

    Raises GroupUnknown, NotReceivedYet, OwnShop, AlreadyReviewed, InvalidInput.
    """
    texts = [clean_text(opinion.text, "text", most=MOST_SIGNS) for opinion in opinions]
    _check(opinions, marks)
    with transaction.atomic():
        order = OrderCopy.objects.select_for_update(of=("self",)).filter(pk=order_id, buyer_id=by.person).first()
        if order is None:
            raise GroupUnknown
        if order.completed_at is None:
            raise NotReceivedYet(number=order.number)
        if Membership.objects.filter(user_id=by.person, merchant_id=order.merchant_id, is_active=True).exists():
            raise OwnShop
        keys = [uuid5(key, str(opinion.line_id)) for opinion in opinions]
        there = dict(BuyerReview.objects.filter(line_id__in=[opinion.line_id for opinion in opinions]).values_list("line_id", "pk"))
        if there and set(there.values()) != set(keys):
            raise AlreadyReviewed
        if there:
            return keys
        for opinion, text, pk in sorted(zip(opinions, texts, keys, strict=True), key=lambda one: str(one[0].line_id)):
            _write(by, order, opinion, text, pk, is_anonymous)
        if marks and not ShopRating.objects.filter(order=order).exists():
            _rate(by, order, marks)
    return keys


def _check(opinions: Sequence[Opinion], marks: Marks | None) -> None:
    if not opinions and marks is None:
        raise InvalidInput(field="stars", why=_("Give at least one product its stars."))
    given = [opinion.stars for opinion in opinions] + ([marks.goods, marks.service, marks.delivery] if marks else [])
    if any(not 1 <= each <= 5 for each in given):
        raise InvalidInput(field="stars", why=_("Give one to five stars."))
    if any(len(opinion.pictures) > MOST_PICTURES for opinion in opinions):
        raise InvalidInput(field="pictures", why=_("Add at most {most} pictures.").format(most=MOST_PICTURES))
    if len({opinion.line_id for opinion in opinions}) < len(opinions):
        raise InvalidInput(field="stars", why=_("Review each product once."))


def _write(by: Actor, order: OrderCopy, opinion: Opinion, text: str, pk: UUID, is_anonymous: bool) -> None:
    line: dict[str, Any] | None = next((line for line in reviewable_lines(order) if line["id"] == str(opinion.line_id)), None)
    if line is None:
        raise InvalidInput(field="stars", why=_("This is not among the goods you have received."))
    listing_id = UUID(line["product_id"])
    BuyerReview.objects.create(
        pk=pk,
        line_id=opinion.line_id,
        order=order,
        listing_id=listing_id,
        merchant_id=order.merchant_id,
        buyer_id=by.person,
        options=line["options"],
        stars=opinion.stars,
        text=text,
        pictures=list(opinion.pictures),
        is_anonymous=is_anonymous,
        language=language_of(text),
    )
    note_rating(by=by, merchant_id=order.merchant_id, listing_id=listing_id, stars=opinion.stars, reviews=1)
    # In the market's log, not the shop's: whoever hides their name is not named there.
    audit(by=by, action="review.written", subject="review", subject_id=pk, after={"stars": opinion.stars, "pictures": len(opinion.pictures)})
    record(ReviewWritten(merchant_id=order.merchant_id, review_id=pk))


def _rate(by: Actor, order: OrderCopy, marks: Marks) -> None:
    ShopRating.objects.create(order=order, merchant_id=order.merchant_id, buyer_id=by.person, goods=marks.goods, service=marks.service, delivery=marks.delivery)
    ShopScore.objects.bulk_create([ShopScore(merchant_id=order.merchant_id)], ignore_conflicts=True)
    ShopScore.objects.filter(merchant_id=order.merchant_id).update(
        rating_count=F("rating_count") + 1,
        goods_sum=F("goods_sum") + marks.goods,
        service_sum=F("service_sum") + marks.service,
        delivery_sum=F("delivery_sum") + marks.delivery,
    )
    now = ShopScore.objects.get(pk=order.merchant_id)  # locked by the statement before
    if now.follow():
        now.save(update_fields=["ranked"])
        record(ShopScoreMoved(merchant_id=order.merchant_id))
    audit(
        by=by,
        action="shop.rated",
        subject="order",
        subject_id=order.number,
        after={"goods": marks.goods, "service": marks.service, "delivery": marks.delivery},
    )


@verb
def add_to_review(*, by: Actor, review_id: UUID, text: str) -> BuyerReview:
    """Add to one's own review after a while (追评), once; the same words again do nothing. Raises ReviewUnknown, AlreadyAdded, InvalidInput."""
    text = clean_text(text, "text", least=1, most=MOST_SIGNS)
    with transaction.atomic():
        row = locked_review(review_id, buyer_id=by.person)
        if row.addition == text:
            return row
        if row.added_at:
            raise AlreadyAdded
        row.addition, row.added_at = text, clock.now()
        row.save(update_fields=["addition", "added_at"])
        audit(by=by, action="review.added_to", subject="review", subject_id=row.pk, after={"signs": len(text)})
    return row


@verb
def answer_review(*, by: Actor, review_id: UUID, merchant_id: UUID, text: str) -> BuyerReview:
    """The shop's answer to a review of its goods, for everybody to read. Another one takes its place; the buyer is told of the first.

    Raises ReviewUnknown, InvalidInput.
    """
    text = clean_text(text, "text", least=1, most=MOST_ANSWERED)
    with transaction.atomic():
        row = locked_review(review_id, merchant_id=merchant_id)
        before, is_first = row.answer, row.answered_at is None
        row.answer, row.answered_at = text, row.answered_at or clock.now()
        row.save(update_fields=["answer", "answered_at"])
        audit(by=by, action="review.answered", subject="review", subject_id=row.pk, merchant_id=merchant_id, before={"answer": before}, after={"answer": text})
        if is_first:
            record(ReviewAnswered(merchant_id=merchant_id, review_id=row.pk))
    return row


@verb
def vote_helpful(*, by: Actor, review_id: UUID, is_helpful: bool) -> BuyerReview:
    """Say that somebody else's review was helpful, or take it back. Safe to repeat. Raises ReviewUnknown."""
    with transaction.atomic():
        row = locked_review(review_id, shown=True)
        mine = HelpfulVote.objects.filter(review=row, person_id=by.person)
        if row.buyer_id == by.person or mine.exists() == is_helpful:
            return row
        if is_helpful:
            HelpfulVote.objects.create(review=row, person_id=by.person)
        else:
            mine.delete()
        row.helpful += 1 if is_helpful else -1
        row.save(update_fields=["helpful"])
    return row
