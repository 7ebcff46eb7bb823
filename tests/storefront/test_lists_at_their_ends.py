"""Lists of goods where something is odd: counts of a sample, pages beyond the last, an index that is behind, addresses that choose from everything."""

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
from marketplace.platform.taxonomy.models import Brand
from search import find as finding
from search.models import AskedWords, SearchedWords
from storefront.shop.search_page import MOST_CHOSEN, MOST_GROUPS
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.search.catalogue import generated
from tests.storefront.goods import a_choice, a_matrix

pytestmark = pytest.mark.django_db


def get(path: str, language: str = "en") -> Any:
    return Client(headers={"host": "market.localhost", "accept-language": language}).get(path)


def text(path: str, language: str = "en") -> str:
    answer = get(path, language)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def counts(page: str) -> list[str]:
    return re.findall(r'class="count ms-auto">([^<]+)<', page.split('id="found"')[1])


@pytest.fixture
def mugs():
    cups = make.a_category("cups")
    for n in range(3):
        make.a_product("a", title=f"Jade mug {n}", category=cups)
    make.a_product("b", title="Iron mug", category=cups)
    deliver_events()
    return cups


def test_counts_of_a_sample_say_so_wherever_they_stand(monkeypatch):
    finding.postgres.rebuild(generated(700))
    exact = text("/search/")
    assert len(counts(exact)) >= 6 and all(count.replace(",", "").isdigit() for count in counts(exact)) and "Show about" not in exact
    monkeypatch.setattr(finding.postgres, "exact", 64)
    page = text("/search/")
    assert re.search(r'data-total="\d+">about [\d,]+ products', page)
    assert len(counts(page)) >= 6 and all(re.fullmatch(r"about [\d,]+", count) for count in counts(page)), counts(page)
    assert re.search(r">Show about [\d,]+ products<", page)
    chinese = text("/search/", "zh-hans")
    assert all(re.fullmatch(r"约 [\d,]+", count) for count in counts(chinese)) and re.search(r">查看约 [\d,]+ 件商品<", chinese)


@pytest.mark.parametrize("page", [2, 50, 99999999])
def test_a_page_beyond_the_last_is_the_last(mugs, page):
    for path in (f"/c/{mugs.pk}/?page={page}", f"/search/?q=mug&page={page}", f"/search/?q=mug&sort=newest&page={page}"):
        shown = text(path)
        assert "Jade mug" in shown and "Nothing was found" not in shown, path
    assert "page=" not in re.search(r'rel="canonical" href="([^"]+)"', text(f"/c/{mugs.pk}/?page={page}"))[1]  # type: ignore[index]


def test_what_cannot_be_bought_is_not_shown_though_the_index_still_has_it(mugs):
    """No reaction has run."""
    first, second = Listing.objects.filter(titles__en__startswith="Jade").order_by("pk")[:2]
    Listing.objects.filter(pk=first.pk).update(is_on_sale=False)
    Listing.objects.filter(pk=second.pk).update(sellable_until=clock.now())
    Merchant.objects.filter(pk=MERCHANTS["b"]).update(status=Merchant.Status.SUSPENDED)
    page = text("/search/?q=mug")
    assert len(re.findall(r"<article", page.split('id="found"')[1])) == 1
    assert first.titles["en"] not in page and second.titles["en"] not in page and "Iron mug" not in page


def test_an_address_that_chooses_from_everything_costs_as_much_as_a_few_filters(mugs):
    everything = "&".join([*(f"a{n}={n}" for n in range(1, 400)), *(f"brand={n}" for n in range(1, 200)), *(f"shop={n}" for n in range(1, 200))])
    with CaptureQueriesContext(connection) as captured:
        answer = get(f"/search/?q=mug&exact=1&typed=1&stock=1&own=1&from=1&to=999999999&page=99999999&{everything}")
    assert answer.status_code == 200 and len(captured) <= 40
    query = answer.context["query"]
    assert (len(query.values), len(query.brands)) == (MOST_GROUPS, MOST_CHOSEN)
    assert 'data-total="0"' in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/search/?q=mug", "Sorted by how well the words fit"),
        ("/search/", "Sorted by how often a product is bought."),
        ("/search/?q=mug&sort=popular", "Sorted by how often a product is bought."),
        ("/search/?q=mug&sort=price_up", ""),
    ],
)
def test_a_list_says_by_what_it_is_sorted_and_nothing_else(mugs, path, said):
    page = text(path)
    assert "No place in this list can be paid for." in page
    assert page.count("Sorted by") == bool(said) and said in page


def test_a_search_says_what_counts_besides_the_words_as_this_installation_weighs_it(mugs, settings):
    assert "A little counts as well: whether it is in stock, how it is rated, and how its shop is rated." in text("/search/?q=mug")
    settings.SEARCH_FOR_RATING, settings.SEARCH_FOR_SHOP, settings.SEARCH_FOR_SALES = 0, 0, 0.1
    assert "A little counts as well: whether it is in stock and how often it is bought." in text("/search/?q=mug")
    settings.SEARCH_FOR_STOCK, settings.SEARCH_FOR_SALES = 0, 0
    page = text("/search/?q=mug")
    assert "Sorted by how well the words fit." in page and "counts as well" not in page


@pytest.mark.parametrize("words", ["the", "!!!"])
def test_what_holds_no_word_finds_all_goods_by_sales_and_says_so_and_is_counted_nowhere(mugs, words):
    page = text(f"/search/?q={words}")
    assert 'data-total="4"' in page
    assert "Sorted by how often a product is bought." in page and "how well the words fit" not in page
    assert not SearchedWords.objects.exists() and not AskedWords.objects.exists()


def test_a_filter_that_there_is_no_longer_is_not_taken_off_without_a_word(mugs):
    page = text("/search/?q=mug&brand=99999999")
    assert 'data-total="0"' not in page and "without <b>a filter that there is no longer</b>" in page
    assert 'href="/search/?q=mug" class="chip flex-none max-lg:order-2" aria-current="true">a filter that there is no longer' in page


@pytest.mark.parametrize("way", ["{}", "00{}", "{0}&{name}=0{0}", "x&{name}={}"])
def test_however_an_address_writes_a_key_what_it_chooses_can_be_taken_away(mugs, way):
    a_matrix({("red", "M"): 5})
    deliver_events()
    brand = Brand.objects.create(code="kiln", names={"en": "Kilnfire"})
    Listing.objects.update(brand=brand)
    colour, colours = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, ["red"])
    shop = Merchant.objects.get(pk=MERCHANTS["a"]).ordinal
    for name, key in (("brand", brand.pk), ("shop", shop), (f"a{colour}", colours["red"]), (f"a0{colour}", colours["red"])):
        chosen = get(f"/search/?{name}={way.format(key, name=name)}&sort=newest").context["chosen"]
        assert [chip.without for chip in chosen] == ["/search/?sort=newest"], (name, way)
