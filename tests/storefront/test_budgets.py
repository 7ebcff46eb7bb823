"""What a buyer's page may weigh, and how often it may ask the database, however many shops there are."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.test.utils import CaptureQueriesContext

from launch import build
from launch.paths import ROOT
from marketplace.kernel.relay import deliver_events
from tenants.tenancy.link import connection
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKET = "market.localhost"
MOST_SCRIPT, MOST_STYLE, MOST_QUERIES = 60 * 1024, 20 * 1024, 12
MOST_OF_HOME = 20  # seven sections, each asked for at once, however many shops


@pytest.fixture(scope="module", autouse=True)
def _styles() -> None:
    build.build_styles()


def page(path: str, host: str = MARKET, client: Client | None = None) -> tuple[str, int]:
    with CaptureQueriesContext(connection) as asked:
        answer = (client or Client()).get(path, headers={"host": host})
    assert answer.status_code == 200, path
    return answer.content.decode(), len(asked)


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 9))


def weight(html: str, pattern: str, client: Client) -> int:
    """Bytes, compressed, of everything of a kind that a page loads at once."""
    total = 0
    for address in set(re.findall(pattern, html)):
        if address.startswith("/static/"):
            file = finders.find(address.removeprefix("/static/"))
            assert file, address
            total += packed(Path(file).read_bytes())
        else:
            total += packed(client.get(address, headers={"host": MARKET}).content)
    return total


def shown_paths() -> dict[str, tuple[str, str]]:
    """Buyers' pages: name → (host, path)."""
    product = make.a_product(title="Mug", variants=2)
    deliver_events()
    return {
        "home": (MARKET, "/"),
        "category": (MARKET, f"/c/{product.category_id}/"),
        "search": (MARKET, "/search/?q=mug"),
        "product": (MARKET, f"/p/{product.pk}/"),
        "shops": (MARKET, "/shops/"),
        "cart": (MARKET, "/cart/"),
        "shop": ("kiln.market.localhost", "/"),
    }


def test_no_buyers_page_loads_more_script_or_style_than_the_budget():
    client = Client()
    seen = {}
    for name, (host, path) in shown_paths().items():
        html, _asked = page(path, host)
        seen[name] = (
            weight(html, r'<script[^>]* src="([^"]+)"', client),
            weight(html, r'<link rel="stylesheet" href="([^"]+)"', client),
        )
    assert {name: sizes for name, sizes in seen.items() if sizes[0] > MOST_SCRIPT or sizes[1] > MOST_STYLE} == {}
    assert all(script > 5_000 and style > 5_000 for script, style in seen.values())  # they were really weighed


def test_no_script_or_style_comes_from_anywhere_else():
    for host, path in shown_paths().values():
        html, _asked = page(path, host)
        assert not re.findall(r'<(?:script|link rel="stylesheet")[^>]*(?:src|href)="(?:https?:)?//[^"]*"', html), path


@pytest.mark.parametrize("name", ["home", "category", "search", "shops"])
def test_a_list_page_asks_the_same_number_of_times_however_many_shops_and_goods_it_shows(name):
    host, path = shown_paths()[name]
    for title in ("Cup", "Bowl", "Plate"):  # shops that show three goods are the least a card shows
        make.a_product("a", title=title)
    deliver_events()
    page(path, host)
    _html, few = page(path, host)
    for shop in "bc":
        for title in ("Mug one", "Mug two", "Mug three", "Mug four"):
            make.a_product(shop, title=title)
    deliver_events()
    html, many = page(path, host)
    assert html.count("<article") > 4 or name == "shops"
    assert many <= few + 2, f"{few} queries with one shop, {many} with three"
    assert many <= (MOST_OF_HOME if name == "home" else MOST_QUERIES), f"{many} queries"


def test_every_picture_of_a_page_says_how_large_it_is():
    """So that nothing moves when it comes."""
    for name, (host, path) in shown_paths().items():
        html, _asked = page(path, host)
        pictures = [tag for tag in re.findall(r"<img[^>]*>", html) if 'src="data:,"' not in tag]  # an empty one waits to fill the screen
        without = [tag for tag in pictures if not re.search(r'\bwidth="\d+"', tag) or not re.search(r'\bheight="\d+"', tag)]
        assert without == [], name


def test_own_scripts_are_small_files_that_wait():
    for name, (host, path) in shown_paths().items():
        html, _asked = page(path, host)
        for tag in re.findall(r"<script[^>]* src=[^>]*>", html):
            assert "defer" in tag or "async" in tag or "module" in tag, (name, tag)
    assert sum(file.stat().st_size for file in (ROOT / "storefront/static/js").glob("*.js")) < 3 * MOST_SCRIPT
