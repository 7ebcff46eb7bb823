"""Paying merchants by Stripe: accounts, transfers out of each order's charge, what comes back of them, and the day's balance."""

from __future__ import annotations

import pytest

from marketplace.flows.connect import begin_account
from marketplace.flows.pay import cancel_group
from marketplace.flows.pay_out import make_bank_file
from marketplace.flows.reconcile import ask_for_sweep, book_movement
from marketplace.flows.transfer_out import give_up_payout
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.relay import deliver_events
from marketplace.platform.ledger.errors import NothingToSettle, PayoutClosed
from marketplace.platform.ledger.models import Account, Payout, StatementLine
from marketplace.platform.ledger.queries import balance, trial_balance
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.errors import MovementExplained
from marketplace.platform.payments.models import PayoutAccount, RailMovement, RailNotice, Transfer, TransferReversal
from marketplace.platform.payments.moving import retry_transfers
from marketplace.platform.payments.rails.port import RailRefused
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.at_stripe import AtStripe
from tests.flows.test_stripe_payments import again

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


class TestAccounts:
    def test_until_stripe_can_pay_there_payouts_go_where_they_went(self, stripe: AtStripe, mug):
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="6222021234567890")
        link = begin_account(by=SYSTEM, merchant_id=A, country="US", back=BACK)
        assert link.startswith(stripe.fake.url)
        account = PayoutAccount.objects.get(merchant_id=A)
        assert (account.kind, account.switches_when_ready, bool(account.missing)) == ("bank", True, True)
        stripe.completed(("a", mug, 1))
        make.settled("a")
        assert payout().rail == "bank"
        stripe.fake.onboard(account.stripe_account)
        stripe.tell()
        account.refresh_from_db()
        assert (account.kind, account.payouts_enabled, account.missing) == ("stripe", True, "")

    def test_what_waited_goes_there_as_soon_as_it_can(self, stripe: AtStripe, mug):
        begin_account(by=SYSTEM, merchant_id=A, country="US", back=BACK)
        stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.tell()
        assert (payout().rail, payout().status) == ("stripe", "due")
        account = PayoutAccount.objects.get(merchant_id=A).stripe_account
        stripe.fake.onboard(account)
        stripe.tell()
        assert payout().status == "paid"
        assert stripe.held_by(account) == 9_500

    def test_opening_it_twice_makes_one_account(self, stripe: AtStripe):
        for _time in range(2):
            begin_account(by=SYSTEM, merchant_id=A, country="US", back=BACK)
        assert len(stripe.fake.objects("account")) == 1

    def test_a_country_where_stripe_is_not_is_refused_with_its_words(self, stripe: AtStripe):
        with pytest.raises(RailRefused):
            begin_account(by=SYSTEM, merchant_id=A, country="CN", back=BACK)
        assert not PayoutAccount.objects.filter(merchant_id=A).exists()

    def test_who_goes_back_to_a_bank_account_stays_there_whatever_stripe_tells(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        stripe.fake.restrict(account)
        stripe.tell()
        make.settled("a")
        assert (payout().rail, payout().status) == ("stripe", "due")
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="6222021234567890")
        assert payout().rail == "bank"
        stripe.fake.onboard(account)
        stripe.tell()
        assert PayoutAccount.objects.get(merchant_id=A).kind == "bank"
        begin_account(by=SYSTEM, merchant_id=A, country="", back=BACK)
        assert PayoutAccount.objects.get(merchant_id=A).kind == "stripe", "asked for again, it is used at once"


class TestTransfers:
    def test_each_orders_money_is_drawn_from_its_own_charge_while_that_is_pending(self, stripe: AtStripe, mug, bag):
        a, b = stripe.onboard("a"), stripe.onboard("b")
        group = stripe.completed(("a", mug, 1), ("b", bag, 1))
        make.settled("a", "b")
        stripe.tell()
        charge = stripe.charge_of(group)
        assert [(row["source_transaction"], row["amount"], row["destination"]) for row in stripe.fake.objects("transfer")] == [
            (charge, 9_500, a),
            (charge, 3_166, b),
        ]
        assert set(Payout.objects.values_list("status", flat=True)) == {"paid"}
        assert balance(Account.PAYOUT_CLEARING, "CNY") == yuan("0")
        assert (stripe.held_by(a), stripe.held_by(b)) == (9_500, 3_166)

    def test_a_transfer_whose_answer_was_lost_is_not_sent_twice(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        stripe.fake.fault("lose", "POST", "/v1/transfers", times=2)
        make.settled("a")
        deliver_events()
        assert payout().status == "sent"
        stripe.fake.advance(25 * 3600)
        again()
        assert payout().status == "paid"
        assert stripe.held_by(account) == 9_500

    def test_an_error_that_its_key_would_repeat_for_ever_is_got_over_with_another_key(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        stripe.fake.fault("broken", "POST", "/v1/transfers", times=1)
        make.settled("a")
        for _try in range(4):
            again()
        assert payout().status == "paid"
        assert stripe.held_by(account) == 9_500

    def test_what_a_later_statement_nets_is_not_transferred(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        first = stripe.completed(("a", mug, 1))
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="6222021234567890")
        make.settled("a")
        make.returned(make.order_of(first))
        begin_account(by=SYSTEM, merchant_id=A, country="", back=BACK)
        stripe.completed(("a", mug, 3))
        make.settled("a")
        stripe.tell()
        assert [row["amount"] for row in stripe.fake.objects("transfer") if row["destination"] == account][-1] == 28_500 - 9_500

    def test_a_refused_transfer_waits_for_a_person_and_is_asked_for_again(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.fake.restrict(account)
        deliver_events()
        row = Transfer.objects.get()
        assert row.status == "failed" and "capabilit" in row.failure
        assert payout().status == "sent"
        stripe.fake.onboard(account)
        retry_transfers(by=SYSTEM, payout_id=row.payout_id)
        stripe.tell()
        assert payout().status == "paid"
        with pytest.raises(PayoutClosed):
            retry_transfers(by=SYSTEM, payout_id=row.payout_id)

    def test_a_payout_that_stripe_will_not_make_is_paid_by_bank_file(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.fake.restrict(account)
        stripe.tell()
        stuck = payout()
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="6222021234567890")
        with pytest.raises(ReasonMissing):
            give_up_payout(by=SYSTEM, payout_id=stuck.pk, reason=" ")
        anew = give_up_payout(by=SYSTEM, payout_id=stuck.pk, reason="account closed")
        assert (anew.rail, anew.status, anew.n) == ("bank", "due", 2)
        with pytest.raises(PayoutClosed):
            retry_transfers(by=SYSTEM, payout_id=stuck.pk)
        stripe.fake.onboard(account)
        ask_for_sweep(by=SYSTEM)
        stripe.tell()
        assert stripe.held_by(account) == 0, "what was given up is not paid as well"
        make_bank_file(by=SYSTEM, batch_id=anew.pk, payout_ids=[anew.pk])
        with pytest.raises(PayoutClosed):
            give_up_payout(by=SYSTEM, payout_id=anew.pk, reason="again")

    def test_a_second_run_pays_nothing(self, stripe: AtStripe, mug):
        stripe.onboard("a")
        stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.tell()
        with pytest.raises(NothingToSettle):
            make.settled("a")
        assert len(stripe.fake.objects("transfer")) == 1


class TestReversals:
    def test_a_refund_after_the_payout_takes_the_merchants_part_back_in_the_transfers_currency(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        group = stripe.completed(("a", mug, 2))
        make.settled("a")
        stripe.tell()
        make.returned(make.order_of(group))
        stripe.tell()
        assert [(row["amount"], row["currency"]) for row in stripe.fake.objects("transfer_reversal")] == [(9_500, "cny")]
        assert stripe.held_by(account) == 9_500
        (statement,) = make.settled("a")
        assert (statement.refunds, statement.commission_returned, statement.reversed, statement.payout) == (yuan("100"), yuan("5"), yuan("95"), yuan("0"))
        assert sorted(statement.lines.values_list("kind", flat=True)) == [StatementLine.Kind.REFUND, StatementLine.Kind.REVERSAL]
        assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == yuan("0")

    def test_a_reversal_that_the_account_cannot_cover_is_netted_from_what_comes(self, stripe: AtStripe, mug):
        stripe.fake.terms(settlement_s=0)
        account = stripe.onboard("a")
        first = stripe.completed(("a", mug, 1))
        make.settled("a")
        stripe.tell()
        stripe.fake.payout(account, 9_500, "cny")
        stripe.tell()
        make.returned(make.order_of(first))
        stripe.tell()
        assert TransferReversal.objects.get().status == "refused"
        assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == yuan("95")
        stripe.completed(("a", mug, 2))
        (statement,) = make.settled("a")
        assert statement.payout == yuan("95")
        stripe.tell()
        assert stripe.held_by(account) == 9_500

    def test_a_reversal_whose_answer_was_lost_is_not_made_twice(self, stripe: AtStripe, mug):
        account = stripe.onboard("a")
        group = stripe.completed(("a", mug, 2))
        make.settled("a")
        stripe.tell()
        stripe.fake.fault("lose", "POST", "/reversals", times=2)
        make.returned(make.order_of(group))
        deliver_events()
        stripe.fake.advance(25 * 3600)
        again()
        stripe.tell()
        assert TransferReversal.objects.get().status == "done"
        assert stripe.held_by(account) == 9_500


class TestTheDay:
    def everything(self, stripe: AtStripe, mug, bag) -> None:
        """Sold, refunded, transferred, reversed, disputed and won, disputed and lost, failed."""
        stripe.onboard("a")
        first, second = stripe.completed(("a", mug, 1), ("b", bag, 1)), stripe.completed(("a", mug, 2))
        won, lost = stripe.completed(("b", bag, 1)), stripe.completed(("b", bag, 2))
        make.settled("a")
        stripe.tell()
        make.returned(make.order_of(first))
        late = stripe.placed(("a", mug, 1))
        stripe.fake.pay(stripe.page_of(late))
        cancel_group(by=SYSTEM, group_id=late.pk)
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(won))["id"], True)
        stripe.fake.decide(stripe.fake.dispute(stripe.charge_of(lost))["id"], False)
        stripe.tell()
        make.returned(make.order_of(second))
        stripe.tell()
        stripe.fake.finish_refund(stripe.fake.objects("refund")[-1]["id"], is_succeeded=False)
        stripe.tell()
        stripe.clear()

    def swept(self, stripe: AtStripe) -> None:
        ask_for_sweep(by=SYSTEM)
        stripe.tell()

    def test_every_movement_is_explained_by_one_entry_and_the_balance_is_the_journals(self, stripe: AtStripe, mug, bag):
        self.everything(stripe, mug, bag)
        self.swept(stripe)
        self.swept(stripe)
        assert not RailMovement.objects.filter(status="unexplained").values_list("kind", "source")
        assert not RailMovement.objects.filter(entry=None)
        assert RailMovement.objects.values("entry").distinct().count() == RailMovement.objects.count()
        assert balance(Account.RAIL_CLEARING, "CNY").minor == stripe.balance
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0
        assert not RailNotice.objects.filter(is_quarantined=True)

    def test_money_that_nobody_knows_stays_unexplained_until_a_person_says_what_it_was(self, stripe: AtStripe, mug):
        stripe.fake.add_funds(50_000, "cny")
        self.swept(stripe)
        row = RailMovement.objects.get()
        assert (row.status, row.kind) == ("unexplained", "topup")
        with pytest.raises(InvalidInput):
            book_movement(by=SYSTEM, movement_id=row.pk, account="merchant_payable", reason="mine")
        with pytest.raises(ReasonMissing):
            book_movement(by=SYSTEM, movement_id=row.pk, account="own_bank", reason="")
        book_movement(by=SYSTEM, movement_id=row.pk, account="own_bank", reason="topped up for refunds")
        with pytest.raises(MovementExplained):
            book_movement(by=SYSTEM, movement_id=row.pk, account="own_bank", reason="again")
        assert balance(Account.OWN_BANK, "CNY") == -yuan("500")
        assert balance(Account.RAIL_CLEARING, "CNY").minor == stripe.balance

    def test_notices_that_never_arrived_are_found(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        stripe.fake.pay(stripe.page_of(group))
        stripe.fake.drop_held()
        deliver_events()
        group.refresh_from_db()
        assert group.status == "awaiting_payment"
        self.swept(stripe)
        group.refresh_from_db()
        assert group.status == "paid"

    def test_a_refund_made_at_stripe_by_hand_is_set_aside_and_its_movement_is_unexplained(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        stripe.fake.client().v1.refunds.create(params={"charge": stripe.charge_of(group), "amount": 100})
        stripe.tell()
        self.swept(stripe)
        assert RailNotice.objects.filter(is_quarantined=True).exists()
        assert list(RailMovement.objects.filter(status="unexplained").values_list("kind", "amount_minor")) == [("refund", -100)]
