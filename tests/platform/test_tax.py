"""The tax that is in a price: by class, province and date, to the cent, and frozen on the line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.money import Money
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.actions import set_tax_rate
from marketplace.platform.taxonomy.errors import NoTaxRate
from marketplace.platform.taxonomy.models import TaxRate
from marketplace.platform.taxonomy.tax import TaxTable, tax_in, tax_table
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [
        ("113.00", "0.13", "13.00"),
        ("100.00", "0.13", "11.50"),  # 11.504…
        ("99.99", "0.13", "11.50"),  # 11.503…
        ("0.04", "0.13", "0.00"),  # 0.0046…
        ("0.05", "0.13", "0.01"),  # 0.0057…
        ("109.00", "0.09", "9.00"),
        ("106.00", "0.06", "6.00"),
        ("0.13", "0.04", "0.01"),  # exactly half a cent
        ("0.03", "0.20", "0.01"),  # exactly half a cent
        ("3.17", "0.0144", "0.05"),  # exactly four and a half, which rate ÷ (1 + rate) to 28 figures is a trace below
        ("12345678.90", "0.13", "1420299.34"),
        ("100.00", "0", "0.00"),
        ("0.00", "0.13", "0.00"),
        ("100.00", "0.9999", "50.00"),
    ],
)
def test_tax_is_taken_out_of_the_price_and_rounded_half_up_to_the_cent(gross, rate, tax):
    assert tax_in(yuan(gross), Decimal(rate)) == yuan(tax)


@given(gross=st.integers(0, 10**11), rate=st.integers(0, 9999))
def test_it_is_the_nearest_cent_to_the_exact_share(gross, rate):
    exact = Fraction(gross * rate, 10_000 + rate)
    tax = tax_in(Money(gross, "CNY"), Decimal(rate) / 10_000).minor
    assert abs(tax - exact) <= Fraction(1, 2) and tax != exact - Fraction(1, 2)


def test_yen_have_no_cents():
    assert tax_in(Money(110, "JPY"), Decimal("0.10")) == Money(10, "JPY")


def test_a_provinces_own_rate_goes_before_the_one_for_everywhere():
    table = TaxTable({("standard", ""): Decimal("0.13"), ("standard", "46"): Decimal("0.05"), ("reduced", "46"): Decimal("0.01")})
    assert [table.rate("standard", region) for region in ("46", "460105", "31", "")] == [Decimal(r) for r in ("0.05", "0.05", "0.13", "0.13")]
    for lacking in (("reduced", "31"), ("reduced", ""), ("zero", "46")):
        with pytest.raises(NoTaxRate):
            table.rate(*lacking)


@pytest.mark.django_db
class TestRates:
    def test_the_latest_that_has_begun_is_in_force(self):
        first = tax_table(clock.now()).rate("standard", "31")
        set_tax_rate(by=SYSTEM, tax_class="standard", rate=Decimal("0.11"))
        set_tax_rate(by=SYSTEM, tax_class="standard", rate=Decimal("0.05"), region="46")
        now = tax_table(clock.now())
        assert (first, now.rate("standard", "31"), now.rate("standard", "4601")) == (Decimal("0.13"), Decimal("0.11"), Decimal("0.05"))

    def test_a_rate_of_tomorrow_is_not_in_force_today(self):
        with clock.shifted(timedelta(days=1)):
            set_tax_rate(by=SYSTEM, tax_class="standard", rate=Decimal("0.20"))
            assert tax_table(clock.now()).rate("standard", "31") == Decimal("0.20")
        assert tax_table(clock.now()).rate("standard", "31") == Decimal("0.13")

    @pytest.mark.parametrize(("tax_class", "rate", "field"), [("luxury", "0.13", "tax_class"), ("standard", "-0.01", "rate"), ("standard", "1", "rate")])
    def test_what_is_no_rate_is_refused_and_the_old_one_stays(self, tax_class, rate, field):
        count = TaxRate.objects.count()
        with pytest.raises(InvalidInput) as refused:
            set_tax_rate(by=SYSTEM, tax_class=tax_class, rate=Decimal(rate))
        assert refused.value.field == field and TaxRate.objects.count() == count

    def test_a_change_is_logged(self):
        set_tax_rate(by=SYSTEM, tax_class="reduced", rate=Decimal("0.06"))
        event = AuditEvent.objects.filter(action="tax.set").latest("at")
        assert event.after == {"class": "reduced", "rate": "0.06", "region": ""}


def taxed(product, tax_class: str):
    Listing.objects.filter(pk=product.pk).update(tax_class=tax_class)
    return product


@pytest.mark.django_db
class TestOrders:
    @pytest.fixture
    def group(self) -> OrderGroup:
        """Two shops, three classes, odd prices, and freight of one."""
        set_freight(by=SYSTEM, merchant_id=MERCHANTS["a"], currency="CNY", zones=[Zone(fee=yuan("9.99"))])
        goods = [("a", "33.33", "standard", 3), ("a", "0.05", "reduced", 1), ("a", "7.77", "zero", 2), ("b", "19.99", "reduced", 7)]
        buyer = make.a_buyer()
        cart = make.a_cart(
            buyer, *((shop, taxed(make.a_product(shop, title=f"T{n}", price=price), kind), many) for n, (shop, price, kind, many) in enumerate(goods))
        )
        items = yuan("99.99") + yuan("0.05") + yuan("15.54") + yuan("139.93")
        return make.place(buyer, cart, total=items + yuan("9.99"))

    def lines(self, shop: str) -> list[OrderLine]:
        with merchant_schema(MERCHANTS[shop]):
            return list(OrderLine.objects.order_by("unit_minor"))

    def test_each_line_is_taxed_by_its_class_with_its_share_of_the_freight(self, group):
        for line, rate in zip(self.lines("a"), ("0.09", "0", "0.13"), strict=True):
            assert line.tax_rate == Decimal(rate)
            exact = Fraction((line.total + line.freight).minor) * Fraction(rate) / (1 + Fraction(rate))
            assert line.tax.minor == floor(exact + Fraction(1, 2))
        assert [line.tax.minor for line in self.lines("b")] == [1155]  # 139.93 × 9 ÷ 109

    def test_sums_over_lines_are_the_orders_and_over_orders_the_groups(self, group):
        copies = {shop: make.order_of(group, shop) for shop in "ab"}
        for shop, copy in copies.items():
            assert Money.sum((line.tax for line in self.lines(shop)), "CNY") == copy.tax
            assert Money.sum((line.freight for line in self.lines(shop)), "CNY") == copy.freight
        assert copies["a"].tax + copies["b"].tax == group.tax and group.tax < group.total

    def test_a_new_rate_changes_no_order_that_was_placed(self, group):
        before = [(line.tax_rate, line.tax) for line in self.lines("a")]
        set_tax_rate(by=SYSTEM, tax_class="standard", rate=Decimal("0.50"))
        make.pay(group)
        assert [(line.tax_rate, line.tax) for line in self.lines("a")] == before
        again = make.a_placed_group(("a", make.a_product("a", title="New", price="150"), 1))
        assert again.tax == tax_in(again.total, Decimal("0.50")) != tax_in(again.total, Decimal("0.13"))

    def test_a_class_without_a_rate_is_refused_and_nothing_is_ordered(self):
        TaxRate.objects.filter(tax_class="standard").delete()
        product, buyer = make.a_product("a"), make.a_buyer()
        with translation.override("en"), pytest.raises(NoTaxRate) as refused:
            make.place(buyer, make.a_cart(buyer, ("a", product, 1)))
        assert "standard" in str(refused.value) and not OrderGroup.objects.exists()
