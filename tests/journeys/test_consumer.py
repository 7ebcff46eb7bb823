"""A consumer, played in a browser: compares, asks, buys, reviews with a picture; and one whose browser runs no scripts, up to the placed order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from demo.media import copy_picture
from demo.pictures import picture_file
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.buyers import gives_an_address, pays, places, registers_at_the_cart
from tests.journeys.merchants import registers
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, Seen, at_a_screen
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH = "kiln.seller.market.localhost"
OWNER = "owner-a@market.localhost"
QUESTION, ANSWER = "洗碗机能洗吗？", "可以，放上层。"
WORDS = "杯壁厚薄正好，倒满热水也不烫手。"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    """All processes, over two shops that sell something alike."""
    make.commission()
    for merchant_id in (MERCHANTS["a"], MERCHANTS["b"]):
        with merchant_schema(merchant_id):
            copy_picture("mug-jade", name="mug")  # which the factory's goods name
    make.a_product("a", title="Jade mug", price="118", titles={"zh-hans": "翠青马克杯", "en": "Jade mug"})
    make.a_product("b", title="Camp mug", price="59", titles={"zh-hans": "营地马克杯", "en": "Camp mug"})
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("consumer"))


def test_a_consumer_compares_asks_buys_and_reviews_with_a_picture(browser: Browser, market: RunningMarket, seen: Seen):
    with at_a_screen(browser, market, DESKTOP, "buyer", seen) as buyer:
        compares(buyer)
        buyer.press("Add to cart")
        expect(buyer.page.locator(".toast").first).to_be_visible()
        registers_at_the_cart(buyer, "wan@buyer.localhost")
        number = places(buyer, parts=1)
        pays(buyer, number, parts=1)
        asks(buyer)
        copy = OrderCopy.objects.get(group__number=number)
        make.ship(copy)
        make.receive(copy)
        deliver_events()
        reviews(buyer, copy.number)
    with at_a_screen(browser, market, DESKTOP, "owner", seen) as owner:
        answers(owner)
    with at_a_screen(browser, market, PHONE, "visitor", seen) as visitor:
        visitor.go(f"/p/{the_mug().pk}/")
        for words in (WORDS, QUESTION, ANSWER):
            visitor.sees(words)
        expect(visitor.page.locator("#reviews img").first).to_be_visible()
        assert the_mug().rating_count == 1
        visitor.look("reviewed")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_scripts_a_consumer_reaches_the_placed_order(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    with at_a_screen(browser, market, screen, "plain", seen, scripts=False) as buyer:
        page = buyer.page
        buyer.go("/")
        page.fill("#q", "Jade")
        page.press("#q", "Enter")
        page.wait_for_url("**/search/**")
        page.get_by_role("heading").get_by_role("link").first.click()
        page.wait_for_url("**/p/**")
        buyer.send("Add to cart")
        buyer.go("/cart/")
        buyer.follow("Check out")
        registers(buyer, f"plain-{screen.language}@buyer.localhost")
        page.wait_for_url("**/checkout/**")
        gives_an_address(buyer)
        page.locator("button[form=place]:visible, #place button:visible").first.click()
        page.wait_for_url("**/pay/**")
        group = OrderGroup.objects.latest("placed_at")
        page.locator("button[value=succeeded]").click()
        page.wait_for_url("**/orders/**")
        buyer.sees(group.number)


def the_mug() -> Listing:
    return Listing.objects.get(titles__en="Jade mug")


def compares(buyer: Person) -> None:
    """Two mugs beside each other, one of them looked at without leaving the list."""
    page = buyer.page
    buyer.go("/search/?q=mug")
    buyer.look("two-mugs")
    card = page.locator("article", has_text="Camp mug")
    card.hover()
    card.get_by_role("link", name="Quick view").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("59")
    buyer.look("quick-view")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("heading").get_by_role("link", name="Jade mug").click()
    page.wait_for_url("**/p/**")


def asks(buyer: Person) -> None:
    page = buyer.page
    buyer.go(f"/p/{the_mug().pk}/questions/")
    if page.locator("summary:visible", has_text="Ask").count():
        page.locator("summary:visible", has_text="Ask").first.click()
    page.fill("form[action$='/ask/'] textarea", QUESTION)
    page.locator("form[action$='/ask/'] button").last.click()
    buyer.sees(QUESTION)
    buyer.look("asked")


def reviews(buyer: Person, order: str) -> None:
    """Stars by the keyboard, words, a picture, and the shop's marks."""
    page = buyer.page
    buyer.go(f"/orders/{order}/review/")
    for group in page.locator("fieldset[data-stars]").all():
        group.locator("input[type=radio]").first.focus()
        for _step in range(4):
            page.keyboard.press("ArrowRight")
    page.locator("textarea[name^=text_]").first.fill(WORDS)
    page.set_input_files("input[name^=pictures_]", str(picture_file("mug-jade")))
    buyer.look("review")
    with page.expect_navigation():
        page.locator("main form[enctype] button[type=submit], main form[enctype] button:not([type])").last.click()
    buyer.look("reviewed-by-oneself")


def answers(owner: Person) -> None:
    """In the list, in place."""
    page = owner.page
    owner.go("/questions/", WORKBENCH)
    owner.sign_in(OWNER, PASSWORD)
    page.wait_for_url("**/questions/**")
    page.locator("tr summary:visible").first.click()
    page.locator("tr textarea:visible").fill(ANSWER)
    page.locator("tr form button:visible").first.click()
    owner.sees(ANSWER)
    owner.look("answered")


def test_the_market_can_be_installed_and_says_so_when_there_is_no_connection(browser: Browser, market: RunningMarket):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(market.url("/"))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # from now on the worker stands between
        errors = context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []  # a test's window is always private
        context.set_offline(True)
        page.goto(market.url("/cart/"))
        expect(page.locator("body")).to_contain_text("没有网络")
        context.set_offline(False)
        page.goto(market.url("/cart/"))
        expect(page.locator("body")).not_to_contain_text("没有网络")
