"""The product page: what can be chosen, what it promises, and that it works without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.cart.models import CartLine
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.listings.models import Listing
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.storefront.goods import a_matrix

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
HTMX = {"HX-Request": "true", "HX-Target": "offer"}


def page(listing_id: UUID, query: str = "", client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(f"/p/{listing_id}/{query}", headers={"host": MARKET, "accept-language": "en", **headers})


def body(response: Any) -> str:
    return response.content.decode()


def option(text: str, name: str) -> str:
    """The link of an option, whole."""
    return next(link for link in re.findall(r"<a id=\"(?:quick-)?offer-[^>]*>.*?</a>", text, re.S) if f">{name}<" in link)


def leads_to(link: str) -> str:
    return re.search(r'href="([^"]+)"', link)[1].replace("&amp;", "&")


# ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

STOCK = {("red", "S"): 9, ("red", "M"): 0, ("blue", "M"): 3, ("blue", "L"): 9}


def test_what_can_be_had_is_chosen_first_and_named_in_words():
    product, variants = a_matrix({("red", "S"): 0, ("red", "M"): 4})
    text = body(page(product))
    assert f'name="variant" value="{variants["red", "M"]}"' in text
    assert re.search(r"Size</span> <b[^>]*>M</b>", text)
    assert 'aria-current="true"' in option(text, "M")


def test_an_option_that_is_sold_out_says_so_in_words_and_still_leads_there():
    product, variants = a_matrix(STOCK)
    link = option(body(page(product)), "M")
    assert "sold out" in link and "border-dashed" in link
    assert leads_to(link) == f"/p/{product}/?variant={variants['red', 'M']}"
    there = body(page(product, f"?variant={variants['red', 'M']}"))
    assert "This one is sold out" in there and "Buy now" not in there


def test_a_combination_that_is_not_made_leads_to_the_nearest_and_the_page_says_so():
    product, variants = a_matrix(STOCK)
    link = option(body(page(product)), "L")  # red is chosen, and there is no red L
    assert "leads to blue / L" in link
    assert f"variant={variants['blue', 'L']}" in leads_to(link)
    there = body(Client().get(leads_to(link), headers={"host": MARKET, "accept-language": "en"}))
    assert "“red / L” is not made" in there and "“blue / L”" in there


@pytest.mark.parametrize("wanted", ["", "1", "x-y", "1-2-3", "999999-999999", "-", "1" * 40])
def test_an_address_that_names_no_combination_says_nothing(wanted):
    product, _variants = a_matrix(STOCK)
    response = page(product, f"?wanted={wanted}")
    assert response.status_code == 200 and "is not made" not in body(response)


def test_a_combination_that_is_made_is_never_said_not_to_be():
    product, variants = a_matrix(STOCK)
    listing = Listing.objects.get(pk=product)
    red_s = listing.variants.get(pk=variants["red", "S"]).options
    wanted = "-".join(str(red_s[str(axis)]) for axis in listing.axes)
    assert "is not made" not in body(page(product, f"?variant={variants['blue', 'L']}&wanted={wanted}"))


def test_many_options_fold_and_the_fold_is_open_where_the_choice_lies_in_it():
    product, variants = a_matrix({("red", f"{n:02}"): 1 for n in range(20)})
    closed = body(page(product))
    assert closed.count("<details") == 1 and "8 more" in closed and not re.search(r"<details[^>]*\bopen\b", closed)
    assert re.search(r"<details[^>]*\bopen\b", body(page(product, f"?variant={variants['red', '19']}")))


def test_one_variant_has_nothing_to_choose():
    text = body(page(make.a_product().pk))
    assert "<fieldset" not in text and "Add to cart" in text


def test_htmx_gets_the_offer_alone_and_the_address_of_the_choice():
    product, variants = a_matrix(STOCK)
    response = page(product, f"?variant={variants['blue', 'M']}&wanted=1-2", **HTMX)
    text = body(response)
    assert "<html" not in text and text.lstrip().startswith('<div id="offer"')
    assert response.headers["HX-Replace-Url"] == f"/p/{product}/?variant={variants['blue', 'M']}"
    assert response.headers["Cache-Control"] == "no-store" and "HX-Request" in response.headers["Vary"]
    assert re.search(r'id="offer-said"[^>]*role="status"[^>]*hx-swap-oob="true"[^>]*>blue / M', text)


def test_every_option_keeps_its_id_so_that_the_focus_stays_on_it():
    product, variants = a_matrix(STOCK)
    ids = [set(re.findall(r'id="(offer-\d+-\d+)"', body(page(product, f"?variant={variants[pair]}")))) for pair in STOCK]
    assert len(ids[0]) == 5 and all(one == ids[0] for one in ids)


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pictured(*alts: dict[str, str]) -> tuple[UUID, dict[tuple[str, str], UUID]]:
    """A jacket in red and blue with a picture of each text."""
    product, variants = a_matrix({("red", "S"): 1, ("blue", "S"): 1}, pictures=[f"demo/{n}.webp" for n in range(len(alts))], alts=alts)
    return product, variants


def first_picture(response: Any) -> str:
    return re.search(r'data-shot="[^"]*/(demo/\d.webp)"', body(response))[1]


def test_the_picture_whose_text_names_the_choice_comes_first_and_stands_on_the_option():
    product, variants = pictured({"en": "Jacket"}, {"en": "Jacket, red"}, {"en": "Jacket, blue"})
    assert first_picture(page(product, f"?variant={variants['blue', 'S']}")) == "demo/2.webp"
    assert first_picture(page(product, f"?variant={variants['red', 'S']}")) == "demo/1.webp"
    assert "demo/2" in option(body(page(product)), "blue")
    assert "demo/2.webp" in body(page(product, f"?variant={variants['blue', 'S']}", **HTMX)).split("data-picture=")[1][:90]


@pytest.mark.parametrize("alt", [{"en": "Jacket, bluebell"}, {"en": "Tired"}, {"zh-hans": "blue"}, {}, {"en": "Jacket"}])
def test_a_text_that_only_looks_like_a_choice_shows_none(alt):
    product, variants = pictured({"en": "Jacket, red"}, alt)
    assert first_picture(page(product, f"?variant={variants['blue', 'S']}")) == "demo/0.webp"


def test_without_scripts_thumbs_lead_to_the_pictures_and_only_the_first_is_fetched_at_once():
    product, _variants = pictured({}, {}, {})
    text = body(page(product))
    thumbs = text.split("data-thumbs")[1].split("</ul>")[0]
    assert len(re.findall(r'<a href="/media/[^"]*demo/\d\.webp"', thumbs)) == 3
    strip = text.split("data-strip")[1].split("data-counter")[0]
    assert strip.count('fetchpriority="high"') == 1 and strip.count('loading="lazy"') == 2
    assert 'alt="Jacket"' in strip and 'alt="Jacket (2)"' in strip


def test_a_product_without_pictures_still_has_a_page():
    product, _variants = pictured({})
    Listing.objects.filter(pk=product).update(pictures=[])
    assert page(product).status_code == 200


# ── How many ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("stock", "said"), [(1, "Only 1 left"), (5, "Only 5 left"), (6, "In stock"), (2000, "In stock")])
def test_what_is_left_is_said_when_it_is_little_and_bounds_the_quantity(stock, said):
    text = body(page(make.a_product(stock=stock).pk))
    assert said in text
    assert f'max="{min(stock, 999)}"' in text


def test_what_somebody_holds_in_an_unpaid_order_is_not_left():
    product = make.a_product(stock=6)
    make.a_placed_group(("a", product, 4))
    assert "Only 2 left" in body(page(product.pk))


def test_the_last_piece_taken_a_moment_ago_is_sold_out_before_the_copy_knows():
    product = make.a_product(stock=2)
    make.a_placed_group(("a", product, 2))
    assert Listing.objects.get(pk=product.pk).in_stock
    assert "Buy now" not in body(page(product.pk)) and "Pay today" not in body(page(product.pk))
    deliver_events()
    assert "Sold out" in body(page(product.pk))


# ── Where to ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def freight(*zones: Zone) -> None:
    set_freight(by=SYSTEM, merchant_id=MERCHANTS["a"], currency="CNY", zones=zones)


FAR = Zone(regions=("54", "65"), delivers=False)
ELSEWHERE = Zone(fee=make.yuan("8"), free_from=make.yuan("199"))


def going_to(region: str) -> Client:
    client = Client()
    client.post("/deliver-to/", {"region": region, "next": "/"}, headers={"host": MARKET})
    return client


def test_a_visitor_chooses_a_province_without_scripts_and_comes_back():
    client, product = Client(), make.a_product()
    form = body(client.get(f"/deliver-to/?next=/p/{product.pk}/", headers={"host": MARKET, "accept-language": "en"}))
    assert 'name="region" value="31"' in form and f'name="next" value="/p/{product.pk}/"' in form
    answer = client.post("/deliver-to/", {"region": "31", "next": f"/p/{product.pk}/"}, headers={"host": MARKET})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/p/{product.pk}/")
    assert "To Shanghai" in body(page(product.pk, client=client))


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"])
def test_the_choice_leads_nowhere_else(to):
    answer = Client().post("/deliver-to/", {"region": "31", "next": to}, headers={"host": MARKET})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("region", ["", "99", "shanghai", "3", "31" * 12, "٣١"])
def test_what_is_no_province_is_refused_and_nothing_is_remembered(region):
    answer = Client().post("/deliver-to/", {"region": region, "next": "/"}, headers={"host": MARKET, "accept-language": "en"})
    assert answer.status_code == 422 and "Choose a province" in body(answer)
    assert "deliver_to" not in answer.cookies


@pytest.mark.parametrize("cookie", ["evil", "99", "31" * 20, "<b>"])
def test_a_cookie_that_names_no_province_counts_as_none(cookie):
    client = Client()
    client.cookies["deliver_to"] = cookie
    assert "Where to?" in body(page(make.a_product().pk, client=client))


def test_the_fee_is_that_of_the_province_and_ends_from_an_amount_on():
    freight(FAR, ELSEWHERE)
    assert "delivery CN¥8.00, free from CN¥199.00" in body(page(make.a_product(price="100").pk, client=going_to("31")))
    assert "free delivery" in body(page(make.a_product(price="200").pk, client=going_to("31")))


def test_a_shop_that_does_not_deliver_there_says_so_before_the_button():
    freight(FAR, ELSEWHERE)
    text = body(page(make.a_product().pk, client=going_to("54")))
    assert text.index("Does not deliver to Tibet") < text.index("This shop does not deliver to Tibet") < text.index("Add to cart")


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ([], "free delivery"),
        ([Zone(fee=make.yuan("8"))], "delivery CN¥8.00"),
        ([Zone(("65",), fee=make.yuan("25")), ELSEWHERE], "delivery CN¥8.00 to CN¥25.00, by province"),
        ([Zone(("65",), fee=make.yuan("25")), Zone(fee=make.yuan("8"), free_from=make.yuan("100"))], "delivery up to CN¥25.00, by province"),
        ([Zone(("65",), delivers=False), Zone(fee=make.yuan("8"))], "delivery CN¥8.00"),
    ],
)
def test_while_nobody_has_said_where_to_the_fee_is_a_span(zones, said):
    if zones:
        freight(*zones)
    assert said in body(page(make.a_product(price="100").pk))


def test_the_default_address_counts_until_another_province_is_chosen():
    buyer, client, product = make.a_buyer(), Client(), make.a_product()
    make.an_address(buyer)
    client.force_login(buyer)
    assert "To Shanghai" in body(page(product.pk, client=client))
    form = body(client.get("/deliver-to/?next=/", headers={"host": MARKET}))
    assert "林知夏" in form
    client.post("/deliver-to/", {"region": "44", "next": "/"}, headers={"host": MARKET})
    assert "To Guangdong" in body(page(product.pk, client=client))


def test_the_cart_tells_the_freight_of_the_same_province():
    freight(Zone(("65",), fee=make.yuan("25")), ELSEWHERE)
    product, client = make.a_product(price="100"), going_to("65")
    client.post("/cart/add/", {"variant": make.variant_of(product), "quantity": 1}, headers={"host": MARKET})
    assert "25.00" in body(client.get("/cart/", headers={"host": MARKET, "accept-language": "en"}))


def test_the_shipping_date_is_the_one_a_paid_order_gets(monkeypatch):
    Market.objects.update(ship_days=5)
    product = make.a_product()
    order = make.pay(make.a_placed_group(("a", product, 1))).orders.get()
    day = (clock.now() + timedelta(days=5)).astimezone(Market.objects.get().tz)
    assert order.ship_by.astimezone(day.tzinfo).date() == day.date()
    assert f"ships by {day.day} {day:%b}" in body(page(product.pk))


# ── Buying ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_buying_now_takes_this_alone_to_the_checkout_and_leaves_the_rest_in_the_cart():
    buyer, client = make.a_buyer(), Client()
    client.force_login(buyer)
    other, wanted = make.a_product(title="Other"), make.a_product(title="Wanted")
    cart = make.a_cart(buyer, ("a", other, 2), ("a", wanted, 4))
    form = {"variant": make.variant_of(wanted), "quantity": 1, "buy": "1"}
    answer = client.post("/cart/add/", form, headers={"host": MARKET})
    assert answer.headers["Location"] == "/checkout/"
    lines = {line.variant_id: (line.quantity, line.is_chosen) for line in CartLine.objects.filter(cart=cart)}
    assert lines == {make.variant_of(other): (2, False), make.variant_of(wanted): (1, True)}


def test_buying_now_is_remembered_over_the_sign_in():
    buyer, client = make.a_buyer(), Client()
    other, wanted = make.a_product(title="Other"), make.a_product(title="Wanted")
    cart = make.a_cart(buyer, ("a", other, 2))
    client.post("/cart/add/", {"variant": make.variant_of(wanted), "quantity": 3, "buy": "1"}, headers={"host": MARKET})
    client.post("/sign-in/", {"login": buyer.email, "password": "correct horse battery"}, headers={"host": MARKET})
    lines = {line.variant_id: (line.quantity, line.is_chosen) for line in CartLine.objects.filter(cart=cart)}
    assert lines == {make.variant_of(other): (2, False), make.variant_of(wanted): (3, True)}


def test_what_was_only_put_into_the_cart_chooses_nothing_else_away_at_sign_in():
    buyer, client = make.a_buyer(), Client()
    other, wanted, more = make.a_product(title="Other"), make.a_product(title="Wanted"), make.a_product(title="More")
    cart = make.a_cart(buyer, ("a", other, 2))
    for product, extra in ((wanted, {"buy": "1"}), (more, {})):
        client.post("/cart/add/", {"variant": make.variant_of(product), "quantity": 1, **extra}, headers={"host": MARKET})
    client.post("/sign-in/", {"login": buyer.email, "password": "correct horse battery"}, headers={"host": MARKET})
    assert CartLine.objects.get(cart=cart, variant_id=make.variant_of(other)).is_chosen


# ── Being there ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_there_is_not_found_and_what_is_off_sale_is_gone():
    assert page(uuid4()).status_code == 404
    product = make.a_product()
    Listing.objects.filter(pk=product.pk).update(is_on_sale=False)
    answer = page(product.pk)
    assert answer.status_code == 410 and "no longer on sale" in body(answer) and "noindex" in body(answer)
    assert page(product.pk, **HTMX).status_code == 410


def test_what_is_gone_leads_to_what_is_like_it():
    gone, other = make.a_product(title="Gone"), make.a_product("b", title="Other")
    Listing.objects.filter(pk=gone.pk).update(is_on_sale=False)
    text = body(page(gone.pk))
    assert f"/p/{other.pk}/" in text and "Look at Cups" in text and "Add to cart" not in text


def test_the_goods_of_a_closed_shop_are_gone_and_stand_in_no_row():
    kept, gone = make.a_product("b", title="Kept"), make.a_product("a", title="Gone")
    assert "Gone" in body(page(kept.pk))
    Merchant.objects.filter(pk=MERCHANTS["a"]).update(status=Merchant.Status.CLOSED)
    assert page(gone.pk).status_code == 410
    assert "Gone" not in body(page(kept.pk))


def test_similar_things_are_those_one_can_buy_and_those_of_a_like_price_come_first():
    product = make.a_product(title="This", price="100")
    for title, price, stock in (("Dear", "900", 5), ("Near", "120", 5), ("None", "100", 0)):
        make.a_product("b", title=title, price=price, stock=stock)
    text = body(page(product.pk)).split("Similar products")[1]
    assert text.index("Near") < text.index("Dear") and "None" not in text


def test_a_product_of_many_choices_among_many_asks_what_a_small_one_asks():
    def queries(listing_id: UUID) -> int:
        page(listing_id, client=client)  # rows of cards are kept for minutes
        with CaptureQueriesContext(connection) as asked:
            assert page(listing_id, client=client).status_code == 200
        return len(asked)

    client = going_to("31")
    freight(FAR, ELSEWHERE)
    small, _variants = a_matrix({("red", "S"): 3, ("blue", "S"): 3}, title="Small")
    few = queries(small)
    big, _variants = a_matrix({(c, s): 3 for c in ("red", "blue", "green") for s in ("S", "M", "L", "XL")})
    for n in range(12):
        make.a_product("b" if n % 2 else "a", title=f"More {n}")
    assert queries(big) <= few <= 19  # in a transaction, where nothing is remembered; one is for the table of sizes
