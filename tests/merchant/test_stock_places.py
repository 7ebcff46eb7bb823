"""Several places: orders are filled from as few as will do, the preferred first, and never from what does not ship."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from marketplace.flows.ship_order import pack_order, ship_order, ship_package
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.actions import Wanted, count_stock, release_stock, reserve_stock, take_back_stock
from marketplace.merchant.inventory.errors import HeldElsewhere, LocationInUse, NotEnoughThere, OutOfStock
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockLocation, StockMovement
from marketplace.merchant.inventory.moves import adjust_stock, end_transfer, send_transfer
from marketplace.merchant.inventory.places import Place, change_location, close_location, open_location
from marketplace.merchant.inventory.queries import available_of
from marketplace.platform.listings.models import ListingVariant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

A = MERCHANTS["a"]


@pytest.fixture
def shop(db):
    with merchant_schema(A):
        yield


def main() -> StockLocation:
    return StockLocation.objects.get(is_default=True)


def a_place(name: str = "Store", *, ships: bool = True, preference: int = 5) -> StockLocation:
    return open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": name}, kind="store", may_ship=ships, preference=preference))


def an_article(stock: int, **elsewhere: tuple[StockLocation, int]) -> UUID:
    variant_id = make.variant_of(make.a_product("a", title=f"Mug {uuid4().hex[:6]}", stock=stock))
    for location, pieces in elsewhere.values():
        count_stock(by=SYSTEM, counted={variant_id: pieces}, location_id=location.pk)
    return variant_id


def hold(*wanted: tuple[UUID, int]) -> tuple[UUID, list[Wanted]]:
    order_id = uuid4()
    lines = [Wanted(uuid4(), variant_id, quantity, "x") for variant_id, quantity in wanted]
    reserve_stock(by=SYSTEM, order_id=order_id, wanted=lines)
    return order_id, lines


def held_at(order_id: UUID) -> dict[str, int]:
    rows = Reservation.objects.filter(order_id=order_id).select_related("level__location")
    return {f"{row.level.location.names['en']}:{n}": row.quantity for n, row in enumerate(sorted(rows, key=lambda row: row.level.location.preference))}


def test_the_preferred_place_is_taken_from_first(shop):
    store = a_place(preference=5)
    article = an_article(5, store=(store, 5))
    order_id, _lines = hold((article, 2))
    assert held_at(order_id) == {"Main warehouse:0": 2}
    change_location(by=SYSTEM, location_id=main().pk, place=Place({"en": "Main warehouse"}, preference=9))
    order_id, _lines = hold((article, 2))
    assert held_at(order_id) == {"Store:0": 2}


def test_a_place_that_has_the_whole_order_saves_a_parcel(shop):
    store = a_place(preference=5)
    one, two = an_article(5, store=(store, 5)), an_article(0, store=(store, 5))
    order_id, _lines = hold((one, 1), (two, 1))
    assert set(held_at(order_id)) == {"Store:0", "Store:1"}


def test_a_line_that_no_place_has_whole_is_split_and_nothing_is_oversold(shop):
    store, cellar = a_place("Store", preference=5), a_place("Cellar", preference=7)
    article = an_article(2, store=(store, 3), cellar=(cellar, 1))
    order_id, (line,) = hold((article, 6))
    assert held_at(order_id) == {"Main warehouse:0": 2, "Store:1": 3, "Cellar:2": 1}
    with pytest.raises(OutOfStock) as refusal:
        hold((article, 1))
    assert refusal.value.facts["left"] == 0
    release_stock(by=SYSTEM, order_id=order_id, pieces={line.line_id: 2})  # from the least preferred places first
    assert {level.location.names["en"]: level.reserved for level in StockLevel.objects.filter(variant=article)} == {
        "Main warehouse": 2,
        "Store": 2,
        "Cellar": 0,
    }
    release_stock(by=SYSTEM, order_id=order_id)
    release_stock(by=SYSTEM, order_id=order_id)
    assert not StockLevel.objects.filter(variant=article, reserved__gt=0).exists()


def test_two_lines_of_one_variant_share_what_is_split(shop):
    store = a_place()
    article = an_article(3, store=(store, 3))
    order_id, _lines = hold((article, 2), (article, 4))
    assert sum(Reservation.objects.filter(order_id=order_id).values_list("quantity", flat=True)) == 6
    assert {level.reserved for level in StockLevel.objects.filter(variant=article)} == {3}


def test_what_does_not_ship_is_not_sold_and_nobody_says_it_is(shop):
    store = a_place(ships=False)
    article = an_article(0, store=(store, 9))
    deliver_events()
    assert available_of(A, article) == 0 and not ListingVariant.objects.get(pk=article).in_stock
    with pytest.raises(OutOfStock):
        hold((article, 1))
    change_location(by=SYSTEM, location_id=store.pk, place=Place({"en": "Store"}, kind="store", may_ship=True, preference=5))
    deliver_events()
    assert available_of(A, article) == 9 and ListingVariant.objects.get(pk=article).in_stock
    hold((article, 1))


def test_a_split_order_leaves_from_where_each_parcel_was_packed_and_comes_back_there(shop):
    store = a_place()
    product = make.a_product("a", stock=2)
    article = make.variant_of(product)
    count_stock(by=SYSTEM, counted={article: 3}, location_id=store.pk)
    copy = make.pay(make.a_placed_group(("a", product, 5))).orders.get()
    (line,) = Reservation.objects.filter(order_id=copy.pk).values_list("line_id", flat=True).distinct()
    with pytest.raises(HeldElsewhere):
        pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities={line: 4}, location_id=store.pk)
    parcel = pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities={line: 3}, location_id=store.pk)
    ship_package(by=SYSTEM, number=copy.number, package_id=parcel.pk, carrier="sf", tracking_number="SF1000000001")
    levels = {level.location.is_default: level for level in StockLevel.objects.filter(variant=article)}
    assert [(levels[at].on_hand, levels[at].allocated) for at in (True, False)] == [(2, 2), (0, 0)]
    ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF1000000002")
    take_back_stock(by=SYSTEM, order_id=copy.pk, pieces={line: 4}, ref="R")
    levels = {level.location.is_default: level for level in StockLevel.objects.filter(variant=article)}
    assert [levels[at].on_hand for at in (True, False)] == [2, 2]


def test_a_transfer_is_nowhere_while_it_is_on_the_way_and_what_is_missing_is_lost(shop):
    store = a_place()
    article = an_article(10)
    hold((article, 4))
    with pytest.raises(NotEnoughThere):
        send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main().pk, target_id=store.pk, pieces={article: 7})
    key = uuid4()
    row = send_transfer(by=SYSTEM, transfer_id=key, source_id=main().pk, target_id=store.pk, pieces={article: 6}, note="for the fair")
    assert send_transfer(by=SYSTEM, transfer_id=key, source_id=main().pk, target_id=store.pk, pieces={article: 6}) == row
    assert available_of(A, article) == 0
    with pytest.raises(InvalidInput):
        end_transfer(by=SYSTEM, number=row.number, arrived={article: 7})
    end_transfer(by=SYSTEM, number=row.number, arrived={article: 5})
    end_transfer(by=SYSTEM, number=row.number, arrived={article: 5})
    told = StockMovement.objects.filter(ref=row.number).order_by("at", "pk").values_list("kind", "quantity", "balance")
    assert list(told) == [("moved_out", -6, 4), ("moved_in", 6, 6), ("lost", -1, 5)]
    assert available_of(A, article) == 5


def test_a_transfer_that_is_taken_back_is_where_it_was(shop):
    store, article = a_place(), an_article(3)
    row = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main().pk, target_id=store.pk, pieces={article: 3})
    with pytest.raises(LocationInUse):
        close_location(by=SYSTEM, location_id=store.pk)
    end_transfer(by=SYSTEM, number=row.number, back=True)
    assert StockLevel.objects.get(variant=article, location=main()).on_hand == 3
    assert close_location(by=SYSTEM, location_id=store.pk).closed_at


def test_a_correction_says_its_cause_and_leaves_what_orders_hold(shop):
    article = an_article(5)
    hold((article, 4))
    key, at = uuid4(), main().pk
    for _twice in range(2):
        adjust_stock(by=SYSTEM, movement_id=key, variant_id=article, location_id=at, cause="damaged", quantity=1, note="fell down")
    movement = StockMovement.objects.get(pk=key)
    assert (movement.kind, movement.quantity, movement.balance, movement.note, movement.by_label) == ("damaged", -1, 4, "fell down", "system")
    with pytest.raises(NotEnoughThere):
        adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=article, location_id=at, cause="lost", quantity=1)
    for cause, quantity in (("damaged", -1), ("shipped", 1), ("adjusted", 0)):
        with pytest.raises(InvalidInput):
            adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=article, location_id=at, cause=cause, quantity=quantity)


def test_the_main_location_stays(shop):
    with pytest.raises(InvalidInput):
        close_location(by=SYSTEM, location_id=main().pk)
    with pytest.raises(InvalidInput):
        change_location(by=SYSTEM, location_id=main().pk, place=Place({"en": "x"}, may_ship=False))
