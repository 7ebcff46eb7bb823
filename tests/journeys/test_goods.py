"""Goods that the market takes off sale, played in a browser: found and stopped by an operator, read by the shop, released again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser

from marketplace.flows.review_product import submit_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from marketplace.platform.listings.models import Listing, ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.operators import HOST, comes_in
from tests.journeys.people import DESKTOP, PHONE, Screen, Seen, at_a_screen
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    for title in ("Lamp en", "Lamp zh", "Vase"):
        make.a_product("a", title=title, price="100", stock=5)
    waiting = make.a_product("a", title="Bowl", on_sale=False)
    with merchant_schema(MERCHANTS["a"]):
        submit_product(by=SYSTEM, product_id=waiting.pk)
        default_storage.save(
            "demo/mug.webp", ContentFile(clean_picture(make.a_picture("teal", (300, 300)).read(), "picture", longest_side=300, to="WEBP").data)
        )
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("goods"))


@pytest.mark.long
@pytest.mark.parametrize("screen", [pytest.param(PHONE, id="zh-Hans on a phone"), pytest.param(DESKTOP, id="en on a desktop")])
def test_an_operator_stops_a_product_and_its_shop_reads_why(market: RunningMarket, browser: Browser, screen: Screen, seen: Seen):
    lamp = Listing.objects.get(titles__en="Lamp zh" if screen.is_phone else "Lamp en")
    with at_a_screen(browser, market, screen, "operator", seen) as operator:
        comes_in(operator, "/goods/")
        operator.look("goods")
        operator.go(f"/goods/?says=Lamp&merchant={MERCHANTS['a']}", HOST)
        operator.look("goods filtered")
        operator.go(f"/goods/{lamp.pk}/", HOST)
        operator.look("listing")
        operator.follow("Take off sale")
        operator.look("taking off")
        operator.send("Take off sale")
        operator.look("no reason")
        operator.press("Buyers report that it is not safe.")
        operator.send("Take off sale")
        operator.sees(operator.word("Buyers report that it is not safe."))
        operator.look("taken off")
        assert not Listing.objects.get(pk=lamp.pk).is_on_sale
        operator.go("/goods/?show=taken_off", HOST)
        operator.look("those taken off")
        operator.go(f"/reviews/{ProductChange.objects.get(status='waiting').pk}/", HOST)
        operator.look("a review")
        with at_a_screen(browser, market, screen, "owner", seen) as owner:
            owner.go("/products/?sale=by_market", WORKBENCH)
            owner.sign_in(OWNER, PASSWORD)
            owner.sees(owner.word("Buyers report that it is not safe."))
            owner.look("products taken off")
            owner.go(f"/products/{lamp.pk}/", WORKBENCH)
            owner.sees(owner.word("Buyers report that it is not safe."))
            owner.look("product taken off")
        operator.go(f"/goods/release/?chosen={lamp.pk}", HOST)
        operator.page.fill("[name=why]", "A test report was shown.")
        operator.look("releasing")
        operator.page.locator("main form button.btn-primary").click()
        until(lambda: Listing.objects.get(pk=lamp.pk).is_on_sale, within_s=10, what="it is on sale again")
