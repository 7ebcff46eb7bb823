"""The operator moves and merges categories, by mouse, by keyboard and without scripts; a buyer's old address leads on."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from launch.html import invalid
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.actions import put_categories
from marketplace.platform.taxonomy.models import Category, TreeChange
from tests import factories as make
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, Seen, at_a_screen
from tests.running import RunningMarket, until
from tests.world import PASSWORD

CONSOLE = "ops.market.localhost"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def tree(market: RunningMarket) -> dict[str, int]:
    """Home › cups, pots, trays, and drinkware; a mug among the cups. Each test has its own."""
    mark = uuid4().hex[:6]
    names = {"home": ("家居", "Home"), "cups": ("杯子", "Cups"), "pots": ("茶壶", "Pots"), "trays": ("托盘", "Trays"), "drink": ("酒水具", "Drinkware")}
    below = dict.fromkeys(("cups", "pots", "trays"), f"home-{mark}")
    rows = [{"code": f"{code}-{mark}", "parent": below.get(code), "names": {"zh-hans": zh + mark, "en": f"{en} {mark}"}} for code, (zh, en) in names.items()]
    with transaction.atomic():
        known = put_categories(by=SYSTEM, rows=rows)
    make.a_product("a", title=f"Mug {mark}", category=known[f"cups-{mark}"])
    return {code: known[f"{code}-{mark}"].pk for code in names}


def comes_in(person: Person, path: str) -> None:
    person.go(path, CONSOLE)
    if person.page.locator("[name=login]").count():
        person.sign_in("operator@market.localhost", PASSWORD)
    person.page.wait_for_url(f"http://{CONSOLE}:{person.market.port}/**")
    person.go(path, CONSOLE)


def order_below(key: int) -> list[int]:
    return list(Category.objects.filter(parent=key, merged_into=None).order_by("position").values_list("pk", flat=True))


def put_in_order(person: Person, tree: dict[str, int], *, scripts: bool) -> None:
    """The cups one place down: dragged, by keyboard and by button."""
    page = person.page
    comes_in(person, f"/categories/?open={tree['home']}")
    person.look("tree")
    row = page.locator(f"[data-node='{tree['cups']}']")
    if scripts and not person.screen.is_phone:
        row.drag_to(page.locator(f"[data-node='{tree['pots']}']"), target_position={"x": 200, "y": 40})
        until(lambda: order_below(tree["home"])[0] == tree["pots"], within_s=10, what="the dragged category in its place")
        page.wait_for_load_state("load")
        page.locator(f"[data-node='{tree['cups']}'] [data-name]").focus()
        page.keyboard.press("Alt+ArrowUp")
        until(lambda: order_below(tree["home"])[0] == tree["cups"], within_s=10, what="the category back by keyboard")
        page.wait_for_load_state("load")
    with page.expect_navigation():
        page.locator(f"[data-node='{tree['cups']}'] [data-down]").click()
    assert order_below(tree["home"]) == [tree["pots"], tree["cups"], tree["trays"]]


def moves_and_merges(person: Person, tree: dict[str, int], *, scripts: bool) -> None:
    page = person.page
    person.go(f"/categories/{tree['cups']}/", CONSOLE)
    person.look("category")
    person.follow("Move it")
    page.fill("main [name=q]", Category.objects.get(pk=tree["drink"]).name)
    person.send("Find")
    person.look("move-where")
    with page.expect_navigation():
        page.locator(f"a[href='?into={tree['drink']}']").click()
    person.look("move-touches")
    expect(page.locator("main")).to_contain_text("1")
    person.send("Move it")
    until(lambda: not TreeChange.objects.filter(status="working").exists(), within_s=30, what="the goods to follow")
    person.go("/categories/changes/", CONSOLE)
    person.look("changes")
    person.send("Take back")
    until(lambda: not TreeChange.objects.filter(status="working").exists(), within_s=30, what="the goods to be back")
    person.go(f"/categories/{tree['cups']}/merge/?into={tree['drink']}", CONSOLE)
    page.fill("main [name=why]", "one word for both")
    person.look("merge-touches")
    if scripts:
        person.decide("Merge them")
    else:
        person.send("Merge them")
    until(lambda: Listing.objects.filter(category_id=tree["drink"]).exists(), within_s=30, what="the goods to be the other's")


def old_address_leads_on(browser: Browser, market: RunningMarket, screen: Screen, seen: Seen, tree: dict[str, int]) -> None:
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        buyer.go(f"/c/{tree['cups']}/?stock=1")
        assert buyer.page.url.endswith(f"/c/{tree['drink']}/?stock=1")
        buyer.look("led-on")
        buyer.troubles = [one for one in buyer.troubles if "404" not in one]  # the mug's picture was never stored


@pytest.mark.long
def test_old_addresses_lead_on_after_a_move_and_a_merge(browser: Browser, market: RunningMarket, seen: Seen, tree: dict[str, int]):
    with at_a_screen(browser, market, DESKTOP, "operator", seen) as operator:
        put_in_order(operator, tree, scripts=True)
        moves_and_merges(operator, tree, scripts=True)
    old_address_leads_on(browser, market, DESKTOP, seen, tree)


@pytest.mark.long
def test_the_same_on_a_phone_in_chinese(browser: Browser, market: RunningMarket, seen: Seen, tree: dict[str, int]):
    with at_a_screen(browser, market, PHONE, "operator", seen) as operator:
        put_in_order(operator, tree, scripts=True)
        moves_and_merges(operator, tree, scripts=True)
    old_address_leads_on(browser, market, PHONE, seen, tree)


@pytest.mark.long
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["zh-Hans on a phone", "en on a desktop"])
def test_the_same_without_scripts(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, tree: dict[str, int]):
    with at_a_screen(browser, market, screen, "plain", Seen(seen.folder / "plain", set(seen.pages)), scripts=False) as operator:
        operator.look = lambda stop: None  # type: ignore[method-assign]  # looking takes scripts
        put_in_order(operator, tree, scripts=False)
        moves_and_merges(operator, tree, scripts=False)


@pytest.mark.long
def test_every_page_of_the_way_is_valid_html(seen: Seen):
    assert seen.pages and not invalid(seen.folder / "sources")
