"""Reviews and ratings: one of a line, by whoever has received it; what is rated follows at once."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.platform.checkout.errors import GroupUnknown
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.actions import Marks, Opinion, add_to_review, answer_review, review_order, vote_helpful
from marketplace.platform.reviews.errors import AlreadyAdded, AlreadyReviewed, NotReceivedYet, OwnShop, ReviewUnknown
from marketplace.platform.reviews.models import BuyerReview, ShopRating
from marketplace.platform.reviews.moderating import hide_review, recount, show_review
from marketplace.platform.reviews.queries import score_of, summary_of, to_review
from marketplace.platform.reviews.words import clean_text, language_of, shown_name
from tenants.accounts.models import Membership, User
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


def line_of(copy: OrderCopy, n: int = 0) -> UUID:
    return UUID(copy.lines[n]["id"])


def bought(*products, buyer=None) -> OrderCopy:
    group = make.a_completed_group(*[("a", product, 1) for product in products], buyer=buyer)
    return make.order_of(group)


def say(copy: OrderCopy, stars: int = 5, text: str = "很好", key: UUID | None = None, **more) -> UUID:
    (pk,) = review_order(by=make.acting(copy.buyer), key=key or uuid4(), order_id=copy.pk, opinions=[Opinion(line_of(copy), stars, text)], **more)
    return pk


def test_a_buyer_reviews_what_has_arrived_and_the_listing_is_rated_by_it():
    product = make.a_product()
    say(bought(product), 5)
    say(bought(product), 4, "Good enough")
    listing = Listing.objects.get(pk=product.pk)
    assert (listing.rating_sum, listing.rating_count, listing.rating) == (9, 2, Decimal("4.5"))
    assert [(bar.stars, bar.n, bar.percent) for bar in summary_of(product.pk).bars if bar.n] == [(5, 1, 50), (4, 1, 50)]
    assert set(BuyerReview.objects.values_list("language", flat=True)) == {"zh-hans", "en"}
    assert OutboxEvent.objects.filter(topic="review.written").count() == 2


def test_an_order_that_has_not_arrived_cannot_be_reviewed():
    copy = make.order_of(make.pay(make.a_placed_group(("a", make.a_product(), 1))))
    with pytest.raises(NotReceivedYet):
        say(copy)
    make.ship(copy)
    with pytest.raises(NotReceivedYet):
        say(OrderCopy.objects.get(pk=copy.pk))
    assert not BuyerReview.objects.exists()


def test_somebody_elses_order_is_unknown():
    copy = bought(make.a_product())
    with pytest.raises(GroupUnknown):
        review_order(by=make.acting(make.a_buyer()), key=uuid4(), order_id=copy.pk, opinions=[Opinion(line_of(copy), 5)])


def test_a_line_of_another_order_is_refused_and_nothing_is_kept():
    product = make.a_product()
    mine, other = bought(product), bought(product)
    with pytest.raises(InvalidInput):
        review_order(by=make.acting(mine.buyer), key=uuid4(), order_id=mine.pk, opinions=[Opinion(line_of(mine), 5), Opinion(line_of(other), 5)])
    assert not BuyerReview.objects.exists()
    assert Listing.objects.get(pk=product.pk).rating is None


def test_the_same_form_twice_is_one_review_and_another_form_is_refused():
    product = make.a_product()
    copy, key = bought(product), uuid4()
    assert say(copy, key=key) == say(copy, key=key)
    with pytest.raises(AlreadyReviewed):
        say(copy, 1)
    assert Listing.objects.get(pk=product.pk).rating_count == 1


def test_the_shops_own_staff_cannot_praise_its_goods():
    owner = User.objects.get(email="owner-a@market.localhost")
    assert Membership.objects.filter(user=owner, merchant_id=MERCHANTS["a"]).exists()
    with pytest.raises(OwnShop):
        say(bought(make.a_product(), buyer=owner))


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(stars):
    with pytest.raises(InvalidInput):
        say(bought(make.a_product()), stars)


def test_a_shop_is_rated_once_an_order_and_shows_the_mean_of_three_marks():
    first, second = make.a_product(), make.a_product(title="Cup")
    copy = bought(first, second)
    assert score_of(MERCHANTS["a"]) is None
    review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(line_of(copy, 0), 5)], marks=Marks(5, 4, 3))
    review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(line_of(copy, 1), 5)], marks=Marks(1, 1, 1))
    score = score_of(MERCHANTS["a"])
    assert (score.rating_count, score.rating, score.goods, score.delivery) == (1, Decimal("4.0"), Decimal("5.0"), Decimal("3.0"))
    assert ShopRating.objects.get().order_id == copy.pk


def test_a_shop_can_be_rated_without_words_about_goods():
    copy = bought(make.a_product())
    review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[], marks=Marks(5, 5, 5))
    assert score_of(MERCHANTS["a"]).rating == Decimal("5.0")
    with pytest.raises(InvalidInput):
        review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[])


def test_a_buyer_adds_to_a_review_once():
    copy = bought(make.a_product())
    pk, by = say(copy), make.acting(copy.buyer)
    add_to_review(by=by, review_id=pk, text="Still good")
    add_to_review(by=by, review_id=pk, text="Still good")
    with pytest.raises(AlreadyAdded):
        add_to_review(by=by, review_id=pk, text="Broken")
    with pytest.raises(ReviewUnknown):
        add_to_review(by=make.acting(make.a_buyer()), review_id=pk, text="mine?")
    assert BuyerReview.objects.get().addition == "Still good"


def test_the_shop_answers_its_own_reviews_and_the_buyer_is_told_once():
    pk = say(bought(make.a_product()))
    with pytest.raises(ReviewUnknown):
        answer_review(by=SYSTEM, review_id=pk, merchant_id=MERCHANTS["b"], text="Not ours")
    for text in ("Thank you", "Thank you very much"):
        answer_review(by=SYSTEM, review_id=pk, merchant_id=MERCHANTS["a"], text=text)
    assert BuyerReview.objects.get().answer == "Thank you very much"
    assert OutboxEvent.objects.filter(topic="review.answered").count() == 1


def test_who_writes_is_not_named_in_the_shops_log():
    say(bought(make.a_product()))
    assert AuditEvent.objects.get(action="review.written").merchant_id is None


def test_a_vote_counts_once_and_can_be_taken_back():
    copy = bought(make.a_product())
    pk, somebody = say(copy), make.acting(make.a_buyer())
    for is_helpful, votes in ((True, 1), (True, 1), (False, 0), (False, 0), (True, 1)):
        assert vote_helpful(by=somebody, review_id=pk, is_helpful=is_helpful).helpful == votes
    assert vote_helpful(by=make.acting(copy.buyer), review_id=pk, is_helpful=True).helpful == 1  # not one's own


def test_what_the_operator_hides_rates_nothing_until_it_is_shown_again():
    product = make.a_product()
    bad, _good = say(bought(product), 1), say(bought(product), 5)
    with pytest.raises(ReasonMissing):
        hide_review(by=SYSTEM, review_id=bad, reason=" ")
    for _twice in range(2):
        hide_review(by=SYSTEM, review_id=bad, reason="insults")
    assert Listing.objects.get(pk=product.pk).rating == Decimal("5.0")
    with pytest.raises(ReviewUnknown):
        vote_helpful(by=make.acting(make.a_buyer()), review_id=bad, is_helpful=True)
    for _twice in range(2):
        show_review(by=SYSTEM, review_id=bad)
    assert Listing.objects.get(pk=product.pk).rating == Decimal("3.0")


def test_a_recount_mends_what_differs_and_nothing_else():
    product, other = make.a_product(), make.a_product(title="Cup")
    say(bought(product), 4, marks=Marks(4, 4, 4))
    assert recount(by=SYSTEM) == 0
    Listing.objects.filter(pk=product.pk).update(rating_sum=99)
    Listing.objects.filter(pk=other.pk).update(rating_sum=5, rating_count=1)
    type(score_of(MERCHANTS["a"])).objects.update(goods_sum=0)
    assert recount(by=SYSTEM) == 3
    assert Listing.objects.get(pk=product.pk).rating == Decimal("4.0")
    assert Listing.objects.get(pk=other.pk).rating is None
    assert score_of(MERCHANTS["a"]).rating == Decimal("4.0")


def test_a_new_copy_of_a_product_keeps_what_it_is_rated():
    from marketplace.flows.publish_product import copy_products
    from marketplace.merchant.catalogue.models import Product
    from tenants.tenancy.schemas import merchant_schema

    product = make.a_product()
    say(bought(product), 4)
    with merchant_schema(MERCHANTS["a"]):
        copy_products(by=SYSTEM, products=[Product.objects.get(pk=product.pk)])
    assert Listing.objects.get(pk=product.pk).rating == Decimal("4.0")


def test_what_waits_for_a_review_is_what_arrived_and_has_none():
    first, second = make.a_product(), make.a_product(title="Cup")
    copy = bought(first, second)
    assert [len(one.lines) for one in to_review(copy.buyer_id)] == [2]
    say(copy)
    assert [[line["id"] for line in one.lines] for one in to_review(copy.buyer_id)] == [[str(line_of(copy, 1))]]


def test_words_are_measured_and_cleaned():
    assert clean_text("  a\r\nb\x00\n\n\n\nc ", "text", most=10) == "a\nb\n\nc"
    with pytest.raises(InvalidInput) as refusal:
        clean_text("x" * 11, "text", most=10)
    assert refusal.value.field == "text" and "11" in str(refusal.value)
    assert (language_of("杯子 mug"), language_of("mug")) == ("zh-hans", "en")
    names = [shown_name("林知夏", is_anonymous=True), shown_name("林知夏", is_anonymous=False), shown_name("", is_anonymous=False)]
    assert names == ["林***", "林知夏", "***"]
