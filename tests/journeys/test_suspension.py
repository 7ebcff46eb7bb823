"""The operator suspends a shop and reopens it with a second person; buyer, owner and search see it at once. In both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from marketplace.kernel.relay import deliver_events
from tests import factories as make
from tests.journeys import operators
from tests.journeys.people import Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

SHOP, WORKBENCH = "kiln.market.localhost", "kiln.seller.market.localhost"


@pytest.fixture(scope="module")
def market(own_database, static_files):
    make.a_second_operator()
    make.commission()
    with running(own_database, static_files, "web", "worker", "scheduler") as processes:
        yield processes


@on_both(ci=None)
def test_suspended_and_reopened_by_two(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen = Seen(tmp_path)
    product = make.a_product("a", title=f"Mug {screen.language}", stock=5)
    deliver_events()
    reason = {"zh-hans": "二十单超过五天未发货。", "en": "Twenty orders lie unsent for five days."}[screen.language]
    with (
        at_a_screen(browser, market, screen, "operator", seen) as operator,
        at_a_screen(browser, market, screen, "checker", seen) as checker,
        at_a_screen(browser, market, screen, "buyer", seen) as buyer,
        at_a_screen(browser, market, screen, "owner", seen) as owner,
    ):
        buyer.go(f"/p/{product.pk}/")
        buyer.press("Add to cart")
        expect(buyer.page.locator("#toasts")).not_to_be_empty()
        operators.suspends(operator, checker, "kiln", reason)
        buyer.go(f"/p/{product.pk}/")
        buyer.sees(buyer.word("This shop takes no orders at the moment. What was ordered is still sent."))
        buyer.look("product-of-suspended")
        buyer.go("/cart/")
        buyer.sees(buyer.word("The shop takes no orders at the moment. It is not part of the total."))
        buyer.look("cart-of-suspended")
        buyer.go("/", SHOP)
        buyer.sees(buyer.word("This shop takes no orders at the moment. What was ordered is still sent."))
        buyer.look("suspended-shop")
        owner.go("/", WORKBENCH)
        owner.sign_in("owner-a@market.localhost", PASSWORD)
        owner.sees(reason)
        owner.look("workbench-suspended")
        operators.reopens(operator, checker, "kiln")
        buyer.go(f"/p/{product.pk}/")
        buyer.press("Add to cart")
        expect(buyer.page.locator("#toasts")).not_to_be_empty()
        buyer.troubles[:] = [each for each in buyer.troubles if "404" not in each]  # the invented mug has no picture
