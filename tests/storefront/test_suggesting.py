"""The list that the search box shows while somebody types."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import clock
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from search.models import AskedWords
from storefront.shop.suggest import marked
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
MARKET, SHOP = "market.localhost", "kiln.market.localhost"
MOST_QUERIES = 9


def get(typed: str, host: str = MARKET, language: str = "en") -> Any:
    return Client(headers={"host": host, "accept-language": language}).get("/search/suggest/", {"q": typed})


def links(typed: str, **more: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', get(typed, **more).content.decode())


@pytest.fixture
def mugs():
    cups = make.a_category("cups", {"zh-hans": "水杯", "en": "Mugs"})
    made = [make.a_product(title="Jade <i>mug", titles={"en": "Jade <i>mug", "zh-hans": "青玉马克杯"}, price="88", category=cups) for _n in range(2)]
    deliver_events()
    return {"goods": made, "cups": cups}


def test_words_categories_and_goods_lead_to_their_pages(mugs):
    base = market_url("")
    found = links("mug")
    assert f"{base}/c/{mugs['cups'].pk}/" in found
    assert {f"{base}/p/{one.pk}/" for one in mugs["goods"]} <= set(found)
    assert f"{base}/search/?q=mug" in links("mu")
    shop = Merchant.objects.get(pk=MERCHANTS["a"])
    assert any(link.startswith(f"http://{shop.slug}.") for link in links(shop.names["en"][:3]))


def test_a_shops_host_proposes_the_same(mugs):
    assert links("mug", host=SHOP) == links("mug")


def test_goods_come_with_picture_and_price_and_texts_are_no_html(mugs):
    page = get("jade").content.decode()
    assert "<img" in page and "88" in page
    assert "<mark>Jade</mark> &lt;i&gt;mug" in page
    assert "<i>mug" not in page


def test_it_is_kept_for_a_minute_by_the_browser_alone_and_depends_on_the_language(mugs):
    answer = get("mug")
    assert "private" in answer["Cache-Control"] and "max-age=60" in answer["Cache-Control"]
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
    assert "青玉马克杯" in get("mug", language="zh-hans").content.decode()
    assert "sessionid" not in answer.cookies


def test_nothing_typed_and_nothing_found_is_an_empty_list(mugs):
    for typed in ("", "zzzz", "%", "x" * 3000):
        answer = get(typed)
        assert (answer.status_code, 'data-count="0"' in answer.content.decode()) == (200, True), typed


def test_what_cannot_be_shown_is_left_out_even_before_the_table_knows(mugs):
    """The reactions have not run yet."""
    Listing.objects.filter(pk=mugs["goods"][0].pk).update(is_on_sale=False)
    Listing.objects.filter(pk=mugs["goods"][1].pk).update(sellable_until=clock.now())
    assert not any("/p/" in link for link in links("jade"))
    Listing.objects.update(is_on_sale=True, sellable_until=None)
    assert any("/p/" in link for link in links("jade"))
    shop = Merchant.objects.get(pk=MERCHANTS["a"])
    Merchant.objects.update(status=Merchant.Status.SUSPENDED)
    assert not any("/p/" in link or shop.slug in link for link in [*links("jade"), *links(shop.names["en"][:3])])
    type(mugs["cups"]).objects.update(is_hidden=True)
    assert not any("/c/" in link for link in links("mug"))


def test_it_asks_the_database_few_times(mugs):
    get("mug")
    with CaptureQueriesContext(connection) as captured:
        get("mug")
    assert len(captured) <= MOST_QUERIES


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Ceramic mug", "MIC M", "Cera<mark>mic m</mark>ug"),
        ("陶瓷馬克杯", "马克", "陶瓷<mark>馬克</mark>杯"),
        ("USB-C cable", "usbc", "<mark>USB-C</mark> cable"),
        ("陶瓷杯", "taoci", "陶瓷杯"),
        ("a & b", "b", "a &amp; <mark>b</mark>"),
    ],
)
def test_the_part_that_was_typed_is_marked(text, typed, shown):
    assert marked(text, typed) == shown


def test_only_a_search_by_words_alone_that_found_something_is_noted(mugs):
    client = Client(headers={"host": MARKET}, REMOTE_ADDR="198.51.100.7")
    for path in ("?q=zeppelin", "?q=mug&stock=1", "?q=mug&page=2", "?q=jade+zeppelin", "?q=mgu", ""):
        assert client.get(f"/search/{path}").status_code == 200
    assert not AskedWords.objects.exists()
    for _time in range(2):
        client.get("/search/?q=Jade+mug")
    assert list(AskedWords.objects.values_list("text", flat=True)) == ["jade mug"]


def test_without_scripts_the_box_is_a_plain_form(mugs):
    page = Client(headers={"host": MARKET}).get("/").content.decode()
    form = re.search(r'<form[^>]*role="search".*?</form>', page, re.S)[0]  # type: ignore[index]
    assert 'action="' in form and 'name="q"' in form and "combobox" not in form
    assert re.search(r"data-panel hidden", form)
