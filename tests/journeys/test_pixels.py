"""Twelve pages look as they did when somebody last looked at them and found them right.

ACCEPT_PIXELS=1 make test ARGS="tests/journeys/test_pixels.py" keeps today's pictures instead; look at them before you commit
them. They are drawn with the Chromium and the Noto fonts of Debian: other fonts give other pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from demo.catalogue import catalogue, key_of, variants_of
from demo.seed import fill_shop, put_taxonomy
from marketplace.kernel.relay import deliver_events
from marketplace.platform.cart.actions import add_to_cart, cart_of
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.journeys.likeness import difference, halved
from tests.running import RunningMarket, running
from tests.world import PASSWORD

KEPT = Path(__file__).with_name("pixels")
MOST_DIFFERENT = 0.004  # of all blocks: a line of text that moved is more
GOODS = 8  # of each shop
BUYER = "pixel@buyer.localhost"
# What is another every time: moments, and what hangs on today.
STILL = "time, [data-volatile], .toasts { visibility: hidden !important } * { caret-color: transparent !important }"


@dataclass(frozen=True)
class Look:
    """A page in one dress."""

    name: str
    path: str
    host: str = "market.localhost"
    who: str = ""
    width: int = 1440
    language: str = "zh-hans"
    theme: str = "light"


MUG = key_of("kiln", "mist-mug")
LOOKS = [
    Look("home", "/"),
    Look("home-phone", "/", width=360, language="en"),
    Look("category", "/c/1/", theme="dark"),
    Look("search-phone", "/search/?q=杯", width=360),
    Look("product", f"/p/{MUG}/"),
    Look("product-phone-dark", f"/p/{MUG}/", width=360, theme="dark"),
    Look("shop", "/", host="kiln.market.localhost", language="en"),
    Look("cart", "/cart/", who=BUYER),
    Look("checkout-phone", "/checkout/", who=BUYER, width=360),
    Look("sign-in", "/sign-in/", language="en"),
    Look("design", "/design/"),
    Look("seller-products", "/products/", host="kiln.seller.market.localhost", who="owner-a@market.localhost"),
]


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    """Three shops with some of the demo's goods, and a buyer with a cart."""
    put_taxonomy()
    for shop in catalogue()["shops"][:3]:
        fill_shop({**shop, "products": shop["products"][:GOODS]}, Merchant.objects.get(slug=shop["slug"]), "CNY")
    buyer = make.a_buyer(BUYER)
    make.an_address(buyer)
    cart = cart_of(by=make.acting(buyer), cart_id=None)
    for shop in catalogue()["shops"][:2]:
        first = variants_of(shop["products"][0], shop["slug"], "CNY")[0]
        add_to_cart(by=make.acting(buyer), cart=cart, variant_id=key_of(shop["slug"], first.sku), quantity=2)
    deliver_events()
    with running(own_database, static_files, "web", DEMO_MAILBOX="true") as processes:
        yield processes


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """Who has signed in before: cookies by person."""
    return {}


def seen(browser: Browser, market: RunningMarket, look: Look, signed_in: dict[str, Any], dress: str = "") -> bytes:
    """The page as it shows without scrolling; `dress` is CSS put on top."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 900 if look.width > 600 else 780},
        locale="zh-CN" if look.language == "zh-hans" else "en-GB",
        storage_state=signed_in.get(look.who),
        reduced_motion="reduce",
        bypass_csp=True,  # for our style on top
    )
    context.add_cookies(
        [
            {"name": name, "value": value, "domain": look.host, "path": "/"}
            for name, value in (("language", look.language), ("theme", look.theme), ("cookie_choice", "necessary"))
        ]
    )
    page: Page = context.new_page()
    if look.who and look.who not in signed_in:
        page.goto(market.url("/sign-in/"))
        page.fill("[name=login]", look.who)
        page.fill("[name=password]", "correct horse battery" if look.who == BUYER else PASSWORD)
        with page.expect_navigation():
            page.locator("main form button:not([type=button])").first.click()
        signed_in[look.who] = context.storage_state()
    answer = page.goto(market.url(look.path, look.host))
    assert answer is not None and answer.status == 200, answer and answer.status
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content=STILL + dress)
    picture = page.screenshot()
    context.close()
    return picture


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_page_looks_as_it_did(browser: Browser, market: RunningMarket, signed_in: dict[str, Any], look: Look, tmp_path: Path):
    now = halved(seen(browser, market, look, signed_in))
    file = KEPT / f"{look.name}.webp"
    if os.environ.get("ACCEPT_PIXELS"):
        now.save(file, "WEBP", quality=86, method=6)
    with Image.open(file) as before:
        apart = difference(before, now)
    now.save(tmp_path / f"{look.name}.png")
    assert apart <= MOST_DIFFERENT, f"{apart:.2%} of {look.name} looks different; today's picture: {tmp_path / f'{look.name}.png'}"


@pytest.mark.parametrize("change", ["h1 { transform: translateY(6px) }", ".btn-primary { background: #a33 !important }"], ids=["moved", "coloured"])
def test_a_small_change_is_noticed(browser: Browser, market: RunningMarket, signed_in: dict[str, Any], change: str):
    """The control: the same page, with one thing another way."""
    product = next(look for look in LOOKS if look.name == "product")
    before, after = (halved(seen(browser, market, product, signed_in, dress)) for dress in ("", change))
    assert difference(before, after) > MOST_DIFFERENT
