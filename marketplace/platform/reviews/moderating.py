"""The operator hides what must not stand in the market, with a reason, and shows it again; and counts anew: verbs."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import note_rating, set_rating
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.access import locked_answer, locked_question, locked_review
from marketplace.platform.reviews.events import ShopScoreMoved
from marketplace.platform.reviews.models import Answer, BuyerReview, Question, ShopRating, ShopScore
from tenants.access.other_hands import check_other_hands

T = TypeVar("T", BuyerReview, Question, Answer)
SUMS = ("rating_count", "goods_sum", "service_sum", "delivery_sum")


@verb
def hide_review(*, by: Actor, review_id: UUID, reason: str) -> None:
    """Buyers no longer read it, and the listing is no longer rated by it. Safe to repeat. Raises ReviewUnknown, ReasonMissing, OwnHands."""
    with transaction.atomic():
        row = locked_review(review_id)
        if _set_shown(by, row, "review", reason, is_shown=False):
            note_rating(by=by, merchant_id=row.merchant_id, listing_id=row.listing_id, stars=-row.stars, reviews=-1)


@verb
def show_review(*, by: Actor, review_id: UUID) -> None:
    """A hidden review stands in the market again. Safe to repeat. Raises ReviewUnknown, OwnHands."""
    with transaction.atomic():
        row = locked_review(review_id)
        if _set_shown(by, row, "review", "", is_shown=True):
            note_rating(by=by, merchant_id=row.merchant_id, listing_id=row.listing_id, stars=row.stars, reviews=1)


@verb
def set_question_shown(*, by: Actor, question_id: UUID, is_shown: bool, reason: str = "") -> None:
    """Hide a question with its answers, or show it again. Safe to repeat. Raises QuestionUnknown, ReasonMissing, OwnHands."""
    with transaction.atomic():
        _set_shown(by, locked_question(question_id), "question", reason, is_shown=is_shown)


@verb
def set_answer_shown(*, by: Actor, answer_id: UUID, is_shown: bool, reason: str = "") -> None:
    """Hide one answer, or show it again. Safe to repeat. Raises QuestionUnknown, ReasonMissing, OwnHands."""
    with transaction.atomic():
        _set_shown(by, locked_answer(answer_id), "answer", reason, is_shown=is_shown)


def _set_shown(by: Actor, row: T, subject: str, reason: str, *, is_shown: bool) -> bool:
    """False when it is so already."""
    reason = reason.strip()[:200]
    if not is_shown and not reason:
        raise ReasonMissing
    if row.is_shown == is_shown:
        return False
    merchant_id = row.question.merchant_id if isinstance(row, Answer) else row.merchant_id
    check_other_hands(by, merchant_id)
    before = {"is_shown": row.is_shown, "why": row.hidden_why}
    row.is_shown, row.hidden_why = is_shown, reason
    row.save(update_fields=["is_shown", "hidden_why"])
    done = "shown" if is_shown else "hidden"
    after = {"is_shown": is_shown, "why": reason}
    audit(by=by, action=f"{subject}.{done}", subject=subject, subject_id=row.pk, merchant_id=merchant_id, before=before, after=after, why=reason)
    return True


@verb
def recount(*, by: Actor) -> int:
    """Count anew what listings and shops are rated by, and mend what differs; how many differed. For after an accident: verbs keep it right."""
    with transaction.atomic():
        mended = _recount_listings(by) + _recount_shops()
        audit(by=by, action="ratings.recounted", subject="market", subject_id="ratings", after={"mended": mended})
    return mended


def _recount_listings(by: Actor) -> int:
    """Locked first and counted then: a review that is written meanwhile adds itself afterwards."""
    reviewed = BuyerReview.objects.filter(is_shown=True)
    rated = ~Q(rating_sum=0, rating_count=0) | Q(pk__in=reviewed.values("listing_id"))
    listings = list(Listing.objects.select_for_update(of=("self",)).filter(rated).order_by("pk"))
    rows = reviewed.values("listing_id").annotate(stars=Sum("stars"), reviews=Count("id")).order_by()
    counted = {row["listing_id"]: (row["stars"], row["reviews"]) for row in rows}
    wrong = [listing for listing in listings if (listing.rating_sum, listing.rating_count) != counted.get(listing.pk, (0, 0))]
    for listing in wrong:
        stars, reviews = counted.get(listing.pk, (0, 0))
        set_rating(by=by, merchant_id=listing.merchant_id, listing_id=listing.pk, stars=stars, reviews=reviews)
    return len(wrong)


def _recount_shops() -> int:
    rated = ShopRating.objects.order_by("merchant_id").values_list("merchant_id", flat=True).distinct()
    ShopScore.objects.bulk_create([ShopScore(merchant_id=key) for key in rated], ignore_conflicts=True)
    scores = list(ShopScore.objects.select_for_update().order_by("pk"))
    rows = ShopRating.objects.values("merchant_id").annotate(n=Count("id"), g=Sum("goods"), s=Sum("service"), d=Sum("delivery")).order_by()
    counted = {row["merchant_id"]: (row["n"], row["g"], row["s"], row["d"]) for row in rows}
    wrong = [score for score in scores if tuple(getattr(score, name) for name in SUMS) != counted.get(score.pk, (0, 0, 0, 0))]
    for score in wrong:
        for name, value in zip(SUMS, counted.get(score.pk, (0, 0, 0, 0)), strict=True):
            setattr(score, name, value)
    moved = [score for score in scores if score.follow()]
    differ = {*wrong, *moved}
    ShopScore.objects.bulk_update(differ, [*SUMS, "ranked"])
    for score in moved:
        record(ShopScoreMoved(merchant_id=score.pk))
    return len(differ)
