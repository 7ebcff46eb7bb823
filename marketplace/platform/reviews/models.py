"""What buyers say of goods and shops, and what people ask about goods. Everybody may read it, so it stands in the public schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import EXPECTED, Listing, expected_stars, mean_stars
from tenants.tenancy.models import Merchant

A_TENTH = 0.1 - 1e-9  # of a star, as binary fractions add up


def stars() -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField()


class Hideable(models.Model):
    """What the operator may hide, with a reason that stays."""

    is_shown = models.BooleanField(default=True)
    hidden_why = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class BuyerReview(Hideable):
    """What a buyer says of one line of an order that has arrived. Its words and stars are never changed, only added to once."""

    id = models.UUIDField(primary_key=True, editable=False)
    line_id = models.UUIDField(unique=True)  # of the order: one review a line
    order = models.ForeignKey(OrderCopy, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    options = models.JSONField(default=list)  # of the line: [[{language: attribute}, {language: value}], …]
    stars = stars()
    text = models.CharField(max_length=1000, blank=True)
    pictures = models.JSONField(default=list)  # storage keys with schema, at most six
    is_anonymous = models.BooleanField(default=True)
    language = models.CharField(max_length=12)  # that the words are in
    written_at = models.DateTimeField(default=clock.now)
    addition = models.CharField(max_length=1000, blank=True)  # what the buyer adds later
    added_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # the shop's
    answered_at = models.DateTimeField(null=True)
    helpful = models.IntegerField(default=0)  # votes

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_one_to_five")]
        indexes = [
            models.Index(fields=["listing", "-written_at", "-id"], name="review_newest", condition=Q(is_shown=True)),
            models.Index(fields=["listing", "-helpful", "-written_at", "-id"], name="review_helpful", condition=Q(is_shown=True)),
            models.Index(fields=["merchant", "-written_at", "-id"], name="review_by_merchant"),
            models.Index(fields=["merchant", "-written_at", "-id"], name="review_unanswered", condition=Q(answered_at=None, is_shown=True)),
            models.Index(fields=["buyer", "-written_at", "-id"], name="review_by_buyer"),
            models.Index(fields=["-written_at", "-id"], name="review_in_console"),
        ]

    @property
    def days_until_addition(self) -> int:
        """Days between the review and what was added to it."""
        return (self.added_at - self.written_at).days if self.added_at else 0


class HelpfulVote(models.Model):
    """That a person found a review helpful; once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(BuyerReview, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "person"], name="one_vote_per_review")]


class ShopRating(models.Model):
    """What a buyer says of the shop after an order (信用评价): once, in three marks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.OneToOneField(OrderCopy, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    goods = stars()  # as described
    service = stars()
    delivery = stars()  # how fast it was
    rated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(goods__gte=1, goods__lte=5, service__gte=1, service__lte=5, delivery__gte=1, delivery__lte=5), name="rating_one_to_five"
            )
        ]
        indexes = [models.Index(fields=["merchant", "-rated_at"], name="rating_by_merchant")]


class ShopScore(models.Model):
    """The sums of a shop's ratings: what its pages show. Follows from ShopRating alone (`manage.py recount_ratings`)."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, primary_key=True, related_name="score")
    rating_count = models.IntegerField(default=0)
    goods_sum = models.IntegerField(default=0)
    service_sum = models.IntegerField(default=0)
    delivery_sum = models.IntegerField(default=0)
    # Stars, to a tenth: what search ranks its goods by. It follows `expected` from a tenth on, so a mean between two tenths moves nothing to and fro.
    ranked = models.FloatField(default=EXPECTED, db_default=EXPECTED)

    @property
    def rating(self) -> Decimal | None:
        """The mean of the three marks, to one decimal; None without ratings."""
        return mean_stars(self.goods_sum + self.service_sum + self.delivery_sum, 3 * self.rating_count)

    @property
    def expected(self) -> float:
        """Stars that a buyer may expect of it."""
        return expected_stars((self.goods_sum + self.service_sum + self.delivery_sum) / 3, self.rating_count)

    def follow(self) -> bool:
        """Whether `ranked` is a tenth of a star or more behind; it is put right, in memory."""
        if abs(self.expected - self.ranked) < A_TENTH:
            return False
        self.ranked = round(self.expected, 1)
        return True

    @property
    def goods(self) -> Decimal | None:
        return mean_stars(self.goods_sum, self.rating_count)

    @property
    def service(self) -> Decimal | None:
        return mean_stars(self.service_sum, self.rating_count)

    @property
    def delivery(self) -> Decimal | None:
        return mean_stars(self.delivery_sum, self.rating_count)


class Question(Hideable):
    """What somebody wants to know about a product before buying it."""

    id = models.UUIDField(primary_key=True, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    language = models.CharField(max_length=12)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)  # by the shop

    class Meta:
        indexes = [
            models.Index(fields=["listing", "-asked_at", "-id"], name="question_newest", condition=Q(is_shown=True)),
            models.Index(fields=["merchant", "-asked_at", "-id"], name="question_by_merchant"),
            models.Index(fields=["merchant", "-asked_at", "-id"], name="question_unanswered", condition=Q(answered_at=None, is_shown=True)),
            models.Index(fields=["asker", "-asked_at", "-id"], name="question_by_asker"),
            models.Index(fields=["-asked_at", "-id"], name="question_in_console"),
        ]


class Answer(Hideable):
    """What the shop, or somebody who has bought the product, answers. One each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")  # None: the shop
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=12)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "author"], nulls_distinct=False, name="one_answer_each")]

    @property
    def is_by_shop(self) -> bool:
        return self.author_id is None
