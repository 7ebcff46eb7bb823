"""An order placed while an import counts its goods: on a real database, each with a connection of its own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events, fan_out, lease, perform
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.imports.actions import start_import
from marketplace.merchant.inventory.actions import Wanted, reserve_stock
from marketplace.merchant.inventory.models import StockLevel
from tenants.tenancy.schemas import merchant_schema
from tests.imports.files import A, a_row, as_csv, batch, checked, cups, imported, problems, states
from tests.races.test_import_lanes import in_a_thread

pytestmark = pytest.mark.usefixtures("own_database")


def test_an_order_between_looking_and_counting_leaves_out_its_row_alone():
    cups()
    numbers = range(7_001, 7_006)
    imported(as_csv([a_row(n) for n in numbers]), by=SYSTEM, counts_stock=True)
    import_id = checked(as_csv([a_row(n, Stock="2") for n in numbers]), by=SYSTEM, counts_stock=True)
    with merchant_schema(A):
        start_import(by=SYSTEM, import_id=import_id)
    fan_out()
    (turn,) = lease()
    with merchant_schema(A), transaction.atomic():
        variant = Variant.objects.get(sku="P7003")
        reserve_stock(by=SYSTEM, order_id=uuid4(), wanted=[Wanted(uuid4(), variant.pk, 4, "x")])
        thread = in_a_thread(lambda: perform(turn.delivery_id))
        thread.join(timeout=2)
        assert thread.is_alive(), "it has looked, and waits to count"
    thread.join(timeout=20)
    assert not thread.is_alive()
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.changed, row.settled) == ("done", 4, 5) and states(import_id) == {"bad": 1, "done": 4}
    assert "P7003" in problems(import_id)[4][0][1]
    with merchant_schema(A):
        found = dict(StockLevel.objects.filter(variant__sku__in=[f"P{n}" for n in numbers]).values_list("variant__sku", "on_hand"))
    assert found == {f"P{n}": 5 if n == 7_003 else 2 for n in numbers}
