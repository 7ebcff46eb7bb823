"""A buyer types, chooses what is proposed by keys, by tap and by Enter, and takes back what the browser remembers. On a phone it is a panel of full width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser, expect

from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import PHONE, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running

TITLES = {"zh-hans": "陶瓷马克杯", "en": "Ceramic mug"}


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    cups = make.a_category("cups", {"zh-hans": "马克杯具", "en": "Mugs"})
    for _n in range(2):
        make.a_product("a", title="Mug", titles=TITLES, category=cups)
    with merchant_schema(MERCHANTS["a"]):
        default_storage.save("demo/mug.webp", ContentFile(clean_picture(make.a_picture().read(), "picture", longest_side=40, to="WEBP").data))
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("suggesting"))


@on_both(PHONE, typed=("make", "mug"), words=("马克杯", "ceramic mug"), category=("马克杯具", "Mugs"))
def test_a_buyer_types_and_chooses(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, typed: str, words: str, category: str):
    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        page = buyer.page
        buyer.go("/")
        box = page.get_by_role("combobox", name=buyer.word("Search goods and shops"))
        box.click()
        expect(box).to_have_attribute("aria-expanded", "false")  # nothing was looked for here yet
        box.press_sequentially(typed)
        options = page.locator(".suggest").get_by_role("option")
        expect(options.filter(has_text=category)).to_be_visible()
        expect(box).to_have_attribute("aria-expanded", "true")
        if screen.is_phone:
            shown = page.locator(".suggest").bounding_box()
            assert shown and (shown["x"], shown["width"]) == (0, screen.width)
        buyer.look("suggestions")
        # The keys go through the list and back into the field, which keeps what was typed.
        box.press("ArrowDown")
        chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
        expect(chosen).to_have_attribute("aria-selected", "true")
        box.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") is None and box.input_value() == typed
        box.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        assert box.input_value() == typed
        # A category by keys leads to it.
        box.press("ArrowDown")
        expect(options.filter(has_text=category)).to_be_visible()
        for _step in range(20):
            box.press("ArrowDown")
            if "categories" in (box.get_attribute("aria-activedescendant") or ""):
                break
        with page.expect_navigation():
            box.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(category)
        # What an input method has not finished is not asked for.
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
        box.focus()
        box.evaluate("""(field) => { field.dispatchEvent(new CompositionEvent("compositionstart")); field.value = "m'a";
          field.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true })); }""")
        with page.expect_response(lambda answer: "/suggest/" in answer.url):
            box.evaluate("""(field, text) => { field.value = text; field.dispatchEvent(new CompositionEvent("compositionend", { data: text })); }""", words[:2])
        assert len(asked) == 1 and "m%27a" not in asked[0] and "m'a" not in asked[0]
        # Words by tap lead to what they find.
        with page.expect_navigation():
            page.locator(f'[role=option][data-words="{words}"]').click()
        assert "/search/?q=" in page.url
        assert box.input_value() == words
        # The empty box remembers, and forgets.
        box.fill("")
        expect(options.filter(has_text=words)).to_be_visible()
        buyer.look("last searches")
        page.get_by_role("button", name=f"{buyer.word('Forget this search')}: {words}").click()
        expect(options).to_have_count(0)
        assert page.evaluate("localStorage.getItem('searches')") is None
