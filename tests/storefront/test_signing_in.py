"""What a visitor put into the cart is there after signing in and after registering, and is nobody else's."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from marketplace.merchant.catalogue.models import Product
from marketplace.platform.cart.models import Cart, CartLine
from tenants.accounts.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"

LINE = 'action="/cart/lines/'  # every line of a cart has such a form


class Shopper:
    """A browser at the market."""

    def __init__(self) -> None:
        self.client = Client()

    def post(self, path: str, **form: Any) -> Any:
        return self.client.post(path, form, headers={"host": MARKET})

    def add(self, product: Product, quantity: int = 1, shop: str = "a") -> UUID:
        variant = make.variant_of(product, shop)
        assert self.post("/cart/add/", variant=variant, quantity=quantity).status_code == 302
        return variant

    def sign_in(self, user: User) -> None:
        assert self.post("/sign-in/", login=user.email, password="correct horse battery").status_code == 302

    def page(self, path: str = "/cart/") -> str:
        return self.client.get(path, headers={"host": MARKET}).content.decode()


def lines(user: User) -> dict[UUID, tuple[int, bool]]:
    return {line.variant_id: (line.quantity, line.is_chosen) for line in CartLine.objects.filter(cart__user=user)}


@pytest.fixture
def mei() -> User:
    return make.a_buyer("mei@example.com")


def test_a_visitors_cart_joins_the_persons_own(mei):
    shopper, mug, bag = Shopper(), make.a_product("a", title="Mug"), make.a_product("b", title="Bag")
    make.a_cart(mei, ("b", bag, 2))
    mug_key, bag_key = shopper.add(mug, 3), make.variant_of(bag, "b")
    shopper.sign_in(mei)
    assert lines(mei) == {mug_key: (3, True), bag_key: (2, True)}
    assert not Cart.objects.filter(user=None).exists()
    assert "Mug" in shopper.page() and "Bag" in shopper.page()


@pytest.mark.parametrize(("own", "visitors", "together"), [(2, 5, 5), (5, 2, 5)])
def test_of_an_article_in_both_the_larger_quantity_counts_and_it_is_chosen(mei, own, visitors, together):
    shopper, mug = Shopper(), make.a_product()
    make.a_cart(mei, ("a", mug, own))
    CartLine.objects.update(is_chosen=False)
    key = shopper.add(mug, visitors)
    shopper.sign_in(mei)
    assert lines(mei) == {key: (together, True)}


def test_signing_in_again_adds_nothing(mei):
    shopper, mug = Shopper(), make.a_product()
    key = shopper.add(mug, 2)
    shopper.sign_in(mei)
    shopper.post("/sign-out/")
    shopper.sign_in(mei)
    assert lines(mei) == {key: (2, True)}


def test_after_signing_out_the_cart_is_no_longer_seen(mei):
    shopper = Shopper()
    shopper.add(make.a_product(title="Mug"))
    shopper.sign_in(mei)
    shopper.post("/sign-out/")
    assert LINE not in shopper.page()


def test_registering_keeps_the_cart():
    shopper, mug = Shopper(), make.a_product()
    key = shopper.add(mug, 2)
    assert shopper.post("/register/", email="new@example.com", password1="correct horse battery").status_code == 302
    assert lines(User.objects.get(email="new@example.com")) == {key: (2, True)}


def test_the_cart_of_another_person_cannot_be_taken_along(mei):
    """Whatever key a session holds: a cart that is somebody's stays theirs."""
    theirs = make.a_cart(make.a_buyer(), ("a", make.a_product(), 4))
    shopper = Shopper()
    session = shopper.client.session
    session["cart"] = str(theirs.pk)
    session.save()
    shopper.client.cookies["session"] = session.session_key
    assert Cart.objects.filter(pk=theirs.pk, user=None).count() == 0
    assert LINE not in shopper.page()
    shopper.sign_in(mei)
    assert lines(mei) == {}
    assert theirs.lines.count() == 1


def test_a_cart_that_is_gone_does_no_harm(mei):
    shopper = Shopper()
    shopper.add(make.a_product())
    Cart.objects.all().delete()
    assert shopper.client.get("/cart/", headers={"host": MARKET}).status_code == 200
    shopper.sign_in(mei)
    assert lines(mei) == {}


def test_two_visitors_have_two_carts():
    one, other, mug = Shopper(), Shopper(), make.a_product(title="Mug")
    one.add(mug)
    assert LINE in one.page() and LINE not in other.page()
    line = CartLine.objects.get()
    other.post(f"/cart/lines/{line.pk}/", quantity=9)
    other.post(f"/cart/lines/{line.pk}/choose/", chosen=0)
    line.refresh_from_db()
    assert (line.quantity, line.is_chosen) == (1, True)


@pytest.mark.parametrize("quantity", ["0", "-1", "1000", "1.5", "two", "", "9999999", "٣"])
def test_a_quantity_that_is_none_is_refused_and_nothing_is_put_in(quantity):
    shopper = Shopper()
    response = shopper.post("/cart/add/", variant=make.variant_of(make.a_product()), quantity=quantity)
    assert response.status_code == 422
    assert not CartLine.objects.exists()


def test_what_is_not_on_sale_is_refused():
    shopper = Shopper()
    assert shopper.post("/cart/add/", variant=make.variant_of(make.a_product(on_sale=False)), quantity=1).status_code == 410
    assert shopper.post("/cart/add/", variant=uuid4(), quantity=1).status_code == 410
    assert shopper.post("/cart/add/", variant="mug", quantity=1).status_code == 422
    assert not CartLine.objects.exists()
