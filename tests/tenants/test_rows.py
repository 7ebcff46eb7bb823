"""New rows in one INSERT: the same rows as bulk_create() writes, under the same guard."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.forms import model_to_dict

from marketplace.merchant.inventory.models import StockLocation
from marketplace.merchant.orders.models import Order, OrderLine
from tenants.tenancy.guard import WrongSchema
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


def an_order(number: str) -> Order:
    buyer = make.a_buyer()
    money = {"currency": "CNY", "items_minor": 1200, "total_minor": 1200, "commission_minor": 60}
    return Order(number=number, group_id=buyer.pk, buyer=buyer, address={"street": "漕溪北路 1 号"}, **money)


def a_line(order: Order, position: int) -> OrderLine:
    goods = {"product_id": order.pk, "variant_id": order.pk, "sku": "杯", "titles": {"en": "50 %s off"}, "options": [[{"en": "Size"}, {"en": "L"}]]}
    return OrderLine(
        order=order, position=position, quantity=3, currency="CNY", unit_minor=400, total_minor=1200, commission_rate="0.05", commission_minor=60, **goods
    )


def stored(row):
    return {**model_to_dict(type(row).objects.get(pk=row.pk)), "id": None, "number": None, "group_id": None, "buyer": None}


def test_a_row_is_what_bulk_create_makes_of_it():
    with merchant_schema(MERCHANTS["a"]):
        new, other = an_order("1"), an_order("2")
        insert_new([new])
        Order.objects.bulk_create([other])
        new.placed_at = other.placed_at
        new.save(update_fields=["placed_at"])
        assert stored(new) == stored(other)
        assert not new._state.adding


def test_many_rows_go_in_together_with_texts_and_lists_as_they_are():
    with merchant_schema(MERCHANTS["a"]):
        order = an_order("1")
        insert_new([order])
        insert_new([a_line(order, position) for position in (1, 2, 3)])
        lines = list(order.lines.order_by("position"))
        assert [(line.position, line.sku, line.titles, line.options) for line in lines] == [
            (position, "杯", {"en": "50 %s off"}, [[{"en": "Size"}, {"en": "L"}]]) for position in (1, 2, 3)
        ]


def test_nothing_is_written_for_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_new([])


def test_a_constraint_refuses_all_of_them():
    with merchant_schema(MERCHANTS["a"]):
        order = an_order("1")
        insert_new([order])
        twice = [a_line(order, 1), a_line(order, 1)]
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_new(twice)
        assert not order.lines.exists()


def test_a_row_of_another_merchant_is_refused():
    with merchant_schema(MERCHANTS["a"]):
        row = StockLocation(names={"en": "x"})
    with merchant_schema(MERCHANTS["b"]), pytest.raises(WrongSchema):
        insert_new([row])
