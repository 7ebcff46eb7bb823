"""A reduction, played in a browser: a merchant plans it for everything that is found, a buyer sees it and pays it, and the merchant ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import Browser, expect

from marketplace.kernel import clock
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.pricing.models import Reduction
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    """All processes, over a shop whose goods have been on sale for two days."""
    with clock.shifted(-timedelta(days=2)):
        for name in ("Mug", "Bowl"):
            for language in ("en", "zh"):
                make.a_product("a", title=f"{name} {language}", price="100")
    make.commission()
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("reductions"))


@on_both(ci=None)
def test_a_reduction_is_planned_seen_and_ended(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    ending = "en" if screen == DESKTOP else "zh"
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go("/reductions/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        plans(owner, ending)
        with at_a_screen(browser, market, screen, "visitor", seen) as visitor:
            sees_it(visitor, ending)
        owner.decide("End it now")
        owner.sees(owner.word("Take it up again"))
        with at_a_screen(browser, market, screen, "visitor2", seen) as visitor:
            visitor.go(listing(ending))
            assert visitor.page.locator(".tag-sale").count() == 0
            without_pictures(visitor)


@on_both(ci=None)
def test_a_reduction_begins_and_ends_by_itself_at_the_times_that_were_typed(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    ending, now = ("en" if screen == DESKTOP else "zh"), clock.now().astimezone(Market.objects.get().tz)
    starts = now.replace(second=0) + timedelta(minutes=2 if now.second > 20 else 1)  # times are typed in minutes
    with at_a_screen(browser, market, screen, "owner", seen) as owner, at_a_screen(browser, market, screen, "visitor", seen) as visitor:
        owner.go("/reductions/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        plans(owner, ending, starts, starts + timedelta(minutes=1))
        with translation.override(screen.language):
            planned = translation.pgettext("reduction", "Planned")
        assert owner.page.locator(".tag", has_text=planned).count(), "it waits for its time"
        owner.go("/calendar/", WORKBENCH)
        owner.look("calendar-with-a-reduction")
        assert owner.page.locator("main a[href^='/reductions/']").count()
        visitor.go(listing(ending))
        expect(visitor.page.locator("#offer .price").first).to_contain_text("100")
        for price, within_s in (("85", 130), ("100", 90)):
            until(lambda price=price: shows(visitor, price), within_s=within_s, what=f"the price is {price}")
        without_pictures(visitor)


def shows(visitor: Person, price: str) -> bool:
    visitor.page.reload()
    return price in visitor.page.locator("#offer .price").first.inner_text()


def plans(owner: Person, ending: str, starts: datetime | None = None, ends: datetime | None = None) -> None:
    """Of both articles that are found, fifteen per cent off; at once, or from and until a time."""
    page = owner.page
    owner.go("/reductions/", WORKBENCH)
    owner.look("reductions-empty" if ending == "en" else "reductions")
    owner.follow("Plan a reduction")
    page.fill("[name=name]", "Spring")
    for name, moment in (("starts_at", starts), ("ends_at", ends)):
        if moment:
            page.fill(f"[name={name}]", moment.strftime("%Y-%m-%dT%H:%M"))
    page.fill("main [name=q]", f" {ending}")
    with page.expect_navigation():
        page.locator("button[value=find]").click()
    page.fill("[name=percent]", "15")
    with page.expect_navigation():
        page.locator("button[value=fill]").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody input").first).to_have_value("85.00")
    owner.look("reduction-new")
    owner.send("Plan the reduction")
    owner.sees("Spring")
    owner.look("reduction")


def listing(ending: str) -> str:
    with merchant_schema(MERCHANTS["a"]):
        row = Reduction.objects.latest("created_at")
        return f"/p/{row.lines.select_related('variant').first().variant.product_id}/"


def sees_it(visitor: Person, ending: str) -> None:
    visitor.go(listing(ending))
    expect(visitor.page.locator("#offer .price").first).to_contain_text("85")
    expect(visitor.page.locator("#offer .tag-sale")).to_contain_text("15")
    expect(visitor.page.locator("#offer")).to_contain_text("100.00")
    visitor.look("reduced-product")
    without_pictures(visitor)


def without_pictures(visitor: Person) -> None:
    """The invented mug has no picture."""
    visitor.troubles[:] = [each for each in visitor.troubles if "404" not in each]
