"""An order that is being placed while its buyer's account is merged away, on a real database with two connections."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from marketplace.flows.merge_accounts import merge_accounts, move_everything
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.orders.models import Order
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.usefixtures("own_database")


def while_an_order_is_placed(act: Callable[[User, User], object]) -> tuple[OrderGroup, User, User]:
    """Place an order, let `act` (loser, winner) begin before it is committed, and wait for both."""
    winner, loser = make.a_buyer(), make.a_buyer()
    cart = make.a_cart(loser, ("a", make.a_product("a"), 1))
    address_id = make.an_address(loser)
    make.commission()

    def acting() -> None:
        act(loser, winner)
        connections.close_all()

    with transaction.atomic():
        group = make.place(loser, cart, address_id=address_id)
        thread = threading.Thread(target=acting)
        thread.start()
        thread.join(timeout=0.7)
        assert thread.is_alive(), "it waits for the order"
    thread.join(timeout=10)
    assert not thread.is_alive()
    return group, loser, winner


def owners_of(group: OrderGroup) -> set[object]:
    with merchant_schema(MERCHANTS["a"]):
        in_the_shop = set(Order.objects.filter(group_id=group.pk).values_list("buyer_id", flat=True))
    return {OrderGroup.objects.get(pk=group.pk).buyer_id, *OrderCopy.objects.filter(group=group).values_list("buyer_id", flat=True), *in_the_shop}


def test_an_order_under_way_is_waited_for_and_comes_over_whole():
    group, _loser, winner = while_an_order_is_placed(
        lambda loser, winner: merge_accounts(by=SYSTEM, loser_id=loser.pk, winner_id=winner.pk, why="the same person")
    )
    assert owners_of(group) == {winner.pk}


def test_without_the_carts_locked_first_the_order_is_left_behind():
    """The control: the same moves without the lock in front see the old orders, and the new one stays where nobody can sign in."""

    def moving(loser: User, winner: User) -> None:
        with transaction.atomic():
            move_everything(loser.pk, winner.pk)

    group, loser, _winner = while_an_order_is_placed(moving)
    assert owners_of(group) == {loser.pk}
