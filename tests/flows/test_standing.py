"""What a shop's status means for who buys: docs/operators.md has a table, and each of its cells is asked here."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from marketplace.flows.place_order import place_order
from marketplace.flows.shop_life import move
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.cart.actions import add_to_cart
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.listings.errors import NotOnSale
from search.documents import documents_of
from storefront.reach.sitemaps import _first_keys, _products, _shops
from storefront.shop import sections
from storefront.shop.shops import shops_that
from tenants.tenancy.errors import NotSelling
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import STANDING
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
S = Merchant.Status
HEAD = "| Status | Search, lists, site map |"
WAYS = {S.OPEN: [], S.HOLIDAY: [S.HOLIDAY], S.SUSPENDED: [S.SUSPENDED], S.CLOSING: [S.CLOSING], S.CLOSED: [S.CLOSING, S.CLOSED]}
# Found; status of the product page; put into a cart; ordered; status of the shop's page.
TABLE: dict[str, tuple[bool, int, bool, bool, int]] = {
    S.OPEN: (True, 200, True, True, 200),
    S.HOLIDAY: (True, 200, False, False, 200),
    S.SUSPENDED: (False, 200, False, False, 200),
    S.CLOSING: (False, 200, False, False, 200),
    S.CLOSED: (False, 410, False, False, 410),
}


def moved(to: str) -> None:
    for step in WAYS[S(to)]:
        move(by=SYSTEM, merchant_id=A, to=step, kind="goods", reason="x")
    deliver_events()


def page(host: str, path: str) -> Any:
    return Client().get(path, headers={"host": host, "accept-language": "en"})


def test_the_table_in_the_documents_has_every_status_of_a_shop_that_was_opened():
    text = (Path(__file__).parents[2] / "docs" / "operators.md").read_text()
    rows = text[text.index(HEAD) :].split("\n\n")[0].splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == ["open", "on holiday", "suspended", "closing", "closed"]
    said = {row.split("|")[1].strip().removeprefix("on "): [cell.strip() for cell in row.split("|")[2:-1]] for row in rows}
    for status, (found, product, into_cart, ordered, shop) in TABLE.items():
        cells = said[status]
        assert [cells[0].startswith("found"), "410" in cells[1], cells[2] == "yes", cells[3] == "yes", "410" in cells[4]] == [
            found, product == 410, into_cart, ordered, shop == 410,
        ], status  # fmt: skip
    assert set(TABLE) == set(STANDING) - {S.OPENING}


@pytest.mark.parametrize("status", TABLE)
def test_found_or_not(status):
    product = make.a_product("a")
    moved(status)
    key = product.pk
    found = TABLE[status][0]
    assert [doc.id for doc in documents_of([key])] == ([key] if found else [])
    assert (key in [row.pk for row in sections.newest()]) is found
    assert (A in [shop.pk for shop in shops_that("", None)]) is found
    in_map = [entry.path for first in _first_keys() for entry in _products("", first)]
    assert (f"/p/{key}/" in in_map) is found
    assert any("kiln." in entry.base for entry in _shops()) is found
    answer = page("market.localhost", "/search/?q=Mug")
    assert (f"/p/{key}/" in answer.content.decode()) is found


@pytest.mark.parametrize("status", TABLE)
def test_pages(status):
    product = make.a_product("a")
    moved(status)
    _found, of_product, buyable, _ordered, of_shop = TABLE[status]
    answer = page("market.localhost", f"/p/{product.pk}/")
    assert answer.status_code == of_product
    body = answer.content.decode()
    assert ('name="buy"' in body) is buyable
    if of_product == 200:
        assert ("noindex" not in body) is TABLE[status][0]
        assert ("InStock" in body) is buyable
    for path in ("/", "/about/", "/search/"):
        shop = page("kiln.market.localhost", path)
        assert shop.status_code == of_shop, path
    said = {S.OPEN: "", S.HOLIDAY: "takes no orders", S.SUSPENDED: "takes no orders", S.CLOSING: "is closing", S.CLOSED: "has closed"}[S(status)]
    assert said in page("kiln.market.localhost", "/").content.decode()


@pytest.mark.parametrize("status", TABLE)
def test_cart_and_checkout(status):
    mug, bag = make.a_product("a"), make.a_product("b", title="Bag")
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", mug, 1), ("b", bag, 1))
    both = view_cart(cart, "CNY").total
    address = make.an_address(buyer)
    moved(status)
    _found, _page, into_cart, ordered, _shop = TABLE[status]
    variant: UUID = make.variant_of(mug)
    if into_cart:
        add_to_cart(by=make.acting(buyer), cart=cart, variant_id=variant, quantity=1)
        add_to_cart(by=make.acting(buyer), cart=cart, variant_id=variant, quantity=1)
        cart.lines.filter(variant_id=variant).update(quantity=1)
    else:
        with pytest.raises((NotSelling, NotOnSale)):
            add_to_cart(by=make.acting(buyer), cart=cart, variant_id=variant, quantity=1)
    view = view_cart(cart, "CNY")
    assert len(view.unavailable) == (0 if ordered else 1)
    make.commission()
    asked = {"by": make.acting(buyer), "cart_id": cart.pk, "address_id": address, "language": "en"}
    if ordered:
        assert place_order(key=uuid4().hex, shown_total=both, **asked).orders.count() == 2
        return
    with pytest.raises(NotSelling, match=r"Kiln|山岚陶作"):  # the page was made before the shop stopped
        place_order(key=uuid4().hex, shown_total=both, **asked)
    assert not OrderGroup.objects.exists()
    assert place_order(key=uuid4().hex, shown_total=view.total, **asked).orders.get().merchant_id == MERCHANTS["b"]


def test_paid_orders_go_on_while_a_shop_is_suspended():
    copy = make.pay(make.a_placed_group(("a", make.a_product("a"), 1))).orders.get()
    moved(S.SUSPENDED)
    make.ship(copy)
    make.receive(copy)
    copy.refresh_from_db()
    assert copy.status == "completed"
