"""Two at once where money is made: parcels, receipts and settlements that race do it once, on a real database."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from marketplace.flows.pay import finish_payment
from marketplace.flows.receive import confirm_receipt
from marketplace.flows.settle import settle
from marketplace.flows.ship_order import ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, rail
from marketplace.kernel.errors import MarketError
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.ledger.models import Account, JournalEntry, Payout, Statement
from marketplace.platform.ledger.queries import balance
from marketplace.platform.payments.actions import start_payment
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

pytestmark = pytest.mark.usefixtures("own_database")
A = MERCHANTS["a"]
AT_ONCE = 4


def at_once(do) -> list[object]:
    """What each of four got who did it at the same moment: an answer, or a refusal."""
    gate, got = threading.Barrier(AT_ONCE), []

    def one():
        try:
            gate.wait(timeout=30)
            got.append(do())
        except MarketError as refusal:
            got.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == AT_ONCE, "somebody met a defect"
    return got


def refusals(got: list[object]) -> int:
    return sum(isinstance(each, MarketError) for each in got)


def a_paid_order(price: str = "100", pieces: int = 2):
    product = make.a_product(price=price)
    return product, make.pay(make.a_placed_group(("a", product, pieces))).orders.get()


def test_one_payment_told_by_four_notices_at_once_pays_once():
    group = make.a_placed_group(("a", make.a_product(), 1))
    start_payment(by=SYSTEM, group_id=group.pk)
    attempt = group.payment.attempts.get()
    before = JournalEntry.objects.filter(kind="payment_received").count()
    got = at_once(lambda: finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref="same"))
    assert sorted(map(bool, got)) == [False, False, False, True]
    assert JournalEntry.objects.filter(kind="payment_received").count() == before + 1


def test_two_parcels_racing_over_the_same_pieces_ship_them_once():
    product, copy = a_paid_order()

    def ship():
        with merchant_schema(A):
            return ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number=f"SF{uuid4().hex[:12]}")

    assert refusals(at_once(ship)) == AT_ONCE - 1
    with merchant_schema(A):
        assert Package.objects.filter(order_id=copy.pk).count() == 1
        level = StockLevel.objects.get(variant__product=product)
        assert (level.on_hand, level.reserved, level.allocated) == (8, 0, 0)


def test_two_parcels_racing_to_be_received_earn_once():
    _product, copy = a_paid_order()
    make.ship(copy)
    before = balance(Account.MERCHANT_PAYABLE, "CNY", A)
    at_once(lambda: confirm_receipt(by=SYSTEM, copy=copy))
    assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == before - yuan("190")
    assert JournalEntry.objects.filter(kind="order_completed", order_id=copy.pk).count() == 1


def test_settlements_at_once_pay_each_order_once():
    _product, copy = a_paid_order()
    make.ship(copy)
    make.receive(copy)
    owed = -balance(Account.MERCHANT_PAYABLE, "CNY", A)

    def settle_with_a():
        with clock.shifted(timedelta(days=30)):  # the moment is each thread's own
            return settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[A])

    got = at_once(settle_with_a)
    assert refusals(got) == AT_ONCE - 1
    assert sum(statement.payout_minor for statement in Statement.objects.filter(merchant_id=A)) == owed.minor
    assert sum(payout.amount_minor for payout in Payout.objects.filter(merchant_id=A)) == owed.minor
    assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == yuan("0")
