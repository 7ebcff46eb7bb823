"""The operator says how shops are graded; a month later it reads the grades and warns a shop, and its owner reads why."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from marketplace.kernel.relay import deliver_events
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.evaluated import announced, first_day, graded, on
from tests.journeys import operators
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

SHOPS = {"zh-hans": ("a", "kiln.seller.market.localhost"), "en": ("b", "trail.seller.market.localhost")}  # each language warns its own


@pytest.fixture(scope="module")
def market(own_database, static_files):
    """Two shops have had a month of orders that they never shipped."""
    make.commission()
    announced(every="month")
    for shop, _host in SHOPS.values():
        with on(first_day()):
            for _n in range(3):
                make.pay(make.a_placed_group((shop, make.a_product(shop, stock=9), 1)))
        graded(shop)
    deliver_events()
    with running(own_database, static_files, "web", "worker") as processes:
        yield processes


def sets_the_limits(operator: Person) -> None:
    operators.comes_in(operator, "/evaluations/")
    operator.look("evaluations")
    operator.page.locator("a[href='/evaluations/rule/']").locator("visible=true").first.click()
    operator.page.wait_for_url("**/evaluations/rule/")
    operator.look("limits")
    operator.page.fill("[name=in_time_a]", "80")
    operator.page.fill("[name=in_time_b]", "90")
    operator.page.fill("[name=why]", "as announced")
    operator.press("Save")
    expect(operator.page.locator(".error, [role=alert]").first).to_be_visible()
    operator.look("limits-refused")
    for letter, share in zip("abc", ("98", "95", "90"), strict=True):
        operator.page.fill(f"[name=in_time_{letter}]", share)
    operator.page.select_option("[name=every]", "quarter")
    operator.page.fill("[name=why]", "as announced")
    operator.send("Save")
    operator.look("limits-kept")
    assert EvaluationRule.objects.order_by("-first_day").first().limits["in_time"] == [9_800, 9_500, 9_000]


def warns(operator: Person, shop: str, words: str) -> None:
    row = Evaluation.objects.get(merchant_id=MERCHANTS[shop])
    operator.go("/evaluations/?decided=no", operators.HOST)
    operator.page.locator(f"a[href='/evaluations/{row.pk}/']").locator("visible=true").first.click()
    operator.page.wait_for_url(f"**/evaluations/{row.pk}/")
    operator.look("evaluation")
    operator.page.select_option("[name=consequence]", "warning")
    operator.page.fill("[name=remark]", words)
    with operator.page.expect_navigation():
        operator.page.locator("form[action$='/decide/'] button").click()
    operator.sees(words)
    operator.look("warned")


@on_both(ci=None)
def test_a_shop_is_graded_warned_and_reads_why(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen, words = Seen(tmp_path), {"zh-hans": "三单都没有按时发货。", "en": "None of three orders was sent in time."}[screen.language]
    shop, workbench = SHOPS[screen.language]
    with at_a_screen(browser, market, screen, "operator", seen) as operator, at_a_screen(browser, market, screen, "owner", seen) as owner:
        sets_the_limits(operator)
        warns(operator, shop, words)
        owner.go("/evaluations/", workbench)
        owner.sign_in(f"owner-{shop}@market.localhost", PASSWORD)
        owner.sees(words)
        owner.look("my-evaluations")
        owner.go("/inbox/", workbench)
        owner.look("notices")
