"""Codes and vouchers from many sides at the same moment: with real commits, on connections of their own. And what happens without the guard."""

from __future__ import annotations

import threading
from collections import Counter
from uuid import UUID

from marketplace.flows.hand_over import hand_over, redeem_voucher
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import Order
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.virtual.actions import take_codes
from marketplace.platform.virtual.errors import VoucherUsed
from marketplace.platform.virtual.models import Code, Voucher
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.virtual import a_card, a_service, load, paid, placed
from tests.platform.test_review_at_once import at_once

A, MANY = MERCHANTS["a"], 6


def some_paid(card, n):
    """Paid, and not handed out yet."""
    return [make.order_of(make.pay(placed(("a", card, 2)))) for _order in range(n)]


def test_each_code_goes_to_one_line_once_however_many_hand_out_at_once(own_database):
    card = a_card(MANY * 2)
    copies = some_paid(card, MANY)

    assert at_once(lambda place: hand_over(by=SYSTEM, copy=copies[place // 2]), 2 * MANY) == []  # each order twice
    owners = Counter(Code.objects.filter(product_id=card.pk).values_list("order_id", flat=True))
    assert owners == {copy.pk: 2 for copy in copies}
    with merchant_schema(A):
        level = StockLevel.objects.get(variant_id=make.variant_of(card))
        assert (level.on_hand, level.reserved, level.allocated) == (0, 0, 0)
        assert set(Order.objects.filter(pk__in=owners).values_list("status", flat=True)) == {"completed"}


def lines_with_a_code(take, title: str) -> int:
    """As many codes as orders, taken by all of them at once: how many have one afterwards."""
    card = a_card(MANY, title=title)
    copies = [make.order_of(placed(("a", card, 1))) for _order in range(MANY)]
    variant = make.variant_of(card)

    def grab(place: int) -> None:
        copy = copies[place]
        take(by=SYSTEM, merchant_id=A, order_id=copy.pk, number=copy.number, wanted={UUID(copy.lines[0]["id"]): (variant, 1)})

    at_once(grab)
    return Code.objects.filter(product_id=card.pk, status="handed_out").values("order_id").distinct().count()


def read_then_write(*, by, merchant_id, order_id, number, wanted):
    """What is read without a lock, and written without looking again."""
    for line_id, (variant_id, pieces) in wanted.items():
        rows = list(Code.objects.filter(variant_id=variant_id, status="free").order_by("loaded_at", "id")[:pieces])
        sleeping.wait(10)
        facts = {"order_id": order_id, "order_number": number, "line_id": line_id, "handed_out_at": clock.now()}
        Code.objects.filter(pk__in=[row.pk for row in rows]).update(status="handed_out", **facts)


sleeping = threading.Barrier(MANY)


def test_control_codes_that_are_read_and_then_written_go_to_several_orders(own_database):
    assert lines_with_a_code(take_codes, "Guarded") == MANY
    assert lines_with_a_code(read_then_write, "Unguarded") < MANY


def test_the_same_codes_loaded_from_many_sides_are_there_once(own_database):
    cards = [a_card(0, title=f"Card {n}") for n in range(MANY)]
    text = "\n".join(f"SHARED-CODE-{n:04d}" for n in range(20))
    assert at_once(lambda place: load(cards[place], text)) == []
    assert Code.objects.filter(product_id__in=[card.pk for card in cards]).count() == 20


def test_a_voucher_is_redeemed_once_by_whoever_is_first(own_database):
    lesson = a_service(5, title="Class at once")
    copy = make.order_of(paid(("a", lesson, 1)))
    text = Voucher.objects.get(order_id=copy.pk).text.plain()

    def use(place: int) -> None:
        with merchant_schema(A):
            redeem_voucher(by=SYSTEM, text=text)

    refused = at_once(use)
    assert {type(problem) for problem in refused} == {VoucherUsed} and len(refused) == MANY - 1
    assert OrderCopy.objects.get(pk=copy.pk).status == "completed"
