"""A product passed on: the dialog, the code, the poster, what programs read, and the quick view."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing
from storefront.shop.share import LINE_EMS, title_lines
from tenants.onboarding.models import Dossier
from tenants.onboarding.queries import trader_of
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.storefront.goods import a_matrix

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
SVG = "{http://www.w3.org/2000/svg}"


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers={"host": MARKET, "accept-language": "en", **headers})


def facts(path: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', get(path).content.decode(), re.S)
    return {block["@type"]: block for block in map(json.loads, blocks)}


# ── What programs read ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_of_one_variant_is_one_offer():
    product = make.a_product(price="12.50", stock=3)
    told = facts(f"/p/{product.pk}/")["Product"]
    assert told["name"] == "Mug" and told["url"].endswith(f"/p/{product.pk}/")
    offer = told["offers"]
    assert (offer["@type"], offer["price"], offer["priceCurrency"], offer["availability"]) == ("Offer", "12.50", "CNY", "https://schema.org/InStock")
    assert offer["seller"]["name"] == "Kiln"


def test_several_variants_are_a_span_with_an_offer_each():
    product, variants = a_matrix({("red", "S"): 1, ("red", "M"): 0}, prices={("red", "M"): "150"})
    offers = facts(f"/p/{product}/")["Product"]["offers"]
    assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == ("100.00", "150.00", 2)
    states = {offer["url"].rsplit("=", 1)[1]: offer["availability"].rsplit("/", 1)[1] for offer in offers["offers"]}
    assert states == {str(variants["red", "S"]): "InStock", str(variants["red", "M"]): "OutOfStock"}


def test_nothing_is_told_that_is_not_so():
    told = json.dumps(facts(f"/p/{make.a_product(market_price='500').pk}/"))
    assert "aggregateRating" not in told and "review" not in told.lower() and "500" not in told and "null" not in told


def test_a_title_cannot_end_the_block_of_data():
    product = make.a_product(titles={"en": "</script><script>alert(1)</script>"})
    text = get(f"/p/{product.pk}/").content.decode()
    assert "<script>alert(1)" not in text
    assert facts(f"/p/{product.pk}/")["Product"]["name"].startswith("</script>")


def test_a_preview_card_has_picture_price_and_address():
    product = make.a_product(price="12.50")
    text = get(f"/p/{product.pk}/").content.decode()
    meta = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', text))
    assert meta["og:title"] == "Mug" and meta["og:image"].endswith("/media/" + Listing.objects.get(pk=product.pk).picture)
    assert (meta["product:price:amount"], meta["product:price:currency"]) == ("12.50", "CNY")
    assert meta["og:url"].startswith("http") and f"/p/{product.pk}/" in meta["og:url"]


# ── Passing it on ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sharing_works_as_a_page_and_as_a_dialog():
    product = make.a_product()
    whole, part = get(f"/p/{product.pk}/share/").content.decode(), get(f"/p/{product.pk}/share/", **{"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part
    for text in (whole, part):
        assert f"/p/{product.pk}/" in text and 'class="segno"' in text
        for site in ("weibo.com", "x.com", "facebook.com", "pinterest.com"):
            link = re.search(rf'<a href="https://[^"]*{site}[^"]*"[^>]*>', text)[0]
            assert 'rel="noopener nofollow"' in link and f"p%2F{product.pk}" in link


def test_nothing_of_other_sites_is_loaded_to_share():
    text = get(f"/p/{make.a_product().pk}/share/").content.decode()
    assert not re.search(r'(?:src|action|data)="https?://(?!market\.localhost)', text)


def test_the_poster_is_a_picture_with_title_price_and_code():
    product = make.a_product(title="Mug & <cup>", price="88")
    answer = get(f"/p/{product.pk}/poster.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    drawn = ElementTree.fromstring(answer.content)  # noqa: S314  our own
    words = " ".join("".join(text.itertext()) for text in drawn.iter(f"{SVG}text"))
    assert "Mug & <cup>" in words and "88" in words and "Kiln" in words
    assert drawn.find(f".//{SVG}path") is not None
    assert b"style=" not in answer.content and b"<script" not in answer.content
    assert f'src="/p/{product.pk}/poster.svg?hl=en"' in get(f"/p/{product.pk}/poster/").content.decode()


def test_the_poster_is_drawn_anew_when_the_price_changes(settings):
    product = make.a_product(price="88")
    before = get(f"/p/{product.pk}/poster.svg").content
    Listing.objects.filter(pk=product.pk).update(price_minor=9900, price_to_minor=9900, changed_at=clock.now())
    after = get(f"/p/{product.pk}/poster.svg").content
    assert b"99" in after and before != after


@pytest.mark.parametrize(
    "title",
    ["杯", "手作粗陶马克杯三百二十毫升窑变釉晨雾绿色" * 5, "A very long title of many words " * 8, "x" * 200, " "],
)
def test_titles_are_broken_into_at_most_three_lines_that_fit(title):
    lines = title_lines(title)
    assert 1 <= len(lines) <= 3
    assert all(sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in line) <= LINE_EMS + 1 for line in lines)


# ── The quick view ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_quick_view_is_a_part_for_htmx_and_the_page_for_everybody_else():
    product, variants = a_matrix({("red", "S"): 1, ("red", "M"): 2})
    answer = get(f"/p/{product}/quick/?variant={variants['red', 'M']}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/p/{product}/?variant={variants['red', 'M']}")
    part = get(f"/p/{product}/quick/", **{"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="quick-offer"' in part and f"/p/{product}/quick/?variant=" in part and 'name="quantity"' in part


def test_another_choice_in_the_quick_view_swaps_the_offer_and_the_picture_only():
    product, variants = a_matrix({("red", "S"): 1, ("red", "M"): 2})
    headers = {"HX-Request": "true", "HX-Target": "quick-offer"}
    answer = get(f"/p/{product}/quick/?variant={variants['red', 'M']}", **headers)
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="quick-offer"') and 'id="quick-photo"' in text
    assert "HX-Replace-Url" not in answer.headers


def test_cards_on_the_market_offer_a_quick_view_and_those_on_a_shops_host_do_not():
    product = make.a_product()
    assert f"/p/{product.pk}/quick/" in get("/").content.decode()
    assert "/quick/" not in Client().get("/", headers={"host": "kiln.market.localhost"}).content.decode()


# ── Who sells ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_seller_is_named_with_company_and_licence_of_its_dossier_and_nothing_else():
    row = make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
    contact = {"contact_name": "周小满", "contact_phone": "13800001234", "contact_email": "zhou@kiln.example"}
    Dossier.objects.filter(pk=row.pk).update(**contact)
    text = get(f"/p/{make.a_product().pk}/").content.decode()
    assert row.company in text and row.licence_number in text
    for private in (row.representative, *contact.values()):
        assert private not in text
    assert trader_of(Merchant.objects.get(pk=MERCHANTS["b"])).company == ""


def test_an_application_that_is_not_approved_is_told_to_nobody():
    row = make.an_application(make.a_buyer(), company="窑火未批准有限公司")
    assert row.company not in get(f"/p/{make.a_product().pk}/").content.decode()
