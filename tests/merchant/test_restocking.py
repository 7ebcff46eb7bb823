"""Safety stock is told of once each time it is passed; what is proposed is what is missing; what is ordered is on the way until it comes."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import IllegalMove, InvalidInput, ReasonMissing
from marketplace.kernel.models import OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.actions import allocate_stock, count_stock, release_stock, ship_stock
from marketplace.merchant.inventory.errors import StockHeld
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.merchant.inventory.moves import send_transfer
from marketplace.merchant.inventory.places import Place, change_location
from marketplace.merchant.inventory.restocking import end_restock, needs_of, order_restock, receive_restock, set_levels, set_safety
from marketplace.platform.notices.models import Notice
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.merchant.test_stock_places import a_place, an_article, hold, main


@pytest.fixture
def shop(db):
    with merchant_schema(MERCHANTS["a"]):
        yield


def level_of(article: UUID) -> StockLevel:
    return StockLevel.objects.select_related("location").get(variant=article, location=main())


def told_low() -> int:
    return OutboxEvent.objects.filter(topic="stock.ran_low").count()


def need(article: UUID):
    level = level_of(article)
    return needs_of([level])[level.pk]


def test_low_is_told_of_once_each_time_it_is_passed(shop):
    article = an_article(10)
    set_safety(by=SYSTEM, level_id=level_of(article).pk, safety=5)
    hold((article, 5))
    assert told_low() == 0
    order_id, _lines = hold((article, 1))
    hold((article, 1))
    assert told_low() == 1, "not again while it goes on falling"
    deliver_events()
    assert Notice.objects.filter(kind="stock_low").count() == 1
    count_stock(by=SYSTEM, counted={article: 20})
    count_stock(by=SYSTEM, counted={article: 9})
    assert told_low() == 2
    release_stock(by=SYSTEM, order_id=order_id)
    count_stock(by=SYSTEM, counted={article: 30})
    deliver_events()
    assert Notice.objects.filter(kind="stock_low").count() == 1, "what was filled up meanwhile is not worth a letter"


def test_a_place_has_a_usual_safety_stock_and_a_variant_its_own(shop):
    usual, own = an_article(10), an_article(10)
    change_location(by=SYSTEM, location_id=main().pk, place=Place({"en": "Main warehouse"}, safety=8))
    set_safety(by=SYSTEM, level_id=level_of(own).pk, safety=0)
    hold((usual, 3), (own, 3))
    assert told_low() == 1
    assert [level_of(article).wanted for article in (usual, own)] == [8, 0]


def test_what_is_proposed_covers_the_safety_stock_and_thirty_days(shop):
    article, store = an_article(20), a_place()
    set_safety(by=SYSTEM, level_id=level_of(article).pk, safety=4)
    order_id, (line,) = hold((article, 15))
    allocate_stock(by=SYSTEM, order_id=order_id)
    ship_stock(by=SYSTEM, order_id=order_id, shipped={line.line_id: 15}, ref="X")
    found = need(article)
    assert (found.sold, found.coming, found.cover_days, found.proposed) == (15, 0, 10, 14)
    row = order_restock(by=SYSTEM, restock_id=uuid4(), location_id=main().pk, pieces={article: 10})
    count_stock(by=SYSTEM, counted={article: 3}, location_id=store.pk)
    send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=store.pk, target_id=main().pk, pieces={article: 3})
    assert (need(article).coming, need(article).proposed) == (13, 1)
    end_restock(by=SYSTEM, number=row.number, why="the kiln is closed")
    assert need(article).coming == 3


def test_an_order_from_a_supplier_comes_in_parts_and_more_than_was_ordered(shop):
    article = an_article(1)
    key = uuid4()
    row = order_restock(by=SYSTEM, restock_id=key, location_id=main().pk, pieces={article: 10}, supplier="Clay")
    assert order_restock(by=SYSTEM, restock_id=key, location_id=main().pk, pieces={article: 10}) == row
    receipt = uuid4()
    for _twice in range(2):
        receive_restock(by=SYSTEM, receipt_id=receipt, number=row.number, pieces={article: 4})
    assert level_of(article).on_hand == 5
    with pytest.raises(InvalidInput):
        receive_restock(by=SYSTEM, receipt_id=uuid4(), number=row.number, pieces={})
    row = receive_restock(by=SYSTEM, receipt_id=uuid4(), number=row.number, pieces={article: 7})
    assert (row.status, level_of(article).on_hand) == ("received", 12)
    with pytest.raises(IllegalMove):
        receive_restock(by=SYSTEM, receipt_id=uuid4(), number=row.number, pieces={article: 1})
    with pytest.raises(ReasonMissing):
        end_restock(by=SYSTEM, number=row.number, why="")
    assert list(StockMovement.objects.filter(ref=row.number).order_by("at", "pk").values_list("kind", "quantity")) == [("received", 4), ("received", 7)]


def test_chosen_rows_are_set_together_or_not_at_all(shop):
    one, two = an_article(5), an_article(5)
    hold((two, 4))
    keys = [level_of(article).pk for article in (one, two)]
    with pytest.raises(StockHeld):
        set_levels(by=SYSTEM, counted={keys[0]: 9, keys[1]: 1}, safety={keys[0]: 2})
    assert (level_of(one).on_hand, level_of(one).safety) == (5, None)
    set_levels(by=SYSTEM, counted={keys[0]: 9}, safety={keys[0]: 2, keys[1]: None}, note="shelf 3")
    assert (level_of(one).on_hand, level_of(one).safety, StockMovement.objects.filter(note="shelf 3").count()) == (9, 2, 1)


def test_many_variants_are_counted_in_few_statements(shop, django_assert_max_num_queries):
    product = make.a_product("a", stock=0, variants=60)
    keys = list(product.variants.values_list("pk", flat=True))
    store = a_place()
    with django_assert_max_num_queries(16):
        count_stock(by=SYSTEM, counted=dict.fromkeys(keys, 3), location_id=store.pk)
    assert StockLevel.objects.filter(location=store, on_hand=3).count() == 60
