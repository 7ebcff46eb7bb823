"""What search engines and previews are told, and which pages they are kept from."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils.dateparse import parse_datetime

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing
from storefront.reach import sitemaps
from storefront.templatetags.reach import shortened
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKET, SHOP, WORKBENCH, CONSOLE = "market.localhost", "kiln.market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"
BASE = settings.BASE_SCHEME + "://{}" + (f":{settings.BASE_PORT}" if settings.BASE_PORT else "")
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def page(path: str, host: str = MARKET, email: str = "", **headers: str) -> str:
    client = Client(raise_request_exception=False)
    if email:
        client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(path, headers={"host": host, **headers}).content.decode()


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def canonical(html: str) -> str:
    found = re.findall(r'<link rel="canonical" href="([^"]*)"', html)
    assert len(found) == 1
    return unescape(found[0])


def languages(html: str) -> dict[str, str]:
    return {code: unescape(href) for code, href in re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html)}


def data(html: str) -> list[dict]:
    return [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)]


def is_open(html: str) -> bool:
    return "noindex" not in meta(html, "robots")


# ── addresses and languages ──────────────────────────────────────────────────────────────────────────────────────────


def test_each_language_of_a_page_has_one_address_and_names_the_others():
    product = make.a_product(title="Mug")
    path, base = f"/p/{product.pk}/", BASE.format(MARKET)
    chinese, english = page(path), page(f"{path}?hl=en")
    assert canonical(chinese) == f"{base}{path}" and canonical(english) == f"{base}{path}?hl=en"
    expected = {"zh-Hans": f"{base}{path}", "en": f"{base}{path}?hl=en", "x-default": f"{base}{path}"}
    assert languages(chinese) == languages(english) == expected
    assert meta(chinese, "og:locale") == "zh_CN" and meta(english, "og:locale") == "en_US"


def test_the_plain_address_stays_the_plain_one_for_a_reader_who_wishes_another_language():
    html = page("/", **{"Accept-Language": "en"})
    assert 'lang="en"' in html and canonical(html) == f"{BASE.format(MARKET)}/"


def test_a_choice_on_the_page_is_the_same_page():
    product = make.a_product(variants=2)
    assert canonical(page(f"/p/{product.pk}/?variant={make.variant_of(product)}&theme=dark")) == f"{BASE.format(MARKET)}/p/{product.pk}/"


def test_a_market_of_one_language_names_no_others():
    Market.objects.update(languages=["en"])
    html = page("/")
    assert languages(html) == {} and canonical(html) == f"{BASE.format(MARKET)}/"


def test_a_shop_is_kept_under_its_own_host():
    html = page("/", SHOP)
    assert canonical(html) == f"{BASE.format(SHOP)}/" and is_open(html)


# ── which pages may be found ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_for_everybody_may_be_found_and_says_what_it_is():
    product = make.a_product(title="Mug")
    for path in ("/", "/shops/", "/sell/", f"/c/{product.category_id}/", f"/p/{product.pk}/"):
        html = page(path)
        assert is_open(html) and canonical(html) and meta(html, "og:image").startswith("http"), path
        assert (meta(html, "description") and len(meta(html, "description")) <= 160) or path.startswith("/p/"), path


@pytest.mark.parametrize("query", ["?sort=newest", "?from=10", "?q=mug", "?a1=2", "?stock=1"])
def test_a_category_that_is_filtered_or_sorted_may_not(query):
    product = make.a_product()
    assert not is_open(page(f"/c/{product.category_id}/{query}"))
    assert is_open(page(f"/c/{product.category_id}/"))  # the same without is found


@pytest.mark.parametrize("path", ["/search/", "/search/?q=mug", "/cart/", "/sign-in/", "/register/", "/mailbox/", "/no-such-page/"])
def test_search_and_doors_and_what_is_not_there_may_not(path, settings):
    settings.DEMO_MAILBOX = True
    assert not is_open(page(path))


@pytest.mark.parametrize("path", ["/account/", "/orders/", "/account/addresses/", "/cart/", "/sell/apply/"])
def test_what_belongs_to_one_person_may_not(path):
    assert not is_open(page(path, email=make.a_buyer().email))


@pytest.mark.parametrize(("host", "email"), [(WORKBENCH, "owner-a@market.localhost"), (CONSOLE, "operator@market.localhost")])
def test_back_offices_may_not(host, email):
    html = page("/", host, email)
    assert "<h1" in html and not is_open(html)


def test_robots_are_told_by_kind_of_host():
    market, shop = page("/robots.txt"), page("/robots.txt", SHOP)
    assert "Disallow: /cart/\n" in market and f"Sitemap: {BASE.format(MARKET)}/sitemap.xml\n" in market and "Disallow: /\n" not in market
    assert f"Sitemap: {BASE.format(SHOP)}/sitemap.xml\n" in shop and f"Sitemap: {BASE.format(MARKET)}/sitemaps/shops.xml\n" in shop
    for host in (WORKBENCH, CONSOLE):
        assert page("/robots.txt", host) == "User-agent: *\nDisallow: /\n"


# ── facts for programs ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_says_who_runs_the_market_and_how_it_is_searched():
    (facts,) = data(page("/?hl=en"))
    organization, site = facts["@graph"]
    assert facts["@context"] == "https://schema.org" and organization["@type"] == "Organization" and organization["name"] == "Wanshang"
    assert site["potentialAction"]["target"]["urlTemplate"].endswith("/search/?q={search_term_string}")
    assert site["publisher"]["@id"] == organization["@id"]


def test_a_product_says_where_it_stands_from_the_first_page_down():
    root = make.a_category("kitchen", {"en": "Kitchen", "zh-hans": "厨房"})
    product = make.a_product(title="Mug", category=make.a_category(parent="kitchen"))
    crumbs = next(block for block in data(page(f"/p/{product.pk}/?hl=en")) if block["@type"] == "BreadcrumbList")
    items = crumbs["itemListElement"]
    assert [(item["position"], item["name"]) for item in items] == [(1, "Home"), (2, "Kitchen"), (3, "Cups"), (4, "Mug")]
    assert items[1]["item"] == f"{BASE.format(MARKET)}/c/{root.pk}/" and items[3]["item"].endswith(f"/p/{product.pk}/?hl=en")


def test_a_shop_says_whose_market_it_is_in():
    (facts,) = data(page("/?hl=en", SHOP))
    assert facts["@type"] == "OnlineStore" and facts["name"] == "Kiln" and facts["parentOrganization"]["name"] == "Wanshang"


def test_a_name_cannot_end_the_block_of_facts():
    product = make.a_product(titles={"en": "</script><script>alert(1)</script> & co", "zh-hans": "x"})
    html = page(f"/p/{product.pk}/?hl=en")
    crumbs = next(block for block in data(html) if block["@type"] == "BreadcrumbList")
    assert crumbs["itemListElement"][-1]["name"] == "</script><script>alert(1)</script> & co"
    assert "<script>alert" not in html
    assert '"</script><script>' in json.dumps({"name": "</script><script>"})  # what json.dumps alone would have written


def test_a_description_is_words_and_no_longer_than_a_result_shows():
    assert shortened("<p>One</p><p>two &amp;  three</p>") == "One two &amp; three"
    assert len(shortened("word " * 100)) <= 160 and shortened("word " * 100).endswith("…")


# ── maps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def places(path: str, host: str = MARKET) -> list[str]:
    root = ElementTree.fromstring(page(path, host))  # noqa: S314  our own
    return [str(place.text) for place in root.findall(".//s:loc", XML)]


def test_the_map_leads_to_every_page_in_every_language():
    product = make.a_product()
    make.a_product("b", on_sale=False)
    base = BASE.format(MARKET)
    found = [place for part in places("/sitemap.xml") for place in places(part.removeprefix(base))]
    for expected in ("/", "/?hl=en", "/shops/", f"/c/{product.category_id}/", f"/p/{product.pk}/", f"/p/{product.pk}/?hl=en"):
        assert f"{base}{expected}" in found
    assert f"{BASE.format(SHOP)}/" in found and len([place for place in found if "/p/" in place]) == 2


def test_an_entry_says_when_it_changed_and_what_its_other_languages_are():
    product = make.a_product()
    (entry, *_others) = ElementTree.fromstring(page(f"/sitemaps/products-{product.pk}.xml")).findall("s:url", XML)  # noqa: S314  our own
    changed = parse_datetime(str(entry.findtext("s:lastmod", "", XML)))
    assert changed and abs(changed - Listing.objects.get().changed_at) < timedelta(seconds=1) and changed <= clock.now()
    assert {link.get("hreflang") for link in entry.findall("x:link", XML)} == {"zh-Hans", "en", "x-default"}


def test_parts_begin_at_keys_and_hold_every_product_once(monkeypatch):
    monkeypatch.setattr(sitemaps, "IN_A_PART", 2)
    keys = {str(make.a_product(title=f"Mug {n}").pk) for n in range(5)}
    base = BASE.format(MARKET)
    parts = [part.removeprefix(base) for part in places("/sitemap.xml") if "products-" in part]
    found = [place for part in parts for place in places(part) if "hl=" not in place]
    assert len(parts) == 3 and len(found) == 5 and {place.split("/p/")[1].strip("/") for place in found} == keys


def test_a_map_is_kept_for_a_while():
    product = make.a_product()
    before = page("/sitemaps/categories.xml")
    Listing.objects.update(is_on_sale=False)
    assert page("/sitemaps/categories.xml") == before and f"/c/{product.category_id}/" in before
    cache.clear()
    assert f"/c/{product.category_id}/" not in page("/sitemaps/categories.xml")  # nothing is on sale there any more


def test_a_shops_map_holds_its_own_pages_only():
    make.a_product()
    base = BASE.format(SHOP)
    assert places("/sitemap.xml", SHOP) == [f"{base}/sitemaps/pages.xml"]
    assert all(place.startswith(base) for place in places("/sitemaps/pages.xml", SHOP))
    assert Client().get("/sitemaps/categories.xml", headers={"host": SHOP}).status_code == 404


@pytest.mark.parametrize("part", ["nothing", "products-", "products-x", "../secret"])
def test_a_part_that_is_none_is_not_found(part):
    assert Client().get(f"/sitemaps/{part}.xml", headers={"host": MARKET}).status_code == 404
