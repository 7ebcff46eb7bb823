"""The same line reviewed, and a review voted for, from many sides at the same moment: with real commits, on connections of their own."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

from django.db import connection

from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.actions import Marks, Opinion, review_order, vote_helpful
from marketplace.platform.reviews.errors import AlreadyReviewed
from marketplace.platform.reviews.models import BuyerReview, ShopRating, ShopScore
from tests import factories as make

MANY = 6


def at_once(do, n: int = MANY) -> list[Exception]:
    ready, problems = threading.Barrier(n), []

    def one(place: int) -> None:
        try:
            ready.wait(10)
            do(place)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems


def test_a_line_is_reviewed_once_and_counted_once(own_database):
    product = make.a_product()
    copy = make.order_of(make.a_completed_group(("a", product, 1)))
    by, line, key = make.acting(copy.buyer), UUID(copy.lines[0]["id"]), uuid4()

    def send(place: int) -> None:
        own = key if place % 2 else uuid4()  # half of them the same form, half other ones
        review_order(by=by, key=own, order_id=copy.pk, opinions=[Opinion(line, 4)], marks=Marks(4, 4, 4))

    refused = at_once(send)
    assert {type(problem) for problem in refused} == {AlreadyReviewed}
    listing, score = Listing.objects.get(pk=product.pk), ShopScore.objects.get()
    assert BuyerReview.objects.count() == ShopRating.objects.count() == 1
    assert (listing.rating_sum, listing.rating_count, score.rating_count, score.goods_sum) == (4, 1, 1, 4)


def test_many_buyers_of_one_product_are_all_counted(own_database):
    product = make.a_product(title="Cup", stock=20)
    copies = [make.order_of(make.a_completed_group(("a", product, 1))) for _buyer in range(MANY)]
    before = ShopScore.objects.values_list("rating_count", flat=True).first() or 0

    def send(place: int) -> None:
        copy = copies[place]
        review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(UUID(copy.lines[0]["id"]), 5)], marks=Marks(5, 5, 5))

    assert at_once(send) == []
    listing = Listing.objects.get(pk=product.pk)
    assert (listing.rating_sum, listing.rating_count) == (5 * MANY, MANY)
    assert ShopScore.objects.get().rating_count == before + MANY


def test_a_persons_votes_at_the_same_moment_are_one(own_database):
    copy = make.order_of(make.a_completed_group(("a", make.a_product(title="Bowl"), 1)))
    (pk,) = review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(UUID(copy.lines[0]["id"]), 5)])
    voter = make.acting(make.a_buyer())
    assert at_once(lambda place: vote_helpful(by=voter, review_id=pk, is_helpful=True)) == []
    assert BuyerReview.objects.get(pk=pk).helpful == 1
