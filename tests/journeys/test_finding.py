"""A buyer chooses what is proposed, narrows by five facets, passes the address on and goes back; types wrongly; asks for what nobody sells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser, Locator, expect

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.actions import put_brands
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.buyers import closes_filters, opens_filters, total
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, Seen, at_a_screen, number_in, on_both
from tests.running import RunningMarket, running

NAMES = {
    "colour": {"zh-hans": "颜色", "en": "Colour"}, "size": {"zh-hans": "尺码", "en": "Size"}, "cloth": {"zh-hans": "面料", "en": "Cloth"},
    "red": {"zh-hans": "红色", "en": "Red"}, "blue": {"zh-hans": "蓝色", "en": "Blue"}, "small": {"zh-hans": "小码", "en": "Small"},
    "large": {"zh-hans": "大码", "en": "Large"}, "linen": {"zh-hans": "亚麻", "en": "Linen"}, "wool": {"zh-hans": "羊毛", "en": "Wool"},
}  # fmt: skip
VALUES = {"colour": ("red", "blue"), "size": ("small", "large"), "cloth": ("linen", "wool")}
TITLES = {"zh-hans": "长袖衬衫", "en": "Long shirt"}


def keys() -> dict[str, int]:
    """Of attributes and their values, made where they are not there."""
    found = {}
    for code, values in VALUES.items():
        attribute, _made = Attribute.objects.get_or_create(code=code, defaults={"names": NAMES[code]})
        found[code] = attribute.pk
        for value in values:
            found[value] = AttributeValue.objects.get_or_create(attribute=attribute, code=value, defaults={"names": NAMES[value]})[0].pk
    return found


def a_shirt(shop: str, price: str, brand: Brand, cloth: str, ways: list[tuple[str, str]], category: Category) -> None:
    """One that is to be had in these colours and sizes."""
    made, key = make.a_product(shop, title=TITLES["en"], titles=TITLES, price=price, category=category, variants=max(len(ways), 2)), keys()
    listing = Listing.objects.get(pk=made.pk)
    listing.brand, listing.attributes = brand, [[key["cloth"], [key[cloth]], None]]
    listing.save()
    for n, variant in enumerate(listing.variants.order_by("position")):
        colour, size = ways[n % len(ways)]
        variant.options = {str(key["colour"]): key[colour], str(key["size"]): key[size]}
        variant.save()


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    shirts = make.a_category("shirts", {"zh-hans": "衬衫", "en": "Shirts"})
    brands = put_brands(
        by=SYSTEM, rows=[{"code": code, "names": {"en": code.title(), "zh-hans": name}} for code, name in (("shanlan", "山岚"), ("yunhe", "云鹤"))]
    )
    every = list(product(VALUES["colour"], VALUES["size"]))
    for n, (shop, cloth, brand) in enumerate(product("ab", VALUES["cloth"], brands.values())):
        a_shirt(shop, str(40 + 90 * n), brand, cloth, every, shirts)
        a_shirt(shop, str(45 + 90 * n), brand, cloth, [("red", "small"), ("blue", "large")], shirts)
    make.a_product("c", title="Wool cap", titles={"zh-hans": "羊毛帽", "en": "Wool cap"})
    picture = clean_picture(make.a_picture().read(), "picture", longest_side=40, to="WEBP").data
    for shop in "abc":
        with merchant_schema(MERCHANTS[shop]):
            default_storage.save("demo/mug.webp", ContentFile(picture))
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("finding"))


def choice(buyer: Person, facet: str) -> Locator:
    """The first of a group that is not chosen."""
    opens_filters(buyer)
    return buyer.page.locator(f"[role=checkbox][aria-checked=false][data-facet^='{facet}:']").locator("visible=true").first


def chooses(buyer: Person, box: Locator) -> None:
    """What is counted beside it is what there is afterwards."""
    promised, facet = number_in(box.locator(".count").inner_text()), box.get_attribute("data-facet")
    with buyer.page.expect_navigation():
        box.click()
    assert total(buyer.page) == promised, facet
    expect(buyer.page.locator(f"[data-facet='{facet}'][aria-checked=true]").locator("visible=true")).to_have_count(1)


@on_both(PHONE, typed=("cs", "shir"), words=("衬衫", "shirt"))
def test_a_buyer_narrows_what_was_proposed_by_five_facets(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, typed: str, words: str):
    key = keys()
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer, at_a_screen(browser, market, screen, "friend", seen) as friend:
        page = buyer.page
        buyer.go("/")
        box = page.get_by_role("combobox", name=buyer.word("Search goods and shops"))
        box.click()
        box.press_sequentially(typed)
        with page.expect_navigation():
            page.locator(f'[role=option][data-words="{words}"]').first.click()
        assert total(page) == 16
        totals = [16]
        for facet in ("shop", "brand", f"a{key['cloth']}", f"a{key['colour']}", f"a{key['size']}"):
            chooses(buyer, choice(buyer, facet))
            totals.append(total(page))
        assert totals == sorted(totals, reverse=True) and 1 <= totals[-1] < totals[0]
        buyer.look("narrowed, filters open" if screen.is_phone else "narrowed")
        closes_filters(buyer)
        chosen = page.locator("a.chip[aria-current=true]")
        expect(chosen).to_have_count(5)
        # Somebody else sees the same under the same address.
        friend.page.goto(page.url)
        assert total(friend.page) == totals[-1]
        expect(friend.page.locator("a.chip[aria-current=true]")).to_have_count(5)
        # Back is one choice less each time.
        page.go_back()
        expect(chosen).to_have_count(4)
        assert total(page) == totals[-2]
        # A chip takes its choice away; all go together.
        closes_filters(buyer)
        with page.expect_navigation():
            chosen.first.click()
        expect(chosen).to_have_count(3)
        with page.expect_navigation():
            page.get_by_role("link", name=buyer.word("Clear all")).locator("visible=true").first.click()
        assert total(page) == 16
        # A price is one of the ranges that are offered, and the space bar ticks it.
        prices = choice(buyer, "price")
        promised = number_in(prices.locator(".count").inner_text())
        prices.focus()
        with page.expect_navigation():
            page.keyboard.press(" ")
        assert total(page) == promised


@on_both(PHONE, colour=("红色", "Red"), size=("大码", "Large"))
def test_red_and_large_is_one_shirt_that_is_red_and_large(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, colour: str, size: str):
    key = keys()
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        buyer.go("/search/?q=shirt")
        opens_filters(buyer)
        chooses(buyer, buyer.page.locator(f"[data-facet='a{key['colour']}:{key['red']}']").locator("visible=true"))
        large = buyer.page.locator(f"[data-facet='a{key['size']}:{key['large']}']").locator("visible=true")
        assert number_in(large.locator(".count").inner_text()) == 8  # and not the others, which are red in small and blue in large
        chooses(buyer, large)


@on_both(DESKTOP, wrong=("衬杉", "shrit"), meant=("衬衫", "shirt"), unsold=("衬衫 直升机", "shirt helicopter"), nothing=("鑫淼", "xqzwv"))
def test_a_slip_and_what_nobody_sells(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, wrong: str, meant: str, unsold: str, nothing: str):
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        page = buyer.page
        buyer.go(f"/search/?q={wrong}")
        expect(page.locator("[data-read-as]")).to_have_attribute("data-read-as", meant)
        assert total(page) == 16
        buyer.look("read otherwise")
        with page.expect_navigation():
            page.locator("[data-read-as] a").click()
        assert total(page) == 0
        page.go_back()
        assert total(page) == 16
        # A word that nobody's goods have is left out, and said; what was asked for exactly is one tap away.
        buyer.go(f"/search/?q={unsold}")
        expect(page.locator("[data-given-up]")).to_contain_text(unsold.split()[1])
        assert total(page) == 16
        buyer.look("a word left out")
        with page.expect_navigation():
            buyer.follow("Only what fits exactly")
        assert total(page) == 0
        expect(page.locator("[data-exact]")).to_be_visible()
        with page.expect_navigation():
            buyer.follow("See what comes near")
        assert total(page) == 16
        # Where nothing comes near, something is shown all the same, and it is said to be no match.
        buyer.go(f"/search/?q={nothing}")
        assert total(page) == 0
        near = page.locator("[data-near]")
        expect(near).to_contain_text(buyer.word("These do not match what you asked for."))
        assert near.locator("article, .card").count() >= 1
        buyer.look("nothing found")
        with page.expect_navigation():
            near.get_by_role("heading").get_by_role("link", name=re.compile(".")).first.click()
        assert "/p/" in page.url
