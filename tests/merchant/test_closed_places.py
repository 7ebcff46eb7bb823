"""A place is closed when nothing is there and nothing was begun there; afterwards nothing comes to it any more."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.inventory.actions import Wanted, allocate_stock, count_stock, reserve_stock, ship_stock, take_back_stock
from marketplace.merchant.inventory.errors import LocationAwaits, LocationClosed
from marketplace.merchant.inventory.models import StockLevel, StockLocation, StockMovement
from marketplace.merchant.inventory.moves import end_transfer, send_transfer
from marketplace.merchant.inventory.places import close_location
from marketplace.merchant.inventory.restocking import end_restock, order_restock, receive_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, book_stocktake, cancel_stocktake, count_lines, hand_in_stocktake
from tenants.tenancy.schemas import merchant_schema
from tests.merchant.test_stock_places import A, a_place, an_article, main


@pytest.fixture
def shop(db):
    with merchant_schema(A):
        yield


def shut(place: StockLocation) -> None:
    """As a shop may have it from before: closed with something still open there."""
    StockLocation.objects.filter(pk=place.pk).update(closed_at=clock.now())


def sent_from(place: StockLocation, article, pieces: int):
    """An order that was filled from there alone and has left."""
    order_id, line = uuid4(), Wanted(uuid4(), article, pieces, "x")
    with transaction.atomic():
        reserve_stock(by=SYSTEM, order_id=order_id, wanted=[line])
    allocate_stock(by=SYSTEM, order_id=order_id)
    ship_stock(by=SYSTEM, order_id=order_id, shipped={line.line_id: pieces}, ref="X")
    return order_id, line.line_id


def lies(article) -> dict[str, int]:
    return {level.location.names["en"]: level.on_hand for level in StockLevel.objects.filter(variant=article).select_related("location")}


@pytest.mark.parametrize("lay_there", [True, False])
def test_what_comes_back_to_a_closed_place_goes_to_the_main_one_and_says_so(shop, lay_there):
    store, article = a_place(), an_article(0)
    if not lay_there:
        StockLevel.objects.filter(variant=article, location=main()).delete()
    count_stock(by=SYSTEM, counted={article: 3}, location_id=store.pk)
    order_id, line_id = sent_from(store, article, 3)
    take_back_stock(by=SYSTEM, order_id=order_id, pieces={line_id: 1}, ref="R1")
    assert lies(article)["Store"] == 1, "the control: while it is open, goods go to where they lay"
    count_stock(by=SYSTEM, counted={article: 0}, location_id=store.pk)
    close_location(by=SYSTEM, location_id=store.pk)
    take_back_stock(by=SYSTEM, order_id=order_id, pieces={line_id: 2}, ref="R2")
    assert lies(article) == {"Main warehouse": 2, "Store": 0}
    movement = StockMovement.objects.get(ref="R2")
    assert (movement.kind, movement.quantity) == ("returned", 2) and "Store" in movement.note


def test_a_place_stays_open_while_goods_are_ordered_or_counted_there(shop):
    store, article = a_place(), an_article(1)
    count_stock(by=SYSTEM, counted={article: 0}, location_id=store.pk)
    order = order_restock(by=SYSTEM, restock_id=uuid4(), location_id=store.pk, pieces={article: 4})
    count = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=store.pk, scope="all")
    with pytest.raises(LocationAwaits) as refusal:
        close_location(by=SYSTEM, location_id=store.pk)
    assert order.number in str(refusal.value) and count.number in str(refusal.value)
    end_restock(by=SYSTEM, number=order.number, why="not needed")
    with pytest.raises(LocationAwaits, match=count.number):
        close_location(by=SYSTEM, location_id=store.pk)
    cancel_stocktake(by=SYSTEM, number=count.number, why="not needed")
    assert close_location(by=SYSTEM, location_id=store.pk).closed_at


def test_what_was_open_at_a_place_that_is_closed_brings_nothing_there(shop):
    store, article = a_place(), an_article(3)
    count_stock(by=SYSTEM, counted={article: 0}, location_id=store.pk)
    order = order_restock(by=SYSTEM, restock_id=uuid4(), location_id=store.pk, pieces={article: 4})
    transfer = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main().pk, target_id=store.pk, pieces={article: 3})
    counting, waiting = (begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=store.pk, scope="all") for _each in range(2))
    count_lines(by=SYSTEM, number=waiting.number, counted={article: 2})
    hand_in_stocktake(by=SYSTEM, number=waiting.number)
    shut(store)
    for act in (
        lambda: receive_restock(by=SYSTEM, receipt_id=uuid4(), number=order.number, pieces={article: 4}),
        lambda: end_transfer(by=SYSTEM, number=transfer.number),
        lambda: count_lines(by=SYSTEM, number=counting.number, counted={article: 2}),
        lambda: book_stocktake(by=SYSTEM, number=waiting.number),
    ):
        with pytest.raises(LocationClosed, match="Store"):
            act()
    end_transfer(by=SYSTEM, number=transfer.number, back=True)
    end_restock(by=SYSTEM, number=order.number, why="closed")
    cancel_stocktake(by=SYSTEM, number=waiting.number, why="closed")
    assert lies(article) == {"Main warehouse": 3, "Store": 0}
