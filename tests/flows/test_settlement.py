"""Statements that follow from the journal, what was given back netted, and payouts that are made once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.flows.pay_out import make_bank_file, note_payout_returned, note_payouts_paid
from marketplace.flows.return_goods import request_return
from marketplace.flows.settle import held_back, preview, settle, settle_until
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.exports import safe_cell
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.errors import AccountMissing, NothingToSettle, PayoutClosed
from marketplace.platform.ledger.models import Account, JournalEntry, Payout, SettlementRun, Statement
from marketplace.platform.ledger.queries import balance, lines_from_journal
from marketplace.platform.payments.models import BankFile, PayoutAccount
from tenants.tenancy.models import Market
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.test_after_sales import lines_of

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture
def at_once():
    """Orders are settled on the day they are received."""
    Market.objects.update(settle_days=0)


@pytest.fixture
def mug():
    return make.a_product("a", title="Mug", price="100", stock=50)


@pytest.fixture
def account():
    return PayoutAccount.objects.create(merchant_id=A, holder="=Kiln Ltd", bank="Bank of Jingdezhen", number="6222021234567890")


def sold(mug, n=1) -> OrderCopy:
    return make.a_completed_group(("a", mug, n)).orders.get()


class TestStatements:
    def test_what_came_back_before_settling_stands_beside_the_sale(self, at_once, mug):
        copy = sold(mug, 3)
        make.returned(make.order_of(copy.group))
        (due,) = preview()
        assert (due.sales, due.refunds, due.commission, due.commission_returned) == (yuan("300"), yuan("100"), yuan("15"), yuan("5"))
        (statement,) = make.settled("a")
        assert statement.payout == due.payout == yuan("190")
        assert [(line.kind, line.order_number, line.net) for line in statement.lines.order_by("completed_at")] == [
            ("sale", copy.number, yuan("285")),
            ("refund", copy.number, yuan("-95")),
        ]
        assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == yuan("0")

    def test_what_comes_back_after_the_payout_is_netted_from_the_next_statement(self, at_once, mug):
        first = sold(mug)
        make.settled("a")
        sold(mug, 2)
        make.returned(make.order_of(first.group))
        (statement,) = make.settled("a")
        assert (statement.sales, statement.refunds, statement.payout) == (yuan("200"), yuan("100"), yuan("95"))

    def test_a_merchant_that_owes_is_paid_nothing_and_the_next_statement_opens_with_it(self, at_once, mug):
        first = sold(mug)
        make.settled("a")
        make.returned(make.order_of(first.group))
        (owing,) = make.settled("a")
        assert (owing.payout, owing.closing) == (yuan("0"), yuan("-95"))
        assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == yuan("95")
        assert not owing.payouts.exists()
        sold(mug, 2)
        (due,) = preview()
        (statement,) = make.settled("a")
        assert (statement.opening, statement.payout, statement.closing) == (yuan("-95"), yuan("95"), yuan("0"))
        assert due.payout == statement.payout

    def test_an_open_return_holds_its_order_back(self, at_once, mug):
        copy = sold(mug)
        request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={lines_of(copy)[0].pk: 1}, reason="damaged")
        assert preview() == []
        assert held_back(settle_until()) == {A: 1}
        with pytest.raises(NothingToSettle):
            make.settled("a")

    def test_a_statement_is_derived_again_from_the_journal(self, at_once, mug):
        copy = sold(mug, 3)
        make.returned(make.order_of(copy.group))
        (statement,) = make.settled("a")
        again = lines_from_journal(JournalEntry.objects.filter(statement_line__statement=statement).prefetch_related("postings").order_by("at", "pk"))
        kept = statement.lines.order_by("entry__at", "entry_id")

        def facts(lines):
            return [(x.entry_id, x.kind, x.order_id, x.order_number, x.completed_at, x.sales_minor, x.commission_minor) for x in lines]

        assert facts(again) == facts(kept)

    def test_the_same_run_settles_once_and_goes_on_where_it_stopped(self, at_once, mug):
        sold(mug)
        run_id = uuid4()
        first = settle(by=SYSTEM, run_id=run_id, merchant_ids=[A])
        assert settle(by=SYSTEM, run_id=run_id, merchant_ids=[A, MERCHANTS["b"]]).pk == first.pk
        assert Statement.objects.count() == SettlementRun.objects.count() == 1
        make.a_completed_group(("b", make.a_product("b", title="Bag"), 1))
        settle(by=SYSTEM, run_id=run_id, merchant_ids=[A, MERCHANTS["b"]])
        assert Statement.objects.filter(run_id=run_id).count() == 2

    def test_a_run_for_a_period_leaves_what_came_after_it(self, at_once, mug):
        sold(mug)
        until = clock.now()
        with clock.shifted(timedelta(days=1)):
            sold(mug, 2)
            run = settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[A], until=until)
        assert run.statements.get().sales == yuan("100")

    def test_nobody_settles_before_the_days_are_over(self, mug):
        sold(mug)
        with pytest.raises(NothingToSettle):
            settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[A], until=clock.now() + timedelta(days=1))


class TestPayouts:
    def test_a_payout_goes_into_one_bank_file_and_is_paid_once(self, at_once, mug, account):
        sold(mug)
        (statement,) = make.settled("a")
        payout, batch_id = Payout.objects.get(), uuid4()
        assert balance(Account.PAYOUT_CLEARING, "CNY") == -yuan("95")
        batch = make_bank_file(by=SYSTEM, batch_id=batch_id, payout_ids=[payout.pk])
        assert make_bank_file(by=SYSTEM, batch_id=batch_id, payout_ids=[payout.pk]).pk == batch.pk
        with pytest.raises(PayoutClosed):
            make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
        assert BankFile.objects.get(batch=batch).content.plain().splitlines()[1] == (
            f"{statement.number}/1,'=Kiln Ltd,Bank of Jingdezhen,6222021234567890,95.00,CNY,Statement {statement.number}"
        )
        assert note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk]) == 1
        assert note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk]) == 0
        assert balance(Account.PAYOUT_CLEARING, "CNY") == yuan("0")
        assert balance(Account.RAIL_CLEARING, "CNY") + balance(Account.OWN_BANK, "CNY") == yuan("5")  # the commission is ours
        assert balance(Account.OWN_BANK, "CNY") == -yuan("95")

    def test_a_payout_returned_by_the_bank_after_paid_reopens_it(self, at_once, mug, account):
        sold(mug)
        make.settled("a")
        payout = Payout.objects.get()
        make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
        note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk])
        with pytest.raises(InvalidInput):
            note_payout_returned(by=SYSTEM, payout_id=payout.pk, reason=" ")
        again = note_payout_returned(by=SYSTEM, payout_id=payout.pk, reason="account closed")
        assert note_payout_returned(by=SYSTEM, payout_id=payout.pk, reason="account closed").pk == again.pk
        assert (again.n, again.status, again.amount) == (2, "due", payout.amount)
        assert balance(Account.PAYOUT_CLEARING, "CNY") == -yuan("95")
        make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[again.pk])
        note_payouts_paid(by=SYSTEM, payout_ids=[again.pk])
        assert balance(Account.PAYOUT_CLEARING, "CNY") == yuan("0")
        with pytest.raises(PayoutClosed):
            make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])

    def test_a_shop_without_an_account_is_named(self, at_once, mug):
        sold(mug)
        make.settled("a")
        with pytest.raises(AccountMissing) as refusal:
            make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[Payout.objects.get().pk])
        assert Payout.objects.get().merchant.name in str(refusal.value)
        assert Payout.objects.get().status == "due"

    def test_the_file_keeps_the_account_it_was_made_with(self, at_once, mug, account):
        sold(mug)
        make.settled("a")
        payout = Payout.objects.get()
        batch = make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
        account.number = "1"
        account.save()
        payout.refresh_from_db()
        assert payout.destination["number"] == "•••• 7890"
        assert "6222021234567890" in BankFile.objects.get(batch=batch).content.plain()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("+86 138", "'+86 138"),
        ("a=b", "a=b"),
    ],
)
def test_a_cell_that_would_be_a_formula_is_text(text, cell):
    assert safe_cell(text) == cell
