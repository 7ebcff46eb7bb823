"""What a journey costs in statements: a fixed number for each shop it crosses, and none for each line."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.flows import place_order
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderGroup
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
# A basket of four lines over three shops may send so many, with what opens and closes the transaction and wakes the relay.
MOST_FOR_THREE_SHOPS = 45
BEGIN_COMMIT_NOTIFY = 3  # not seen in a test's own transaction
# Measured: 19, and 7 a shop. A little room is left; whoever needs more says why.
OF_PLACING = 20
OF_PLACING_A_SHOP = 7


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without what opens and closes a transaction."""
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


def placing(shops: str, lines: int, variants: int = 1) -> list[str]:
    """The statements of placing an order over these shops, with so many different articles of each, each of so many variants."""
    make.commission()
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, *((shop, make.a_product(shop, title=f"{shop}{n}", variants=variants), 1) for shop in shops for n in range(lines)))
    address, total = make.an_address(buyer), view_cart(cart, "CNY").total
    with CaptureQueriesContext(connection) as captured:
        place_order.place_order(by=make.acting(buyer), key=uuid4().hex, cart_id=cart.pk, address_id=address, shown_total=total, language="zh-hans")
    assert OrderGroup.objects.get(buyer=buyer).orders.count() == len(shops)
    return statements(captured)


def test_placing_an_order_over_three_shops_takes_a_fixed_number_of_statements():
    assert len(placing("abc", lines=1)) <= OF_PLACING + 3 * OF_PLACING_A_SHOP <= MOST_FOR_THREE_SHOPS - BEGIN_COMMIT_NOTIFY


def test_options_of_variants_cost_one_statement_more_and_stay_within_the_bound():
    plain, with_options = len(placing("abc", lines=1)), len(placing("abc", lines=1, variants=2))
    assert plain < with_options == plain + 1 <= MOST_FOR_THREE_SHOPS - BEGIN_COMMIT_NOTIFY


def test_lines_cost_nothing_more():
    assert len(placing("abc", lines=1)) == len(placing("abc", lines=3))


def test_a_shop_costs_a_fixed_number_more():
    assert len(placing("abc", lines=1)) - len(placing("a", lines=1)) <= 2 * OF_PLACING_A_SHOP


def test_a_statement_for_each_line_is_found(monkeypatch):
    """The control: stock held line by line is noticed."""
    at_once = place_order.reserve_stock

    def one_by_one(*, wanted: Any, **about: Any) -> None:
        for line in wanted:
            at_once(wanted=[line], **about)

    monkeypatch.setattr(place_order, "reserve_stock", one_by_one)
    assert len(placing("a", lines=3)) == len(placing("a", lines=1)) + 4  # of each line more: its stock, its reservation


def page_cost(client: Client, path: str) -> int:
    client.get(path, headers={"host": MARKET})  # what is made once a process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, headers={"host": MARKET}).status_code == 200
    return len(statements(captured))


@pytest.mark.parametrize(("path", "most"), [("/cart/", 12), ("/checkout/", 12), ("/orders/", 10)])
def test_a_page_costs_the_same_however_much_stands_on_it(path, most):
    costs = []
    for lines in (1, 3):
        buyer, client = make.a_buyer(), Client()
        client.force_login(buyer, backend=settings.AUTHENTICATION_BACKENDS[0])
        wanted = [(shop, make.a_product(shop, title=f"{shop}{n}"), 1) for shop in "ab" for n in range(lines)]
        for _time in range(lines if path == "/orders/" else 0):
            make.place(buyer, make.a_cart(buyer, *wanted))
        make.an_address(buyer)
        make.a_cart(buyer, *wanted)
        costs.append(page_cost(client, path))
    assert costs[0] == costs[1] <= most
