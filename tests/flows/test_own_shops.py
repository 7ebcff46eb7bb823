"""The market's own shops: how one opens, that it stays what it is, where its money stands, and that its goods ask nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account
from marketplace.flows.open_shop import open_shop
from marketplace.flows.own_shops import open_own_shop
from marketplace.flows.rent import charge
from marketplace.flows.review_product import approve_change, submit_product, submit_products
from marketplace.flows.settle import preview
from marketplace.flows.use_of_packages import use_of
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.deposits.actions import move_deposit, set_deposit_rule, settle_deposit
from marketplace.platform.deposits.queries import EVERYBODY, required_of
from marketplace.platform.ledger.actions import credit, debit, post, set_commission
from marketplace.platform.ledger.models import Account, JournalEntry, Payout, Posting, Statement
from marketplace.platform.ledger.queries import balance, commission_rates, lines_from_journal, trial_balance
from marketplace.platform.listings.errors import WordForbidden
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.listings.words import put_words
from tenants.access.errors import OwnHands
from tenants.access.staff import have_role
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.contracts.queries import offer_to
from tenants.onboarding.market_rules import unaccepted
from tenants.onboarding.models import Application
from tenants.packages.actions import publish_version
from tenants.packages.models import ServicePackage
from tenants.packages.queries import today
from tenants.tenancy.errors import NotForOwnShops, OwnershipStays
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.obligations import obligations_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.at_stripe import AtStripe
from tests.flows.test_product_review import submit

pytestmark = pytest.mark.django_db
A, C = MERCHANTS["a"], MERCHANTS["c"]


@pytest.fixture
def own() -> Merchant:
    return make.the_markets_own("c")


@pytest.fixture
def at_once() -> None:
    Market.objects.update(settle_days=0)


def operator() -> User:
    return User.objects.get(email="operator@market.localhost")


def opened(**changed: Any) -> Merchant:
    fields = {"merchant_id": uuid4(), "slug": "select", "names": {"zh-hans": "万商自营", "en": "Direct"}, "owner_id": operator().pk}
    return open_own_shop(by=make.acting(operator()), **fields | changed)


class TestOpening:
    def test_it_opens_with_somebody_of_the_market_as_its_owner_and_with_nothing_agreed(self):
        make.a_contract_template()
        merchant = opened()
        deliver_events()
        merchant.refresh_from_db()
        assert (merchant.is_own, merchant.status) == (True, "open")
        with merchant_schema(merchant.pk):
            assert have_role("owner", merchant.pk) == [operator().pk]
        assert not Application.objects.filter(merchant=merchant).exists()
        assert offer_to(merchant, "en") is None
        assert offer_to(Merchant.objects.get(pk=A), "en") is not None, "others are asked"
        row = AuditEvent.objects.get(action="merchant.own_requested", merchant_id=merchant.pk)
        assert (row.actor_id, row.after["slug"]) == (operator().pk, "select")

    def test_the_same_form_sent_twice_opens_one(self):
        first = opened()
        assert opened(merchant_id=first.pk) == first
        assert Merchant.objects.filter(is_own=True).count() == 1

    def test_who_does_not_work_for_the_market_cannot_run_it(self):
        with pytest.raises(InvalidInput) as refused:
            opened(owner_id=User.objects.get(email="owner-a@market.localhost").pk)
        assert refused.value.field == "owner"
        assert not Merchant.objects.filter(is_own=True).exists()

    def test_no_shop_changes_hands_by_any_form(self):
        with pytest.raises(OwnershipStays):
            opened(merchant_id=A)
        own = opened()
        with pytest.raises(OwnershipStays):
            open_shop(by=SYSTEM, merchant_id=own.pk, slug="select", names=own.names, owner_email="owner-a@market.localhost")

    @pytest.mark.parametrize("is_own", [True, False])
    def test_the_database_refuses_that_a_shop_changes_hands(self, own, is_own):
        whose = C if not is_own else A
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Merchant.objects.filter(pk=whose).update(is_own=is_own)
        Merchant.objects.filter(pk=whose).update(contact_email="else@market.localhost", is_own=not is_own)  # what stays the same may be written


class TestMoney:
    def test_an_own_order_is_the_markets_income_and_the_others_in_the_basket_are_owed(self, own):
        mug, speaker = make.a_product("a", price="100"), make.a_product("c", price="33.33")
        make.a_completed_group(("a", mug, 1), ("c", speaker, 3))
        assert balance(Account.OWN_SALES, "CNY", C) == -yuan("99.99")
        assert (balance(Account.MERCHANT_PAYABLE, "CNY"), balance(Account.COMMISSION_INCOME, "CNY")) == (-yuan("95"), -yuan("5"))
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0
        assert set(Posting.objects.filter(merchant_id=C).values_list("account", flat=True)) == {Account.OWN_SALES}

    @pytest.mark.parametrize(("account", "merchant_id"), [(Account.MERCHANT_PAYABLE, C), (Account.COMMISSION_INCOME, C), (Account.OWN_SALES, A)])
    def test_the_database_keeps_the_accounts_of_own_and_other_shops_apart(self, own, account, merchant_id):
        sides = [debit(Account.BUYER_ESCROW, yuan("1")), credit(account, yuan("1"), merchant_id)]
        with pytest.raises(IntegrityError, match="is not for shop"), transaction.atomic():
            post(by=SYSTEM, kind="test", ref="wrong", sides=sides)
        right = {Account.OWN_SALES: C}.get(account, A)
        post(by=SYSTEM, kind="test", ref="right", sides=[debit(Account.BUYER_ESCROW, yuan("1")), credit(account, yuan("1"), right)])

    def test_it_gets_statements_that_follow_from_the_journal_and_no_payout(self, own, at_once):
        mug, speaker = make.a_product("a", price="100"), make.a_product("c", price="50")
        first = make.a_completed_group(("a", mug, 1), ("c", speaker, 2))
        due = {row.merchant.pk: row for row in preview()}
        assert (due[C].kept, due[C].payout, due[C].commission) == (yuan("100"), yuan("0"), yuan("0"))
        assert (due[A].kept, due[A].payout) == (yuan("0"), yuan("95"))
        make.settled("a", "c")
        kept = Statement.objects.get(merchant_id=C)
        assert (kept.sales, kept.commission, kept.kept, kept.payout, kept.closing) == (yuan("100"), yuan("0"), yuan("100"), yuan("0"), yuan("0"))
        assert [payout.merchant_id for payout in Payout.objects.all()] == [A]
        assert make.order_of(first, "c").settled_at
        make.returned(make.order_of(first, "c"))
        make.settled("c")
        (_before, after) = Statement.objects.filter(merchant_id=C).order_by("created_at", "pk")
        assert (after.sales, after.refunds, after.kept, after.payout, after.closing) == (yuan("0"), yuan("50"), yuan("-50"), yuan("0"), yuan("0"))
        assert balance(Account.OWN_SALES, "CNY", C) == -yuan("50")
        for statement in (kept, after):
            entries = JournalEntry.objects.filter(statement_line__statement=statement).prefetch_related("postings")
            assert sum(line.net.minor for line in lines_from_journal(entries)) == statement.kept_minor
        assert not preview()

    def test_the_database_refuses_a_statement_that_would_pay_an_own_shop(self, own, at_once):
        make.a_completed_group(("c", make.a_product("c", price="50"), 1))
        (statement,) = make.settled("c")
        with pytest.raises(IntegrityError, match="what_is_kept_is_not_paid"), transaction.atomic():
            Statement.objects.filter(pk=statement.pk).update(payout_minor=1, kept_minor=4999)

    def test_a_lost_dispute_takes_it_from_the_markets_income_and_the_other_shops_share_from_that_shop(self, stripe: AtStripe, own):
        mug, speaker = make.a_product("a", price="100"), make.a_product("c", price="33.33")
        group = stripe.completed(("a", mug, 1), ("c", speaker, 1))
        dispute = stripe.fake.dispute(stripe.charge_of(group))["id"]
        stripe.fake.decide(dispute, False)
        stripe.tell()
        assert (balance(Account.OWN_SALES, "CNY"), balance(Account.MERCHANT_PAYABLE, "CNY"), balance(Account.DISPUTES, "CNY")) == (yuan("0"),) * 3

    def test_nothing_is_open_between_the_market_and_its_own_shop_that_would_keep_it_from_closing(self, own):
        make.a_completed_group(("c", make.a_product("c"), 1), ("a", make.a_product("a"), 1))
        assert "balance_owed_to_shop" not in {row.code for row in obligations_of(own)}
        assert "balance_owed_to_shop" in {row.code for row in obligations_of(Merchant.objects.get(pk=A))}


class TestGoods:
    def put(self, product: Product) -> ProductChange:
        with merchant_schema(C):
            submit_product(by=SYSTEM, product_id=product.pk)
        return ProductChange.objects.filter(product_id=product.pk).latest("submitted_at")

    def test_they_go_on_sale_without_a_review_and_the_trail_says_so(self, own):
        change = self.put(make.a_product("c", on_sale=False))
        assert (change.status, change.is_by_rule, change.decided_by) == ("approved", True, "own-goods")
        assert Listing.objects.get(pk=change.product_id).is_on_sale
        assert submit(make.a_product("a", on_sale=False)).status == "waiting", "others wait"

    def test_edits_of_what_is_on_sale_are_read_at_once(self, own):
        product = make.a_product("c")
        with merchant_schema(C):
            Product.objects.filter(pk=product.pk).update(titles={"en": "Loud speaker"}, review="none", version=9)
        change = self.put(product)
        assert (change.is_new, change.decided_by) == (False, "own-goods")
        assert Listing.objects.get(pk=product.pk).titles == {"en": "Loud speaker"}

    def test_what_is_forbidden_is_refused_and_what_is_watched_passes(self, own):
        put_words(by=SYSTEM, texts=["cure"], weight="refused", category_id=None, note="")
        put_words(by=SYSTEM, texts=["organic"], weight="watched", category_id=None, note="")
        with merchant_schema(C), pytest.raises(WordForbidden):
            submit_product(by=SYSTEM, product_id=make.a_product("c", title="Cure", on_sale=False).pk)
        assert self.put(make.a_product("c", title="Organic", on_sale=False)).status == "approved"

    def test_an_import_passes_as_well(self, own):
        rows = [make.a_product("c", title=f"Thing {n}", on_sale=False) for n in range(3)]
        with merchant_schema(C):
            submit_products(by=SYSTEM, products=rows)
        assert Listing.objects.filter(merchant_id=C, is_on_sale=True).count() == 3
        assert set(ProductChange.objects.values_list("decided_by", flat=True)) == {"own-goods"}


class TestNotForOwnShops:
    def test_the_market_agrees_on_nothing_with_itself(self, own):
        make.commission()
        make.rules()
        set_deposit_rule(by=SYSTEM, target=EVERYBODY, amount_minor=10_000, why="x")
        limits = {"products": 0}
        publish_version(by=SYSTEM, code="small", names={"en": "S"}, texts={}, monthly_minor=0, limits=limits, existing_from=today(), is_default=True, why="x")
        other = Merchant.objects.get(pk=A)
        assert [required_of(shop).amount for shop in (own, other)] == [yuan("0"), yuan("100")]
        assert not settle_deposit(by=SYSTEM, merchant_id=C).required_minor
        assert [len(unaccepted(merchant_id=shop.pk)) for shop in (own, other)] == [0, 1]
        assert [{use.name: use.limit for use in use_of(shop.pk)}["products"] for shop in (own, other)] == [None, 0]
        assert [commission_rates().rate(shop.pk, []) for shop in (own, other)] == [0, commission_rates().general]

    def test_what_only_others_agree_on_is_refused(self, own):
        make.commission()
        by, price = make.acting(operator()), yuan("1")
        details = BankDetails(holder="x", form="card", bank="x", number="6222021234567894")
        tried = {
            "commission": lambda: set_commission(by=SYSTEM, rate=commission_rates().general, merchant_id=C),
            "deposit": lambda: set_deposit_rule(by=SYSTEM, target=("", None, C), amount_minor=1, why="x"),
            "deposit paid": lambda: move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=C, kind="received", amount=price, reference="x", why="x"),
            "fee": lambda: charge(by=SYSTEM, merchant_id=C, kind="service", ref="x", names={"en": "x"}, amount=price),
            "payout account": lambda: ask_for_bank_account(by=by, merchant_id=C, change_id=uuid4(), details=details),
        }
        for name, attempt in tried.items():
            with pytest.raises(NotForOwnShops):
                attempt()
                pytest.fail(name)
        assert not ServicePackage.objects.exists() and not Posting.objects.exists()


def test_who_works_for_a_shop_does_not_judge_it_for_the_market():
    """Also of a shop of somebody else's."""
    change = submit(make.a_product("a", on_sale=False))
    judge = operator()
    give_role(by=SYSTEM, user_id=judge.pk, role="product_editor", merchant_id=A)
    with pytest.raises(OwnHands):
        approve_change(by=make.acting(judge), change_id=change.pk, seen_version=change.version)
    other: Actor = make.acting(make.a_second_operator())
    approve_change(by=other, change_id=change.pk, seen_version=change.version)
