"""What buyers think of a product and of its shop parts what fits equally well, on both backends in the same order; few ratings say little."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import expected_stars
from marketplace.platform.reviews.actions import Marks, Opinion, review_order
from marketplace.platform.reviews.events import ShopScoreMoved
from marketplace.platform.reviews.models import BuyerReview, ShopScore
from marketplace.platform.reviews.moderating import hide_review, recount
from search import indexer
from search.backends.choice import configured
from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import UNRATED, Query
from search.documents import documents_of, share_of, stars_of
from tests import factories as make
from tests.databases import MERCHANTS
from tests.search.catalogue import doc, key
from tests.search.conftest import UNHURRIED_S, index_name

pytestmark = pytest.mark.django_db


def rated(stars: float, count: int) -> float:
    return share_of(expected_stars(stars * count, count))


def test_few_ratings_say_little_and_none_say_nothing():
    assert rated(5, 1) < rated(4.8, 100), "a single one with five stars"
    assert rated(1, 1) > rated(2, 100), "nor does a single bad one"
    assert rated(5, 1) > rated(0, 0) == UNRATED > rated(1, 1)
    assert 0 < rated(1, 10_000) < rated(5, 10_000) < 1
    assert stars_of(share_of(4.3)) == pytest.approx(4.3)


class TestRanking:
    def test_of_what_fits_equally_well_the_better_rated_comes_first(self, index, settings):
        shares = {"praised": rated(4.8, 100), "new": rated(5, 1), "unrated": rated(0, 0), "bad": rated(2, 40)}
        index.rebuild([doc("Blue vase", name=name, rating=share, popularity=n) for n, (name, share) in enumerate(shares.items())])
        assert index.ask("vase").ids == [key(name) for name in shares]
        settings.SEARCH_FOR_RATING = 0  # the control: then what sells more comes first
        assert index.ask("vase").ids == [key(name) for name in reversed(shares)]

    def test_and_so_does_what_a_better_shop_sells(self, index, settings):
        index.rebuild([doc("Blue vase", name=name, shop_score=share, popularity=n) for n, (name, share) in enumerate({"good": 0.9, "bad": 0.4}.items())])
        assert index.ask("vase").ids == [key("good"), key("bad")]
        settings.SEARCH_FOR_SHOP = 0
        assert index.ask("vase").ids == [key("bad"), key("good")]

    def test_what_fits_better_or_is_in_stock_stays_above(self, index):
        out = doc("Blue vase", name="out", rating=1, shop_score=1, in_stock=False)
        beside = doc("Glass stand", name="beside", text="for a vase of any kind and size, with four feet of oak", rating=1, shop_score=1)
        index.rebuild([doc("Blue vase", name="in"), out, beside])
        assert index.ask("vase").ids == [key("in"), key("out"), key("beside")]


def test_what_an_earlier_release_has_indexed_counts_as_unrated(elasticsearch_url):
    server = ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    docs = [doc("Blue vase", name=name, rating=share) for name, share in (("good", 0.9), ("bad", 0.1))]
    PostgresBackend().rebuild([*docs, doc("Blue vase", name="old")])
    server.rebuild(docs)
    old = {"id": str(key("old")), "text": "blue blue vase vase", "in_stock": True, "price": 1, "popularity": 0, "published": 0, "shop": "1"}
    server._writing.index(index=server.alias, id=old["id"], document=old, version=1, version_type="external_gte")
    server.refresh()
    assert server.search(Query(text="vase")).ids == [key("good"), key("old"), key("bad")]
    assert dict(server.states([key("old")]))[key("old")][-2:] == (UNRATED, UNRATED)
    server.drop()


# ── what is rated reaches the index ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["postgres", "elasticsearch"])
def backend(request, use_elasticsearch):
    """Each backend as the product keeps it, empty."""
    if request.param == "postgres":
        yield indexer.postgres
        return
    use_elasticsearch(request.getfixturevalue("elasticsearch_url"))
    server = configured()
    server.rebuild([])
    yield server
    server.drop()


def say(product, stars: int, marks: Marks | None = None, shop: str = "a") -> None:
    copy = make.order_of(make.a_completed_group((shop, product, 1)), shop)
    review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(UUID(copy.lines[0]["id"]), stars)], marks=marks)


def found(backend) -> list:
    deliver_events()
    backend.refresh()
    return backend.search(Query(text="vase")).ids


def test_a_review_moves_its_product_and_one_that_is_hidden_moves_it_back(backend):
    sold, other = make.a_product(title="Blue vase"), make.a_product(title="Blue vase")
    assert found(backend) == [sold.pk, other.pk]
    say(sold, 1)
    assert found(backend) == [other.pk, sold.pk], "although it sells more"
    hide_review(by=SYSTEM, review_id=BuyerReview.objects.get().pk, reason="Spam")
    assert found(backend) == [sold.pk, other.pk]


def test_a_shop_score_that_moves_takes_the_goods_of_the_shop_along(backend):
    sold, beside, others = make.a_product(title="Blue vase"), make.a_product(title="Blue vase"), make.a_product("b", title="Blue vase")
    found(backend)
    say(sold, 4, Marks(1, 1, 1))
    assert found(backend)[0] == others.pk
    (document,) = documents_of([beside.pk])
    assert document.shop_score == share_of(3.5)
    assert dict(backend.states([beside.pk]))[beside.pk][-1] == share_of(3.5)


def test_only_a_score_that_moves_by_a_tenth_is_told():
    product = make.a_product()
    ShopScore.objects.create(merchant_id=MERCHANTS["a"], rating_count=200, goods_sum=900, service_sum=900, delivery_sum=900, ranked=4.5)
    say(product, 5, Marks(5, 5, 4))
    assert not OutboxEvent.objects.filter(topic=ShopScoreMoved.topic).exists()
    ShopScore.objects.filter(pk=MERCHANTS["a"]).update(rating_count=0, goods_sum=0, service_sum=0, delivery_sum=0, ranked=4)
    say(product, 5, Marks(5, 5, 5))
    assert OutboxEvent.objects.filter(topic=ShopScoreMoved.topic).count() == 1


def test_a_score_between_two_tenths_does_not_go_to_and_fro():
    product = make.a_product()
    ShopScore.objects.create(merchant_id=MERCHANTS["a"], rating_count=95, goods_sum=425, service_sum=425, delivery_sum=425, ranked=4.4)
    score, seen = ShopScore.objects.get(), set()
    assert score.expected == 4.45
    for stars in (5, 4, 5, 3, 5, 4):
        say(product, stars, Marks(stars, stars, stars))
        seen.add(round(ShopScore.objects.get().expected, 1))
    assert seen == {4.4, 4.5}, "rounded it would have gone to and fro"
    assert not OutboxEvent.objects.filter(topic=ShopScoreMoved.topic).exists()


def test_a_recount_that_mends_a_score_tells_it():
    product = make.a_product()
    say(product, 5, Marks(5, 5, 5))
    told = OutboxEvent.objects.filter(topic=ShopScoreMoved.topic)
    recount(by=SYSTEM)
    assert told.count() == 1, "of the rating itself"
    ShopScore.objects.update(goods_sum=1)
    recount(by=SYSTEM)
    assert told.count() == 1, "the sum was wrong, and what search ranks by is right"
    ShopScore.objects.update(ranked=2.0)
    recount(by=SYSTEM)
    assert told.count() == 2 and round(ShopScore.objects.get().ranked, 1) == 4.2
