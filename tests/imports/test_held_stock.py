"""A row may say less stock than orders hold: it is told so, and the others go in."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import translation

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.imports.actions import start_import, undo_import
from marketplace.merchant.inventory.actions import Wanted, reserve_stock
from marketplace.merchant.inventory.models import StockLevel
from tenants.tenancy.schemas import merchant_schema
from tests.imports.files import A, a_row, as_csv, batch, checked, cups, imported, owner, problems, states

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_cups():
    with translation.override("en"):
        cups()
        imported(as_csv([a_row(n) for n in (1, 2, 3)]), counts_stock=True)
        yield


def order(sku: str, pieces: int) -> None:
    with merchant_schema(A):
        reserve_stock(by=SYSTEM, order_id=uuid4(), wanted=[Wanted(uuid4(), Variant.objects.get(sku=sku).pk, pieces, sku)])


def on_hand() -> dict[str, int]:
    with merchant_schema(A):
        return dict(StockLevel.objects.filter(variant__sku__startswith="P").values_list("variant__sku", "on_hand"))


def begin(import_id) -> None:
    with merchant_schema(A):
        start_import(by=owner(), import_id=import_id)
    deliver_events()


FEWER = [a_row(n, Stock="2") for n in (1, 2, 3)]


def test_the_check_tells_a_row_how_much_orders_hold():
    order("P2", 4)
    import_id = checked(as_csv(FEWER), counts_stock=True)
    assert states(import_id) == {"bad": 1, "good": 2}
    ((heading, why),) = problems(import_id)[3]
    assert heading == "Stock" and "4 of “P2” are held for orders" in why
    begin(import_id)
    assert batch(import_id).status == "done" and on_hand() == {"P1": 2, "P2": 5, "P3": 2}


def test_as_many_as_are_held_may_be_said_and_what_is_not_counted_says_nothing():
    order("P2", 2)
    assert states(checked(as_csv(FEWER), counts_stock=True)) == {"good": 3}
    order("P1", 3)
    assert states(checked(as_csv(FEWER))) == {"same": 3}, "stock of what is there is not counted"


def test_an_order_placed_after_the_check_leaves_out_its_row_alone():
    import_id = checked(as_csv(FEWER), counts_stock=True)
    assert states(import_id) == {"good": 3}
    order("P2", 4)
    begin(import_id)
    assert batch(import_id).status == "done" and states(import_id) == {"bad": 1, "done": 2}
    assert "4 of “P2”" in problems(import_id)[3][0][1] and on_hand() == {"P1": 2, "P2": 5, "P3": 2}
    with merchant_schema(A):
        undo_import(by=owner(), import_id=import_id)
    deliver_events()
    assert (batch(import_id).status, batch(import_id).undone) == ("undone", 2) and on_hand() == {"P1": 5, "P2": 5, "P3": 5}


def test_undoing_keeps_the_product_of_which_orders_hold_more_than_lay_there():
    import_id = imported(as_csv([a_row(n, Stock="9") for n in (1, 2, 3)]), counts_stock=True)
    order("P2", 7)
    with merchant_schema(A):
        undo_import(by=owner(), import_id=import_id)
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.undone, row.kept) == ("undone", 2, 1) and on_hand() == {"P1": 5, "P2": 9, "P3": 5}
