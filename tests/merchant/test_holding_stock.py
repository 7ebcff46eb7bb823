"""Stock is held for all lines of an order or for none, in the caller's transaction."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import OutboxEvent
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.actions import Wanted, reserve_stock
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.inventory.models import Reservation, StockLevel
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


@pytest.fixture
def shop(db):
    with merchant_schema(MERCHANTS["a"]):
        yield


def an_article(stock: int) -> UUID:
    return make.variant_of(make.a_product("a", title=f"Mug {uuid4().hex[:6]}", stock=stock))


def hold(*wanted: tuple[UUID, int]) -> None:
    lines = [Wanted(line_id=uuid4(), variant_id=variant_id, quantity=quantity, title=f"{quantity} pieces") for variant_id, quantity in wanted]
    reserve_stock(by=SYSTEM, order_id=uuid4(), wanted=lines)


def reserved(*variant_ids: UUID) -> list[int]:
    levels = dict(StockLevel.objects.filter(variant_id__in=variant_ids).values_list("variant_id", "reserved"))
    return [levels[variant_id] for variant_id in variant_ids]


def test_every_line_is_held(shop):
    first, second = an_article(5), an_article(5)
    hold((second, 2), (first, 5))
    assert reserved(first, second) == [5, 2]
    assert sorted(Reservation.objects.values_list("quantity", "status")) == [(2, "held"), (5, "held")]


def test_nothing_is_held_when_one_line_is_short_and_the_transaction_goes_on(shop):
    plenty, few = an_article(5), an_article(1)
    with pytest.raises(OutOfStock) as refusal:
        hold((plenty, 2), (few, 2))
    assert (refusal.value.facts["title"], refusal.value.facts["left"], refusal.value.facts["variant_id"]) == ("2 pieces", 1, few)
    assert reserved(plenty, few) == [0, 0]
    assert not Reservation.objects.exists()


def test_lines_of_one_article_count_together(shop):
    article = an_article(3)
    with pytest.raises(OutOfStock):
        hold((article, 2), (article, 2))
    hold((article, 2), (article, 1))
    assert reserved(article) == [3]
    assert Reservation.objects.count() == 2


def test_an_article_that_is_not_sold_any_more_has_none_left(shop):
    article, other = an_article(5), an_article(5)
    Variant.objects.filter(pk=article).update(is_active=False)
    with pytest.raises(OutOfStock) as refusal:
        hold((other, 1), (article, 1))
    assert (refusal.value.facts["left"], refusal.value.facts["variant_id"]) == (0, article)
    assert reserved(other) == [0]


def test_the_last_piece_is_announced(shop):
    last, many = an_article(2), an_article(9)
    before = set(OutboxEvent.objects.values_list("pk", flat=True))
    hold((last, 2), (many, 2))
    (fact,) = OutboxEvent.objects.filter(topic="stock.crossed_zero").exclude(pk__in=before)
    assert fact.body["variant_ids"] == [str(last)]


def test_outside_a_transaction_nothing_is_held(own_database):
    with merchant_schema(MERCHANTS["a"]), pytest.raises(RuntimeError, match="outside a transaction"):
        hold((uuid4(), 1))
