"""What pages read of reviews and questions: a fixed number of queries, however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.reviews.models import Answer, BuyerReview, HelpfulVote, Question, ShopRating, ShopScore
from tenants.tenancy.remembered import remembered

LAST_ORDERS = 60  # of a buyer, that are looked through for what can be reviewed


@dataclass(frozen=True)
class Bar:
    """A row of the histogram: how many gave so many stars, and how much of all that is."""

    stars: int
    n: int
    percent: int


@dataclass(frozen=True)
class Summary:
    """The reviews of a listing, counted."""

    bars: list[Bar] = field(default_factory=list)
    with_pictures: int = 0

    @property
    def total(self) -> int:
        return sum(bar.n for bar in self.bars)

    @property
    def good_percent(self) -> int:
        """Of 100, how many gave four or five stars."""
        return sum(bar.n for bar in self.bars if bar.stars >= 4) * 100 // self.total if self.total else 0


def summary_of(listing_id: UUID) -> Summary:
    rows = BuyerReview.objects.filter(listing_id=listing_id, is_shown=True).values("stars").order_by()
    counted = {row["stars"]: row for row in rows.annotate(n=Count("id"), pictured=Count("id", filter=~Q(pictures=[])))}
    total = sum(row["n"] for row in counted.values())
    bars = [Bar(s, n, round(n * 100 / total) if total else 0) for s in (5, 4, 3, 2, 1) for n in [counted[s]["n"] if s in counted else 0]]
    return Summary(bars, sum(row["pictured"] for row in counted.values()))


def reviews_of(listing_id: UUID, *, stars: int = 0, pictured: bool = False, newest: bool = False) -> QuerySet[BuyerReview]:
    """What buyers may read, the most helpful first or the newest."""
    rows = BuyerReview.objects.filter(listing_id=listing_id, is_shown=True).select_related("buyer")
    rows = rows.filter(stars=stars) if stars else rows
    rows = rows.exclude(pictures=[]) if pictured else rows
    return rows.order_by("-written_at", "-pk") if newest else rows.order_by("-helpful", "-written_at", "-pk")


def voted_by(person_id: UUID | None, reviews: Iterable[BuyerReview]) -> set[UUID]:
    """Which of these the person found helpful. No query for nobody."""
    if person_id is None:
        return set()
    return set(HelpfulVote.objects.filter(person_id=person_id, review__in=list(reviews)).values_list("review_id", flat=True))


def questions_of(listing_id: UUID) -> QuerySet[Question]:
    """What everybody may read, the answered first, each with its answers (the shop's first)."""
    return (
        Question.objects.filter(listing_id=listing_id, is_shown=True)
        .annotate(has_answer=Exists(Answer.objects.filter(question=OuterRef("pk"), is_shown=True)))
        .select_related("asker")
        .prefetch_related(shown_answers())
        .order_by("-has_answer", "-asked_at", "-pk")
    )


def has_questions(listing_id: UUID) -> bool:
    """Whether there may be something to read: most products were never asked about, and that is remembered."""
    return remembered("questions", listing_id, lambda: Question.objects.filter(listing_id=listing_id, is_shown=True).exists())


def shown_answers() -> Prefetch[Any]:
    rows = Answer.objects.filter(is_shown=True).select_related("author").order_by(F("author").asc(nulls_first=True), "at", "pk")
    return Prefetch("answers", rows, to_attr="shown_answers")


def score_of(merchant_id: UUID) -> ShopScore | None:
    return ShopScore.objects.filter(pk=merchant_id).first()


# ── A buyer's own ────────────────────────────────────────────────────────────────────────────────────────────────────


def has_bought(person_id: UUID, listing_id: UUID) -> bool:
    """Whether the person has bought and received it."""
    return OrderCopy.objects.filter(buyer_id=person_id, completed_at__isnull=False, lines__contains=[{"product_id": str(listing_id)}]).exists()


def reviewable_lines(order: OrderCopy) -> list[dict[str, Any]]:
    """Lines of an order of which something has arrived; none before receipt."""
    if not order.completed_at:
        return []
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in order.lines:
        if line.get("shipped"):  # of a bundle the same article may stand on two lines, at prices one unit apart
            found.setdefault((line["product_id"], line["bundle"]["id"]) if "bundle" in line else (line["id"], ""), line)
    return list(found.values())


@dataclass(frozen=True)
class ToReview:
    """An order with lines that wait for a review."""

    order: OrderCopy
    lines: list[dict[str, Any]]


def to_review(buyer_id: UUID, orders: Iterable[OrderCopy] | None = None) -> list[ToReview]:
    """Of these orders, or of the buyer's last ones, those with something to review, the last received first. Two queries at most."""
    if orders is None:
        mine = OrderCopy.objects.filter(buyer_id=buyer_id, completed_at__isnull=False).select_related("merchant", "group")
        orders = list(mine.order_by("-placed_at", "-pk")[:LAST_ORDERS])
    having = {order.pk: reviewable_lines(order) for order in orders}
    lines = [UUID(line["id"]) for found in having.values() for line in found]
    done = {str(key) for key in BuyerReview.objects.filter(line_id__in=lines).values_list("line_id", flat=True)} if lines else set()
    left = [ToReview(order, [line for line in having[order.pk] if line["id"] not in done]) for order in orders]
    return sorted((one for one in left if one.lines), key=lambda one: str(one.order.completed_at), reverse=True)


def reviews_by(buyer_id: UUID) -> QuerySet[BuyerReview]:
    """The buyer's own, hidden ones too, the newest first."""
    return BuyerReview.objects.filter(buyer_id=buyer_id).select_related("listing", "merchant").order_by("-written_at", "-pk")


def is_rated(order: OrderCopy) -> bool:
    return ShopRating.objects.filter(order=order).exists()
