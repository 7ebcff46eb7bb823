"""Decoration, played in a browser: a merchant takes a template and schedules a campaign, the operator rebuilds the market's first page, visitors see it."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from cms.actions import publish
from cms.platform.models import MarketHome
from cms.starters import market_blocks
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from tests import factories as make
from tests.journeys import operators
from tests.journeys.people import DESKTOP, PHONE, Person, Seen, at_a_screen
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH, SHOP, CONSOLE = "kiln.seller.market.localhost", "kiln.market.localhost", "ops.market.localhost"
OWNER = "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    """All processes, over two shops with goods and a market as it opens."""
    for n in range(3):
        make.a_product("a", title=f"Mug {n}")
        make.a_product("b", title=f"Tent {n}")
    with transaction.atomic():
        home = MarketHome.objects.get()
        home.blocks = market_blocks()
        publish(home, SYSTEM)
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("decoration"))


@pytest.mark.long
def test_a_shop_and_the_market_are_decorated(browser: Browser, market: RunningMarket, seen: Seen):
    with at_a_screen(browser, market, DESKTOP, "owner", seen) as owner:
        takes_a_template(owner)
        schedules_a_campaign(owner)
    with at_a_screen(browser, market, DESKTOP, "operator", seen) as operator:
        rebuilds_the_first_page(operator)
    with at_a_screen(browser, market, PHONE, "visitor", seen) as visitor:
        visitor.go("/", SHOP)
        visitor.sees("一件一件做出来的")
        visitor.look("decorated-shop")
        visitor.go("/")
        assert_shops_before_promises(visitor, "全部店铺", "平台托管货款")
        visitor.look("rebuilt-market")
        forgive_pictures(visitor)
    with at_a_screen(browser, market, DESKTOP, "visitor", seen) as visitor:
        visitor.go("/", SHOP)
        visitor.sees("Made one by one")
        visitor.look("decorated-shop")
        visitor.page.get_by_role("link", name="All goods (3)").click()
        visitor.page.wait_for_url("**/search/")
        assert asked(market, "/pages/campaign-1/", SHOP)[0] == 404  # its day has not come
        visitor.go("/")
        assert_shops_before_promises(visitor, "All shops", "Payment is held")
        expect(visitor.page.get_by_role("heading", name="New in the market")).to_have_count(2)
        forgive_pictures(visitor)


def forgive_pictures(visitor: Person) -> None:
    """The factories' goods name pictures that lie nowhere."""
    visitor.troubles[:] = [one for one in visitor.troubles if "status of 404" not in one]


def asked(market: RunningMarket, path: str, host: str) -> tuple[int, str]:
    """Status and body of a page as a visitor who reads English gets it."""
    connection = HTTPConnection("127.0.0.1", market.port, timeout=20)
    connection.request("GET", path, headers={"Host": f"{host}:{market.port}", "Accept-Language": "en"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def takes_a_template(owner: Person) -> None:
    """A draft first, looked at, then published."""
    page = owner.page
    owner.go("/decorate/", WORKBENCH)
    owner.sign_in(OWNER, PASSWORD)
    page.wait_for_url("**/decorate/")
    owner.look("templates")
    first = page.locator("li.panel").first
    with page.expect_navigation():
        first.get_by_role("button", name="Use this template").click()
    owner.look("templates-with-a-draft")
    assert "Made one by one" not in asked(owner.market, "/", SHOP)[1]
    with page.expect_popup() as draft:
        owner.follow("Look at the draft")
    expect(draft.value.get_by_role("heading", name="Made one by one")).to_be_visible()
    draft.value.close()
    owner.send("Publish")
    owner.sees("Shown as it was published last")
    expect(page.get_by_text("not translated")).to_have_count(0)


def schedules_a_campaign(owner: Person) -> None:
    """In Wagtail's editor: a date on which it appears."""
    page = owner.page
    owner.send("New campaign page")
    page.wait_for_url("**/cms/pages/*/edit/")
    page.wait_for_load_state("load")
    page.locator("[data-a11y-dialog-show^=schedule-publishing-dialog]").first.dispatch_event("click")  # wherever the side panel slides
    dialog = page.locator("#schedule-publishing-dialog")
    dialog.locator("[name=go_live_at]").fill("2095-05-01 09:00")
    dialog.locator("[name=go_live_at]").press("Tab")
    with page.expect_navigation():
        dialog.locator("button[type=submit]").press("Enter")  # the calendar lies over it
    publishes(owner)
    owner.go("/decorate/", WORKBENCH)
    row = page.locator("tr", has_text="Campaign 1")
    expect(row).to_contain_text("Scheduled")
    expect(row).to_contain_text("2095")


def rebuilds_the_first_page(operator: Person) -> None:
    """The shops move to the top, and what is new stands below once more."""
    page = operator.page
    operators.comes_in(operator, "/decorate/")
    operator.look("market-pages")
    operator.follow("Edit")
    page.wait_for_url("**/cms/pages/*/edit/")
    shops = page.locator("[data-streamfield-child]", has=page.locator("select[name='blocks-4-value-kind']"))
    for _step in range(3):
        shops.locator("[data-streamfield-action=MOVE_UP]").click()
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name="Part of the market").click()
    page.locator("select[name='blocks-8-value-kind']").select_option("newest")
    publishes(operator)


def publishes(person: Person) -> None:
    person.page.get_by_role("button", name="More actions").last.click()
    with person.page.expect_navigation():
        person.page.locator("[name=action-publish]").click()
    expect(person.page.locator(".messages .success")).to_be_visible()


def assert_shops_before_promises(visitor: Person, shops: str, promises: str) -> None:
    text = visitor.page.locator("main").inner_text()
    assert text.index(shops) < text.index(promises)
