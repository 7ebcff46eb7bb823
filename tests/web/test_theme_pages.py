"""The page where a shop chooses its look: seen before it is kept, shown everywhere afterwards, and undone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from marketplace.kernel.actors import SYSTEM
from marketplace.platform.themes.actions import Chosen, set_theme
from marketplace.platform.themes.models import Theme
from tests import factories as make
from tests.config.test_headers import signed_in
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
WORKBENCH, SHOP, MARKET = "kiln.seller.market.localhost", "kiln.market.localhost", "market.localhost"
LOOK = {"brand": "#14607a", "band": "#d9ebef", "face": "serif", "shape": "round", "grid": "calm"}


@pytest.fixture
def owner():
    return signed_in("owner-a@market.localhost")


def get(client: Client, host: str, path: str) -> str:
    response = client.get(path, headers={"host": host})
    assert response.status_code == 200, path
    return b"".join(response).decode()


def test_a_kept_look_dresses_the_shop_its_card_and_its_products(owner):
    product = make.a_product("a", title="Mug")
    assert owner.post("/theme/", {**LOOK, "then": "save"}, headers={"host": WORKBENCH}).status_code == 302
    for host, path in ((SHOP, "/"), (MARKET, "/"), (MARKET, "/shops/"), (MARKET, f"/p/{product.pk}/")):
        page = get(Client(), host, path)
        assert 'data-shop="kiln"' in page, path
        (address,) = re.findall(r'href="(/themes/[^"]+\.css)"', page)
        assert "--brand:#14607a" in get(Client(), host, address)


def test_a_sheet_is_kept_for_a_year_under_the_address_of_today_only():
    set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand="#14607a"))
    theme = Theme.objects.get()
    today = Client().get(f"/themes/{theme.stamp}/{MERCHANTS['a'].hex}.css", headers={"host": MARKET})
    older = Client().get(f"/themes/0123/{MERCHANTS['a'].hex}.css", headers={"host": MARKET})
    assert ("immutable" in today.headers["Cache-Control"], "immutable" in older.headers["Cache-Control"]) == (True, False)
    for wrong in ("nothing", MERCHANTS["b"].hex, ".".join([MERCHANTS["a"].hex] * 41)):
        assert Client().get(f"/themes/0/{wrong}.css", headers={"host": MARKET}).status_code == 404


def test_trying_a_look_writes_nothing_and_shows_it_in_a_frame_without_scripts(owner):
    tried = owner.get("/theme/try/", LOOK, headers={"host": WORKBENCH})
    (address,) = re.findall(r'<iframe src="([^"]+)"', tried.content.decode())
    frame = owner.get(address.replace("&amp;", "&"), headers={"host": WORKBENCH})
    assert "script-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    (sheet,) = re.findall(r'href="(/theme/preview\.css[^"]+)"', frame.content.decode())
    assert "--brand:#14607a" in get(owner, WORKBENCH, sheet.replace("&amp;", "&"))
    assert owner.post("/theme/", {**LOOK, "then": "try"}, headers={"host": WORKBENCH}).status_code == 200
    assert not Theme.objects.exists()


@pytest.mark.parametrize(("brand", "words"), [("#f2c200", "Adjusted to stay readable"), ("#bf3018", "market&#x27;s own"), ("javascript:", "six figures")])
def test_the_guard_says_what_it_did(owner, brand, words):
    page = owner.get("/theme/try/", {**LOOK, "brand": brand}, headers={"host": WORKBENCH, "accept-language": "en"})
    assert words in page.content.decode()


def test_a_refused_look_stays_in_the_form(owner):
    response = owner.post("/theme/", {**LOOK, "brand": "#bf3018", "then": "save"}, headers={"host": WORKBENCH})
    assert response.status_code == 422
    assert 'value="#bf3018"' in response.content.decode()


def test_logo_and_banner_are_shown_and_can_be_taken_away(owner):
    owner.post("/theme/", {**LOOK, "then": "save", "logo": make.a_picture(), "banner": make.a_picture()}, headers={"host": WORKBENCH})
    theme = Theme.objects.get()
    page = get(Client(), SHOP, "/")
    assert theme.logo in page
    assert theme.banner in page
    owner.post("/theme/", {**LOOK, "then": "save", "no_logo": "1", "no_banner": "1"}, headers={"host": WORKBENCH})
    assert theme.banner not in get(Client(), SHOP, "/")


def test_a_file_that_is_no_picture_is_refused(owner):
    from io import BytesIO

    file = BytesIO(b"<svg onload=alert(1)>")
    file.name = "logo.png"
    assert owner.post("/theme/", {**LOOK, "then": "save", "logo": file}, headers={"host": WORKBENCH}).status_code == 422
    assert not Theme.objects.exists()


def test_an_earlier_look_comes_back(owner):
    for brand in ("#566b3a", "#14607a"):
        owner.post("/theme/", {**LOOK, "brand": brand, "then": "save"}, headers={"host": WORKBENCH})
    assert owner.post("/theme/undo/", {"number": "1"}, headers={"host": WORKBENCH}).status_code == 302
    assert Theme.objects.get().brand == "#566b3a"
    assert owner.post("/theme/undo/", {"number": "x"}, headers={"host": WORKBENCH}).status_code == 404


def test_pages_with_many_shops_ask_for_their_looks_once(django_assert_num_queries):
    from marketplace.platform.themes.queries import themes_of

    set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand="#14607a"))
    with django_assert_num_queries(1):
        themes_of(MERCHANTS.values())
