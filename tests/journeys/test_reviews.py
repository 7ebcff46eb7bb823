"""The operator looks through thirty submissions without touching the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from launch.html import invalid
from marketplace.flows.review_product import submit_product
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.listings.models import Listing, ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_product_review import save
from tests.journeys.people import DESKTOP, Screen, Seen, at_a_screen
from tests.running import RunningMarket, running
from tests.world import PASSWORD

CONSOLE, MANY, NEW = "ops.market.localhost", 30, 20  # the others are edits of what is on sale
CHINESE = Screen("zh-hans", "zh-CN", 1440, 900)


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    make.commission()
    with running(own_database, static_files, "web") as processes:
        yield processes


@pytest.mark.long
@pytest.mark.parametrize("screen", [pytest.param(DESKTOP, id="en"), pytest.param(CHINESE, id="zh-Hans")])
def test_thirty_submissions_are_decided_by_keyboard(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen, products = Seen(tmp_path), [make.a_product("a", on_sale=n >= NEW, title=f"Mug {screen.language} {n}") for n in range(MANY)]
    for product in products[:NEW]:
        with merchant_schema(MERCHANTS["a"]):
            submit_product(by=SYSTEM, product_id=product.pk)
    for product in products[NEW:]:
        save(product, title="Mug with a lid")
    with at_a_screen(browser, market, screen, "operator", seen) as operator:
        operator.go("/sign-in/", CONSOLE)
        operator.sign_in("operator@market.localhost", PASSWORD)
        operator.go("/reviews/many/", CONSOLE)
        operator.look("many")
        press = operator.page.keyboard.press
        press("1")  # approve the first, and on to the second
        press("r")  # a remark beside its first field
        operator.page.keyboard.type("Name the clay.")
        press("Enter")
        press("k")
        press("2")
        operator.page.keyboard.type("Show all of it.")
        press("Enter")
        press("3")
        operator.page.keyboard.type("Not here.")
        press("Enter")
        press("k")  # back to the third: it may stay in the queue after all
        press("0")
        for _n in range(MANY - 3):
            press("1")
        operator.look("decided")
        with operator.page.expect_navigation():
            press("Control+Enter")
        operator.look("done")
        operator.troubles[:] = [each for each in operator.troubles if "404" not in each]  # the invented mugs have no pictures
    statuses = [ProductChange.objects.get(product_id=product.pk).status for product in products]
    assert statuses == ["approved", "sent_back", "waiting", *["approved"] * (MANY - 3)]
    assert ProductChange.objects.get(product_id=products[1].pk).notes == {"title_zh": "Name the clay."}
    assert Listing.objects.filter(pk__in=[product.pk for product in products], is_on_sale=True).count() == MANY - 2
    assert {row.titles["en"] for row in Listing.objects.filter(pk__in=[product.pk for product in products[NEW:]])} == {"Mug with a lid"}
    ProductChange.objects.filter(status="waiting").delete()
    assert not invalid(seen.folder / "sources")
