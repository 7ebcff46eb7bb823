"""What buyers and shops see of virtual goods: no address, no parcel, codes for their buyer alone."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from marketplace.flows.hand_over import redeem_voucher
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.virtual.models import Code, Voucher
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.virtual import a_card, a_service, paid
from tests.storefront.test_applying import MARKET, Reader

pytestmark = pytest.mark.django_db
WORKBENCH = "kiln.seller.market.localhost"


def owner(shop: str = "a") -> Reader:
    host = {"a": WORKBENCH, "b": "trail.seller.market.localhost"}[shop]
    return Reader(host, User.objects.get(email=f"owner-{shop}@market.localhost"))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_basket_of_codes_is_checked_out_without_an_address():
    make.commission()
    card, buyer = a_card(3), make.a_buyer()
    page = Reader(MARKET, buyer)
    assert "the code appears on the order page once paid" in text_of(page.get(f"/p/{card.pk}/"))
    make.a_cart(buyer, ("a", card, 2))
    assert "Code, not shipped" in text_of(page.get("/cart/"))
    checkout = text_of(page.get("/checkout/"))
    assert 'name="waives"' in checkout and 'name="street"' not in checkout and "nothing is shipped" in checkout
    form = {"key": str(uuid4()), "total": "20000"}
    refused = page.post("/checkout/place/", **form)
    assert refused.status_code == 422 and "Tick that you agree" in text_of(refused) and not OrderGroup.objects.exists()
    answer = page.post("/checkout/place/", **{**form, "waives": "1"})
    group = OrderGroup.objects.get()
    assert answer.status_code == 302 and group.address == {} and group.waived_at


def test_codes_stand_on_the_page_of_their_buyer_and_of_nobody_else():
    buyer = make.a_buyer()
    group = paid(("a", a_card(2), 1), buyer=buyer)
    code = Code.objects.get(order_id=make.order_of(group).pk)
    mine = Reader(MARKET, buyer).get(f"/orders/{group.number}/")
    assert code.text.plain() in text_of(mine) and "no-store" in mine.headers["Cache-Control"]
    assert Reader(MARKET, make.a_buyer()).get(f"/orders/{group.number}/").status_code == 404
    assert code.text.plain() not in text_of(Reader(MARKET, buyer).get("/orders/"))
    copy = make.order_of(group)
    for path in (f"/orders/{copy.number}/", "/codes/", f"/codes/{code.pk}/", "/orders/"):
        shown = owner().get(path)
        assert shown.status_code == 200 and code.text.plain() not in text_of(shown), path
    assert owner("b").get(f"/codes/{code.pk}/").status_code == 404


def test_a_voucher_is_looked_up_redeemed_and_shown_as_used():
    buyer = make.a_buyer()
    group = paid(("a", a_service(), 1), buyer=buyer)
    voucher = Voucher.objects.get(order_id=make.order_of(group).pk)
    code = voucher.text.plain()
    page = text_of(Reader(MARKET, buyer).get(f"/orders/{group.number}/"))
    assert f"{code[:4]}-{code[4:8]}" in page and "<svg" in page
    staff = owner()
    looked = staff.get(f"/redeem/?code={code}")
    assert "Can be used" in text_of(looked) and Voucher.objects.get().status == "open"
    assert staff.post("/redeem/", code=code, then="redeem").status_code == 302
    again = staff.post("/redeem/", code=code, then="redeem")
    assert again.status_code == 409 and "used before" in text_of(again)
    assert owner("b").post("/redeem/", code=code, then="redeem").status_code == 404
    after = text_of(Reader(MARKET, buyer).get(f"/orders/{group.number}/"))
    assert f"{code[:4]}-{code[4:8]}" not in after


def test_orders_without_an_address_stand_in_no_list_of_what_is_to_be_shipped():
    group = paid(("a", a_service(title="Lesson"), 1))
    copy = make.order_of(group)
    staff = owner()
    assert copy.number not in text_of(staff.get("/orders/?show=to_ship"))
    assert copy.number in text_of(staff.get("/orders/?show=to_use"))
    order = text_of(staff.get(f"/orders/{copy.number}/"))
    assert "Nothing is shipped, so the order has no address" in order and "/slip/" not in order
    assert staff.get(f"/orders/{copy.number}/slip/").status_code == 409
    assert staff.get("/").status_code == 200
    with merchant_schema(MERCHANTS["a"]):
        redeem_voucher(by=SYSTEM, text=Voucher.objects.get().text.plain())
    assert staff.get(f"/orders/{copy.number}/").status_code == 200
    assert Reader("ops.market.localhost", User.objects.get(email="operator@market.localhost")).get(f"/orders/{copy.number}/").status_code == 200


def test_what_is_not_used_is_given_back_from_the_page_of_the_order():
    buyer = make.a_buyer()
    group = paid(("a", a_service(), 2), buyer=buyer)
    copy = make.order_of(group)
    page = Reader(MARKET, buyer)
    assert page.get(f"/orders/{copy.number}/cancel/").status_code == 200
    assert page.post(f"/orders/{copy.number}/cancel/", reason="changed_mind", note="").status_code == 302
    copy.refresh_from_db()
    assert copy.refunded_minor == copy.total_minor and copy.status == "cancelled"
