"""Gift cards and classes, played in a browser: entered by a merchant, codes loaded from a file, bought, shown to the buyer, redeemed at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.virtual.models import Voucher
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.buyers import places
from tests.journeys.merchants import picture
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    make.a_category()
    make.commission()
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("vouchers"))


@on_both(ci=None)
def test_a_card_and_a_class_are_entered_bought_shown_and_used(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    codes = [f"CARD-{screen.language.upper()}-{n:04d}" for n in range(3)]
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go("/products/", WORKBENCH)
        with owner.page.expect_navigation(url="**/products/"):
            owner.sign_in(OWNER, PASSWORD)
        card = enters(owner, f"Card {screen.language}", "codes", price="50")
        loads_codes(owner, card, codes)
        submits(owner, card)
        lesson = enters(owner, f"Class {screen.language}", "service", price="200", stock="4", valid_days="30")
        submits(owner, lesson)
        with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
            number = buys(buyer, card, lesson)
            shown = buyer.page.locator("output", has_text="CARD-").inner_text()
            assert shown in codes
            voucher = buyer.page.locator("li output").inner_text()
            redeems(owner, voucher)
            buyer.go(f"/orders/{number}/")
            expect(buyer.page.locator("li output")).to_have_count(0)
            buyer.sees(f"•••• {voucher.replace('-', '')[-4:]}")
            buyer.look("voucher-used")
    copies = OrderCopy.objects.filter(group__number=number)
    assert {copy.status for copy in copies} == {"completed"} and Voucher.objects.get(order_id__in=copies.values("pk")).status == Voucher.Status.REDEEMED


def enters(owner: Person, title: str, kind: str, *, price: str, stock: str = "0", valid_days: str = "") -> Product:
    """A draft of one variant that is not shipped."""
    page = owner.page
    owner.go("/products/new/", WORKBENCH)
    page.fill("[name=title_zh]", f"{title}（中文）")
    page.fill("[name=title_en]", title)
    page.fill("[name=category_query]", owner.word("Cups") if owner.screen.language == "en" else "杯子")
    page.locator("[name=find_category]").click()
    with page.expect_response(lambda answer: "/products/new/" in answer.url and answer.request.method == "POST"):
        page.locator("[name=category]").first.check()
    page.check(f"[name=kind][value={kind}]")
    if valid_days:
        page.fill("[name=valid_days]", valid_days)
    page.fill("[name=sku_0]", title.replace(" ", "-").upper())
    page.fill("[name=price_0]", price)
    page.fill("[name=stock_0]", stock)
    page.locator("[name=pictures]").set_input_files([{"name": "front.png", "mimeType": "image/png", "buffer": picture("#7d8c6f")}])
    expect(page.locator("[data-shot-item]")).to_have_count(1)
    owner.look(f"new-{kind}")
    owner.send("Save the draft")
    with merchant_schema(MERCHANTS["a"]):
        return Product.objects.get(titles__en=title)


def loads_codes(owner: Person, card: Product, codes: list[str]) -> None:
    """From a file; what stands in it twice, or was loaded before, is left out."""
    page = owner.page
    with page.expect_navigation():
        owner.follow("Load codes")
    file = {"name": "cards.txt", "mimeType": "text/plain", "buffer": "\n".join([*codes, codes[0]]).encode()}
    page.locator("[name=file]").set_input_files([file])
    owner.look("load-codes")
    owner.send("Load")
    expect(page.locator("main")).to_contain_text(f"{len(codes)} {owner.word('unused')}")
    assert not any(code in page.content() for code in codes)
    owner.look("codes-loaded")
    with page.expect_navigation():
        owner.follow("All codes")
    owner.look("codes")
    owner.go(f"/products/{card.pk}/", WORKBENCH)


def submits(owner: Person, product: Product) -> None:
    """And the operator approves it."""
    owner.send("Save and submit for review")
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    until(lambda: Listing.objects.get(pk=product.pk).in_stock, within_s=20, what=f"{product.pk} can be bought")


def buys(buyer: Person, *wanted: Product) -> str:
    """Without an address; the codes come at once, and stand on the page of the order."""
    page = buyer.page
    for product in wanted:
        buyer.go(f"/p/{product.pk}/")
        buyer.look(f"product-{product.titles['en'].split()[0].lower()}")
        buyer.press("Add to cart")
        expect(page.locator(".toast").first).to_be_visible()
    buyer.go("/cart/")
    buyer.look("cart")
    buyer.follow("Check out")
    buyer.follow("Register")
    page.fill("[name=email]", f"lin-{buyer.screen.language}@buyer.localhost")
    page.fill("[name=password1]", "kiln-and-trail-22")
    page.locator("main form button").first.click()
    page.wait_for_url("**/checkout/**")
    assert not page.locator("[name=address], [name=recipient]").count()
    page.locator("button[form=place]:visible, #place button:visible").first.click()
    expect(page.locator("[name=waives]:invalid")).to_have_count(1)  # nothing is placed before the box is ticked
    page.check("[name=waives]")
    number = places(buyer, parts=len(wanted))
    page.locator("button[value=succeeded]").click()
    page.wait_for_url("**/orders/**")
    expect(page.locator("output", has_text="CARD-")).to_have_count(1, timeout=20_000)
    expect(page.locator("li output")).to_have_count(1, timeout=20_000)
    buyer.look("handed-over")
    return number


def redeems(owner: Person, voucher: str) -> None:
    """At the counter: looked up, used once, and not twice."""
    page = owner.page
    owner.go("/redeem/", WORKBENCH)
    page.fill("[name=code]", voucher.lower())
    owner.send("Look it up")
    owner.sees(owner.word("Can be used"))
    owner.look("voucher-found")
    owner.send("Redeem")
    owner.look("voucher-redeemed")
    page.fill("[name=code]", voucher)
    owner.send("Look it up")
    expect(page.locator("main [name=code][aria-invalid=true], main .error").first).to_be_visible()
    owner.look("voucher-used-before")
    owner.troubles = [one for one in owner.troubles if "status of 409" not in one]  # which is how it is refused
