"""A cup with a name on it, in a browser: wished, agreed to, paid, made and sent. In both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from demo.media import copy_picture
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.customising.states import Making
from marketplace.platform.checkout.models import OrderCopy
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.customised import a_custom_product
from tests.journeys.buyers import pays, places, registers_at_the_cart
from tests.journeys.merchants import ships
from tests.journeys.people import Person, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"
ENGRAVING, SCRIPT = "[name=wish_engrave1]", "[name=wish_script01]"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    make.commission()
    with merchant_schema(MERCHANTS["a"]):
        copy_picture("mug-jade", name="mug")  # which the factory's goods name
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("customising"))


@on_both(ci=None)
def test_a_cup_is_named_bought_made_and_sent(browser: Browser, market: RunningMarket, seen: Seen, screen):
    product = a_custom_product(title="Seal cup", price="100")
    deliver_events()
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        buyer.go(f"/p/{product.pk}/")
        wishes(buyer)
        changes_wishes(buyer)
        registers_at_the_cart(buyer, f"lin-{screen.language}@buyer.localhost")
        page = buyer.page
        page.locator("button[form=place]:visible, #place button:visible").first.click()
        expect(page.locator("[name=accepts]:invalid")).to_have_count(1)  # nothing is placed before the box is ticked
        page.check("[name=accepts]")
        number = places(buyer, parts=1)
        pays(buyer, number, parts=1)
        buyer.sees("For Chen")
    own = OrderCopy.objects.get(group__number=number).number
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        asks(owner, own)
        with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
            answers(buyer, number, f"lin-{screen.language}@buyer.localhost")
        makes(owner, own)
        ships(owner, own)
    assert OrderCopy.objects.get(number=own).lines[0]["custom"]["state"] == Making.READY


def wishes(buyer: Person) -> None:
    """What is required is asked for by the browser; what it costs is added up while one writes."""
    page = buyer.page
    buyer.press("Add to cart")
    expect(page.locator(f"{ENGRAVING}:invalid")).to_have_count(1)
    assert page.locator(".toast").count() == 0
    page.fill(ENGRAVING, "For Lin")
    expect(page.locator("[data-sum]")).to_contain_text("20.00")
    page.select_option(SCRIPT, "seal")
    expect(page.locator("[data-sum]")).to_contain_text("35.00")
    buyer.look("product-customised")
    buyer.press("Add to cart")
    expect(page.locator(".toast").first).to_be_visible()


def changes_wishes(buyer: Person) -> None:
    page = buyer.page
    buyer.go("/cart/")
    buyer.sees("For Lin")
    with page.expect_navigation():
        page.locator("a[href$='/wishes/']:visible").first.click()
    page.fill(ENGRAVING, "For Chen")
    buyer.look("wishes")
    buyer.send("Keep these wishes")
    buyer.sees("For Chen")


def asks(owner: Person, own: str) -> None:
    """The shop wants to know something before it begins."""
    page = owner.page
    owner.go(f"/orders/{own}/", WORKBENCH)
    with page.expect_navigation(url=f"**/orders/{own}/"):
        owner.sign_in(OWNER, PASSWORD)
    with page.expect_navigation():
        owner.follow("Ask the buyer")
    page.fill("[name=text]", "With a capital C?")
    owner.look("wish-question")
    owner.send("Send the question")
    owner.sees("With a capital C?")
    owner.look("customised-order-asked")


def answers(buyer: Person, number: str, email: str) -> None:
    """By the page of the order."""
    buyer.go(f"/orders/{number}/")
    with buyer.page.expect_navigation(url=f"**/orders/{number}/"):
        buyer.sign_in(email, "kiln-and-trail-22")
    buyer.sees("With a capital C?")
    buyer.look("order-asked")
    buyer.page.fill("[name=answer]", "Yes, please.")
    buyer.send("Answer the shop")
    buyer.sees("Yes, please.")
    buyer.look("order-answered")


def makes(owner: Person, own: str) -> None:
    """From the list to the order: begun there, ready here. The answer stands beside the wishes."""
    page = owner.page
    owner.go("/custom-orders/?show=to_confirm", WORKBENCH)
    owner.sees("For Chen")
    owner.sees("Yes, please.")
    owner.look("custom-orders")
    with page.expect_navigation():
        page.get_by_role("link", name=own).locator("visible=true").first.click()
    owner.send("Begin to make it")
    owner.send("It is ready")
    owner.look("customised-order")
