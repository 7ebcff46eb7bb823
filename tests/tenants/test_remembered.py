"""Facts that web processes remember: used without asking again, and read anew as soon as somebody has changed them."""

from __future__ import annotations

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.actors import SYSTEM
from tenants.tenancy.actions import set_periods
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.remembered import GROUPS, one_look, remembered, remembered_rows
from tests import factories as make


class Asked:
    """Reads the market's days, and counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return Market.objects.get().ship_days


def look(read: Asked) -> int:
    with one_look():
        return remembered("hosts", "days", read)


def test_every_table_that_is_watched_exists():
    known = {model._meta.db_table for model in apps.get_models()}
    assert {table for tables in GROUPS.values() for table in tables} <= known


def test_a_fact_is_read_once_and_anew_after_a_verb_a_plain_statement_and_a_loss_of_stamps(own_database):
    read = Asked()
    look(read)  # the stamps are made
    days = look(read)
    assert look(read) == days and read.times == 2
    set_periods(by=SYSTEM, periods={"ship_days": days + 1}, why="to see it at once")
    assert look(read) == days + 1
    Market.objects.update(ship_days=days + 2)
    assert look(read) == days + 2
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "tenancy_market" SET ship_days = %s', [days])
    assert look(read) == days
    before = read.times
    cache.clear()
    look(read)
    assert read.times == before + 1


def test_what_was_read_beside_a_change_is_not_used_afterwards(own_database):
    read = Asked()
    look(read)
    days = look(read)
    Market.objects.update(ship_days=days + 1)
    with one_look():
        Market.objects.update(ship_days=days + 2)
        assert remembered("hosts", "days", read) == days + 2  # a request sees what it has changed itself
    with transaction.atomic():
        Market.objects.update(ship_days=days)
        assert look(read) == days  # and a transaction what only it knows
        transaction.set_rollback(True)
    assert look(read) == days + 2


def test_of_many_rows_only_those_are_read_that_no_request_has_read(own_database):
    asked: list[list[str]] = []

    def read(slugs: list[str]) -> dict[str, str]:
        asked.append(slugs)
        return dict(Merchant.objects.filter(slug__in=slugs).values_list("slug", "status"))

    def look(*slugs: str) -> dict[str, str]:
        with one_look():
            return remembered_rows("hosts", "statuses", slugs, read)

    look("kiln")  # the stamps are made
    first, second = Merchant.objects.order_by("ordinal").values_list("slug", flat=True)[:2]
    del asked[:]
    assert look(first) == {first: "open"} and look(first, second, first, "nobody") == {first: "open", second: "open"}
    assert look(second, first) == {second: "open", first: "open"} and asked == [[first], [second, "nobody"]]
    Merchant.objects.filter(slug=first).update(status="suspended")
    assert look(first) == {first: "suspended"}
    Merchant.objects.filter(slug=first).update(status="open")
    with transaction.atomic():
        Merchant.objects.filter(slug=first).update(status="holiday")
        assert look(first) == {first: "holiday"}
        transaction.set_rollback(True)
    assert look(first) == {first: "open"}


def test_a_product_page_asks_for_what_can_change_with_every_order_alone(own_database):
    path, client = f"/p/{make.a_product(stock=3).pk}/", Client()
    make.a_product(title="Beside")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path, headers={"host": "market.localhost"}).status_code == 200
        return [one["sql"] for one in asked.captured_queries]

    for _time in range(3):
        queries()
    asked = queries()
    assert len(asked) <= 6
    assert any("merchant_inventory_stocklevel" in sql for sql in asked)
    assert not any(f'FROM "{table}"' in sql for sql in asked for tables in GROUPS.values() for table in tables)
