"""Payments that a card's bank questions: what is held back, what is lost, by whom, and what comes again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.flows.disputes import commission_on
from marketplace.flows.hand_over import redeem_voucher
from marketplace.flows.reconcile import ask_for_sweep
from marketplace.flows.settle import held_back, preview
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.ledger.errors import NothingToSettle
from marketplace.platform.ledger.models import Account, JournalEntry, Payout
from marketplace.platform.ledger.queries import balance
from marketplace.platform.payments.models import Dispute, Refund, Transfer
from marketplace.platform.payments.moving import note_paid_otherwise
from marketplace.platform.virtual.errors import VoucherEnded, VoucherHeld
from marketplace.platform.virtual.models import Voucher
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.at_stripe import AtStripe
from tests.flows.test_stripe_payments import cancelled
from tests.flows.virtual import a_service, placed

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
BACK = "http://kiln.seller.market.localhost/payout-account/"


@pytest.fixture
def mug():
    return make.a_product("a", title="Mug", price="100", stock=50)


@pytest.fixture
def bag():
    return make.a_product("b", title="Bag", price="33.33", stock=50)


def payout() -> Payout:
    return Payout.objects.order_by("created_at").last()


class TestDisputes:
    def test_while_it_is_open_its_orders_are_not_settled(self, stripe: AtStripe, mug, bag):
        disputed, other = stripe.completed(("a", mug, 1)), stripe.completed(("a", mug, 1), ("b", bag, 1))
        stripe.fake.dispute(stripe.charge_of(disputed))
        stripe.tell()
        assert Dispute.objects.get().status == "open"
        assert held_back(other.placed_at.replace(year=2100)) == {A: 1}
        assert {due.merchant.pk: due.orders for due in preview()} == {A: 1, B: 1}

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_lost_before_settling_it_is_the_merchants_loss_with_its_commission(self, stripe: AtStripe, mug, bag, seed):
        group = stripe.completed(("a", mug, 1), ("b", bag, 1))
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.fake.decide(dispute, False)
        stripe.tell(shuffle=seed, copies=3)
        assert Dispute.objects.get().status == "lost"
        assert [(due.sales, due.refunds, due.net) for due in preview()] == [(yuan("100"), yuan("100"), yuan("0")), (yuan("33.33"), yuan("33.33"), yuan("0"))]
        assert balance(Account.COMMISSION_INCOME, "CNY") == yuan("0")
        assert balance(Account.DISPUTES, "CNY") == yuan("0")
        assert {copy.payment_status for copy in group.orders.all()} == {"refunded"}

    def test_won_nothing_is_lost_and_what_was_taken_back_is_paid_again(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        group = stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.tell()
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.tell()
        assert stripe.held_by(account) == 0, "taken back as soon as the money was withdrawn"
        with pytest.raises(NothingToSettle):
            make.settled("a")
        stripe.fake.decide(dispute, True)
        stripe.tell()
        stripe.clear()
        (statement,) = make.settled("a")
        stripe.tell()
        assert statement.payout == yuan("95")
        assert Transfer.objects.get(status="failed").is_for_lack_of_funds, "fees have made our balance lower than what we owe"
        stripe.fake.add_funds(10_000, "cny")
        ask_for_sweep(by=SYSTEM)
        stripe.tell()
        assert stripe.held_by(account) == 9_500
        assert balance(Account.DISPUTES, "CNY") == yuan("0")

    def test_lost_after_the_payout_the_merchant_gives_back_what_it_had_and_the_market_its_commission(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        group = stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.tell()
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.fake.decide(dispute, False)
        stripe.tell()
        (statement,) = make.settled("a")
        assert (statement.reversed, statement.refunds, statement.commission_returned, statement.payout) == (yuan("95"), yuan("100"), yuan("5"), yuan("0"))
        assert stripe.held_by(account) == 0
        assert balance(Account.COMMISSION_INCOME, "CNY") == yuan("0")

    def test_lost_before_anything_was_sent_the_order_ends_and_its_stock_is_free(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 2)))
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(group))["id"], False)
        stripe.tell()
        assert make.order_of(group).status == "cancelled"
        assert balance(Account.BUYER_ESCROW, "CNY") == yuan("0")

    def test_an_inquiry_takes_no_money_and_holds_nothing_back(self, stripe: AtStripe, mug):
        group = stripe.completed(("a", mug, 1))
        stripe.fake.dispute(stripe.charge_of(group), is_inquiry=True)
        stripe.tell()
        assert Dispute.objects.get().status == "inquiry"
        assert [due.orders for due in preview()] == [1]
        assert not JournalEntry.objects.filter(kind="dispute_withdrawn")

    @pytest.mark.parametrize("is_won", [True, False])
    def test_no_disputed_payment_is_refunded_and_the_buyer_gets_the_money_once(self, stripe: AtStripe, mug, is_won):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.tell()
        cancelled(group, "a")
        stripe.tell()
        assert Refund.objects.get().status == "due"
        assert stripe.fake.objects("refund") == []
        stripe.fake.decide(dispute, is_won)
        stripe.tell()
        assert Refund.objects.get().status == "done"
        assert len(stripe.fake.objects("refund")) == (1 if is_won else 0)
        assert balance(Account.REFUNDS_DUE, "CNY") == balance(Account.DISPUTES, "CNY") == yuan("0")

    def test_a_refund_that_stripe_refuses_for_a_dispute_we_have_not_heard_of_waits_for_its_end(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        cancelled(group, "a")
        deliver_events()
        assert Refund.objects.get().status == "due"
        stripe.tell()
        stripe.fake.decide(dispute, True)
        stripe.tell()
        assert Refund.objects.get().status == "done"

    def test_commission_goes_back_in_proportion(self, stripe: AtStripe, mug):
        copy = make.order_of(stripe.completed(("a", mug, 3)))
        assert commission_on(copy, yuan("100")) == yuan("5")

    def test_what_comes_back_after_a_lost_one_is_worth_no_more_than_what_is_left(self, stripe: AtStripe, mug):
        group = stripe.completed(("a", mug, 3))
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(group), amount=25_000)["id"], False)
        stripe.tell()
        row = make.returned(make.order_of(group), 2)
        stripe.tell()
        copy = make.order_of(group)
        assert (row.amount_minor, copy.refunded, copy.payment_status) == (5_000, yuan("300"), "refunded")
        assert copy.commission == copy.commission_returned
        assert balance(Account.COMMISSION_INCOME, "CNY") == yuan("0")

    def test_goods_that_come_back_after_all_the_money_went_back_send_none(self, stripe: AtStripe, mug):
        group = stripe.completed(("a", mug, 1))
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(group))["id"], False)
        stripe.tell()
        assert make.returned(make.order_of(group)).status == "refunded"
        assert not Refund.objects.exists()

    def test_a_bank_that_takes_what_was_refunded_already_is_the_markets_loss(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        cancelled(group, "a")
        stripe.tell()
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(group), amount=10_000)["id"], False)
        stripe.tell()
        assert balance(Account.LOSSES, "CNY") == yuan("100")
        assert balance(Account.DISPUTES, "CNY") == balance(Account.BUYER_ESCROW, "CNY") == yuan("0")

    def test_vouchers_of_which_one_was_used_end_with_the_money(self, stripe: AtStripe):
        """The bank takes all of it: the used one stays used, the others can no longer be, and no deadline pays back once more."""
        lesson = a_service(stock=5, price="100")
        group = stripe.paid(placed(("a", lesson, 3)))
        deliver_events()
        used, *rest = Voucher.objects.order_by("issued_at", "pk")
        with merchant_schema(A):
            redeem_voucher(by=SYSTEM, text=used.text.plain())
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.tell()
        with merchant_schema(A), pytest.raises(VoucherHeld):
            redeem_voucher(by=SYSTEM, text=rest[0].text.plain())
        stripe.fake.decide(dispute, False)
        stripe.tell()
        assert sorted(Voucher.objects.values_list("status", flat=True)) == ["cancelled", "cancelled", "redeemed"]
        with merchant_schema(A):
            for row in rest:
                with pytest.raises(VoucherEnded):
                    redeem_voucher(by=SYSTEM, text=row.text.plain())
            level = StockLevel.objects.get(variant_id=make.variant_of(lesson))
            assert (level.on_hand, level.reserved, level.allocated) == (4, 0, 0)
        copy = make.order_of(group)
        assert copy.refunded == copy.total == yuan("300") and copy.status == "completed"
        with clock.shifted(timedelta(days=60)):
            deliver_events()
        assert not Refund.objects.exists()
        for account in (Account.DISPUTES, Account.BUYER_ESCROW, Account.LOSSES, Account.REFUNDS_DUE, Account.COMMISSION_INCOME):
            assert balance(account, "CNY") == yuan("0"), account

    def test_a_refund_that_no_rail_sends_any_more_is_paid_otherwise(self, stripe: AtStripe, mug, bag):
        group = stripe.paid(stripe.placed(("a", mug, 1), ("b", bag, 1)))
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(group), amount=1_000)["id"], False)
        stripe.tell()
        cancelled(group, "b")
        stripe.tell()
        refund = Refund.objects.get()
        assert refund.status == "failed"
        with pytest.raises(ReasonMissing):
            note_paid_otherwise(by=SYSTEM, refund_id=refund.pk, reason="")
        note_paid_otherwise(by=SYSTEM, refund_id=refund.pk, reason="by bank transfer")
        refund.refresh_from_db()
        assert refund.status == "done"
        assert balance(Account.REFUNDS_DUE, "CNY") == yuan("0")
        assert balance(Account.OWN_BANK, "CNY") == -refund.amount
