"""Stocktakes: a count holds for its moment, somebody else approves it, and it is booked once."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import IllegalMove, InvalidInput, MarketError, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.inventory.actions import allocate_stock, ship_stock
from marketplace.merchant.inventory.checking import findings
from marketplace.merchant.inventory.errors import CountedBySame, StockHeld
from marketplace.merchant.inventory.models import StockLevel, StockLocation, StockMovement, Stocktake, StocktakeLine
from marketplace.merchant.inventory.moves import adjust_stock, end_transfer, send_transfer
from marketplace.merchant.inventory.stocktakes import (
    begin_stocktake,
    book_stocktake,
    cancel_stocktake,
    count_again,
    count_lines,
    hand_in_stocktake,
    scan_line,
)
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.merchant.test_stock_places import a_place, an_article, hold, main

A = MERCHANTS["a"]


@pytest.fixture
def shop(db):
    with merchant_schema(A):
        yield


def a_colleague(name: str = "clerk") -> Actor:
    user = User.objects.create_user(f"{name}@example.com", name=name)
    give_role(by=SYSTEM, user_id=user.pk, role="purchaser", merchant_id=A)
    return make.acting(user)


def owner() -> Actor:
    return make.acting(User.objects.get(email="owner-a@market.localhost"))


def begun(*variant_ids: UUID) -> str:
    row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=main().pk, scope="chosen", variant_ids=variant_ids)
    return str(row.number)


def on_hand(article: UUID) -> int:
    return int(StockLevel.objects.get(variant=article, location=main()).on_hand)


def shipped(article: UUID, quantity: int) -> None:
    order_id, (line,) = hold((article, quantity))
    allocate_stock(by=SYSTEM, order_id=order_id)
    ship_stock(by=SYSTEM, order_id=order_id, shipped={line.line_id: quantity}, ref="X")


def test_what_left_after_the_count_is_no_difference(shop):
    article = an_article(10)
    number = begun(article)
    shipped(article, 1)
    count_lines(by=SYSTEM, number=number, counted={article: 8})  # 9 should be there
    with clock.shifted(timedelta(minutes=1)):
        shipped(article, 2)
        hand_in_stocktake(by=SYSTEM, number=number)
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 6
    movement = StockMovement.objects.get(kind="stocktake")
    assert (movement.quantity, movement.balance, movement.ref) == (-1, 6, number)


def test_a_sheet_that_is_typed_in_later_holds_for_when_it_was_counted(shop):
    with clock.shifted(-timedelta(hours=3)):
        article = an_article(10)
        number = begun(article)
    shipped(article, 4)
    count_lines(by=SYSTEM, number=number, counted={article: 10}, at=clock.now() - timedelta(hours=2))
    hand_in_stocktake(by=SYSTEM, number=number)
    book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 6 and not StockMovement.objects.filter(kind="stocktake").exists()


def test_two_stocktakes_of_one_shelf_correct_it_once(shop):
    article = an_article(7)
    first, second = begun(article), begun(article)
    for number in (first, second):
        count_lines(by=SYSTEM, number=number, counted={article: 5})
        hand_in_stocktake(by=SYSTEM, number=number)
    with clock.shifted(timedelta(minutes=1)):
        book_stocktake(by=SYSTEM, number=first)
    with clock.shifted(timedelta(minutes=2)):
        book_stocktake(by=SYSTEM, number=second)
    assert on_hand(article) == 5


def test_goods_thrown_away_after_the_count_stay_away(shop):
    article = an_article(7)
    number = begun(article)
    count_lines(by=SYSTEM, number=number, counted={article: 7})
    hand_in_stocktake(by=SYSTEM, number=number)
    with clock.shifted(timedelta(minutes=1)):
        adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=article, location_id=main().pk, cause="damaged", quantity=2)
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 5


def counted_then(article: UUID, pieces: int) -> str:
    number = begun(article)
    count_lines(by=SYSTEM, number=number, counted={article: pieces})
    hand_in_stocktake(by=SYSTEM, number=number)
    return number


def test_what_a_transfer_brought_after_the_count_is_what_arrived_of_it(shop):
    store = a_place()
    article = an_article(5, store=(store, 10))
    row = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=store.pk, target_id=main().pk, pieces={article: 10})
    number = counted_then(article, 5)
    with clock.shifted(timedelta(minutes=1)):
        end_transfer(by=SYSTEM, number=row.number, arrived={article: 7})
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 12 and not StockMovement.objects.filter(kind="stocktake").exists()
    assert findings() == []


@pytest.mark.parametrize("came", [{"arrived": {}}, {"back": True}])
def test_a_transfer_that_left_before_the_count_is_no_difference_where_it_left_from(shop, came):
    store = a_place()
    article = an_article(5)
    row = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main().pk, target_id=store.pk, pieces={article: 2})
    number = counted_then(article, 3)
    with clock.shifted(timedelta(minutes=1)):
        end_transfer(by=SYSTEM, number=row.number, **came)
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == (5 if "back" in came else 3) and not StockMovement.objects.filter(kind="stocktake").exists()


def test_what_somebody_finds_missing_after_the_count_is_not_taken_off_twice(shop):
    article = an_article(7)
    number = counted_then(article, 5)
    with clock.shifted(timedelta(minutes=1)):
        adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=article, location_id=main().pk, cause="lost", quantity=2)
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 5


def test_the_same_number_counted_again_holds_for_the_later_moment_and_its_counter(shop):
    first, second = a_colleague("first"), a_colleague("second")
    with clock.shifted(-timedelta(hours=4)):
        article = an_article(10)
        number = begun(article)
    count_lines(by=first, number=number, counted={article: 10}, at=clock.now() - timedelta(hours=3))
    with clock.shifted(-timedelta(hours=2)):
        shipped(article, 3)
    hand_in_stocktake(by=SYSTEM, number=number)
    count_again(by=SYSTEM, number=number, why="seven should be left")
    at = clock.now() - timedelta(hours=1)
    count_lines(by=second, number=number, counted={article: 10}, at=at)
    line = StocktakeLine.objects.get()
    assert (line.counted, line.expected, line.counted_at, line.counted_by_id) == (10, 7, at, second.user_id)
    hand_in_stocktake(by=SYSTEM, number=number)
    with pytest.raises(CountedBySame):
        book_stocktake(by=second, number=number)
    book_stocktake(by=first, number=number)
    assert on_hand(article) == 10


def test_the_same_numbers_saved_twice_were_counted_once(shop):
    with clock.shifted(-timedelta(hours=4)):
        article, left_out = an_article(10), an_article(4)
        number = begun(article, left_out)
    at = clock.now() - timedelta(hours=3)
    with clock.shifted(-timedelta(hours=3)):
        count_lines(by=SYSTEM, number=number, counted={article: 10, left_out: None})
    before = StocktakeLine.objects.get(variant=article)
    shipped(article, 3)
    count_lines(by=SYSTEM, number=number, counted={article: 10, left_out: None})  # a form that was sent once more
    count_lines(by=SYSTEM, number=number, counted={left_out: None}, at=at)
    assert StocktakeLine.objects.get(variant=article).counted_at == before.counted_at
    assert StocktakeLine.objects.get(variant=left_out).counted_at is None
    count_lines(by=SYSTEM, number=number, counted={article: 10}, at=at)
    count_lines(by=SYSTEM, number=number, counted={article: 10}, at=at)
    assert AuditEvent.objects.filter(action="stocktake.counted").count() == 2


def test_each_scan_is_one_piece_more_and_adds_what_the_sheet_did_not_hold(shop):
    listed, found = an_article(5), an_article(0)
    number = begun(listed)
    sku = {level.variant_id: level.variant.sku for level in StockLevel.objects.select_related("variant")}
    scan_line(by=SYSTEM, number=number, code=sku[listed])
    assert scan_line(by=SYSTEM, number=number, code=sku[listed].upper(), quantity=3).counted == 4
    assert scan_line(by=SYSTEM, number=number, code=f" {sku[found]} ").expected == 0
    with pytest.raises(InvalidInput, match="nothing like it"):
        scan_line(by=SYSTEM, number=number, code="nothing like it")


def test_what_was_not_counted_stays_and_a_count_can_be_taken_back(shop):
    one, two = an_article(5), an_article(5)
    number = begun(one, two)
    with pytest.raises(InvalidInput):
        hand_in_stocktake(by=SYSTEM, number=number)
    count_lines(by=SYSTEM, number=number, counted={one: 4, two: 0})
    count_lines(by=SYSTEM, number=number, counted={two: None})
    hand_in_stocktake(by=SYSTEM, number=number)
    with pytest.raises(IllegalMove):
        count_lines(by=SYSTEM, number=number, counted={one: 3})
    with pytest.raises(ReasonMissing):
        count_again(by=SYSTEM, number=number, why=" ")
    count_again(by=SYSTEM, number=number, why="the top shelf, too")
    hand_in_stocktake(by=SYSTEM, number=number)
    book_stocktake(by=SYSTEM, number=number)
    assert (on_hand(one), on_hand(two)) == (4, 5)
    with pytest.raises(IllegalMove):
        cancel_stocktake(by=SYSTEM, number=number, why="too late")


def test_who_counted_does_not_approve_while_somebody_else_could(shop):
    article, by = an_article(5), owner()
    number = begun(article)
    count_lines(by=by, number=number, counted={article: 3})
    hand_in_stocktake(by=a_colleague("second"), number=number)
    third = a_colleague("third")
    with pytest.raises(CountedBySame):
        book_stocktake(by=by, number=number)
    assert on_hand(article) == 5
    row = book_stocktake(by=third, number=number)
    assert (on_hand(article), row.is_alone, row.ended_by) == (3, False, third.label)


def test_where_nobody_else_could_the_same_person_approves_and_it_is_said(shop):
    article, by = an_article(5), owner()
    number = begun(article)
    count_lines(by=by, number=number, counted={article: 3})
    hand_in_stocktake(by=by, number=number)
    assert book_stocktake(by=by, number=number).is_alone
    assert on_hand(article) == 3


def test_what_orders_hold_cannot_be_counted_away(shop):
    article = an_article(5)
    number = begun(article)
    hold((article, 4))
    count_lines(by=SYSTEM, number=number, counted={article: 3})
    hand_in_stocktake(by=SYSTEM, number=number)
    with pytest.raises(StockHeld):
        book_stocktake(by=SYSTEM, number=number)
    assert on_hand(article) == 5 and Stocktake.objects.get(number=number).status == "waiting"


def test_bookings_scans_and_orders_at_once_book_once_and_agree(own_database):
    """On a real database: four book the same stocktake while four orders take from the same shelf, and eight scans of another are all counted."""
    with merchant_schema(A):
        article = make.variant_of(make.a_product("a", stock=50))
        sku = StockLevel.objects.get(variant=article).variant.sku
        first, second = begun(article), begun(article)
        count_lines(by=SYSTEM, number=first, counted={article: 45})
        hand_in_stocktake(by=SYSTEM, number=first)
        before = StockMovement.objects.filter(kind="stocktake").count()
    gate, failed = threading.Barrier(16), []

    def one(do) -> None:
        try:
            gate.wait(timeout=30)
            with merchant_schema(A):
                do()
        except MarketError:
            pass
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    work = [lambda: book_stocktake(by=SYSTEM, number=first)] * 4 + [lambda: shipped_at_once(article)] * 4
    work += [lambda: scan_line(by=SYSTEM, number=second, code=sku)] * 8
    threads = [threading.Thread(target=one, args=(do,)) for do in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with merchant_schema(A):
        assert StockMovement.objects.filter(kind="stocktake").count() == before + 1
        assert Stocktake.objects.get(number=second).lines.get().counted == 8
        assert on_hand(article) == 41 and findings() == []


def shipped_at_once(article: UUID) -> None:
    with transaction.atomic():
        shipped(article, 1)


def test_a_place_is_counted_whole_or_by_category(shop):
    one = an_article(5)
    other = StockLocation.objects.get(is_default=True)
    row = begin_stocktake(by=SYSTEM, stocktake_id=(key := uuid4()), location_id=other.pk, scope="all")
    assert begin_stocktake(by=SYSTEM, stocktake_id=key, location_id=other.pk, scope="all") == row
    assert row.lines.filter(variant=one).exists()
    category = StockLevel.objects.get(variant=one).variant.product.category_id
    by_category = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=other.pk, scope="category", category_id=category, products_in=[category])
    assert by_category.lines.count() == row.lines.count()
    with pytest.raises(InvalidInput):
        begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=other.pk, scope="category", category_id=999, products_in=[999])
