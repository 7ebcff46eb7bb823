"""The workbench's calendar: what will happen, on the right day of the market's zone, filtered by kind; and the list of products narrowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows import prices as flow
from marketplace.flows.holidays import plan_holiday
from marketplace.flows.price_lists import save_list
from marketplace.flows.publish_product import take_product_off_sale
from marketplace.flows.sale_conditions import set_conditions
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.inventory.restocking import set_levels
from marketplace.platform.listings.models import Listing
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle
from tests.world import SLUGS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
ZONE = ZoneInfo("Asia/Shanghai")


def client(shop: str = "a") -> Client:
    found = Client(headers={"host": f"{SLUGS[shop]}.seller.market.localhost", "accept-language": "en"})
    found.force_login(User.objects.get(email=f"owner-{shop}@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def page(query: str = "") -> str:
    response = client().get(f"/calendar/{query}")
    assert response.status_code == 200, query
    return " ".join(response.content.decode().split())


def next_month(day: int = 10, hour: int = 9, minute: int = 30) -> datetime:
    """In the market's zone: a day of the month that comes next."""
    first = (clock.now().astimezone(ZONE).replace(day=1) + timedelta(days=32)).replace(day=day, hour=hour, minute=minute, second=0, microsecond=0)
    return first


@pytest.fixture
def planned() -> Any:
    """One of each kind, on a day of the next month."""
    product = make.a_product("a", title="Teapot", price="100")
    variant = make.variant_of(product)
    at = next_month()
    with merchant_schema(A):
        about = {"name": "Autumn", "starts_at": at, "ends_at": at + timedelta(days=3), "prices": {variant: make.yuan("80")}}
        flow.plan_reduction(by=SYSTEM, reduction_id=uuid4(), **about)
        flow.schedule_prices(by=SYSTEM, prices={variant: (make.yuan("120"), None)}, starts_at=at + timedelta(days=9))
        save_list(by=SYSTEM, list_id=uuid4(), name="Trade", group_id=None, currency="CNY", starts_at=at, ends_at=at + timedelta(days=5))
        plan_holiday(by=SYSTEM, merchant_id=A, holiday_id=uuid4(), starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=2), notes={})
        Product.objects.filter(pk=product.pk).update(listed_until=at + timedelta(hours=1))
        Listing.objects.filter(pk=product.pk).update(sellable_until=at + timedelta(hours=2))
    with merchant_schema(B):
        other = make.a_product("b", title="Of another shop")
        with merchant_schema(B):
            Product.objects.filter(pk=other.pk).update(listed_until=at)
    return product


def test_everything_that_will_happen_stands_on_its_day(planned):
    at = next_month()
    found = page(f"?month={at:%Y-%m}&day={at:%Y-%m-%d}")
    for words in (
        "“Teapot” goes off sale",
        "Reduction “Autumn” begins: 1 variant",
        "Price list “Trade” begins",
        "A document ends: 1 product can no longer be sold",
        "The holiday begins",
        "Reduction “Autumn” ends",
        "New regular price of 1 variant",
    ):
        assert words in found, words
    assert f'href="/products/{planned.pk}/"' in found and "Of another shop" not in found
    assert "Teapot" not in page()  # this month


def test_a_day_is_a_day_of_the_markets_zone(planned):
    at = next_month(11, 0, 30)  # half past midnight there, the day before in UTC
    with merchant_schema(A):
        Product.objects.filter(pk=planned.pk).update(listed_until=at)
    found = page(f"?month={at:%Y-%m}&day={at:%Y-%m-%d}")
    assert "00:30" in found[found.index('class="max-md:hidden"') :].split("</section>")[0]


def test_kinds_are_shown_and_hidden(planned):
    at = next_month()
    found = page(f"?month={at:%Y-%m}&kind=prices")
    assert "Autumn" in found and "Teapot" not in found and "Trade" not in found
    both = page(f"?month={at:%Y-%m}&kind=prices&kind=lists")
    assert "Autumn" in both and "Trade" in both and "goes off sale" not in both


def test_what_is_called_off_or_in_the_past_is_gone(planned):
    at = next_month()
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=planned.pk)
    assert "goes off sale" not in page(f"?month={at:%Y-%m}")
    with clock.shifted(timedelta(days=100)):
        assert "Autumn" not in page(f"?month={at:%Y-%m}")


@pytest.mark.parametrize("query", ["?month=x", "?month=1999-01", "?month=9999-12", "?day=x", "?day=2020-02-31", "?kind=nothing", "?month=2026-13"])
def test_what_makes_no_sense_is_left_out(db, query):
    assert "<table" in page(query)


# ── the list of products ─────────────────────────────────────────────────────────────────────────────────────────────


def listed(query: str) -> set[str]:
    response = client().get(f"/products/?{query}")
    assert response.status_code == 200
    return {row.title.text for row in response.context["page"].rows}


def test_products_are_narrowed_by_stock_reduction_and_condition():
    with clock.shifted(-timedelta(days=40)):
        reduced = make.a_product("a", title="Reduced", price="100")
    gone = make.a_product("a", title="Gone", stock=0)
    low = make.a_product("a", title="Low", stock=9)
    brushes = make.a_product("a", title="Brush", category=make.a_category("brushes", {"en": "Brushes", "zh-hans": "笔"}))
    with merchant_schema(A):
        plan = {"name": "x", "starts_at": clock.now() - timedelta(hours=1), "ends_at": None, "prices": {make.variant_of(reduced): make.yuan("80")}}
        flow.plan_reduction(by=SYSTEM, reduction_id=uuid4(), **plan)
        set_conditions(by=SYSTEM, product_ids=[low.pk], off_at=3, on_at=8, waits_for_stock=False)
        count_stock(by=SYSTEM, counted={make.variant_of(low): 2})
        flow.schedule_prices(by=SYSTEM, prices={make.variant_of(brushes): (make.yuan("70"), None)}, starts_at=clock.now() + timedelta(days=1))
        Product.objects.filter(pk=gone.pk).update(listed_until=clock.now() + timedelta(days=1))
        set_levels(
            by=SYSTEM, counted={}, safety=dict.fromkeys(StockLevel.objects.filter(variant__product__in=[low.pk, reduced.pk]).values_list("pk", flat=True), 3)
        )
    deliver_events()
    every = {"Reduced（中文）", "Gone（中文）", "Low（中文）", "Brush（中文）"}
    assert {name.split("（")[0] for name in listed("view=")} == {name.split("（")[0] for name in every}
    for query, wanted in {
        "stock=out": {"Gone"},
        "stock=low": {"Low"},
        "stock=in": {"Reduced", "Low", "Brush"},
        "sale=reduced": {"Reduced"},
        "sale=condition": {"Low"},
        "sale=taken_off": {"Low"},
        "sale=goes_off": {"Gone"},
        "sale=new_price": {"Brush"},
        "sale=waits": set(),
        "sale=comes_on": set(),
        f"category={brushes.category_id}": {"Brush"},
        "sale=nothing": set(),
    }.items():
        assert {name.split("（")[0] for name in listed(query)} == wanted, query
    shown = " ".join(client().get("/products/?sale=reduced").content.decode().split())
    assert "80.00" in shown and "Regular price" in shown and "100.00" in shown
    taken = " ".join(client().get("/products/?sale=taken_off").content.decode().split())
    assert "2 were left." in taken and "Back at 8." in taken


def test_a_bundle_is_in_stock_while_its_parts_are_and_follows_its_condition_by_theirs():
    pot, cup = make.a_product("a", title="Pot", stock=9), make.a_product("a", title="Cup", stock=9)
    bundle = a_bundle((pot, 1), (cup, 2))
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[bundle.pk], off_at=2, on_at=4, waits_for_stock=False)
    assert len(listed("stock=in")) == 3
    make.a_placed_group(("a", cup, 5))  # four cups are left, for two sets
    deliver_events()
    with merchant_schema(A):
        assert Product.objects.get(pk=bundle.pk).status == Product.Status.OFF_SALE
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 5})
    assert len(listed("stock=out")) == 2  # the cups are held, and no set is left


def test_a_sku_is_found_by_any_part_of_three_signs():
    product = make.a_product("a", title="Cup")
    with merchant_schema(A):
        sku = str(product.variants.get().sku)  # Cup-1a2b3c4d
    assert listed(f"q={sku[6:11]}") and listed(f"q={sku[5:8].upper()}") and listed(f"q={sku[:2]}")
    assert not listed("q=zzz")


def test_the_products_page_says_why_its_condition_keeps_it_off_and_the_form_sets_it():
    product = make.a_product("a", title="Jug", stock=5)
    sent = {"chosen": [str(product.pk)], "off_at": "5", "on_at": "12"}
    assert client().post("/products/conditions/", sent).status_code == 302
    said = " ".join(client().get(f"/products/{product.pk}/").content.decode().split())
    assert "Its condition took it off sale." in said and "There are 5 now; at 12 it comes back by itself." in said
    refused = client().post("/products/conditions/", {**sent, "on_at": "5"})
    assert refused.status_code == 422 and "write at least 6" in refused.content.decode()
    other = client("b").post("/products/conditions/", sent)  # another shop's product is not there
    assert other.status_code in (302, 404)
    with merchant_schema(A):
        assert product.condition.on_at == 12


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def file_of(query: str) -> tuple[str, list[str]]:
    """Raw, and its lines put together again."""
    response = client().get(f"/calendar/file/{query}")
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/calendar")
    raw = response.content.decode()
    return raw, raw.replace("\r\n ", "").split("\r\n")


def test_the_file_holds_what_the_page_shows_of_the_month_and_kind(planned):
    month = f"?month={next_month():%Y-%m}"
    raw, lines = file_of(month)
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n")) and raw.endswith("END:VCALENDAR\r\n")
    assert f"DTSTART:{next_month().astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}" in lines
    begins, lists = "SUMMARY:Reduction “Autumn” begins: 1 variant", "SUMMARY:Price list “Trade” begins"
    assert begins in lines and lists in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len({line for line in lines if line.startswith("UID:")}) > 5
    only = file_of(f"{month}&kind=lists")[1]
    assert lists in only and begins not in only
    assert file_of("")[1].count("BEGIN:VEVENT") == 0  # nothing this month
    assert "Of another shop" not in raw


def test_a_name_cannot_end_its_line_or_begin_another_property(planned):
    with merchant_schema(A):
        save_list(
            by=SYSTEM,
            list_id=uuid4(),
            name="A; b, c\\ \r\nATTENDEE:x",
            group_id=None,
            currency="CNY",
            starts_at=next_month(),
            ends_at=None,
        )
    lines = file_of(f"?month={next_month():%Y-%m}&kind=lists")[1]
    assert not any(line.startswith("ATTENDEE") for line in lines)
    assert any("A\\; b\\, c\\\\" in line for line in lines)


def test_a_bundle_that_nobody_can_buy_says_why_in_the_list_and_waits_on_the_first_page():
    pot, cup = make.a_product("a", title="Pot", stock=9), make.a_product("a", title="Cup", stock=9)
    a_bundle((pot, 1), (cup, 2))
    assert listed("sale=bundle") == {"Tea set（中文）"} and not listed("sale=stopped")
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=cup.pk)
    deliver_events()
    assert listed("sale=stopped") == {"Tea set（中文）"}
    assert "It is off sale." in client().get("/products/?sale=stopped").content.decode()
    assert "bundle on sale that nobody can buy" in client().get("/").content.decode()
