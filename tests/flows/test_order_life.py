"""From a cart over three shops to a settled order, and what happens when something is not as it was."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.flows.pay import expire_group, finish_payment
from marketplace.flows.settle import preview, settle
from marketplace.flows.ship_order import ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, rail
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, KeyReused, NotFound
from marketplace.kernel.models import AuditEvent, Deadline, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.inventory.models import Reservation, StockLevel
from marketplace.merchant.orders.errors import NothingToShip, NotPaidYet, NotShippedYet
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.pricing.actions import set_prices
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.checkout.errors import CartChanged, PaymentClosed
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.ledger.errors import NoCommissionRule, NothingToSettle
from marketplace.platform.ledger.models import Account, JournalEntry, Statement
from marketplace.platform.ledger.queries import balance, trial_balance
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.payments.models import Payment, Refund
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

pytestmark = pytest.mark.django_db


def stock_of(product, shop="a") -> tuple[int, int, int]:
    with merchant_schema(MERCHANTS[shop]):
        level = StockLevel.objects.get(variant__product=product)
        return level.on_hand, level.reserved, level.allocated


@pytest.fixture
def three_shops():
    """A mug of a for 100.00, a bag of b for 33.33, a speaker of c for 899.00."""
    return [
        ("a", make.a_product("a", title="Mug", price="100"), 2),
        ("b", make.a_product("b", title="Bag", price="33.33"), 1),
        ("c", make.a_product("c", title="Speaker", price="899"), 1),
    ]


class TestPlacing:
    def test_one_order_a_merchant_with_stock_held_and_prices_frozen(self, three_shops):
        group = make.a_placed_group(*three_shops)
        assert group.total == yuan("1132.33")
        assert group.status == "awaiting_payment"
        copies = {copy.merchant_id: copy for copy in group.orders.all()}
        assert {key: copies[MERCHANTS[key]].total for key in "abc"} == {"a": yuan("200"), "b": yuan("33.33"), "c": yuan("899")}
        for shop, product, quantity in three_shops:
            assert stock_of(product, shop) == (10, quantity, 0)
            with merchant_schema(MERCHANTS[shop]):
                order = Order.objects.get()
                line = OrderLine.objects.get()
                assert (order.group_id, order.status, order.total_minor) == (group.pk, "awaiting_payment", copies[MERCHANTS[shop]].total_minor)
                assert line.commission_minor == line.total.times(line.commission_rate).minor
                assert Reservation.objects.get(order_id=order.pk).status == "held"

    def test_a_later_price_change_does_not_touch_a_placed_order(self, three_shops):
        group = make.a_placed_group(*three_shops)
        with merchant_schema(MERCHANTS["a"]):
            set_prices(by=SYSTEM, prices={make.variant_of(three_shops[0][1]): (yuan("500"), None)})
            assert OrderLine.objects.get().unit == yuan("100")
        assert OrderGroup.objects.get(pk=group.pk).total == yuan("1132.33")

    def test_the_same_form_sent_twice_places_one_group(self, three_shops):
        buyer = make.a_buyer()
        cart, address = make.a_cart(buyer, *three_shops), make.an_address(buyer)
        first = make.place(buyer, cart, key="k", address_id=address, total=yuan("1132.33"))
        again = make.place(buyer, cart, key="k", address_id=address, total=yuan("1132.33"))
        assert first == again
        assert OrderGroup.objects.count() == 1
        assert stock_of(three_shops[0][1]) == (10, 2, 0)

    def test_the_same_key_with_other_input_is_refused(self, three_shops):
        buyer = make.a_buyer()
        cart = make.a_cart(buyer, *three_shops)
        make.place(buyer, cart, key="k", total=yuan("1132.33"))
        with pytest.raises(KeyReused):
            make.place(buyer, cart, key="k", total=yuan("1"))

    @pytest.mark.parametrize("short", ["a", "b", "c"])
    def test_too_little_stock_in_any_shop_orders_nothing_and_names_the_line(self, three_shops, short):
        buyer = make.a_buyer()
        cart = make.a_cart(buyer, *[(shop, product, 11 if shop == short else 1) for shop, product, _quantity in three_shops])
        events = OutboxEvent.objects.count()
        with pytest.raises(OutOfStock) as refusal:
            make.place(buyer, cart)
        assert "10" in str(refusal.value)
        assert not OrderGroup.objects.exists() and not OrderCopy.objects.exists() and not Payment.objects.exists()
        assert OutboxEvent.objects.count() == events and cart.lines.count() == 3
        for shop, product, _quantity in three_shops:
            assert stock_of(product, shop) == (10, 0, 0)

    def test_a_price_that_rose_since_the_page_was_shown_is_asked_about_once(self, three_shops):
        buyer = make.a_buyer()
        cart = make.a_cart(buyer, *three_shops)
        with pytest.raises(CartChanged) as refusal:
            make.place(buyer, cart, total=yuan("1000"))
        assert "1,132.33" in str(refusal.value)
        assert stock_of(three_shops[0][1]) == (10, 0, 0)

    def test_an_empty_choice_is_refused(self):
        buyer = make.a_buyer()
        with pytest.raises(CartEmpty):
            make.place(buyer, make.a_cart(buyer))

    def test_somebody_elses_address_is_not_found(self, three_shops):
        buyer, stranger = make.a_buyer(), make.a_buyer()
        with pytest.raises(NotFound):
            make.place(buyer, make.a_cart(buyer, *three_shops), address_id=make.an_address(stranger))

    def test_without_a_commission_rate_nothing_is_sold(self, three_shops, monkeypatch):
        buyer = make.a_buyer()
        cart, address = make.a_cart(buyer, *three_shops), make.an_address(buyer)
        from marketplace.flows.place_order import place_order

        with pytest.raises(NoCommissionRule):
            place_order(by=make.acting(buyer), key="k", cart_id=cart.pk, address_id=address, shown_total=yuan("1132.33"), language="en")

    def test_selling_the_last_piece_says_so_in_the_public_copy(self):
        product = make.a_product(stock=2)
        make.a_placed_group(("a", product, 2))
        deliver_events()
        from marketplace.platform.listings.models import Listing

        assert Listing.objects.get(pk=product.pk).in_stock is False


class TestPaying:
    def test_paid_fires_for_every_order_of_a_split_checkout(self, three_shops):
        group = make.pay(make.a_placed_group(*three_shops))
        assert group.status == "paid"
        assert set(group.orders.values_list("status", "payment_status")) == {("confirmed", "paid")}
        for shop, product, quantity in three_shops:
            assert stock_of(product, shop) == (10, 0, quantity)
        assert balance(Account.BUYER_ESCROW, "CNY") == -group.total
        assert not Deadline.objects.filter(subject_id=group.pk, status="waiting").exists()

    def test_one_payment_has_a_share_per_order_that_adds_up(self, three_shops):
        group = make.a_placed_group(*three_shops)
        assert sum(split.amount_minor for split in group.payment.splits.all()) == group.total_minor
        assert group.payment.splits.count() == 3

    def test_a_notice_that_comes_ten_times_pays_once(self, three_shops):
        group = make.pay(make.a_placed_group(*three_shops))
        attempt = group.payment.attempts.get()
        for _time in range(10):
            assert not finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref="again")
        assert JournalEntry.objects.filter(kind="payment_received").count() == 1
        assert not Refund.objects.exists()

    def test_a_payment_after_the_group_expired_goes_back_by_itself(self, three_shops):
        group = make.a_placed_group(*three_shops)
        start_payment(by=SYSTEM, group_id=group.pk)
        expire_group(by=SYSTEM, group_id=group.pk)
        finish_payment(by=rail("sandbox"), attempt_id=group.payment.attempts.get().pk, rail_ref="late")
        deliver_events()
        refund = Refund.objects.get()
        assert (refund.status, refund.amount, refund.reason) == ("done", group.total, "paid_too_late")
        assert {amount.minor for _account, amount in trial_balance("CNY")} == {0}
        assert stock_of(three_shops[0][1]) == (10, 0, 0)

    def test_a_second_payment_of_a_paid_group_goes_back_by_itself(self, three_shops):
        group = make.a_placed_group(*three_shops)
        start_payment(by=SYSTEM, group_id=group.pk)
        first = group.payment.attempts.get()
        second = group.payment.attempts.create(n=2, key="pay:second:2")
        assert finish_payment(by=rail("sandbox"), attempt_id=second.pk, rail_ref="2")
        assert not finish_payment(by=rail("sandbox"), attempt_id=first.pk, rail_ref="1")
        deliver_events()
        assert Refund.objects.get().reason == "paid_twice"
        assert balance(Account.BUYER_ESCROW, "CNY") == -group.total
        assert balance(Account.RAIL_CLEARING, "CNY") == group.total

    def test_an_expired_group_can_no_longer_be_paid(self, three_shops):
        group = make.a_placed_group(*three_shops)
        expire_group(by=SYSTEM, group_id=group.pk)
        with pytest.raises(PaymentClosed):
            start_payment(by=SYSTEM, group_id=group.pk)

    def test_an_unpaid_group_expires_by_itself_and_frees_its_stock(self, three_shops):
        group = make.a_placed_group(*three_shops)
        assert fire_due() == 0
        with clock.shifted(timedelta(minutes=31)):
            assert fire_due() == 1
            deliver_events()
        group.refresh_from_db()
        assert group.status == "expired"
        assert set(group.orders.values_list("status", flat=True)) == {"cancelled"}
        for shop, product, _quantity in three_shops:
            assert stock_of(product, shop) == (10, 0, 0)


class TestShippingAndReceiving:
    def test_the_merchant_ships_and_the_buyer_sees_carrier_and_number(self):
        product = make.a_product()
        copy = make.pay(make.a_placed_group(("a", product, 2))).orders.get()
        make.ship(copy)
        copy.refresh_from_db()
        assert copy.fulfilment_status == "shipped"
        assert copy.packages[0]["carrier"] == "sf"
        assert stock_of(product) == (8, 0, 0)

    def test_a_part_may_go_first(self):
        product = make.a_product()
        copy = make.pay(make.a_placed_group(("a", product, 3))).orders.get()
        with merchant_schema(MERCHANTS["a"]):
            line_id = OrderLine.objects.get().pk
            ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF0000001", quantities={line_id: 1})
            assert Order.objects.get().fulfilment_status == "part_shipped"
            with pytest.raises(NothingToShip):
                ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF0000002", quantities={line_id: 3})
        assert stock_of(product) == (9, 0, 2)
        with pytest.raises(NotShippedYet):
            make.receive(copy)
        make.ship(copy)
        assert stock_of(product) == (7, 0, 0)

    def test_the_same_parcel_form_sent_twice_ships_once(self):
        product = make.a_product()
        copy = make.pay(make.a_placed_group(("a", product, 2))).orders.get()
        package_id = uuid4()
        with merchant_schema(MERCHANTS["a"]):
            for _time in range(2):
                ship_order(by=SYSTEM, package_id=package_id, number=copy.number, carrier="sf", tracking_number="SF0000001")
        assert stock_of(product) == (8, 0, 0)

    def test_an_unpaid_order_is_not_shipped(self):
        copy = make.a_placed_group(("a", make.a_product(), 1)).orders.get()
        with pytest.raises(NotPaidYet):
            make.ship(copy)

    @pytest.mark.parametrize(
        ("carrier", "tracking", "field"), [("pigeon", "SF1234567", "carrier"), ("sf", "x", "tracking_number"), ("sf", "<b>1234567", "tracking_number")]
    )
    def test_a_parcel_that_cannot_be_is_refused_by_field(self, carrier, tracking, field):
        copy = make.pay(make.a_placed_group(("a", make.a_product(), 1))).orders.get()
        with merchant_schema(MERCHANTS["a"]), pytest.raises(InvalidInput) as refusal:
            ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier=carrier, tracking_number=tracking)
        assert refusal.value.field == field

    def test_receipt_earns_the_merchant_its_share(self):
        group = make.a_completed_group(("a", make.a_product(price="99.99"), 1))
        copy = group.orders.get()
        assert copy.commission == yuan("5.00")
        assert balance(Account.MERCHANT_PAYABLE, "CNY", MERCHANTS["a"]) == -yuan("94.99")
        assert balance(Account.COMMISSION_INCOME, "CNY") == -yuan("5.00")
        assert balance(Account.BUYER_ESCROW, "CNY") == yuan("0")

    def test_receipt_comes_by_itself_when_nobody_says_anything(self):
        copy = make.pay(make.a_placed_group(("a", make.a_product(), 1))).orders.get()
        make.ship(copy)
        with clock.shifted(timedelta(days=11)):
            fire_due()
            deliver_events()
        copy.refresh_from_db()
        assert copy.status == "completed"

    def test_receiving_twice_earns_once(self):
        copy = make.a_completed_group(("a", make.a_product(), 1)).orders.get()
        make.receive(copy)
        assert JournalEntry.objects.filter(kind="order_completed").count() == 1


class TestSettling:
    def test_a_statement_a_merchant_from_a_journal_that_balances(self, three_shops):
        make.a_completed_group(*three_shops)
        make.a_completed_group(three_shops[0])
        with clock.shifted(timedelta(days=8)):
            due = preview()
            statements = list(settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[row.merchant.pk for row in due]).statements.all())
        assert {s.merchant_id: (s.sales, s.payout) for s in statements}[MERCHANTS["a"]] == (yuan("400"), yuan("380"))
        assert [row.payout for row in due] == [s.payout for s in sorted(statements, key=lambda s: s.merchant_id)]
        for statement in statements:
            lines = list(statement.lines.all())
            assert sum(line.sales_minor for line in lines) == statement.sales_minor
            assert balance(Account.MERCHANT_PAYABLE, "CNY", statement.merchant_id) == yuan("0")
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0

    def test_a_second_run_pays_nothing(self):
        make.a_completed_group(("a", make.a_product(), 1))
        with clock.shifted(timedelta(days=8)):
            make.settled("a")
            with pytest.raises(NothingToSettle):
                make.settled("a")
        assert Statement.objects.count() == 1

    def test_an_order_waits_before_it_is_settled(self):
        make.a_completed_group(("a", make.a_product(), 1))
        assert preview() == []
        with pytest.raises(NothingToSettle):
            make.settled("a")

    def test_every_step_is_in_the_log(self):
        make.a_completed_group(("a", make.a_product(), 1))
        with clock.shifted(timedelta(days=8)):
            make.settled("a")
        actions = set(AuditEvent.objects.values_list("action", flat=True))
        assert {"order_group.placed", "payment.received", "order.confirmed", "order.shipped", "order.completed", "statement.issued"} <= actions
