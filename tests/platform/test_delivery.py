"""What a shop's parcel costs: by the buyer's province, free from an amount on, asked once and frozen with the order."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.place_order import place_order
from marketplace.flows.ship_order import ship_order
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.errors import CartChanged
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.delivery.actions import Zone, put_carriers, put_regions, set_freight
from marketplace.platform.delivery.errors import NoDelivery
from marketplace.platform.delivery.freight import quote
from marketplace.platform.delivery.models import Carrier, FreightZone, Region
from marketplace.platform.delivery.queries import carriers, children, place_of, provinces, zones_of
from marketplace.platform.delivery.starters import CARRIERS, PROVINCES, put_starters
from marketplace.platform.members.actions import save_address
from marketplace.platform.payments.models import PaymentSplit, Refund
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def asks(shop: str, fee: str, free_from: str | None = None, *more: Zone) -> None:
    """Everywhere else this fee; `more` zones first."""
    everywhere = Zone(fee=yuan(fee), free_from=yuan(free_from) if free_from else None)
    set_freight(by=SYSTEM, merchant_id=MERCHANTS[shop], currency="CNY", zones=[*more, everywhere])


def zones(shop: str = "a") -> list[FreightZone]:
    return zones_of([MERCHANTS[shop]]).get(MERCHANTS[shop], [])


def fee(region: str, goods: str, shop: str = "a") -> Money | None:
    """None: no delivery."""
    asked = quote(zones(shop), region, yuan(goods))
    return asked.fee if asked.delivers else None


class TestAsking:
    def test_a_shop_without_zones_asks_nothing_and_goes_everywhere(self):
        assert quote([], "31", yuan("1")).fee == quote([], "", yuan("1")).fee == yuan("0")
        assert quote([], "65", yuan("1")).delivers and quote([], "31", yuan("1")).missing(yuan("1")) is None

    def test_the_zone_that_names_the_province_wins_wherever_it_stands(self):
        asks("a", "8", None, Zone(("31", "32", "33"), yuan("5")), Zone(("65", "54"), yuan("30")))
        assert [fee(code, "10") for code in ("31", "33", "65", "44", "")] == [yuan(f) for f in ("5", "5", "30", "8", "8")]
        set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=[Zone(fee=yuan("8")), Zone(("31",), yuan("5"))])
        assert (fee("31", "10"), fee("44", "10")) == (yuan("5"), yuan("8"))

    @pytest.mark.parametrize("inside", ["31", "3101", "310104", "310104008"])
    def test_a_city_and_a_district_lie_in_their_province(self, inside):
        asks("a", "8", None, Zone(("31",), yuan("5")))
        assert fee(inside, "10") == yuan("5")

    @pytest.mark.parametrize(("goods", "asked"), [("0.01", "6"), ("98.99", "6"), ("99", "0"), ("99.01", "0")])
    def test_it_is_free_from_the_very_cent(self, goods, asked):
        asks("a", "6", "99")
        assert fee("31", goods) == yuan(asked)

    def test_how_much_is_missing_is_said_while_something_is(self):
        asks("a", "6", "99")
        here = zones()
        assert quote(here, "31", yuan("98.99")).missing(yuan("98.99")) == yuan("0.01")
        assert quote(here, "31", yuan("99")).missing(yuan("99")) is None
        asks("a", "0", "99")
        assert quote(zones(), "31", yuan("1")).missing(yuan("1")) is None

    def test_each_zone_has_its_own_threshold(self):
        asks("a", "8", "100", Zone(("65",), yuan("30"), yuan("500")), Zone(("54",), yuan("40")))
        assert [fee("65", goods) for goods in ("100", "499.99", "500")] == [yuan("30"), yuan("30"), yuan("0")]
        assert fee("54", "100000") == yuan("40") and fee("31", "100") == yuan("0")

    def test_where_it_does_not_go_it_does_not_go_for_any_amount(self):
        asks("a", "8", "100", Zone(("71", "81", "82"), delivers=False))
        assert fee("810000", "100000") is None and fee("31", "1") == yuan("8")
        set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=[Zone(("31",), yuan("5")), Zone(delivers=False)])
        assert (fee("31", "1"), fee("32", "1"), fee("", "1")) == (yuan("5"), None, None)


class TestSayingWhatItCosts:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ([], "regions"),
            ([Zone(("31",), Money(100, "CNY"))], "regions"),
            ([Zone(fee=Money(1, "CNY")), Zone(fee=Money(2, "CNY"))], "regions"),
            ([Zone(("31",), Money(1, "CNY")), Zone(("32", "31"), Money(2, "CNY")), Zone(fee=Money(3, "CNY"))], "regions"),
            ([Zone(("99",), Money(1, "CNY")), Zone(fee=Money(3, "CNY"))], "regions"),
            ([Zone(("3101",), Money(1, "CNY")), Zone(fee=Money(3, "CNY"))], "regions"),
            ([Zone()], "fee"),
            ([Zone(fee=Money(-1, "CNY"))], "fee"),
            ([Zone(fee=Money(1, "CNY"), free_from=Money(-1, "CNY"))], "fee"),
        ],
        ids=["none", "nowhere else", "twice elsewhere", "a province twice", "unknown", "a city", "no fee", "below zero", "free from below zero"],
    )
    def test_what_makes_no_sense_is_refused_and_the_old_zones_stay(self, wrong, field):
        asks("a", "8", "100")
        with pytest.raises(InvalidInput) as refused:
            set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=wrong)
        assert refused.value.field == field
        assert fee("31", "1") == yuan("8") and AuditEvent.objects.filter(action="freight.set").count() == 1

    def test_it_is_logged_with_what_was_before_and_only_when_it_changes(self):
        asks("a", "8", "100")
        asks("a", "8", "100")
        asks("a", "9")
        first, second = AuditEvent.objects.filter(action="freight.set").order_by("at")
        told = {"regions": [], "delivers": True, "fee": 800, "free_from": 10000}
        assert first.before is None and first.after == {"zones": [told]} and first.merchant_id == A
        assert second.before == {"zones": [told]} and second.after == {"zones": [told | {"fee": 900, "free_from": None}]}

    def test_free_from_nothing_is_no_threshold(self):
        asks("a", "8", "0")
        assert fee("31", "1000") == yuan("8")

    def test_shops_do_not_see_each_others_zones(self):
        asks("a", "8")
        asks("b", "3")
        assert (fee("31", "1"), fee("31", "1", "b"), fee("31", "1", "c")) == (yuan("8"), yuan("3"), yuan("0"))
        set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=[Zone(fee=yuan("1"))])
        assert fee("31", "1", "b") == yuan("3")

    def test_the_database_itself_takes_one_zone_for_everywhere_else(self):
        asks("a", "8")
        with pytest.raises(IntegrityError), transaction.atomic():
            FreightZone.objects.create(merchant_id=A, position=7, regions=[], currency="CNY")


class TestPlacing:
    @pytest.fixture
    def buyer(self):
        return make.a_buyer("buyer@example.com")

    @pytest.fixture
    def goods(self):
        return [make.a_product(shop, title=f"Thing {shop}", price="33.33", stock=20) for shop in "abc"]

    def basket(self, buyer, goods, *quantities: int):
        return make.a_cart(buyer, *((shop, product, n) for shop, product, n in zip("abc", goods, quantities, strict=True) if n))

    def elsewhere(self, buyer, province: str):
        fields = {"recipient": "L", "phone": "13800138000", "country": "CN", "province": province, "city": "x", "district": "y", "street": "z"}
        return save_address(by=make.acting(buyer), address_id=uuid4(), is_default=False, fields=fields).pk

    def test_each_shop_of_a_basket_asks_for_its_own_parcel_by_its_own_goods(self, buyer, goods):
        asks("a", "8", "99.99")
        asks("b", "6", "99.99")
        basket = self.basket(buyer, goods, 3, 2, 1)  # 99.99, 66.66, 33.33
        view = view_cart(basket, "CNY", "31")
        assert [part.freight for part in view.parts] == [yuan("0"), yuan("6"), yuan("0")]
        group = make.place(buyer, basket, total=view.total)
        assert (group.items, group.freight, group.total) == (yuan("199.98"), yuan("6"), yuan("205.98"))
        for shop, asked, items in (("a", "0", "99.99"), ("b", "6", "66.66"), ("c", "0", "33.33")):
            copy = make.order_of(group, shop)
            assert (copy.freight, copy.items, copy.total) == (yuan(asked), yuan(items), yuan(asked) + yuan(items))
            with merchant_schema(MERCHANTS[shop]):
                order, lines = Order.objects.get(), list(OrderLine.objects.all())
            assert (order.freight, order.total) == (copy.freight, copy.total)
            assert Money.sum((line.freight for line in lines), "CNY") == order.freight
            assert PaymentSplit.objects.get(order_id=copy.pk).amount == copy.total

    def test_freight_is_shared_out_over_an_orders_lines_to_the_cent(self, buyer):
        asks("a", "10")
        cart = make.a_cart(buyer, *(("a", make.a_product("a", title=f"T{n}", price="10"), 1) for n in range(3)))
        make.place(buyer, cart, total=yuan("40"))
        with merchant_schema(A):
            assert sorted(OrderLine.objects.values_list("freight_minor", flat=True)) == [333, 333, 334]

    def test_the_page_shows_what_placing_freezes(self, buyer, goods):
        asks("a", "8", None, Zone(("65",), yuan("30")))
        asks("b", "6", "66.66")
        asks("c", "3.50")
        make.commission()
        make.an_address(buyer)
        far = self.elsewhere(buyer, "新疆维吾尔自治区")
        self.basket(buyer, goods, 1, 2, 1)
        client = Client(headers={"host": "market.localhost"})
        client.force_login(buyer, backend=settings.AUTHENTICATION_BACKENDS[0])
        near_page, far_page = client.get("/checkout/"), client.get(f"/checkout/?address={far}")
        assert (near_page.context["cart"].freight, far_page.context["cart"].freight) == (yuan("11.50"), yuan("33.50"))
        shown = far_page.context["cart"].total
        form = {"key": str(uuid4()), "address": str(far), "total": shown.minor}
        cheaper = client.post("/checkout/place/", form | {"total": near_page.context["cart"].total.minor})
        assert cheaper.status_code == 409 and not OrderGroup.objects.exists()
        assert client.post("/checkout/place/", form).status_code == 302
        assert OrderGroup.objects.get().total == shown == yuan("166.82")

    def test_where_one_shop_does_not_go_nothing_is_ordered_of_any(self, buyer, goods):
        asks("b", "6", None, Zone(("81",), delivers=False))
        basket, address = self.basket(buyer, goods, 1, 1, 1), self.elsewhere(buyer, "香港特别行政区")
        make.commission()
        total = view_cart(basket, "CNY", "81").total
        with translation.override("en"), pytest.raises(NoDelivery) as refused:
            place_order(by=make.acting(buyer), key="k", cart_id=basket.pk, address_id=address, shown_total=total, language="en")
        assert "Trail" in str(refused.value) and "香港特别行政区" in str(refused.value)
        assert not OrderGroup.objects.exists() and basket.lines.count() == 3
        for shop in "abc":
            with merchant_schema(MERCHANTS[shop]):
                assert StockLevel.objects.get().reserved == 0
        assert not view_cart(basket, "CNY", "81").parts[1].quote.delivers

    def test_a_fee_that_rose_meanwhile_is_shown_before_anything_is_ordered(self, buyer, goods):
        asks("a", "8")
        basket = self.basket(buyer, goods, 1, 0, 0)
        shown = view_cart(basket, "CNY", "31").total
        asks("a", "9")
        with pytest.raises(CartChanged):
            make.place(buyer, basket, total=shown)
        group = make.place(buyer, basket, total=shown + yuan("1"))
        asks("a", "50")
        group.refresh_from_db()
        assert group.freight == make.order_of(group).freight == yuan("9")


class TestAfterwards:
    """Terms are frozen: what goes back is a share of what was asked, and nothing is asked anew."""

    @pytest.fixture
    def copy(self):
        """Three pieces for 99.99: free from 200 on, so 10.00 for the parcel."""
        asks("a", "10", "200")
        product = make.a_product("a", price="33.33", stock=20)
        buyer = make.a_buyer()
        cart = make.a_cart(buyer, ("a", product, 3))
        return make.order_of(make.pay(make.place(buyer, cart, total=yuan("109.99"))))

    @staticmethod
    def line(copy) -> OrderLine:
        with merchant_schema(A):
            return OrderLine.objects.get(order_id=copy.pk)

    def cancel(self, copy, n: int) -> None:
        with merchant_schema(A):
            cancel_pieces(by=SYSTEM, number=copy.number, pieces={self.line(copy).pk: n}, reason="none left")
        deliver_events()
        copy.refresh_from_db()

    def test_splitting_a_parcel_does_not_re_price_delivery(self, copy):
        for n in (1, 2):
            with merchant_schema(A):
                ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number=f"SF00000{n}", quantities={self.line(copy).pk: n})
        copy.refresh_from_db()
        assert len(copy.packages) == 2 and (copy.freight, copy.total, copy.refunded) == (yuan("10"), yuan("109.99"), yuan("0"))

    def test_pieces_take_their_share_of_the_freight_and_the_last_ends_it(self, copy):
        for given_back in ("36.67", "73.33", "109.99"):
            self.cancel(copy, 1)
            assert copy.refunded == yuan(given_back)
            assert (copy.freight, copy.total) == (yuan("10"), yuan("109.99"))  # as it was placed
        assert copy.status == "cancelled"
        assert [refund.amount for refund in Refund.objects.order_by("created_at")] == [yuan("36.67"), yuan("36.66"), yuan("36.66")]

    def test_dearer_or_cheaper_freight_of_today_changes_no_refund(self, copy):
        asks("a", "99")
        self.cancel(copy, 1)
        asks("a", "0")
        self.cancel(copy, 2)
        assert copy.refunded == copy.total == yuan("109.99")

    def test_cancelling_all_at_once_gives_the_freight_back_once(self, copy):
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind")
        deliver_events()
        assert Refund.objects.get().amount == yuan("109.99")

    def test_an_order_that_was_free_stays_free_when_it_becomes_small(self):
        asks("a", "10", "60")
        buyer = make.a_buyer()
        product = make.a_product("a", price="33.33", stock=20)
        small = make.order_of(make.pay(make.place(buyer, make.a_cart(buyer, ("a", product, 2)), total=yuan("66.66"))))
        self.cancel(small, 1)
        assert small.refunded == yuan("33.33") and small.freight == yuan("0")


class TestRegionsAndCarriers:
    def test_a_market_begins_with_the_provinces_and_carriers_in_both_languages(self):
        assert [row.code for row in provinces()] == [code for code, *_names in PROVINCES] and len(PROVINCES) == 34
        assert list(carriers()) == [code for code, *_names in CARRIERS]
        assert all(set(row.names) == {"zh-hans", "en"} and all(row.names.values()) for row in [*Region.objects.all(), *Carrier.objects.all()])

    def test_putting_again_changes_nothing_and_says_so(self):
        before = AuditEvent.objects.count()
        put_starters(by=SYSTEM)
        assert put_regions(by=SYSTEM, rows=[{"code": "31", "names": {"zh-hans": "上海市"}}]) == 0
        assert put_carriers(by=SYSTEM, rows=[{"code": "sf", "names": {"zh-hans": "顺丰速运"}}]) == 0
        assert AuditEvent.objects.count() == before

    def test_more_is_added_and_names_in_other_languages_stay(self):
        rows = [
            {"code": "31", "names": {"zh-hans": "上海"}},
            {"code": "3101", "parent": "31", "names": {"zh-hans": "市辖区"}},
            {"code": "310104", "parent": "3101", "names": {"zh-hans": "徐汇区"}},
        ]
        assert (put_regions(by=SYSTEM, rows=rows), put_regions(by=SYSTEM, rows=rows)) == (3, 0)
        assert Region.objects.get(code="31").names == {"zh-hans": "上海", "en": "Shanghai"}
        assert [row.code for row in children("31")] == ["3101"] and children("") == []
        assert AuditEvent.objects.filter(action="regions.put").latest("at").after == {"count": 3}

    def test_a_carrier_keeps_its_place_and_a_new_one_comes_last(self):
        put_carriers(by=SYSTEM, rows=[{"code": "local", "names": {"zh-hans": "同城"}}, {"code": "sf", "names": {"zh-hans": "顺丰"}}])
        codes = list(Carrier.objects.order_by("position", "code").values_list("code", flat=True))
        assert codes[0] == "sf" and codes[-1] == "local"
        assert Carrier.objects.get(code="sf").names == {"zh-hans": "顺丰", "en": "SF Express"}

    def test_an_address_is_found_down_to_what_is_known(self):
        put_regions(
            by=SYSTEM,
            rows=[{"code": "3101", "parent": "31", "names": {"zh-hans": "市辖区"}}, {"code": "310104", "parent": "3101", "names": {"zh-hans": "徐汇区"}}],
        )
        assert place_of("CN", "", "上海市", "市辖区", "徐汇区").code == place_of("CN", "31", "", "", "徐汇区").code == "310104"
        assert place_of("CN", "", "Shanghai", "", "").code == place_of("CN", "310999", "", "nowhere", "").code == "31"
        assert place_of("DE", "", "Bayern", "", "") is None
        with pytest.raises(InvalidInput) as refused:
            place_of("CN", "", "Atlantis", "", "")
        assert refused.value.field == "province"
