"""Bundles and a shop's own categories, played in a browser: put together by a merchant, found, bought and stopped; arranged, visited and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser, expect

from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.notices.models import Notice
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

SHOP, WORKBENCH, OWNER = "kiln.market.localhost", "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    for language in ("en", "zh"):
        for name, price, stock in (("Pot", "100", 5), ("Cup", "20", 18)):
            make.a_product("a", title=f"{name} {language}", price=price, stock=stock)
    with merchant_schema(MERCHANTS["a"]):
        default_storage.save(
            "demo/mug.webp", ContentFile(clean_picture(make.a_picture("teal", (300, 300)).read(), "picture", longest_side=300, to="WEBP").data)
        )
    make.commission()
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("bundles"))


def ending_of(screen: Screen) -> str:
    return "en" if screen == DESKTOP else "zh"


def product_called(title: str) -> Product:
    with merchant_schema(MERCHANTS["a"]):
        return Product.objects.get(titles__en=title)


# ── A bundle ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@on_both(None)
def test_a_bundle_is_put_together_bought_and_says_why_it_stops(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    ending = ending_of(screen)
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go("/products/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        puts_together(owner, ending)
        bundle = product_called(f"Set {ending}")
        change = ProductChange.objects.get(product_id=bundle.pk, status="waiting")
        approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
        with at_a_screen(browser, market, screen, "visitor", seen) as visitor:
            buys(visitor, bundle)
        takes_a_part_off(owner, ending)
        until(lambda: not Listing.objects.get(pk=bundle.pk).in_stock, within_s=20, what="the bundle is stopped")
        with at_a_screen(browser, market, screen, "visitor2", seen) as visitor:
            visitor.go(f"/p/{bundle.pk}/")
            assert not visitor.page.locator("form button[name=buy]").count()
            visitor.look("bundle-stopped")
        until(lambda: Notice.objects.filter(kind="bundle_stopped", link__contains=str(bundle.pk)).exists(), within_s=20, what="the owner is told")
        owner.go("/products/?sale=stopped", WORKBENCH)
        owner.sees(owner.word("It is off sale."))
        owner.look("products-stopped")


def puts_together(owner: Person, ending: str) -> None:
    """A pot and four cups: searched together, numbers kept while one searches."""
    page = owner.page
    owner.go("/products/bundle/", WORKBENCH)
    for name, pieces in (("Pot", "1"), ("Cup", "4")):
        page.fill("#q", f"{name} {ending}")
        with page.expect_navigation():
            page.locator("button[value=find]").click()
        page.locator("#parts li", has_text=f"{name} {ending}").locator("input[name^=part_]").first.fill(pieces)
    page.fill("[name=title_zh]", f"茶具 {ending}")
    page.fill("[name=title_en]", f"Set {ending}")
    page.fill("[name=sku]", f"SET-{ending}")
    page.fill("[name=price]", "150")
    owner.look("bundle-new")
    owner.send("Make the draft")
    expect(page.locator("#bundle li")).to_have_count(2)
    owner.look("bundle")
    with page.expect_navigation():
        page.locator("#product-form button[value=submit]").first.click()


def buys(visitor: Person, bundle: Product) -> None:
    page = visitor.page
    visitor.go(f"/p/{bundle.pk}/")
    expect(page.locator("#offer .price").first).to_contain_text("150")
    visitor.look("bundle")
    visitor.press("Add to cart")
    expect(page.locator(".toast").first).to_be_visible()


def takes_a_part_off(owner: Person, ending: str) -> None:
    owner.go(f"/products/{product_called(f'Cup {ending}').pk}/", WORKBENCH)
    owner.decide("Take off sale")


# ── A category ───────────────────────────────────────────────────────────────────────────────────────────────────────


@on_both(None)
def test_a_category_is_filled_by_hand_visited_deleted_and_taken_back(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    ending = ending_of(screen)
    pot, code = product_called(f"Pot {ending}"), f"gifts-{ending}"
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        page = owner.page
        owner.go("/shop-categories/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        owner.go("/shop-categories/new/", WORKBENCH)
        page.fill("[name=name_zh]", f"送礼 {ending}")
        page.fill("[name=name_en]", f"Gifts {ending}")
        for name in ("Cup", "Pot"):
            page.fill("#q", f"{name} {ending}")
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.locator("#picks button[value=look]").click()
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.locator("#picks [id^=in-]").first.click()
            expect(page.locator("#picks [name=pick]")).to_have_count(1 if name == "Cup" else 2)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(f"#up-{pot.pk.hex}").click()
        expect(page.locator("#picks [name=pick]").first).to_have_value(pot.pk.hex)
        owner.look("shop-category")
        owner.send("Save")
        visits(browser, market, screen, seen, code, pot)
        deletes(owner)
        owner.look("shop-categories")
        takes_back(owner)
    with merchant_schema(MERCHANTS["a"]):
        assert ShopCategory.objects.get(code=code).removed_at is None


def visits(browser: Browser, market: RunningMarket, screen: Screen, seen: Seen, code: str, pot: Product) -> None:
    with at_a_screen(browser, market, screen, "visitor3", seen) as visitor:
        visitor.go("/", SHOP)
        visitor.page.locator(f"a[href='/v/{code}/']").click()
        expect(visitor.page.locator("#found a[href*='/p/']").first).to_have_attribute("href", re.compile(str(pot.pk)))
        visitor.look("shop-category")


def deletes(owner: Person) -> None:
    owner.page.locator("form[data-confirm] button").click()
    with owner.page.expect_navigation():
        owner.page.locator("dialog[open] button[value=do]").click()


def takes_back(owner: Person) -> None:
    kept = owner.page.locator("main details:has(form[action$='/restore/'])")
    if kept.get_attribute("open") is None:
        kept.locator("summary").click()
    with owner.page.expect_navigation():
        kept.locator("form button").first.click()
