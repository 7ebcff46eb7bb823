"""What goes wrong after payment: cancelled, in part or whole; returned; and the money each step moves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.pay import cancel_group, finish_payment
from marketplace.flows.receive import confirm_receipt
from marketplace.flows.return_goods import (
    agree_return,
    confirm_return,
    inspect_return,
    refuse_return,
    request_return,
    send_return,
    withdraw_return,
)
from marketplace.flows.ship_order import pack_order, ship_order, ship_package, take_order, unpack_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, rail
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import IllegalMove, InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.errors import NotReturnable, ReturnTooLate
from marketplace.merchant.fulfilment.errors import PackageGone
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.merchant.orders.errors import AlreadyPacked, NothingToGiveBack, NothingToShip
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import Label, label_of
from marketplace.platform.checkout.errors import GroupNotUnpaid, PaymentClosed
from marketplace.platform.checkout.models import ReturnCopy
from marketplace.platform.ledger.models import Account, JournalEntry
from marketplace.platform.ledger.queries import balance, trial_balance
from marketplace.platform.payments.actions import refund_share, start_payment
from marketplace.platform.payments.errors import RefundTooLarge
from marketplace.platform.payments.models import PaymentSplit, Refund
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture
def mug():
    return make.a_product("a", title="Mug", price="33.33", stock=10)


@pytest.fixture
def two_orders(mug):
    """A paid group: three mugs of a, one bag of b. The group, and a's order."""
    group = make.pay(make.a_placed_group(("a", mug, 3), ("b", make.a_product("b", title="Bag", price="50"), 1)))
    return group, make.order_of(group)


def stock() -> tuple[int, int, int]:
    with merchant_schema(A):
        level = StockLevel.objects.get()
        assert level.on_hand == sum(StockMovement.objects.filter(level=level).values_list("quantity", flat=True))
        return level.on_hand, level.reserved, level.allocated


def lines_of(copy):
    with merchant_schema(A):
        return list(OrderLine.objects.filter(order_id=copy.pk).order_by("position"))


def the_label(copy) -> Label:
    copy.refresh_from_db()
    return label_of(copy.status, copy.payment_status, copy.fulfilment_status, copy.open_returns)


def escrow():
    return -balance(Account.BUYER_ESCROW, "CNY")


def earned():
    return -balance(Account.MERCHANT_PAYABLE, "CNY", A)


def books_balance() -> bool:
    return sum(amount.minor for _account, amount in trial_balance("CNY")) == 0


class TestCancelling:
    def test_an_unpaid_group_is_given_up_and_its_stock_is_free(self, mug):
        group = make.a_placed_group(("a", mug, 4))
        assert stock() == (10, 4, 0)
        cancel_group(by=SYSTEM, group_id=group.pk)
        cancel_group(by=SYSTEM, group_id=group.pk)
        assert stock() == (10, 0, 0)
        group.refresh_from_db()
        assert group.status == "cancelled"
        with pytest.raises(PaymentClosed):
            start_payment(by=SYSTEM, group_id=group.pk)

    def test_a_payment_after_giving_up_goes_back_by_itself(self, mug):
        group = make.a_placed_group(("a", mug, 4))
        start_payment(by=SYSTEM, group_id=group.pk)
        cancel_group(by=SYSTEM, group_id=group.pk)
        attempt = group.payment.attempts.get()
        assert finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref="late") is False
        deliver_events()
        refund = Refund.objects.get()
        assert (refund.status, refund.amount, refund.reason) == ("done", group.total, "paid_too_late")
        assert balance(Account.RAIL_CLEARING, "CNY") == yuan("0")

    def test_a_paid_group_is_not_given_up_as_a_whole(self, two_orders):
        with pytest.raises(GroupNotUnpaid):
            cancel_group(by=SYSTEM, group_id=two_orders[0].pk)

    def test_cancelling_one_merchants_order_refunds_its_share_and_leaves_the_siblings_paid(self, two_orders):
        group, copy = two_orders
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        deliver_events()
        refund = Refund.objects.get()
        assert (refund.amount, refund.status, refund.reason) == (yuan("99.99"), "done", "cancelled_by_buyer")
        assert stock() == (10, 0, 0)
        assert escrow() == yuan("50")
        assert balance(Account.RAIL_CLEARING, "CNY") == yuan("50")
        other = make.order_of(group, "b")
        assert (other.status, other.payment_status) == ("confirmed", "paid")
        assert books_balance()

    def test_a_fully_refunded_order_stops_reading_as_paid(self, two_orders):
        _group, copy = two_orders
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        assert the_label(copy) == Label.REFUNDED
        assert (copy.payment_status, copy.status) == ("refunded", "cancelled")

    def test_cancelling_twice_refunds_once(self, two_orders):
        _group, copy = two_orders
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        assert Refund.objects.count() == 1

    def test_the_buyer_cannot_cancel_what_the_shop_packs_unless_it_is_late(self, two_orders):
        _group, copy = two_orders
        with merchant_schema(A):
            pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number)
        with pytest.raises(AlreadyPacked) as refusal:
            cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        with translation.override("en"):
            assert "not shipped by" in str(refusal.value)
        assert not Refund.objects.exists()
        with clock.shifted(timedelta(days=4)):
            cancel_paid_order(by=SYSTEM, copy=copy, reason="it does not come")
        assert stock() == (10, 0, 0)
        assert the_label(copy) == Label.REFUNDED

    def test_the_buyer_cannot_cancel_after_a_parcel_has_left(self, two_orders):
        _group, copy = two_orders
        with merchant_schema(A):
            ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF000001", quantities={lines_of(copy)[0].pk: 1})
        with clock.shifted(timedelta(days=4)), pytest.raises(AlreadyPacked):
            cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")

    def test_the_shop_cancels_what_it_cannot_send_and_the_rest_goes_on(self, two_orders):
        _group, copy = two_orders
        line = lines_of(copy)[0]
        with merchant_schema(A):
            ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF000001", quantities={line.pk: 2})
            with pytest.raises(ReasonMissing):
                cancel_pieces(by=SYSTEM, number=copy.number, pieces=None, reason=" ")
            cancel_pieces(by=SYSTEM, number=copy.number, pieces=None, reason="broken in the store")
            with pytest.raises(NothingToGiveBack):
                cancel_pieces(by=SYSTEM, number=copy.number, pieces={line.pk: 1}, reason="again")
        assert Refund.objects.get().amount == yuan("33.33")
        assert stock() == (8, 0, 0)
        copy.refresh_from_db()
        assert (copy.fulfilment_status, copy.payment_status) == ("shipped", "part_refunded")
        confirm_receipt(by=SYSTEM, copy=copy)
        assert earned() == yuan("66.66") - yuan("66.66").times(lines_of(copy)[0].commission_rate)
        assert escrow() == yuan("50")

    def test_cancelling_piece_by_piece_adds_up_to_the_whole(self, mug):
        copy = make.order_of(make.pay(make.a_placed_group(("a", mug, 3))))
        line = lines_of(copy)[0]
        for _n in range(3):
            with merchant_schema(A):
                cancel_pieces(by=SYSTEM, number=copy.number, pieces={line.pk: 1}, reason="none left")
        with merchant_schema(A):
            order = Order.objects.get()
        assert (order.refunded, order.commission_returned, order.status) == (order.total, order.commission, "cancelled")
        assert escrow() == yuan("0")

    def test_a_refund_is_bounded_by_the_orders_share(self, two_orders):
        group, copy = two_orders
        with pytest.raises(RefundTooLarge):
            refund_share(by=SYSTEM, order_id=copy.pk, order_number=copy.number, amount=yuan("100"), commission=yuan("0"), reason="returned")
        assert PaymentSplit.objects.get(order_id=copy.pk).refunded_minor == 0
        assert group.total > yuan("100")  # the whole payment could have borne it


class TestPacking:
    def test_accepting_packing_and_shipping_are_three_steps(self, two_orders):
        _group, copy = two_orders
        package_id, line = uuid4(), lines_of(copy)[0]
        with merchant_schema(A):
            take_order(by=SYSTEM, number=copy.number)
            take_order(by=SYSTEM, number=copy.number)
            pack_order(by=SYSTEM, package_id=package_id, number=copy.number, quantities={line.pk: 2})
        copy.refresh_from_db()
        assert copy.accepted_at is not None
        assert (copy.lines[0]["packed"], copy.packages, copy.fulfilment_status) == (2, [], "none")
        assert AuditEvent.objects.filter(action="order.accepted").count() == 1
        with merchant_schema(A):
            ship_package(by=SYSTEM, number=copy.number, package_id=package_id, carrier="sf", tracking_number="SF000001")
            ship_package(by=SYSTEM, number=copy.number, package_id=package_id, carrier="sf", tracking_number="SF000001")
        copy.refresh_from_db()
        assert (copy.lines[0]["packed"], copy.lines[0]["shipped"], copy.fulfilment_status) == (0, 2, "part_shipped")
        assert copy.packages[0]["lines"] == [[1, 2]]
        assert stock() == (8, 0, 1)

    def test_a_parcel_can_be_opened_until_it_has_left(self, two_orders):
        _group, copy = two_orders
        first, second = uuid4(), uuid4()
        with merchant_schema(A):
            pack_order(by=SYSTEM, package_id=first, number=copy.number)
            with pytest.raises(NothingToShip):
                pack_order(by=SYSTEM, package_id=second, number=copy.number)
            unpack_order(by=SYSTEM, number=copy.number, package_id=first)
            pack_order(by=SYSTEM, package_id=second, number=copy.number)
            ship_package(by=SYSTEM, number=copy.number, package_id=second, carrier="sf", tracking_number="SF000001")
            with pytest.raises(PackageGone):
                unpack_order(by=SYSTEM, number=copy.number, package_id=second)

    def test_two_parcels_cannot_hold_the_same_piece(self, two_orders):
        _group, copy = two_orders
        line = lines_of(copy)[0]
        with merchant_schema(A):
            pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities={line.pk: 2})
            with pytest.raises(NothingToShip):
                pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities={line.pk: 2})


class TestReturning:
    def test_one_piece_comes_back_and_takes_its_commission_back(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        make.receive(copy)
        before, line = earned(), lines_of(copy)[0]
        row = make.returned(make.order_of(copy.group))
        deliver_events()
        assert row.status == "refunded"
        refund = Refund.objects.get()
        assert (refund.amount, refund.status, refund.reason) == (yuan("33.33"), "done", "returned")
        share = line.commission.split([1, 1, 1])[0]
        assert before - earned() == yuan("33.33") - share
        assert refund.allocations.get().commission == share
        assert stock() == (8, 0, 0)
        assert (the_label(copy), copy.payment_status, copy.open_returns) == (Label.COMPLETED, "part_refunded", 0)
        assert books_balance()

    def test_returning_piece_by_piece_gives_back_neither_more_nor_less_than_the_line(self, mug):
        copy = make.a_completed_group(("a", mug, 3)).orders.get()
        for _n in range(3):
            make.returned(make.order_of(copy.group))
        with merchant_schema(A):
            order = Order.objects.get()
        assert (order.refunded, order.commission_returned) == (order.total, order.commission)
        assert earned() == yuan("0")
        assert -balance(Account.COMMISSION_INCOME, "CNY") == yuan("0")
        with pytest.raises(NotReturnable):
            make.returned(make.order_of(copy.group))

    def test_an_order_reads_as_after_sales_while_a_return_is_open(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="damaged")
        assert the_label(copy) == Label.AFTER_SALES
        withdraw_return(by=SYSTEM, copy=ReturnCopy.objects.get(pk=row.pk))
        assert the_label(copy) == Label.SHIPPED

    def test_pieces_in_an_open_return_are_not_asked_back_twice(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        line, key = lines_of(copy)[0], uuid4()
        first = request_return(by=SYSTEM, copy=copy, return_id=key, pieces={line.pk: 2}, reason="damaged")
        assert request_return(by=SYSTEM, copy=copy, return_id=key, pieces={line.pk: 2}, reason="damaged").pk == first.pk
        with pytest.raises(NotReturnable):
            request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line.pk: 2}, reason="damaged")

    def test_what_has_not_left_cannot_come_back(self, two_orders):
        _group, copy = two_orders
        with pytest.raises(NotReturnable):
            request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="damaged")
        with pytest.raises(InvalidInput):
            request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="mood")

    def test_the_days_for_returning_end(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        make.receive(copy)
        with clock.shifted(timedelta(days=8)), pytest.raises(ReturnTooLate):
            request_return(by=SYSTEM, copy=make.order_of(copy.group), return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="damaged")

    def test_the_shop_refuses_with_a_reason_and_nothing_is_paid(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="unwanted")
        with merchant_schema(A):
            with pytest.raises(ReasonMissing):
                refuse_return(by=SYSTEM, number=row.number, answer="")
            refuse_return(by=SYSTEM, number=row.number, answer="It was worn")
            with pytest.raises(IllegalMove):
                agree_return(by=SYSTEM, number=row.number)
        assert not Refund.objects.exists()
        assert ReturnCopy.objects.get().answer == "It was worn"

    def test_only_what_the_inspection_accepts_is_paid_back(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        line = lines_of(copy)[0]
        row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line.pk: 3}, reason="damaged")
        with merchant_schema(A):
            agree_return(by=SYSTEM, number=row.number)
            with pytest.raises(ReasonMissing):
                inspect_return(by=SYSTEM, number=row.number, accepted={line.pk: 1}, restocked={})
            inspect_return(by=SYSTEM, number=row.number, accepted={line.pk: 1}, restocked={}, report="two were used")
            confirm_return(by=SYSTEM, number=row.number)
            confirm_return(by=SYSTEM, number=row.number)
        assert Refund.objects.get().amount == yuan("33.33")
        assert stock() == (7, 0, 0)

    def test_an_order_of_which_all_comes_back_before_receipt_is_complete_and_earns_nothing(self, mug):
        copy = make.pay(make.a_placed_group(("a", mug, 1))).orders.get()
        make.ship(copy)
        make.returned(make.order_of(copy.group), reason="damaged")
        assert (the_label(copy), copy.status) == (Label.REFUNDED, "completed")
        assert (escrow(), earned()) == (yuan("0"), yuan("0"))
        assert not JournalEntry.objects.filter(kind="order_completed").exists()

    def test_silence_has_a_default_outcome_at_every_step(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        line = lines_of(copy)[0]
        row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line.pk: 1}, reason="damaged")

        def after(days: int) -> str:
            with clock.shifted(timedelta(days=days)):
                fire_due()
                deliver_events()
            return ReturnCopy.objects.get(pk=row.pk).status

        assert after(2) == "requested"
        assert after(4) == "agreed"
        send_return(by=SYSTEM, copy=ReturnCopy.objects.get(pk=row.pk), carrier="sf", tracking_number="SF1234567890")
        assert after(40) == "refunded"
        assert Refund.objects.get().amount == yuan("33.33")

    def test_goods_that_are_not_sent_back_close_the_return(self, two_orders):
        _group, copy = two_orders
        make.ship(copy)
        row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="damaged")
        with merchant_schema(A):
            agree_return(by=SYSTEM, number=row.number)
        with clock.shifted(timedelta(days=11)):
            fire_due()
            deliver_events()
        assert ReturnCopy.objects.get(pk=row.pk).status == "closed"
        assert not Refund.objects.exists()
