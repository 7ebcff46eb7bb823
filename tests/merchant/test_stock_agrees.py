"""After any history, what lies at a place is the sum of its movements, what is held is what orders hold, and nothing is oversold."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import MarketError
from marketplace.merchant.inventory.actions import (
    Wanted,
    allocate_stock,
    count_stock,
    release_stock,
    reserve_stock,
    ship_stock,
    take_back_stock,
)
from marketplace.merchant.inventory.checking import findings
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockLocation, StockMovement, StockTransfer
from marketplace.merchant.inventory.moves import CAUSES, adjust_stock, end_transfer, send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.restocking import order_restock, receive_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, book_stocktake, count_lines, hand_in_stocktake
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


@pytest.fixture
def shop(db):
    with merchant_schema(MERCHANTS["a"]):
        yield


class History:
    """Anything that may happen to the stock of two variants at three places, in any order. What is refused changes nothing."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        product = make.a_product("a", stock=20, variants=2)
        self.variants: list[UUID] = list(product.variants.values_list("pk", flat=True))
        for n, ships in enumerate((True, False)):
            open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": f"Place {n}"}, may_ship=ships, preference=self.dice.randint(0, 3)))
        self.places: list[UUID] = list(StockLocation.objects.values_list("pk", flat=True))
        self.orders: dict[UUID, dict[UUID, int]] = {}
        self.counts: list[str] = []

    def step(self) -> str:
        often = [self.order, self.ship, self.ship]
        each = [
            self.count,
            self.adjust,
            self.order,
            self.pay,
            self.release,
            self.back,
            self.send,
            self.end,
            self.restock,
            self.begin_counting,
            self.book_counting,
        ]
        what: Callable[[], object] = self.dice.choice([*often, *each])
        with suppress(MarketError), transaction.atomic():
            what()
        return what.__name__

    def count(self) -> None:
        count_stock(by=SYSTEM, counted={self.dice.choice(self.variants): self.dice.randint(0, 30)}, location_id=self.dice.choice(self.places))

    def adjust(self) -> None:
        cause = self.dice.choice(list(CAUSES))
        quantity = self.dice.randint(1, 6) * (1 if CAUSES[cause] else self.dice.choice((1, -1)))
        place, variant = self.dice.choice(self.places), self.dice.choice(self.variants)
        adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=variant, location_id=place, cause=cause, quantity=quantity)

    def order(self) -> None:
        key = uuid4()
        lines = [Wanted(uuid4(), variant, self.dice.randint(1, 12), "x") for variant in self.dice.sample(self.variants, self.dice.randint(1, 2))]
        reserve_stock(by=SYSTEM, order_id=key, wanted=lines)
        self.orders[key] = {line.line_id: line.quantity for line in lines}

    def some_order(self) -> UUID:
        return self.dice.choice([*self.orders, uuid4()])

    def pieces(self, order: UUID) -> dict[UUID, int]:
        return {line: self.dice.randint(0, quantity) for line, quantity in self.orders.get(order, {}).items()}

    def pay(self) -> None:
        allocate_stock(by=SYSTEM, order_id=self.some_order())

    def release(self) -> None:
        order = self.some_order()
        release_stock(by=SYSTEM, order_id=order, pieces=None if self.dice.random() < 0.5 else self.pieces(order))

    def ship(self) -> None:
        order = self.some_order()
        ship_stock(by=SYSTEM, order_id=order, shipped=self.pieces(order), ref=str(order)[:20])

    def back(self) -> None:
        order = self.some_order()
        take_back_stock(by=SYSTEM, order_id=order, pieces=self.pieces(order), ref="R")

    def send(self) -> None:
        source, target = self.dice.sample(self.places, 2)
        pieces = {self.dice.choice(self.variants): self.dice.randint(1, 8)}
        send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=source, target_id=target, pieces=pieces)

    def end(self) -> None:
        row = StockTransfer.objects.filter(status="sent").order_by("pk").first()
        if row:
            line = row.lines.get()
            back = self.dice.random() < 0.3
            end_transfer(by=SYSTEM, number=row.number, back=back, arrived={line.variant_id: self.dice.randint(0, line.quantity)})

    def restock(self) -> None:
        variant = self.dice.choice(self.variants)
        row = order_restock(by=SYSTEM, restock_id=uuid4(), location_id=self.dice.choice(self.places), pieces={variant: 5})
        receive_restock(by=SYSTEM, receipt_id=uuid4(), number=row.number, pieces={variant: self.dice.randint(1, 7)})

    def begin_counting(self) -> None:
        row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=self.dice.choice(self.places), scope="all")
        count_lines(by=SYSTEM, number=row.number, counted={variant: self.dice.randint(0, 30) for variant in self.variants})
        hand_in_stocktake(by=SYSTEM, number=row.number)
        self.counts.append(row.number)

    def book_counting(self) -> None:
        if self.counts:
            book_stocktake(by=SYSTEM, number=self.counts.pop(self.dice.randrange(len(self.counts))))


@pytest.mark.parametrize("seed", range(6))
def test_stock_is_the_sum_of_its_movements_after_any_history(shop, seed):
    history = History(seed)
    seen = set()
    for n in range(60):
        with clock.shifted(timedelta(seconds=n)):
            seen.add(history.step())
    assert findings() == []
    for level in StockLevel.objects.all():
        running = 0
        for movement in StockMovement.objects.filter(level=level).order_by("at", "pk"):
            running += movement.quantity
            assert movement.balance == running >= 0
        assert running == level.on_hand >= level.reserved + level.allocated
    for order, lines in history.orders.items():
        held = Reservation.objects.filter(order_id=order)
        assert {line: sum(row.quantity for row in held if row.line_id == line) for line in lines} == lines, "nothing is held twice or lost"
    assert len(seen) > 9, "a history in which little happened proves little"


def test_a_level_that_does_not_agree_is_named(shop):
    """The control: a figure that was changed past the books is found, with what it should be."""
    article = make.variant_of(make.a_product("a", stock=7))
    assert findings() == []
    level = StockLevel.objects.get(variant=article)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=9, reserved=1)
    (found,) = findings()
    assert str(found) == f"{level.variant.sku} ({level.pk}): on hand 9, its movements come to 7; reserved 1, unpaid orders hold 0"
    with pytest.raises(CommandError) as refusal:
        call_command("check_stock", stdout=(out := StringIO()))
    assert "1 level(s)" in str(refusal.value) and str(found) in out.getvalue()
    StockLevel.objects.filter(pk=level.pk).update(on_hand=7, reserved=0)
    call_command("check_stock", stdout=(out := StringIO()))
    assert "agree" in out.getvalue()
