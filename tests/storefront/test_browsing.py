"""Search, category, brand and the goods of a shop: one list with filters, at four places; and the page of all shops."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.actions import put_brands
from marketplace.platform.taxonomy.models import Category
from search.contract import Answer, Query
from storefront.shop.browse import shops_called, shops_named
from storefront.shop.near import as_written
from storefront.shop.shops import shops_that, sorted_shops
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.models import Merchant
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKET, SHOP = "market.localhost", "kiln.market.localhost"
MOST_QUERIES = 12


def get(path: str, host: str = MARKET) -> Any:
    return Client(headers={"host": host, "accept-language": "en"}).get(path)


def text(path: str, host: str = MARKET) -> str:
    answer = get(path, host)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def total(page: str) -> int:
    return int(re.search(r'data-total="(\d+)"', page)[1])  # type: ignore[index]


def queries_of(path: str, host: str = MARKET) -> int:
    text(path, host)
    with CaptureQueriesContext(connection) as captured:
        text(path, host)
    return len(captured)


@pytest.fixture
def goods() -> Category:
    """Two shops' mugs, found by the index."""
    cups = make.a_category("cups")
    for n in range(2):
        make.a_product("a", title=f"Jade mug {n}", price="100", category=cups)
        make.a_product("b", title=f"Iron mug {n}", price="50", category=cups)
    deliver_events()
    return cups


@pytest.mark.parametrize(("path", "host"), [("/search/?q=mug", MARKET), ("/c/{}/", MARKET), ("/shops/", MARKET), ("/search/", SHOP), ("/about/", SHOP)])
def test_a_list_costs_few_queries_and_as_many_for_many_shops(goods, path, host):
    path = path.format(goods.pk)
    few = queries_of(path, host)
    for n in range(3):
        make.a_product("c", title=f"Other mug {n}", category=goods)
        make.a_product("a", title=f"More mug {n}", category=goods)
    deliver_events()
    assert queries_of(path, host) <= few + 1  # a shop more makes a facet more
    assert few <= MOST_QUERIES + 2 * (path == "/about/")  # which is no list, and tells of trader, freight and shop categories besides


def test_a_shop_shows_its_own_goods_only(goods):
    page = text("/search/?q=mug", SHOP)
    assert total(page) == 2 and "Jade mug" in page and "Iron mug" not in page
    assert "shop=" not in page.split('id="found"')[1].split("</aside>")[0]  # which shop is no question here
    assert "Look for it in the whole market" in text("/search/?q=iron", SHOP)


def test_a_category_is_a_filter_in_a_shop_and_a_place_in_the_market(goods):
    below = make.a_category("mugs", {"en": "Mugs"}, "cups")
    make.a_product("a", title="Deep mug", category=below)
    deliver_events()
    assert f'href="/search/?c={goods.pk}' in text("/search/", SHOP)
    inside = text(f"/search/?c={below.pk}", SHOP)
    assert total(inside) == 1 and "Mugs" in inside
    assert f'href="/c/{below.pk}/"' in text(f"/c/{goods.pk}/")


@pytest.mark.parametrize("path", ["/search/?c=nonsense", "/search/?c=99999999", "/search/?c=" + "9" * 40])
def test_a_category_that_is_none_is_no_filter(goods, path):
    assert total(text(path, SHOP)) == 2


def said(page: str) -> str:
    """What the page says was given up, as text."""
    note = re.search(r"<p[^>]*data-given-up>(.*?)</p>", page, re.DOTALL)
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", "", note[1], flags=re.DOTALL).split()) if note else ""


def exactly(page: str) -> str:
    """Where the page leads whoever wants exactly what was asked for."""
    return re.search(r'href="([^"]*exact=1[^"]*)"', page)[1].replace("&amp;", "&")  # type: ignore[index]


def test_where_nothing_fits_all_filters_one_is_taken_off_and_named(goods):
    page = text("/search/?q=mug&from=900&stock=1")
    assert total(page) == 4
    assert said(page) == "Nothing fits all of these filters, so here is what there is without from CN¥900.00. Only what fits exactly"
    assert "without <b>" in page and 'aria-current="true">from' in page, "it is still chosen, and can be taken away for good"


def test_where_nothing_fits_exactly_the_filter_to_blame_is_named(goods):
    page = text(exactly(text("/search/?q=mug&from=900&stock=1")))
    assert total(page) == 0 and said(page) == ""
    assert "You see only what fits exactly." in page
    blamed, other = re.findall(r'class="(?:btn btn-primary|chip)">without ([^<]+)<span class="num">\((\d+)\)|class="chip">without ([^<]+)<', page)[:2]
    assert "900" in blamed[0] and blamed[1] == "4" and "In stock" in other[2]


def test_a_shop_is_found_by_its_name_in_either_language_and_stands_above_the_goods(goods):
    (kiln,) = shops_called("Kiln")
    assert kiln.slug == "kiln"
    for name in kiln.names.values():
        assert shops_called(name)[0].slug == "kiln"
    page = text(f"/search/?q={kiln.names['en']}")
    assert page.index('data-shop="kiln"') < page.index('id="found"')
    assert shops_called("zh-hans") == [] and shops_called("x") == [] and shops_called("n" * 41) == []  # codes of languages are no names
    for signs in (",", '"', '", "', "[", "{"):
        assert not shops_named(signs).exists(), "what stands between names in the database is none"


def test_a_brand_has_a_page_with_its_goods_and_shops(goods):
    brand = put_brands(by=SYSTEM, rows=[{"code": "shanlan", "names": {"en": "Shanlan"}}])["shanlan"]
    page = text(f"/b/{brand.pk}/")
    assert "Shanlan" in page and total(page) == 0 and "Sold by" not in page
    rows = Listing.objects.filter(titles__en__in=["Jade mug 0", "Iron mug 1"])
    rows.update(brand=brand)
    for row in rows:
        with transaction.atomic():
            announce(row.merchant_id, [row.pk])
    deliver_events()
    page = text(f"/b/{brand.pk}/")
    assert total(page) == 2 and "Jade mug 0" in page and "Iron mug 1" in page and "Jade mug 1" not in page
    sellers = page[page.index("Sold by") :].partition("</nav>")[0]
    assert all(f'href="{shop_url(Merchant.objects.get(pk=row.merchant_id))}"' in sellers for row in rows)
    assert get("/b/999999/").status_code == 404


@pytest.mark.parametrize(
    ("path", "host", "is_indexed"),
    [
        ("/search/?q=mug", MARKET, False),
        ("/c/{}/", MARKET, True),
        ("/c/{}/?stock=1", MARKET, False),
        ("/c/{}/?page=1", MARKET, True),
        ("/shops/", MARKET, True),
        ("/shops/?q=kiln", MARKET, False),
        ("/search/", SHOP, False),
        ("/about/", SHOP, True),
        ("/categories/", MARKET, True),
    ],
)
def test_what_is_one_of_many_ways_to_the_same_is_not_indexed(goods, path, host, is_indexed):
    page = text(path.format(goods.pk), host)
    assert ("noindex" not in page) is is_indexed
    assert ('rel="canonical"' in page) is is_indexed


class TestShops:
    def test_by_name_and_by_what_they_sell(self, goods):
        shoes = make.a_category("shoes", {"en": "Shoes"})
        make.a_product("c", title="Boots", category=shoes)
        assert {shop.slug for shop in shops_that("kil", None)} == {"kiln"}
        assert len(shops_that("", goods)) == 2 and len(shops_that("", shoes)) == 1
        page = text(f"/shops/?c={shoes.pk}")
        assert page.count("<article") == 1
        assert "No shop fits" in text("/shops/?q=nowhere")
        assert not shops_that("hans", None), "codes of languages are no names"

    def test_written_in_traditional_characters(self, goods):
        Merchant.objects.filter(slug="kiln").update(names={"zh-hans": "茶庄", "en": "Kiln"})
        assert [shop.slug for shop in shops_that("茶莊", None)] == [shop.slug for shop in shops_called("茶莊")] == ["kiln"]

    def test_in_an_order(self, goods):
        found = shops_that("", None)
        assert [shop.slug for shop in sorted_shops(found, "name")] == sorted(shop.slug for shop in found)
        assert len(sorted_shops(found, "sold")) == len(found)

    @pytest.mark.parametrize("query", ["sort=up", "c=x", "page=0", "page=99", "q=" + "x" * 500])
    def test_what_makes_no_sense_is_left_out(self, goods, query):
        assert get(f"/shops/?{query}").status_code == 200


# ── The market's own goods ───────────────────────────────────────────────────────────────────────────────────────────


def test_buyers_see_what_the_market_sells_itself_and_can_look_at_that_alone(goods):
    make.the_markets_own("c")
    make.a_product("c", title="Own mug", price="70", category=goods)
    deliver_events()
    every, own = text("/search/?q=mug"), text("/search/?q=mug&own=1")
    assert (total(every), total(own)) == (5, 1)
    assert every.count("By the market</span>") == 1 and "Only sold by the market itself" in every
    assert "Own mug" in own and "Jade mug" not in own
    assert total(text(f"/c/{goods.pk}/?own=1")) == 1
    assert "here is what there is without Sold by the market" in said(text("/search/?q=jade&own=1"))
    shop = Merchant.objects.get(slug="kiln").ordinal
    assert total(text(f"/search/?q=mug&own=1&exact=1&shop={shop}")) == 0, "a shop of somebody else is none of the market's own"


def test_among_chosen_shops_nothing_is_said_of_others(goods):
    own = make.the_markets_own("c")
    make.a_product("c", title="Own mug", price="70", category=goods)
    deliver_events()
    kiln, own = Merchant.objects.get(slug="kiln").ordinal, own.ordinal
    every, chosen, both = (text(f"/search/?q=mug{shops}") for shops in ("", f"&shop={kiln}", f"&shop={kiln}&shop={own}"))
    assert "5 products from 3 shops" in every
    assert total(chosen) == 2 and "from 3 shops" not in chosen and "Only sold by the market itself" not in chosen
    assert total(both) == 3 and "from 3 shops" not in both and "Only sold by the market itself" in both
    assert total(text(f"/search/?q=mug&shop={kiln}&shop={own}&own=1")) == 1


def test_without_own_goods_nothing_is_said_of_them(goods):
    page = text("/search/?q=mug")
    assert "y the market</span>" not in page and "Only sold by the market itself" not in page


def test_what_was_meant_is_answered_and_said_and_the_words_as_typed_are_one_click_away(goods):
    page = text("/search/?q=muug&stock=1")
    assert total(page) == 4
    assert "Showing results for <b>“mug”</b>. Search instead for" in page
    link = re.search(r'href="([^"]*typed=1[^"]*)" class="link"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert link == "/search/?q=muug&stock=1&typed=1"
    as_typed = text(link)
    assert total(as_typed) == 0
    assert "Showing results for" not in as_typed
    assert "Showing results for" not in text("/search/?q=mug")
    chinese = Client(headers={"host": MARKET, "accept-language": "zh-hans"}).get("/search/?q=muug").content.decode()
    assert "已为你显示<b>“mug”</b>的结果。仍要搜索" in chinese


def test_what_was_meant_is_said_in_words_as_goods_write_them(goods):
    make.a_product("a", title="Stove-top kettle", category=goods)
    deliver_events()
    assert "Showing results for <b>“kettle”</b>" in text("/search/?q=kettel"), "and not its stem"
    assert "Showing results for <b>“jade mugs”</b>" in text("/search/?q=jaed+mugs"), "what was typed right stays as it was typed"


def test_a_word_that_some_title_has_as_it_was_read_is_said_so():
    answer = Answer([], 2, [], [], [], {}, None, None, read_as="lighting")
    assert as_written(answer, Query(text="ligting"), ["Light stand", "Garden lighting"]).read_as == "lighting"


def test_what_was_typed_is_shown_as_text_and_nothing_else(goods):
    page = text("/search/?q=muug+%3Cscript%3Ejade%3C/script%3E")
    assert "<script>jade" not in page
    assert "&lt;script&gt;jade" in page


# ── Never an empty page ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_word_that_was_left_out_is_said_and_exactly_the_words_are_one_click_away(goods):
    page = text("/search/?q=jade+zebra")
    assert total(page) == 2
    assert said(page) == "Nothing holds all of “jade zebra”; this is without “zebra”. Only what fits exactly"
    assert exactly(page) == "/search/?q=jade+zebra&exact=1"
    exact = text(exactly(page))
    assert total(exact) == 0 and said(exact) == "" and "You see only what fits exactly." in exact
    assert '<a href="/search/?q=jade+zebra" class="link" rel="nofollow">See what comes near</a>' in exact
    chinese = Client(headers={"host": MARKET, "accept-language": "zh-hans"}).get("/search/?q=jade+zebra").content.decode()
    assert said(chinese) == "没有同时符合“jade zebra”的商品，以下是去掉“zebra”后的结果。 只看完全符合的"


def test_the_wider_category_that_was_looked_in_is_said_with_a_way_to_stay(goods):
    below = make.a_category("mugs", {"en": "Espresso cups", "zh-hans": "浓缩杯"}, "cups")
    other = make.a_category("shoes", {"en": "Shoes", "zh-hans": "鞋"})
    make.a_product("c", title="Leather boots", category=other)
    deliver_events()
    page = text(f"/c/{below.pk}/?q=jade")
    assert total(page) == 2
    assert said(page) == f"Nothing in Espresso cups fits, so here is what there is in {goods.names['en']}. Stay in Espresso cups"
    page = text(f"/c/{below.pk}/?q=boots")
    assert total(page) == 1
    assert said(page) == "Nothing in Espresso cups fits, so here is what there is in all categories. Stay in Espresso cups"
    assert total(text(exactly(page))) == 0


def test_where_nothing_comes_near_goods_that_are_popular_are_shown_as_no_match(goods):
    page = text("/search/?q=xqzwv")
    assert total(page) == 0 and "Nothing was found." in page
    near = page.split("data-near")[1]
    assert "Popular in the market" in near and "These do not match what you asked for." in near and "Jade mug" in near
    shop = text("/search/?q=xqzwv", SHOP).split("data-near")[1]
    assert "Popular in this shop" in shop and "Jade mug" in shop and "Iron mug" not in shop


def test_a_category_or_brand_that_holds_nothing_says_so_and_shows_what_is_near(goods):
    below = make.a_category("mugs", {"en": "Espresso cups"}, "cups")
    near = text(f"/c/{below.pk}/").split("data-near")[1]
    assert f"Popular in {goods.names['en']}" in near and "There is nothing here at the moment." in near and "Jade mug" in near
    brand = put_brands(by=SYSTEM, rows=[{"code": "shanlan", "names": {"en": "Shanlan"}}])["shanlan"]
    assert "Popular in the market" in text(f"/b/{brand.pk}/").split("data-near")[1]


def test_in_a_shop_the_shop_is_never_given_up(goods):
    page = text("/search/?q=iron", SHOP)
    assert total(page) == 0 and "Iron mug" not in page


# ── Facets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_prices_are_offered_in_ranges_whose_counts_are_what_a_click_gives(goods):
    for price in ("8", "30", "250", "900"):
        make.a_product("a", title=f"Mug for {price}", price=price, category=goods)
    deliver_events()
    column = text("/search/?q=mug").split('id="found"')[1].split("</aside>")[0]
    ranges = re.findall(
        r'<a href="([^"]*(?:from|to)=[^"]*)"[^>]*aria-checked="false"[^>]*>.*?<span class="min-w-0 num">([^<]+)</span><span class="count[^>]*>(\d+)<', column
    )
    assert len(ranges) >= 3 and sum(int(count) for _href, _name, count in ranges) == 8
    for href, name, count in ranges:
        page = text(href.replace("&amp;", "&"))
        assert total(page) == int(count), name
        assert 'aria-checked="true"' in page and name in page
    assert ranges[0][1].startswith("below ") and ranges[-1][1].startswith("from ")
