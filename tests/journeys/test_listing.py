"""When goods are on sale, in a browser: a condition takes one off and its page says why; the calendar is walked by keyboard to what was planned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from marketplace.flows.prices import plan_reduction
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    """All processes, over a shop that has planned a reduction."""
    with clock.shifted(-timedelta(days=2)):
        for name in ("Mug", "Bowl"):
            product = make.a_product("a", title=name, price="100", stock=10)
    begins = clock.now() + timedelta(days=33)
    with merchant_schema(MERCHANTS["a"]):
        prices = {make.variant_of(product): make.yuan("80")}
        plan_reduction(by=SYSTEM, reduction_id=uuid4(), name="Spring", starts_at=begins, ends_at=begins + timedelta(days=3), prices=prices)
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("listing"))


@on_both(ci=None)
def test_a_condition_takes_off_sale_and_the_calendar_leads_to_what_is_planned(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go("/products/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        sets_a_condition(owner, 0 if screen == DESKTOP else 1)
        walks_the_calendar(owner, by_keys=screen == DESKTOP)
        owner.troubles[:] = [each for each in owner.troubles if "404" not in each]  # invented goods have no pictures


def sets_a_condition(owner: Person, place: int) -> None:
    page = owner.page
    owner.go("/products/", WORKBENCH)
    page.locator("tbody input[name=chosen]").nth(place).check()
    with page.expect_navigation():
        page.locator("[formaction*='/products/conditions/']").click()
    page.fill("[name=off_at]", "12")
    page.fill("[name=on_at]", "12")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    expect(page.locator("[name=on_at]")).to_have_attribute("aria-invalid", "true")
    page.fill("[name=on_at]", "20")
    owner.look("conditions")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    expect(page.locator(".note-warn")).to_contain_text("20")
    owner.look("product-off-by-condition")


def walks_the_calendar(owner: Person, *, by_keys: bool) -> None:
    page = owner.page
    owner.go("/calendar/", WORKBENCH)
    begins = (clock.now() + timedelta(days=33)).astimezone()
    if by_keys:
        page.locator("[data-calendar] [tabindex='0']").focus()
        for _month in range((begins.year - clock.now().year) * 12 + begins.month - clock.now().month):
            with page.expect_navigation():
                page.keyboard.press("PageDown")
            page.locator("[data-calendar] [tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-calendar] [data-day]:focus")).to_have_count(1)
        page.locator("[data-calendar] li a").first.click()
    else:
        while not page.locator("main li a", has_text="Spring").locator("visible=true").count():
            with page.expect_navigation():
                page.locator("[data-after]").click()
        owner.look("calendar")
        page.locator("main li a", has_text="Spring").locator("visible=true").first.click()
    expect(page.locator("h1")).to_contain_text("Spring")
