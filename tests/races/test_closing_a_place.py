"""A place is closed at the moment something is begun there, comes back, or is brought: on a real database with two connections."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.merchant.inventory.actions import count_stock, take_back_stock
from marketplace.merchant.inventory.errors import LocationAwaits, LocationClosed, LocationInUse
from marketplace.merchant.inventory.models import StockLocation
from marketplace.merchant.inventory.moves import adjust_stock, send_transfer
from marketplace.merchant.inventory.places import close_location
from marketplace.merchant.inventory.restocking import order_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake
from tenants.tenancy.schemas import merchant_schema
from tests.merchant.test_closed_places import lies, sent_from
from tests.merchant.test_stock_places import A, a_place, an_article, main
from tests.races.test_import_lanes import in_a_thread

pytestmark = pytest.mark.usefixtures("own_database")


def one_then_the_other(first: Callable[[], object], second: Callable[[], object]) -> MarketError | None:
    """The second begins before the first is committed, and waits for it. What refused it, if anything did."""
    refused: list[MarketError] = []

    def acting() -> None:
        try:
            with merchant_schema(A):
                second()
        except MarketError as refusal:
            refused.append(refusal)

    with merchant_schema(A), transaction.atomic():
        first()
        thread = in_a_thread(acting)
        thread.join(timeout=1)
        assert thread.is_alive(), "it waits for the first"
    thread.join(timeout=10)
    assert not thread.is_alive()
    return refused[0] if refused else None


def begun(store: StockLocation, article: UUID) -> dict[str, tuple[Callable[[], object], type[MarketError], type[MarketError]]]:
    """What → how, what then refuses to close the place, what refuses it where the place was closed first."""
    at = {"by": SYSTEM, "location_id": store.pk}
    moved = {"by": SYSTEM, "transfer_id": uuid4(), "source_id": main().pk, "target_id": store.pk, "pieces": {article: 1}}
    return {
        "ordered": (lambda: order_restock(restock_id=uuid4(), pieces={article: 1}, **at), LocationAwaits, InvalidInput),
        "counted": (lambda: begin_stocktake(stocktake_id=uuid4(), scope="all", **at), LocationAwaits, InvalidInput),
        "sent": (lambda: send_transfer(**moved), LocationInUse, InvalidInput),
        "brought": (lambda: adjust_stock(movement_id=uuid4(), variant_id=article, cause="found", quantity=1, **at), LocationInUse, LocationClosed),
    }


@pytest.mark.parametrize("what", ["ordered", "counted", "sent", "brought"])
def test_what_is_begun_at_a_place_keeps_it_open_or_comes_too_late(what):
    with merchant_schema(A):
        places, article = [a_place(), a_place()], an_article(5)
        for store in places:
            count_stock(by=SYSTEM, counted={article: 0}, location_id=store.pk)
        (first, keeps_open, _late), (second, _open, too_late) = (begun(store, article)[what] for store in places)
    closing = [lambda store=store: close_location(by=SYSTEM, location_id=store.pk) for store in places]
    assert isinstance(one_then_the_other(first, closing[0]), keeps_open)
    assert isinstance(one_then_the_other(closing[1], second), too_late)


@pytest.mark.parametrize("closes_first", [True, False])
def test_goods_that_come_back_while_their_place_is_closed_are_not_stuck_there(closes_first):
    with merchant_schema(A):
        store, article = a_place(), an_article(0)
        count_stock(by=SYSTEM, counted={article: 2}, location_id=store.pk)
        order_id, line_id = sent_from(store, article, 2)

    def close() -> None:
        close_location(by=SYSTEM, location_id=store.pk)

    def take_back() -> None:
        take_back_stock(by=SYSTEM, order_id=order_id, pieces={line_id: 2}, ref="R")

    refused = one_then_the_other(*((close, take_back) if closes_first else (take_back, close)))
    with merchant_schema(A):
        found = lies(article)
    assert found == ({"Main warehouse": 2, "Store": 0} if closes_first else {"Main warehouse": 0, "Store": 2})
    assert refused is None if closes_first else isinstance(refused, LocationInUse)
