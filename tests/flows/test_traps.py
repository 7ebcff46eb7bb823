"""Traps that other markets fell into with split money, by their names; more stand with the flow they belong to."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.ledger.models import Account, CommissionRule, JournalEntry
from marketplace.platform.ledger.queries import balance, commission_rates
from marketplace.platform.payments.models import PaymentSplit
from tenants.tenancy.errors import MerchantUnknown
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

A, B = MERCHANTS["a"], MERCHANTS["b"]


def test_a_basket_divided_by_three_is_33_33_and_33_33_and_33_34_however_often_it_is_divided_again():
    parts = yuan("100").split([1, 1, 1])
    assert sorted(part.minor for part in parts) == [3333, 3333, 3334]
    for _again in range(3):
        assert yuan("100").split([part.minor for part in parts]) == parts
        parts = yuan("100").split([part.minor for part in parts])


@pytest.mark.django_db
def test_the_first_merchant_to_ship_earns_its_own_share_only():
    group = make.pay(make.a_placed_group(("a", make.a_product("a", price="100"), 1), ("b", make.a_product("b", price="60"), 1)))
    first = group.orders.get(merchant_id=A)
    make.ship(first)
    make.receive(first)
    assert (balance(Account.MERCHANT_PAYABLE, "CNY", A), balance(Account.MERCHANT_PAYABLE, "CNY", B)) == (-yuan("95"), yuan("0"))
    assert balance(Account.BUYER_ESCROW, "CNY") == -yuan("60")
    assert OrderCopy.objects.get(group=group, merchant_id=B).status == "confirmed"
    assert PaymentSplit.objects.filter(payment__group=group).count() == 2
    assert JournalEntry.objects.filter(kind="order_completed").count() == 1


@pytest.mark.django_db
class TestACommissionRuleWhoseTargetIsMissingIsRefusedNotWidened:
    @pytest.fixture(autouse=True)
    def general(self):
        make.commission("0.05")

    def test_a_merchant_that_is_not_there(self):
        with pytest.raises(MerchantUnknown):
            set_commission(by=SYSTEM, rate=Decimal("0.9"), merchant_id=uuid4())
        self.check_nothing_is_wider()

    def test_a_category_that_is_not_there(self):
        with pytest.raises(InvalidInput) as refusal:
            set_commission(by=SYSTEM, rate=Decimal("0.9"), category_id=999_999)
        assert refusal.value.field == "category"
        self.check_nothing_is_wider()

    def test_a_merchant_and_a_category_at_once(self):
        with pytest.raises(InvalidInput) as refusal:
            set_commission(by=SYSTEM, rate=Decimal("0.9"), merchant_id=A, category_id=make.a_category().pk)
        assert refusal.value.field == "category"
        self.check_nothing_is_wider()

    def test_a_category_that_is_deleted_takes_its_rule_along(self):
        gone = make.a_category("gone", {"en": "Gone"})
        set_commission(by=SYSTEM, rate=Decimal("0.9"), category_id=gone.pk)
        assert commission_rates().rate(A, [gone.pk]) == Decimal("0.9")
        gone.delete()
        self.check_nothing_is_wider()

    def check_nothing_is_wider(self):
        assert list(CommissionRule.objects.values_list("rate", flat=True)) == [Decimal("0.0500")]
        assert commission_rates().rate(A, [make.a_category("cups").pk]) == Decimal("0.05")
